"""Which parent of a merge is the branch that was merged into: found, never assumed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ..errors import UsageError
from ..git import Git
from .commits import Commit
from .undo import Step

# git writes these itself. `git pull` on a feature branch makes the mainline the second
# parent, and a push of that branch as the mainline keeps it so.
_TAKEN = re.compile(
    r"^Merge (?:remote-tracking )?branch '(?:[^'/]+/)?(?P<taken>[^']+)'"
    r"(?: of \S+)?(?: into (?P<into>.+))?$"
)
_USUAL = ("main", "master", "trunk", "develop", "dev")


def step_of(commit: Commit, branch: str = "") -> Step:
    """How to undo `commit`, where `branch` is the name of the mainline.

    Raises UsageError for a merge that does not say which side is the mainline.
    """
    if len(commit.parents) < 2:
        return Step(commit, len(commit.parents))
    if commit.pull:
        return Step(commit, 1)  # a server merges into its first parent
    found = _TAKEN.match(commit.subject)
    if found is None:
        return Step(commit, 1)
    mainlines = {branch} if branch else set(_USUAL)
    is_back = found["taken"] in mainlines and found["into"] not in mainlines
    if is_back and found["into"] is None and " of " in commit.subject:
        # `git pull` on the mainline itself: what came is the mainline, ours was local.
        return Step(commit, 2)
    if not is_back or found["into"] is None:
        return Step(commit, 1)
    if len(commit.parents) > 2:
        raise UsageError(
            f"{commit.short} merges {len(commit.parents) - 1} branches into "
            f"{found['into']}, the mainline among them: name its commits one by one"
        )
    return Step(commit, 2)


def brought(git: Git, step: Step) -> list[str]:
    """The commits that a merge brought into its mainline, without merges."""
    commit = step.commit
    return (
        git.run("rev-list", "--no-merges", commit.sha, f"^{step.parent}", "--")
        .decode("ascii")
        .split()
    )


def merge_of(git: Git, sha: str, tip: str) -> str:
    """The merge that brought a commit to the mainline of `tip`; "" for one of its own."""
    line = git.run("rev-list", "--first-parent", "--merges", tip, f"^{sha}", "--")
    if not line:
        return ""
    walk = git.run("rev-list", "--ancestry-path", "--merges", tip, f"^{sha}", "--")
    after = set(walk.split())
    merges = [merge.decode("ascii") for merge in line.split() if merge in after]
    if not merges or git.test("merge-base", "--is-ancestor", sha, f"{merges[-1]}^1"):
        return ""
    return merges[-1]


def ordered(git: Git, ids: Iterable[str]) -> list[str]:
    """Commits newest first: each before everything that it stands on."""
    wanted = list(dict.fromkeys(ids))
    if len(wanted) < 2:
        return wanted
    walk = git.run("rev-list", "--topo-order", *wanted, *_below(git, wanted), "--")
    members = set(wanted)
    return [sha for sha in walk.decode("ascii").split() if sha in members]


def off_line(git: Git, ids: Sequence[str], tip: str) -> list[str]:
    """Those of `ids` that came to the mainline of `tip` by a merge."""
    if not ids:
        return []
    walk = git.run("rev-list", "--first-parent", tip, *_below(git, ids), "--")
    line = set(walk.decode("ascii").split())
    return [sha for sha in ids if sha not in line]


def _below(git: Git, ids: Sequence[str]) -> list[str]:
    """What ends a walk: the parents of what all of `ids` stand on need not be seen."""
    common = ids[0].encode()
    if len(ids) > 1:
        common = git.run("merge-base", "--octopus", *ids, codes=(0, 1)).strip()
    return [f"^{common.decode('ascii')}^@"] if common else []


def on_branch(git: Git, ids: Sequence[str], tip: str) -> list[str]:
    """Those of `ids` that `tip` does not hold."""
    if not ids:
        return []
    apart = git.run("rev-list", *ids, f"^{tip}", "--").decode("ascii").split()
    return [sha for sha in ids if sha in set(apart)]
