"""A rollback that merges cleanly and still breaks, as a table of trees."""

from __future__ import annotations

import pytest

from backout.checks.broken_rollback import check
from backout.core.change import Change
from backout.core.policy import Policy
from backout.core.tree import MemoryTree

POLICY = Policy(version=1, source_roots=(".", "src"))
Files = dict[str, bytes | str]


def said(before: Files, after: Files) -> list[str]:
    """What is found, as "rule path:line symbol"."""
    change = Change(MemoryTree(before), MemoryTree(after))
    return [
        f"{f.rule.removeprefix('rollback-')} {f.place.path}:{f.place.line} {f.symbol}"
        for f in check(change, POLICY)
    ]


USER = "from shop.old import Cart\n\nprint(Cart)\n"
OLD = "class Cart: ...\nclass Box: ...\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param({"a.py": "x = 1\n"}, {"a.py": "x = 2\n"}, id="a value changes"),
        pytest.param(
            {"shop/old.py": OLD, "u.py": "import json\n"}, {"u.py": "import json\n"},
            id="a module goes that nobody needs",
        ),
        pytest.param(
            {"shop/old.py": OLD, "u.py": USER}, {"shop/old.py": OLD + "\n", "u.py": USER},
            id="a module that is needed only changes",
        ),
        pytest.param(
            {"shop/old.py": OLD, "u.py": USER},
            {"shop/old.py": "class Cart: ...\n", "u.py": USER},
            id="another name of the module goes",
        ),
        pytest.param(
            {"shop/old.py": OLD, "u.py": "from other.old import Cart\n"},
            {"u.py": "from other.old import Cart\n"},
            id="a module of the same name elsewhere is needed",
        ),
        pytest.param(
            {"shop/old.py": OLD, "u.py": f"try:\n    {USER[:25]}\nexcept ImportError: ...\n"},
            {"u.py": f"try:\n    {USER[:25]}\nexcept ImportError: ...\n"},
            id="the import may fail",
        ),
        pytest.param(
            {"a.py": "def f(:\n", "b.py": ""}, {"a.py": "def f((:\n", "b.py": ""},
            id="it did not parse before either",
        ),
        pytest.param(
            {"a.py": "print(gone)\n"}, {"a.py": "print(gone)\nx = 1\n"},
            id="the name was undefined before",
        ),
        pytest.param(
            {}, {"a.py": "from x import *\nprint(y)\n"}, id="a star may bring the name",
        ),
        pytest.param(
            {}, {"a.py": "def f():\n    global g\n    g = 1\nprint(g, __file__)\n"},
            id="a function makes the name",
        ),
        pytest.param(
            {}, {"a.py": "\ufeffprint([x for x in range(3)], sum)\n"},
            id="a byte order mark, a comprehension and builtins",
        ),
        pytest.param(
            {"shop/lazy.py": "a = 1\ndef __getattr__(n): ...\n", "u.py": "x = 1\n"},
            {
                "shop/lazy.py": "def __getattr__(n): ...\n",
                "u.py": "from shop.lazy import a\n",
            },
            id="the module makes names when asked",
        ),
        pytest.param(
            {"u.py": "x = 1\n", "shop/__init__.py": ""},
            {"u.py": "from shop._version import version\n", "shop/__init__.py": ""},
            id="a file comes back that needs what was never in the repository",
        ),
        pytest.param(
            {"pyproject.toml": '[project]\nname = "x"\nreadme = "README.md"\n', "a.py": ""},
            {"pyproject.toml": '[project]\nname = "x"\nreadme = "README.md"\n'},
            id="settings that name something else",
        ),
    ],
)  # fmt: skip
def test_what_works_is_let_be(before: Files, after: Files) -> None:
    assert said(before, after) == []


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(
            {"shop/old.py": OLD, "u.py": USER}, {"u.py": USER},
            ["dangling-import u.py:1 shop.old.Cart"],
            id="a module goes that another file imports from",
        ),
        pytest.param(
            {"src/shop/old.py": OLD, "u.py": "import shop.old as o\nprint(o.Cart)\n"},
            {"u.py": "import shop.old as o\nprint(o.Cart)\n"},
            ["dangling-import u.py:1 shop.old"],
            id="a module under a source root",
        ),
        pytest.param(
            {"shop/old.py": OLD, "u.py": USER},
            {"shop/old.py": "class Box: ...\n", "u.py": USER},
            ["dangling-import u.py:1 shop.old.Cart"],
            id="one name of a module goes",
        ),
        pytest.param(
            {"shop/old.py": OLD, "u.py": "from shop import old\nprint(old.Cart)\n"},
            {
                "shop/old.py": "class Box: ...\n",
                "u.py": "from shop import old\nprint(old.Cart)\n",
            },
            ["dangling-import u.py:2 shop.old.Cart"],
            id="a name is used through its module",
        ),
        pytest.param(
            {"shop/__init__.py": "", "shop/a.py": "from .old import Cart\n", "shop/old.py": OLD},
            {"shop/__init__.py": "", "shop/a.py": "from .old import Cart\n"},
            ["dangling-import shop/a.py:1 shop.old.Cart"],
            id="a relative import",
        ),
        pytest.param(
            {"shop/__init__.py": "x = 1\n", "shop/a.py": "from . import x\n"},
            {"shop/__init__.py": "", "shop/a.py": "from . import x\n"},
            ["dangling-import shop/a.py:1 shop.x"],
            id="a name of the package that a dot stands for",
        ),
        pytest.param(
            {"shop/new.py": "y = 1\n"},
            {"shop/new.py": "y = 1\n", "u.py": "from shop.new import x\n"},
            ["dangling-import u.py:1 shop.new.x"],
            id="a file comes back that needs what others removed",
        ),
        pytest.param(
            {
                "shop/cart.py": "class Cart:\n    def add(self, n): ...\n",
                "u.py": "from shop.cart import Cart\nCart.add(1)\n",
            },
            {
                "shop/cart.py": "class Cart:\n    def put(self, n): ...\n",
                "u.py": "from shop.cart import Cart\nCart.add(1)\n",
            },
            ["dangling-member u.py:2 shop.cart.Cart.add"],
            id="a method goes that another file calls",
        ),
        pytest.param(
            {
                "shop/cart.py": "def add(n, many=1): ...\n",
                "u.py": "from shop import cart\ncart.add(1, many=2)\n",
            },
            {
                "shop/cart.py": "def add(n): ...\n",
                "u.py": "from shop import cart\ncart.add(1, many=2)\n",
            },
            ["dangling-member u.py:2 many"],
            id="a keyword goes that another file gives",
        ),
        pytest.param(
            {"a.py": "x = 1\n"}, {"a.py": "x = 1\n    y = 2\n"},
            ["unparsable a.py:2 "],
            id="lines that do not fit",
        ),
        pytest.param(
            {"a.py": "x = 1\n"}, {"a.py": "x = '\0'\n"},
            ["unparsable a.py:0 "],
            id="a zero byte",
        ),
        pytest.param(
            {"a.py": "import os\nx = os.sep\n"},
            {"a.py": "def f():\n    return os.sep\n"},
            ["undefined-name a.py:2 os"],
            id="an import that stays away",
        ),
        pytest.param(
            {"shop/cli.py": "def main(): ...\n", "pyproject.toml": '[project.scripts]\ns = "shop.cli:main"\n'},
            {"pyproject.toml": '[project.scripts]\ns = "shop.cli:main"\n'},
            ["dangling-path pyproject.toml:2 "],
            id="an entry point of a module that goes",
        ),
        pytest.param(
            {"shop/cli.py": "def main(): ...\n", "setup.cfg": "[options.entry_points]\nconsole_scripts =\n    s = shop.cli:main\n"},
            {"shop/cli.py": "x = 1\n", "setup.cfg": "[options.entry_points]\nconsole_scripts =\n    s = shop.cli:main\n"},
            ["dangling-path setup.cfg:3 "],
            id="an entry point of a function that goes",
        ),
        pytest.param(
            {"data/x.json": "{}", "pyproject.toml": '[tool.x]\nfiles = ["data"]\n'},
            {"pyproject.toml": '[tool.x]\nfiles = ["data"]\n'},
            ["dangling-path pyproject.toml:2 "],
            id="a folder that goes",
        ),
    ],
)  # fmt: skip
def test_what_breaks_is_said(before: Files, after: Files, expected: list[str]) -> None:
    assert said(before, after) == expected


