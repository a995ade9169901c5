"""Which blocks of a plan are meant for a shell, each read into its commands."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .document import Code, Plan
from .shell_command import Command, Script
from .shell_reading import read

SHELLS = frozenset({"bash", "sh", "shell", "zsh", "ksh", "shellscript"})
CONSOLES = frozenset(
    {"console", "shell-session", "shellsession", "sh-session", "terminal", "session"}
)


MAX_PLAN = 600_000
_DRAWN = re.compile(r"^\s*[│├└]", re.MULTILINE)


def is_shell(code: Code) -> bool:
    """Whether a block is meant for a shell, declared or plainly so."""
    if _DRAWN.search(code.text):
        return False  # a tree of folders
    if code.language in SHELLS or code.language in CONSOLES:
        return True
    if code.language not in ("", "text", "txt", "plaintext"):
        return False
    from .commands import KNOWN

    lines = [line.strip() for line in code.text.split("\n") if line.strip()]
    lines = [line.removeprefix("$ ") for line in lines if not line.startswith("#")]
    if not lines or any(ch in code.text for ch in "│├└┌→►▼"):
        return False
    # `git` alone, or "git push failed" in a log, would not do: a command with arguments
    # on the first line, and words of a shell on most.
    first = lines[0].split()
    return (
        first[0] in KNOWN
        and len(first) > 1
        and sum(line.split()[0] in KNOWN for line in lines) * 2 >= len(lines)
    )


_STEP = re.compile(
    r"^(?:[\w /()-]{0,40}\W{0,4}:\W{0,4}\s*|(?:run|execute|then run|use)\b\W*)?$",
    re.IGNORECASE,
)


def scripts(plan: Plan) -> list[Script]:
    """Every block of shell in `plan`, and every item that is one inline command."""
    from .commands import KNOWN

    found: list[Script] = []
    left = MAX_PLAN
    for code in plan.codes:
        if not code.text.strip() or warned_against(code) or not is_shell(code):
            continue
        script = Script(code, plan.path)
        left -= len(code.text)
        read(script, left >= 0)
        found.append(script)
    for span in plan.spans:
        first = span.code.split(" ", 1)
        if first[0] not in KNOWN or len(first) == 1 or span.text.kind != "item":
            continue
        before = plan.lines[span.line - 1][: span.column - 1].rstrip("` ")
        before = re.sub(r"^\s*(?:[-*+]|\d+[.)])\s+(?:\[[ xX]\]\s+)?", "", before)
        if not _STEP.match(re.sub(r"[*_]", "", before)):
            continue
        left -= len(span.code)
        code = Code(
            "", span.code, span.line, (span.column - 1,), span.text.section, span.text,
            inline=True,
        )  # fmt: skip
        script = Script(code, plan.path)
        read(script, left >= 0)
        found.append(script)
    return sorted(found, key=lambda script: script.code.line)


_WARNED = re.compile(
    r"(?:\b(?:never|do\s+not|don['’]t|avoid)\b|❌|🚫|\bwrong\b|\bincorrect\b|"
    r"\bbad\s+example|\banti-?pattern|\bexample\s+output|\boutput\s+(?:is|looks)\b)"
    r"[^.!?]*[:.]?\W*$",
    re.IGNORECASE,
)


def warned_against(code: Code) -> bool:
    """Whether the plan shows the block as what one must not do, or as an output."""
    lead = "" if code.lead is None else code.lead.text
    first = code.text.lstrip().split("\n", 1)[0]
    return bool(
        _WARNED.search(lead.split("\n")[-1])
        or re.match(
            r"#\s*(?:❌|🚫|(?:never|wrong|bad|don['’]t|do not)\b)", first, re.IGNORECASE
        )
    )


def flat(scripts: list[Script]) -> Iterator[Command]:
    """Every command of every script, in the plan's order."""
    for script in scripts:
        yield from script.commands
