"""What the body is made of: the computed rollback, its record, and where it goes."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cached_property

from ....core.git import Git
from ....core.policy import Decision, Migration, Phase, Policy, seconds
from ....core.tree import CommitTree
from ...reversal.computing import Computed
from ...reversal.plan import CommitFacts, Plan
from ...reversal.record import Record
from ..place import Place
from .markup import coded, link, said


class Facts:
    """One rollback. `git` reads the files of the commit that it goes on top of; `place`
    is None where the remote is no GitHub; `base` is the branch that it is merged into;
    `notes` are sentences for those who read the pull request."""

    def __init__(
        self,
        git: Git,
        computed: Computed,
        record: Record,
        place: Place | None,
        base: str,
        notes: tuple[str, ...] = (),
    ) -> None:
        self.git = git
        self.computed = computed
        self.record = record
        self.place = place
        self.base = base
        self.notes = notes

    @property
    def plan(self) -> Plan:
        return self.computed.plan

    @property
    def policy(self) -> Policy | None:
        return self.computed.policy

    @property
    def migration(self) -> Migration | None:
        return self.computed.targets.migration

    @property
    def phases(self) -> tuple[Phase, ...]:
        return self.computed.targets.phases

    @property
    def decision(self) -> Decision | None:
        """The row of the decision matrix."""
        if self.policy is None:
            return None
        return self.policy.severities.get(self.record.severity)

    @cached_property
    def tree(self) -> CommitTree:
        """The files that the rollback goes on top of."""
        return CommitTree(self.git, self.record.onto)

    @property
    def deadline(self) -> datetime | None:
        """When the severity wants it done (UTC)."""
        within = self.decision.within if self.decision else None
        return (
            self.record.started + timedelta(seconds=seconds(within)) if within else None
        )

    @property
    def promised(self) -> timedelta | None:
        """How long the phases say that a rollback takes, from its start to verified."""
        times = [seconds(p.recovery_time) for p in self.phases if p.recovery_time]
        return timedelta(seconds=sum(times)) if times else None

    def commit(self, fact: CommitFacts) -> str:
        """A commit as Markdown: its pull request, its subject, its id."""
        url = self.place.commit(fact.sha) if self.place else ""
        subject = fact.subject.removesuffix(f"(#{fact.pull})").rstrip()
        pull = ""
        if fact.pull and self.place:
            pull = link(f"#{fact.pull}", self.place.pull(fact.pull)) + " "
        return f"{link(coded(fact.sha[:9]), url)} {pull}{said(subject, 120)}"

    def file(self, path: str) -> str:
        """A file as Markdown, linked as it is before the rollback."""
        url = self.place.file(self.record.onto, path) if self.place else ""
        return link(coded(path), url)


def clock(when: datetime) -> str:
    """A time for people."""
    return f"{when:%Y-%m-%d %H:%M} UTC"


def spell(duration: timedelta) -> str:
    """ "38 min", "26 h", "3 days"."""
    minutes = duration.total_seconds() / 60
    if minutes < 120:
        return f"{minutes:.0f} min"
    hours = minutes / 60
    return f"{hours:.0f} h" if hours < 72 else f"{hours / 24:.0f} days"
