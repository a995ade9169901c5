"""Where a module has a name from: an import, another name, a function it hands on to."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator

from .naming import absolute, physical
from .source import NotPython, text_of
from .statements import handed_on
from .words import has_star, may_bind

# Who hands a function on through more files hides it on purpose from people too.
_FILES = 10


def ways(
    dotted: str,
    split: Callable[[str], tuple[Iterable[str], str]],
    read: Callable[[str], bytes],
) -> set[str]:
    """The files through which `dotted` comes from wherever it is defined.

    `split` gives the files of a module and what is left of a name, `read` a file.
    """
    found: set[str] = set()
    todo = [(dotted, 0)]
    while todo:
        name, depth = todo.pop()
        files, rest = split(name)
        for path in files:
            if path in found:
                continue
            found.add(path)
            if rest and "." not in rest and depth < _FILES:
                todo += [(each, depth + 1) for each in origins(path, read(path), rest)]
    return found


def elsewhere(
    dotted: str,
    split: Callable[[str], tuple[Iterable[str], str]],
    read: Callable[[str], bytes],
) -> set[str]:
    """What else `dotted` may be called: `a.b.Cart` is `b.Cart` where `a` imports `b`.

    For `split` and `read` see `ways`.
    """
    found: set[str] = set()
    todo = [(dotted, 0)]
    while todo:
        name, depth = todo.pop()
        files, rest = split(name)
        first, _, more = rest.partition(".")
        for path in files if more and depth < _FILES else ():
            data = read(path)
            if not (may_bind(first.encode("utf-8", "replace"), data) or has_star(data)):
                continue
            for origin in origins(path, data, first):
                other = f"{origin}.{more}"
                if other not in found:
                    found.add(other)
                    todo.append((other, depth + 1))
    return found


def origins(path: str, data: bytes, name: str) -> Iterator[str]:
    """What the module at `path` may call `name`: dotted names of other modules'."""
    try:
        tree = ast.parse(text_of(data))
    except (NotPython, SyntaxError, ValueError, RecursionError, MemoryError):
        return
    brought: dict[str, str] = {}
    given: dict[str, ast.expr] = {}
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module=module, names=aliases, level=level):
                home = absolute(module or "", level, *physical(path))
                for alias in aliases if home else ():
                    if alias.name == "*":
                        yield f"{home}.{name}"
                    else:
                        brought[alias.asname or alias.name] = f"{home}.{alias.name}"
            case ast.Import(names=aliases):
                for alias in aliases:
                    first = alias.name.split(".", 1)[0]
                    brought[alias.asname or first] = (
                        alias.name if alias.asname else first
                    )
            case ast.Assign(targets=[ast.Name(id=bound)], value=value):
                given[bound] = value
            case ast.FunctionDef(name=bound):
                func = handed_on(node)
                if func is not None:
                    given[bound] = func
            case _:
                pass
    rest: list[str] = []
    what: ast.expr | None = ast.Name(name)
    for _ in range(_FILES):
        while isinstance(what, ast.Attribute):
            rest.insert(0, what.attr)
            what = what.value
        if not isinstance(what, ast.Name):
            return
        if what.id in brought:
            yield ".".join([brought[what.id], *rest])
            return
        what = given.get(what.id)
