"""What a name may stand for while a file is read, as far as it matters here."""

from __future__ import annotations

from collections.abc import Iterable
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
    how: str = "made"  # or it would equal what is merely named so


class Inherited(NamedTuple):
    """Something of that name if the class inherits it: a target only if it names the
    member itself, not if it names the class."""

    dotted: str
    origin: Any = None
    how: str = "inherited"


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


class Made:
    """What the body of a function was seen to return."""

    def __init__(self) -> None:
        self.values: Values = NOTHING

    def add(self, values: Values) -> bool:
        """Let it return `values` too; whether that is news."""
        before = self.values
        self.values = before | values
        return self.values != before


class Function(NamedTuple):
    """A function of this file: what a call returns by its annotation, and by its body."""

    returns: Values
    made: Made | None = None


class Property(NamedTuple):
    """A method of this file that is read like an attribute: what that gives."""

    returns: Values
    made: Made


class Text(NamedTuple):
    """A string that may name a target, or a part of its name."""

    text: str


class Getter(NamedTuple):
    """`attrgetter("Cart")`: it gives those members, by their strings' nodes, of what it
    is called with."""

    nodes: tuple[Any, ...]


class Held(NamedTuple):
    """What a container holds, by key or index; None for wherever it may be.

    `depth` is how many containers lie within one another there.
    """

    items: tuple[tuple[str | None, Values], ...]
    depth: int = 1
    is_mapping: bool = False


class Passed(NamedTuple):
    """A mapping in which a removed keyword is a key, which stands at `node`."""

    name: str
    node: Any


class Unbound(NamedTuple):
    """Not bound yet on some way here."""


Value = (
    Named | Instance | Inherited | LocalClass | LocalObject | Function | Unbound
    | Text | Getter | Held | Passed | Property
)  # fmt: skip  # what one expression may be
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
            if value.made is not None:
                made |= value.made.values
    return frozenset(made)


# Containers within containers are followed so far: a loop may put one into itself.
_DEPTH = 3


def holding(
    items: Iterable[tuple[str | None, Values]], is_mapping: bool = False
) -> Values:
    """A container of `items`; nothing where they are nothing that matters."""
    kept: list[tuple[str | None, Values]] = []
    depth = 1
    for key, values in items:
        shallow = frozenset(
            v for v in values if not isinstance(v, Held) or v.depth < _DEPTH
        )
        if shallow:
            kept.append((key, shallow))
            inner = (v.depth for v in shallow if isinstance(v, Held))
            depth = max(depth, 1 + max(inner, default=0))
    if not kept:
        return NOTHING
    return frozenset([Held(tuple(kept), depth, is_mapping)])


def held(values: Values, key: str | None = None) -> Values:
    """What `values`, as far as they are containers, may hold at `key`, or anywhere."""
    return frozenset(
        one
        for value in values
        if isinstance(value, Held)
        for at, inner in value.items
        if key is None or at is None or at == key
        for one in inner
    )


def listed(values: Values) -> Values:
    """What one gets who iterates over `values`."""
    lists = (v for v in values if isinstance(v, Held) and not v.is_mapping)
    return held(frozenset(lists))


def member(values: Values, name: str) -> Values:
    """What the attribute `name` of `values` may be."""
    found: set[Value] = set()
    for value in values:
        if name == "__class__" and isinstance(value, Instance):
            found.add(Named(value.dotted, value.origin))
        elif name == "__class__" and isinstance(value, LocalObject):
            found.add(value.of)
            continue
        if isinstance(value, (Named, Instance)):
            found.add(Named(f"{value.dotted}.{name}", value.origin))
        elif isinstance(value, Inherited):
            found.add(Inherited(f"{value.dotted}.{name}", value.origin))
        elif isinstance(value, LocalClass):
            found |= _of_class(value, name, set())
        elif isinstance(value, LocalObject):
            for one in _of_class(value.of, name, set()):
                if isinstance(one, Property):
                    found |= one.returns | one.made.values
                else:
                    found.add(one)
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
