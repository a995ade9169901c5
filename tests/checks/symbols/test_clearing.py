"""What is cleared cannot have mattered: the verdict on what is left is the verdict."""

from __future__ import annotations

import ast
import gc

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from backout.checks.symbols import Target
from backout.checks.symbols.answer import Answer
from backout.checks.symbols.judging import convict, judge
from backout.checks.symbols.naming import Names
from backout.checks.symbols.reducing import kept, whole

NAMES = Names(
    [
        Target("symbol", "old.cart.Cart"),
        Target("symbol", "old.shop.Shop.close"),
        Target("keyword", "mode", "old.shop.Shop"),
        Target("flag", "USE_OLD"),
    ],
    (),
)
# What a class inherits may be a target only for the second.
CLASS = Names([Target("symbol", "old.cart.Cart")], ())
METHOD = Names(
    [Target("symbol", "old.cart.Cart"), Target("symbol", "old.shop.Shop.close")], ()
)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="an empty file"),
        pytest.param("Cart = 1\nprint(Cart)\n", id="a namesake of its own"),
        pytest.param("from new.cart import Cart\nCart()\n", id="another's Cart"),
        pytest.param("# from old.cart import Cart\n", id="a comment"),
        pytest.param('"""old.cart"""\nx = "the Cart"\n', id="prose"),
        pytest.param('x = "cart.Cart"\n', id="a shorter name in a string"),
    ],
)
def test_a_file_is_cleared(text: str) -> None:
    assert kept(text, NAMES, "app.views", False, set(), {}) is None


