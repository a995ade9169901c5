"""Which file a dotted name lies in: the same looked up one by one and from a list."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backout.checks.symbols import Homes, Target, modules
from backout.checks.symbols.modules import Modules
from backout.core.tree import MemoryTree

FILES = {
    "shop/__init__.py": "",
    "shop/old.py": "",
    "shop/old.pyi": "",
    "src/shop/old/__init__.py": "",
    "src/src/shop.py": "",
    "src/sub/deep.py": "",
    "v1.2/lib/far.py": "",
    "shop/a.b.py": "",
    "conf.d/shop.py": "",
    "shop/data.txt": "",
}
ROOTS = ["src", "./src/sub/", "v1.2/lib", "."]


@pytest.mark.parametrize("few", [0, 300], ids=["listed", "looked up"])
@pytest.mark.parametrize(
    ("dotted", "files", "rest"),
    [
        pytest.param("other.thing", [], "other.thing", id="no module"),
        pytest.param("shop.data", ["shop/__init__.py"], "data", id="no Python"),
        pytest.param("conf.d.shop", [], "conf.d.shop", id="a folder with a dot"),
        pytest.param(
            "shop.a.b", ["shop/__init__.py"], "a.b", id="a file with two dots"
        ),
        pytest.param("sub.deep", [], "sub.deep", id="an outer root of two"),
        pytest.param("/etc/passwd", [], "/etc/passwd", id="a path"),
        pytest.param("shop\0old", [], "shop\0old", id="a null character"),
        pytest.param("\ud800.x", [], "\ud800.x", id="half a character"),
        pytest.param("..", [], "..", id="dots alone"),
        pytest.param("deep.x", ["src/sub/deep.py"], "x", id="the deepest root"),
        pytest.param("src.sub.deep", ["src/sub/deep.py"], "", id="from the top"),
        pytest.param("far.x.y", ["v1.2/lib/far.py"], "x.y", id="a root with a dot"),
        pytest.param("src.shop", ["src/src/shop.py"], "", id="a root in a root"),
        pytest.param(
            "shop.old.Cart",
            ["shop/old.py", "shop/old.pyi", "src/shop/old/__init__.py"],
            "Cart",
            id="a stub, and the same under a root",
        ),
    ],
)
def test_where_a_name_lies(
    dotted: str, files: list[str], rest: str, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(modules, "_FEW", few)
    found, left = Modules(MemoryTree(FILES), ROOTS).split(dotted)
    assert (list(found), left) == (files, rest)


part = st.sampled_from(["src", "shop", "a", "b.c", "__init__", "v1.2"])
paths = st.lists(part, min_size=1, max_size=4).map(lambda parts: "/".join(parts))
files_of = st.lists(
    st.tuples(paths, st.sampled_from([".py", ".pyi", ".txt"])), max_size=6
)


@given(files_of, st.lists(paths, max_size=3), st.lists(part, min_size=1, max_size=4))
def test_looked_up_is_as_listed(
    files: list[tuple[str, str]], roots: list[str], parts: list[str]
) -> None:
    tree = MemoryTree({stem + end: "" for stem, end in files})
    name = ".".join(parts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(modules, "_FEW", 0)
        listed = Modules(tree, roots).split(name)
    assert Modules(tree, roots).split(name) == listed


@pytest.mark.parametrize(
    ("target", "path", "is_home"),
    [
        pytest.param(Target("symbol", "shop.old.Cart"), "shop/new.py", False, id="another file"),
        pytest.param(Target("symbol", "shop.gone.Cart"), "shop/gone.py", False, id="no file"),
        pytest.param(Target("module", "shop.old"), "shop/older.py", False, id="a longer name"),
        pytest.param(Target("symbol", "shop.old.Cart"), "shop/old.py", True, id="its module"),
        pytest.param(Target("symbol", "far.Cart"), "v1.2/lib/far.py", True, id="a root with a dot"),
        pytest.param(Target("module", "shop.old"), "src/shop/old/x.py", True, id="within a module"),
        pytest.param(Target("module", "shop.old"), "shop/old.pyi", True, id="a module's stub"),
    ],
)  # fmt: skip
def test_where_a_target_is_at_home(target: Target, path: str, is_home: bool) -> None:
    assert Homes(MemoryTree(FILES), ROOTS).hold(target, path) is is_home
