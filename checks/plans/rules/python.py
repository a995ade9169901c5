"""Rules about Python blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ....core.finding import Severity
from ..document import Plan
from ..rule import Context, Found, rule

# A piece to be put into a file that has the rest.
_FRAGMENT = re.compile(
    r"\b(?:add|insert|replace|change|edit|update|set|modify|in|inside|to)\b[^\n]*"
    r"(?:\.py\b|settings|config|code|function|class|file)|\btemporarily\b|#\s*\.\.\.",
    re.IGNORECASE,
)


@rule("undefined-name", "a Python block uses names that nothing defines")
def undefined_name(plan: Plan, context: Context) -> Iterator[Found]:
    """A script of the plan's that ends in NameError, often after its first change."""
    known: set[str] = set()
    for snippet in plan.snippets:
        code = snippet.code
        missing = [(n, r, c) for n, r, c in snippet.free if n not in known]
        known |= snippet.bound
        lead = "" if code.lead is None else code.lead.text
        # The first line names the file that a whole script is to be.
        body = code.text.split("\n")
        opening = "\n".join(body[:2])
        if _FRAGMENT.search(lead) or re.search(
            r"^\s*\.\.\.\s*$", code.text, re.MULTILINE
        ):
            continue
        if re.match(r"#\s*(?:in|add|edit)\b", opening, re.IGNORECASE):
            continue
        if not missing or snippet.is_method or not _is_whole(code.text):
            continue
        name, row, column = missing[0]
        names = ", ".join(n for n, _, _ in missing[:4])
        more = f" and {len(missing) - 4} more" if len(missing) > 4 else ""
        yield Found(
            code.place(plan.path, row, column, row, column + len(name)),
            f"Nothing defines {names}{more}: the block ends with NameError, after "
            f"whatever it did before that line.",
            "Import or define them, and keep the script in the repository, where it is "
            "tested.",
            Severity.WARNING if snippet.is_design else None,
        )


def _is_whole(text: str) -> bool:
    """Whether the block is meant to be run: it defines a function, imports, or calls."""
    return (
        re.search(r"^(?:def|class|import|from|async def)\b", text, re.MULTILINE)
        is not None
    )


RULES = (undefined_name,)
