"""What a search looks for.

A pattern is bytes, for one line, in what PCRE, POSIX extended regular expressions and
Python's `re` have in common.
"""

from __future__ import annotations

import re
from collections.abc import Sequence


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
