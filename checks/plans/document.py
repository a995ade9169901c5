"""What a plan holds: sections, texts, code blocks, tables, comments, with true lines."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import msgspec

from ...core.finding import Place

if TYPE_CHECKING:
    from .python import Snippet
    from .shell_command import Script

# "Phase 1-3", "Stage 5 to 6", "Phase P3.5", "Étape 2": the words, then one id or a range.
_PHASE = re.compile(
    r"\b(?:phase|stage|étape|etape|fase|etapa|schritt)s?\s+"
    r"(?P<first>[A-Za-z]?\d[\w.]*)(?:\s*(?:-|–|—|to|bis)\s*(?P<last>\d+))?",
    re.IGNORECASE,
)


class Section(msgspec.Struct, eq=False, dict=True):
    """A heading and all below it, up to the next heading that is not deeper.

    The root has level 0, an empty title and line 1. `quoted` is true inside a block
    declared Markdown: a template, or a procedure shown as one. `texts`, `codes` and
    `tables` are those of the section itself; `walk` also gives the sections below.
    """

    title: str
    level: int
    line: int
    parent: Section | None = None
    quoted: bool = False
    end_line: int = 0  # exclusive
    children: list[Section] = []
    texts: list[Text] = []
    codes: list[Code] = []
    tables: list[Table] = []

    def walk(self) -> Iterator[Section]:
        """This section and every one below it, in the plan's order."""
        ahead: list[Section] = [self]
        while ahead:
            section = ahead.pop()
            yield section
            ahead.extend(reversed(section.children))

    def lineage(self) -> Iterator[Section]:
        """This section and the ones around it, innermost first, without the root."""
        section: Section | None = self
        while section is not None and section.level:
            yield section
            section = section.parent

    @property
    def trail(self) -> str:
        """The titles from the outermost to this one, as one text to search."""
        return " / ".join(reversed([s.title for s in self.lineage()]))

    @cached_property
    def phases(self) -> tuple[str, ...]:
        """The ids that its heading names, ranges spelled out; () where it names none."""
        found = _PHASE.search(self.title)
        if found is None:
            return ()
        first, last = found["first"].rstrip("."), found["last"]
        if last is None or not first.isdigit():
            return (first,)
        low, high = int(first), int(last)
        if not low <= high <= low + 99:
            return (first, last)
        return tuple(str(number) for number in range(low, high + 1))


class Text(msgspec.Struct, frozen=True, eq=False):
    """A paragraph, or the text of a list item.

    `kind` is "paragraph" or "item"; `checked` is the state of a task-list box, None
    where there is none. `depth` counts the lists around it. `end_line` is exclusive.
    """

    text: str
    line: int
    end_line: int
    section: Section
    kind: str = "paragraph"
    ordered: bool = False
    depth: int = 0
    checked: bool | None = None


class Span(msgspec.Struct, frozen=True, eq=False):
    """A piece of inline code, and the text that holds it. Columns count from 1."""

    code: str
    line: int
    column: int
    text: Text


class Code(msgspec.Struct, frozen=True, eq=False):
    """A code block.

    `language` is the first word of its info string, lower case, "" for none. `line` is
    the file's line of the first line of `text`; `offsets` says how many characters
    stand before each of its lines in the file. `fence` is the fence's own length, 0
    for an indented block. `lead` is the text right before it, in the same section.
    """

    language: str
    text: str
    line: int
    offsets: tuple[int, ...]
    section: Section
    lead: Text | None = None
    fence: int = 0
    closed: bool = True
    inline: bool = False

    def place(
        self, path: str, row: int, column: int, end_row: int, end_column: int
    ) -> Place:
        """Where a span of `text` lies in the file; rows and columns from 0."""
        return Place(
            path,
            self.line + row,
            self._offset(row) + column + 1,
            self.line + end_row,
            self._offset(end_row) + end_column + 1,
        )

    def _offset(self, row: int) -> int:
        return self.offsets[row] if row < len(self.offsets) else 0

    @property
    def end_line(self) -> int:
        """The file's line after the last line of the text."""
        return self.line + len(self.offsets)


class Row(msgspec.Struct, frozen=True, eq=False):
    """One row of a table."""

    line: int
    cells: tuple[str, ...]


class Table(msgspec.Struct, frozen=True, eq=False):
    """A table: its header's cells, and its rows."""

    header: tuple[str, ...]
    rows: tuple[Row, ...]
    line: int
    section: Section


