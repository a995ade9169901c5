"""The report: everything one run of the gate has to say, as one value."""

from __future__ import annotations

from typing import Literal

import msgspec

from .finding import Finding, Severity

SCHEMA_VERSION = 1

Verdict = Literal["clean", "found", "undecided"]


class PolicySource(msgspec.Struct, frozen=True):
    """Where the policy was read: its file, the tree, and a remark worth a first line."""

    path: str
    tree: str
    note: str = ""


class Report(msgspec.Struct, frozen=True):
    """What a run found.

    `judged` says in words what was looked at ("2 staged files"). `notes` are sentences
    worth saying even when nothing is wrong (a ratchet's count). `undecided` says what
    could not be known: while it holds anything, the verdict is never clean.
    """

    judged: str
    policy: PolicySource
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()
    undecided: tuple[str, ...] = ()
    version: int = SCHEMA_VERSION

    @property
    def verdict(self) -> Verdict:
        """undecided before found before clean; only errors are found."""
        if self.undecided:
            return "undecided"
        if any(finding.severity is Severity.ERROR for finding in self.findings):
            return "found"
        return "clean"
