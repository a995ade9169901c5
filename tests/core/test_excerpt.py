"""Excerpts: the lines a finding points at, whatever file they are in."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backout.core.excerpt import FILE, LINE, MOST, with_excerpts
from backout.core.finding import Excerpt, Finding, Place, Severity
from backout.core.tree import FILE as MODE
from backout.core.tree import LINK, Entry, MemoryTree


def at(path: str, line: int, column: int = 1, end: int = 0) -> Finding:
    return Finding("r", Severity.ERROR, Place(path, line, column, end or line), "m")


def quoted(data: bytes | str, *asked: int) -> Excerpt | None:
    """What is shown of a file for a finding at `asked`: line, column, last line."""
    (found,) = with_excerpts([at("a.py", *asked)], MemoryTree({"a.py": data}))
    return found.excerpt


@pytest.mark.parametrize(
    ("data", "line", "lines"),
    [
        pytest.param("a\nb\nc\n", 2, ("a", "b"), id="the line and the one above"),
        pytest.param("a\nb\n", 1, ("a",), id="the first line"),
        pytest.param("a\r\nb\r\n", 2, ("a", "b"), id="CRLF"),
        pytest.param("a\rb\r", 2, ("a", "b"), id="CR"),
        pytest.param("a\x0cb\x85c\u2028d\ne", 2, ("a\x0cb\x85c\u2028d", "e"), id="others"),
        pytest.param(b"\xef\xbb\xbfa", 1, ("a",), id="a byte order mark"),
        pytest.param(b"\xe9", 1, ("\udce9",), id="bytes that are not UTF-8"),
        pytest.param(b"# coding: latin-1\n\xe9", 2, ("# coding: latin-1", "é"), id="PEP 263"),
        pytest.param(b"#\n# coding: cp1252\n\x80", 3, ("# coding: cp1252", "€"), id="line 2"),
        pytest.param(b"# coding: no\n\xe9", 2, ("# coding: no", "\udce9"), id="none such"),
        pytest.param(b"# coding: hex\nab", 2, ("# coding: hex", "ab"), id="no text"),
        pytest.param(b"# coding: punycode\nab-", 2, ("# coding: punycode", "ab-"), id="slow"),
    ],
)  # fmt: skip
def test_lines(data: bytes | str, line: int, lines: tuple[str, ...]) -> None:
    excerpt = quoted(data, line)
    assert excerpt is not None
    assert excerpt.lines == lines
    assert excerpt.first == max(1, line - 1)
    assert excerpt.column == 1


def test_a_long_span_shows_its_first_lines() -> None:
    excerpt = quoted("\n".join("abcdefghij"), 2, 1, 9)
    assert excerpt == Excerpt(1, ("a", "b", "c", "d", "e"))


def test_a_very_long_line_is_cut_around_the_place() -> None:
    excerpt = quoted("short\n" + "x" * 50_000 + "V1" + "y" * 50_000, 2, 50_001)
    assert excerpt is not None
    assert [len(line) <= LINE for line in excerpt.lines] == [True, True]
    at = 50_001 - excerpt.column
    assert excerpt.lines[1][at : at + 2] == "V1"


@pytest.mark.parametrize(
    ("data", "line"),
    [
        pytest.param("a\n", 0, id="a whole file is meant"),
        pytest.param("a\n", 9, id="there is no such line"),
        pytest.param("a\0b", 1, id="it is no text"),
        pytest.param("a" * (FILE + 1), 1, id="it is too large"),
    ],
)
def test_no_excerpt_where(data: str, line: int) -> None:
    assert quoted(data, line) is None


def test_neither_a_missing_file_nor_a_link_is_read() -> None:
    tree = _Linked({"link": "secret"})
    found = list(with_excerpts([at("gone", 1), at("link", 1)], tree))
    assert [f.excerpt for f in found] == [None, None]


class _Linked(MemoryTree):
    @property
    def entries(self) -> Mapping[str, Entry]:
        return dict.fromkeys(super().entries, Entry(LINK, ""))


class _Counting(MemoryTree):
    def __init__(self) -> None:
        super().__init__({"a": "x\n" * 5, "b": "y"})
        self.reads = 0

    def read(self, path: str) -> bytes:
        self.reads += 1
        return super().read(path)


def test_a_file_is_read_once_and_the_order_is_kept() -> None:
    tree = _Counting()
    asked = [at("a", 1), at("a", 2), at("b", 1)]
    found = list(with_excerpts(asked, tree))
    assert [f.place for f in found] == [f.place for f in asked]
    assert all(f.excerpt for f in found)
    assert tree.reads == 2


def test_what_has_an_excerpt_keeps_it_and_many_get_none() -> None:
    given_ = Finding(
        "r", Severity.ERROR, Place("a", 1), "m", excerpt=Excerpt(1, ("z",))
    )
    tree = _Counting()
    found = list(with_excerpts([given_, *[at("a", 1)] * (MOST + 5)], tree))
    assert found[0] == given_
    assert sum(f.excerpt is not None for f in found) == MOST + 1


@given(st.binary(), st.integers(0, 5), st.integers(0, 500), st.integers(0, 9))
def test_any_file_gives_a_small_excerpt_or_none(
    data: bytes, line: int, column: int, end: int
) -> None:
    tree = MemoryTree({"a": data})
    assert tree.entries["a"].mode == MODE
    (found,) = with_excerpts([at("a", line, column, end)], tree)
    if found.excerpt is not None:
        assert len(found.excerpt.lines) <= 5
        assert all(len(line) <= LINE for line in found.excerpt.lines)
