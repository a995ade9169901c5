"""A file judged alone loses nothing: what other files re-export counts there too."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backout.checks.symbols import Target, Unreadable, Use, uses
from backout.checks.symbols.naming import Names
from backout.checks.symbols.renames import renames
from backout.core.tree import MemoryTree

OLD = "class Cart:\n    size = 1\n"
TARGETS = [Target("symbol", "shop.old.Cart")]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("from shop.old import Cart\n", id="an import keeps the name"),
        pytest.param("def f(cart: Cart = None): ...\n", id="an annotation"),
        pytest.param("def f(kind=Cart):\n    x = kind\n", id="a default"),
        pytest.param("def f():\n    x = Cart\n", id="a local"),
        pytest.param("class C:\n    kind = Cart\n", id="a class's attribute"),
        pytest.param("size = 1 if Cart else 2\n", id="a condition"),
        pytest.param("Cart = views.Cart\n", id="the same name"),
        pytest.param("class C(Cart): ...\n", id="a subclass"),
    ],
)
def test_no_other_name_for_others(text: str) -> None:
    assert not renames("a.py", text.encode(), Names(TARGETS, ()))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("from shop.old import Cart as B\n", id="an import as"),
        pytest.param("from api import Cart as B\n", id="from who knows where"),
        pytest.param("from shop.old import Cart\nB = Cart\n", id="an assignment"),
        pytest.param("if x:\n    B = Cart\n", id="in a branch"),
        pytest.param("B = Cart if x else None\n", id="one of two"),
        pytest.param("B: type[Cart] = x\n", id="a typed name"),
        pytest.param("for B in [Cart]: ...\n", id="a loop"),
        pytest.param("print(B := Cart)\n", id="a walrus"),
        pytest.param("def f(x=(B := Cart)): ...\n", id="a walrus in a default"),
        pytest.param("class H:\n    c = Cart\nB = H.c\n", id="through a class"),
        pytest.param("t = Cart\nB = t\n", id="in two steps"),
        pytest.param("def f():\n    global B\n    B = Cart\n", id="a global"),
        pytest.param("B = (Cart\n", id="what does not parse"),
        pytest.param("#" * 60_000, id="a large file, whatever is in it"),
    ],
)
def test_another_name_for_others(text: str) -> None:
    assert renames("a.py", text.encode(), Names(TARGETS, ()))


MODULES = ["shop", "shop.old", "a", "b", "pkg", "pkg.c"]
PATHS = ["a.py", "b.py", "pkg/__init__.py", "pkg/c.py"]
NAMES = ["Cart", "Basket", "x", "old"]

_module = st.sampled_from(MODULES)
_name = st.sampled_from(NAMES)
_line = st.one_of(
    st.builds("from {} import {}".format, _module, _name),
    st.builds("from {} import {} as {}".format, _module, _name, _name),
    st.builds("import {} as {}".format, _module, _name),
    st.builds("import {}".format, _module),
    st.builds("from {} import *".format, _module),
    st.builds("{} = {}".format, _name, _name),
    st.builds("{} = {}.{}".format, _name, _name, _name),
    st.builds("{} = {}.{}".format, _name, _module, _name),
    st.builds("class H:\n    {0} = {1}\n{2} = H.{0}".format, _name, _name, _name),
    st.builds("def f(y={}):\n    global {}\n    {} = y".format, _name, _name, _name),
    st.builds("if x:\n    {} = {}".format, _name, _name),
    st.builds("({} := {})".format, _name, _name),
    st.builds("{}()".format, _name),
    st.builds("{} = '{}.{}'".format, _name, _module, _name),
)
_file = st.lists(_line, min_size=1, max_size=3).map(
    lambda lines: "\n".join(lines) + "\n"
)


@settings(max_examples=settings().max_examples * 3 // 5)
@given(st.fixed_dictionaries(dict.fromkeys(PATHS, _file)))
def test_what_is_found_among_all_files_is_found_in_one_alone(
    files: dict[str, str],
) -> None:
    tree = MemoryTree({"shop/__init__.py": "", "shop/old.py": OLD, **files})
    everything = _found(tree, None)
    for path in PATHS:
        alone = _found(tree, [path])
        assert {each for each in everything if each.path == path} <= {*alone}


def _found(tree: MemoryTree, paths: list[str] | None) -> list[Use | Unreadable]:
    return list(uses(tree, paths, TARGETS))
