"""A large file is parsed in parts, and its tree is that of the whole."""

from __future__ import annotations

from textwrap import indent

import libcst as cst
import pytest

from backout.checks.symbols import parsing
from backout.checks.symbols.naming import Names
from backout.checks.symbols.reducing import Kept, kept, whole
from backout.checks.symbols.target import Target

_IMPORT = "from shop.old import Cart\n"
_LINES = "".join(f"x{n} = Cart({n})\n" for n in range(1500))
_IN_BLOCK = indent(_LINES, "    ")
_METHODS = "".join(
    f"    def m{n}(self):\n        return Cart({n})\n" for n in range(900)
)


def left_of(text: str) -> Kept:
    left = kept(
        text, Names([Target("symbol", "shop.old.Cart")], ()), "a", False, set(), {}
    )
    assert left is not None
    return left


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How long each text was that libcst was given."""
    sizes: list[int] = []
    parse = cst.parse_module

    def parse_module(text: str) -> cst.Module:
        sizes.append(len(text))
        return parse(text)

    monkeypatch.setattr(cst, "parse_module", parse_module)
    return sizes


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        pytest.param(_IMPORT + "Cart()\n", 1, id="a small file, at once"),
        pytest.param(_IMPORT + f"x = [\n{_IN_BLOCK}]\n".replace(" = ", " == ").replace(")\n", "),\n").replace("x ==", "x =", 1), 1, id="one long statement, as it is"),
        pytest.param(_IMPORT + f"try:\n{_IN_BLOCK}except E:\n    Cart()\n", 2, id="a statement of two blocks, as it is"),
        pytest.param(_IMPORT + _LINES.replace("\n", "\f\n", 1), 1, id="a form feed, which libcst may lose"),
        pytest.param(_IMPORT + _LINES, 2, id="statements"),
        pytest.param(_IMPORT + "class A(B):\n" + _METHODS, 4, id="the methods of a class"),
        pytest.param(_IMPORT + "@Cart.of\n@b\nclass A(\n    B\n):  # c\n    # d\n    # e\n\n" + _METHODS, 4, id="a class with comments below its head"),
        pytest.param(_IMPORT + "if Cart:\n    class A:\n" + indent(_METHODS, "    "), 4, id="a class below a condition"),
        pytest.param(_IMPORT + "class A:\n    Cart()\n    class B:\n" + indent(_METHODS, "    "), 4, id="a class in a class"),
        pytest.param(_IMPORT + "async def f():\n    await Cart\n" + _IN_BLOCK + "    return Cart\n", 4, id="a function that waits"),
        pytest.param(_IMPORT + "def f():\n\tif Cart:\n\t\tCart()\n" + indent(_LINES, "\t"), 1, id="tabs"),
        pytest.param(_IMPORT + "with Cart() as a, b:\n" + _IN_BLOCK, 3, id="the block of a with"),
        pytest.param(_IMPORT + "for a in Cart:\n" + _IN_BLOCK + "else:\n    Cart()\n", 2, id="a loop with an else"),
    ],
)  # fmt: skip
def test_the_tree_of_the_parts_is_that_of_the_whole(
    text: str, parts: int, given: list[int]
) -> None:
    left = left_of(text)
    tree = parsing.parsed(left)
    assert len(given) >= parts
    assert tree.deep_equals(cst.parse_module(left.text))
    assert tree.code == left.text


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(_IMPORT + _LINES, id="statements"),
        pytest.param(_IMPORT + "class A(B):\n" + _METHODS, id="a class"),
        pytest.param(
            _IMPORT + "if Cart:\n    class A:\n" + indent(_METHODS, "    "),
            id="a class below a condition",
        ),
    ],
)
def test_no_part_is_much_longer_than_it_may_be(text: str, given: list[int]) -> None:
    parsing.parsed(left_of(text))
    assert max(given) < 1.1 * parsing.PART


def test_what_is_wrong_is_told_of_the_whole() -> None:
    text = _IMPORT + _LINES + "print Cart\n"
    with pytest.raises(cst.ParserSyntaxError) as wrong:
        parsing.parsed(whole(text))
    assert wrong.value.editor_line == text.count("\n")


def test_what_ast_and_libcst_read_otherwise_is_parsed_at_once(given: list[int]) -> None:
    left = left_of(_IMPORT + _LINES)
    assert left.rows is not None
    # One row for two statements.
    lying = Kept(left.text, left.lines, [left.rows[0], *left.rows[2:]])
    assert parsing.parsed(lying).deep_equals(cst.parse_module(left.text))
    assert max(given) == len(left.text)
