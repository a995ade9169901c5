"""What a search looks for.

A pattern is bytes, for one line, in what PCRE, POSIX extended regular expressions and
Python's `re` have in common; it may begin with `FIRST_LINES`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

# What follows begins one of the first two lines: nothing else of a file is looked at. Not
# for POSIX, nor where a search goes on behind another pattern's line: there in any line.
FIRST_LINES = rb"\A(\xef\xbb\xbf)?(.*[\r\n])?"


def quoted(text: bytes) -> bytes:
    """A pattern of exactly these bytes."""
    return b"".join(
        b"\\" + bytes([byte]) if byte in b".[]{}()*+?^$|\\" else bytes([byte])
        for byte in text
    )


def any_of(patterns: Sequence[bytes]) -> re.Pattern[bytes]:
    """The patterns as one of Python's."""
    return re.compile(
        b"|".join(b"(?:" + p + b")" for p in patterns) or b"(?!)", re.MULTILINE
    )
