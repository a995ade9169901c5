"""How a phase is undone, its data brought back, and how one knows that it worked."""

from typing import Literal

from .values import Count, Duration, Engine, Level, Part, Path, Percent, Text


class Step(Part, frozen=True):
    """One step of a procedure or a timeline. Commands are printed for people."""

    do: Text
    """What is done, in words."""
    run: Text | None = None
    """The command that does it; printed, never run by the gate."""
    duration: Duration | None = None
    """How long it takes; the sum may not exceed the phase's `recovery-time`."""
    recovery_point: Text | None = None
    """What is safe once it is done."""


class LevelText(Part, frozen=True):
    """What a level of rollback means here; printed by `backout decide` and `revert`."""

    when: Text | None = None
    """When to use this level."""
    time_to_effect: Text | None = None
    """How soon it acts, and upon what (`at the next start`)."""
    advantages: tuple[Text, ...] = ()
    """What speaks for it."""
    disadvantages: tuple[Text, ...] = ()
    """What speaks against it."""
    steps: tuple[Step, ...] = ()
    """What is done by hand at this level, a restart for one."""


class Backup(Part, frozen=True):
    """How the backup of a phase's data is made and brought back."""

    create: Text | None = None
    """The command that makes it; it must fit `restore`."""
    restore: Text | None = None
    """The command that brings it back; rehearsed, and printed by `backout revert`."""
    location: Text | None = None
    """Where it is kept, in words or as an address."""


class Recovery(Part, frozen=True):
    """Bringing back data that the new code wrote in its own form."""

    what: Text
    """Which data (`sessions in progress`)."""
    run: Text | None = None
    """The command; its script must be in the repository."""
    count: Text | None = None
    """The command or query that counts it before and after."""


class Data(Part, frozen=True):
    """The data that a phase changes, and the backup that is demanded before it."""

    engine: Engine
    """What holds the data."""
    database: Text | None = None
    """The database; a backup of another one proves nothing."""
    tables: tuple[Text, ...] = ()
    """Tables (key patterns, paths) that the backup must hold."""
    proof: Literal["listed", "read", "restored"] | None = None
    """The least that evidence must show; by the phase's risk where it is not given."""
    max_age: Duration = "24h"
    """A backup older than this counts for nothing."""
    min_rows: Count = 0
    """The least number of rows in each table of the backup."""
    loss_window: Duration | None = None
    """How much new data a restore may lose; stated in the emergency pull request."""
    backup: Backup = Backup()
    """How the backup is made and brought back."""
    reverse: Path | None = None
    """The reverse migration; it must exist before the phase lands."""
    recover: tuple[Recovery, ...] = ()
    """Data in the new form that must be brought back into the old one."""


class Command(Part, frozen=True):
    """A command that verifies, run only from the base's policy or when a person asks."""

    run: Text
    """The command line, given to the shell."""
    timeout: Duration = "10m"
    """After this it counts as failed."""
    expect: Text | None = None
    """A text that its output must hold; without one its exit code decides."""


class Query(Part, frozen=True):
    """A query whose result verifies data."""

    query: Text
    """The SQL."""
    expect: Text = "empty"
    """The result it must have: `empty`, or a text that the result must hold."""
    database: Text | None = None
    """The database it is asked; that of `data` without it."""


class LogLine(Part, frozen=True):
    """A line in a log that shows which path runs."""

    text: Text
    """The text; code must hold a log call that writes it."""
    file: Text | None = None
    """The log file on the machine."""


class Verify(Part, frozen=True):
    """How one knows that a rollback worked."""

    now: tuple[Command, ...] = ()
    """Run at once after a rollback and by a rehearsal."""
    legacy_active: tuple[Command, ...] = ()
    """Show that the old path is the one that runs."""
    health: dict[Text, Command] = {}
    """Health checks by their name."""
    sql: tuple[Query, ...] = ()
    """Queries that check the data."""
    logs: tuple[LogLine, ...] = ()
    """Lines to look for in logs."""
    tests: tuple[Path, ...] = ()
    """Test files that prove the old path; git must track them."""
    day: tuple[Text, ...] = ()
    """What a person looks at a day later."""


class Stage(Part, frozen=True):
    """A step of switching the new path on for more users."""

    percent: Percent
    """The share that gets the new path."""
    hold: Duration | None = None
    """How long it stays so before the next stage."""
    group: Text | None = None
    """Who is in it."""


class ReEnable(Part, frozen=True):
    """What must be true before a phase lands again, and how it goes on."""

    require: tuple[Text, ...] = ()
    """Items that must be ticked before `backout reland` goes on."""
    compare: Command | None = None
    """The command that compares the old path with the new one."""
    steps: tuple[Step, ...] = ()
    """What is done by hand."""
    stages: tuple[Stage, ...] = ()
    """How it is switched on again, share by share."""


class Sessions(Part, frozen=True):
    """What happens to work in progress when the code under it goes back."""

    rule: Literal["finish", "convert", "end"]
    """Whether running sessions finish on the new code, are converted, or end."""
    unless: Text | None = None
    """Which ones are treated otherwise, and how."""
    run: Text | None = None
    """The command that does it."""
    notice: Path | None = None
    """The text their owners get."""


class External(Part, frozen=True):
    """Configuration outside the repository, which no commit brings back."""

    what: Text
    """What it is (`cron table of the batch host`); an item in the pull request."""
    where: Text | None = None
    """Where it lies."""
    legacy: Text | None = None
    """What it must say for the old path."""
    new: Text | None = None
    """What it says for the new path."""


Levels = dict[Level, LevelText]
