"""The proof of a pure rollback: it is computed once more, and must come out the same.

Of what a record says nothing is believed but what to compute. Which commits belong to the
phase, and what undoing them gives, follows from the base's policy and history alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ...core.errors import BackoutError
from ...core.git import Git
from ...core.policy import FILE_NAME, Migration, Policy
from ...core.reversal import phases
from ...core.reversal.differences import differences
from ...core.reversal.scratch import Scratch
from ...core.reversal.targets import Targets, find
from ...core.reversal.undo import Choices, reverse
from ...core.tree import FILE, Entry
from ..reversal.record import Record, Undone
from .impure import Impure

_ID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_MOST = 200  # commits that a record may add to those of the phase


class Proof(NamedTuple):
    """A proven rollback. `tree` is the tree that the base has with it, record and all;
    `is_whole` says that the phases are undone as the policy has it, nothing chosen;
    `phases` are those that had landed: a record may name others, and proves nothing of
    them."""

    record: Record
    path: str
    tree: str
    is_whole: bool
    phases: tuple[str, ...]


def prove(
    git: Git,
    scratch: Scratch,
    policy: Policy,
    parent: str,
    result: str,
    path: str,
    record: Record,
) -> Proof:
    """The proof that the tree `result` is the commit `parent` with a phase undone.

    `record` is what lies at `path` in that tree; `policy` is that of `parent`. Raises
    Impure with what differs.
    """
    try:
        return _proven(git, scratch, policy, parent, result, path, record)
    except BackoutError as error:
        raise Impure(f"it cannot be computed again: {error}") from error


def _proven(
    git: Git,
    scratch: Scratch,
    policy: Policy,
    parent: str,
    result: str,
    path: str,
    record: Record,
) -> Proof:
    _check_claims(git, policy, parent, record)
    targets = _targets(git, scratch, policy, record, record.onto)
    extras = _extras(record, targets)
    if extras:
        targets = _targets(git, scratch, policy, record, record.onto, extras)
    tree = _recomputed(git, scratch, record, record.onto, targets)
    if tree != record.tree:
        raise Impure(
            f"undoing {record.name} on {record.onto[:9]} gives the tree {tree[:9]}, and "
            f"its record says {record.tree[:9]}"
        )
    if parent != record.onto:
        targets = _targets(git, scratch, policy, record, parent, extras)
        tree = _recomputed(git, scratch, record, parent, targets)
    blob = _blob_at(scratch, result, path)
    expected = scratch.edited(tree, {path: Entry(FILE, blob)})
    if expected != result:
        raise Impure(_differing(scratch, expected, result))
    kept = set(record.leave) - {FILE_NAME}
    chosen = record.paths or kept or extras or _own_restore(policy, record)
    landed = tuple(_landed(git, policy.migrations[record.migration], record))
    if not landed:
        raise Impure("no phase that it names had landed")
    return Proof(record, path, expected, not chosen, landed)


def _check_claims(git: Git, policy: Policy, parent: str, record: Record) -> None:
    """What the record says of itself, as far as it can be wrong."""
    if record.conflicts:
        raise Impure("conflicts were left to people")
    if record.adjacent:
        raise Impure("--adjacent guesses where lines belong")
    migration = policy.migrations.get(record.migration)
    if migration is None or not record.phases:
        raise Impure("it does not undo a phase of the base's policy")
    for id in record.phases:
        if migration.phase(id) is None:
            raise Impure(f"the base's policy has no phase {migration.id}/{id}")
    if record.severity and record.severity not in policy.severities:
        raise Impure(f"the base's policy has no severity {record.severity}")
    for sha in (record.onto, *(undone.sha for undone in record.undone)):
        if not _ID.fullmatch(sha) or git.find_object(sha) != sha:
            raise Impure(f"{sha[:12]} is no commit that is here{_hint(git)}")
    if not git.test("merge-base", "--is-ancestor", record.onto, parent):
        raise Impure(f"{record.onto[:9]}, which it was computed on, is not in the base")


def _hint(git: Git) -> str:
    if not git.is_shallow():
        return ""
    return ": this clone is shallow. In GitHub Actions: actions/checkout with fetch-depth: 0"


def _targets(
    git: Git,
    scratch: Scratch,
    policy: Policy,
    record: Record,
    at: str,
    also: Sequence[str] = (),
) -> Targets:
    asked = [f"{record.migration}/{id}" for id in record.phases]
    branch = policy.default_branch or ""
    return find(git, scratch, policy, asked, at, branch=branch, also=also)


def _extras(record: Record, targets: Targets) -> tuple[str, ...]:
    """The commits that are undone beside those of the phases."""
    own = {target.step.commit.sha for target in targets.steps}
    extras = tuple(one.sha for one in record.undone if one.sha not in own)
    if len(extras) > _MOST:
        raise Impure(f"it undoes {len(extras)} commits of no phase")
    return extras


def _recomputed(
    git: Git, scratch: Scratch, record: Record, at: str, targets: Targets
) -> str:
    """The tree of the commit `at` with `targets` undone, as the record says it was."""
    undone = tuple(Undone(t.step.commit.sha, t.step.mainline) for t in targets.steps)
    if undone != record.undone:
        known = {one.sha for one in record.undone}
        new = [one.sha[:9] for one in undone if one.sha not in known]
        raise Impure(
            f"{', '.join(new)} of {targets.name} would have to go too: undo it anew"
            if new
            else f"its record names other commits than {targets.name} has"
        )
    if targets.standing:
        later = ", ".join(targets.standing)
        raise Impure(f"phase {later} stands on what it undoes")
    if record.name != targets.name:
        raise Impure(f"it calls itself {record.name!r} and undoes {targets.name}")
    if record.baseline != targets.baseline:
        raise Impure("its record names another baseline than the policy")
    if targets.restore and record.restore[-len(targets.restore) :] != targets.restore:
        raise Impure("it does not restore what the policy restores")
    choices = Choices(record.paths, record.leave, record.restore, record.baseline)
    steps = [target.step for target in targets.steps]
    reversal = reverse(scratch, git.resolve(at, "tree"), steps, choices)
    if reversal.clashes:
        raise Impure(f"undoing it conflicts in {reversal.clashes[0][1].path}")
    return reversal.tree


def _landed(git: Git, migration: Migration, record: Record) -> Iterator[str]:
    baseline = phases.baseline_of(git, migration, record.onto)
    known = phases.landed(git, migration, record.onto, baseline)
    for phase in migration.phases:
        if phase.id in record.phases and phases.commits_of(
            git, phase, known, record.onto, baseline
        ):
            yield phase.id


def _own_restore(policy: Policy, record: Record) -> bool:
    """Whether files are restored that the policy does not name."""
    own = [
        glob
        for phase in map(policy.migrations[record.migration].phase, record.phases)
        if phase is not None and phase.rollback == "restore"
        for glob in (*phase.paths, *phase.dependencies)
    ]
    return len(record.restore) > len(own)


def _blob_at(git: Git, tree: str, path: str) -> str:
    row = git.run("ls-tree", "-z", "--full-tree", tree, "--", path)
    facts = row.partition(b"\t")[0].split()
    if len(facts) != 3 or int(facts[0], 8) != FILE:
        raise Impure(f"its record {path} is no regular file")
    return facts[2].decode("ascii")


def _differing(scratch: Scratch, expected: str, result: str) -> str:
    """Where what is there is not what undoing gives."""
    files = differences(scratch, expected, result)
    names = ", ".join(file.path for file in files[:3])
    more = f" and {len(files) - 3} more files" if len(files) > 3 else ""
    verb = "differs" if len(files) == 1 else "differ"
    return f"{names}{more} {verb} from what undoing it gives"
