"""Which commits to undo: from what a person names to an ordered list of steps."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from .. import address
from ..errors import CannotDecide, UsageError
from ..git import Git
from ..policy import Migration, Phase, Policy
from . import commits, history, mainline, phases
from .commits import Commit
from .named import named, names_commits
from .scratch import Scratch
from .undo import Step


class Skipped(msgspec.Struct, frozen=True):
    """A commit that belongs to what was asked for and is not undone, with the reason."""

    commit: Commit
    why: str


class Target(msgspec.Struct, frozen=True):
    """A step, and where its commit was found: "trailer", "commits", "paths", "named",
    or "with": undone too because it stands in the way. `relands` is the commit that it
    landed again, `partly_reverted` the one that took a part of it back; "" if none."""

    step: Step
    found: str
    relands: str = ""
    partly_reverted: str = ""


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
    migration, going, rest = _addressed(git, policy, asked)
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
    targets, skipped, going_too = _to_undo(git, scratch, found, tip, branch)
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
        standing=standing if targets else {},
        baseline=baseline,
        restore=restore,
        going=frozenset(going_too),
    )


def _addressed(
    git: Git, policy: Policy | None, asked: Sequence[str]
) -> tuple[Migration | None, tuple[Phase, ...], list[str]]:
    """The migration and phases among `asked`, and the rest."""
    migration: Migration | None = None
    going: dict[str, Phase] = {}
    rest: list[str] = []
    for name in asked:
        first = name.partition("/")[0]
        if policy is None or (
            first not in policy.migrations and names_commits(git, name)
        ):
            rest.append(name)
            continue
        found = address.find(policy, name)
        if migration is not None and migration.id != found.migration.id:
            raise UsageError(
                f"{migration.id} and {first}: undo one migration after the other"
            )
        migration = found.migration
        for phase in (found.phase,) if found.phase else migration.phases:
            going[phase.id] = phase
    return migration, tuple(going.values()), rest


def _to_undo(
    git: Git, scratch: Scratch, found: Mapping[str, str], tip: str, branch: str
) -> tuple[list[Target], list[Skipped], set[str]]:
    """The targets, newest first, what is left out, and all commits whose work goes."""
    order = mainline.ordered(git, _with_merges(git, found, tip))
    steps = [mainline.step_of(c, branch) for c in commits.read(git, order)]
    inside = _brought(git, steps)
    kept = [step for step in steps if step.commit.sha not in inside]
    skipped = [
        Skipped(step.commit, f"goes with the merge {inside[step.commit.sha]}")
        for step in steps
        if step.commit.sha in inside
    ]

    def source(sha: str) -> str:
        inner = (
            found[one]
            for one, merge in inside.items()
            if one in found and sha.startswith(merge)
        )
        return found[sha] if sha in found else next(inner, "named")

    targets: dict[str, Target] = {}
    for step, state in zip(kept, history.states(git, scratch, kept, tip), strict=True):
        sha = step.commit.sha
        if state.reverted:
            why = f"reverted already by {state.reverted[:9]}"
            skipped.append(Skipped(step.commit, why))
        elif state.relanded:
            again = mainline.step_of(commits.read_one(git, state.relanded), branch)
            targets[state.relanded] = Target(again, source(sha), relands=sha)
        else:
            targets[sha] = Target(step, source(sha), partly_reverted=state.partly)
    newest_first = [targets[sha] for sha in mainline.ordered(git, targets)]
    return newest_first, skipped, {*found, *inside, *targets}


def _with_merges(git: Git, found: Mapping[str, str], tip: str) -> list[str]:
    """The commits, and each merge of which all that it brought is among them.

    It is undone in their place: what was settled in it goes too.
    """
    whole: dict[str, None] = dict.fromkeys(found)
    # Who names a commit means that commit.
    belonging = [sha for sha in found if found[sha] not in ("named", "with")]
    seen: set[str] = set()
    for sha in mainline.off_line(git, belonging, tip):
        merge = "" if sha in seen else mainline.merge_of(git, sha, tip)
        if merge:
            step = mainline.step_of(commits.read(git, [merge])[0])
            brought = set(mainline.brought(git, step))
            seen |= brought
            if step.mainline == 1 and brought and brought <= set(belonging):
                whole[merge] = None
    return list(whole)


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
        targets, _, _ = _to_undo(git, scratch, found, tip, branch)
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


def _brought(git: Git, steps: Sequence[Step]) -> dict[str, str]:
    """The commits that merges among the steps brought: they go with the merge."""
    inside: dict[str, str] = {}
    for step in steps:
        if len(step.commit.parents) > 1:
            brought = mainline.brought(git, step)
            inside.update(dict.fromkeys(brought, step.commit.short))
    return inside
