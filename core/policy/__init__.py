"""The policy: what `backout.yaml` says, as values.

The model is the single source: the reader (`core/policy_file.py`), the JSON Schema, the
reference page and `backout show` are made from it. Field names are kebab-case in the
file. Every struct is frozen; a field without a default is required.

These modules do without `from __future__ import annotations`: msgspec would compile each
annotation by itself, which takes as long as half of the rest of reading a policy.
"""

from typing import Literal

from ..policy_name import FILE_NAME
from .deciding import (
    Answer,
    Checklists,
    Communication,
    Decision,
    Metric,
    Question,
    Rehearsal,
    Trigger,
)
from .guarding import Flag, Forbid, Keep, Waiver
from .migration import Migration, Phase
from .restoring import (
    Backup,
    Command,
    Data,
    External,
    LevelText,
    LogLine,
    Query,
    Recovery,
    ReEnable,
    Sessions,
    Stage,
    Step,
    Verify,
)
from .values import (
    Date,
    Duration,
    Engine,
    Glob,
    Level,
    MigrationId,
    Part,
    Path,
    PhaseId,
    Ref,
    Risk,
    Scope,
    SeverityId,
    Strength,
    Symbol,
    Text,
    seconds,
)

__all__ = [
    "FILE_NAME",
    "Answer",
    "Backup",
    "Checklists",
    "Command",
    "Communication",
    "Data",
    "Date",
    "Decision",
    "Duration",
    "Engine",
    "External",
    "Flag",
    "Forbid",
    "Glob",
    "Keep",
    "Level",
    "LevelText",
    "LogLine",
    "Metric",
    "Migration",
    "MigrationId",
    "Part",
    "Path",
    "Phase",
    "PhaseId",
    "PlanPart",
    "Plans",
    "Policy",
    "Query",
    "Question",
    "ReEnable",
    "Recovery",
    "Ref",
    "Rehearsal",
    "Risk",
    "Scope",
    "Sessions",
    "SeverityId",
    "Stage",
    "Step",
    "Strength",
    "Symbol",
    "Text",
    "Trigger",
    "Verify",
    "Waiver",
    "seconds",
]


# The parts that a rollback plan may be asked for, in the order of a good plan.
PlanPart = Literal[
    "identity",
    "triggers",
    "decision",
    "levels",
    "flag",
    "preconditions",
    "safety-copy",
    "code-steps",
    "data-steps",
    "order",
    "verification",
    "verification-day",
    "recovery-time",
    "escalation",
    "contacts",
    "communication",
    "re-enablement",
    "irreversible-points",
    "rehearsal",
]


class Plans(Part, frozen=True):
    """What a rollback plan must hold."""

    parts: dict[Risk, tuple[PlanPart, ...]] = {}
    """The parts required of a phase of each risk; usual ones for a risk not named."""
    headings: dict[PlanPart, tuple[Text, ...]] = {}
    """Further headings under which a part is found, in any language."""
    max_age: Duration | None = None
    """A plan neither changed nor reviewed for longer is stale."""


class Policy(Part, frozen=True):
    """The whole of `backout.yaml`."""

    version: Literal[1]
    """The version of this format."""
    owners: tuple[Text, ...] = ()
    """Whose approval weakens this file."""
    default_branch: Ref | None = None
    """Where rollbacks are merged; that of the remote without it."""
    release_branches: tuple[Glob, ...] = ()
    """Other branches that phases ship from."""
    remote: Ref = "origin"
    """The remote that rollback branches are pushed to."""
    source_roots: tuple[Path, ...] = (".",)
    """Folders that modules are imported from; "." is the top."""
    scopes: dict[Scope, tuple[Glob, ...]] = {}
    """What counts as source, tests, scripts and docs, in place of the usual names."""
    allowed_signers: Path = ".backout/allowed_signers"
    """Whose signatures on evidence count, in ssh's format; read from the base."""
    inline_waivers: bool = False
    """Whether a comment in the code may waive a rule."""
    plans: Plans = Plans()
    """What rollback plans must hold."""
    severities: dict[SeverityId, Decision] = {}
    """The decision matrix, by severity."""
    metrics: dict[Text, Metric] = {}
    """What is measured; once one is named, triggers may name no other."""
    triggers: tuple[Trigger, ...] = ()
    """What starts a rollback of any migration."""
    decision_tree: dict[Text, Question] = {}
    """The questions of `backout decide`; the first one is the root."""
    contacts: dict[Text, Text] = {}
    """Who is who, each reachable: a handle, mail address, phone number, channel or
    URL."""
    escalation: tuple[Text, ...] = ()
    """Contacts in the order in which one goes on when nobody answers."""
    communication: Communication = Communication()
    """Where and how people are told."""
    checklists: Checklists = Checklists()
    """Items for people at every rollback."""
    post_mortem: dict[Text, tuple[Text, ...]] = {}
    """Questions to answer after a rollback, by heading."""
    rehearsal: Rehearsal | None = None
    """How often rollbacks are practised; without it nobody asks."""
    waivers: tuple[Waiver, ...] = ()
    """Dated exceptions."""
    migrations: dict[MigrationId, Migration] = {}
    """The migrations, by their id."""
