"""What a person named, told apart: phases of one migration, and names of commits."""

from __future__ import annotations

from collections.abc import Sequence

from .. import address
from ..errors import UsageError
from ..escape import visible
from ..git import Git
from ..policy import Migration, Phase, Policy
from .named import names_commits


def addressed(
    git: Git, policy: Policy | None, asked: Sequence[str]
) -> tuple[Migration | None, tuple[Phase, ...], list[str]]:
    """The migration and phases among `asked`, and the rest.

    Raises UsageError for phases of two migrations, or one that the policy does not have.
    """
    migration: Migration | None = None
    going: dict[str, Phase] = {}
    rest: list[str] = []
    for name in asked:
        first = name.partition("/")[0]
        if policy is None or (
            first not in policy.migrations and names_commits(git, name)
        ):
            rest.append(name)
            continue
        found = _address(policy, name)
        if migration is not None and migration.id != found.migration.id:
            raise UsageError(
                f"{migration.id} and {first}: undo one migration after the other"
            )
        migration = found.migration
        for phase in (found.phase,) if found.phase else migration.phases:
            going[phase.id] = phase
    return migration, tuple(going.values()), rest


def _address(policy: Policy, name: str) -> address.Address:
    """What the policy calls so. Raises UsageError where nothing at all is called so."""
    try:
        return address.find(policy, name)
    except UsageError as error:
        if name.partition("/")[0] in policy.migrations:
            raise
        raise UsageError(
            f"{visible(name)!r} is no commit, branch or tag that is here, and {error}"
        ) from error
