"""Files that do not parse any more, and names that are defined nowhere any more."""

from __future__ import annotations

import builtins
import symtable
import warnings
from collections.abc import Iterable, Iterator
from typing import cast

from ...core.finding import Finding, Place, Severity
from .python import Sources
from .source import Source

_MODULE = {
    "__file__", "__name__", "__doc__", "__path__", "__package__", "__spec__",
    "__loader__", "__builtins__", "__debug__", "__annotations__", "__dict__",
    "__class__", "__module__", "__qualname__", "WindowsError", "reveal_type",
}  # fmt: skip
_KNOWN = {*dir(builtins), *_MODULE}


def findings(
    touched: Iterable[str], known: frozenset[str], before: Sources, after: Sources
) -> Iterator[Finding]:
    """What the files that the rollback changes have lost; `known` were there before."""
    for path in touched:
        source = after.source(path)
        old = before.source(path) if path in known else None
        if source.tree is None:
            if old is None or old.tree is not None:
                yield _unparsable(path, source)
            continue
        lost = undefined(source)
        if lost and old is not None:
            lost -= undefined(old)
        for name, span in _places(source, lost):
            yield Finding(
                "rollback-undefined-name",
                Severity.ERROR,
                Place(path, *span),
                f"{name} is used here and defined nowhere after this rollback.",
                "Undo the commit that took its definition away too, or leave this file.",
                symbol=name,
            )


def undefined(source: Source) -> set[str]:
    """The names that a file uses and nobody defines; none where that is not known."""
    if source.tree is None or source.is_open:
        return set()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # As bytes: a byte order mark or a coding line is read as Python reads it.
            code = cast(str, source.content)
            table = symtable.symtable(code, "file", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    used: set[str] = set()
    defined = set(_KNOWN)
    tables = [table]
    while tables:
        one = tables.pop()
        tables += one.get_children()
        is_module = one.get_type() == "module"
        for symbol in one.get_symbols():
            name = symbol.get_name()
            binds = symbol.is_assigned() or symbol.is_imported()
            if binds and (is_module or symbol.is_declared_global()):
                defined.add(name)
            if symbol.is_referenced() and (is_module or symbol.is_global()):
                used.add(name)
    return used - defined


def _unparsable(path: str, source: Source) -> Finding:
    return Finding(
        "rollback-unparsable",
        Severity.ERROR,
        Place(path, source.line),
        f"This file does not parse after this rollback: {source.why}.",
        "Restore it whole, or leave it as it is.",
    )


def _places(
    source: Source, names: set[str]
) -> Iterator[tuple[str, tuple[int, int, int, int]]]:
    """The first use of each name, and where it stands."""
    uses = sorted(
        (node for node in source.names if node.id in names),
        key=lambda node: (node.lineno, node.col_offset),
    )
    seen: set[str] = set()
    for node in uses:
        if node.id not in seen:
            seen.add(node.id)
            yield node.id, source.span(node)
