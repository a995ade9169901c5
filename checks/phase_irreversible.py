"""phase-irreversible: merging this makes a phase that has shipped hard to take back.

The way back rots by the day: of 535 real reverts 99 in 100 were clean within a day, and
67 in 100 after a month. So the reversal of each shipped phase is computed twice, on the
branch as it is and as the change would leave it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from ..core.change import Change
from ..core.errors import UsageError
from ..core.finding import Finding, Place, Rule, Severity
from ..core.git import Git, decode
from ..core.paths import matcher
from ..core.policy import Migration, Phase, Policy, seconds
from ..core.policy.words import listed
from ..core.reversal import commits
from ..core.reversal.commits import Commit
from ..core.reversal.scratch import Scratch
from ..core.reversal.targets import Targets, find
from ..core.reversal.undo import Choices, Step, parent_trees, reverse
from ..core.tree import CommitTree

RULES = (
    Rule(
        "phase-irreversible", "a shipped phase could not be reverted cleanly any more"
    ),
)


class _Clash(NamedTuple):
    """A file of the change that would stand in the way of undoing a commit, and whether
    the two only touch, so that both edits can be kept."""

    path: str
    commit: Commit
    touches: bool


class _Hurt(NamedTuple):
    """A phase that could not be reverted cleanly any more, and when it shipped."""

    migration: Migration
    phase: Phase
    shipped: datetime


def check(change: Change, policy: Policy) -> Iterator[Finding]:
    """For each phase within its window: files that only after this change would stand
    in the way of its rollback. Asked where a merge is judged, not of a commit."""
    git, head = change.git, change.head
    if git is None or not change.base_tip or not isinstance(head, CommitTree):
        return
    # A commit of two phases stands in both of their ways, and is told once.
    found: dict[_Clash, list[_Hurt]] = {}
    with Scratch(git) as scratch:
        for migration in policy.migrations.values():
            if migration.status == "closed":
                continue
            spared = _goes_with(change, migration)
            for phase in migration.phases:
                if phase.id in spared or phase.final or phase.rollback != "revert":
                    continue
                address = f"{migration.id}/{phase.id}"
                targets = _targets(change, git, scratch, policy, address)
                if targets is None:
                    continue
                newest = max(target.step.commit.when for target in targets.steps)
                window = timedelta(seconds=seconds(migration.window))
                if change.now - newest <= window:
                    hurt = _Hurt(migration, phase, newest)
                    for clash in _clashes(change, head, git, scratch, targets):
                        found.setdefault(clash, []).append(hurt)
    for clash, phases in found.items():
        yield _finding(clash, phases)


def _targets(
    change: Change, git: Git, scratch: Scratch, policy: Policy, address: str
) -> Targets | None:
    """The commits of a phase, None where there are none."""
    try:
        targets = find(git, scratch, policy, [address], change.base_tip)
    except UsageError:
        return None  # nothing says which commits it has: `backout phases` does
    return targets if targets.steps else None


def _clashes(
    change: Change, head: CommitTree, git: Git, scratch: Scratch, targets: Targets
) -> Iterator[_Clash]:
    """The files that would clash after the change and do not before it."""
    steps = [target.step for target in targets.steps]
    if _is_apart(change, scratch, steps):
        return
    # Another path is not this change's doing: the base gained what clashes meanwhile.
    after = [
        (undone.step.commit, clash.path)
        for undone, clash in reverse(scratch, head.oid, steps).clashes
        if clash.path in change.files
    ]
    if not after:
        return
    now = commits.read_one(git, change.base_tip).tree
    seen = {clash.path for _, clash in reverse(scratch, now, steps).clashes}
    kept = Choices(adjacent=True)
    stuck = {clash.path for _, clash in reverse(scratch, head.oid, steps, kept).clashes}
    for commit, path in after:
        if path not in seen:
            seen.add(path)
            yield _Clash(path, commit, path not in stuck)


def _finding(clash: _Clash, phases: Sequence[_Hurt]) -> Finding:
    first = phases[0]
    addresses = [f"{hurt.migration.id}/{hurt.phase.id}" for hurt in phases]
    titles = [f" ({hurt.phase.title})" if hurt.phase.title else "" for hurt in phases]
    named = listed([a + title for a, title in zip(addresses, titles, strict=True)])
    within = (
        f"Its last commit, of {first.shipped:%Y-%m-%d}, is within its window of "
        f"{first.migration.window}."
        if len(phases) == 1
        else "They are within their windows."
    )
    where = " where the lines touch" if clash.touches else ""
    keeps = (
        f"`backout revert {addresses[0]} --adjacent --draft` would keep both edits. Or keep"
        if clash.touches
        else "Keep"
    )
    return Finding(
        "phase-irreversible",
        _severity(clash),
        Place(clash.path),
        f"After this merge {named} could not be reverted cleanly: this file would "
        f"conflict with undoing {clash.commit.short}{where}. {within}",
        f"{keeps} this change apart from the lines of the phase, or make the phase "
        f"final on purpose: `final: true` in backout.yaml. See: backout revert "
        f"{addresses[0]} --dry-run",
        migration=first.migration.id,
        phase=first.phase.id,
        also=tuple(addresses[1:]),
    )


def _goes_with(change: Change, migration: Migration) -> set[str]:
    """The phases that the change belongs to, and those that they come after: whoever
    takes one of these back takes the change back first."""
    found: set[str] = set()
    waiting = [
        phase.id
        for phase in migration.phases
        if any(map(matcher(phase.paths), change.files))
    ]
    while waiting:
        phase = migration.phase(waiting.pop())
        if phase is not None and phase.id not in found:
            found.add(phase.id)
            waiting += phase.after
    return found


def _severity(clash: _Clash) -> Severity:
    """How bad it is: to keep both of two lines in a list of names is what anybody would
    do, and in code it is a guess."""
    is_code = clash.path.endswith((".py", ".pyi"))
    return Severity.WARNING if clash.touches and not is_code else Severity.ERROR


def _is_apart(change: Change, scratch: Scratch, steps: Sequence[Step]) -> bool:
    """Whether nothing that the change does can meet what undoing `steps` does: to merge
    whole trees twice for each commit of a phase would be felt."""
    pairs = zip(steps, parent_trees(scratch, steps), strict=True)
    asked = "".join(f"{step.commit.tree} {theirs}\n" for step, theirs in pairs)
    rows = scratch.run(
        "diff-tree", "--stdin", "-r", "-z", "--no-renames", "--name-only",
        data=asked.encode("ascii"),
    ).split(b"\0")  # fmt: skip
    # The two trees are said again before their paths, ended by a line's end.
    touched = {decode(row.rpartition(b"\n")[2]) for row in rows} - {""}
    # A file that is not at its place any more may be followed to where it went.
    return all(
        path in change.head.entries and path not in change.files for path in touched
    )
