"""Python blocks: which names they use that nothing defines. Parsed, never imported."""

from __future__ import annotations

import ast
import builtins
import re
from typing import NamedTuple

from .document import Code, Plan

MAX_BLOCK = 32_000
_DEEP = re.compile(r"[(\[{]{60}|(?:[-~+]|not\s){60}")
_KNOWN = frozenset(dir(builtins)) | {
    "__file__", "__name__", "__doc__", "__builtins__", "__spec__", "__path__", "self",
    "cls", "reveal_type", "In", "Out", "get_ipython", "display", "_", "__class__",
}  # fmt: skip


class Snippet(NamedTuple):
    """One block of Python: the names that it binds, and those it uses without.

    `is_method` says that it is a piece of a class that is not shown, `is_design` that
    it shows a class: a design more often than a step.
    """

    code: Code
    bound: frozenset[str]
    free: tuple[tuple[str, int, int], ...]  # name, row, column; both from 0
    is_method: bool
    is_design: bool


def snippets(plan: Plan) -> list[Snippet]:
    """The blocks declared Python that parse, in order."""
    found: list[Snippet] = []
    for code in plan.codes:
        if code.language not in ("python", "py", "python3"):
            continue
        tree = _parsed(code.text)
        if tree is not None:
            bound = _bound(tree)
            free = _free(tree, bound)
            design = any(isinstance(node, ast.ClassDef) for node in tree.body)
            found.append(Snippet(code, bound, free, _is_method(tree), design))
    return found


def _is_method(tree: ast.Module) -> bool:
    return any(
        isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and [arg.arg for arg in node.args.args[:1]] in (["self"], ["cls"])
        for node in tree.body
    )


def _parsed(text: str) -> ast.Module | None:
    """None for what is no Python, too long, or deeper than people write."""
    if len(text) > MAX_BLOCK or _DEEP.search(text) or text.count(".") > 3000:
        return None
    if max((len(line) for line in text.split("\n")), default=0) > 2000:
        return None
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _bound(tree: ast.Module) -> frozenset[str]:
    """Every name that is bound anywhere in the block, in whichever scope.

    Scopes are not told apart: a name that one function binds and another uses is not
    reported. What is reported is bound nowhere at all.
    """
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store | ast.Del):
            found.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.alias):
            found.add((node.asname or node.name).split(".")[0])
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            found.add(node.name)
        elif isinstance(node, ast.Global | ast.Nonlocal):
            found.update(node.names)
        elif isinstance(node, ast.MatchAs | ast.MatchStar) and node.name:
            found.add(node.name)
        elif isinstance(node, ast.MatchMapping) and node.rest:
            found.add(node.rest)
    return frozenset(found)


def _free(tree: ast.Module, bound: frozenset[str]) -> tuple[tuple[str, int, int], ...]:
    if "*" in bound:
        return ()
    first: dict[str, tuple[int, int]] = {}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Name) or not isinstance(node.ctx, ast.Load):
            continue
        if node.id in bound or node.id in _KNOWN:
            continue
        place = (node.lineno - 1, node.col_offset)
        first[node.id] = min(first.get(node.id, place), place)
    return tuple(
        (name, row, column)
        for name, (row, column) in sorted(first.items(), key=lambda item: item[1])
    )
