"""What a name may stand for while a file is read, as far as it matters here."""

from __future__ import annotations

from typing import Any, Final, NamedTuple


class Named(NamedTuple):
    """The thing of that absolute dotted name, as this file spells it.

    `origin` is the import's node that brought it here, None where none did.
    """

    dotted: str
    origin: Any = None


class Instance(NamedTuple):
    """An object made from the class of that name."""

    dotted: str
    origin: Any = None


class Inherited(NamedTuple):
    """Something of that name if the class inherits it: a target only if it names the
    member itself, not if it names the class."""

    dotted: str
    origin: Any = None


class LocalClass:
    """A class of this file: its bases, what it binds itself, what its objects hold."""

    def __init__(self) -> None:
        self.bases: Values = NOTHING
        self.members: set[str] = set()
        self.attributes: dict[str, Values] = {}

    def add(self, name: str, values: Values) -> bool:
        """Let the attribute hold `values` too; whether that is news."""
        before = self.attributes.get(name, NOTHING)
        self.attributes[name] = before | values
        return self.attributes[name] != before


class LocalObject(NamedTuple):
    """An object of a class of this file."""

    of: LocalClass


class Function(NamedTuple):
    """A function of this file; what a call returns by its annotation."""

    returns: Values


class Unbound(NamedTuple):
    """Not bound yet on some way here."""


Value = (
    Named | Instance | Inherited | LocalClass | LocalObject | Function | Unbound
)  # what one expression may be
Values = frozenset[Value]

NOTHING: Final[Values] = frozenset()
UNBOUND: Final[Values] = frozenset([Unbound()])


def instances(values: Values) -> Values:
    """What a call of `values` makes."""
    made: set[Value] = set()
    for value in values:
        if isinstance(value, Named):
            made.add(Instance(value.dotted, value.origin))
        elif isinstance(value, LocalClass):
            made.add(LocalObject(value))
        elif isinstance(value, Function):
            made |= value.returns
    return frozenset(made)


def member(values: Values, name: str) -> Values:
    """What the attribute `name` of `values` may be."""
    found: set[Value] = set()
    for value in values:
        if isinstance(value, (Named, Instance)):
            found.add(Named(f"{value.dotted}.{name}", value.origin))
        elif isinstance(value, Inherited):
            found.add(Inherited(f"{value.dotted}.{name}", value.origin))
        elif isinstance(value, LocalClass):
            found |= _of_class(value, name, set())
        elif isinstance(value, LocalObject):
            found |= _of_class(value.of, name, set())
    return frozenset(found)


def _of_class(cls: LocalClass, name: str, seen: set[int]) -> Values:
    if id(cls) in seen:
        return NOTHING
    seen.add(id(cls))
    own = cls.attributes.get(name)
    if own is not None or name in cls.members:
        return own or NOTHING
    found: set[Value] = set()
    for base in cls.bases:
        if isinstance(base, LocalClass):
            found |= _of_class(base, name, seen)
        elif isinstance(base, (Named, Inherited)):
            found.add(Inherited(f"{base.dotted}.{name}", base.origin))
    return frozenset(found)
