"""The menu of a blocked rollback: each way out computed, with what it costs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...core.git import Git
from ...core.reversal import blockers, commits, mainline
from ...core.reversal.commits import Commit
from ...core.reversal.differences import differences
from ...core.reversal.hunks import marked
from ...core.reversal.scratch import Scratch
from ...core.reversal.targets import Targets
from ...core.reversal.undo import Choices, Reversal, Step, parent_trees, reverse
from .facts import facts
from .plan import CommitFacts, Conflict, Way

_MOST = 12  # more commits than this are no way out at night
_ROUNDS = 4


def ways_out(
    git: Git,
    scratch: Scratch,
    tip: str,
    targets: Targets,
    reversal: Reversal,
    choices: Choices,
    conflicts: Sequence[Conflict],
) -> Iterator[Way]:
    """What could be added to the command, the most faithful way first."""
    yield from _with_blockers(git, scratch, tip, targets, choices, conflicts)
    steps = [target.step for target in targets.steps]
    if not choices.adjacent:
        both = Choices(
            choices.paths, choices.leave, choices.restore, choices.baseline, True
        )
        left = len(reverse(scratch, reversal.before, steps, both).clashes)
        if left < len(reversal.clashes):
            yield Way("--adjacent", (), conflicts=left)
    paths = tuple(dict.fromkeys(conflict.path for conflict in conflicts))
    if targets.baseline:
        lost = _changing(git, tip, targets.baseline, paths, targets.going)
        yield Way("--restore", paths, tuple(lost))
    yield Way("--leave", paths)


def _with_blockers(
    git: Git,
    scratch: Scratch,
    tip: str,
    targets: Targets,
    choices: Choices,
    conflicts: Sequence[Conflict],
) -> Iterator[Way]:
    """Undo the blockers too, and what blocks them, until nothing is in the way."""
    steps = {target.step.commit.sha: target.step for target in targets.steps}
    going = set(targets.going)
    more: dict[str, CommitFacts] = {
        blocker.sha: blocker for conflict in conflicts for blocker in conflict.blockers
    }
    before = git.resolve(tip, "tree")
    for _ in range(_ROUNDS):
        if not more or len(more) > _MOST:
            return
        for commit in commits.read(git, more):
            steps.setdefault(commit.sha, mainline.step_of(commit))
        order = [steps[sha] for sha in mainline.ordered(git, steps)]
        result = reverse(scratch, before, order, choices)
        going |= set(more)
        further = _blocking(scratch, tip, result, going)
        if not further:
            lines = sum(_size(scratch, steps[sha]) for sha in more)
            yield Way(
                "--with",
                tuple(fact.sha[:12] for fact in more.values()),
                tuple(more.values()),
                lines,
                len(result.clashes),
            )
            return
        more.update((commit.sha, facts(commit)) for commit in further)


def _blocking(
    scratch: Scratch, tip: str, result: Reversal, going: set[str]
) -> list[Commit]:
    found: list[Commit] = []
    for undone in result.undone:
        if undone.clashes:
            files = marked(
                scratch, undone.base, undone.before, undone.theirs, undone.clashes
            )
            for clash in undone.clashes:
                file = files.get(clash.path)
                found += blockers.blockers(scratch, tip, undone, clash, file, going)
    return [commit for commit in found if commit.sha not in going]


def _size(scratch: Scratch, step: Step) -> int:
    """The lines that a commit changed."""
    (parent,) = parent_trees(scratch, [step])
    return sum(
        max(file.added, 0) + max(file.removed, 0)
        for file in differences(scratch, parent, step.commit.tree)
    )


def _changing(
    git: Git, tip: str, since: str, paths: Sequence[str], going: frozenset[str]
) -> Iterator[CommitFacts]:
    """The commits after `since` that change `paths` and are not meant to go."""
    listing = git.run(
        "log", "--no-merges", "--format=%H", tip, f"^{since}", "--",
        *paths,
    )  # fmt: skip
    shas = [sha for sha in listing.decode("ascii").split() if sha not in going]
    yield from (facts(commit) for commit in commits.read(git, shas))
