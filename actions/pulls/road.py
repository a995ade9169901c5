"""Where a rollback goes: the remote, the branch it is merged into, the repository there."""

from __future__ import annotations

import os
from typing import NamedTuple

from ...core.errors import UsageError
from ...core.git import Git
from ...core.paths import matcher
from ...core.policy import Policy
from ...core.remote import Refs, Remote, Unreachable, names
from ..reversal import onto as ontos
from .place import Place, place_of
from .token import token_for


class Road(NamedTuple):
    """The way to the remote, looked at just now.

    `onto` is what to compute on, as git calls it here; `base` that branch's name there.
    `place` is None where the remote is no GitHub, `token` "" where there is none.
    """

    remote: Remote
    refs: Refs
    base: str
    onto: str
    place: Place | None
    token: str


class Closed(NamedTuple):
    """There is a remote and no way to it: what is computed stays in this clone."""

    why: Unreachable


def found(git: Git, asked: str | None) -> Road | Closed | None:
    """The way for a rollback on `asked` (a ref; the default branch without it).

    The base is brought up to date, so that nobody computes on what was there last week.
    None where the clone has no remote at all. Raises UsageError where the remote or the
    branch does not exist.
    """
    known = names(git)
    if not known:
        return None
    onto = ontos.found(git, asked)
    policy = ontos.policy_at(git, onto)
    name = _remote(policy, known)
    place = place_of(Remote(git, name).url, os.environ)
    token = token_for(place.server, os.environ) if place else ""
    remote = Remote(git, name, token)
    try:
        refs = remote.refs()
        base = _base(asked, onto, policy, refs)
        there = refs.branches.get(base)
        if there is None:
            raise UsageError(
                f"{name} has no branch {base}, so nothing can be merged into it: "
                f"--onto {name}/BRANCH names one that it has"
            )
        if there != git.find_object(f"refs/remotes/{name}/{base}"):
            remote.fetch(base)
    except Unreachable as error:
        return Closed(error)
    return Road(remote, refs, base, f"{name}/{base}", place, token)


def check_branch(branch: str, road: Road, policy: Policy | None) -> None:
    """Raises UsageError for a branch that others live on: never pushed to."""
    kept = {road.base, road.refs.default}
    releases: tuple[str, ...] = ()
    if policy is not None:
        kept.add(policy.default_branch or "")
        releases = policy.release_branches
    if branch in kept or (releases and matcher(releases)(branch)):
        raise UsageError(
            f"{branch} is a branch that others build on: a rollback is never pushed to "
            f"it. Give another name: --branch NAME, or `branch:` in backout.yaml"
        )


def _remote(policy: Policy | None, known: list[str]) -> str:
    wanted = policy.remote if policy is not None else "origin"
    # Nobody chose the usual name; where there is one remote, it is meant.
    if wanted == "origin" and wanted not in known and len(known) == 1:
        return known[0]
    return wanted


def _base(
    asked: str | None, onto: ontos.Onto, policy: Policy | None, refs: Refs
) -> str:
    if asked is not None and onto.branch:
        return onto.branch
    if asked is not None:
        raise UsageError(
            f"--onto {asked} is no branch, and a pull request needs one to be merged "
            f"into: name the branch, or add --no-push"
        )
    chosen = policy.default_branch if policy is not None else None
    return chosen or refs.default or onto.branch
