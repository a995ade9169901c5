"""Directions: what another value of a field demands less. One function, one direction.

A direction takes where the field is, its value before and after, and yields the losses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, cast

import msgspec

from ...core.policy import Waiver, seconds
from ...core.policy.problem import FieldPath

# A field's path in the head's file (for one that is gone: of what held it), and a
# clause about it.
Loss = tuple[FieldPath, str]
Direction = Callable[[FieldPath, Any, Any], Iterator[Loss]]


def neutral(where: FieldPath, old: Any, new: Any) -> Iterator[Loss]:
    """Another value demands no less."""
    yield from ()


def needed(where: FieldPath, old: Any, new: Any) -> Iterator[Loss]:
    """It may be said otherwise, but not taken away."""
    if old and not new:
        yield where, f"{text(old)} is taken away"


def fixed(where: FieldPath, old: Any, new: Any) -> Iterator[Loss]:
    """Any other value may mean less."""
    if old is not None:
        yield where, f"goes from {text(old)} to {text(new)}"


def all_of(where: FieldPath, old: Any, new: Any) -> Iterator[Loss]:
    """A list or a map of texts, each of which demands something."""
    for item in cast(Iterable[object], old):
        if item not in new:
            yield where, f"{text(item)} is taken away"
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        values = cast(Mapping[str, Any], new)
        for key, before in cast(Mapping[str, Any], old).items():
            after = values.get(key, before)
            if isinstance(before, tuple):
                yield from all_of((*where, key), before, after)


def none_more(where: FieldPath, old: Any, new: Any) -> Iterator[Loss]:
    """A list of exceptions."""
    for item in new:
        if item not in old:
            yield where, f"{text(item)} is let through as well"


def not_longer(where: FieldPath, old: Any, new: Any) -> Iterator[Loss]:
    """A time that may not grow; without one there is no limit."""
    if old is not None and (new is None or seconds(new) > seconds(old)):
        yield where, f"grows from {old} to {new or 'no limit'}"


def not_shorter(where: FieldPath, old: Any, new: Any) -> Iterator[Loss]:
    """A time that may not shrink."""
    if seconds(new) < seconds(old):
        yield where, f"shrinks from {old} to {new}"


def not_less(where: FieldPath, old: Any, new: Any) -> Iterator[Loss]:
    """A number that may not sink."""
    if old is not None and (new is None or new < old):
        yield where, f"sinks from {old} to {text(new)}"


def not_more(where: FieldPath, old: Any, new: Any) -> Iterator[Loss]:
    """A number that may not rise."""
    if old is not None and (new is None or new > old):
        yield where, f"rises from {old} to {text(new)}"


def ranked(*strongest_first: object) -> Direction:
    """One of some words, of which the earlier demand more."""

    def direction(where: FieldPath, old: Any, new: Any) -> Iterator[Loss]:
        if strongest_first.index(new) > strongest_first.index(old):
            yield where, f"goes from {text(old)} to {text(new)}"

    return direction


def strengths(where: FieldPath, old: Any, new: Any) -> Iterator[Loss]:
    """How bad a use is in each scope."""
    usual = {
        "source": "error",
        "tests": "warning",
        "scripts": "warning",
        "docs": "ignore",
    }
    order = ["error", "warning", "info", "ignore"]
    for scope, strength in usual.items():
        before, after = old.get(scope, strength), new.get(scope, strength)
        if order.index(after) > order.index(before):
            yield (*where, scope), f"goes from {before} to {after}"


def earlier(where: FieldPath, old: Any, new: Any) -> Iterator[Loss]:
    """The phase that ends a promise: another one may come earlier; none is the latest."""
    if new is not None:
        yield where, f"ends with phase {new} and not with {old or 'the migration'}"


def waived(where: FieldPath, old: Any, new: Any) -> Iterator[Loss]:
    for waiver in cast("tuple[Waiver, ...]", new):
        if waiver not in old:
            yield where, f"waives {waiver.rule} until {waiver.until}: {waiver.reason}"


def scoped(where: FieldPath, old: Any, new: Any) -> Iterator[Loss]:
    """What counts as source weighs most: every other scope may take files from it."""
    for scope, globs in cast(Mapping[str, tuple[str, ...]], new).items():
        more = [g for g in globs if g not in old.get(scope, ())]
        if scope != "source" and more:
            yield (*where, scope), f"{', '.join(more)} is judged as {scope}"
    lost = [g for g in old.get("source", ()) if g not in new.get("source", ())]
    if lost:
        yield (*where, "source"), f"{', '.join(lost)} is no longer judged as source"


def text(value: object) -> str:
    """A value as the policy's file would show it."""
    match value:
        case None:
            return "nothing"
        case bool():
            return str(value).lower()
        case msgspec.Struct():
            shown = msgspec.to_builtins(value)
            first = next((str(v) for v in shown.values() if v), "an item")
            return f'"{first}"'
        case _:
            return str(value)
