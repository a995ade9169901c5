"""Git's search finds every file that holds a word, in whatever spelling Python takes."""

from __future__ import annotations

import re
import sys
import tempfile
import unicodedata
from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backout.checks.symbols import signs
from backout.checks.symbols.words import Words, has_star, star_sources
from backout.core.git import Git, GitError
from backout.core.grep import searching
from backout.core.patterns import any_of
from backout.core.tree import IndexTree
from support.repository import Repository

WORDS = ["Cart", "set_mode", "größe", "X", "V2"]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"card = (c, a, r, t)", id="its letters"),
        pytest.param("é, ™, µ, 。℃".encode(), id="letters that are none of its"),
        pytest.param("'²'".encode(), id="what no identifier holds"),
        pytest.param(rb"'\n\t\x00\xff\u2028\077'", id="escapes of other characters"),
        pytest.param(rb"'\x43-'", id="an escape beside none of its letters"),
        pytest.param(b"# coding: utf-8\n", id="the usual encoding"),
        pytest.param(b"# -*- coding: UTF8 -*-\n", id="in another spelling"),
        pytest.param(
            b"open(p, encoding='latin-1')", id="an encoding of something else"
        ),
        pytest.param(b"# a\nopen(p, encoding='cp1252')", id="below a comment"),
        pytest.param(b"x\n\n# coding: latin-1\n", id="an encoding in the third line"),
        pytest.param(b"x = 1  # coding: latin-1\n", id="an encoding behind code"),
        pytest.param(b"#\r" * 100_000, id="an endless file of CR and comment signs"),
        pytest.param(b"x = 1 + \\\n  2", id="a continued line"),
        pytest.param(b"#" * 300_000, id="a line of nothing but comment signs"),
        pytest.param(
            b"#" + b" coding=\t!" * 30_000, id="one that begins over and over"
        ),
    ],
)
def test_no_sign_of_a_word(data: bytes) -> None:
    assert not any_of(Words(["Cart"]).signs).search(data)


def test_no_words_have_no_signs() -> None:
    assert Words([]).signs == []


def test_every_character_that_folds_into_ascii_is_known() -> None:
    missing = [
        hex(point)
        for point in range(0x80, sys.maxunicode + 1)
        if f"a{chr(point)}".isidentifier()
        and unicodedata.normalize("NFKC", chr(point)).isascii()
        and chr(point) not in signs.folded()
    ]
    assert missing == []


def _escapes(letter: str) -> st.SearchStrategy[str]:
    point = ord(letter)
    ways = [f"\\u{point:04x}", f"\\U{point:08X}", f"\\N{{{unicodedata.name(letter)}}}"]
    if point < 0x100:
        ways += [f"\\x{point:02x}", f"\\x{point:02X}", f"\\{point:03o}", f"\\{point:o}"]
    return st.sampled_from(ways)


def _folds(letter: str) -> st.SearchStrategy[str]:
    same = [c for c, meaning in signs.folded().items() if meaning == letter]
    return st.sampled_from([letter, *same])


@st.composite
def _in_string(draw: st.DrawFn, word: str) -> bytes:
    """A word in a string: letters escaped, lines continued."""
    end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    out = ""
    for letter in word:
        out += draw(st.sampled_from(["", "", f"\\{end}"])) if out else ""
        out += draw(st.one_of(st.just(letter), _escapes(letter)))
    # A shorter octal escape must not run into a digit.
    before = draw(st.sampled_from(["'a.", "'", "'a\\x2e", "'\\056"]))
    return f"x = 1{end}{before}{out}.add'{end}".encode()


@st.composite
def _as_identifier(draw: st.DrawFn, word: str) -> bytes:
    """A word as an identifier: letters that fold into its own, composed or not."""
    is_composed = draw(st.booleans())
    letters = [draw(_folds(letter)) for letter in word]
    spelled = [
        unicodedata.normalize("NFC" if is_composed else "NFD", c) if c in word else c
        for c in letters
    ]
    return f"x = 1\ny = a.{''.join(spelled)}()\n".encode()


