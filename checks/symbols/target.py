"""What the symbol engine is asked for, and what it answers."""

from __future__ import annotations

from typing import Literal, NamedTuple

Kind = Literal["symbol", "module", "keyword", "flag"]

Via = Literal[
    "import",  # an import statement names it
    "star",  # `from module import *` binds it
    "name",  # a bare name that is bound to it
    "attribute",  # a dotted expression
    "string",  # a string names it
    "comment",  # a type comment names it
    "keyword",  # a call passes the removed keyword
    "flag",  # a string is the removed flag
]


class Target(NamedTuple):
    """What is looked for.

    `name` is a dotted name: of a "module" with all in it, or of a "symbol" (a function,
    a class, a constant, or a method bound to its class). For a "keyword", `name` is the
    keyword and `of` the dotted name of the callable that lost it. For a "flag", `name`
    is the environment variable.
    """

    kind: Kind
    name: str
    of: str = ""

    @property
    def dotted(self) -> str:
        """The dotted name that a file must reach; "" for a flag."""
        if self.kind == "keyword":
            return self.of
        return "" if self.kind == "flag" else self.name


class Span(NamedTuple):
    """Part of a file: lines and columns from 1, columns in characters, the end
    exclusive; a byte order mark is not counted, and only LF, CRLF and CR end lines."""

    line: int
    column: int
    end_line: int
    end_column: int


class Use(NamedTuple):
    """One place that uses a target.

    `name` is what the place resolves to, as the target spells it: the target's name, or
    that name continued ("shop.old.Cart.add"). `text` is the source at `span`. `bound_at`
    is the line of the import that bound it in this file, 0 where there is none or it is
    the place itself. `alias` is the dotted name it was reached by where another file
    re-exports it ("shop.views.Basket"), else "".
    """

    path: str
    span: Span
    target: Target
    via: Via
    name: str
    text: str
    bound_at: int = 0
    alias: str = ""


class Unreadable(NamedTuple):
    """A file that mentions a target and cannot be judged.

    `reason` is a clause that ends "shop/a.py cannot be judged: ...". `span` is where the
    parser stopped, all zero where it does not say.
    """

    path: str
    reason: str
    span: Span = Span(0, 0, 0, 0)
