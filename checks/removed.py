"""Methods and parameters that a change takes away from classes and functions that stay."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from ..core.change import Change
from .broken_rollback.python import Sources
from .symbols import Target

_Function = ast.FunctionDef | ast.AsyncFunctionDef

# Bases that bring no methods which somebody would call by a name of the project's.
_PLAIN = frozenset(
    ["object", "ABC", "Protocol", "Generic", "Exception", "Enum", "NamedTuple"]
)


class _Callable(NamedTuple):
    """The names that a function may be called with; `open` if it takes any keyword."""

    keywords: frozenset[str]
    open: bool


class _Class(NamedTuple):
    """What stands in its body, and what its methods give each instance (`self.x = x`)."""

    methods: dict[str, _Callable]
    given: frozenset[str]
    bases: tuple[str, ...]
    decorated: bool


def removed(change: Change, before: Sources, after: Sources) -> Iterator[Target]:
    """What is gone, as targets of the symbol engine. Where a base class that one cannot
    see may still have a method, or `**kwargs` a keyword, nothing is said."""
    for path, file in change.files.items():
        if file.old is None or file.new is None or not path.endswith(".py"):
            continue
        old, new = before.source(path).tree, after.source(path).tree
        if old is None or new is None:
            continue
        for module in before.modules_of(path)[:1]:
            yield from _functions(module, _top(old), _top(new))
            yield from _classes(module, _defined(old), _defined(new))


def _functions(
    owner: str, old: dict[str, _Callable], new: dict[str, _Callable]
) -> Iterator[Target]:
    for name, before in old.items():
        after = new.get(name)
        if after is not None and not after.open:
            for keyword in sorted(before.keywords - after.keywords):
                yield Target("keyword", keyword, f"{owner}.{name}")


def _classes(
    module: str, old: dict[str, _Class], new: dict[str, _Class]
) -> Iterator[Target]:
    for name, before in old.items():
        after = new.get(name)
        if after is None:
            continue
        owner = f"{module}.{name}"
        known = _members(name, new)
        if known is not None:
            for method in before.methods:
                if method not in known:
                    yield Target("symbol", f"{owner}.{method}")
        yield from _functions(owner, before.methods, after.methods)
        made, makes = before.methods.get("__init__"), after.methods.get("__init__")
        if made is not None and makes is not None:
            yield from _functions(module, {name: made}, {name: makes})


def _members(name: str, classes: dict[str, _Class]) -> set[str] | None:
    """What a class and its bases have; None where one cannot see it all."""
    found: set[str] = set()
    waiting, seen = [name], set[str]()
    while waiting:
        one = waiting.pop()
        if one in seen or one in _PLAIN:
            continue
        seen.add(one)
        if one not in classes or classes[one].decorated:
            return None
        found.update(classes[one].methods, classes[one].given)
        waiting += classes[one].bases
    return None if "__getattr__" in found else found


def _top(tree: ast.Module) -> dict[str, _Callable]:
    return {
        node.name: _callable(node) for node in tree.body if isinstance(node, _Function)
    }


def _defined(tree: ast.Module) -> dict[str, _Class]:
    return {
        node.name: _Class(
            {
                part.name: _callable(part)
                for part in node.body
                if isinstance(part, _Function)
            }
            | {name: _Callable(frozenset(), True) for name in _attributes(node)},
            frozenset(_given(node)),
            tuple(ast.unparse(base).partition("[")[0] for base in node.bases),
            bool(node.decorator_list),
        )
        for node in tree.body
        if isinstance(node, ast.ClassDef)
    }


def _attributes(node: ast.ClassDef) -> Iterator[str]:
    """Names that a class binds in its body without `def`: `run = _run`."""
    for part in node.body:
        match part:
            case ast.Assign(targets=targets):
                yield from (t.id for t in targets if isinstance(t, ast.Name))
            case ast.AnnAssign(target=ast.Name(id=name)):
                yield name
            case _:
                pass


def _given(node: ast.ClassDef) -> Iterator[str]:
    """Names that its methods bind on their first parameter."""
    for method in node.body:
        if isinstance(method, _Function):
            first = [a.arg for a in (*method.args.posonlyargs, *method.args.args)][:1]
            for part in ast.walk(method):
                match part:
                    case ast.Attribute(ast.Name(owner), name, ast.Store()):
                        if owner in first:
                            yield name
                    case _:
                        pass


def _callable(node: _Function) -> _Callable:
    arguments = node.args
    keywords = {a.arg for a in (*arguments.args, *arguments.kwonlyargs)}
    # A decorator may change what it takes.
    is_open = arguments.kwarg is not None or bool(node.decorator_list)
    return _Callable(frozenset(keywords - {"self", "cls"}), is_open)
