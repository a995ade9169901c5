"""Did you mean: the known word nearest to one that is not known."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

# Comparing takes time with the square of the length, and nobody misspells an essay.
_LONGEST = 80
# Of more names the first are compared: a file may have thousands of wrong ones.
_MOST = 500


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The one of `known` that `word` was probably meant to be, None if none is near."""
    if len(word) > _LONGEST:
        return None
    from difflib import get_close_matches

    by_plain = {
        _plain(name): name for name in islice(known, _MOST) if len(name) <= _LONGEST
    }
    found = get_close_matches(_plain(word), by_plain, n=1)
    return by_plain[found[0]] if found else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The end of a sentence, ". Did you mean X?", or nothing."""
    found = nearest(word, known)
    return "" if found is None else f". Did you mean {found}?"


def _plain(word: str) -> str:
    return word.lower().replace("_", "-")
