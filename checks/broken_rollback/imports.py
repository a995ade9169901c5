"""Imports, and uses through imported modules, of what is not there any more."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ...core.change import Change
from ...core.finding import Finding, Place, Severity
from .python import Sources
from .source import Source


class Reference(NamedTuple):
    """A place that needs a dotted name to be there. `optional` where the file itself
    says what happens without. `through` is what an attribute is of, "" for an import."""

    name: str
    line: int
    column: int
    end_line: int
    end_column: int
    optional: bool
    through: str = ""


def findings(
    touched: Iterable[str],
    known: frozenset[str],
    gone: set[str],
    before: Sources,
    after: Sources,
) -> Iterator[Finding]:
    """Whoever needs one of `gone`, in files changed or not.

    `touched` are changed by the rollback, `known` those of them that were there before.
    """
    changed = set(touched)
    mention = _mentioning(gone, after)
    after.load(mention)
    for path in sorted({*mention, *changed}):
        needed = _needed(before, path) if path in known else set[str]()
        for reference in references(after, path):
            name = reference.name
            if reference.optional:
                continue
            if name in gone or name.rpartition(".")[0] in gone:
                dangles = after.has(name) is False
            else:
                # A file that came back may need what others have taken away since.
                new = path in changed and name not in needed
                dangles = new and _never_was(name, before, after)
            if dangles and is_meant(reference, after):
                yield _finding(path, reference)


def references(sources: Sources, path: str) -> Iterator[Reference]:
    """The dotted names that a file imports, or uses through a module that it imports."""
    source = sources.source(path)
    optional = _optional(source)
    modules: dict[str, str] = {}
    for node in source.imports:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield _reference(source, alias.name, alias, node in optional)
                if alias.asname:
                    modules[alias.asname] = alias.name
            continue
        base = _base(sources, path, node)
        for alias in node.names if base is not None else ():
            name = f"{base}" if alias.name == "*" else f"{base}.{alias.name}"
            yield _reference(source, name, alias, node in optional)
            modules[alias.asname or alias.name] = name
    for attribute in source.attributes if modules else ():
        if isinstance(attribute.value, ast.Name) and attribute.value.id in modules:
            through = modules[attribute.value.id]
            name = f"{through}.{attribute.attr}"
            yield _reference(source, name, attribute, False, through)


def taken_away(change: Change, before: Sources, after: Sources) -> set[str]:
    """The modules and the names of modules that the rollback takes away."""
    gone: set[str] = set()
    for path, file in change.files.items():
        if file.old is None or not path.endswith((".py", ".pyi")):
            continue
        for module in before.modules_of(path):
            if file.new is None:
                while module and not after.is_module(module):
                    gone.add(module)
                    module = module.rpartition(".")[0]
                continue
            old, new = before.names_in(path), after.names_in(path)
            if old is not None and new is not None:
                gone.update(f"{module}.{name}" for name in old - new)
    return gone


def is_meant(reference: Reference, after: Sources) -> bool:
    """Whether an attribute is one of a module: those of a class are its own affair."""
    return not reference.through or after.is_module(reference.through)


def _mentioning(gone: set[str], after: Sources) -> list[str]:
    """The files that may need one of `gone`: found by their bytes, before any parsing.

    Whoever needs `shop.old` writes both `shop` and `old`, or only `old` where dots stand
    for the packages around.
    """
    words: dict[str, set[str]] = {}
    for name in gone:
        module, _, last = name.rpartition(".")
        words.setdefault(last, set()).add(module.rpartition(".")[2])
    if not words:
        return []
    found = after.tree.containing([word.encode() for word in sorted(words)])
    files = [path for path in found if path.endswith((".py", ".pyi"))]
    relative = re.compile(rb"^\s*from\s+\.", re.MULTILINE)
    either = re.compile(
        rb"\b(?:" + b"|".join(re.escape(word.encode()) for word in words) + rb")\b"
    )
    mention: list[str] = []
    for path, content in after.tree.read_all(files):
        written = {word.decode() for word in either.findall(content)}
        if any(
            not module or re.search(rb"\b" + module.encode() + rb"\b", content)
            for word in written
            for module in words[word]
        ) or (written and relative.search(content)):
            mention.append(path)
    return mention


def _never_was(name: str, before: Sources, after: Sources) -> bool:
    """Whether a module of ours does not bind `name`, neither before nor after.

    What is no module of ours (generated, compiled, installed) is not ours to judge.
    """
    module = name.rpartition(".")[0]
    if not after.file_of(module) or not before.file_of(module):
        return False
    return after.has(name) is False


def _needed(before: Sources, path: str) -> set[str]:
    """What a file needed before, whether it was there or not."""
    return {reference.name for reference in references(before, path)}


def _base(sources: Sources, path: str, node: ast.ImportFrom) -> str | None:
    """The module that a `from` names, dots resolved."""
    if not node.level:
        return node.module
    own = sources.modules_of(path)
    if not own:
        return None
    # The longest name has the most packages around it.
    parts = own[-1].split(".")
    if not path.endswith(("/__init__.py", "/__init__.pyi")):
        parts = parts[:-1]
    parts = parts[: len(parts) - (node.level - 1)]
    return ".".join([*parts, *([node.module] if node.module else [])]) or None


def _optional(source: Source) -> set[ast.AST]:
    """The imports that stand in a `try` which catches that they fail."""
    found: set[ast.AST] = set()
    for node in source.tries:
        if any(map(_catches, node.handlers)):
            for statement in node.body:
                found.update(ast.walk(statement))
    return found


def _catches(handler: ast.ExceptHandler) -> bool:
    names = (
        {n.id for n in ast.walk(handler.type) if isinstance(n, ast.Name)}
        if (handler.type)
        else {"Exception"}
    )
    return bool(
        names & {"ImportError", "ModuleNotFoundError", "Exception", "AttributeError"}
    )


def _reference(
    source: Source,
    name: str,
    node: ast.alias | ast.Attribute,
    optional: bool,
    through: str = "",
) -> Reference:
    return Reference(name, *source.span(node), optional, through)


def _finding(path: str, reference: Reference) -> Finding:
    return Finding(
        "rollback-dangling-import",
        Severity.ERROR,
        Place(path, *reference[1:5]),
        f"{reference.name} is needed here and is not there after this rollback.",
        "Undo the commit that brought this line too, or restore this file with it.",
        symbol=reference.name,
    )
