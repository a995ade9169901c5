"""Pieces of Markdown, of texts that are not ours: each is escaped here or by its user."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from ....core.escape import code, entities, markdown, terminal, visible

SIZE = 65_536  # what GitHub takes for a body, in characters
LONG = 12  # rows that are shown unfolded
_CELL = 300  # characters of one text that is shown


def length(text: str) -> int:
    """Characters as GitHub counts them, at the least: units of UTF-16."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, most: int = _CELL) -> str:
    """`text` on one line, visible, of at most `most` characters."""
    shown = visible(" ".join(text.split()))
    return shown if len(shown) <= most else f"{shown[: most - 1]}…"


def said(text: str, most: int = _CELL) -> str:
    """A text as Markdown that shows just that."""
    return markdown(cut(text, most))


def coded(text: str, most: int = _CELL) -> str:
    """A path, a command or a name as code."""
    return code(cut(text, most))


def link(shown: str, url: str) -> str:
    """Escaped Markdown that leads to a URL of our own making; plain without one."""
    return f"[{shown}]({url})" if url else shown


def folded(summary: str, lines: Sequence[str], rows: int) -> Iterator[str]:
    """Lines under a summary (plain text), folded where there are many rows."""
    if rows > LONG:
        yield "<details>"
        yield f"<summary>{entities(summary)}</summary>"
        yield ""
        yield from lines
        yield ""
        yield "</details>"
        yield ""
    else:
        yield f"**{markdown(summary)}**"
        yield ""
        yield from lines
        yield ""


def table(
    heads: Sequence[str], rows: Sequence[Sequence[str]], most: int
) -> Iterator[str]:
    """A table of escaped cells, with at most `most` rows, and how many are missing."""
    yield f"| {' | '.join(heads)} |"
    yield f"|{':--|' * len(heads)}"
    for row in rows[:most]:
        yield f"| {' | '.join(row)} |"
    if len(rows) > most:
        yield ""
        yield f"and {len(rows) - most} more, left out for length."


def tasks(items: Iterable[str]) -> Iterator[str]:
    """Boxes to tick, of texts that are not escaped yet."""
    for item in items:
        yield f"- [ ] {said(item, 500)}"


def alert(kind: str, lines: Iterable[str]) -> Iterator[str]:
    """A coloured box: CAUTION is red, WARNING and IMPORTANT are not."""
    yield f"> [!{kind}]"
    for line in lines:
        yield f"> {line}"
    yield ""


def block(text: str, language: str = "") -> Iterator[str]:
    """Text of several lines as code, which cannot end the block it stands in."""
    lines = [terminal(line) for line in text.split("\n")]
    runs = [len(run) for line in lines for run in re.findall("`+", line)]
    fence = "`" * max(3, *(run + 1 for run in runs), 3)
    yield f"{fence}{language}"
    yield from lines
    yield fence
