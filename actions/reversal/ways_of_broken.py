"""The menu of a rollback that merges and would break something: each way computed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress

from ...core.errors import UsageError
from ...core.finding import Finding
from ...core.git import Git
from ...core.reversal import commits, mainline
from ...core.reversal.blame import blamed
from ...core.reversal.blockers import pull_of
from .facts import facts
from .plan import CommitFacts, Way
from .tries import Tries

_MOST = 5


def ways_out(
    git: Git,
    tries: Tries,
    tip: str,
    since: str,
    found: Sequence[Finding],
    touched: set[str],
) -> Iterator[Way]:
    """The commits that brought what breaks, as something to undo too, and its files as
    something to restore.

    `touched` are the files that the rollback changes: their lines are not the tip's.
    """
    later: dict[str, CommitFacts] = {}
    for finding in found[:_MOST]:
        place = finding.place
        if not place.line or place.path in touched:
            continue
        span = [(place.line, place.line)]
        for sha in blamed(tries.scratch, tip, since, place.path, span):
            commit = commits.read(git, [sha])[0]
            later[sha] = facts(commit, pull_of(git, commit, tip))
    if later:
        with suppress(UsageError):  # a merge that does not say its mainline
            yield _undoing(git, tries, later)
    paths = {f.place.path for f in found if f.place.path not in touched}
    if paths and tries.choices.baseline:
        yield tries.restored(sorted(paths))


def _undoing(git: Git, tries: Tries, later: dict[str, CommitFacts]) -> Way:
    steps = {step.commit.sha: step for step in tries.steps}
    for commit in commits.read(git, later):
        steps.setdefault(commit.sha, mainline.step_of(commit))
    result = tries.undoing([steps[sha] for sha in mainline.ordered(git, steps)])
    return Way(
        "--with",
        tuple(sha[:12] for sha in later),
        tuple(later.values()),
        conflicts=len(result.clashes),
        errors=tries.errors(result),
    )
