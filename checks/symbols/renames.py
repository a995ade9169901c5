"""Tells which files may give a target another name that other files can import."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from .naming import Names, physical
from .source import NotPython, text_of

# Larger files are left to the workers: what can stall or kill `ast` or the reading of
# its tree needs more bytes than this.
_SMALL = 50_000


# What follows a word: it is renamed, or called.
_AFTER = re.compile(rb"[\s\\]+(as)\b|[\s\\]*\(")
# What stands before one that is assigned, on its line.
_BEFORE = re.compile(rb"=|\b(?:else|or|and)\b")
_IDENTIFIER = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"
# And above it, where the line begins within an assignment: from the "=".
_BETWEEN = re.compile(rb"[\s\\(]*(?:[\w.\s\\]*\.[\s\\]*)?")
_FAR = 2000


def may_rename(words: Iterable[str]) -> Callable[[bytes], bool]:
    """Finds `Cart as Basket` and `Basket = Cart`, and more than that, never less.

    A call (`basket = Cart()`) makes an object, which is followed in its own file only.
    """
    # Each word is looked for by its letters, and what is around it afterwards: Python's
    # `re` takes many times as long for all of it at once.
    longest_first = sorted(words, key=len, reverse=True)
    spelled = "|".join(map(re.escape, longest_first)) or "(?!)"
    pattern = re.compile(spelled.encode())
    return lambda data: any(
        _is_renamed(data, *m.span()) for m in pattern.finditer(data)
    )


def _is_renamed(data: bytes, start: int, end: int) -> bool:
    beside = (
        data[start - 1 : start] + data[end : end + 1] if start else data[end : end + 1]
    )
    if any(byte in _IDENTIFIER for byte in beside):
        return False  # part of a longer word
    after = _AFTER.match(data, end)
    if after is not None:
        return after[1] is not None
    if _BEFORE.search(data, data.rfind(b"\n", 0, start) + 1, start):
        return True
    sign = data.rfind(b"=", max(0, start - _FAR), start)
    if sign >= 0:
        return _BETWEEN.fullmatch(data, sign + 1, start) is not None
    return start > _FAR and _BETWEEN.fullmatch(data, start - _FAR, start) is not None


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
