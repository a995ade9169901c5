"""Whether two globs can mean the same path, decided from the globs alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import takewhile
from typing import NamedTuple, TypeVar

_T = TypeVar("_T")
_Name = tuple[str, ...]

_ANY_FOLDERS: _Name = ("**",)
# A set is taken for any one character: two sets that share nothing are rare in globs
# of one policy, and then the finding is still that they are hard to tell apart.
_TOKEN = re.compile(r"\[[!^]?\]?[^\]]*\]|.", re.DOTALL)


# A real policy's globs make some thousands of pairs; a hostile one's would take hours.
_MOST_PAIRS = 50_000


class TooManyPairs(Exception):
    """More globs begin alike than can be compared in a moment."""


class Owned(NamedTuple):
    """A glob, whose it is, and its place among the owner's."""

    owner: int
    place: int
    glob: str


def overlaps(globs: Sequence[Owned]) -> Iterator[tuple[Owned, Owned]]:
    """The pairs of different owners that can mean the same path, the earlier one first.

    Only globs of which one's fixed beginning begins the other's are compared, so the
    usual policy costs no more than a look at each. Raises TooManyPairs.
    """
    pairs = 0
    by_head: dict[tuple[_Name, ...], dict[int, list[Owned]]] = {}
    for owned in globs:
        owners = by_head.setdefault(_head(_names(owned.glob)), {})
        owners.setdefault(owned.owner, []).append(owned)
    lengths = sorted({len(head) for head in by_head})
    for owned in globs:
        head = _head(_names(owned.glob))
        for length in takewhile(len(head).__ge__, lengths):
            for owner, others in by_head.get(head[:length], {}).items():
                # Equal heads meet twice, once from each side.
                if owner == owned.owner or (
                    length == len(head) and owner > owned.owner
                ):
                    continue
                pairs += len(others)
                if pairs > _MOST_PAIRS:
                    raise TooManyPairs
                for other in others:
                    if overlapping(other.glob, owned.glob):
                        yield (other, owned) if other < owned else (owned, other)


def overlapping(one: str, other: str) -> bool:
    """Whether some path is meant by both globs, as `core.paths.matcher` reads them."""
    return _meet(_names(one), _names(other), _ANY_FOLDERS, _names_meet)


@lru_cache(maxsize=4096)
def _names(glob: str) -> tuple[_Name, ...]:
    """The glob's names, each as its tokens, and what lies beneath."""
    body = glob
    while body.startswith("./"):
        body = body[2:]
    names = body.strip("/").split("/")
    wild = any(sign in names[0] for sign in "*?[")
    if len(names) == 1 and wild and not body.startswith("/"):
        names.insert(0, "**")
    return tuple(_tokens(name) for name in (*names, "**"))


def _tokens(name: str) -> _Name:
    if name == "**":
        return _ANY_FOLDERS
    return tuple("?" if len(token) > 1 else token for token in _TOKEN.findall(name))


def _head(names: tuple[_Name, ...]) -> tuple[_Name, ...]:
    """The names before the first one with a wildcard."""
    for i, name in enumerate(names):
        if name == _ANY_FOLDERS or "*" in name or "?" in name:
            return names[:i]
    return names


def _names_meet(one: _Name, other: _Name) -> bool:
    return one == other or _meet(one, other, "*", _signs_meet)


def _signs_meet(one: str, other: str) -> bool:
    return one == other or "?" in (one, other)


def _meet(
    one: Sequence[_T], other: Sequence[_T], any_: _T, same: Callable[[_T, _T], bool]
) -> bool:
    """Whether two patterns, in which `any_` is any run, have a text in common.

    Both are read side by side; `open_` holds the places (i, j) that one text can reach.
    """
    open_, done = [(0, 0)], {(0, 0)}
    while open_:
        i, j = open_.pop()
        if i == len(one) and j == len(other):
            return True
        steps: list[tuple[int, int]] = []
        if i < len(one) and one[i] == any_:
            steps += [(i + 1, j), (i, j + 1)]
        if j < len(other) and other[j] == any_:
            steps += [(i, j + 1), (i + 1, j)]
        if not steps and i < len(one) and j < len(other) and same(one[i], other[j]):
            steps = [(i + 1, j + 1)]
        for step in steps:
            if step[0] <= len(one) and step[1] <= len(other) and step not in done:
                done.add(step)
                open_.append(step)
    return False
