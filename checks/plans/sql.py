"""The SQL of a plan: of blocks declared SQL, of clients' words, of stray lines.

Statements are read by a parser with error recovery, never run. It knows no dialect
whole (one in five of the statements in public plans has something it has not heard
of), so an error says nothing: such a statement is read by its words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from ...core.finding import Place
from .commands.databases import statements as given

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

    from .document import Code, Plan, Section

LANGUAGES = frozenset(
    {"sql", "postgresql", "postgres", "pgsql", "psql", "mysql", "plpgsql", "tsql"}
)
# Longer than any statement of a step, and short enough for what is made to be slow.
MAX_STATEMENT = 8_000
MAX_BLOCK = 64_000


class Statement(NamedTuple):
    """One statement. Names are of tables and views: the last part, small letters.

    `verb` is its first word in small letters; `drops`, `makes` and `reads` what it
    does to tables; `changes` says that it changes rows, `bounded` that all of its
    changes have a WHERE. `parsed` is false where it is known by its words alone.
    """

    verb: str
    text: str
    place: Place
    drops: frozenset[str] = frozenset()
    makes: frozenset[str] = frozenset()
    reads: frozenset[str] = frozenset()
    changes: bool = False
    bounded: bool = True
    parsed: bool = True


class Sql(NamedTuple):
    """One piece of SQL: where it stands, its statements, and its kind:
    "block", "command" (given to a client) or "stray" (among shell lines)."""

    statements: tuple[Statement, ...]
    place: Place
    section: Section
    kind: str


def pieces(plan: Plan) -> list[Sql]:
    """All of it, in the plan's order. Found out once for a plan."""
    known = plan.memo.get("sql")
    if not isinstance(known, _Pieces):
        found = sorted(_pieces(plan), key=lambda sql: sql.place.line)
        known = plan.memo["sql"] = _Pieces(found)
    return known.all


class _Pieces:
    def __init__(self, found: list[Sql]) -> None:
        self.all = found


def is_sql(code: Code) -> bool:
    """Whether a block is declared SQL."""
    return code.language in LANGUAGES


def _pieces(plan: Plan) -> Iterator[Sql]:
    for code in plan.codes:
        if is_sql(code) and code.text.strip():
            read = tuple(
                _read(text, code.place(plan.path, row, column, row, column + 1))
                for text, row, column in _split(code.text[:MAX_BLOCK])
            )
            yield Sql(read, Place(plan.path, code.line), code.section, "block")
    for script in plan.scripts:
        for command in script.commands:
            for text in given(command):
                if _STATEMENT.search(text):
                    read = tuple(
                        _read(part, command.place)
                        for part, _, _ in _split(text[:MAX_BLOCK])
                    )
                    yield Sql(read, command.place, script.code.section, "command")
        lines = script.text.split("\n")
        for foreign in script.foreign:
            if foreign.kind == "SQL":
                text = "\n".join(lines[foreign.row : foreign.end_row])
                place = script.line_place(foreign.row, foreign.end_row)
                read = tuple(_read(part, place) for part, _, _ in _split(text))
                yield Sql(read, place, script.code.section, "stray")


_STATEMENT = re.compile(
    r"\b(?:select|update|delete|drop|alter|insert|truncate)\b", re.IGNORECASE
)
# What is no statement's text: comments, strings, bodies of functions, the client's own
# commands. What a person fills in stands for a name.
_ASIDE = re.compile(
    r"/\*.*?(?:\*/|\Z)|--[^\n]*|'(?:[^']|'')*(?:'|\Z)|(?P<tag>\$\w*\$).*?(?:(?P=tag)|\Z)"
    r"|^[ \t]*\\[a-z][^\n]*|^[ \t]*\.\.\.[ \t]*$",
    re.DOTALL | re.MULTILINE,
)
_HOLE = re.compile(
    r"<[A-Za-z][\w .:/-]{0,60}>|\[[A-Za-z_][\w .-]{0,60}\]|\{\{?[^{}\n]{0,80}\}?\}|:\w+"
)


def _split(text: str) -> Iterator[tuple[str, int, int]]:
    """Each statement without what is aside, and the row and column it begins at."""
    bare = _ASIDE.sub(_blank, text)
    start = 0
    for end in [*(m.start() for m in re.finditer(";", bare)), len(bare)]:
        part = bare[start:end]
        if part.strip():
            first = start + len(part) - len(part.lstrip())
            row = bare.count("\n", 0, first)
            yield part.strip(), row, first - (bare.rfind("\n", 0, first) + 1)
        start = end + 1


