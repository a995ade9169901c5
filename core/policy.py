"""The policy: what `backout.yaml` says, as values.

The model is the single source: the reader (`core/policy_file.py`), the JSON Schema and
`backout show` are made from it. Field names are kebab-case in the file. Every struct is
frozen; a field without a default is required.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

FILE_NAME = "backout.yaml"

Level = Literal["flag", "config", "code", "data"]
Risk = Literal["low", "medium", "high", "critical"]
Scope = Literal["source", "tests", "scripts", "docs"]
Strength = Literal["error", "warning", "info", "ignore"]
Symbol = Annotated[str, Meta(pattern=r"^[^\W\d]\w*(\.[^\W\d]\w*)*$")]
Duration = Annotated[str, Meta(pattern=r"^[1-9][0-9]*(s|m|h|d|w)$")]  # 30m, 24h, 7d
Glob = Annotated[str, Meta(min_length=1)]
Ref = Annotated[str, Meta(min_length=1)]
PhaseId = Annotated[str, Meta(pattern=r"^[\w][\w.-]*$")]


class _Struct(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """What every part of the policy shares."""


class Decision(_Struct, frozen=True):
    """One row of the decision matrix: what a severity leads to."""

    action: Literal["revert", "fix-forward"]
    within: Duration | None = None
    approve: tuple[str, ...] = ()
    notify: tuple[str, ...] = ()


class Trigger(_Struct, frozen=True):
    """A number that starts a rollback."""

    metric: str
    severity: str
    above: float | None = None
    below: float | None = None
    level: Level | None = None


class Flag(_Struct, frozen=True):
    """A switch between the old path and the new one: an environment variable, or a key
    of a configuration file. `legacy` and `new` are its two values, as text."""

    legacy: str
    new: str
    env: str | None = None
    file: str | None = None
    section: str | None = None
    key: str | None = None
    until_phase: PhaseId | None = None


class Forbid(_Struct, frozen=True):
    """What may not come back. Exactly one of `symbol`, `module`, `keyword`, `flag` and
    `path` is given; `of` names the callable of a `keyword`."""

    symbol: Symbol | None = None
    module: Symbol | None = None
    keyword: str | None = None
    of: Symbol | None = None
    flag: str | None = None
    path: Glob | None = None
    use: str | None = None
    mode: Literal["ban", "ratchet"] = "ban"
    from_phase: PhaseId | None = None
    except_: tuple[Glob, ...] = msgspec.field(default=(), name="except")
    severity: dict[Scope, Strength] = {}

    @property
    def name(self) -> str:
        """What is forbidden, as people call it."""
        if self.keyword is not None:
            return f"{self.of}({self.keyword}=)"
        return self.symbol or self.module or self.flag or self.path or ""


class Keep(_Struct, frozen=True):
    """Legacy paths: the way back, which must stay alive until a phase is final."""

    paths: tuple[Glob, ...]
    until_phase: PhaseId | None = None
    must_not_import: tuple[Symbol, ...] = ()


class Data(_Struct, frozen=True):
    """The data that a phase changes, and the backup that is demanded before it."""

    engine: Literal["postgresql", "mysql", "sqlite", "redis", "files"]
    database: str | None = None
    tables: tuple[str, ...] = ()
    proof: Literal["listed", "read", "restored"] | None = None
    max_age: Duration = "24h"
    min_rows: int = 0


class Command(_Struct, frozen=True):
    """A command that verifies, run only from the base's policy or when a person asks."""

    run: str
    timeout: Duration = "10m"
    expect: str | None = None


class Verify(_Struct, frozen=True):
    """How one knows that a rollback worked."""

    now: tuple[Command, ...] = ()
    legacy_active: tuple[Command, ...] = ()
    day: tuple[str, ...] = ()


class Stage(_Struct, frozen=True):
    """A step of switching the new path on again."""

    percent: Annotated[float, Meta(ge=0, le=100)]
    hold: Duration | None = None


class ReEnable(_Struct, frozen=True):
    """What must be true before, and how it goes on."""

    require: tuple[str, ...] = ()
    stages: tuple[Stage, ...] = ()


class Phase(_Struct, frozen=True):
    """One shippable unit of a migration."""

    id: PhaseId
    title: str = ""
    risk: Risk = "medium"
    impact: str | None = None
    after: tuple[PhaseId, ...] = ()
    paths: tuple[Glob, ...] = ()
    commits: tuple[str, ...] = ()
    recovery_time: Duration | None = None
    rollback: Literal["revert", "restore", "flag", "none"] = "revert"
    because: str | None = None
    levels: tuple[Level, ...] = ()
    plan: str | None = None
    data: Data | None = None
    verify: Verify = Verify()
    re_enable: ReEnable = ReEnable()
    final: bool = False


class Migration(_Struct, frozen=True):
    """One staged replacement of an old code path by a new one."""

    id: str = ""  # its key in the file
    title: str = ""
    status: Literal["open", "closed"] = "open"
    strategy: Literal[
        "direct-replacement", "feature-flag", "parallel-run", "staged"
    ] = "staged"
    record: str | None = None
    plan: str | None = None
    baseline: Ref | None = None
    window: Duration = "30d"
    branch: str = "emergency/rollback-{migration}-{phase}"
    guards: tuple[Glob, ...] = ()
    flags: tuple[Flag, ...] = ()
    forbid: tuple[Forbid, ...] = ()
    keep: tuple[Keep, ...] = ()
    phases: tuple[Phase, ...] = ()

    def phase(self, id: str) -> Phase | None:
        """The phase of that id, None if there is none."""
        return next((phase for phase in self.phases if phase.id == id), None)


class Waiver(_Struct, frozen=True):
    """A dated, owned, reasoned exception."""

    rule: str
    until: str
    owner: str
    reason: str
    path: Glob | None = None
    symbol: str | None = None


class Policy(_Struct, frozen=True):
    """The whole of `backout.yaml`."""

    version: Literal[1]
    owners: tuple[str, ...] = ()
    source_roots: tuple[str, ...] = (".",)
    scopes: dict[Scope, tuple[Glob, ...]] = {}
    severities: dict[str, Decision] = {}
    triggers: tuple[Trigger, ...] = ()
    contacts: dict[str, str] = {}
    waivers: tuple[Waiver, ...] = ()
    migrations: dict[str, Migration] = {}
