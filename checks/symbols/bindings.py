"""Which names a function's body binds: they are its own from its first line on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import libcst as cst

from .nodes import children, dotted, ident


def bound_in(body: cst.CSTNode, *, has_walrus: bool) -> frozenset[str]:
    """The names bound in `body` itself, not in functions and classes within it.

    Without `has_walrus` its expressions are not looked at: they bind nothing then.
    """
    if not isinstance(body, cst.BaseSuite):
        return frozenset()
    found: set[str] = set()
    free: set[str] = set()
    todo: list[cst.CSTNode] = list(children(body))
    while todo:
        node = todo.pop()
        kind = type(node)
        names = _BINDERS.get(kind)
        if names is not None:
            (free if kind in _FREE else found).update(names(node))
        if kind in _BLOCKS or (has_walrus and kind not in _CLOSED):
            todo.extend(children(node))
    return frozenset(found - free)


def bound_by(node: cst.CSTNode) -> Iterator[str]:
    """The names that a node binds by itself: an assignment's, a function's own."""
    names = _BINDERS.get(type(node))
    return iter(()) if names is None else names(node)


def targets(node: cst.CSTNode) -> Iterator[str]:
    """The plain names in the target of an assignment."""
    if isinstance(node, cst.Name):
        yield ident(node.value)
    elif isinstance(node, (cst.Tuple, cst.List)):
        for element in node.elements:
            yield from targets(element.value)
    elif isinstance(node, cst.StarredElement):
        yield from targets(node.value)


def _target(node: Any) -> Iterator[str]:
    return targets(node.target)


def _name(node: Any) -> Iterator[str]:
    if node.name is not None:
        yield from targets(node.name)


def _rest(node: cst.MatchMapping) -> Iterator[str]:
    if node.rest is not None:
        yield ident(node.rest.value)


def _imported(node: cst.ImportAlias) -> Iterator[str]:
    if node.asname is None:
        yield (dotted(node.name) or "").split(".", 1)[0]


def _declared(node: cst.Global | cst.Nonlocal) -> Iterator[str]:
    return (ident(item.name.value) for item in node.names)


_FREE = {cst.Global, cst.Nonlocal}
_BINDERS: dict[type[cst.CSTNode], Callable[[Any], Iterator[str]]] = {
    cst.AssignTarget: _target,
    cst.AnnAssign: _target,
    cst.AugAssign: _target,
    cst.For: _target,
    cst.NamedExpr: _target,
    cst.Del: _target,
    cst.AsName: _name,
    cst.FunctionDef: _name,
    cst.ClassDef: _name,
    cst.TypeAlias: _name,
    cst.MatchAs: _name,
    cst.MatchStar: _name,
    cst.MatchMapping: _rest,
    cst.ImportAlias: _imported,
    cst.Global: _declared,
    cst.Nonlocal: _declared,
}
# What holds statements, or parts of statements that bind.
_BLOCKS: set[type[cst.CSTNode]] = {
    cst.SimpleStatementLine, cst.SimpleStatementSuite, cst.IndentedBlock, cst.Assign,
    cst.Import, cst.ImportFrom, cst.ImportAlias, cst.If, cst.Else, cst.For, cst.While,
    cst.Try, cst.TryStar, cst.ExceptHandler, cst.ExceptStarHandler, cst.Finally,
    cst.With, cst.WithItem, cst.Match, cst.MatchCase, cst.MatchAs, cst.MatchOr,
    cst.MatchOrElement, cst.MatchClass, cst.MatchKeywordElement, cst.MatchList,
    cst.MatchTuple, cst.MatchSequenceElement, cst.MatchMapping,
    cst.MatchMappingElement,
}  # fmt: skip
_CLOSED: set[type[cst.CSTNode]] = {cst.FunctionDef, cst.ClassDef, cst.Lambda}
