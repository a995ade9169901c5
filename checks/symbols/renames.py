"""Tells which files may give a target another name that other files can import."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .naming import Names, physical
from .source import NotPython, text_of

# Larger files are left to the workers: what can stall or kill `ast` or the reading of
# its tree needs more bytes than this.
_SMALL = 50_000


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


def renames(path: str, data: bytes, names: Names) -> bool:
    """Whether the file may bind, for others to import, another name to a target.

    Called for files in which `may_rename` found something: mostly defaults,
    annotations and locals of functions, which nobody imports. True where in doubt.
    """
    if len(data) > _SMALL:
        return True
    from .clearing import rebinds

    try:
        text = text_of(data)
    except NotPython:
        return True
    return rebinds(text, names, *physical(path))
