"""Which dotted names lead to a target."""

from __future__ import annotations

import pytest

from backout.checks.symbols import Target
from backout.checks.symbols.naming import Names

NAMES = Names(
    [Target("symbol", "shop.old.Cart"), Target("module", "legacy")],
    (),
    {"api": "shop.old", "web.views.Basket": "shop.old.Cart", "web.load": "importlib.import_module"},
)  # fmt: skip


@pytest.mark.parametrize(
    ("dotted", "leads"),
    [
        pytest.param("other", False, id="another package"),
        pytest.param("shop.new", False, id="a module beside"),
        pytest.param("shop.old.Bag", False, id="a name beside"),
        pytest.param("shop.older.Cart", False, id="a longer name"),
        pytest.param("legacy_v2.x", False, id="a longer package"),
        pytest.param("api.Bag", False, id="a name beside, by a short alias"),
        pytest.param("web.views", True, id="a module on the way to an alias"),
        pytest.param("web", True, id="its package"),
        pytest.param("shop", True, id="the package"),
        pytest.param("shop.old", True, id="the module"),
        pytest.param("shop.old.Cart", True, id="the target"),
        pytest.param("shop.old.Cart.add.x", True, id="what lies in it"),
        pytest.param("legacy", True, id="a target of one word"),
        pytest.param("legacy.cart.Cart", True, id="what lies in that"),
        pytest.param("api.Cart", True, id="by an alias of one word"),
        pytest.param("web.views.Basket.add", True, id="by an alias"),
        pytest.param("web.load", True, id="another name for an importer"),
    ],
)
def test_what_leads_to_a_target(dotted: str, leads: bool) -> None:
    assert NAMES.leads(dotted) is leads


@pytest.mark.parametrize(
    ("dotted", "leads"),
    [
        pytest.param("src.shop.new", False, id="a module beside"),
        pytest.param("src", True, id="the source root"),
        pytest.param("src.shop.old.Cart", True, id="from the top"),
        pytest.param("shop.old", True, id="from the root"),
    ],
)
def test_what_leads_to_a_target_below_a_source_root(dotted: str, leads: bool) -> None:
    names = Names([Target("symbol", "shop.old.Cart")], ("src.",))
    assert names.leads(dotted) is leads


# A package takes all of a forbidden one by a star.
MIRRORED = {
    "mirror.cart": "old.cart",
    "mirror.cart.Cart": "old.cart.Cart",
    "mirror.bag": "old.bag",
}
PUBLIC = {"old.cart": ["Cart", "Old"], "old.bag": ["Old"], "mirror.cart": ["Other"]}


@pytest.mark.parametrize(
    ("module", "brought"),
    [
        pytest.param("mirror.cart", [], id="its own module, whose __all__ keeps it"),
        pytest.param("mirror.bag", ["Old"], id="a module that it only has by the star"),
        pytest.param("old.cart", ["Cart", "Old"], id="the module that is mirrored"),
    ],
)
def test_what_a_star_brings_of_a_mirrored_package(
    module: str, brought: list[str]
) -> None:
    names = Names(
        [Target("symbol", "old")], (), MIRRORED, PUBLIC, modules=["mirror.cart"]
    )
    assert sorted(names.star(module)) == brought
