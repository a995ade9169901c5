"""What a rewrite leaves over of imports: names that nothing uses now, and doubles."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from .rewriting_imports import Imports
from .source import Edit, Source

if TYPE_CHECKING:
    from .file_names import Bound, FileNames, Statement

_WORD = re.compile(r"\w+")
_REST = re.compile(r"[ \t]*(?:#[^\r\n]*)?(?:\r\n|\r|\n|$)")


def idle(before: FileNames, after: FileNames, text: str) -> list[Bound]:
    """The names that a file imports at its top, as it did before the rewrite, and that
    only the rewrite took the last use of; `text` is the file after it.

    A name that stands anywhere else, be it in a string or a comment, is not idle.
    """
    if after.is_package:
        return []
    used = Counter(_WORD.findall(text))
    for statement in after.statements:
        used.subtract(_WORD.findall(text[statement.start : statement.end]))
    known = {_identity(bound) for s in before.statements for bound in s.names}
    return [
        bound
        for statement in _plain(after, text)
        for bound in statement.names
        if _identity(bound) in known
        and bound.local in before.mentions
        and used[bound.local] <= 0
    ]


def doubles(before: FileNames, after: FileNames, text: str) -> list[Bound]:
    """The names that a file imports once more at its top since the rewrite, though an
    import above brings them."""
    old = Counter(_identity(b) for s in before.statements if s.is_top for b in s.names)
    seen: Counter[tuple[str, str, str]] = Counter()
    found: list[Bound] = []
    removable = {id(statement) for statement in _plain(after, text)}
    for statement in after.statements:
        for bound in statement.names if statement.is_top else ():
            key = _identity(bound)
            seen[key] += 1
            more = seen[key] > max(1, old[key])
            if more and id(statement) in removable and after.is_only_imported(key[0]):
                found.append(bound)
    return found


def without(
    source: Source, names: FileNames, imports: Imports, gone: Collection[Bound]
) -> list[Edit]:
    """The edits that take these names out of their import statements."""
    edits: list[Edit] = []
    going = {id(bound) for bound in gone}
    for statement in names.statements:
        indexes = {i for i, b in enumerate(statement.names) if id(b) in going}
        if indexes and len(indexes) == len(statement.names):
            rest = _REST.match(source.text, statement.end)
            assert rest is not None
            edits.append(Edit(statement.start, rest.end(), ""))
        elif indexes:
            removals = imports.removals(statement, indexes)
            edits += [Edit(start, end, "") for _, (start, end) in removals]
    return edits


def _identity(bound: Bound) -> tuple[str, str, str]:
    return bound.local, bound.meaning, bound.written


def _plain(names: FileNames, text: str) -> Iterator[Statement]:
    """The imports at the file's top that have their lines for themselves, and no word
    to a linter."""
    for statement in names.statements:
        rest = _REST.match(text, statement.end)
        begins = text[: statement.start].endswith(("\n", "\r")) or not statement.start
        if statement.is_top and statement.is_alone and begins and rest is not None:
            if "noqa" not in text[statement.start : rest.end()]:
                yield statement
