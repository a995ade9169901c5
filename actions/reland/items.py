"""The items that must be done before a phase lands again: asked for, and ticked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ...core.errors import UsageError
from ...core.nearest import did_you_mean
from ...core.policy import Phase, Stage
from .plan import Item


def required(phases: Iterable[Phase]) -> list[str]:
    """What the policy requires, each item once."""
    return list(dict.fromkeys(i for phase in phases for i in phase.re_enable.require))


def ticked(items: Sequence[str], done: Iterable[str]) -> tuple[Item, ...]:
    """The items, those of `done` ticked: named by their words or by their number.

    Raises UsageError for one that is not required.
    """
    known = {item.casefold(): item for item in items}
    stated: set[str] = set()
    for word in done:
        if word.isdecimal() and 0 < int(word) <= len(items):
            stated.add(items[int(word) - 1])
        elif word.casefold() in known:
            stated.add(known[word.casefold()])
        else:
            there = "; ".join(items) or "none"
            hint = did_you_mean(word, items)
            raise UsageError(f"--done {word!r} is not required ({there}){hint}")
    return tuple(Item(item, item in stated) for item in items)


def steps(phases: Iterable[Phase]) -> Iterator[str]:
    """What is done by hand when the phase is switched on again."""
    for phase in phases:
        compare = phase.re_enable.compare
        if compare is not None:
            yield f"Compare the old path with the new one: {compare.run}"
        for step in phase.re_enable.steps:
            yield step.do + (f": {step.run}" if step.run else "")


def stages(phases: Iterable[Phase]) -> Iterator[str]:
    """For whom it is switched on, share by share: "5 % (beta testers), hold 1d"."""
    for phase in phases:
        yield from map(_stage, phase.re_enable.stages)


def _stage(stage: Stage) -> str:
    group = f" ({stage.group})" if stage.group else ""
    hold = f", hold {stage.hold}" if stage.hold else ""
    return f"{stage.percent:g} %{group}{hold}"
