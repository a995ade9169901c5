"""From values of the computation to what the plan shows of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...core.git import Git
from ...core.reversal import blockers
from ...core.reversal.commits import Commit
from ...core.reversal.differences import Difference
from ...core.reversal.hunks import Hunk, marked
from ...core.reversal.scratch import Scratch
from ...core.reversal.targets import Targets
from ...core.reversal.undo import Reversal
from .plan import CommitFacts, Conflict, File, Lines, Target

_MOST = 200  # lines of one side that are shown


def facts(commit: Commit, pull: int | None = None) -> CommitFacts:
    """A commit; `pull` where its own message does not say it."""
    number = commit.pull if pull is None else pull
    return CommitFacts(commit.sha, commit.subject, commit.author, commit.when, number)


def targets_of(targets: Targets, reversal: Reversal) -> Iterator[Target]:
    """The targets, and which of them have nothing left to undo."""
    for target, undone in zip(targets.steps, reversal.undone, strict=True):
        yield Target(
            commit=facts(target.step.commit),
            mainline=target.step.mainline,
            found=target.found,
            relands=target.relands,
            partly_reverted=target.partly_reverted,
            is_empty=undone.before == undone.after and not undone.clashes,
        )


def file_of(file: Difference) -> File:
    """A file that differs."""
    return File(
        file.path,
        file.added,
        file.removed,
        file.old.mode if file.old else 0,
        file.new.mode if file.new else 0,
    )


def conflicts_of(
    git: Git, scratch: Scratch, tip: str, reversal: Reversal, going: Iterable[str]
) -> Iterator[Conflict]:
    """Each conflict with its lines and its blockers."""
    for undone in reversal.undone:
        if not undone.clashes:
            continue
        files = marked(
            scratch, undone.base, undone.before, undone.theirs, undone.clashes
        )
        for clash in undone.clashes:
            file = files.get(clash.path)
            found = blockers.blockers(scratch, tip, undone, clash, file, going)
            yield Conflict(
                path=clash.path,
                kind=clash.kind,
                target=undone.step.commit.sha,
                lines=tuple(_lines(hunk) for hunk in file.hunks) if file else (),
                blockers=tuple(
                    facts(commit, blockers.pull_of(git, commit, tip))
                    for commit in found
                ),
                others=clash.others,
            )


def _lines(hunk: Hunk) -> Lines:
    hunk = hunk.trimmed()
    return Lines(hunk.first, hunk.last, _text(hunk.ours), _text(hunk.theirs))


def _text(lines: tuple[bytes, ...]) -> tuple[str, ...]:
    return tuple(
        line.rstrip(b"\r\n").decode("utf-8", "surrogateescape")
        for line in lines[:_MOST]
    )
