"""What a policy gets wrong about deciding: triggers, trees, rehearsals."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from ..nearest import did_you_mean
from . import Migration, Phase, Policy, Question, Trigger
from .claims import Said, about_date, about_severity, circles
from .problem import FieldPath, quoted


def about_triggers(
    triggers: Iterable[Trigger], policy: Policy, at: FieldPath
) -> Iterator[Said]:
    """Triggers that name too much, too little, or what is not there."""
    for i, trigger in enumerate(triggers):
        here = (*at, i)
        yield from about_severity(trigger.severity, policy, (*here, "severity"))
        if (trigger.metric is None) == (trigger.when is None):
            yield here, "names exactly one of metric and when"
            continue
        limits = {"above": trigger.above, "below": trigger.below}
        given = {name: n for name, n in limits.items() if n is not None}
        if trigger.metric is not None and not given:
            yield here, "has a metric and no number: give above or below"
        if trigger.when is not None and given:
            yield here, "has a number and no metric: when is for what is only seen"
        for name, number in given.items():
            if not math.isfinite(number):
                yield (*here, name), "is not a number that anything is above or below"
        if policy.metrics and trigger.metric not in (None, *policy.metrics):
            hint = did_you_mean(trigger.metric or "", policy.metrics)
            said = f"{quoted(trigger.metric or '')} is not among the metrics{hint}"
            yield (*here, "metric"), said


def about_tree(
    tree: dict[str, Question], policy: Policy, at: FieldPath
) -> Iterator[Said]:
    """Questions that lead nowhere, or round in a circle."""
    follows: dict[str, list[str]] = {}
    for id, question in tree.items():
        if not question.answers:
            yield (*at, id, "answers"), "is empty: a question needs answers"
        for word, answer in question.answers.items():
            here = (*at, id, "answers", word)
            yield from about_severity(answer.severity, policy, (*here, "severity"))
            if answer.ask is None:
                if answer.action is None and answer.severity is None:
                    yield here, "leads nowhere: give ask, action or severity"
            elif answer.ask in tree:
                follows.setdefault(id, []).append(answer.ask)
            else:
                hint = did_you_mean(answer.ask, tree)
                said = f"no question {quoted(answer.ask)} in this tree{hint}"
                yield (*here, "ask"), said
    for cycle in circles(follows):
        yield (*at, cycle[0]), f"asks in a circle: {' > '.join(cycle)}"


def about_rehearsal(part: Policy | Migration | Phase, at: FieldPath) -> Iterator[Said]:
    """A rehearsal on a day that is none."""
    if part.rehearsal is not None and part.rehearsal.last is not None:
        yield from about_date(part.rehearsal.last, (*at, "rehearsal", "last"))
