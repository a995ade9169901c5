"""The decision as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...core.escape import terminal
from .decision import Decision, Person, Way

_SAID = {
    "roll-back": "Roll back",
    "fix-forward": "Fix forward, no rollback",
    "investigate": "Investigate, no rollback yet",
    "no-rollback": "Nothing here calls for a rollback",
    "undecided": "Undecided",
}


def lines(decision: Decision) -> Iterator[str]:
    """The decision, line by line, escaped for a terminal."""
    yield from map(terminal, _lines(decision))


def _lines(decision: Decision) -> Iterator[str]:
    yield _headline(decision)
    for reason in decision.reasons:
        severity = f" ({reason.severity})" if reason.severity else ""
        yield f"  because {reason.what}{severity}"
    if decision.symptoms:
        yield f"  its failure looks like this: {'; '.join(decision.symptoms)}"
    for note in decision.notes:
        yield f"  {note}"
    if decision.verdict == "undecided":
        yield f"  not answered: {', '.join(decision.missing)}"
        yield "  give --answer KEY=VALUE or --metrics FILE, or ask on a terminal"
    elif decision.missing:
        yield f"  not asked or not known: {', '.join(decision.missing)}"
    if decision.verdict == "no-rollback":
        yield "  If it is bad all the same: --answer severity=NAME"
    for number, way in enumerate(decision.ways):
        yield from _way(way, is_first=number == 0)
    if decision.next and not decision.ways:
        yield f"Next: {decision.next}"
    if decision.verdict != "roll-back":
        return
    asked = _people(decision.approve)
    yield f"Approval: {asked or 'nobody needs to agree first'}"
    if decision.notify:
        told = f": backout notify {decision.name}" if decision.name else ""
        yield f"Tell: {_people(decision.notify)}{told}"
    if decision.escalation:
        yield f"If nobody answers: {_people(decision.escalation, ', then ')}"
    for item in decision.before:
        yield f"  [ ] {item}"


def _headline(decision: Decision) -> str:
    about = " ".join(part for part in (decision.name, decision.title) if part)
    said = f"{_SAID[decision.verdict]}{f': {about}' if about else ''}"
    facts = [decision.severity] if decision.severity else []
    if decision.deadline is not None:
        facts.append(f"by {decision.deadline:%H:%M} UTC (within {decision.within})")
    return f"{said}, {', '.join(facts)}" if facts else said


def _way(way: Way, *, is_first: bool) -> Iterator[str]:
    effect = (
        f", {way.effect[0].lower()}{way.effect[1:].rstrip('.')}" if way.effect else ""
    )
    first = "Fastest that is enough" if is_first else "If that does not help"
    yield f"{first}: {way.level}{effect}"
    if way.when:
        yield f"  when: {way.when}"
    if way.pro:
        yield f"  for it: {'; '.join(way.pro)}"
    if way.con:
        yield f"  against it: {'; '.join(way.con)}"
    for deed in way.deeds:
        yield f"  {deed.do}"
        if deed.run:
            yield f"    {deed.run}"


def _people(people: Iterable[Person], between: str = ", ") -> str:
    return between.join(
        f"{person.role} ({person.contact})" if person.contact else person.role
        for person in people
    )
