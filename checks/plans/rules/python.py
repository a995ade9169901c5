"""Rules about Python: names that nothing defines, what a rewritten file loses."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterator

from ....core.finding import Place, Severity
from .. import rewriting
from ..document import Plan
from ..python import Snippet
from ..rule import Context, Found, rule

# A piece to be put into a file that has the rest.
_FRAGMENT = re.compile(
    r"\b(?:add|insert|replace|change|edit|update|set|modify|in|inside|to)\b[^\n]*"
    r"(?:\.py\b|settings|config|code|function|class|file)|\btemporarily\b|#\s*\.\.\.",
    re.IGNORECASE,
)


@rule("undefined-name", "Python of the plan uses names that nothing defines")
def undefined_name(plan: Plan, context: Context) -> Iterator[Found]:
    """A script of the plan's that ends in NameError, often after its first change."""
    known: set[str] = set()
    for snippet in plan.snippets:
        # An interpreter knows nothing of other blocks.
        told = known if snippet.command is None else set[str]()
        missing = [name for name in snippet.free if name.name not in told]
        if snippet.command is None:
            known |= snippet.bound
        if not missing or not _is_step(snippet):
            continue
        names = ", ".join(name for name, _ in missing[:4])
        more = f" and {len(missing) - 4} more" if len(missing) > 4 else ""
        yield Found(
            missing[0].place,
            f"Nothing defines {names}{more}: the block ends with NameError, after "
            f"whatever it did before that line.",
            "Import or define them, and keep the script in the repository, where it is "
            "tested.",
            Severity.WARNING if snippet.is_design else None,
        )


def _is_step(snippet: Snippet) -> bool:
    """Whether it is meant to be run as it stands, not put into something else."""
    if snippet.command is not None:
        return True
    code = snippet.code
    lead = "" if code.lead is None else code.lead.text
    if _FRAGMENT.search(lead) or re.search(r"^\s*\.\.\.\s*$", code.text, re.MULTILINE):
        return False
    # The first line names the file that a whole script is to be.
    if re.match(r"#\s*(?:in|add|edit)\b", code.text, re.IGNORECASE):
        return False
    return not snippet.is_method and is_whole(code.text)


def is_whole(text: str) -> bool:
    """Whether the block is meant to be run: it defines a function, imports, or calls."""
    return (
        re.search(r"^(?:def|class|import|from|async def)\b", text, re.MULTILINE)
        is not None
    )


@rule(
    "rewrite-drops-settings",
    "a file is written back with a few of its keys",
    Severity.WARNING,
)
def rewrite_drops_settings(plan: Plan, context: Context) -> Iterator[Found]:
    """`new = {"a": old["a"]}`, read from a file and written to the very same one."""
    for snippet in plan.snippets:
        if snippet.tree is None or "open(" not in snippet.text:
            continue
        seen = rewriting.read(snippet.tree)
        for written in seen.written:
            kept = seen.kept.get(written.name)
            if kept is None or seen.loaded.get(kept.of) != written.file:
                continue
            names = ", ".join(kept.keys[:4]) + (", ..." if len(kept.keys) > 4 else "")
            place = _where(plan, snippet, written.name)
            yield Found(
                place,
                f"Of what {_unquoted(written.file)} holds, only {names} are written "
                f"back: every other key is gone, and nothing says so.",
                f"Start from the whole and take out what is new: "
                f"`{{**{kept.of}}}` without those keys; or say what is lost, and where "
                f"the copy is.",
            )


@rule(
    "numbers-sorted-as-text",
    "numbered files are taken in the order of their letters",
    Severity.WARNING,
)
def numbers_sorted_as_text(plan: Plan, context: Context) -> Iterator[Found]:
    """`sorted(glob("part_*.md"))` puts 10 before 2, where the files have numbers."""
    for snippet in plan.snippets:
        if snippet.tree is None or "sorted(" not in snippet.text:
            continue
        for pattern in rewriting.read(snippet.tree).sorted_globs:
            if not _is_numbered(_unquoted(pattern), snippet, context):
                continue
            yield Found(
                _where(plan, snippet, "sorted("),
                f"{_unquoted(pattern)} has numbers, and sorted() compares letters: "
                f"1, 10, 2. What is joined or applied in that order is wrong.",
                "Sort by the number: `key=lambda p: int(re.search(r'\\d+', p)[0])`.",
            )


def _is_numbered(pattern: str, snippet: Snippet, context: Context) -> bool:
    """Whether the files that a pattern means are told or known to end in numbers."""
    about = "\n".join(
        line for line in snippet.text.split("\n") if re.match(r"\s*(?:#|\"\"\")", line)
    )
    if re.search(r"\bnumber(?:ed|s)\b", about, re.IGNORECASE):
        return True
    if context.tree is None:
        return False
    widths = {
        len(digits[-1])
        for path in fnmatch.filter(context.tree.entries, pattern)
        if (digits := re.findall(r"\d+", path.rsplit("/", 1)[-1]))
    }
    return len(widths) > 1


def _where(plan: Plan, snippet: Snippet, text: str) -> Place:
    """The line of a block that first has `text`; of a command, the command."""
    if snippet.command is not None:
        return snippet.place
    row = snippet.text.count("\n", 0, max(0, snippet.text.find(text)))
    return plan.place(snippet.code.line + row)


def _unquoted(literal: str) -> str:
    return re.sub(r"^\w*[\"']+|[\"']+$", "", literal)


RULES = (undefined_name, rewrite_drops_settings, numbers_sorted_as_text)
