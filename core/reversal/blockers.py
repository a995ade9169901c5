"""Blockers: the later commits that stand in a reversal's way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..git import Git
from . import commits
from .blame import blamed
from .commits import Commit
from .hunks import Marked
from .mainline import merge_of
from .merge import Clash, three_way
from .scratch import Scratch
from .undo import Undone


def blockers(
    scratch: Scratch,
    tip: str,
    undone: Undone,
    clash: Clash,
    file: Marked | None,
    going: Iterable[str],
) -> list[Commit]:
    """The commits after the step's own, up to `tip`, that make `clash`; newest first.

    `file` is the clashing file cut at its clashes, `going` the ids of all commits that
    are undone: they stand in nobody's way.
    """
    gone = set(going)
    paths = sorted({clash.path, *clash.others})
    since = undone.step.commit.sha
    touching = [sha for sha in _touching(scratch, tip, since, paths) if sha not in gone]
    found: list[str] = []
    if 2 not in clash.stages:
        removed = _touching(scratch, tip, since, paths, "--diff-filter=D")
        found = [sha for sha in removed if sha not in gone][:1]
    elif 3 not in clash.stages or 1 not in clash.stages:
        found = touching
    elif file is not None:
        found = [
            sha
            for sha in _wrote(scratch, tip, undone, clash.path, file)
            if sha not in gone
        ]
    if not found:
        found = _turning(scratch, tip, undone, clash, paths, gone)
    if not found and not touching:
        # The folder around it has moved: whoever took files out of it.
        folders = sorted({path.rpartition("/")[0] or "." for path in paths})
        moving = _touching(scratch, tip, since, folders, "--diff-filter=D")
        found = [sha for sha in moving if sha not in gone][:1]
    return _newest_first(scratch, found or touching[:1])


def pull_of(git: Git, commit: Commit, tip: str) -> int:
    """The pull request that a commit came with: by its own subject, else by the merge
    that brought it to `tip`; 0 where none says so."""
    if commit.pull:
        return commit.pull
    merge = merge_of(git, commit.sha, tip)
    return commits.read(git, [merge])[0].pull if merge else 0


def _touching(
    git: Git, tip: str, since: str, paths: Sequence[str], *more: str
) -> list[str]:
    """The commits that change one of `paths`, newest first."""
    listing = git.run(
        "log", "--topo-order", "--no-renames", "--format=%H", *more,
        tip, f"^{since}", "--", *paths,
    )  # fmt: skip
    return listing.decode("ascii").split()


def _wrote(
    scratch: Scratch, tip: str, undone: Undone, path: str, file: Marked
) -> list[str]:
    """Who wrote our lines of the clashes, after the step's own commit."""
    hunks = [hunk.trimmed() for hunk in file.hunks]
    spans = [(hunk.first, hunk.last) for hunk in hunks if hunk.ours]
    # What is clashed with is the tip with newer commits undone: a commit of its own.
    present = scratch.commit(undone.before, tip)
    since = undone.step.commit.sha
    return [
        sha for sha in blamed(scratch, present, since, path, spans) if sha != present
    ]


def _turning(
    scratch: Scratch,
    tip: str,
    undone: Undone,
    clash: Clash,
    paths: Sequence[str],
    gone: set[str],
) -> list[str]:
    """A commit before which the step could be undone and after which it cannot.

    It is looked for on the mainline by halving: right after the step's own commit it
    could be undone, now it cannot, so somewhere between it turned.
    """
    listing = scratch.run(
        "log", "--first-parent", "--format=%H", tip, f"^{undone.step.commit.sha}",
        "--", *paths,
    )  # fmt: skip
    line = [sha for sha in listing.decode("ascii").split() if sha not in gone][::-1]
    trees = {commit.sha: commit.tree for commit in commits.read(scratch, line)}

    def clashes(sha: str) -> bool:
        merged = three_way(scratch, undone.base, trees[sha], undone.theirs)
        return any(other.path in paths for other in merged.clashes)

    if not line or not clashes(line[-1]):
        return []
    low, high = -1, len(line) - 1  # it clashes at high, not at low
    while high - low > 1:
        middle = (low + high) // 2
        if clashes(line[middle]):
            high = middle
        else:
            low = middle
    return [line[high]]


def _newest_first(git: Git, ids: Sequence[str]) -> list[Commit]:
    found = commits.read(git, dict.fromkeys(ids))
    return sorted(found, key=lambda commit: commit.when, reverse=True)