@pytest.mark.parametrize(
    ("text", "left"),
    [
        pytest.param(
            "from old.cart import Cart\nx = 1\n\n\ny = Cart()\n",
            [(1, "from old.cart import Cart"), (5, "y = Cart()")],
            id="statements between",
        ),
        pytest.param(
            "import old.cart as c\n\ndef f():\n    x = 1\n    return c.Cart\n",
            [
                (1, "import old.cart as c"),
                (3, "def f():"),
                (5, "    return c.Cart"),
            ],
            id="a function's body",
        ),
        pytest.param(
            "from old.cart import Cart\ndef Cart():\n    x = 1\n",
            [(1, "from old.cart import Cart"), (2, "def Cart():"), (3, "    pass")],
            id="a body of which nothing is left",
        ),
        pytest.param(
            "from old.cart import Cart\nif x:\n    y = 1\n    raise E(y)\n",
            [(1, "from old.cart import Cart")],
            id="a branch that changes nothing",
        ),
        pytest.param(
            "if x:\n    from old.cart import Cart\nelse:\n    y = 1\n    raise E(y)\n",
            [
                (1, "if x:"),
                (2, "    from old.cart import Cart"),
                (3, "else:"),
                (5, "    raise"),
            ],
            id="where a branch ends",
        ),
        pytest.param(
            "import old.cart as c\ndef f(a, b: int = 1, **c) -> c.Cart: ...\n",
            [
                (1, "import old.cart as c"),
                (2, "def f(a, b: int = 1, **c) -> c.Cart: ..."),
            ],
            id="parameters up to one of interest",
        ),
        pytest.param(
            "import old.cart as c\n"
            "def f(self, a: c.Cart, b: dict[str, int] = {},\n      d=')') -> c.Cart: ...\n",
            [
                (1, "import old.cart as c"),
                (2, "def f(self, a: c.Cart" + " " * len(", b: dict[str, int] = {},")),
                (3, " " * len("      d=')'") + ") -> c.Cart: ..."),
            ],
            id="blanks for parameters of no interest",
        ),
        pytest.param(
            "import old.cart as c\ndef f(a,  # c)\n      b=1) -> c.Cart: ...\n",
            [
                (1, "import old.cart as c"),
                (2, "def f(a,  # c)"),
                (3, "      b=1) -> c.Cart: ..."),
            ],
            id="parameters beside a comment",
        ),
        pytest.param(
            "import old.cart as c\ndef f(a, b='é', d=1) -> c.Cart: ...\n",
            [(1, "import old.cart as c"), (2, "def f(a, b='é', d=1) -> c.Cart: ...")],
            id="parameters beside letters of several bytes",
        ),
        pytest.param(
            "from old.cart import Cart\nx = 1; y = Cart\n",
            [(1, "from old.cart import Cart"), (2, "x = 1; y = Cart")],
            id="two statements on a line",
        ),
        pytest.param(
            "from old import cart\nx = cart.Bag()\n\ny = x.run()\nz = 1\n",
            [(1, "from old import cart"), (2, "x = cart.Bag()")],
            id="what comes from beside a target",
        ),
        pytest.param(
            "from old import cart\ndef f(a, b: cart.Bag):\n    b.run()\n",
            [
                (1, "from old import cart"),
                (2, "def f(a, b: cart.Bag):"),
                (3, "    pass"),
            ],
            id="a parameter that is something else",
        ),
        pytest.param(
            "from old.cart import Cart\nx: Cart = 1\ny: int = f(x)\ny.z\n",
            [
                (1, "from old.cart import Cart"),
                (2, "x: Cart = 1"),
                (3, "y: int = f(x)"),
            ],
            id="an annotated name that is something else",
        ),
        pytest.param(
            "from old.cart import Cart\n"
            "class A:\n    def f(self):\n        x = Cart()\n        y = 1\nA().f()\n",
            [
                (1, "from old.cart import Cart"),
                (2, "class A:"),
                (3, "    def f(self):"),
                (4, "        x = Cart()"),
            ],
            id="a name in a method, which its objects do not hold",
        ),
        pytest.param(
            "from old.cart import Cart\n"
            "class A:\n    def f(self):\n        self.x = Cart()\nA().f()\n",
            [
                (1, "from old.cart import Cart"),
                (2, "class A:"),
                (3, "    def f(self):"),
                (4, "        self.x = Cart()"),
                (5, "A().f()"),
            ],
            id="an attribute, which its objects hold",
        ),
        pytest.param(
            "from old.cart import Cart\nx = Cart()\n"
            "def f(a,  # type: ignore[misc]\n      b):\n    a.run(x)\nb = 1\n",
            [
                (1, "from old.cart import Cart"),
                (2, "x = Cart()"),
                (3, "def f(a,  # type: ignore[misc]"),
                (4, "      b):"),
                (5, "    a.run(x)"),
            ],
            id="a comment that silences a type checker",
        ),
        pytest.param(
            "import old.cart as c\nx = c.bags[1]\ny = c.find()\nz = c.bags.get(c)[0]\n"
            "x.run(y.run, z.run)\n",
            [
                (1, "import old.cart as c"),
                (2, "x = c.bags[1]"),
                (3, "y = c.find()"),
                (4, "z = c.bags.get(c)[0]"),
            ],
            id="what a call or a part of a target is",
        ),
        pytest.param(
            "from old.cart import Cart\ndef f(x: Cart):\n    '''Cart\n    x.'''\n"
            "    y = g(x, a=1)\n    x.y = h(1)\n    g(h(x)).z\n    return list(x)\n",
            [
                (1, "from old.cart import Cart"),
                (2, "def f(x: Cart):"),
                (6, "    x.y = h(1)"),
                (8, "    return list(x)"),
            ],
            id="docstrings, and an object that is only passed on",
        ),
        pytest.param(
            "from old.cart import Cart\ndef f(x: Cart):\n    g(x)\ndef h(x=Cart):\n"
            "    g(x)\n",
            [
                (1, "from old.cart import Cart"),
                (2, "def f(x: Cart):"),
                (3, "    g(x)"),
                (4, "def h(x=Cart):"),
                (5, "    g(x)"),
            ],
            id="what may be the class itself and is passed on",
        ),
        pytest.param(
            "from old.cart import Cart\nx = f(\n    1,\n    a=2,\n    b=[\n        3,\n"
            "    ],\n    c={\n        4: 5,\n        6: Cart,\n        **d,\n    },\n"
            "    e=7\n)\n",
            [
                (1, "from old.cart import Cart"),
                (2, "x = f("),
                (3, "    1,"),
                (8, "    c={"),
                (10, "        6: Cart,"),
                (11, "        **d,"),
                (12, "    },"),
                (13, "    e=7"),
                (14, ")"),
            ],
            id="lines of other arguments and items",
        ),
        pytest.param(
            "from old.cart import Cart\nCart(\n    a=1,\n).run\ndict(\n    a=1,\n    b=Cart,\n)\n",
            [
                (1, "from old.cart import Cart"),
                (2, "Cart("),
                (3, "    a=1,"),
                (4, ").run"),
                (5, "dict("),
                (6, "    a=1,"),
                (7, "    b=Cart,"),
                (8, ")"),
            ],
            id="arguments within a use, and of what keeps them",
        ),
        pytest.param(
            "import old.cart as c\nx = next(iter([c]))\ny = next(iter(f(c)))\n"
            "y.run()\nx.run()\n",
            [
                (1, "import old.cart as c"),
                (2, "x = next(iter([c]))"),
                (3, "y = next(iter(f(c)))"),
                (5, "x.run()"),
            ],
            id="what a builtin makes of a container",
        ),
        pytest.param(
            "from old.cart import Cart\nx = Cart()\nassert isinstance(y, str) or x\n"
            "y.run()\n",
            [
                (1, "from old.cart import Cart"),
                (2, "x = Cart()"),
                (3, "assert isinstance(y, str) or x"),
            ],
            id="what is shown to be something else",
        ),
    ],
)
def test_what_is_left_keeps_its_lines(text: str, left: list[tuple[int, str]]) -> None:
    found = kept(text, NAMES, "app.views", False, set(), {})
    assert found is not None
    lines = found.text.splitlines()
    assert list(zip(found.lines, lines, strict=False)) == left


