"""A migration and its phases."""

from typing import Annotated, Literal

from msgspec import Meta

from .deciding import Checklists, Communication, Question, Rehearsal, Trigger
from .guarding import Flag, Forbid, Keep
from .restoring import (
    Data,
    External,
    Levels,
    ReEnable,
    Sessions,
    Stage,
    Step,
    Verify,
)
from .values import (
    Duration,
    Glob,
    Level,
    Part,
    Path,
    PhaseId,
    Ref,
    Risk,
    SeverityId,
    Text,
)

_COMMIT = r"^([0-9a-f]{7,64}(\.\.[0-9a-f]{7,64})?|#[1-9][0-9]*)$(?!\n)"


class Phase(Part, frozen=True):
    """One shippable unit of a migration."""

    id: PhaseId
    """What trailers, commands and other fields call it; unique in its migration."""
    title: str = ""
    """What people call it."""
    purpose: Text | None = None
    """Why it is done; in the plan and the pull request."""
    task: Text | None = None
    """Its ticket."""
    scope: Text | None = None
    """What it covers, in words."""
    kind: Text | None = None
    """What sort of work it is (`design`, `extraction`, `cutover`)."""
    risk: Risk = "medium"
    """How bad a failure is; decides what its plan and its backup must hold."""
    impact: Text | None = None
    """Who or what a rollback touches; in the pull request."""
    severity: SeverityId | None = None
    """The severity of a failure in production, where it is known beforehand."""
    symptoms: tuple[Text, ...] = ()
    """How its failure looks; `backout decide` shows them."""
    after: tuple[PhaseId, ...] = ()
    """Phases that must ship before it and be rolled back after it."""
    paths: tuple[Glob, ...] = ()
    """The files that belong to it; a file belongs to one phase."""
    commits: tuple[Annotated[str, Meta(pattern=_COMMIT)], ...] = ()
    """Its commits where no trailer names them: an id, `id..id`, or `#412`."""
    deleted: tuple[Path, ...] = ()
    """Files it removed: compared with git, and restored from the baseline."""
    modified: tuple[Path, ...] = ()
    """Files it changed that other phases change too: compared with git."""
    documents: tuple[Path, ...] = ()
    """What to read beside the plan; must exist."""
    plan: Path | None = None
    """Its own rollback plan; the migration's without it."""
    recovery_time: Duration | None = None
    """How long a rollback may take, from its start to verified; rehearsals measure."""
    detection_time: Duration | None = None
    """How long from the first sign to the start of the rollback."""
    verification_time: Duration | None = None
    """How long the verification may take."""
    rollback: Literal["revert", "restore", "flag", "none"] = "revert"
    """How it is undone. `flag` and `none` need `because`."""
    because: Text | None = None
    """Why no code needs to go back."""
    levels: tuple[Level, ...] = ()
    """The levels of rollback it offers, fastest first."""
    steps: tuple[Step, ...] = ()
    """The procedure or timeline, in order; printed by `backout revert`."""
    irreversible: tuple[Text, ...] = ()
    """What no rollback brings back; in the pull request."""
    data: Data | None = None
    """The data it changes. With it, a proven backup is demanded before it lands."""
    dependencies: tuple[Path, ...] = ()
    """Lock files of the old path; must exist, and are restored with the code."""
    services: tuple[Text, ...] = ()
    """What must be restarted after a rollback."""
    external: tuple[External, ...] = ()
    """Configuration outside the repository that must go back too."""
    sessions: Sessions | None = None
    """What happens to work in progress."""
    verify: Verify = Verify()
    """How one knows that the rollback worked."""
    re_enable: ReEnable = ReEnable()
    """How it lands again."""
    rollout: tuple[Stage, ...] = ()
    """How it is switched on at first, share by share."""
    checklists: Checklists = Checklists()
    """Items for people, beside the policy's."""
    rehearsal: Rehearsal | None = None
    """How often its rollback is practised; the migration's without it."""
    final: bool = False
    """Whether its window is closed, on purpose."""


class Migration(Part, frozen=True):
    """One staged replacement of an old code path by a new one."""

    id: str = ""
    """Its key in the file, filled in by the reader."""
    title: str = ""
    """What people call it; in branch and pull request titles."""
    purpose: Text | None = None
    """Why it is done; in the plan and the pull request."""
    status: Literal["open", "closed"] = "open"
    """While it is open, its plan and guards must exist."""
    strategy: Literal[
        "direct-replacement", "feature-flag", "parallel-run", "staged"
    ] = "staged"
    """How old and new stand beside each other."""
    record: Path | None = None
    """The decision record; must exist."""
    plan: Path | None = None
    """The Markdown rollback plan; must exist while the migration is open."""
    documents: tuple[Path, ...] = ()
    """What to read beside the plan; must exist."""
    baseline: Ref | None = None
    """A tag or commit before the first phase; files are restored from it."""
    window: Duration = "30d"
    """How long a shipped phase must stay cleanly revertible."""
    branch: Text = "emergency/rollback-{migration}-{phase}"
    """The rollback branch's name; {migration}, {phase} and {date} are filled in."""
    guards: tuple[Glob, ...] = ()
    """Files that keep the old path out; may not be deleted, emptied or weakened."""
    flags: tuple[Flag, ...] = ()
    """The switches between the old path and the new one."""
    levels: Levels = {}
    """What each level of rollback means here."""
    forbid: tuple[Forbid, ...] = ()
    """What may not come back."""
    keep: tuple[Keep, ...] = ()
    """What must stay, so that there is a way back."""
    triggers: tuple[Trigger, ...] = ()
    """What starts a rollback of it, beside the policy's triggers."""
    decision_tree: dict[Text, Question] = {}
    """Its decision tree, in place of the policy's; the first question is the root."""
    communication: Communication | None = None
    """Who is told, in place of the policy's."""
    rehearsal: Rehearsal | None = None
    """How often a rollback is practised, in place of the policy's."""
    phases: tuple[Phase, ...] = ()
    """Its phases."""

    def phase(self, id: str) -> Phase | None:
        """The phase of that id, None if there is none."""
        return next((phase for phase in self.phases if phase.id == id), None)
