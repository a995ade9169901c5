"""From what was asked to the plan, and what is needed to carry it out."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from ...core.errors import UsageError
from ...core.git import Git
from ...core.policy import Policy
from ...core.reversal import commits
from ...core.reversal.collateral import collateral
from ...core.reversal.differences import Difference, differences
from ...core.reversal.overlay import Present
from ...core.reversal.scratch import Scratch
from ...core.reversal.targets import Targets, find
from ...core.reversal.undo import Choices, Reversal, reverse
from . import onto as ontos
from .branch_name import branch_name
from .broken import findings
from .facts import conflicts_of, facts, file_of, targets_of
from .levels import data, faster, promised
from .onto import Onto
from .plan import File, Loss, Plan, SkippedTarget, Verdict, Way
from .tries import Tries, errors_among
from .ways import ways_out
from .ways_of_broken import ways_out as ways_out_of_broken


class Options(msgspec.Struct, frozen=True):
    """What a person chose beside the targets; each field is a flag of the command."""

    onto: str | None = None
    paths: tuple[str, ...] = ()
    leave: tuple[str, ...] = ()
    restore: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    adjacent: bool = False
    branch: str | None = None
    draft: bool = False


class Computed(NamedTuple):
    """The plan, and the values it was made from."""

    plan: Plan
    policy: Policy | None
    onto: Onto
    targets: Targets
    choices: Choices
    reversal: Reversal


def compute(
    git: Git, scratch: Scratch, asked: Sequence[str], options: Options
) -> Computed:
    """The plan of undoing `asked`. It changes nothing; new objects are in `scratch`.

    Raises UsageError or CannotDecide.
    """
    start = time.perf_counter()
    onto = ontos.found(git, options.onto)
    policy = ontos.policy_at(git, onto)
    targets = find(
        git, scratch, policy, asked, onto.commit, branch=onto.branch, also=options.also
    )
    choices = _choices(options, targets)
    steps = [target.step for target in targets.steps]
    before = git.resolve(onto.commit, "tree")
    reversal = reverse(scratch, before, steps, choices)
    files = differences(scratch, before, reversal.tree)
    conflicts = tuple(conflicts_of(git, scratch, onto.commit, reversal, targets.going))
    since = _since(targets, choices)
    present = Present(scratch, before)
    broken = findings(present, files, policy)
    known = {reversal.tree: errors_among(broken)}
    tries = Tries(scratch, present, steps, choices, policy, known)
    ways: Iterable[Way] = ()
    if conflicts:
        ways = ways_out(git, onto.commit, targets, reversal, tries, conflicts)
    elif broken:
        touched = {file.path for file in files}
        ways = ways_out_of_broken(git, tries, onto.commit, since, broken, touched)
    lost = collateral(scratch, onto.commit, since, files, targets.going)
    plan = Plan(
        verdict=_verdict(targets, reversal),
        name=targets.name,
        onto_ref=onto.ref,
        onto=onto.commit,
        tree=reversal.tree,
        branch=options.branch or branch_name(targets, datetime.now(UTC)),
        targets=tuple(targets_of(targets, reversal)),
        skipped=tuple(SkippedTarget(facts(s.commit), s.why) for s in targets.skipped),
        restored=_files(files, "restored"),
        deleted=_files(files, "deleted"),
        changed=_files(files, "changed"),
        conflicts=conflicts,
        ways_out=tuple(ways),
        settled=tuple(path for undone in reversal.undone for path in undone.settled),
        collateral=tuple(Loss(facts(one.commit), one.files) for one in lost),
        findings=broken,
        standing={
            phase: tuple(facts(commit) for commit in commits.read(git, shas))
            for phase, shas in targets.standing.items()
        },
        baseline=_baseline(targets),
        notes=targets.notes,
        faster=tuple(faster(targets.migration, targets.phases)),
        data=tuple(data(targets.phases)),
        promised=promised(targets.phases),
        migration=targets.migration.id if targets.migration else "",
        phases=tuple(phase.id for phase in targets.phases),
        title=_title(targets),
        seconds=time.perf_counter() - start,
    )
    return Computed(plan, policy, onto, targets, choices, reversal)


def _choices(options: Options, targets: Targets) -> Choices:
    restore = (*options.restore, *targets.restore)
    if restore and not targets.baseline:
        raise UsageError(
            "there is nothing to restore files from: the policy's migration names no "
            "`baseline:`"
        )
    return Choices(
        options.paths, options.leave, restore, targets.baseline, options.adjacent
    )


def _since(targets: Targets, choices: Choices) -> str:
    """The commit after which other work counts as later than what goes."""
    if choices.restore or not targets.steps:
        return targets.baseline
    return targets.steps[-1].step.commit.sha


def _baseline(targets: Targets) -> str:
    if targets.migration is not None and targets.migration.baseline is not None:
        return targets.migration.baseline
    return targets.baseline


def _verdict(targets: Targets, reversal: Reversal) -> Verdict:
    if targets.standing:
        return "refused"
    if reversal.clashes:
        return "conflict"
    return "clean" if reversal.tree != reversal.before else "empty"


def _files(files: Sequence[Difference], kind: str) -> tuple[File, ...]:
    return tuple(file_of(file) for file in files if file.kind == kind)


def _title(targets: Targets) -> str:
    if targets.migration is None:
        return ""
    if len(targets.phases) == 1:
        return targets.phases[0].title
    return targets.migration.title
