"""A Python file's text with every byte accounted for: what is not edited stays."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from ...checks.symbols.source import NotPython, cookie, text_of
from ...checks.symbols.target import Span
from ...checks.symbols.textual import Places

_BOM = b"\xef\xbb\xbf"


class Edit(NamedTuple):
    """Put `text` in place of the characters from `start` to `end`."""

    start: int
    end: int
    text: str


class Source:
    """The text of a file, its line ends as they are.

    Raises NotPython for bytes that are no Python source, or that would not come back
    the same.
    """

    def __init__(self, data: bytes) -> None:
        self.normal = text_of(data)
        body = data.removeprefix(_BOM)
        self._bom = data[: len(data) - len(body)]
        self._encoding = cookie(body) or "utf-8"
        # A comment's bytes need not be of the encoding.
        self.text = body.decode(self._encoding, "surrogateescape")
        if self._bytes(self.text) != data:
            raise NotPython("its bytes would not be kept")
        self._places = Places(self.text)

    def at(self, line: int, column: int) -> int:
        """The offset of a place, line and column from 1."""
        return self._places.at(line, column)

    def range(self, span: Span) -> tuple[int, int]:
        """The offsets of a span."""
        return self.at(*span[:2]), self.at(*span[2:])

    def edited(self, edits: Iterable[Edit]) -> bytes:
        """The file with `edits` made; of two that overlap, the first one in the file.

        Raises UnicodeError for a text that its encoding does not hold.
        """
        parts: list[str] = []
        done = 0
        for edit in sorted(set(edits)):
            if edit.start < done:
                continue
            parts += [self.text[done : edit.start], edit.text]
            done = edit.end
        return self._bytes("".join(parts) + self.text[done:])

    def _bytes(self, text: str) -> bytes:
        return self._bom + text.encode(self._encoding, "surrogateescape")
