"""What is verified: one check is one module, pure, from a change to its findings.

`ALL` is the whole list. A check's module holds `RULES`, the rules it may report, and
`check(change, policy)`, a generator of findings. To add one: the new file, one line
here, one table of cases in `tests/checks/`, one page for each rule in `docs/rules/`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Protocol, cast

from ..core.change import Change
from ..core.finding import Finding, Rule
from ..core.policy import Policy

ALL = ("forbidden_symbol",)


class Check(Protocol):
    """The shape of a check's module."""

    RULES: Sequence[Rule]

    def check(self, change: Change, policy: Policy) -> Iterator[Finding]: ...


def load(name: str) -> Check:
    """The check called `name` (a member of `ALL`), imported now and not before.

    A hook pays for every import it makes, so a check that has nothing to look at in a
    change should not have been imported for it: modules keep heavy imports inside.
    """
    return cast(Check, import_module(f".{name}", __name__))


def rules() -> dict[str, Rule]:
    """Every rule that may be reported, by its id, in the order of `ALL`."""
    return {rule.id: rule for name in ALL for rule in load(name).RULES}
