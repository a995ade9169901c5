"""Whether git may take one file for another that was moved there."""

from __future__ import annotations

import re
from collections import Counter

# git cuts a file into lines, and long lines into pieces of so many bytes.
_PIECE = re.compile(rb"[^\n]{64}|[^\n]{0,63}\n|[^\n]+")
# It wants the half of the larger file to be the same; what is close to that may count.
_LEAST = 0.4


class Text:
    """A file's content as git compares it."""

    def __init__(self, content: bytes) -> None:
        self.size = len(content)
        self._pieces = Counter(_PIECE.findall(content.replace(b"\r\n", b"\n")))

    def may_be(self, other: Text) -> bool:
        """Whether enough of the two is the same, wherever in the file it stands."""
        least = _LEAST * max(self.size, other.size)
        if not least or min(self.size, other.size) < least:
            return False  # git follows no empty file either
        common = self._pieces & other._pieces
        return sum(len(piece) * count for piece, count in common.items()) >= least
