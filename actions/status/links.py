"""Where a rollback's pull request is to be seen: an address, and no question to a server."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from ...core.git import Git
from ...core.policy import Policy
from ...core.remote import Remote, names
from ..pulls.place import Place, place_of


def place(git: Git, policy: Policy, environment: Mapping[str, str]) -> Place | None:
    """The repository on GitHub that rollbacks are pushed to; None where there is none."""
    known = names(git)
    name = policy.remote if policy.remote in known or len(known) != 1 else known[0]
    return place_of(Remote(git, name).url, environment) if name in known else None


def address(at: Place | None, branch: str, number: int) -> str:
    """The pull request `number`, or else those of the remote's `branch`; "" for none."""
    if at is None or not (number or branch):
        return ""
    if number:
        return at.pull(number)
    return f"{at.url}/pulls?" + urlencode({"q": f"is:pr head:{branch}"})
