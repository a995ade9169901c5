"""Tells from bytes which files may give a word's thing another name."""

from __future__ import annotations

import re
from collections.abc import Iterable


def may_rename(words: Iterable[str]) -> re.Pattern[bytes]:
    """Finds `Cart as Basket` and `Basket = Cart`, and more than that, never less.

    A call (`basket = Cart()`) makes an object, which is followed in its own file only.
    """
    either = "|".join(map(re.escape, sorted(words))) or "(?!)"
    word = rf"\b(?:{either})\b"
    pattern = (
        rf"{word}[\s\\]+as\b"
        rf"|=[\s\\(]*(?:[\w.\s\\]*\.[\s\\]*)?{word}(?![\s\\]*\()"
        rf"|(?:=|\belse\b|\bor\b|\band\b)[^\n]*{word}(?![\s\\]*\()"
    )
    return re.compile(pattern.encode())