TOML = '[tool.setuptools.package-data]\nshop = ["data/*.json"]\n"*" = ["*.typed"]\n'
CFG = "[options.package_data]\nshop = data/*.json, *.typed\n"
MANIFEST = "include LICENSE\nrecursive-include src/shop/data *.json\ngraft assets\n"
DATA = "src/shop/data/a.json"


@pytest.mark.parametrize(
    ("name", "content", "goes", "stays", "expected"),
    [
        pytest.param(
            "pyproject.toml", TOML, [DATA], ["src/shop/data/b.json"], [],
            id="another file meets the pattern",
        ),
        pytest.param("pyproject.toml", TOML, ["other.json"], [], [], id="another folder"),
        pytest.param("setup.cfg", CFG, ["src/shop/a.py"], [], [], id="another kind"),
        pytest.param("MANIFEST.in", "prune docs\n", ["docs/a"], [], [], id="left out"),
        pytest.param(
            "pyproject.toml", "[tool]\nsetuptools = 1\n", [DATA], [], [],
            id="a table that is none",
        ),
        pytest.param("MANIFEST.in", MANIFEST, ["assets/a"], ["assets/b"], [], id="some"),
        pytest.param("pyproject.toml", TOML, [DATA], [], [2], id="the last data file"),
        pytest.param(
            "pyproject.toml", TOML, ["src/shop/py.typed"], [], [3], id="of any package"
        ),
        pytest.param("setup.cfg", CFG, ["shop/data/a.json"], [], [2], id="setup.cfg"),
        pytest.param("MANIFEST.in", MANIFEST, ["LICENSE"], [], [1], id="one file"),
        pytest.param(
            "MANIFEST.in", MANIFEST, ["src/shop/data/x/y.json"], [], [2], id="beneath"
        ),
        pytest.param("MANIFEST.in", MANIFEST, ["assets/x/a"], [], [3], id="a folder"),
    ],
)  # fmt: skip
def test_files_of_a_package(
    name: str, content: str, goes: list[str], stays: list[str], expected: list[int]
) -> None:
    after: Files = {name: content, **dict.fromkeys(stays, "x")}
    found = said({**after, **dict.fromkeys(goes, "x")}, after)
    assert found == [f"dangling-path {name}:{line} " for line in expected]


