"""Which files may give a target another name: never fewer than one slow pattern finds."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from backout.checks.symbols.renames import may_rename

WORDS = ["Cart", "CartItem", "shop_cart"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("from old import Cart\n", id="an import"),
        pytest.param("Cart()\n", id="a use"),
        pytest.param("x = Cart()\n", id="an object"),
        pytest.param("x = Cart (1)\n", id="an object after a blank"),
        pytest.param("x = Cart \\\n ()\n", id="an object on two lines"),
        pytest.param("x = CartItems\n", id="a longer word"),
        pytest.param("x = my_Cart\n", id="a word that ends so"),
        pytest.param("x = 1\nuse(Cart)\n", id="an assignment on another line"),
        pytest.param("for order in Cart: pass\n", id="a word that holds `or`"),
    ],
)
def test_no_other_name(text: str) -> None:
    assert not may_rename(WORDS)(text.encode())


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("from old import Cart as C\n", id="an import under another name"),
        pytest.param("from old import (Cart\n  as C)\n", id="on two lines"),
        pytest.param("x = Cart\n", id="an assignment"),
        pytest.param("x = CartItem", id="a word that another one begins"),
        pytest.param("x = old.cart.Cart\n", id="through its module"),
        pytest.param("x = (\n    old.\n    Cart\n)\n", id="on several lines"),
        pytest.param("x = \\\nCart\n", id="on a continued line"),
        pytest.param("x = y or Cart\n", id="one of two"),
        pytest.param("x = (y\n  if z else Cart)\n", id="a choice on the next line"),
        pytest.param("x: type = Cart\n", id="an annotated one"),
        pytest.param(f"x = ({' ' * 3000}Cart)\n", id="far away"),
    ],
)
def test_another_name(text: str) -> None:
    assert may_rename(WORDS)(text.encode())


PIECES = [
    *WORDS, "Cart", "x", "=", "==", ".", "(", ")", "\\\n", "\n", " ", "as", " as ",
    " or ", " else ", "old", "_", "s", "\t", "\r\n", ",", ":", "\f",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
@example("x=\n.Cart")
@example("Cart\\\nas")
def test_what_one_pattern_finds_is_found(text: str) -> None:
    word = rf"\b(?:{'|'.join(map(re.escape, sorted(WORDS)))})\b"
    slow = re.compile(
        (
            rf"{word}[\s\\]+as\b"
            rf"|=[\s\\(]*(?:[\w.\s\\]*\.[\s\\]*)?{word}(?![\s\\]*\()"
            rf"|(?:=|\belse\b|\bor\b|\band\b)[^\n]*{word}(?![\s\\]*\()"
        ).encode()
    )
    data = text.encode()
    if slow.search(data):
        assert may_rename(WORDS)(data)