@pytest.mark.parametrize(
    ("base", "left"),
    [
        pytest.param("cart.Cart", 2, id="of a target that is a class"),
        pytest.param("shop.Shop", 3, id="of one whose method is a target"),
    ],
)
def test_what_a_class_inherits(base: str, left: int) -> None:
    module, _, name = base.partition(".")
    text = f"from old.{module} import {name}\nclass A({name}): ...\nA().open()\n"
    found = kept(text, METHOD, "app.views", False, set(), {})
    assert found is not None
    assert len(found.text.splitlines()) == left


def test_what_this_interpreter_cannot_read_is_left_whole() -> None:
    text = "from old.cart import Cart\nx = = 1\n"
    found = kept(text, NAMES, "app.views", False, set(), {})
    assert found is not None
    assert found.text == text


# Statements from which hypothesis puts files together: what they mean for each other
# depends on their order and on the blocks that they are in.
SIMPLE = [
    "from old.cart import Cart",
    "from old.cart import Cart as C",
    "from old import cart",
    "import old.cart",
    "import old.cart as c",
    "from new.cart import Cart",
    "from old.cart import *",
    "from old.shop import Shop",
    "C = Cart",
    "x = Cart",
    "x = C()",
    "x = c.Cart()",
    "x.run()",
    "y = x",
    "y.z = Cart()",
    "y.z.run()",
    "old.cart.Cart",
    "import old",
    "x = old.bag",
    "y = x.inner",
    "y.Cart()",
    "x = old.load()",
    "x.Cart",
    "from old.shop import *",
    "from new.shop import Shop",
    "from old import *",
    "f = lambda cart: cart.run",
    "f(Cart)()",
    "z = [cart.run for cart in [Cart]]",
    "cart.Cart.run",
    "Cart = 1",
    "del Cart",
    "shop = Shop(mode=1)",
    "shop.close()",
    "self.shop = Shop()",
    "self.shop.close()",
    "use('USE_OLD')",
    "use('old.cart.Cart')",
    "getattr(c, 'Cart')",
    "m = importlib.import_module('old.cart')",
    "m.Cart",
    "z = [q for q in [Cart] if (w := q)]",
    "w()",
    "x = cart.Bag()",
    "x: cart.Bag = 1",
    "x: int = C",
    "y: Cart",
    "y.run()",
    "x.run()",
    "d = 1  # type: ignore",
    "assert isinstance(x, Cart)",
    "assert isinstance(y, cart.Bag)",
    "cart = Shop",
    "C = cart.Cart",
    "r().run()",
    "s().run()",
    "z = t(Cart)",
    "global Cart",
    "return",
    "unrelated = [1,\n  2]",
    "'''A text\nof lines with Cart'''",
    "a = 1; b = Cart",
    "x = cart.bags[Cart]",
    "y = cart.Cart[0][1]",
    "x = y.bags.get('k', Cart)",
    "x = c.bags()[0].pop(Cart)",
    "x = next(iter([Cart, c]))",
    "y = list(zip(u, c.find(Cart)))",
    "f(x, a=y)",
    "x = g(self.shop, cart)",
    "def p(x: cart.Bag):\n    self.y = x\n    y = g(x)\n    h(self.y)\n    x.run()",
    "y = f(\n  a=1,\n  b={\n    'k': Cart,\n    'l': 2,\n  },\n  c=3,\n)",
    "x.bags = {1: Cart}",
    "y = x.bags[1]",
    "x = y.bags.values()",
    "pass",
]
HEADS = [
    "if u:",
    "for Cart in xs:",
    "for x in [Cart, C]:",
    "while v:",
    "with Cart() as x:",
    "def f(a: Cart, b=C, *, c: 'Cart' = None):",
    "def k(x, y: int, C=1, **z):",
    "def n(x=Cart, y=(1,), *z):",
    "def g(x):",
    "@Cart\ndef h(self):",
    "class A(Cart):",
    "class B(Shop):",
    "class D(cart.Bag):",
    "class E(cart.Cart, metaclass=M):",
    "def r() -> Cart:",
    "def s(cart) -> cart.Bag:",
    "def t(a, b=0):  # type: ignore[misc]",
]


