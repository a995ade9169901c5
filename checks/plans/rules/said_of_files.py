"""The rule that holds what a plan says of files against the repository."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ....core.finding import Place, Severity
from ..document import Plan, Text
from ..history import history
from ..rule import Context, Found, rule
from ..shell import flat
from .files import DOCS, TESTS, is_phase_file

_GONE = re.compile(r"\b(?:deleted|removed)\b", re.IGNORECASE)
_THERE = re.compile(
    r"\b(?:modified|changed|updated|added|new|created|affected)\b", re.IGNORECASE
)
_FILES = re.compile(r"\b(?:files?|modules?|scripts?)\b", re.IGNORECASE)
_PATH = re.compile(r"^[\w.-]+(?:/[\w.-]+)+\.\w{1,6}$")


@rule(
    "differs-from-repository", "what the plan says of the repository is not so",
    Severity.WARNING,
)  # fmt: skip
def differs_from_repository(plan: Plan, context: Context) -> Iterator[Found]:
    """Lists of deleted and changed files; strings looked for in a log."""
    if context.tree is None:
        return
    past = history(context)
    for span in plan.spans:
        if not _PATH.match(span.code) or span.text.kind != "item":
            continue
        title = span.text.section.title
        if not _FILES.search(title) or not _leads(span.text, span.code):
            continue
        here = span.code in context.tree.entries
        place = Place(
            plan.path, span.line, span.column, span.line, span.column + len(span.code)
        )
        if _GONE.search(title):
            if past is not None and not here and not past.ever_held(span.code):
                yield Found(
                    place,
                    f"{span.code} is listed as deleted, and was never in this "
                    f"repository.",
                    "Make the list from `git show --name-status <sha>`.",
                )
        elif (
            _THERE.search(title) and not here and not is_phase_file(context, span.code)
        ):
            yield Found(
                place,
                f"{span.code} is listed as changed, and is not in the repository.",
                "Make the list from `git show --name-status <sha>`.",
            )
    for command in flat(plan.scripts):
        if command.name not in ("grep", "egrep", "zgrep", "rg"):
            continue
        words = command.operands(frozenset({"-A", "-B", "-C", "-m", "-e"}))
        files = [w.text for w in words[1:]]
        if not files or not all(re.search(r"\.log\b|/logs?/", f) for f in files):
            continue
        wanted = words[0].text
        if not re.fullmatch(r"[\w :.,-]{5,}", wanted) or not words[0].literal:
            continue
        if wanted.upper() in (
            "ERROR",
            "WARNING",
            "CRITICAL",
            "FATAL",
            "EXCEPTION",
            "TRACEBACK",
        ):
            continue
        if not _is_logged(context, wanted):
            yield Found(
                command.place,
                f'No log call in the repository writes "{wanted}": the search finds '
                f"nothing, whichever path is active.",
                "Assert on something that the code really writes, best on a metric.",
            )


def _is_logged(context: Context, wanted: str) -> bool:
    """Whether some string of the shipped code, in a call that logs, holds the text."""
    assert context.tree is not None
    paths = [
        path
        for path in context.tree.containing([wanted.encode()])
        if not DOCS(path) and not TESTS(path)
    ]
    logs = re.compile(
        rb"(?:log|logger|logging|print|console|fmt|slog|puts|warn|info|debug|error)\b"
        rb"[^\n]{0,200}?[\"'`][^\n]*" + re.escape(wanted.encode()),
        re.IGNORECASE,
    )
    near = re.compile(
        rb"(?:log|logger|logging|print|console|warn|info|debug|error)\w*\([^()]{0,200}"
        + re.escape(wanted.encode()),
        re.IGNORECASE,
    )
    return any(
        logs.search(content) or near.search(content)
        for _, content in context.tree.read_all(paths[:500])
    )


def _leads(text: Text, code: str) -> bool:
    """Whether the path is what the item is about, not something it mentions."""
    return text.text.lstrip("`* ").startswith(code)


RULES = (differs_from_repository,)
