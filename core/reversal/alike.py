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
        return self.share(other, _LEAST) > 0

    def share(self, other: Text, least: float) -> float:
        """How much of the larger one is the same in both, 0 where it is less than
        `least`. Empty files have nothing in common: git follows none either."""
        size = max(self.size, other.size)
        if min(self.size, other.size) < max(least * size, 1):
            return 0
        common = self._pieces & other._pieces
        share = sum(len(piece) * count for piece, count in common.items()) / size
        return share if share >= least else 0
