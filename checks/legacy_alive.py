"""legacy-imports-new, legacy-broken: the way back is not only there, it still runs.

A kept file may not import, however far around, what a rollback takes away; and it may
not need a name, a method or a keyword that the change removes.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence

from ..core.change import Change
from ..core.finding import Finding, Place, Rule, Severity
from ..core.paths import matcher
from ..core.policy import FILE_NAME, Keep, Migration, Policy
from ..core.tree import Tree
from .broken_rollback.imports import is_meant, references, taken_away
from .broken_rollback.python import Sources
from .broken_rollback.source import parsed
from .imported import Asked, Hop, Imports, is_within
from .removed import removed
from .symbols import Use, uses

RULES = (
    Rule("legacy-imports-new", "the way back imports what a rollback takes away"),
    Rule("legacy-broken", "the way back needs what the change removes"),
)


def check(change: Change, policy: Policy) -> Iterator[Finding]:
    """What would fail when one falls back on the kept files of an open migration."""
    python = [path for path in change.files if path.endswith((".py", ".pyi"))]
    if not python and FILE_NAME not in change.files:
        return
    sources = Sources(change.head, policy.source_roots)
    now, before = Imports(sources), None
    if change.base is not None:
        before = Imports(Sources(change.base, policy.source_roots))
    everything = change.is_whole or FILE_NAME in change.files
    lost = everything or _lost(change, python)
    gained = everything or _gained(now, before, python, policy)
    if not gained and not lost:
        return
    kept: dict[str, tuple[Migration, Keep]] = {}
    for migration in policy.migrations.values():
        if migration.status == "closed":
            continue
        for keep in migration.keep:
            until = migration.phase(keep.until_phase) if keep.until_phase else None
            if until is not None and until.final:
                continue
            paths = _python_below(change, keep)
            kept.update(dict.fromkeys(paths, (migration, keep)))
            if keep.must_not_import and gained:
                yield from _imports_new(change, now, before, migration, keep, paths)
    if kept and change.base is not None and python and lost:
        yield from _broken(change, policy, sources, kept)


def _lost(change: Change, python: Iterable[str]) -> bool:
    """Whether a changed file lost a name, or is gone: if not, nothing can be broken."""
    return any(
        change.files[path].new is None
        or not _names(change.base, path) <= _names(change.head, path)
        for path in python
    )


def _names(tree: Tree | None, path: str) -> set[str]:
    """Every name that a file defines, imports or takes."""
    found: set[str] = set()
    entry = tree.entries.get(path) if tree is not None else None
    if tree is None or entry is None or not entry.is_file:
        return found
    source = parsed(tree.read(path))
    for node in ast.walk(source.tree) if source.tree is not None else ():
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                found.add(node.name)
            case ast.arg():
                found.add(node.arg)
            case ast.Name(ctx=ast.Store()):
                found.add(node.id)
            case ast.alias():
                found.add(node.asname or node.name)
            case _:
                pass
    return found


def _gained(
    now: Imports, before: Imports | None, python: Iterable[str], policy: Policy
) -> bool:
    """Whether a changed file imports something that it did not import before and that
    leads to what must not be imported: if not, nothing can be new, and most commits end
    here."""
    forbidden = [
        name
        for migration in policy.migrations.values()
        for keep in migration.keep
        for name in keep.must_not_import
    ]
    gained: set[Asked] = set()
    for path in python if forbidden else ():
        asked = now.asked_by(path)
        if path.endswith("/__init__.py") and asked:
            # Which of its functions run is another question than what they import.
            gained |= asked
        else:
            gained |= asked - (before.asked_by(path) if before is not None else set())
    return now.lead(gained, forbidden)


def _python_below(change: Change, keep: Keep) -> list[str]:
    is_kept = matcher(keep.paths)
    return [
        path
        for path, entry in change.head.entries.items()
        if entry.is_file and path.endswith(".py") and is_kept(path)
    ]


def _imports_new(
    change: Change,
    imports: Imports,
    before: Imports | None,
    migration: Migration,
    keep: Keep,
    paths: Sequence[str],
) -> Iterator[Finding]:
    """For each kept file the nearest way to each module that it must not import."""
    everything = change.is_whole or FILE_NAME in change.files
    for path in paths:
        told: set[str] = set()
        old: set[str] | None = None
        for chain in imports.ways(path, keep.must_not_import):
            last = chain[-1].module
            wanted = next(m for m in keep.must_not_import if is_within(last, m))
            # Each line that imports it directly is told, one way around it only once.
            if len(chain) > 1 and wanted in told:
                continue
            told.add(wanted)
            if not everything:
                if not any(hop.path in change.files for hop in chain):
                    continue
                # Only now, for it takes reading the base: what it led to before.
                old = _reached(before, path, keep) if old is None else old
                if wanted in old:
                    continue
            yield _imports(migration, chain, wanted)


def _reached(imports: Imports | None, path: str, keep: Keep) -> set[str]:
    """Which of the modules that it must not import a file imports somehow."""
    if imports is None or path not in imports.sources.tree.entries:
        return set()
    return {
        name
        for chain in imports.ways(path, keep.must_not_import)
        for name in keep.must_not_import
        if is_within(chain[-1].module, name)
    }


def _imports(migration: Migration, chain: Sequence[Hop], wanted: str) -> Finding:
    first, last = chain[0], chain[-1]
    way = " -> ".join(hop.module for hop in chain)
    around = f", by way of {way}" if len(chain) > 1 else ""
    return Finding(
        "legacy-imports-new",
        Severity.ERROR,
        Place(first.path, *first.at[1:5]),
        f"The way back of {migration.id} imports {last.module}{around}. A rollback takes "
        f"{wanted} away, and this file with it.",
        "Let the kept file stand on its own, or catch that the import fails.",
        symbol=wanted,
        migration=migration.id,
        related=tuple(
            (Place(hop.path, *hop.at[1:5]), f"imports {hop.module}")
            for hop in chain[1:]
        ),
    )


def _broken(
    change: Change,
    policy: Policy,
    after: Sources,
    kept: dict[str, tuple[Migration, Keep]],
) -> Iterator[Finding]:
    assert change.base is not None
    before = Sources(change.base, policy.source_roots)
    gone = taken_away(change, before, after)
    if gone:
        for path in kept:
            for reference in references(after, path):
                name = reference.name
                if reference.optional or not is_meant(reference, after):
                    continue
                if _is_gone(name, gone, after):
                    what = f"{name}, which this change removes"
                    yield _needs(path, reference[1:5], what, name, kept[path][0])
    targets = list(removed(change, before, after))
    for use in uses(change.head, kept, targets, policy.source_roots) if targets else ():
        if isinstance(use, Use):
            target = use.target
            what = f"{target.name}, which this change removes"
            if target.kind == "keyword":
                what = (
                    f"the keyword {target.name} of {target.of}, removed by this change"
                )
            yield _needs(use.path, use.span, what, target.name, kept[use.path][0])


def _is_gone(name: str, gone: set[str], after: Sources) -> bool:
    if name not in gone and name.rpartition(".")[0] not in gone:
        return False
    return after.has(name) is False


def _needs(
    path: str, span: Iterable[int], what: str, name: str, migration: Migration
) -> Finding:
    return Finding(
        "legacy-broken",
        Severity.ERROR,
        Place(path, *span),
        f"The way back of {migration.id} needs {what}: falling back would fail here.",
        "Keep what the way back needs, or change the way back with it and run it.",
        symbol=name,
        migration=migration.id,
    )
