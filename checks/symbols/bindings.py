"""Which names a function's body binds: they are its own from its first line on."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from .nodes import children, dotted, ident


def bound_in(body: cst.CSTNode) -> frozenset[str]:
    """The names bound in `body` itself, not in functions and classes within it."""
    found: set[str] = set()
    free: set[str] = set()
    if isinstance(body, cst.BaseSuite):
        for node in _own(body):
            if isinstance(node, (cst.Global, cst.Nonlocal)):
                free.update(ident(item.name.value) for item in node.names)
            else:
                found.update(_bound_by(node))
    return frozenset(found - free)


def targets(node: cst.CSTNode) -> Iterator[str]:
    """The plain names in the target of an assignment."""
    if isinstance(node, cst.Name):
        yield ident(node.value)
    elif isinstance(node, (cst.Tuple, cst.List)):
        for element in node.elements:
            yield from targets(element.value)
    elif isinstance(node, cst.StarredElement):
        yield from targets(node.value)


def _own(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    for child in children(node):
        yield child
        if not isinstance(child, (cst.FunctionDef, cst.ClassDef, cst.Lambda)):
            yield from _own(child)


def _bound_by(node: cst.CSTNode) -> Iterator[str]:
    match node:
        case (
            cst.AssignTarget(target=target)
            | cst.AnnAssign(target=target)
            | cst.AugAssign(target=target)
            | cst.For(target=target)
            | cst.NamedExpr(target=target)
            | cst.Del(target=target)
            | cst.AsName(name=target)
        ):
            yield from targets(target)
        case cst.FunctionDef(name=name) | cst.ClassDef(name=name):
            yield ident(name.value)
        case cst.TypeAlias(name=name):
            yield ident(name.value)
        case cst.ImportAlias(name=name, asname=None):
            yield (dotted(name) or "").split(".", 1)[0]
        case cst.MatchAs(name=cst.Name(value=value)):
            yield ident(value)
        case cst.MatchStar(name=cst.Name(value=value)):
            yield ident(value)
        case cst.MatchMapping(rest=cst.Name(value=value)):
            yield ident(value)
        case _:
            pass
