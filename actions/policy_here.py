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


def policy_of_mainline(git: Git) -> tuple[Policy, Onto]:
    """The policy that a rollback goes by, and where it is: never an old branch's.

    Raises UsageError where there is none, or it is wrong.
    """
    onto = found(git)
    policy = policy_at(git, onto)
    if policy is None:
        raise UsageError(
            f"there is no {FILE_NAME} in {onto.label}: `backout init` writes one to "
            f"start from; then commit it"
        )
    return policy, onto
