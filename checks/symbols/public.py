"""What a star import of a module binds."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from .statements import own_nodes, statements


def public_names(text: str) -> list[str] | None:
    """The names of `__all__`, or else all that the module binds and that begin without
    an underscore; None where that cannot be read."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    bound = set(_globals(tree))
    told: set[str] = set()
    has_all = has_star = False
    for node in statements(tree.body, into_functions=False):
        names = list(_bound_by(node))
        if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
            has_star = True
        elif "__all__" in names or _changes_all(node):
            has_all = True
            more = _strings(_given(node))
            if more is None:
                return None
            told.update(more)
        else:
            bound.update(names)
            if isinstance(node, ast.Delete) and node in tree.body:
                bound.difference_update(getattr(t, "id", "") for t in node.targets)
    if has_all:
        return sorted(told)
    if has_star:
        return None
    return sorted(name for name in bound if not name.startswith("_"))


def bound_names(tree: ast.Module) -> frozenset[str] | None:
    """Every name that a module binds; None where it may have others too."""
    bound = set(_globals(tree))
    for node in statements(tree.body, into_functions=False):
        bound.update(_bound_by(node))
    return None if bound & {"*", "__getattr__"} else frozenset(bound)


def _globals(tree: ast.Module) -> Iterator[str]:
    """The names that functions may bind at the top."""
    for node in statements(tree.body):
        if isinstance(node, ast.Global):
            yield from node.names


def _changes_all(node: ast.stmt) -> bool:
    """Whether a statement calls a method of `__all__`."""
    match node:
        case ast.Expr(ast.Call(ast.Attribute(ast.Name("__all__")))):
            return True
        case _:
            return False


def _given(node: ast.stmt) -> ast.expr | None:
    """What a statement puts into `__all__`; None where that is not plain."""
    match node:
        case (
            ast.Assign(value=value)
            | ast.AnnAssign(value=value)
            | ast.AugAssign(op=ast.Add(), value=value)
            | ast.Expr(ast.Call(func=ast.Attribute(attr="extend"), args=[value]))
        ):
            return value
        case ast.Expr(ast.Call(func=ast.Attribute(attr="append"), args=[value])):
            return ast.List([value], ast.Load())
        case _:
            return None


def _strings(node: ast.expr | None) -> list[str] | None:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _strings(node.left), _strings(node.right)
        return None if left is None or right is None else left + right
    if not isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        return None
    found: list[str] = []
    for element in node.elts:
        if not isinstance(element, ast.Constant) or not isinstance(element.value, str):
            return None
        found.append(element.value)
    return found


def _bound_by(node: ast.stmt) -> Iterator[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            yield name
        case ast.ClassDef(name=name):
            yield name
        case ast.Import(names=aliases):
            for alias in aliases:
                yield alias.asname or alias.name.split(".", 1)[0]
        case ast.ImportFrom(names=aliases):
            for alias in aliases:
                yield alias.asname or alias.name
        case _:
            pass
    for inner in own_nodes(node):
        match inner:
            case ast.Name(id=name, ctx=ast.Store()):
                yield name
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield name
            case ast.MatchMapping(rest=str(name)):
                yield name
            case _:
                pass
