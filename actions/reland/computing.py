"""From a phase's name to the plan of its reland."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ...core.address import Address, find
from ...core.errors import BackoutError, UsageError
from ...core.git import Git
from ...core.policy import Phase
from ...core.reversal import commits
from ...core.reversal.differences import Difference, differences
from ...core.reversal.scratch import Scratch
from ...core.reversal.trees import listed
from ...core.reversal.undo import Choices, Step, reverse
from ..policy_here import policy_of_mainline
from ..reversal.facts import facts, file_of
from ..reversal.onto import Onto
from ..reversal.record import FOLDER, Record
from ..rollbacks.standing import Taken, is_ended, read, relands, taken
from . import items
from .plan import Moved, Plan

EVIDENCE = ".backout/"


class Options(NamedTuple):
    """What a person chose; each field is a flag of the command."""

    done: Sequence[str] = ()
    onto: str | None = None
    branch: str | None = None


class Computed(NamedTuple):
    """The plan, and the values it was made from."""

    plan: Plan
    record: Record
    taken: Taken


def compute(git: Git, scratch: Scratch, asked: str, options: Options) -> Computed:
    """The plan of landing `asked` again. It changes nothing.

    Raises UsageError where it is not rolled back, or an item is not required.
    """
    policy, onto = policy_of_mainline(git, options.onto)
    address = find(policy, asked)
    path, record = _rollback(git, onto, address)
    where = taken(git, onto.commit, path, record)
    if where is None:
        raise UsageError(f"the history does not reach back to {path}")
    reverted = commits.read(git, where.commits)
    # What is recorded stays: that it was rolled back is as true as before.
    choices = Choices(leave=(EVIDENCE,))
    before = git.resolve(onto.commit, "tree")
    steps = [Step(commit, 1) for commit in reverted]
    reversal = reverse(scratch, before, steps, choices)
    known = (address.migration.phase(id) for id in record.phases)
    phases = [phase for phase in known if phase is not None]
    conflicts = tuple(sorted({clash.path for _, clash in reversal.clashes}))
    plan = Plan(
        name=f"{record.migration}/{'+'.join(record.phases)}",
        title=_title(phases),
        rollback=path,
        reason=record.reason,
        onto_ref=onto.ref,
        onto=onto.commit,
        tree=reversal.tree,
        branch=options.branch
        or f"reland/{'-'.join([record.migration, *record.phases])}",
        commits=tuple(facts(commit) for commit in reverted),
        merge=len(reverted[0].parents) > 1,
        files=tuple(map(file_of, differences(scratch, before, reversal.tree))),
        conflicts=conflicts,
        moved=tuple(_moved(git, scratch, onto, where, reversal.tree)),
        items=items.ticked(items.required(phases), options.done),
        steps=tuple(items.steps(phases)),
        stages=tuple(items.stages(phases)),
    )
    return Computed(plan, record, where)


def _rollback(git: Git, onto: Onto, address: Address) -> tuple[str, Record]:
    """The newest rollback in force of what is asked for."""
    ends = list(relands(git, onto.commit))
    found: list[tuple[str, Record]] = []
    over: list[str] = []
    for path in listed(git, onto.commit, [FOLDER]):
        try:
            record = read(git, onto.commit, path)
        except BackoutError:
            continue  # another rollback's; the gate and `backout status` tell
        if record.migration != address.migration.id or (
            address.phase is not None and address.phase.id not in record.phases
        ):
            continue
        if is_ended(path, record, ends):
            over.append(path)
        else:
            found.append((path, record))
    if found:
        return max(found, key=lambda item: item[1].started)
    if over:
        raise UsageError(
            f"{address} has landed again on {onto.ref} ({over[-1]} is ended): nothing "
            f"is left to do"
        )
    raise UsageError(
        f"{address} is not rolled back on {onto.ref}: no record of it under {FOLDER}/. "
        f"`backout status` lists the rollbacks that are not merged yet"
    )


def _moved(
    git: Git, scratch: Scratch, onto: Onto, where: Taken, tree: str
) -> Iterator[Moved]:
    """The files that the rollback touched and that will not be what they were before."""
    after = git.resolve(where.commits[0], "tree")
    before = git.resolve(where.parent, "tree")
    touched = [
        file
        for file in differences(scratch, before, after)
        if not file.path.startswith(EVIDENCE)
    ]
    now = {file.path for file in differences(scratch, before, tree)}
    for file in touched:
        if file.path in now:
            yield Moved(
                file.path,
                tuple(
                    facts(commit)
                    for commit in commits.read(git, _since(git, onto, where, file))
                ),
            )


def _since(git: Git, onto: Onto, where: Taken, file: Difference) -> list[str]:
    """The commits after the rollback that change a file, newest first."""
    listing = git.run(
        "log", "--no-merges", "--no-renames", "--format=%H", onto.commit,
        f"^{where.commits[0]}", "--", file.path,
    )  # fmt: skip
    return listing.decode("ascii").split()


def _title(phases: Sequence[Phase]) -> str:
    return ", ".join(phase.title for phase in phases if phase.title)
