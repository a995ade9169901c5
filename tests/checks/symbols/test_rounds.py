"""What is learned late counts for the files that were judged early."""

from __future__ import annotations

import pytest

from backout.checks.symbols import Target, Use, uses
from backout.core.tree import MemoryTree

WORLD = {
    "shop/__init__.py": "",
    "shop/old.py": "class Cart: ...\n",
    "a.py": "from shop.old import Cart as Basket\n",
}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param({"b.py": "Cart = 1\nx = 'c.Basket'\n"}, 0, id="another module's"),
        pytest.param({"b.py": "Cart = 1\n# 'a.Basket'\n"}, 0, id="a comment"),
        pytest.param({"b.py": "from c import *\n"}, 0, id="a star that brings nothing"),
        pytest.param({"b.py": "Cart = 1\nx = 'a.Basket'\n"}, 1, id="a string"),
        pytest.param({"b.py": "Cart = 1\nx = 'a.B\\x61sket'\n"}, 1, id="an escape"),
        pytest.param({"b.yaml": "# Cart\nx: a.Basket\n"}, 1, id="a setting"),
        pytest.param(
            {"b.py": "import c\nc.Basket()\n", "c.py": "from a import Basket\n"},
            2,
            id="a package that was not known to hold it",
        ),
        pytest.param(
            {"b.py": "import a\nx = a\nx.Basket()\n"},
            1,
            id="an attribute of a module by another name",
        ),
        pytest.param(
            {"b.py": "from a import *\n", "c.py": "from b import *\nBasket()\n"},
            3,
            id="stars whose files mention no target",
        ),
    ],
)
def test_a_name_learned_late(files: dict[str, str], expected: int) -> None:
    tree = MemoryTree({**WORLD, **files})
    found = uses(tree, None, [Target("symbol", "shop.old.Cart")])
    late = [each for each in found if isinstance(each, Use) and each.path in files]
    assert len(late) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param(
            "import b\nx = b\nx.Shelf()\n", 0, id="another name of the module"
        ),
        pytest.param("import b\nx = y\nx = 'b'\nx.Cart()\n", 0, id="a string"),
        pytest.param("import c\nx = c\nx.Cart()\n", 0, id="another module"),
        pytest.param("import b\nx = b\nx.Cart()\n", 1, id="by another name"),
        pytest.param("import b\nvars(b)['Cart']()\n", 1, id="by its dictionary"),
        pytest.param("import b\nx = b\ngetattr(x, 'Cart')\n", 1, id="by getattr"),
        pytest.param(
            "import b\nfrom operator import attrgetter\nattrgetter('Cart')(b)\n",
            1,
            id="by attrgetter",
        ),
    ],
)
def test_what_a_module_hands_on_under_its_own_name(source: str, expected: int) -> None:
    files = {**WORLD, "b.py": "from shop.old import Cart\nShelf = 1\n", "d.py": source}
    found = uses(MemoryTree(files), None, [Target("symbol", "shop.old.Cart")])
    assert len([each for each in found if each.path == "d.py"]) == expected


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param({"c.py": "import b\nb.Shelf()\n"}, 0, id="another thing of it"),
        pytest.param({"c.py": "import b\nx = 'Case'\n"}, 0, id="a string alone"),
        pytest.param(
            {"c.py": "from d import b\nb.Case()\n", "d.py": "import b\n'Cart'\n"},
            1,
            id="a module that another file hands on",
        ),
        pytest.param(
            {"c.py": "from d import e\ne.Case()\n", "d.py": "import b as e\n'Cart'\n"},
            1,
            id="a module that another file hands on under another name",
        ),
        pytest.param(
            {
                "c.py": "from d import e\ne.Case()\n",
                "d.py": "import b\ne = b\n'Cart'\n",
            },
            1,
            id="a module that another file binds to another name",
        ),
    ],
)
def test_what_a_module_came_to_hold(files: dict[str, str], expected: int) -> None:
    home = "from shop.old import Cart as Case\nShelf = 1\n"
    tree = MemoryTree({**WORLD, "b.py": home, **files})
    found = uses(tree, None, [Target("symbol", "shop.old.Cart")])
    assert len([each for each in found if each.path == "c.py"]) == expected
