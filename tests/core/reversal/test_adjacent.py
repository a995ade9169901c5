"""Adjacent lines: both edits, or none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backout.core.reversal.adjacent import settled
from backout.core.reversal.hunks import Hunk, Marked

LINES = st.lists(st.sampled_from((b"a\n", b"b\n", b"c\n", b"d\n")), max_size=6)


def both(base: str, ours: str, theirs: str) -> str | None:
    """One letter is one line."""
    sides = [
        tuple(f"{letter}\n".encode() for letter in s) for s in (ours, base, theirs)
    ]
    found = settled(Marked((Hunk(1, *sides),)))
    return None if found is None else found.decode().replace("\n", "")


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "expected"),
    [
        pytest.param("ab", "xb", "ay", "xy", id="neighbours"),
        pytest.param("abc", "xbc", "aby", "xby", id="a line between them"),
        pytest.param("ab", "xb", "xb", "xb", id="the same edit"),
        pytest.param("abc", "bc", "ab", "b", id="both take a line out"),
        pytest.param("ab", "abc", "a", "ac", id="an addition right behind what goes"),
        pytest.param("a", "x", "y", None, id="the same line"),
        pytest.param("ab", "xy", "az", None, id="one edit covers the other"),
        pytest.param("a", "ax", "ay", None, id="two additions at one place"),
        pytest.param("ab", "xb", "azb", None, id="an addition right behind a change"),
    ],
)
def test_both_edits_are_kept_or_none(
    base: str, ours: str, theirs: str, expected: str | None
) -> None:
    assert both(base, ours, theirs) == expected


@given(base=LINES, ours=LINES, theirs=LINES)
def test_it_does_not_matter_whose_edit_is_whose(
    base: list[bytes], ours: list[bytes], theirs: list[bytes]
) -> None:
    one = settled(Marked((Hunk(1, tuple(ours), tuple(base), tuple(theirs)),)))
    other = settled(Marked((Hunk(1, tuple(theirs), tuple(base), tuple(ours)),)))
    assert one == other


@given(base=LINES, side=LINES)
def test_where_one_side_did_nothing_the_other_is_kept(
    base: list[bytes], side: list[bytes]
) -> None:
    file = Marked(((b"before\n",), Hunk(2, tuple(base), tuple(base), tuple(side))))
    assert settled(file) == b"before\n" + b"".join(side)