class Comment(msgspec.Struct, frozen=True, eq=False):
    """The text of an HTML comment, without its marks, and the line it begins on."""

    text: str
    line: int


class Nested(msgspec.Struct, frozen=True, eq=False):
    """A fence that is closed by the first fence inside it.

    `line` is where the outer one opens, `inner` where a fence inside it opens, `closes`
    the line at which Markdown ends the outer one, `meant` the line that was meant to,
    0 where there is none.
    """

    line: int
    inner: int
    closes: int
    meant: int


class Plan:
    """One Markdown plan, as read by `reading.read`.

    `lines` are the file's, without line ends; `front` the front matter's mapping, None
    where there is none or it is no mapping. `quotes` are the first and last lines of
    the blocks declared Markdown. `problems` are lines and what is wrong with
    their form.
    """

    def __init__(
        self,
        path: str,
        lines: list[str],
        root: Section,
        comments: list[Comment],
        nested: list[Nested],
        front: Mapping[str, Any] | None,
        problems: list[tuple[int, str]],
        quotes: list[tuple[int, int]],
    ) -> None:
        self.path = path
        self.lines = lines
        self.root = root
        self.comments = comments
        self.nested = nested
        self.front = front
        self.problems = problems
        self.memo: dict[str, object] = {}  # what is dear to find out twice
        self.quotes = quotes

    @cached_property
    def sections(self) -> list[Section]:
        """Every section, the root too, in the plan's order."""
        return list(self.root.walk())

    @cached_property
    def texts(self) -> list[Text]:
        """Every paragraph and list item."""
        return sorted((t for s in self.sections for t in s.texts), key=_line)

    @cached_property
    def codes(self) -> list[Code]:
        """Every code block."""
        return sorted((c for s in self.sections for c in s.codes), key=_line)

    @cached_property
    def tables(self) -> list[Table]:
        """Every table."""
        return sorted((t for s in self.sections for t in s.tables), key=_line)

    @cached_property
    def spans(self) -> list[Span]:
        """Every piece of inline code in the texts."""
        return [span for text in self.texts for span in _spans(self.lines, text)]

    def is_quoted(self, line: int) -> bool:
        """Whether `line` is inside a block declared Markdown: a template, mostly."""
        before = bisect_right(self.quotes, (line, len(self.lines)))
        # A quote may hold others; one of those around it ends last.
        return any(
            line <= last for _, last in self.quotes[max(0, before - 50) : before]
        )

    @cached_property
    def scripts(self) -> list[Script]:
        """The blocks of shell, read; inline commands that are steps too."""
        from . import shell

        return shell.scripts(self)

    @cached_property
    def snippets(self) -> list[Snippet]:
        """The blocks of Python, read."""
        from . import python

        return python.snippets(self)

    def place(self, line: int) -> Place:
        """Where `line` lies, from its first letter to its end; the plan itself for 0."""
        if not 0 < line <= len(self.lines):
            return Place(self.path)
        text = self.lines[line - 1]
        start = len(text) - len(text.lstrip())
        end = max(len(text.rstrip()), start + 1)
        return Place(self.path, line, start + 1, line, end + 1)

    @property
    def text(self) -> str:
        """The whole plan."""
        return "\n".join(self.lines)

    @property
    def is_phased(self) -> bool:
        """Whether some heading names a phase: a plan for a migration, not a runbook."""
        return any(section.phases for section in self.sections)


def _line(block: Text | Code | Table) -> int:
    return block.line


_TICKS = re.compile(r"`+")


def _spans(lines: list[str], text: Text) -> Iterator[Span]:
    """Inline code of one text: a run of back-ticks up to the next run as long."""
    for number in range(text.line, text.end_line):
        line = lines[number - 1]
        runs = list(_TICKS.finditer(line))
        following: dict[int, list[int]] = {}
        for index in range(len(runs) - 1, -1, -1):
            following.setdefault(len(runs[index][0]), []).append(index)
        index = 0
        while index < len(runs):
            same = following[len(runs[index][0])]
            while same and same[-1] <= index:
                same.pop()
            if not same:
                index += 1
                continue
            closing = same[-1]
            start, end = runs[index].end(), runs[closing].start()
            code = line[start:end]
            pad = len(code) - len(code.lstrip())
            yield Span(code.strip(), number, start + pad + 1, text)
            index = closing + 1
