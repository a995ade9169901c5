"""What Python of a plan does with files: what it loads, keeps, writes back, sorts."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import libcst as cst


class Kept(NamedTuple):
    """A mapping made of some keys of the mapping named `of`, and of nothing else."""

    of: str
    keys: tuple[str, ...]


class Written(NamedTuple):
    """The mapping named `name` is dumped into `file`."""

    name: str
    file: str


class Handling(NamedTuple):
    """`loaded` is from a name to the file it was loaded from; files are the texts of
    literals, quotes and all. `sorted_globs` are the patterns sorted without a key."""

    loaded: dict[str, str]
    kept: dict[str, Kept]
    written: list[Written]
    sorted_globs: list[str]


@lru_cache(maxsize=16)
def read(tree: cst.Module) -> Handling:
    """What `tree` does with files, as far as its literals tell."""
    import libcst as cst

    from ..symbols.nodes import children

    found = Handling({}, {}, [], [])
    globs: dict[str, str] = {}
    stack: list[tuple[cst.CSTNode, str, str]] = [(tree, "", "")]
    while stack:
        node, file, mode = stack.pop()
        if isinstance(node, cst.With):
            for item in node.items:
                file, mode = _opened(item.item) or (file, mode)
        elif isinstance(node, cst.Assign) and len(node.targets) == 1:
            target, value = node.targets[0].target, node.value
            if isinstance(target, cst.Name):
                if isinstance(value, cst.Dict):
                    if kept := _kept(value):
                        found.kept[target.value] = kept
                elif _called(value) in ("load", "safe_load") and mode == "r":
                    found.loaded[target.value] = file
                elif pattern := _globbed(value):
                    globs[target.value] = pattern
        elif isinstance(node, cst.Call):
            first = node.args[0].value if node.args else None
            if _called(node) in ("dump", "safe_dump") and mode == "w":
                if isinstance(first, cst.Name):
                    found.written.append(Written(first.value, file))
            elif _called(node) == "sorted" and len(node.args) == 1:
                name = first.value if isinstance(first, cst.Name) else ""
                if pattern := globs.get(name) or _globbed(first):
                    found.sorted_globs.append(pattern)
        stack.extend(reversed([(child, file, mode) for child in children(node)]))
    return found


def _called(node: cst.CSTNode | None) -> str:
    """The last word of what is called: "load" of `yaml.load(f)`."""
    import libcst as cst

    if not isinstance(node, cst.Call):
        return ""
    name = node.func.attr if isinstance(node.func, cst.Attribute) else node.func
    return name.value if isinstance(name, cst.Name) else ""


def _literals(call: cst.Call) -> Iterator[str]:
    import libcst as cst

    for arg in call.args:
        yield arg.value.value if isinstance(arg.value, cst.SimpleString) else ""


def _opened(node: cst.BaseExpression) -> tuple[str, str] | None:
    """The file and the mode, "r" or "w", of `open("x", "w")`."""
    import libcst as cst

    if not isinstance(node, cst.Call) or _called(node) != "open":
        return None
    file, mode = [*_literals(node), "", ""][:2]
    return (file, "w" if "w" in mode else "r") if file else ("", "")


def _globbed(node: cst.CSTNode | None) -> str:
    """The pattern of `glob.glob("x*")`, "" for anything else."""
    import libcst as cst

    if not isinstance(node, cst.Call) or _called(node) not in ("glob", "iglob"):
        return ""
    return next(_literals(node), "")


def _kept(node: cst.Dict) -> Kept | None:
    """What is kept where every value is `old["key"]` or `old.get("key")`."""
    import libcst as cst

    of: set[str] = set()
    keys: list[str] = []
    for element in node.elements:
        if not isinstance(element, cst.DictElement):
            return None
        value = element.value
        if isinstance(value, cst.Call) and _called(value) == "get":
            value = value.func.value if isinstance(value.func, cst.Attribute) else value
        elif isinstance(value, cst.Subscript):
            value = value.value
        else:
            return None
        if not isinstance(value, cst.Name) or not isinstance(
            element.key, cst.SimpleString
        ):
            return None
        of.add(value.value)
        keys.append(element.key.value.strip("\"'"))
    return Kept(of.pop(), tuple(keys)) if len(of) == 1 else None
