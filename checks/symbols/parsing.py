"""Parses what is left of a file with libcst: a large one in parts.

Until it is done, libcst's parser holds some 300 bytes for each byte that it was given; the
tree that it makes has a tenth of that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import cast

import libcst as cst

from .reducing import Kept, Rows
from .spans import LOSABLE

PART = 16_000  # characters: as much is parsed at once, where a text can be cut


class _UnlikeError(Exception):
    """Put together, the parts might not be what the whole is."""


def parsed(left: Kept) -> cst.Module:
    """The tree of what is left of a file. Raises what libcst raises for all of it."""
    if left.rows and len(left.text) > PART and LOSABLE.search(left.text) is None:
        lines = left.text.split("\n")
        with suppress(cst.ParserSyntaxError, _UnlikeError):
            return _Parts(lines).put_together(left.rows, len(lines) - 1)
    return cst.parse_module(left.text)


class _Parts:
    """The lines of a file, and what is the same in all of its parts."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines
        self.whole: cst.Module | None = None

    def put_together(self, rows: Rows, end: int) -> cst.Module:
        body = tuple(self._statements(rows, end, ()))
        assert self.whole is not None
        _set(self.whole, "body", body)
        return self.whole

    def _statements(
        self, rows: Rows, end: int, heads: Sequence[str]
    ) -> Iterator[cst.CSTNode]:
        """Those that begin on `rows`, the last of which ends before the line `end`;
        `heads` stand for what is around them."""
        for some, stop in self._grouped(rows, end):
            row, inner = some[0]
            if len(some) == 1 and inner and self._size(row, stop) > PART:
                yield self._compound(row, inner, stop, heads)
            else:
                yield from self._parsed(heads, self.lines[row:stop], len(some))

    def _compound(
        self, row: int, inner: Rows, stop: int, heads: Sequence[str]
    ) -> cst.CSTNode:
        """A statement with one block: its head, then what is in the block."""
        first = inner[0][0]
        head = self.lines[row:first]
        [node] = self._parsed(heads, [*head, _indent(self.lines[first]) + "pass"], 1)
        around = (*heads, _indent(self.lines[row]) + "if _:")
        body = list(self._statements(inner, stop, around))
        block = _block(node)
        # Comments below the head belong to what follows.
        above: object = getattr(block.body[0], "leading_lines", ())
        _set(body[0], "leading_lines", above)
        _set(block, "body", tuple(body))
        return node

    def _parsed(
        self, heads: Sequence[str], lines: Sequence[str], count: int
    ) -> Sequence[cst.CSTNode]:
        """So many statements below `heads`."""
        module = cst.parse_module("\n".join([*heads, *lines, ""]))
        if self.whole is None:
            self.whole = module
        # How far lines are indented is told where a file begins, and here for each part.
        is_other = module.default_indent != self.whole.default_indent
        if module.header or module.footer or is_other:
            raise _UnlikeError
        body = cast("Sequence[cst.CSTNode]", module.body)
        for _ in heads:
            if len(body) != 1:
                raise _UnlikeError
            body = cast("Sequence[cst.CSTNode]", _block(body[0]).body)
        if len(body) != count:
            raise _UnlikeError
        return body

    def _grouped(self, rows: Rows, end: int) -> Iterator[tuple[Rows, int]]:
        """The statements that are parsed at once, and on which line they end."""
        some: Rows = []
        size = 0
        for number, row in enumerate(rows):
            stop = rows[number + 1][0] if number + 1 < len(rows) else end
            length = self._size(row[0], stop)
            if some and size + length > PART:
                yield some, row[0]
                some, size = [], 0
            some.append(row)
            size += length
        yield some, end

    def _size(self, start: int, stop: int) -> int:
        return sum(map(len, self.lines[start:stop])) + stop - start


def _block(node: cst.CSTNode) -> cst.IndentedBlock:
    block = getattr(node, "body", None)
    if not isinstance(block, cst.IndentedBlock) or block.footer:
        raise _UnlikeError
    return block


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _set(node: cst.CSTNode, name: str, value: object) -> None:
    """Change a new node, which libcst made to be changed by copies alone."""
    object.__setattr__(node, name, value)
