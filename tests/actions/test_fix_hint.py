"""What a finding says of `backout gate --fix` is what that does."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from backout.actions.fixing.rewriting import rewrite
from backout.checks import forbidden_symbol
from backout.core import change as changes
from backout.core.finding import Finding
from backout.core.policy import Forbid
from backout.core.tree import MemoryTree
from support.symbols import policy_of

CART = Forbid(symbol="shop.old.Cart", use="shop.new.Basket")
WORLD: Mapping[str, str] = {
    "src/shop/__init__.py": "",
    "src/shop/old.py": "class Cart: ...\nclass Gone: ...\n",
    "src/shop/new.py": "class Basket: ...\nclass Cart: ...\nRow = 1\n",
    "src/shop/again.py": "from .old import Cart as Basket\n",
    "src/shop/api.py": "from .old import Cart  # for others\n",
}
HINT = "`backout gate --all --fix` rewrites it."

SAID = [
    ("an import and its uses", "from shop.old import Cart\nCart(Cart)\n", CART),
    ("an alias", "from shop.old import Cart as C\nC()\n", CART),
    ("a relative import", "from .shop.old import Cart\nCart()\n", CART),
    ("a dotted import", "import shop.old\nshop.old.Cart()\n", CART),
    ("a module from its package", "from shop import old\nold.Cart()\n", CART),
    ("a type comment", "from shop.old import Cart\nx = f()  # type: Cart\n", CART),
    ("a patched name", "mock.patch('shop.old.Cart')\n", CART),
    ("another file's re-export", "from shop.api import Cart\nCart()\n", CART),
    (
        "somebody else's replacement",
        "from shop.old import Cart\nCart()\n",
        Forbid(symbol="shop.old.Cart", use="other.Basket"),
    ),
    (
        "the same module's other name",
        "import shop.old\nshop.old.Cart()\n",
        Forbid(symbol="shop.old.Cart", use="shop.old.Gone"),
    ),
]
UNSAID = [
    ("no replacement", "from shop.old import Cart\n", Forbid(symbol="shop.old.Cart")),
    (
        "a replacement that is not there",
        "from shop.old import Cart\n",
        Forbid(symbol="shop.old.Cart", use="shop.new.Nothing"),
    ),
    (
        "the old thing under a new name",
        "from shop.old import Cart\n",
        Forbid(symbol="shop.old.Cart", use="shop.again.Basket"),
    ),
    (
        "words instead of a name",
        "from shop.old import Cart\n",
        Forbid(symbol="shop.old.Cart", use="the new one"),
    ),
    (
        "a keyword",
        "from shop.old import Cart\nCart(mode=1)\n",
        Forbid(keyword="mode", of="shop.old.Cart", use="shop.new.Basket"),
    ),
    ("a star import", "from shop.old import *\nCart()\n", CART),
    ("a lookup by text", "from shop import old\ngetattr(old, 'Cart')\n", CART),
    (
        "one lookup beside plain uses",
        "from shop import old\nfrom shop.old import Cart\nCart()\n"
        "getattr(old, 'Cart')\n",
        CART,
    ),
    (
        "a fallback under the same name",
        "try:\n    from shop.old import Cart\nexcept ImportError:\n    Cart = None\n",
        CART,
    ),
    (
        "a fallback from elsewhere",
        "try:\n    from shop.old import Cart\nexcept ImportError:\n"
        "    from other import Cart\nCart()\n",
        CART,
    ),
    (
        "a name declared global",
        "from shop.old import Cart\ndef f():\n    global Cart\n    Cart()\n",
        CART,
    ),
    (
        "a new name that may be taken",
        "import shop.old as o\nBasket = o.Cart()\n",
        CART,
    ),
    (
        "an attribute of an object",
        "from shop.old import Cart\nCart().add()\n",
        Forbid(symbol="shop.old.Cart.add", use="shop.new.Basket"),
    ),
]


def found(source: str, forbid: Forbid, path: str = "src/app.py") -> list[Finding]:
    """The findings in a file; what `--fix` makes of it is held against what they say."""
    policy = policy_of(forbid)
    tree = MemoryTree({**WORLD, path: source})
    change = changes.whole(tree)
    findings = [
        finding
        for finding in forbidden_symbol.check(change, policy)
        if finding.place.path == path
    ]
    made = rewrite(tree, [path], policy)
    if any(HINT in finding.help for finding in findings):
        assert made.left == []
        assert path in made.changed
        after = MemoryTree({**WORLD, path: made.changed[path]})
        again = forbidden_symbol.check(changes.whole(after), policy)
        assert not [one for one in again if one.place.path == path]
    return findings


@pytest.mark.parametrize(
    ("source", "forbid"), [pytest.param(s, f, id=name) for name, s, f in SAID]
)
def test_a_finding_says_that_fix_rewrites_it(source: str, forbid: Forbid) -> None:
    findings = found(source, forbid)
    assert findings
    assert all(finding.help.endswith(HINT) for finding in findings)


@pytest.mark.parametrize(
    ("source", "forbid"), [pytest.param(s, f, id=name) for name, s, f in UNSAID]
)
def test_what_is_not_sure_is_not_said(source: str, forbid: Forbid) -> None:
    findings = found(source, forbid)
    assert findings
    assert not any("--fix" in finding.help for finding in findings)


def test_a_file_that_is_no_python_is_not_rewritten() -> None:
    [finding] = found('run = "shop.old:Cart"\n', CART, "src/app.toml")
    assert "--fix" not in finding.help
