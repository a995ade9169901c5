"""landed-without-reland: a phase that was rolled back comes back by the way.

Merging a mended branch again leaves out what a reverted merge took back, and nobody asks
whether the cause is gone. `backout reland` does neither: it reverts the rollback, and its
record says who stated that what the policy requires is done.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..core import reland_record
from ..core.change import Change
from ..core.errors import UsageError
from ..core.finding import Finding, Note, Place, Rule, Severity
from ..core.policy import Policy
from ..core.reland_record import Reland
from ..core.rolled_back import RolledBack

RULES = (
    Rule("landed-without-reland", "a phase that is rolled back lands again by the way"),
)

_LARGEST = 1_000_000  # bytes of a record
_LONGEST = 1000  # characters of what a record states


def check(change: Change, policy: Policy) -> Iterator[Finding | Note]:
    """Each rolled-back phase that the change brings back without its reland's record."""
    records = list(_records(change))
    for one in change.rolled_back:
        own = [
            (path, record) for path, record in records if record.rollback == one.record
        ]
        for path, record in own:
            yield from _open_items(policy, one, path, record)
            yield Note(_stated(one, record))
        if own:
            continue
        signs = dict(_signs(change, one))
        if signs:
            (path, what), *more = signs.items()
            yield Finding(
                "landed-without-reland",
                Severity.ERROR,
                Place(path),
                f"{what} {one.name} is rolled back ({one.record}) and may only come "
                f"back on purpose.",
                f"`backout reland {one.migration}/{one.phases[0]}` makes a branch that "
                f"reverts the rollback; put the fix on it.",
                migration=one.migration,
                phase=one.phases[0],
                related=tuple((Place(other), said) for other, said in more[:9]),
            )


def _signs(change: Change, one: RolledBack) -> Iterator[tuple[str, str]]:
    """What shows that the phase comes back: a path, and a sentence."""
    for path, file in sorted(change.files.items()):
        if path not in one.files:
            continue
        before, after = one.files[path]
        if after is None and file.old is None and file.new is not None:
            yield path, "This comes back as part of what was rolled back."
        elif before is None and file.new is None:
            yield path, "This goes again, though the rollback restored it."
        elif before is not None and file.new == before:
            yield path, "This is again as it was before the rollback."
    for sha, said in _said(change, one):
        yield one.record, f"Commit {sha[:9]} says {said}."


def _said(change: Change, one: RolledBack) -> Iterator[tuple[str, str]]:
    """The commits of the change that say so themselves, by trailer or by git's words."""
    git = change.git
    if git is None or not change.head_tip or change.is_whole:
        return
    from ..core.reversal.history import saying

    trailers = [f"Backout-Phase: {one.migration}/{id}" for id in one.phases]
    reverts = [f"This reverts commit {sha}" for sha in one.commits]
    words = [*trailers, *reverts]
    for sha, message in saying(git, words, change.head_tip, [change.base_tip]):
        for line in message.splitlines():
            if line.strip() in trailers or line.startswith(tuple(reverts)):
                yield sha, f'"{line.strip()}"'
                break


def _records(change: Change) -> Iterator[tuple[str, Reland]]:
    """The records of relands that the change brings, with their paths."""
    for path in change.present:
        if not path.startswith(f"{reland_record.FOLDER}/"):
            continue
        data = change.head.read(path)
        if len(data) > _LARGEST or change.files[path].old is not None:
            continue
        try:
            yield path, reland_record.decode(data, path)
        except UsageError:
            continue  # it ends no rollback, so the signs below are told


def _stated(one: RolledBack, record: Reland) -> str:
    """What the record says, for those who approve: it is a statement and no proof."""
    done = "; ".join(f"{each.item} ({each.by})" for each in record.done)
    done = done if len(done) <= _LONGEST else f"{done[:_LONGEST]}..."
    return f"{one.name} lands again. Stated to be done: {done or 'nothing'}"


def _open_items(
    policy: Policy, one: RolledBack, path: str, record: Reland
) -> Iterator[Finding]:
    """Items that the base's policy requires and nobody stated to be done."""
    done = {each.item for each in record.done}
    migration = policy.migrations.get(one.migration)
    phases = map(migration.phase, one.phases) if migration else ()
    required = [item for p in phases if p is not None for item in p.re_enable.require]
    left = [item for item in dict.fromkeys(required) if item not in done]
    if left:
        yield Finding(
            "landed-without-reland",
            Severity.ERROR,
            Place(path),
            f"{one.name} lands again, and nobody has stated to be done: "
            f"{'; '.join(left)}.",
            f"Make the branch anew, with --done for each: backout reland "
            f"{one.migration}/{one.phases[0]}",
            migration=one.migration,
            phase=one.phases[0],
        )
