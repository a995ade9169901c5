"""Where a Python file reads or sets a flag of the environment, or a key of a setting."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

# Functions and methods that give the value of the name they are called with.
_READERS = frozenset(
    [
        "getenv",
        "get",
        "pop",
        "config",
        "env",
        "getboolean",
        "getint",
        "getfloat",
        "bool",
        "str",
        "int",
        "float",
        "get_bool",
        "getbool",
        "get_bool_env",
        "env_bool",
        "boolean",
        "cast",
        "get_setting",
        "get_flag",
        "is_enabled",
    ]
)
# Those among them that parse "false" themselves.
_PARSERS = frozenset(
    [
        "getboolean",
        "bool",
        "get_bool",
        "getbool",
        "get_bool_env",
        "env_bool",
        "boolean",
        "is_enabled",
    ]
)


class Read(NamedTuple):
    """One place that reads a flag.

    `node` is the expression that has the flag's value; None for a field of a settings
    class, whose library parses it. `line` and `column` count from 1.
    """

    node: ast.expr | None
    line: int
    column: int
    parses: bool


class Found(NamedTuple):
    """What one file has to do with a flag."""

    tree: ast.Module
    reads: list[Read]
    sets: list[ast.AST]
    parents: dict[ast.AST, ast.AST]


def find(source: bytes, name: str, *, key: bool) -> Found:
    """The reads and the hard settings of the flag `name`; with `key`, a key of a
    configuration file, which may also be read as an attribute.

    Raises ValueError where the file does not parse.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ValueError(str(error)) from error
    parents = {
        child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)
    }
    found = Found(tree, [], [], parents)
    for text in _names(tree, name):
        _use(text, found)
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            found.reads.extend(_settings(node, name))
        elif key and isinstance(node, ast.Attribute) and node.attr == name:
            if isinstance(node.ctx, ast.Load):
                # What made the object has parsed the file: a bool is as likely as text.
                found.reads.append(_read(node, parses=True))
    return found


def _names(tree: ast.Module, name: str) -> Iterator[ast.expr]:
    """The expressions that are the flag's name: its text, or a constant that holds it."""
    constants: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=id)], value=ast.Constant(value=value))
                | ast.AnnAssign(target=ast.Name(id=id), value=ast.Constant(value=value))
            ) if value == name:
                constants.add(id)
            case ast.Constant(value=value) if value == name:
                yield node
            case _:
                pass
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in constants:
            if isinstance(node.ctx, ast.Load):
                yield node


def _use(text: ast.expr, found: Found) -> None:
    """What is done with the flag's name where it stands."""
    parent = found.parents.get(text)
    match parent:
        case ast.Subscript(ctx=ast.Store() | ast.Del()):
            if _is_environment(parent.value):
                found.sets.append(parent)
        case ast.Subscript(ctx=ast.Load()) if parent.slice is text:
            found.reads.append(_read(parent, parses=False))
        case ast.Call(func=func, args=args) if text in args:
            called = _last(func)
            if called == "putenv":
                found.sets.append(parent)
            elif called in _READERS:
                casts = any(k.arg in ("cast", "type") for k in parent.keywords)
                found.reads.append(_read(parent, parses=casts or called in _PARSERS))
            elif not called.startswith(("setdefault", "setenv", "delenv", "unsetenv")):
                # Some function of the project's is told the name: it may well read it.
                found.reads.append(_read(parent, parses=True))
        case ast.Dict(keys=keys) if text in keys:
            outer = found.parents.get(parent)
            is_update = isinstance(outer, ast.Call) and _last(outer.func) == "update"
            if isinstance(outer, ast.Call) and is_update:
                if isinstance(outer.func, ast.Attribute) and _is_environment(
                    outer.func.value
                ):
                    found.sets.append(parent)
        case ast.keyword(arg="env" | "alias" | "validation_alias" | "envvar"):
            found.reads.append(Read(None, text.lineno, text.col_offset + 1, True))
        case ast.List() | ast.Tuple() | ast.Set() | ast.For() | ast.Compare():
            # One of several names that a loop or a lookup goes through.
            found.reads.append(Read(None, text.lineno, text.col_offset + 1, True))
        case _:
            pass


def _settings(node: ast.ClassDef, name: str) -> Iterator[Read]:
    """Fields of a settings class whose variable is the flag: prefix and field name."""
    if not any(_last(base).endswith(("Settings", "Config")) for base in node.bases):
        return
    prefix = ""
    for part in ast.walk(node):
        match part:
            case ast.keyword(arg="env_prefix", value=ast.Constant(value=str() as text)):
                prefix = text
            case ast.Assign(
                targets=[ast.Name(id="env_prefix")],
                value=ast.Constant(value=str() as text),
            ):
                prefix = text
            case ast.Dict(keys=keys, values=values):
                for key, value in zip(keys, values, strict=True):
                    if (
                        isinstance(key, ast.Constant)
                        and key.value == "env_prefix"
                        and isinstance(value, ast.Constant)
                    ):
                        prefix = str(value.value)
            case _:
                pass
    for statement in node.body:
        match statement:
            case ast.AnnAssign(target=ast.Name(id=field)):
                if f"{prefix}{field}".upper() == name.upper():
                    line, column = statement.lineno, statement.col_offset + 1
                    yield Read(None, line, column, True)
            case _:
                pass


def _read(node: ast.expr, *, parses: bool) -> Read:
    return Read(node, node.lineno, node.col_offset + 1, parses)


def _is_environment(node: ast.expr) -> bool:
    return _last(node) == "environ"


def _last(node: ast.expr) -> str:
    match node:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
        case ast.Call(func=func):
            return _last(func)
        case _:
            return ""
