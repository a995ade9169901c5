"""The pull request itself: opened, found, or left to a person with all that is needed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from ...core.errors import UsageError
from ...core.escape import terminal
from ...core.git import Git
from ...core.reversal import commits
from ..reversal.words import ago
from .body import Facts, body, title
from .github import GitHub, Pull


def opened(github: GitHub, facts: Facts, branch: str, base: str) -> Pull:
    """The one open pull request of the branch: the one there is, or a new one.

    Raises UsageError where somebody closed it, ApiError or CannotDecide.
    """
    pull = github.pull_of(branch, base)
    if pull is not None and pull.state == "open":
        return pull
    if pull is not None and pull.state == "closed":
        raise UsageError(
            f"{pull.url} was closed without being merged. Open it again there, or give "
            f"this rollback a branch of its own: --branch NAME"
        )
    draft = facts.record.draft
    return github.open(branch, base, title(facts), body(facts), draft=draft)


def settled(git: Git, github: GitHub, pull: Pull) -> str:
    """The sentence for a pull request that is open already."""
    pushed = ""
    if git.find_object(pull.head) is not None:
        when = commits.read_one(git, pull.head).when
        pushed = f"pushed {ago(when, datetime.now(UTC))}, "
    draft = "draft, " if pull.draft else ""
    return (
        f"Already open: {pull.url} ({draft}{pushed}checks {github.checks(pull.head)})."
    )


def by_hand(git: Git, facts: Facts, branch: str, notes: list[str]) -> Iterator[str]:
    """What a person needs to open it: the address, and the body in a file."""
    folder = git.directory / "backout"
    folder.mkdir(exist_ok=True)
    file = folder / f"{branch.replace('/', '-')}.md"
    file.write_text(body(facts), "utf-8")
    for note in notes:
        yield terminal(f"Note: {note}.")
    place = facts.place
    if place is None:
        yield "The remote is no GitHub that is known here (GITHUB_SERVER_URL, GH_HOST)."
    else:
        address = place.compare(facts.base, branch, title(facts))
        yield f"Open the pull request: {terminal(address)}"
    yield f"Its body: {terminal(str(file))}"
