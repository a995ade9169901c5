"""Display cells: how many columns of a terminal a text takes."""

from __future__ import annotations

import unicodedata


def width(text: str) -> int:
    """The cells of `text`, from which control characters are gone already."""
    if text.isascii():
        return len(text)
    return sum(map(_cells, text))


def _cells(character: str) -> int:
    # https://www.unicode.org/reports/tr11/: wide and fullwidth take two cells.
    if unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def cut(text: str, cells: int) -> str:
    """`text` in at most `cells` cells, the last one an ellipsis where it was cut."""
    if width(text) <= cells:
        return text
    used = 0
    for index, character in enumerate(text):
        used += _cells(character)
        if used > cells - 1:
            return text[:index] + "…"
    return text
