"""Modules that a string names: `import_module("shop")`, `sys.modules["shop"]`."""

from __future__ import annotations

import ast
from collections.abc import Iterable

# Longer ones are texts.
_LENGTH = 200


def loaded(node: ast.expr) -> str:
    """The dotted name in an expression that may give the module of that name, or "".

    Whatever is called, or looked into, with a string that looks like one: what is
    learned of the module shows whether it was.
    """
    match node:
        case ast.Call(args=[ast.Constant(value=str(text)), *_]):
            pass
        case ast.Subscript(slice=ast.Constant(value=str(text))):
            pass
        case ast.NamedExpr(value=value):
            return loaded(value)
        case _:
            return ""
    is_name = len(text) <= _LENGTH and text.replace(".", "_").isidentifier()
    return text.strip(".") if is_name else ""


def kept_modules(nodes: Iterable[ast.stmt]) -> dict[str, set[str]]:
    """The names that statements give to what may be a module, and to which ones."""
    found: dict[str, set[str]] = {}
    for node in nodes:
        match node:
            case ast.Assign(targets=targets, value=value) if name := loaded(value):
                for target in targets:
                    if isinstance(target, ast.Name):
                        found.setdefault(target.id, set()).add(name)
            case _:
                pass
    return found
