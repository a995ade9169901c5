"""Adjacent lines: both edits are kept where they touch different lines of the base."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from .hunks import Hunk, Marked

Edit = tuple[int, int, Sequence[bytes]]  # lines start..end of the base become these


def settled(file: Marked) -> bytes | None:
    """The whole file with both edits in every hunk; None where one cannot be settled."""
    lines: list[bytes] = []
    for piece in file.pieces:
        if isinstance(piece, Hunk):
            both = _both(piece)
            if both is None:
                return None
            lines += both
        else:
            lines += piece
    return b"".join(lines)


def _both(hunk: Hunk) -> list[bytes] | None:
    ours, theirs = _edits(hunk.base, hunk.ours), _edits(hunk.base, hunk.theirs)
    for one in ours:
        for other in theirs:
            if one != other and _touch(one, other):
                return None
    result: list[bytes] = []
    at = 0
    for start, end, lines in sorted({*ours, *theirs}):
        result += hunk.base[at:start]
        result += lines
        at = end
    return [*result, *hunk.base[at:]]


def _touch(one: Edit, other: Edit) -> bool:
    """Whether two edits want the same line, or the same gap between two lines."""
    if one[0] == other[0]:
        return True
    first, second = sorted((one, other), key=lambda edit: edit[0])
    if first[1] > second[0]:
        return True
    # An insertion right behind changed lines has no place of its own; where the lines
    # go it has: what it stood behind at the end of a list is not missed.
    if not first[2] and first[0] != first[1] == second[0]:
        return False
    return first[1] == second[0] and (first[0] == first[1] or second[0] == second[1])


def _edits(base: Sequence[bytes], side: Sequence[bytes]) -> set[Edit]:
    matcher = SequenceMatcher(None, base, side, autojunk=False)
    return {
        (a, b, tuple(side[c:d]))
        for tag, a, b, c, d in matcher.get_opcodes()
        if tag != "equal"
    }
