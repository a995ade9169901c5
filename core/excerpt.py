"""Excerpts: the few source lines around a finding, cut to a size that can be shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from .errors import CannotDecide
from .finding import Excerpt, Finding, Place
from .tree import Tree

BEFORE = 1  # lines shown above the place
AFTER_START = 4  # lines shown of a place that spans many
LINE = 240  # characters kept of a line
LEAD = 120  # characters kept left of the place in a line longer than that
SLOW = {"idna", "punycode"}  # decoding takes time by the square of the length
FILE = 4_000_000  # bytes: a larger file is not quoted
MOST = 1000  # findings that get an excerpt; nobody reads the rest


def with_excerpts(findings: Iterable[Finding], tree: Tree) -> Iterator[Finding]:
    """`findings` in their order, each with the lines of `tree` that it points at.

    A file is read once for the findings that follow each other in it. A finding about a
    whole file, one that has an excerpt, and one whose file is no text or is not in the
    tree (a deleted one) stay as they are.
    """
    path, lines = "", list[str]()
    filled = 0
    for finding in findings:
        place = finding.place
        if finding.excerpt is not None or not place.line or filled >= MOST:
            yield finding
            continue
        if place.path != path:
            path, lines = place.path, _lines(tree, place.path)
        excerpt = _excerpt(lines, place)
        if excerpt is None:
            yield finding
            continue
        filled += 1
        yield msgspec.structs.replace(finding, excerpt=excerpt)


def _lines(tree: Tree, path: str) -> list[str]:
    entry = tree.get(path)
    if entry is None or not entry.is_file:
        return []
    try:
        data = tree.read(path)
    except CannotDecide:
        return []  # whoever judges the file says so; an excerpt decides nothing
    if len(data) > FILE or b"\0" in data:
        return []
    return _decoded(data).replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _decoded(data: bytes) -> str:
    """The text, in the encoding that a Python file declares, else UTF-8."""
    import re

    data = data.removeprefix(b"\xef\xbb\xbf")
    head = b"\n".join(re.split(rb"\r\n|\r|\n", data, maxsplit=2)[:2])
    # https://peps.python.org/pep-0263/
    cookie = re.search(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)", head, re.MULTILINE)
    if cookie is not None and cookie[1].decode("ascii").lower() not in SLOW:
        try:
            return data.decode(cookie[1].decode("ascii"))
        except (LookupError, UnicodeError):
            pass  # not an encoding of text, or not that encoding
    return data.decode("utf-8", "surrogateescape")


def _excerpt(lines: list[str], place: Place) -> Excerpt | None:
    if place.line > len(lines):
        return None
    first = max(1, place.line - BEFORE)
    last = min(max(place.line, place.end_line), place.line + AFTER_START - 1)
    shown = lines[first - 1 : last]
    column = 1
    if any(len(line) > LINE for line in shown):
        column = max(1, place.column - LEAD)
    kept = tuple(line[column - 1 : column - 1 + LINE] for line in shown)
    return Excerpt(first, kept, column)
