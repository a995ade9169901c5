"""The names that a module binds."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator


def bound(tree: ast.Module) -> frozenset[str] | None:
    """The names that a module binds; None with a star import or `__getattr__`."""
    found: set[str] = {"__name__", "__file__", "__doc__", "__path__", "__all__"}
    for node in _module_level(tree.body):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                found.add(node.name)
            case ast.Import():
                found.update(a.asname or a.name.partition(".")[0] for a in node.names)
            case ast.ImportFrom():
                if any(alias.name == "*" for alias in node.names):
                    return None
                found.update(alias.asname or alias.name for alias in node.names)
            case ast.Name(ctx=ast.Store()):
                found.add(node.id)
            case ast.Global():
                found.update(node.names)
            case ast.ExceptHandler() if node.name:
                found.add(node.name)
            case _:
                pass
    uses_globals = any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("globals", "vars", "setattr")
        for node in _module_level(tree.body)
    )
    return None if "__getattr__" in found or uses_globals else frozenset(found)


def _module_level(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Every node that belongs to the module's own scope, and `global` statements."""
    waiting = list(body)
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            waiting += [n for n in ast.walk(node) if isinstance(n, ast.Global)]
        elif not isinstance(node, ast.ClassDef):
            waiting += ast.iter_child_nodes(node)
