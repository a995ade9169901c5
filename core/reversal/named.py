"""Commits by the names that people give them: an id, a tag, a range, a pull request."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NoReturn

from ..errors import CannotDecide, UsageError
from ..git import Git
from . import history

_PULL = re.compile(
    r"^(?:[#!]|https?://[^/\s]+/\S+?/(?:pull|pulls|merge_requests)/)([0-9]+)(?:[/?#]\S*)?$"
)


def pull_of(name: str) -> int | None:
    """The number of the pull request that `name` means, None where it means none."""
    found = _PULL.match(name)
    return int(found[1]) if found else None


def named(
    git: Git, name: str, tip: str, pulls: Mapping[int, Sequence[str]] | None = None
) -> list[str]:
    """The commits of `tip` that `name` means.

    A commit that is elsewhere is looked for among the cherry-picks. `pulls` are the
    commits of pull requests that were looked up before. Raises UsageError or
    CannotDecide where there is none.
    """
    if (number := pull_of(name)) is not None:
        known = pulls if pulls is not None and number in pulls else None
        found = (known or history.of_pulls(git, [number], tip))[number]
        return list(found) or _no_pull(git, number)
    shas = _range(git, name, tip) if ".." in name else [git.resolve(name)]
    return [here for sha in shas for here in _here(git, name, sha, tip)]


def names_commits(git: Git, name: str) -> bool:
    """Whether `name` has the form of a range or a pull request, or is something here."""
    if pull_of(name) is not None or ".." in name:
        return True
    return git.find_object(name) is not None


def _no_pull(git: Git, number: int) -> NoReturn:
    if git.is_shallow():
        raise CannotDecide(
            f"no commit that is here says that it is of #{number}, and this clone is "
            f"shallow. Try: git fetch --unshallow"
        )
    raise UsageError(
        f"no commit of this branch says that it is of #{number}. A rebase merge leaves "
        f"no number behind: name its commits, or their range FIRST^..LAST"
    )


def _range(git: Git, name: str, tip: str) -> list[str]:
    start, _, end = name.partition("..")
    if end.startswith("."):
        raise UsageError(f"{name} is a symmetric range: write {start}..{end[1:]}")
    bounds = [git.resolve(end) if end else tip, f"^{git.resolve(start or tip)}"]
    shas = git.run("rev-list", "--first-parent", *bounds, "--").decode("ascii").split()
    if not shas:
        raise UsageError(f"the range {name} holds no commit: write OLDER..NEWER")
    return shas


def _here(git: Git, name: str, sha: str, tip: str) -> list[str]:
    if git.test("merge-base", "--is-ancestor", sha, tip):
        return [sha]
    picks = history.picked(git, sha, tip)
    if not picks:
        raise UsageError(
            f"{name} is not on this branch: {sha[:9]} is no ancestor of {tip[:9]}, and "
            f"no commit says that it was cherry-picked from it. Another --onto?"
        )
    return picks
