"""What must stay as it is: forbidden names gone, the way back alive, flags true."""

from typing import Final, Literal

import msgspec

from .values import (
    Date,
    FlagValue,
    Glob,
    Name,
    Part,
    Path,
    PhaseId,
    RuleId,
    Scope,
    Strength,
    Symbol,
    Text,
)

# How bad a use is in each scope, where the policy does not say.
USUAL_STRENGTH: Final[dict[Scope, Strength]] = {
    "source": "error",
    "tests": "warning",
    "scripts": "warning",
    "docs": "ignore",
}


class Flag(Part, frozen=True):
    """A switch between the old path and the new one: an environment variable, or a key
    of a configuration file. Exactly one of `env` and `file` is given; a `file` with its
    `key`."""

    legacy: FlagValue
    """Its value for the old path, as text; `backout revert` prints it."""
    new: FlagValue
    """Its value for the new path, as text."""
    env: Text | None = None
    """The environment variable; code must read it under this very name."""
    file: Path | None = None
    """The configuration file, from the repository's top."""
    section: Text | None = None
    """The section of the file that holds the key."""
    key: Text | None = None
    """The key in the file."""
    until_phase: PhaseId | None = None
    """The phase after which the flag must be gone."""


class Forbid(Part, frozen=True):
    """What may not come back. Exactly one of `symbol`, `module`, `keyword`, `flag` and
    `path` is given; `of` names the callable of a `keyword`."""

    symbol: Symbol | None = None
    """A dotted name: a function, a class, a constant, or a method bound to its class."""
    module: Symbol | None = None
    """A whole module or package, with all in it."""
    keyword: Name | None = None
    """A removed parameter of the callable named by `of`."""
    of: Symbol | None = None
    """The callable of a `keyword`."""
    flag: Text | None = None
    """A flag that is neither read nor set any more."""
    path: Glob | None = None
    """A deleted file or folder that may not come back."""
    use: Text | None = None
    """What to use instead: named in the finding, and written by `backout gate --fix`."""
    mode: Literal["ban", "ratchet"] = "ban"
    """`ban`: no use at all. `ratchet`: not more uses than in the base."""
    from_phase: PhaseId | None = None
    """The phase since which it is forbidden; named in the finding."""
    except_: tuple[Glob, ...] = msgspec.field(default=(), name="except")
    """Paths that may go on using it."""
    severity: dict[Scope, Strength] = {}
    """How bad a use is in each scope; source error, tests and scripts warning, docs
    ignore."""

    def strength(self, scope: Scope) -> Strength:
        """How bad a use in files of `scope` is."""
        return self.severity.get(scope, USUAL_STRENGTH[scope])

    @property
    def name(self) -> str:
        """What is forbidden, as people call it."""
        if self.keyword is not None:
            return f"{self.of}({self.keyword}=)"
        return self.symbol or self.module or self.flag or self.path or ""


class Keep(Part, frozen=True):
    """Legacy paths: the way back, which must stay alive until a phase is final."""

    paths: tuple[Glob, ...]
    """What may be neither deleted nor broken."""
    until_phase: PhaseId | None = None
    """The phase that ends it, once it is final; without one, the migration's close."""
    must_not_import: tuple[Symbol, ...] = ()
    """Modules that a rollback removes: the way back may not import them, however far
    around."""


class Waiver(Part, frozen=True):
    """A dated, owned, reasoned exception; shown in every report."""

    rule: RuleId
    """The rule that is waived."""
    until: Date
    """The last day on which it holds."""
    owner: Text
    """Who answers for it."""
    reason: Text
    """Why it is right for now."""
    path: Glob | None = None
    """The paths it holds for; all without it."""
    symbol: Text | None = None
    """The forbidden thing it holds for, by its name; all without it."""
