"""Corrections of a plan that have one right answer.

Only lines are changed whose meaning is certain: one command, no expansion, no operator.
What was corrected is not found again, so that a second run changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ...core.errors import CannotDecide, UsageError
from ...core.git import Git
from .document import Code, Plan
from .rule import Context

if TYPE_CHECKING:
    from ...core.finding import Finding
    from ...core.policy import Phase

FAIL_FAST = "set -Eeuo pipefail"

_BASH = frozenset({"bash", "shell", "zsh"})
_PATH = r"(?:\"[\w./@+*?-]+\"|'[\w./@+*?-]+'|[\w./@+*?-]+)"
_CHECKOUT = re.compile(
    rf"^(?P<before>\s*(?:sudo\s+)?)git\s+checkout\s+(?:HEAD\s+)?--\s+"
    rf"(?P<paths>{_PATH}(?:\s+{_PATH})*)(?P<after>\s*(?:\s#.*)?)$"
)
_REVERT = re.compile(
    r"^(?P<before>\s*(?:sudo\s+)?git\s+revert)(?P<options>(?:\s+--?[a-z-]+)*)\s+"
    r"(?P<sha>[0-9a-f]{7,64})(?P<after>\s*(?:#.*)?)$"
)
_TICKS = re.compile(r"(?P<indent>^[ >\t]*)(?P<ticks>`{3,}|~{3,})")


class Correction(NamedTuple):
    """One line put right: its number in the old text, the new lines, and why."""

    line: int
    lines: tuple[str, ...]
    rule: str
    what: str


def corrections(
    plan: Plan, context: Context, findings: Iterable[Finding]
) -> list[Correction]:
    """What can be put right in `plan`, by line; `findings` are those of its rules.

    Needs the repository (`context.git`) for what depends on commits; without it those
    lines stay. Two corrections never touch the same line.
    """
    found = [*_fences(plan), *_commands(plan, context)]
    found += _fail_fast(
        plan, {f.place.line for f in findings if f.rule == "no-fail-fast"}
    )
    taken: set[int] = set()
    single: list[Correction] = []
    for correction in found:
        if correction.line not in taken:
            taken.add(correction.line)
            single.append(correction)
    return sorted(single)


def corrected(content: bytes, changes: Sequence[Correction]) -> bytes:
    """The bytes of a plan after `changes`; every other byte, line ends too, stays."""
    if not changes:
        return content
    text = content.decode("utf-8")
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    parts = re.split(r"(\r\n|\r|\n)", text.removeprefix("\ufeff"))
    lines, ends = parts[::2], [*parts[1::2], ""]
    usual = ends[0] or "\n"
    for change in changes:
        lines[change.line - 1] = usual.join(change.lines)
    joined = "".join(line + end for line, end in zip(lines, ends, strict=True))
    return (mark + joined).encode("utf-8")


def _fences(plan: Plan) -> Iterator[Correction]:
    """An outer fence gets one mark more than the longest one inside it."""
    for nested in plan.nested:
        if not nested.meant:
            continue
        inside = plan.lines[nested.line : nested.meant - 1]
        longest = max(
            (len(f["ticks"]) for line in inside if (f := _TICKS.match(line))), default=3
        )
        for number in (nested.line, nested.meant):
            line = plan.lines[number - 1]
            fence = _TICKS.match(line)
            if fence is None:
                continue
            longer = fence["ticks"][0] * (longest + 1)
            yield Correction(
                number,
                (f"{fence['indent']}{longer}{line[fence.end() :]}",),
                "nested-fence",
                f"the outer fence has {longest + 1} marks",
            )


def _commands(plan: Plan, context: Context) -> Iterator[Correction]:
    git = context.git
    if git is None:
        return
    parents: dict[str, int] = {}
    sources: dict[str, str] = {}
    for code in plan.codes:
        if code.language not in ("", "sh", *_BASH):
            continue
        for number in range(code.line, code.end_line):
            line = plan.lines[number - 1]
            if revert := _REVERT.match(line):
                sha = revert["sha"]
                if sha not in parents:
                    parents[sha] = _parents(git, sha)
                has_mainline = {"-m", "--mainline"} & {*revert["options"].split()}
                if parents[sha] > 1 and not has_mainline:
                    yield Correction(
                        number,
                        (
                            f"{revert['before']} -m 1{revert['options']} "
                            f"{revert['sha']}{revert['after']}",
                        ),
                        "revert-merge-without-mainline",
                        f"{revert['sha']} is a merge: its first parent is the mainline",
                    )
            elif checkout := _CHECKOUT.match(line):
                phases = context.phases(code.section)
                key = " ".join(phase.id for phase in phases)
                if key not in sources:
                    sources[key] = _source(git, context, phases)
                source = sources[key]
                paths = checkout["paths"].split()
                if source and _all_at(git, source, paths):
                    yield Correction(
                        number,
                        (
                            f"{checkout['before']}git restore --source={source[:12]} "
                            f"--staged --worktree -- {' '.join(paths)}"
                            f"{checkout['after']}",
                        ),
                        "checkout-head-restores-nothing",
                        f"{source[:12]} is the commit before the phase",
                    )


def _parents(git: Git, sha: str) -> int:
    try:
        commit = git.resolve(sha)
    except CannotDecide:
        return 0
    listed = git.run("rev-list", "--parents", "--max-count=1", commit, "--")
    return len(listed.split()) - 1


def _source(git: Git, context: Context, phases: tuple[Phase, ...]) -> str:
    """The commit right before the first one of `phases`, "" where it is not known."""
    if context.migration is None or not phases:
        return ""
    from ...core.reversal.mainline import ordered
    from ...core.reversal.phases import baseline_of, commits_of, landed

    try:
        tip = git.resolve("HEAD")
        baseline = baseline_of(git, context.migration, tip)
        by_trailer = landed(git, context.migration, tip, baseline)
        shas = [
            sha
            for phase in phases
            for sha in commits_of(git, phase, by_trailer, tip, baseline)
        ]
        return git.resolve(f"{ordered(git, shas)[-1]}^1") if shas else ""
    except (UsageError, CannotDecide):
        return ""


def _all_at(git: Git, source: str, paths: Sequence[str]) -> bool:
    """Whether every path, unquoted and without a glob, is in the tree of `source`."""
    for path in paths:
        bare = path.strip("\"'")
        if any(mark in bare for mark in "*?") or bare.startswith(("/", "..")):
            return False
        name = bare.rstrip("/").removeprefix("./")
        if not git.run("ls-tree", "-z", "--full-tree", source, "--", name):
            return False
    return True


def _fail_fast(plan: Plan, lines: set[int]) -> Iterator[Correction]:
    """`set -Eeuo pipefail` before the first line of a block that was found loose."""
    for code in plan.codes:
        if code.language not in _BASH or not lines & {*range(code.line, code.end_line)}:
            continue
        rows = code.text.split("\n")
        shebang = rows[0].startswith("#!")
        if any(row.startswith(("$ ", "> ")) for row in rows):
            continue  # a session, not a script
        yield _first(plan, code, int(shebang and len(rows) > 1))


def _first(plan: Plan, code: Code, row: int) -> Correction:
    line = plan.lines[code.line + row - 1]
    indent = line[: code.offsets[row]]
    return Correction(
        code.line + row,
        (f"{indent}{FAIL_FAST}", line),
        "no-fail-fast",
        f"the block begins with {FAIL_FAST}",
    )
