"""Whether two globs can mean one path."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backout.core.paths import matcher
from backout.core.policy.overlap import Owned, overlapping, overlaps

APART = [
    ("src/a", "src/b"),
    ("src/a", "src/ab"),
    ("src/*.py", "src/*.sql"),
    ("src/a*", "src/b*"),
    ("*/a", "x/b"),
    ("setup.py", "src/setup.py"),
    ("/*.md", "docs/"),
    ("a/*/c", "a/b/d/c"),
]
TOGETHER = [
    ("src/a", "src/a"),
    ("src", "src/a/b"),
    ("src/**", "src/a"),
    ("**", "a"),
    ("*.md", "docs/"),
    ("docs/**/x", "docs/y/**"),
    ("a*", "*b"),
    ("src/[ab].py", "src/?.py"),
    ("**/tests/", "src/app/tests/test_a.py"),
    ("a/*/c", "a/b/c/d"),
]


@pytest.mark.parametrize(("one", "other"), APART)
def test_apart(one: str, other: str) -> None:
    assert not overlapping(one, other)
    assert not overlapping(other, one)


@pytest.mark.parametrize(("one", "other"), TOGETHER)
def test_together(one: str, other: str) -> None:
    assert overlapping(one, other)
    assert overlapping(other, one)


NAME = st.sampled_from(["a", "b", "ab", "*", "a*", "*b", "?", "[ab]", "**"])
GLOB = st.lists(NAME, min_size=1, max_size=4).map("/".join)
PATH = st.lists(st.text("ab", min_size=1, max_size=2), min_size=1, max_size=5)


@given(GLOB, GLOB, PATH.map("/".join))
def test_globs_that_mean_one_path_overlap(one: str, other: str, path: str) -> None:
    if matcher([one])(path) and matcher([other])(path):
        assert overlapping(one, other)


@given(st.lists(st.tuples(st.integers(0, 2), GLOB), max_size=8))
def test_each_pair_of_different_owners_is_found_once(
    given_globs: list[tuple[int, str]],
) -> None:
    globs = [Owned(owner, i, glob) for i, (owner, glob) in enumerate(given_globs)]
    found = list(overlaps(globs))
    assert len(found) == len(set(found))
    assert set(found) == {
        (one, other)
        for one in globs
        for other in globs
        if one < other
        and one.owner != other.owner
        and overlapping(one.glob, other.glob)
    }
