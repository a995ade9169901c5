"""The menu of a blocked rollback: each way out computed, with what it costs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...core.errors import UsageError
from ...core.git import Git
from ...core.paths import exactly
from ...core.reversal import blockers, commits, mainline
from ...core.reversal.commits import Commit
from ...core.reversal.differences import differences
from ...core.reversal.hunks import marked
from ...core.reversal.scratch import Scratch
from ...core.reversal.targets import Targets
from ...core.reversal.undo import Reversal, Step, parent_trees
from .facts import facts
from .plan import CommitFacts, Conflict, Way
from .tries import Tries

_MOST = 12  # more commits than this are no way out at night
_ROUNDS = 4


def ways_out(
    git: Git,
    tip: str,
    targets: Targets,
    reversal: Reversal,
    tries: Tries,
    conflicts: Sequence[Conflict],
) -> Iterator[Way]:
    """What could be added to the command, the most faithful way first."""
    yield from _with_blockers(git, tip, targets, tries, conflicts)
    if not tries.choices.adjacent:
        result = tries.adjacent()
        left = len(result.clashes)
        if left < len(reversal.clashes):
            errors = tries.errors(result)
            yield Way("--adjacent", (), conflicts=left, errors=errors)
    paths = tuple(dict.fromkeys(conflict.path for conflict in conflicts))
    globs = tuple(map(exactly, paths))
    if targets.baseline:
        lost = _changing(git, tip, targets.baseline, paths, targets.going)
        yield tries.restored(paths, tuple(lost))
    result = tries.leaving(globs)
    yield Way(
        "--leave", globs, conflicts=len(result.clashes), errors=tries.errors(result)
    )


def _with_blockers(
    git: Git,
    tip: str,
    targets: Targets,
    tries: Tries,
    conflicts: Sequence[Conflict],
) -> Iterator[Way]:
    """Undo the blockers too, and what blocks them, until nothing is in the way."""
    scratch = tries.scratch
    steps = {target.step.commit.sha: target.step for target in targets.steps}
    going = set(targets.going)
    more: dict[str, CommitFacts] = {
        blocker.sha: blocker for conflict in conflicts for blocker in conflict.blockers
    }
    for _ in range(_ROUNDS):
        if not more or len(more) > _MOST:
            return
        try:
            for commit in commits.read(git, more):
                steps.setdefault(commit.sha, mainline.step_of(commit))
        except UsageError:
            return  # a merge that does not say which side is the mainline
        order = [steps[sha] for sha in mainline.ordered(git, steps)]
        result = tries.undoing(order)
        going |= set(more)
        further = _blocking(scratch, tip, result, going)
        if not further:
            lines = sum(_size(scratch, steps[sha]) for sha in more)
            yield Way(
                "--with",
                tuple(fact.sha[:12] for fact in more.values()),
                tuple(more.values()),
                lines=lines,
                conflicts=len(result.clashes),
                errors=tries.errors(result),
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
