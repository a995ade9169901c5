"""What backout asks of GitHub, in its words: each call is one sentence of the API."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar
from urllib.parse import quote

import msgspec

from ...core.errors import CannotDecide
from ...core.escape import visible
from .client import ApiError, Client
from .place import Place

_FAILED = {"failure", "cancelled", "timed_out", "action_required", "startup_failure"}

T = TypeVar("T")


class Pull(NamedTuple):
    """A pull request. `state` is open, closed or merged; `head` is the id of a commit,
    `author` a login."""

    number: int
    url: str
    state: str
    draft: bool
    head: str
    author: str
    labels: tuple[str, ...]


class Repository(NamedTuple):
    """What a token may see of a repository; `may_push` is None where it is not told."""

    is_archived: bool
    is_private: bool
    may_push: bool | None


class GitHub:
    """One repository, with one token."""

    def __init__(self, client: Client, place: Place) -> None:
        self.client = client
        self.place = place

    def repository(self) -> Repository:
        """The repository. Raises ApiError: 404 where the token may not even see it."""
        said = _read(_Repository, self.client.get(self.place.path))
        may_push = said.permissions.push if said.permissions else None
        return Repository(said.archived, said.private, may_push)

    def pull_of(self, branch: str, base: str) -> Pull | None:
        """The pull request of a branch: an open one, else the newest, else None."""
        listed = self.client.pages(
            f"{self.place.path}/pulls",
            state="all",
            head=f"{self.place.owner}:{branch}",
            base=base,
            sort="created",
            direction="desc",
        )
        # A server that does not know `head` answers with every pull request there is.
        answers = [_read(_Pull, said) for said in listed]
        pulls = [_pull(said) for said in answers if said.head.ref == branch]
        still_open = [pull for pull in pulls if pull.state == "open"]
        return next(iter([*still_open, *pulls]), None)

    def open(
        self, branch: str, base: str, title: str, body: str, *, draft: bool
    ) -> Pull:
        """Open a pull request, or find the one that somebody just opened."""

        def found() -> Pull | None:
            pull = self.pull_of(branch, base)
            return pull if pull and pull.state == "open" else None

        fields: dict[str, Any] = {
            "title": title,
            "head": branch,
            "base": base,
            "body": body,
            "draft": draft,
        }
        try:
            return self.client.create(
                f"{self.place.path}/pulls", fields, found, _opened
            )
        except ApiError as error:
            if error.status == 422 and "already exists" in error.said:
                there = found()
                if there is not None:
                    return there
            if draft and error.status == 422 and "raft" in error.said:
                # Not every plan has drafts. The title says then what a draft would.
                title = f"Do not merge yet: {title}"
                return self.open(branch, base, title, body, draft=False)
            raise

    def label(self, number: int, labels: Sequence[str]) -> None:
        """Add labels; GitHub makes those that it does not know."""
        path = f"{self.place.path}/issues/{number}/labels"
        self.client.add("POST", path, {"labels": list(labels)})

    def ask(self, number: int, people: Iterable[str], teams: Iterable[str]) -> None:
        """Ask for review, by login and by a team's name without its organisation."""
        path = f"{self.place.path}/pulls/{number}/requested_reviewers"
        fields = {"reviewers": list(people), "team_reviewers": list(teams)}
        self.client.add("POST", path, {k: v for k, v in fields.items() if v})

    def assign(self, number: int, people: Iterable[str]) -> set[str]:
        """Assign people; those that GitHub took, in lower case. It drops strangers
        without a word."""
        path = f"{self.place.path}/issues/{number}/assignees"
        body = {"assignees": list(people)}
        said = _read(_Issue, self.client.add("POST", path, body))
        return {person.login.lower() for person in said.assignees}

    def comment(self, number: int, body: str, mark: str) -> None:
        """Comment once: a comment that holds `mark` is there already."""
        path = f"{self.place.path}/issues/{number}/comments"

        def found() -> bool | None:
            comments = (_read(_Comment, said) for said in self.client.pages(path))
            return any(mark in (said.body or "") for said in comments) or None

        if not found():
            text = f"{body}\n\n{mark}"
            self.client.create(path, {"body": text}, found, lambda _: True)

    def checks(self, sha: str) -> str:
        """ "running", "failed", "passed" or "none yet", of the checks of a commit."""
        path = f"{self.place.path}/commits/{sha}/check-runs"
        runs = _read(_Runs, self.client.get(path, per_page=100)).check_runs
        if any(run.status != "completed" for run in runs):
            return "running"
        if any(run.conclusion in _FAILED for run in runs):
            return "failed"
        return "passed" if runs else "none yet"

    def names_allowed(self, branch: str) -> list[str]:
        """What the rules say of a branch's name, in words; [] where nothing is said."""
        path = f"{self.place.path}/rules/branches/{quote(branch, safe='')}"
        said: list[str] = []
        for rule in (_read(_Rule, answer) for answer in self.client.pages(path)):
            if rule.type == "branch_name_pattern":
                said.append(_pattern(rule.parameters))
            elif rule.type == "creation":
                said.append("branches of this name may not be created")
        return said


# What is read of GitHub's answers; all else in them is passed over.
class _Permissions(msgspec.Struct):
    push: bool = False


class _Repository(msgspec.Struct):
    archived: bool
    private: bool
    permissions: _Permissions | None = None


class _Named(msgspec.Struct):
    name: str


class _Person(msgspec.Struct):
    login: str


class _Head(msgspec.Struct):
    ref: str
    sha: str


class _Pull(msgspec.Struct):
    number: int
    html_url: str
    state: str
    head: _Head
    user: _Person | None = None
    draft: bool = False
    merged_at: str | None = None
    labels: list[_Named] = []


class _Issue(msgspec.Struct):
    assignees: list[_Person] = []


class _Comment(msgspec.Struct):
    body: str | None = None


class _Run(msgspec.Struct):
    status: str
    conclusion: str | None = None


class _Runs(msgspec.Struct):
    check_runs: list[_Run]


class _Rule(msgspec.Struct):
    type: str
    parameters: dict[str, Any] = {}


def _read(shape: type[T], said: object) -> T:
    try:
        return msgspec.convert(said, shape)
    except msgspec.ValidationError as error:
        raise CannotDecide(
            f"GitHub's answer cannot be read: {error}. Is GITHUB_API_URL right?"
        ) from error


def _pattern(rule: Mapping[str, Any]) -> str:
    verbs = {
        "starts_with": "begin with",
        "ends_with": "end with",
        "contains": "contain",
        "regex": "match",
    }
    verb = verbs.get(str(rule.get("operator")), "match")
    pattern = visible(str(rule.get("pattern", "")))
    return f"a branch must {'not ' if rule.get('negate') else ''}{verb} {pattern}"


def _opened(said: object) -> Pull:
    return _pull(_read(_Pull, said))


def _pull(said: _Pull) -> Pull:
    return Pull(
        number=said.number,
        url=visible(said.html_url),
        state="merged" if said.merged_at is not None else said.state,
        draft=said.draft,
        head=said.head.sha,
        author=said.user.login if said.user else "",
        labels=tuple(label.name for label in said.labels),
    )