def indented(text: str) -> str:
    return "".join(f"    {line}\n" for line in text.splitlines())


def block(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    body = st.lists(inner, min_size=1, max_size=4).map("".join).map(indented)
    plain = st.tuples(st.sampled_from(HEADS), body).map(lambda t: f"{t[0]}\n{t[1]}")
    either = st.tuples(body, body).map(lambda t: f"if u:\n{t[0]}else:\n{t[1]}")
    tried = st.tuples(body, body).map(lambda t: f"try:\n{t[0]}except E as x:\n{t[1]}")
    return plain | either | tried


STATEMENT = st.recursive(st.sampled_from(SIMPLE).map("{}\n".format), block)


@given(
    st.lists(STATEMENT, min_size=1, max_size=8).map("".join),
    st.sampled_from([NAMES, CLASS, METHOD]),
)
@example(
    "from old import cart\nif u:\n    from old.cart import Cart as C\n"
    "else:\n    from old.shop import Shop\n    cart = Shop\n",
    NAMES,
)
def test_the_verdict_on_what_is_left_is_the_verdict_on_the_whole(
    text: str, names: Names
) -> None:
    try:
        ast.parse(text)
    except SyntaxError:
        return
    wants: set[str] = set()
    left = kept(text, names, "app.views", False, wants, {})
    all_wants: set[str] = set()
    expected = convict(whole(text), text, names, "app.views", False, all_wants)
    if left is None:
        assert expected.uses == []
        return
    found = convict(left, text, names, "app.views", False, wants)
    assert places(found) == places(expected)
    assert found.exports == expected.exports
    # What another file may hand on under a target's last word.
    assert {
        w for w in all_wants - wants if w.rpartition(".")[2] in names.words
    } == set()


def places(answer: Answer) -> set[tuple[int, tuple[int, ...], str]]:
    return {(use.target, tuple(use.span), use.text) for use in answer.uses}


def test_a_file_that_was_judged_is_let_go_without_looking_for_garbage() -> None:
    names = Names([Target("module", "shop.old")], ())
    text = b"""
from shop import old
def f(hass: old.Cart, x: int) -> None:
    y = hass.data[x]
    run(y, hass, a=1)
"""
    judge("a.py", text, names)  # what is kept of all files
    gc.collect()
    assert judge("b.py", text, names).uses
    assert gc.collect() == 0
