"""The statements of a file's `ast`: their lines, their blocks, and what each holds by itself."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from typing import cast

DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def is_on_line(node: ast.stmt, line: int) -> bool:
    return node.lineno <= line <= (node.end_lineno or 0)


def lines_of(node: ast.stmt) -> tuple[int, int]:
    return node.lineno, (node.end_lineno or node.lineno) + 1


def handed_on(node: ast.FunctionDef) -> ast.expr | None:
    """What a function calls for what it returns, with its own parameters as they are."""
    names = [arg.arg for arg in (*node.args.posonlyargs, *node.args.args)]
    for line in node.body:
        match line:
            case ast.Return(value=ast.Call(func=func, args=[first, *rest])):
                given = [getattr(arg, "id", None) for arg in (first, *rest)]
                if names and given[: len(names)] == names[: len(given)]:
                    return func
            case _:
                pass
    return None


def column_of(node: ast.stmt, line: str) -> int:
    """Where a statement begins in its line, in characters."""
    decorators: Sequence[ast.expr] = getattr(node, "decorator_list", ())
    if decorators:
        return len(line) - len(line.lstrip())
    return len(line.encode()[: node.col_offset].decode("utf-8", "replace"))


def own_start(node: ast.stmt) -> int:
    """The first line of a statement, its decorators counted."""
    if isinstance(node, DEFINITIONS) and node.decorator_list:
        return min(node.lineno, node.decorator_list[0].lineno)
    return node.lineno


_BLOCKS: dict[type[ast.AST], tuple[str, ...]] = {
    ast.FunctionDef: ("body",),
    ast.AsyncFunctionDef: ("body",),
    ast.ClassDef: ("body",),
    ast.If: ("body", "orelse"),
    ast.For: ("body", "orelse"),
    ast.AsyncFor: ("body", "orelse"),
    ast.While: ("body", "orelse"),
    ast.With: ("body",),
    ast.AsyncWith: ("body",),
    ast.Try: ("body", "handlers", "orelse", "finalbody"),
    ast.TryStar: ("body", "handlers", "orelse", "finalbody"),
    ast.Match: ("cases",),
}


def blocks(node: ast.stmt) -> list[list[ast.stmt]]:
    """The blocks of a compound statement, in their order; none of a simple one."""
    found: list[list[ast.stmt]] = []
    for name in _BLOCKS.get(type(node), ()):
        if name in ("handlers", "cases"):
            found += [part.body for part in getattr(node, name)]
        elif block := getattr(node, name):
            found.append(block)
    return found


def statements(
    body: Iterable[ast.stmt], into_functions: bool = True
) -> Iterator[ast.stmt]:
    """Every statement in `body`, in order, those within others too.

    Without `into_functions`, none of those in functions and classes.
    """
    todo = list(body)[::-1]
    while todo:
        node = todo.pop()
        yield node
        if type(node) not in _BLOCKS:
            continue
        if not into_functions and isinstance(node, DEFINITIONS):
            continue
        for block in reversed(blocks(node)):
            todo.extend(reversed(block))


def own_lines(node: ast.stmt) -> tuple[int, int]:
    """The lines of a statement up to where its first block begins."""
    start = own_start(node)
    if type(node) not in _BLOCKS:
        return start, node.end_lineno or node.lineno
    first = blocks(node)[0][0]
    return start, max(start, own_start(first) - 1)


def own_nodes(node: ast.stmt) -> list[ast.AST]:
    """What a statement holds, without the statements in its blocks."""
    found: list[ast.AST] = [node]
    for one in found:  # which grows
        kind = type(one)
        if kind is ast.Name or kind is ast.Constant:
            continue
        if isinstance(one, ast.Attribute):
            found.append(one.value)
            continue
        # What `ast.iter_child_nodes` does, in half the time.
        for value in one.__dict__.values():
            if isinstance(value, list):
                found += [
                    each
                    for each in cast("list[object]", value)
                    if isinstance(each, ast.AST) and not isinstance(each, ast.stmt)
                ]
            elif isinstance(value, ast.AST):
                if not isinstance(value, (ast.stmt, ast.expr_context)):
                    found.append(value)
    return found


def line_groups(body: Sequence[ast.stmt]) -> Iterator[list[ast.stmt]]:
    """Statements that share a line stay together."""
    group: list[ast.stmt] = []
    for node in body:
        if group and own_start(node) > (group[-1].end_lineno or 0):
            yield group
            group = []
        group.append(node)
    if group:
        yield group
