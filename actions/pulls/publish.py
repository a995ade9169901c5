"""From a computed rollback to one pull request, whatever happened before or meanwhile.

Every step looks first whether it is done. So it can be killed at any of them and run
again, and two people at once end with one branch and one pull request.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, suppress
from typing import NamedTuple, Self

import msgspec

from ...core.errors import CannotDecide, UsageError
from ...core.escape import terminal
from ...core.git import Git, GitError
from ...core.remote import Refused, Taken, Unreachable
from ...core.reversal import commits
from ...core.reversal.scratch import Scratch
from ..reversal import branch as branches
from ..reversal.computing import Computed
from ..reversal.record import Record
from . import rights
from .body import Facts
from .client import ApiError, Client
from .earlier import Earlier, earlier
from .finishing import finish, say_moved
from .github import GitHub, Pull
from .opening import by_hand, opened, settled
from .refusals import of_api, of_push, of_reach
from .road import Road, check_branch
from .transport import NoHttpx, over_httpx

_ROUNDS = 3  # somebody else may be faster, and again

Say = Callable[[str], None]


class Pushed(NamedTuple):
    """The branch as it is on the remote: its newest commit, and the record in it."""

    tip: str
    record: Record


class Publication:
    """One rollback on its way. `say` takes lines for the person who waits."""

    def __init__(
        self,
        git: Git,
        scratch: Scratch,
        computed: Computed,
        road: Road,
        say: Say,
    ) -> None:
        self._git = git
        self._scratch = scratch
        self._computed = computed
        self._road = road
        self._say = say
        self.branch = computed.plan.branch
        self._ref = f"refs/heads/{self.branch}"
        self._notes: list[str] = []
        self._open = ExitStack()
        branches.check_form(git, self.branch)
        check_branch(self.branch, road, computed.policy)
        self._github = self._connected()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def _connected(self) -> GitHub | None:
        place, token = self._road.place, self._road.token
        if place is None or not token:
            return None
        try:
            send = self._open.enter_context(over_httpx())
        except NoHttpx as error:
            self._notes.append(str(error))
            return None
        return GitHub(Client(place.api, token, send, self._say), place)

    def is_settled(self) -> bool:
        """Whether it is open, exact and complete by now; that is said, and nothing else
        is left to do. What is missing on an open pull request is added."""
        is_empty = self._computed.plan.verdict == "empty"
        if self._github is None or is_empty:
            return False
        if self.branch not in self._road.refs.branches:
            return False
        before = self._there()
        if before.state not in ("exact", "edited"):
            return False
        with suppress(ApiError):  # what is wrong is said where it matters
            pull = self._github.pull_of(self.branch, self._road.base)
            if pull is not None and pull.state == "open":
                self._finish(pull, before.tip, before.record)
                self._say(settled(self._git, self._github, pull))
                return True
        return False

    def say_what_there_is(self) -> None:
        """Where nothing is done now: the pull request that did it, or is about to."""
        if self._github is None:
            return
        with suppress(CannotDecide):
            pull = self._github.pull_of(self.branch, self._road.base)
            if pull is not None and pull.state == "merged":
                self._say(f"Already rolled back by {pull.url}.")
            elif pull is not None and pull.state == "open":
                self._say(f"Open, computed on an older {self._road.base}: {pull.url}")

    def run(self, record: Record, *, squash: bool) -> bool:
        """Push the branch and open its pull request; whether there is one now, or
        nobody could expect one. Raises UsageError, CannotDecide."""
        self._check_rights()
        pushed = self._pushed(record, squash=squash)
        facts = self._facts(pushed.record)
        if self._github is None:
            self._by_hand(facts)
            return True
        try:
            pull = opened(self._github, facts, self.branch, self._road.base)
        except CannotDecide as error:
            said = str(error)
            if isinstance(error, ApiError):
                said = of_api(error, self._github.place)
            self._say(terminal(f"No pull request yet: {said}."))
            self._by_hand(facts)
            return False
        self._say(f"Pull request: {pull.url}")
        self._finish(pull, pushed.tip, pushed.record)
        return True

    def _check_rights(self) -> None:
        if self._github is None:
            return
        plan = self._computed.plan
        touched = [f.path for f in (*plan.changed, *plan.restored, *plan.deleted)]
        url = self._road.remote.url
        try:
            for note in rights.check(self._github, url, touched):
                self._say(terminal(f"Note: {note}."))
        except ApiError as error:
            # The branch may still be pushed, and the rest done by hand.
            self._say(terminal(f"Note: {of_api(error, self._github.place)}."))
            self._github = None

    def _pushed(self, record: Record, *, squash: bool) -> Pushed:
        for _ in range(_ROUNDS):
            try:
                return self._try_to_push(record, squash=squash)
            except Taken:
                self._road = self._road._replace(refs=self._road.remote.refs())
            except Refused as error:
                raise CannotDecide(self._refusal(error)) from error
            except Unreachable as error:
                raise CannotDecide(
                    f"{of_reach(error)}. The branch {self.branch} stays in this clone; "
                    f"run the same command again to push it"
                ) from error
        raise CannotDecide(
            f"{self.branch} is moved by others again and again: look at it, or give "
            f"another name by --branch NAME"
        )

    def _try_to_push(self, record: Record, *, squash: bool) -> Pushed:
        remote = self._road.remote
        if self.branch in self._road.refs.branches:
            return self._gone_on(self._there(), record)
        tip = self._git.find_object(self._ref)
        if tip is not None:
            mine = earlier(self._git, self._scratch, self._computed, tip, self.branch)
            if mine.state in ("exact", "edited"):
                remote.create(self.branch, tip)
                self._say(f"Branch {self.branch} pushed.")
                return Pushed(tip, mine.record)
            # Nobody else has it, and it is not what is right now.
            self._drop(tip)
        try:
            tip = branches.create(
                self._git, self._scratch, self._computed, record, squash=squash
            )
        except GitError:
            if self._git.find_object(self._ref) is None:
                raise
            raise Taken(f"{self.branch} was made by somebody else just now") from None
        try:
            remote.create(self.branch, tip)
        except Taken:
            self._drop(tip)
            raise
        self._say(f"Branch {self.branch} pushed.")
        return Pushed(tip, record)

    def _there(self) -> Earlier:
        """What the remote's branch is."""
        tip = self._road.refs.branches[self.branch]
        if self._git.find_object(tip) is None:
            self._road.remote.fetch(self.branch)
        return earlier(self._git, self._scratch, self._computed, tip, self.branch)

    def _gone_on(self, there: Earlier, record: Record) -> Pushed:
        if there.state == "other":
            raise UsageError(
                f"{self.branch} is pushed already, with other choices (--leave, "
                f"--restore, --with and so on). Give the same ones, or another name for "
                f"this one: --branch NAME"
            )
        if there.state != "moved":
            if there.state == "edited":
                self._say(f"Branch {self.branch} was edited by hand: it stays so.")
            return Pushed(there.tip, there.record)
        again = msgspec.structs.replace(
            record, started=there.record.started, reason=there.record.reason
        )
        tip = branches.advanced(
            self._git, self._scratch, self._computed, again, there.tip
        )
        self._road.remote.advance(self.branch, tip)
        onto = self._computed.onto
        self._say(
            f"{self._road.base} moved to {onto.commit[:9]}: {self.branch} was computed "
            f"again on it, and pushed."
        )
        return Pushed(tip, again)

    def _drop(self, tip: str) -> None:
        """Take away a local branch that is still at `tip`: its name is free again."""
        with suppress(GitError):  # somebody moved it: it is theirs
            self._git.run("update-ref", "-d", self._ref, tip)

    def _refusal(self, error: Refused) -> str:
        allowed: list[str] = []
        if self._github is not None:
            with suppress(CannotDecide):
                allowed = self._github.names_allowed(self.branch)
        return of_push(error, allowed)

    def _facts(self, record: Record) -> Facts:
        return Facts(
            self._git, self._computed, record, self._road.place, self._road.base
        )

    def _finish(self, pull: Pull, tip: str, record: Record) -> None:
        """Whatever the open pull request still lacks."""
        assert self._github is not None
        facts = self._facts(record)
        for note in finish(self._github, pull, facts):
            self._say(terminal(f"Note: {note}."))
        # Of our commits only the one on a base that moved is a merge.
        commit = commits.read_one(self._git, tip)
        if len(commit.parents) > 1 and "\nBackout-Rollback: " in commit.message:
            say_moved(self._github, pull, facts)

    def _by_hand(self, facts: Facts) -> None:
        for line in by_hand(self._git, facts, self.branch, self._notes):
            self._say(line)
