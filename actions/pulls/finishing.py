"""What a pull request gets once it is open: reviewers, somebody in charge, labels."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from .body import Facts
from .body.markup import coded
from .client import ApiError
from .github import GitHub, Pull
from .people import Contact, approvers, in_charge

LABEL = "rollback"
_NO_CHECKS = (
    "This was opened with GITHUB_TOKEN, and GitHub starts no workflows for that: "
    "required checks wait for ever. Close and reopen it by hand, or open it with an "
    "App's token."
)
_NO_CHECKS_MARK = "<!-- backout-no-checks -->"


def finish(github: GitHub, pull: Pull, facts: Facts) -> Iterator[str]:
    """Ask, assign and label, unless that was done: what could not be done, in words.

    The label is the last step, so it says that the others were taken.
    """
    if LABEL in pull.labels:
        return
    policy = facts.policy
    if policy is not None:
        yield from _ask(github, pull, approvers(policy, facts.decision))
        yield from _assign(github, pull.number, in_charge(policy))
    if pull.author == "github-actions[bot]":
        github.comment(pull.number, _NO_CHECKS, _NO_CHECKS_MARK)
        yield _NO_CHECKS.rstrip(".")
    severity = facts.record.severity
    labels = [*([severity] if severity else []), LABEL]
    yield from _tried("label it", lambda: github.label(pull.number, labels))


def say_moved(github: GitHub, pull: Pull, facts: Facts) -> None:
    """Comment once on what was computed anew: a body holds boxes that people ticked."""
    onto = facts.record.onto[:9]
    text = (
        f"{coded(facts.base)} moved to `{onto}`, and merging this no longer gave the "
        f"rollback of that. It was computed again on it."
    )
    github.comment(pull.number, text, f"<!-- backout-moved: {onto} -->")


def _ask(github: GitHub, pull: Pull, contacts: Sequence[Contact]) -> Iterator[str]:
    # GitHub asks nobody at all where one of several is a stranger to the repository.
    for contact in contacts:
        owner, team = contact.team
        people = [contact.person] if contact.person else []
        teams = [team] if owner.lower() == github.place.owner.lower() else []
        if contact.person.lower() == pull.author.lower() and people:
            yield f"{contact.reach} opened it and cannot approve it too"
        elif people or teams:
            yield from _tried(
                f"ask {contact.reach} for review",
                lambda p=people, t=teams: github.ask(pull.number, p, t),  # type: ignore[misc]
            )
        else:
            where = contact.reach or "no address in the policy"
            yield f"{contact.role} must approve and is not on GitHub ({where})"


def _assign(github: GitHub, number: int, contacts: Sequence[Contact]) -> Iterator[str]:
    people = [contact.person for contact in contacts]
    if not people:
        return

    def assign() -> None:
        taken = github.assign(number, people)
        if people[0].lower() not in taken:
            raise ApiError(200, f"{people[0]} cannot be assigned there")

    yield from _tried(f"assign @{people[0]}", assign)


def _tried(what: str, deed: Callable[[], object]) -> Iterator[str]:
    """Do it; where GitHub says no, that is said: the pull request counts for more."""
    try:
        deed()
    except ApiError as error:
        yield f"could not {what}: {error.said}"
