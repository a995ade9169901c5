"""What would break: the result of a rollback, checked, and who wrote what breaks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...checks import broken_rollback
from ...core.change import Change
from ...core.finding import Finding
from ...core.policy import Policy
from ...core.reversal import commits
from ...core.reversal.blame import blamed
from ...core.reversal.blockers import pull_of
from ...core.reversal.scratch import Scratch
from ...core.tree import CommitTree
from .facts import facts
from .plan import CommitFacts, Way

_USUAL_ROOTS = (".", "src", "lib")
_MOST = 5


def findings(
    scratch: Scratch, before: str, after: str, policy: Policy | None
) -> tuple[Finding, ...]:
    """What works in the tree `before` and not in the tree `after`."""
    if policy is None:
        policy = Policy(version=1, source_roots=_USUAL_ROOTS)
    change = Change(
        CommitTree(scratch, before), CommitTree(scratch, after), git=scratch
    )
    return tuple(broken_rollback.check(change, policy))


def ways_out(
    scratch: Scratch, tip: str, since: str, found: Sequence[Finding], touched: set[str]
) -> Iterator[Way]:
    """The commits that brought what breaks, as something to undo too.

    `touched` are the files that the rollback changes: their lines are not the tip's.
    """
    later: dict[str, CommitFacts] = {}
    for finding in found[:_MOST]:
        place = finding.place
        if not place.line or place.path in touched:
            continue
        span = [(place.line, place.line)]
        for sha in blamed(scratch, tip, since, place.path, span):
            commit = commits.read(scratch, [sha])[0]
            later[sha] = facts(commit, pull_of(scratch.origin, commit, tip))
    for sha, fact in later.items():
        yield Way("--with", (sha[:12],), (fact,))
    paths = {f.place.path for f in found if f.place.path not in touched}
    if paths:
        yield Way("--restore", tuple(sorted(paths)))
