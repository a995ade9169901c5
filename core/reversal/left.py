"""What is left to undo of commits: not what was reverted since, and merges as one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from ..git import Git
from . import commits, history, mainline
from .commits import Commit
from .scratch import Scratch
from .taken_back import taken_back
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


class Left(NamedTuple):
    """The targets, newest first, what is left out, and the ids of all commits whose work
    goes."""

    targets: list[Target]
    skipped: list[Skipped]
    going: set[str]


def left(
    git: Git, scratch: Scratch, found: Mapping[str, str], tip: str, branch: str
) -> Left:
    """What of the commits `found` is still to be undone on `tip`.

    `found` says of each id where it was found, `branch` is the mainline's name.
    """
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

    states = history.states(git, scratch, kept, tip)
    both = taken_back(scratch, kept, states, inside)
    targets: dict[str, Target] = {}
    for step, state in zip(kept, states, strict=True):
        sha = step.commit.sha
        if sha in both.out:
            skipped.append(Skipped(step.commit, both.out[sha]))
        elif sha in both.stay or not state.chain:
            targets.setdefault(
                sha, Target(step, source(sha), partly_reverted=state.partly)
            )
        elif state.reverted:
            why = f"reverted already by {state.reverted[:9]}"
            skipped.append(Skipped(step.commit, why))
        else:
            again = mainline.step_of(commits.read_one(git, state.relanded), branch)
            targets[state.relanded] = Target(
                again, source(sha), relands=sha, partly_reverted=state.partly
            )
    newest_first = [targets[sha] for sha in mainline.ordered(git, targets)]
    return Left(newest_first, skipped, {*found, *inside, *targets})


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


def _brought(git: Git, steps: Sequence[Step]) -> dict[str, str]:
    """The commits that merges among the steps brought: they go with the merge."""
    inside: dict[str, str] = {}
    for step in steps:
        if len(step.commit.parents) > 1:
            brought = mainline.brought(git, step)
            inside.update(dict.fromkeys(brought, step.commit.short))
    return inside
