"""legacy-removed: the way back is taken away before its phase is final."""

from __future__ import annotations

from collections.abc import Iterator

from ..core.change import Change
from ..core.finding import Finding, Place, Rule, Severity
from ..core.paths import matcher
from ..core.policy import FILE_NAME, Keep, Migration, Policy
from .moved import moved_to

RULES = (Rule("legacy-removed", "legacy goes before the phase that ends it is final"),)


def check(change: Change, policy: Policy) -> Iterator[Finding]:
    """Kept files that the change deletes, empties, or turns into something else; in a
    whole tree, kept paths under which there is no file."""
    for migration in policy.migrations.values():
        if migration.status == "closed":
            continue
        for keep in migration.keep:
            until = migration.phase(keep.until_phase) if keep.until_phase else None
            if until is None or not until.final:
                yield from _kept(change, migration, keep)


def _kept(change: Change, migration: Migration, keep: Keep) -> Iterator[Finding]:
    end = f"phase {keep.until_phase} is final" if keep.until_phase else "it is closed"
    why = f"It is the way back of {migration.id} until {end}."
    if change.is_whole:
        for glob in keep.paths:
            is_kept = matcher([glob])
            if not any(map(is_kept, change.head.entries)):
                yield _finding(
                    FILE_NAME, f"No file is under {glob}. {why}", migration, keep
                )
        return
    is_kept = matcher(keep.paths)
    for path, file in change.files.items():
        if file.old is None or not file.old.is_file or not is_kept(path):
            continue
        if file.new is None:
            new_path = moved_to(change, path)
            gone = f"This moves to {new_path}." if new_path else "This is deleted."
            if not new_path or not is_kept(new_path):
                yield _finding(path, f"{gone} {why}", migration, keep)
        elif not file.new.is_file:
            yield _finding(
                path, f"This is no regular file any more. {why}", migration, keep
            )
        elif change.base is not None and _is_emptied(change, path):
            yield _finding(path, f"This is emptied. {why}", migration, keep)


def _is_emptied(change: Change, path: str) -> bool:
    if change.head.read(path).strip():
        return False
    return change.base is not None and bool(change.base.read(path).strip())


def _finding(path: str, message: str, migration: Migration, keep: Keep) -> Finding:
    return Finding(
        "legacy-removed",
        Severity.ERROR,
        Place(path),
        message,
        "Put it back. When the way back may go, say so on purpose: `final: true` for "
        "the phase in backout.yaml, in a change of its own.",
        migration=migration.id,
        phase=keep.until_phase or "",
    )
