"""What a star import of a module binds."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence

from .naming import absolute
from .statements import own_nodes, statements


def public_names(text: str, file: str, is_package: bool) -> list[str] | None:
    """The names of `__all__`, or else all that the module `file` binds and that begin
    without an underscore; None where that cannot be read.

    `shop.cart.*` stands for all that are in `__all__` of the module `shop.cart`.
    """
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    brought = _brought(tree, file, is_package)
    bound = set(_globals(tree))
    told: set[str] = set()
    has_all = has_star = False
    for node in statements(tree.body, into_functions=False):
        names = list(_bound_by(node))
        if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
            has_star = True
        elif "__all__" in names or _changes_all(node):
            has_all = True
            more = _strings(_given(node), brought, file if is_package else "")
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


def spelled_out(
    public: Mapping[str, Sequence[str]], rooted: Callable[[str], str]
) -> dict[str, list[str]]:
    """The public names of modules, each `shop.cart.*` replaced by that module's; without
    the modules of which that leaves some unknown."""
    found: dict[str, list[str]] = {}
    for module in public:
        names: set[str] = set()
        seen: set[str] = set()
        todo = [module]
        while todo and todo[-1] in public:
            each = todo.pop()
            if each not in seen:
                seen.add(each)
                for name in public[each]:
                    if name.endswith(".*"):
                        todo.append(rooted(name.removesuffix(".*")))
                    else:
                        names.add(name)
        if not todo:
            found[module] = sorted(names)
    return found


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


def _brought(tree: ast.Module, file: str, is_package: bool) -> dict[str, str]:
    """What imports at the top bind names to; "" for one that may be several things."""
    found: dict[str, str] = {}
    for node in statements(tree.body, into_functions=False):
        pairs: list[tuple[str, str]] = []
        match node:
            case ast.Import(names=aliases):
                for alias in aliases:
                    name = alias.name if alias.asname else alias.name.split(".", 1)[0]
                    pairs.append((alias.asname or name, name))
            case ast.ImportFrom(module=module, names=aliases, level=level):
                home = absolute(module or "", level, file, is_package)
                for alias in aliases:
                    full = f"{home}.{alias.name}" if home else ""
                    pairs.append((alias.asname or alias.name, full))
            case _:
                pass
        for name, full in pairs:
            found[name] = full if found.get(name, full) == full else ""
    return found


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
        case ast.ImportFrom():  # of another module's
            return ast.Name("__all__", ast.Load())
        case _:
            return None


def _strings(
    node: ast.expr | None, brought: Mapping[str, str], package: str
) -> list[str] | None:
    """The names in a list of names; `package` is the one that the file is, or ""."""
    found: list[str] = []
    todo = [node]
    while todo:
        match todo.pop():
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                todo += [left, right]
            case ast.Call(func=ast.Name("list" | "tuple" | "sorted"), args=[inner]):
                todo.append(inner)
            case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts):
                for part in parts:
                    match part:
                        case ast.Constant(value=str(name)):
                            found.append(name)
                        case ast.Starred(value=inner):
                            todo.append(inner)
                        case _:
                            return None
            case ast.Name() | ast.Attribute() as named:
                module, _, last = _meant(named, brought, package).rpartition(".")
                if not module or last != "__all__":
                    return None
                found.append(f"{module}.*")
            case _:
                return None
    return found


def _meant(node: ast.expr, brought: Mapping[str, str], package: str) -> str:
    """The dotted name that an expression is; "" where imports alone do not say it.

    `from .cart import *` binds `cart` too, in the package itself.
    """
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    own = f"{package}.{node.id}" if package and parts else ""
    first = brought.get(node.id, own)
    return ".".join([first, *reversed(parts)]) if first else ""


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
