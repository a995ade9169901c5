"""legacy-removed: the way back is taken away before its phase is final."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..core.change import Change
from ..core.finding import Finding, Place, Rule, Severity
from ..core.paths import matcher
from ..core.policy import FILE_NAME, Keep, Migration, Policy
from .moved import moved_to

RULES = (Rule("legacy-removed", "legacy goes before the phase that ends it is final"),)


def check(change: Change, policy: Policy) -> Iterator[Finding]:
    """Kept files that the change deletes, empties, or turns into something else; in a
    whole tree, kept paths under which there is no file."""
    # A file that several entries keep is told once.
    found: dict[tuple[str, str], list[tuple[Migration, Keep]]] = {}
    for migration in policy.migrations.values():
        if migration.status == "closed":
            continue
        for keep in migration.keep:
            until = migration.phase(keep.until_phase) if keep.until_phase else None
            if until is None or not until.final:
                for gone in _gone(change, keep):
                    found.setdefault(gone, []).append((migration, keep))
    for (path, what), keeps in found.items():
        yield _finding(path, what, keeps)


def _gone(change: Change, keep: Keep) -> Iterator[tuple[str, str]]:
    """Paths, and what became of them."""
    if change.is_whole:
        for glob in keep.paths:
            is_kept = matcher([glob])
            if not any(map(is_kept, change.head.entries)):
                yield FILE_NAME, f"No file is under {glob}."
        return
    is_kept = matcher(keep.paths)
    for path, file in change.files.items():
        if file.old is None or not file.old.is_file or not is_kept(path):
            continue
        if file.new is None:
            new_path = moved_to(change, path)
            gone = f"This moves to {new_path}." if new_path else "This is deleted."
            if not new_path or not is_kept(new_path):
                yield path, gone
        elif not file.new.is_file:
            yield path, "This is no regular file any more."
        elif change.base is not None and _is_emptied(change, path):
            yield path, "This is emptied."


def _is_emptied(change: Change, path: str) -> bool:
    if change.head.read(path).strip():
        return False
    return change.base is not None and bool(change.base.read(path).strip())


def _until(migration: Migration, keep: Keep) -> str:
    end = f"phase {keep.until_phase} is final" if keep.until_phase else "it is closed"
    return f"{migration.id} until {end}"


def _address(migration: Migration, keep: Keep) -> str:
    return f"{migration.id}/{keep.until_phase}" if keep.until_phase else migration.id


def _finding(path: str, what: str, keeps: Sequence[tuple[Migration, Keep]]) -> Finding:
    migration, keep = keeps[0]
    ends = dict.fromkeys(_until(*one) for one in keeps)
    also = dict.fromkeys(_address(*one) for one in keeps)
    return Finding(
        "legacy-removed",
        Severity.ERROR,
        Place(path),
        f"{what} It is the way back of {' and of '.join(ends)}.",
        "Put it back. When the way back may go, say so on purpose: `final: true` for "
        "the phase in backout.yaml, in a change of its own.",
        migration=migration.id,
        phase=keep.until_phase or "",
        also=tuple(also)[1:],
    )