@pytest.mark.parametrize(
    ("source", "place"),
    [
        pytest.param("x = 1; print(gone)\n", (1, 14, 18), id="letters of one byte"),
        pytest.param(
            '"\u00e4\u20ac\U0001f600"; print(gone)\n', (1, 14, 18), id="of many"
        ),
        pytest.param('\ufeff"\u00e4"; print(gone)\n', (1, 12, 16), id="after a mark"),
        pytest.param('"\u00e4"\ngone\n', (2, 1, 5), id="a line on"),
        pytest.param(
            "# coding: latin-1\n'\u00e4\u00e4'; print(gone)\n".encode("latin-1"),
            (2, 13, 17),
            id="in another encoding",
        ),
        pytest.param(
            '"\u00e4"\x0c\r\n"\u00e4"; gone\r\n', (2, 6, 10), id="a form feed"
        ),
        pytest.param(
            'd = "\u00e4", [\n "\u00e4", gone.\\\na]\n',
            (2, 7, 11),
            id="within brackets",
        ),
    ],
)
def test_columns_count_characters(
    source: str | bytes, place: tuple[int, int, int]
) -> None:
    (finding,) = check(Change(MemoryTree({}), MemoryTree({"a.py": source})), POLICY)
    line, first, end = place
    where = finding.place
    assert (where.line, where.column, where.end_line, where.end_column) == (
        line,
        first,
        line,
        end,
    )


def test_columns_of_imports_count_characters() -> None:
    user = '"\u20ac"; from shop.old import Cart\n'
    before = MemoryTree({"shop/old.py": OLD, "u.py": user})
    (finding,) = check(Change(before, MemoryTree({"u.py": user})), POLICY)
    assert (finding.place.column, finding.place.end_column) == (27, 31)
