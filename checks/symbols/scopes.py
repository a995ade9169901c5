"""Scopes and control flow: what each name may be bound to at a point of a file.

A scope's state maps a name to what it may be *here*. Branches are joined, so "may be"
is kept and "cannot be" is not. A function's body runs later, so it sees of the scopes
around it what they held where it was defined and whatever they are given afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

from .values import NOTHING, UNBOUND, LocalClass, Made, Unbound, Values

State = dict[str, Values]


class View(NamedTuple):
    """What a function's body can see of one scope around it."""

    scope: Scope
    state: Mapping[str, Values]  # as it was where the function was defined
    since: int  # the bindings of the scope from this one on came later

    def get(self, name: str) -> Values:
        found = self.state.get(name, NOTHING)
        for bound, values in self.scope.bindings[self.since :]:
            if bound == name:
                found |= values
        return found | self.scope.anytime.get(name, NOTHING)


class Scope:
    """A module, a class's body, a function's body, a comprehension, or the type
    parameters (PEP 695) of a function, class or alias."""

    def __init__(
        self,
        kind: Literal["module", "class", "function", "comprehension", "type"],
        parent: Scope | None = None,
        own: frozenset[str] = frozenset(),
        views: tuple[View, ...] = (),
        cls: LocalClass | None = None,
    ) -> None:
        self.kind = kind
        self.parent = parent
        self.own = own  # the names that are local, wherever they are bound
        self.views = views
        self.cls = cls  # the class that a method belongs to
        self.state: State = {}
        self.bindings: list[tuple[str, Values]] = []
        self.anytime: State = {}  # bound by functions that may run at any time
        self.elsewhere: dict[str, Scope] = {}  # declared global or nonlocal
        self.made: Made | None = None  # what a function returns

    def bind(self, name: str, values: Values) -> bool:
        """Bind a name; whether that is news to what was read before this point."""
        other = self.elsewhere.get(name)
        if other is not None:
            before = other.anytime.get(name, NOTHING)
            other.anytime[name] = before | values
            return other.anytime[name] != before
        self.state[name] = values
        if values:
            self.bindings.append((name, values))
        return False

    def lookup(self, name: str) -> Values:
        """What `name` may be here."""
        return self._lookup(name) - UNBOUND

    def _lookup(self, name: str) -> Values:
        other = self.elsewhere.get(name)
        if other is not None:
            here = other.anytime.get(name, NOTHING) | self.state.get(name, NOTHING)
            return here | self._outside(name)
        root = name.split(".", 1)[0]
        if self.kind == "function":
            held = self.state.get(name, NOTHING)
            if root in self.own:
                return held | self.anytime.get(name, NOTHING)
            # What this function stored in `a.b`, `a` being another's.
            return held | self._outside(name)
        if self.kind in ("comprehension", "type") and root in self.own:
            return self.state.get(name, NOTHING)
        if self.kind == "module":
            held = self.state.get(name, NOTHING)
            return held | self.anytime.get(name, NOTHING)
        held = self.state.get(name, UNBOUND)
        if Unbound() not in held:
            return held
        return held | self._outside(name)

    def _outside(self, name: str) -> Values:
        """What `name` may be in the scopes around this one."""
        if self.parent is not None:
            if self.kind == "type":
                return self.parent.lookup(name)
            # No class and no comprehension sees the names of a class around it.
            return self.parent._from_within(name)
        root = name.split(".", 1)[0]
        for view in self.views:
            if view.scope.kind != "function" or root in view.scope.own:
                return view.get(name)
        return NOTHING

    def _from_within(self, name: str) -> Values:
        """What `name` may be for a scope in this one: the names of classes are skipped."""
        is_own = self.kind == "type" and name.split(".", 1)[0] in self.own
        if self.parent is None or self.kind == "comprehension" or is_own:
            return self.lookup(name)
        return self.parent._from_within(name)

    def seen_by_functions(self) -> tuple[View, ...]:
        """What a function defined here will see."""
        if self.kind == "class":
            assert self.parent is not None
            return self.parent.seen_by_functions()
        here = View(self, dict(self.state), len(self.bindings))
        if self.kind in ("comprehension", "type"):
            assert self.parent is not None
            own = {n: v for n, v in self.state.items() if n in self.own}
            outer = self.parent.seen_by_functions()
            inner = Scope("function", own=self.own)
            return (View(inner, own, 0), *outer)
        return (here, *self.views)

    def module(self) -> Scope | None:
        """The module's scope, None if this is a comprehension's stand-in."""
        scope: Scope | None = self
        while scope is not None and scope.kind != "module":
            if scope.views:
                return scope.views[-1].scope
            scope = scope.parent
        return scope


def joined(states: Iterable[Mapping[str, Values]]) -> State:
    """What holds where several ways meet: of each name all that it may be."""
    found: State = {}
    first = True
    for state in states:
        if first:
            found.update(state)
            first = False
            continue
        for name in {*found, *state}:
            one, other = found.get(name, UNBOUND), state.get(name, UNBOUND)
            if one is not other:
                found[name] = one | other
    return found
