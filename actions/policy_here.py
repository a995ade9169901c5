"""The policy for verbs that tell and do not judge: of the work tree, or of the mainline."""

from __future__ import annotations

from ..core.errors import UsageError
from ..core.git import Git
from ..core.policy import FILE_NAME, Policy
from ..core.policy_file import read_policy
from .reversal.onto import Onto, found, policy_at


def policy_here(git: Git) -> Policy:
    """The policy of the work tree. Raises UsageError where it is missing or wrong."""
    assert git.top is not None  # `Git.find` gives none without
    file = git.top / FILE_NAME
    try:
        data = file.read_bytes()
    except FileNotFoundError as error:
        raise UsageError(
            f"there is no {FILE_NAME} here yet: `backout init` writes one to start from"
        ) from error
    except OSError as error:
        raise UsageError(f"{FILE_NAME} cannot be read: {error.strerror}") from error
    return read_policy(data, FILE_NAME)


def policy_of_mainline(git: Git, asked: str | None = None) -> tuple[Policy, Onto]:
    """The policy that a rollback goes by, and where it is: never an old branch's.

    That is the commit `asked`; without it the policy's default branch, as the remote has
    it if it has one. Raises UsageError where there is none, or it is wrong.
    """
    onto = found(git, asked)
    policy = policy_at(git, onto)
    if policy is not None and policy.default_branch and asked is None:
        branch = policy.default_branch
        refs = (f"refs/remotes/{policy.remote}/{branch}", f"refs/heads/{branch}")
        there = next((ref for ref in refs if git.find_object(ref)), None)
        if there is not None and git.find_object(there) != onto.commit:
            name = there.removeprefix("refs/remotes/").removeprefix("refs/heads/")
            onto = found(git, name)
            policy = policy_at(git, onto)
    if policy is None:
        raise UsageError(
            f"there is no {FILE_NAME} in {onto.label}: `backout init` writes one to "
            f"start from; then commit it"
        )
    return policy, onto
