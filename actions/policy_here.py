"""The policy as it lies in the work tree: for verbs that tell and do not judge."""

from __future__ import annotations

from ..core.errors import UsageError
from ..core.git import Git
from ..core.policy import FILE_NAME, Policy
from ..core.policy_file import read_policy


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
