"""The SQL of a plan: of blocks declared SQL, of clients' words, of stray lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from ...core.finding import Place
from .commands.databases import statements

if TYPE_CHECKING:
    from .document import Plan, Section

LANGUAGES = frozenset(
    {"sql", "postgresql", "postgres", "psql", "mysql", "plpgsql", "tsql"}
)


class Sql(NamedTuple):
    """One piece of SQL: where it stands, its text without comments, and its kind:
    "block", "command" (given to a client) or "stray" (among shell lines)."""

    text: str
    place: Place
    section: Section
    kind: str


def pieces(plan: Plan) -> list[Sql]:
    """All of it, in the plan's order."""
    return sorted(_pieces(plan), key=lambda sql: sql.place.line)


def _pieces(plan: Plan) -> Iterator[Sql]:
    for code in plan.codes:
        if code.language in LANGUAGES and code.text.strip():
            yield Sql(
                _bare(code.text),
                Place(plan.path, code.line),
                code.section,
                "block",
            )
    for script in plan.scripts:
        for command in script.commands:
            for text in statements(command):
                if re.search(
                    r"\b(?:select|update|delete|drop|alter|insert)\b",
                    text,
                    re.IGNORECASE,
                ):
                    yield Sql(
                        _bare(text), command.place, script.code.section, "command"
                    )
        lines = script.text.split("\n")
        for foreign in script.foreign:
            if foreign.kind == "SQL":
                yield Sql(
                    _bare("\n".join(lines[foreign.row : foreign.end_row])),
                    script.line_place(foreign.row, foreign.end_row),
                    script.code.section,
                    "stray",
                )


def _bare(text: str) -> str:
    """SQL without comments and without what stands in quotes."""
    text = re.sub(r"/\*.*?(?:\*/|\Z)", " ", text, flags=re.DOTALL)
    text = re.sub(r"--[^\n]*", " ", text)
    return re.sub(r"'(?:[^']|'')*'", "''", text)
