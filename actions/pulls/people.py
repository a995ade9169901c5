"""Whom the policy names for a rollback, and how GitHub calls them."""

from __future__ import annotations

import re
from typing import NamedTuple

from ...core.policy import Decision, Policy

_PERSON = re.compile(r"@([A-Za-z0-9](?:[A-Za-z0-9-]{0,38}))")
_TEAM = re.compile(r"@([A-Za-z0-9-]{1,39})/([A-Za-z0-9._-]{1,100})")


class Contact(NamedTuple):
    """A contact: what the policy calls it, and how it is reached ("" if nobody said)."""

    role: str
    reach: str

    @property
    def person(self) -> str:
        """The login of one person on GitHub, "" if it is not that."""
        found = _PERSON.fullmatch(self.reach)
        return found[1] if found else ""

    @property
    def team(self) -> tuple[str, str]:
        """The organisation and the name of a team, ("", "") if it is not that."""
        found = _TEAM.fullmatch(self.reach)
        return (found[1], found[2]) if found else ("", "")

    @property
    def is_handle(self) -> bool:
        """Whether GitHub notifies them when they are mentioned."""
        return bool(self.person or self.team[0])


def contact(policy: Policy, role: str) -> Contact:
    """The contact of that role; a handle may stand in its own name."""
    reach = policy.contacts.get(role, role if role.startswith("@") else "")
    return Contact(role, reach)


def approvers(policy: Policy, decision: Decision | None) -> list[Contact]:
    """Who must agree."""
    return [contact(policy, r) for r in decision.approve] if decision else []


def told(policy: Policy, decision: Decision | None) -> list[Contact]:
    """Who must be told."""
    return [contact(policy, role) for role in decision.notify] if decision else []


def in_charge(policy: Policy) -> list[Contact]:
    """The first person of the escalation: theirs is the pull request."""
    chain = [contact(policy, role) for role in policy.escalation]
    return [one for one in chain if one.person][:1]
