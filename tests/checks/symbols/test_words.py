"""The byte search misses no spelling that Python takes for the word."""

from __future__ import annotations

import unicodedata

import pytest

from backout.checks.symbols.words import Words, has_star, may_bind

WORDS = Words(["AIService", "größe"])


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"ai_service", id="another word"),
        pytest.param("é, ™, ², 。".encode(), id="other letters"),
        pytest.param(rb"'\x41' + 'IService'", id="pieces that nothing joins"),
        pytest.param(b"'AI' + 'Other'", id="a piece without the other"),
        pytest.param(b"'%sService%s' % 'BI'", id="a piece between fields, alone"),
        pytest.param(rb"'\x41 IService'", id="an escape and a blank"),
        pytest.param(rb"'xx\x65' 'AIServic'", id="an escaped last letter elsewhere"),
        pytest.param(b"AI \\\n  Service", id="a word on either side of a line's end"),
        pytest.param(b"other + 'Service'", id="the other piece alone"),
        pytest.param(b"'MAI' + 'Service'", id="a piece that ends like one"),
        pytest.param(b"AI = 'AIS', 'AIS' + 'Service'", id="pieces that overlap"),
        pytest.param(b"Service('AI' + x, 'ice')", id="an end that begins no string"),
        pytest.param(b"AI('A' + 'X', 'Service')", id="a beginning that ends no string"),
        pytest.param(b"# coding: latin-1\n# \xe9\n", id="another encoding"),
        pytest.param(b"# coding: nonsense\nx = 1\n", id="an unknown encoding"),
    ],
)
def test_it_is_not_mentioned(data: bytes) -> None:
    assert not WORDS.mentioned(data)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"xAIServicex", id="as it is"),
        pytest.param("𝐀IService".encode(), id="a mathematical letter"),
        pytest.param("ＡＩＳｅｒｖｉｃｅ".encode(), id="wide letters"),
        pytest.param("AIServiⅽe".encode(), id="a numeral"),
        pytest.param(unicodedata.normalize("NFD", "größe").encode(), id="decomposed"),
        pytest.param(rb"'AI\x53ervice'", id="a hexadecimal escape"),
        pytest.param(rb"'\x41IService'", id="a first letter as an escape"),
        pytest.param(rb"'AIServic\x65'", id="a last letter as an escape"),
        pytest.param(rb"'\x41\x49\x53\x65\x72\x76\x69\x63\x65'", id="escapes alone"),
        pytest.param(rb"'AI\123ervice'", id="an octal escape"),
        pytest.param(rb"'AI\u0053ervice'", id="a Unicode escape"),
        pytest.param(rb"'AI\N{LATIN CAPITAL LETTER S}ervice'", id="a named escape"),
        pytest.param(b"'AI\\\nService'", id="a line continued in a string"),
        pytest.param(b"'AI\\\r\nService'", id="a line continued, with CRLF"),
        pytest.param(b"'AI\\\rService'", id="a line continued, with CR"),
        pytest.param(b"'A\\\nI\\\nService'", id="two lines continued in a string"),
        pytest.param(b"x\n'AIServic\\\n\\x65'\n", id="a line continued by an escape"),
        pytest.param(b"'\\x41\\\nIService'", id="an escape before a line's end"),
        pytest.param(b"'AI\\\n\\\nService'", id="an empty line continued"),
        pytest.param(b"'AI' + 'Service'", id="two pieces"),
        pytest.param(b"'a.AI' + 'Service.b'", id="two pieces of a dotted name"),
        pytest.param(b"'%sService' % 'AI'", id="a piece for a percent sign"),
        pytest.param(b"'%(x)sService' % {'x': 'AI'}", id="a piece for a named field"),
        pytest.param(b'f"AI{x}", "Service"', id="a piece before a field"),
        pytest.param(b"'A' + 'IService'", id="a piece of one letter"),
        pytest.param(b"'AI' + x.Serv + 'ice'", id="a piece between that is a name"),
        pytest.param(b"# coding: utf-7\n+AEE-IService\n", id="UTF-7"),
        pytest.param(b"# coding: latin-1\ngr\xf6\xdfe\n", id="latin-1"),
    ],
)
def test_it_is_mentioned(data: bytes) -> None:
    assert WORDS.mentioned(data)


@pytest.mark.parametrize(
    ("data", "is_named"),
    [
        pytest.param(b"AIService()", False, id="a name"),
        pytest.param(b"x = AIService, 'a'", False, id="a name before a string"),
        pytest.param(b"x.AIServices", False, id="a longer attribute"),
        pytest.param(b"# why\n\nAIService()", False, id="a name, far below a comment"),
        pytest.param(b"x.AIService", True, id="an attribute"),
        pytest.param(b"x . \\\n  AIService", True, id="an attribute on the next line"),
        pytest.param(b"(x.  # why\n AIService)", True, id="below a comment"),
        pytest.param(b"f'{x.AIService}'", True, id="an attribute in a string"),
        pytest.param(b"getattr(x, 'AIService')", True, id="a string of its own"),
        pytest.param(b'entry = "a.b:AIService"', True, id="an entry point"),
        pytest.param(rb"x = 'a.AI\x53ervice'", True, id="an escaped letter"),
    ],
)
def test_what_names_a_word(data: bytes, is_named: bool) -> None:
    assert any(WORDS.named(data)) is is_named


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"from a import b", False),
        (b"x = important * 2", False),
        (b"from a import *", True),
        (b"from a import\t*", True),
        (b"from a import \\\n  *", True),
        (b"from a import*", True),
    ],
)
def test_star_imports_are_seen(data: bytes, expected: bool) -> None:
    assert has_star(data) is expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(b"", False, id="nothing"),
        pytest.param(b"x.Cart\n", False, id="an attribute"),
        pytest.param(b"x = Cart\n", False, id="a value"),
        pytest.param(b"from old import Carts, MyCart\n", False, id="longer names"),
        pytest.param(b"from a import b; print(Cart)\n", False, id="behind an import"),
        pytest.param(b"from a import (b)\nx = f(1, Cart)\n", False, id="below one"),
        pytest.param(b"basCart\n", False, id="the end of another name"),
        pytest.param(b"f(x, Cart)\n", False, id="an argument"),
        pytest.param(b"    Cart = 1\n", True, id="an assignment"),
        pytest.param(b"import Cart\n", True, id="an import"),
        pytest.param(b"import a, Cart\n", True, id="one of several"),
        pytest.param(b"from a import b as Cart\n", True, id="another name"),
        pytest.param(b"from a import b as \\\n    Cart\n", True, id="in the next line"),
        pytest.param(b"from a import (\n    b, Cart,\n)\n", True, id="in brackets"),
        pytest.param(b"from a import (b, # c\nd,Cart)\n", True, id="in a later line"),
        pytest.param(b"x = Cart\nwith a as Cart:\n", True, id="where not the first"),
    ],
)
def test_what_may_bind_a_word(data: bytes, expected: bool) -> None:
    assert may_bind(b"Cart", data) is expected
