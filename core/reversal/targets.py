"""Which commits to undo: from what a person names to an ordered list of steps."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from ..errors import CannotDecide
from ..git import Git
from ..policy import Migration, Phase, Policy
from . import phases
from .addressed import addressed
from .left import Skipped, Target, left
from .named import named
from .scratch import Scratch
from .undo import Step


class Targets(msgspec.Struct, frozen=True):
    """What is undone, newest first.

    `migration` is None and `phases` empty where commits were named. `standing` are the
    later phases, with their commits, that need what goes. `baseline` is the commit that
    files are restored from: the migration's, else what the oldest target stands on.
    `restore` are the globs of the phases that the policy undoes so, and `going` the ids
    of every commit whose work goes, those that a merge brought too.
    """

    asked: tuple[str, ...]
    steps: tuple[Target, ...]
    skipped: tuple[Skipped, ...] = ()
    notes: tuple[str, ...] = ()
    migration: Migration | None = None
    phases: tuple[Phase, ...] = ()
    standing: dict[str, list[str]] = {}
    baseline: str = ""
    restore: tuple[str, ...] = ()
    going: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """A short name: "storage-v2/7", "storage-v2/7+8", or as it was asked."""
        if self.migration is None:
            return " ".join(self.asked)
        if len(self.phases) == len(self.migration.phases):
            return self.migration.id
        return f"{self.migration.id}/{'+'.join(phase.id for phase in self.phases)}"


def find(
    git: Git,
    scratch: Scratch,
    policy: Policy | None,
    asked: Sequence[str],
    tip: str,
    *,
    branch: str = "",
    also: Sequence[str] = (),
) -> Targets:
    """What `asked` names, on the commit `tip`; `also` are commits to undo with it.

    Each is MIGRATION, MIGRATION/PHASE, a commit, a tag, a range A..B, #12 or the URL of
    a pull request. `branch` is the mainline's name. Raises UsageError where one names
    nothing.
    """
    migration, going, rest = addressed(git, policy, asked)
    found: dict[str, str] = {}
    notes: list[str] = []
    standing: dict[str, list[str]] = {}
    baseline = ""
    if migration is not None:
        baseline = phases.baseline_of(git, migration, tip)
        known = phases.landed(git, migration, tip, baseline)
        for phase in going:
            one = phases.commits_of(git, phase, known, tip, baseline)
            found.update(one)
            if not one:
                notes.append(
                    f"no commit of {migration.id}/{phase.id} is on this branch"
                )
        later = phases.standing_on(git, migration, going, known, tip, baseline)
        standing = _alive(git, scratch, later, tip, branch)
        _check_whole(git, tip, baseline)
        notes += _remarks(migration, going)
    for name in rest:
        found.update(dict.fromkeys(named(git, name, tip), "named"))
    for name in also:
        for sha in named(git, name, tip):
            found.setdefault(sha, "with")
    targets, skipped, going_too = left(git, scratch, found, tip, branch)
    restore = tuple(
        glob
        for phase in going
        if phase.rollback == "restore"
        for glob in (*phase.paths, *phase.dependencies)
    )
    if not baseline and targets:
        baseline = targets[-1].step.parent
    return Targets(
        asked=tuple(asked),
        steps=tuple(targets),
        skipped=tuple(skipped),
        notes=tuple(notes),
        migration=migration,
        phases=going,
        standing={
            phase: shas
            for phase, shas in standing.items()
            if targets and not going_too.issuperset(shas)
        },
        baseline=baseline,
        restore=restore,
        going=frozenset(going_too),
    )


def steps_of(
    git: Git,
    scratch: Scratch,
    phase: Phase,
    known: phases.Landed,
    tip: str,
    baseline: str,
    pulls: phases.Pulls | None = None,
) -> list[Step]:
    """What `find` says of one phase, and no more: what is undone of it, newest first.

    `known`, `baseline` and `pulls` are what `phases` says of its migration.
    """
    found = phases.commits_of(git, phase, known, tip, baseline, pulls)
    _check_whole(git, tip, baseline)
    return [target.step for target in left(git, scratch, found, tip, "").targets]


def _alive(
    git: Git,
    scratch: Scratch,
    later: Mapping[str, list[str]],
    tip: str,
    branch: str,
) -> dict[str, list[str]]:
    """The later phases of which something is not reverted yet, with those commits."""
    alive: dict[str, list[str]] = {}
    for phase, shas in later.items():
        found = dict.fromkeys(shas, "trailer")
        targets = left(git, scratch, found, tip, branch).targets
        if targets:
            alive[phase] = [target.step.commit.sha for target in targets]
    return alive


def _check_whole(git: Git, tip: str, baseline: str) -> None:
    """Raises CannotDecide where a shallow clone may hide commits of a phase."""
    if not git.is_shallow():
        return
    path = git.run("rev-parse", "--path-format=absolute", "--git-path", "shallow")
    ends = set(Path(os.fsdecode(path.rstrip(b"\n"))).read_bytes().split())
    since = [f"^{baseline}"] if baseline else []
    if ends.intersection(git.run("rev-list", tip, *since, "--").split()):
        raise CannotDecide(
            "this clone is shallow, so not every commit of a phase can be seen here. "
            "Try: git fetch --unshallow"
        )


def _remarks(migration: Migration, going: Sequence[Phase]) -> list[str]:
    """What the policy says against undoing these phases by commits."""
    said: list[str] = []
    for phase in going:
        because = f": {phase.because}" if phase.because else ""
        if phase.rollback == "flag":
            said.append(f"the policy rolls phase {phase.id} back by its flag{because}")
        elif phase.rollback == "none":
            said.append(f"the policy sees no way back for phase {phase.id}{because}")
        if phase.final:
            said.append(f"phase {phase.id} of {migration.id} is final")
    return said
