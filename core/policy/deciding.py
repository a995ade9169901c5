"""How one decides whether to roll back, and whom one tells."""

from typing import Literal

from .values import Date, Duration, Level, Part, Path, SeverityId, Text


class Decision(Part, frozen=True):
    """One row of the decision matrix: what a severity leads to."""

    action: Literal["revert", "fix-forward"]
    """What `backout decide` answers."""
    within: Duration | None = None
    """The deadline that `backout decide` and the emergency pull request name."""
    approve: tuple[Text, ...] = ()
    """Who must agree before; contacts, asked for review on the pull request."""
    notify: tuple[Text, ...] = ()
    """Who is told; contacts, named in the pull request and by `backout notify`."""


class Metric(Part, frozen=True):
    """Something measured, that triggers name."""

    source: Text | None = None
    """Where one reads it (a dashboard, a query); shown when `backout decide` asks."""
    unit: Text | None = None
    """What a number of it counts; shown beside the number."""
    normal: float | None = None
    """Its usual value, shown for comparison."""


class Trigger(Part, frozen=True):
    """What starts a rollback: a number of a metric, or something seen.

    Exactly one of `metric` and `when` is given; a `metric` with `above` or `below`.
    """

    severity: SeverityId
    """The row of the decision matrix that it leads to."""
    metric: Text | None = None
    """What is measured; a key of `metrics` and of `backout decide --metrics FILE`."""
    when: Text | None = None
    """What is seen, in words; `backout decide` asks for it."""
    above: float | None = None
    """It fires above this number."""
    below: float | None = None
    """It fires below this number."""
    during: Duration | None = None
    """How long the number must hold before it fires; shown to the one who decides."""
    level: Level | None = None
    """The level of rollback that is enough for it."""
    procedure: Literal["emergency", "planned"] = "emergency"
    """Whether it calls for a rollback at once or for a planned one."""


class Answer(Part, frozen=True):
    """Where an answer in the decision tree leads: to another question, or to an end."""

    ask: Text | None = None
    """The id of the next question; without it the tree ends here."""
    action: Literal["revert", "fix-forward", "investigate"] | None = None
    """What to do, at an end."""
    severity: SeverityId | None = None
    """The row of the decision matrix that applies, at an end."""
    level: Level | None = None
    """The level of rollback, at an end."""
    note: Text | None = None
    """A sentence for the one who decides."""


class Question(Part, frozen=True):
    """A node of the decision tree."""

    ask: Text
    """What `backout decide` asks."""
    answers: dict[Text, Answer]
    """Where each answer leads, by its word (`yes`, `no`)."""


class Communication(Part, frozen=True):
    """Where and how people are told; used by `backout notify`."""

    channel: Text | None = None
    """Where the incident is talked about (`#payments-incident`)."""
    mention: tuple[Text, ...] = ()
    """Handles to call there."""
    template: Path | None = None
    """A text with {fields} for the team; a built-in one where there is none."""
    user_template: Path | None = None
    """A text with {fields} for the users of the product."""
    status_page: Text | None = None
    """The address where users look."""


class Checklists(Part, frozen=True):
    """Items for people, written into the emergency pull request and the incident."""

    before: tuple[Text, ...] = ()
    """Before a rollback."""
    after: tuple[Text, ...] = ()
    """At once after it."""
    day: tuple[Text, ...] = ()
    """A day later."""
    prevention: tuple[Text, ...] = ()
    """Before a phase ships, so that it need not be rolled back."""


class Rehearsal(Part, frozen=True):
    """How often a rollback is done for practice."""

    max_age: Duration = "90d"
    """A rehearsal older than this counts for nothing."""
    last: Date | None = None
    """The last one that left no record under `.backout/`."""
    where: Text | None = None
    """The environment it is done in."""
