"""From what was asked to the plan, and what is needed to carry it out."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from ...core.git import Git
from ...core.policy import Policy
from ...core.reversal.commits import Commit
from ...core.reversal.differences import Difference, differences
from ...core.reversal.scratch import Scratch
from ...core.reversal.targets import Targets, find
from ...core.reversal.undo import Limits, Reversal, reverse
from . import onto as ontos
from .branch_name import branch_name
from .onto import Onto
from .plan import CommitFacts, File, Plan, SkippedTarget, Target, Verdict


class Options(msgspec.Struct, frozen=True):
    """What a person chose beside the targets; each field is a flag of the command."""

    onto: str | None = None
    paths: tuple[str, ...] = ()
    leave: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    branch: str | None = None
    draft: bool = False


class Computed(NamedTuple):
    """The plan, and the values it was made from."""

    plan: Plan
    policy: Policy | None
    onto: Onto
    targets: Targets
    reversal: Reversal


def compute(
    git: Git, scratch: Scratch, asked: Sequence[str], options: Options
) -> Computed:
    """The plan of undoing `asked`. It changes nothing; new objects are in `scratch`."""
    start = time.perf_counter()
    onto = ontos.found(git, options.onto)
    policy = ontos.policy_at(git, onto)
    targets = find(
        git, scratch, policy, asked, onto.commit, branch=onto.branch, also=options.also
    )
    before = git.resolve(onto.commit, "tree")
    limits = Limits(options.paths, options.leave)
    steps = [target.step for target in targets.steps]
    reversal = reverse(scratch, before, steps, limits)
    files = differences(scratch, before, reversal.tree)
    plan = Plan(
        verdict=_verdict(targets, reversal),
        name=targets.name,
        onto_ref=onto.ref,
        onto=onto.commit,
        tree=reversal.tree,
        branch=options.branch or branch_name(targets, datetime.now(UTC)),
        targets=tuple(_targets(targets, reversal)),
        skipped=tuple(SkippedTarget(facts(s.commit), s.why) for s in targets.skipped),
        restored=tuple(_file(f) for f in files if f.kind == "restored"),
        deleted=tuple(_file(f) for f in files if f.kind == "deleted"),
        changed=tuple(_file(f) for f in files if f.kind == "changed"),
        notes=targets.notes,
        migration=targets.migration.id if targets.migration else "",
        phases=tuple(phase.id for phase in targets.phases),
        title=_title(targets),
        seconds=time.perf_counter() - start,
    )
    return Computed(plan, policy, onto, targets, reversal)


def facts(commit: Commit) -> CommitFacts:
    """What of a commit is shown."""
    return CommitFacts(
        commit.sha, commit.subject, commit.author, commit.when, commit.pull
    )


def _verdict(targets: Targets, reversal: Reversal) -> Verdict:
    if targets.standing:
        return "refused"
    if reversal.clashes:
        return "conflict"
    return "clean" if reversal.tree != reversal.before else "empty"


def _targets(targets: Targets, reversal: Reversal) -> list[Target]:
    return [
        Target(
            commit=facts(target.step.commit),
            mainline=target.step.mainline,
            found=target.found,
            is_empty=undone.before == undone.after and not undone.clashes,
        )
        for target, undone in zip(targets.steps, reversal.undone, strict=True)
    ]


def _file(file: Difference) -> File:
    return File(
        file.path,
        file.added,
        file.removed,
        file.old.mode if file.old else 0,
        file.new.mode if file.new else 0,
    )


def _title(targets: Targets) -> str:
    if targets.migration is None:
        return ""
    if len(targets.phases) == 1:
        return targets.phases[0].title
    return targets.migration.title
