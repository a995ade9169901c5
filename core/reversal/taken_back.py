"""Commits to undo of which one takes back another: undone together, or both left out.

Undoing a revert lands again what it took back. A phase that is known by its paths holds
its own reverts, and so does a range; a phase that is known by trailers does not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from . import commits
from .history import State
from .scratch import Scratch
from .undo import Step, reverse


class TakenBack(NamedTuple):
    """What follows, by the ids of commits: `out` are left out, for the reason that it
    says; `stay` are undone like any other, whatever became of them."""

    out: dict[str, str]
    stay: set[str]


def taken_back(
    scratch: Scratch,
    steps: Sequence[Step],
    states: Sequence[State],
    inside: Mapping[str, str],
) -> TakenBack:
    """What to do with those of `steps` whose reverts or relandings are steps as well.

    `states` are what became of the steps; `inside` says of a commit that a merge among
    the steps brought, the beginning of that merge's id.
    """
    own = {step.commit.sha: step for step in steps}
    merges = {step.commit.short: step for step in steps}

    def holder(sha: str) -> Step | None:
        return own.get(sha) or merges.get(inside.get(sha, ""))

    result = TakenBack({}, set())
    # Newest first, so that what became of a revert is settled before what it took back.
    for step, state in zip(steps, states, strict=True):
        sha = step.commit.sha
        if sha in result.out:
            continue
        holders = [holder(one) for one in state.chain]
        present = [one for one in holders if one is not None]
        if not present:
            continue
        last = present[-1]
        is_plain = len(state.chain) == 1 and not state.others
        if is_plain and _is_just_that(scratch, last, step):
            result.out[sha] = f"reverted already by {state.chain[0][:9]}"
            result.out[last.commit.sha] = f"took back {step.commit.short}"
        else:
            # Undone one after the other, newest first, they come to the right end.
            result.stay.update({sha, *(one.commit.sha for one in present)})
    return result


def _is_just_that(scratch: Scratch, revert: Step, step: Step) -> bool:
    """Whether `revert` does nothing but undo `step`."""
    for parent in commits.read(scratch, [revert.parent] if revert.parent else []):
        result = reverse(scratch, parent.tree, [step])
        return not result.clashes and result.tree == revert.commit.tree
    return False