def _blank(match: re.Match[str]) -> str:
    """As long, as many lines; a string stays a string."""
    text = match[0]
    if len(text) > 1 and text[0] in "'$":
        return "'" + re.sub(r"[^\n]", " ", text[1:-1]) + "'"
    return re.sub(r"[^\n]", " ", text)


@cache
def _parser() -> Parser:
    import tree_sitter
    import tree_sitter_sql

    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_sql.language()))


def _read(text: str, place: Place) -> Statement:
    verb = text.split(None, 1)[0].lower()
    if len(text) <= MAX_STATEMENT:
        # One character is one byte: what the tree says is true of the text.
        plain = re.sub(r"[^\x00-\x7f]", "_", _HOLE.sub(_name, text))
        root = _parser().parse(f"{plain};".encode("ascii")).root_node
        if not root.has_error:
            return _known(root, verb, plain, place)
    return _by_words(text, verb, place)


def _name(match: re.Match[str]) -> str:
    return re.sub(r"\W", "_", match[0])


_MADE = frozenset({"create_table", "create_view", "rename_object"})
_DROPPED = frozenset({"drop_table", "drop_view", "drop_materialized_view"})


def _known(root: Node, verb: str, text: str, place: Place) -> Statement:
    drops: set[str] = set()
    makes: set[str] = set()
    reads: set[str] = set()
    common: set[str] = set()  # names of WITH, which are no tables
    changes = False
    bounded = True
    stack = [root]
    while stack:
        node = stack.pop()
        if node.type in _DROPPED:
            drops |= _names(node, text)
        elif node.type in _MADE:
            makes |= _names(node, text)
        elif node.type == "relation":
            reads |= _names(node, text)
        elif node.type == "cte":
            common |= {_last(text[c.start_byte : c.end_byte])
                       for c in node.children if c.type == "identifier"}  # fmt: skip
        elif node.type in ("update", "delete"):
            changes = True
            # The WHERE of a deletion hangs on the FROM beside it.
            home = node.parent if node.type == "delete" else node
            bounded &= home is not None and _has_where(home)
        stack.extend(node.children)
    if "keyword_select" not in {child.type for child in _leaves(root)}:
        reads = set()
    return Statement(
        verb, text, place, frozenset(drops), frozenset(makes),
        frozenset(reads - common), changes, bounded,
    )  # fmt: skip


def _leaves(root: Node) -> Iterator[Node]:
    stack = [root]
    while stack:
        node = stack.pop()
        if not node.children:
            yield node
        stack.extend(node.children)


def _names(node: Node, text: str) -> set[str]:
    return {
        _last(text[child.start_byte : child.end_byte])
        for child in node.children
        if child.type == "object_reference"
    }


def _has_where(node: Node) -> bool:
    """Whether the statement itself is bounded, not one that is asked inside it."""
    return any(
        child.type == "where" or (child.type == "from" and _has_where(child))
        for child in node.children
    )


def _last(name: str) -> str:
    return re.sub(r"[\"`\[\]\s]", "", name).rsplit(".", 1)[-1].lower()


_DROPS = re.compile(
    r"\bDROP\s+(?:TABLE|(?:MATERIALIZED\s+)?VIEW)\s+(?:IF\s+EXISTS\s+)?"
    r"(?P<names>[\w.\"`]+(?:\s*,\s*[\w.\"`]+)*)",
    re.IGNORECASE,
)
_MAKES = re.compile(
    r"\b(?:CREATE\s+(?:\w+\s+){0,3}?(?:TABLE|VIEW)\s+(?:IF\s+NOT\s+EXISTS\s+)?|"
    r"RENAME\s+TO\s+)([\w.\"`]+)",
    re.IGNORECASE,
)
_READS = re.compile(r"\b(?:FROM|JOIN)\s+([\w.\"`]+)", re.IGNORECASE)
_CHANGES = re.compile(
    r"\b(?:UPDATE\s+[\w.\"`]+\s+SET\b|DELETE\s+FROM\s+[\w.\"`]+)", re.IGNORECASE
)


def _by_words(text: str, verb: str, place: Place) -> Statement:
    """A statement that the parser does not know whole, or that is too long for it."""
    dropped = [m["names"].split(",") for m in _DROPS.finditer(text)]
    is_select = re.search(r"\bSELECT\b", text, re.IGNORECASE) is not None
    return Statement(
        verb,
        text,
        place,
        frozenset(_last(name) for names in dropped for name in names),
        frozenset(_last(name) for name in _MAKES.findall(text)),
        frozenset(_last(name) for name in _READS.findall(text) if is_select),
        _CHANGES.search(text) is not None,
        re.search(r"\bWHERE\b", text, re.IGNORECASE) is not None,
        parsed=False,
    )
