"""From the bytes of a Markdown file to a plan, in bounded time, whatever they are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from ...core.errors import BackoutError
from .document import Code, Comment, Nested, Plan, Row, Section, Table, Text

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

# A person who must read more than this at night has no plan. The longest public
# runbook seen has 3,100 lines.
MAX_BYTES = 2_000_000
MAX_LINES = 50_000
MAX_NESTING = 60

_MARKDOWN = frozenset({"markdown", "md", "mdx", "gfm"})
_FENCE = re.compile(r"^(?P<indent>[ >\t]*)(?P<ticks>`{3,}|~{3,})(?P<info>[^`]*)$")
_TASK = re.compile(r"^\[(?P<mark>[ xX])\](?:\s+|$)")
_COMMENT = re.compile(r"<!--(.*?)(?:-->|\Z)", re.DOTALL)


class Unreadable(BackoutError):
    """The bytes are no plan. `line` is the first one to blame, 0 for the whole file."""

    def __init__(self, message: str, line: int = 0) -> None:
        self.line = line
        super().__init__(message)


def read(path: str, content: bytes) -> Plan:
    """The plan in `content`, which is UTF-8 Markdown, with or without a mark.

    Raises Unreadable for what is too big, not text, or nested deeper than anybody
    writes: a reader that gave up half-way would call the rest fine.
    """
    if len(content) > MAX_BYTES:
        raise Unreadable(
            f"the file has {len(content):,} bytes; a plan may have {MAX_BYTES:,}"
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Unreadable("the file is not UTF-8 text", line) from error
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise Unreadable("the file holds a NUL byte, so it is not text", line)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if len(lines) > MAX_LINES:
        raise Unreadable(
            f"the file has {len(lines):,} lines; a plan may have {MAX_LINES:,}"
        )
    quotes, nested = _quotes(lines)
    return _Reader(path, lines, quotes, nested).plan()


class _Quote(NamedTuple):
    """A block declared Markdown: the lines of its two fences."""

    opens: int
    closes: int


class _Open(NamedTuple):
    line: int
    ticks: str
    language: str
    indent: int


def _quotes(lines: list[str]) -> tuple[list[_Quote], list[Nested]]:
    """The blocks declared Markdown as they were meant, and the fences that break them.

    Markdown ends a fence at the first bare fence inside it that is as long. People
    mean fences to nest; a stack reads them as they were meant.
    """
    stack: list[_Open] = []
    quotes: list[_Quote] = []
    inner: dict[int, int] = {}  # where an outer fence opens: the first one inside it
    ends: dict[int, int] = {}  # the line at which Markdown ends the outer one
    meant: dict[int, int] = {}
    for number, line in enumerate(lines, 1):
        if "```" not in line and "~~~" not in line:
            continue
        fence = _FENCE.match(line)
        if fence is None:
            continue
        ticks, info = fence["ticks"], fence["info"].strip()
        indent = len(fence["indent"].expandtabs(4))
        opened = _Open(number, ticks, _language(info), indent)
        if not stack:
            stack.append(opened)
        elif not info and _ends(stack[-1], opened):
            for outer in stack[:-1]:
                if outer.line not in ends and _ends(outer, opened):
                    ends[outer.line] = number
            top = stack.pop()
            meant[top.line] = number
            if top.language in _MARKDOWN:
                quotes.append(_Quote(top.line, number))
        elif stack[-1].language in _MARKDOWN:
            inner.setdefault(stack[-1].line, number)
            stack.append(opened)
    nested = [
        Nested(outer, inner[outer], end, meant.get(outer, 0))
        for outer, end in sorted(ends.items())
    ]
    return sorted(quotes), nested


def _ends(fence: _Open, bare: _Open) -> bool:
    """Whether Markdown ends `fence` at the fence `bare`."""
    return (
        bare.ticks[0] == fence.ticks[0]
        and len(bare.ticks) >= len(fence.ticks)
        and bare.indent - fence.indent < 4
    )


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt
    from mdit_py_plugins.front_matter import front_matter_plugin

    parser = MarkdownIt("commonmark", {"maxNesting": MAX_NESTING})
    parser.enable("table")
    # Inline marks are not needed, and they are where a line of a megabyte hurts.
    parser.disable("inline")
    return parser.use(front_matter_plugin)


class _Reader:
    """Walks the tokens once and builds the plan."""

    def __init__(
        self, path: str, lines: list[str], quotes: list[_Quote], nested: list[Nested]
    ) -> None:
        self._path = path
        self._lines = lines
        self._quotes = quotes
        self._nested = nested
        self._comments: list[Comment] = []
        self._front: Mapping[str, Any] | None = None
        self._problems: list[tuple[int, str]] = []
        self._root = Section("", 0, 1)
        self._section = self._root
        self._lists: list[bool] = []  # for each open list: is it ordered
        self._fresh_item = False
        self._lead: Text | None = None
        self._quote_ends = 0  # the line of the fence that ends the block we are in

    def plan(self) -> Plan:
        tokens = self._tokens()
        for index in range(len(tokens)):
            self._take(tokens, index)
        self._close(1, len(self._lines) + 1)
        self._root.end_line = len(self._lines) + 1
        return Plan(
            self._path, self._lines, self._root, self._comments, self._nested,
            self._front, self._problems, [(q.opens, q.closes) for q in self._quotes],
        )  # fmt: skip

    def _tokens(self) -> list[Token]:
        # What a block declared Markdown holds is read in place: its fences are blanked,
        # so that every line keeps its number.
        lines = list(self._lines)
        for quote in self._quotes:
            lines[quote.opens - 1] = lines[quote.closes - 1] = ""
        tokens = _parser().parse("\n".join(lines))
        for token in tokens:
            if token.level >= MAX_NESTING - 1:
                line = token.map[0] + 1 if token.map else 0
                raise Unreadable(
                    f"lists and quotes are nested more than {MAX_NESTING // 2} deep",
                    line,
                )
        return tokens

    def _take(self, tokens: list[Token], index: int) -> None:
        token = tokens[index]
        kind = token.type
        if self._section.quoted and token.map and token.map[0] >= self._quote_ends:
            # What follows a template is no part of its last section.
            while self._section.quoted:
                self._close(self._section.level, _first(token))
        if kind == "heading_open":
            self._heading(token, tokens[index + 1].content)
        elif kind in ("bullet_list_open", "ordered_list_open"):
            self._lists.append(kind == "ordered_list_open")
        elif kind in ("bullet_list_close", "ordered_list_close"):
            self._lists.pop()
        elif kind == "list_item_open":
            self._fresh_item = True
            self._lead = None
        elif kind == "paragraph_open":
            self._text(token, tokens[index + 1].content)
        elif kind in ("fence", "code_block"):
            self._code(token)
        elif kind == "table_open":
            self._table(tokens, index)
        elif kind == "html_block":
            self._html(token.content, _first(token))
        elif kind == "front_matter":
            self._read_front(token.content)

    def _heading(self, token: Token, title: str) -> None:
        line = _first(token)
        level = int(token.tag[1:])
        quote = self._quote(line)
        if quote is not None:
            self._quote_ends = quote.closes
            # A template's own headings stay below the section that shows it.
            level += next(
                (
                    s.level
                    for s in (self._section, *_parents(self._section))
                    if s.line < quote.opens and not s.quoted
                ),
                0,
            )
        self._close(level, line)
        section = Section(_plain(title), level, line, self._section, quote is not None)
        self._section.children.append(section)
        self._section = section
        self._lead = None

    def _close(self, level: int, line: int) -> None:
        while self._section.level >= level:
            self._section.end_line = line
            assert self._section.parent is not None
            self._section = self._section.parent

    def _quote(self, line: int) -> _Quote | None:
        for quote in self._quotes:
            if quote.opens < line < quote.closes:
                return quote
        return None

    def _text(self, token: Token, content: str) -> None:
        checked: bool | None = None
        is_item = bool(self._lists) and self._fresh_item
        if is_item and (task := _TASK.match(content)):
            checked = task["mark"] != " "
            content = content[task.end() :]
        assert token.map is not None
        text = Text(
            content,
            token.map[0] + 1,
            token.map[1] + 1,
            self._section,
            "item" if is_item else "paragraph",
            is_item and self._lists[-1],
            len(self._lists),
            checked,
        )
        self._section.texts.append(text)
        self._lead = text
        self._fresh_item = False
        if "<!--" in content:
            self._html(content, text.line)

    def _code(self, token: Token) -> None:
        assert token.map is not None
        fenced = token.type == "fence"
        line = token.map[0] + 1 + fenced
        body = token.content.removesuffix("\n").split("\n") if token.content else []
        info = token.info.strip()
        closed = not fenced or token.map[1] - token.map[0] == len(body) + 2
        self._section.codes.append(
            Code(
                _language(info),
                "\n".join(body),
                line,
                tuple(self._offset(line + row, text) for row, text in enumerate(body)),
                self._section,
                self._lead,
                len(token.markup) if fenced else 0,
                closed,
            )
        )
        self._fresh_item = False

    def _offset(self, line: int, text: str) -> int:
        whole = self._lines[line - 1] if line <= len(self._lines) else ""
        return len(whole) - len(text) if whole.endswith(text) else 0

    def _html(self, content: str, line: int) -> None:
        for comment in _COMMENT.finditer(content):
            before = content.count("\n", 0, comment.start())
            self._comments.append(Comment(comment[1].strip(), line + before))

    def _read_front(self, content: str) -> None:
        import yaml

        try:
            value: object = yaml.safe_load(content)
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            mark = getattr(error, "problem_mark", None)
            line = 2 + (mark.line if mark is not None else 0)
            self._problems.append((line, "the front matter is not YAML"))
            return
        if isinstance(value, dict):
            self._front = cast(Mapping[str, Any], value)

    def _table(self, tokens: list[Token], index: int) -> None:
        rows: list[tuple[int, list[str]]] = []
        while tokens[index].type != "table_close":
            token = tokens[index]
            if token.type == "tr_open":
                rows.append((_first(token), []))
            elif token.type == "inline":
                rows[-1][1].append(token.content.strip())
            index += 1
        self._section.tables.append(
            Table(
                tuple(rows[0][1]),
                tuple(Row(line, tuple(cells)) for line, cells in rows[1:]),
                rows[0][0],
                self._section,
            )
        )


def _language(info: str) -> str:
    """The language of an info string: `bash title="x"`, `{.sh}`, `sh,ignore`."""
    return re.split(r"[\s,{:]", info.lstrip("{."), maxsplit=1)[0].rstrip("}").lower()


def _first(token: Token) -> int:
    assert token.map is not None
    return token.map[0] + 1


def _plain(title: str) -> str:
    """A heading without the marks of emphasis and code."""
    return re.sub(r"[*`]+|(?<!\w)_+|_+(?!\w)", "", title).strip()


def _parents(section: Section) -> list[Section]:
    found: list[Section] = []
    while section.parent is not None:
        section = section.parent
        found.append(section)
    return found