@st.composite
def _encoded(draw: st.DrawFn, word: str) -> bytes:
    """A word below a cookie of an encoding that has other bytes for it, or may have."""
    codec, text = draw(
        st.sampled_from(
            [
                ("utf-7", word),
                ("utf_7", word),
                ("latin-1", word),
                ("cp1252", word),
                ("shift_jis", "".join(chr(ord(c) + 0xFEE0) if c.isalnum() and c.isascii() else c for c in word)),
                ("gb18030", word),
                ("u8", word),
            ]
        )
    )  # fmt: skip
    head = draw(
        st.sampled_from(
            [
                "# coding: ",
                "#!/x\n# -*- coding=",
                "# vim: fileencoding:",
                "\f# 1 # 2 ## coding=\t",
                "\r\f# coding:",
                "# \x01\x0b\x7f\xe9\ufffd coding: ",
            ]
        )
    )
    encoded = text.encode(codec, "ignore")
    if codec == "utf-7":
        encoded = b"".join(b"+" + _base64(c) + b"-" for c in text)
    return f"{head}{codec}\n".encode() + b"x." + encoded + b"\n"


def _base64(letter: str) -> bytes:
    return b64encode(letter.encode("utf-16-be")).rstrip(b"=")


spelled = st.sampled_from(WORDS).flatmap(
    lambda word: st.tuples(
        st.just(word),
        st.one_of(_in_string(word), _as_identifier(word), _encoded(word)),
    )
)


@settings(max_examples=400)
@given(spelled)
def test_what_mentions_a_word_has_a_sign_of_it(case: tuple[str, bytes]) -> None:
    word, data = case
    words = Words([word])
    if words.mentioned(data):
        assert any_of(words.signs).search(data)


@settings(max_examples=400)
@given(spelled.filter(lambda case: b"coding" not in case[1]))
def test_every_spelling_is_a_mention(case: tuple[str, bytes]) -> None:
    word, data = case
    assert Words([word]).mentioned(data)


@settings(max_examples=200)
@given(st.lists(spelled, min_size=1, max_size=1), st.binary(max_size=60))
def test_other_bytes_around_hide_nothing(
    cases: Sequence[tuple[str, bytes]], noise: bytes
) -> None:
    ((word, data),) = cases
    words = Words([word])
    data = data + noise.replace(b"coding", b"")
    if words.mentioned(data):
        assert any_of(words.signs).search(data)


@settings(max_examples=15)
@given(files=st.lists(spelled, min_size=5, max_size=30))
def test_git_finds_each_of_them(
    files: list[tuple[str, bytes]],
) -> None:
    words = Words(WORDS)
    with tempfile.TemporaryDirectory() as folder:
        repo = Repository(Path(folder) / "here")
        named = {f"{n:03}.py": data for n, (_, data) in enumerate(files)}
        repo.stage({**named, "no.py": "x = 1\n"})
        with Git.find(repo.path) as git:
            tree = IndexTree(git)
            mentioning = [p for p, d in named.items() if words.mentioned(d)]
            assert {*mentioning} <= {*tree.matching(words.signs)()}


def test_a_git_without_pcre_searches_all_the_same(
    repo: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo.stage(
        {
            "a.py": "x = 'C\\x61rt'\n",
            "b.py": "x = 1\n",
            "c.py": "Cart\n",
            "d.py": "#!/x\n# coding: utf-7\n",
        }
    )
    begin = Git.begin

    def refusing(self: Git, *args: str, **options: object) -> object:
        if "-P" in args:
            why = "fatal: cannot use Perl-compatible regexes when not compiled with X"

            def fail() -> bytes:
                raise GitError(args, 128, why)

            return fail
        return begin(self, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Git, "begin", refusing)
    with Git.find(repo.path) as git:
        found = searching(git, Words(["Cart"]).signs, ["--cached"])
        assert found() == ["a.py", "c.py", "d.py"]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"from a import b\n", []),
        (b"# from a\nimport *\n", []),
        (b"from a import *\n", [("a", 0)]),
        (b"from a.b import *  # c\n", [("a.b", 0)]),
        (b"if x:\n    from . import *\n", [("", 1)]),
        (b"from ..a . b import*\n", [("a.b", 2)]),
        (b"from a \\\n  . b \\\n import \\\n *\n", [("a.b", 0)]),
        (b"from .importer import *; from c import *\r\n", [("importer", 1), ("c", 0)]),
        ("from 𝐚 import *\n".encode(), [("a", 0)]),
    ],
)
def test_where_a_star_is_from(data: bytes, expected: list[tuple[str, int]]) -> None:
    assert list(star_sources(data)) == expected
    if expected:
        assert has_star(data)
        assert re.search(signs.STAR, data, re.MULTILINE)
