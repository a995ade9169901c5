"""A plan by its topics: what each heading, and each label that stands for one, holds."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import msgspec

from .document import Code, Plan, Row, Section, Table, Text
from .meaning import LONG, Vocabulary, vocabulary

if TYPE_CHECKING:
    from ...core.policy import PlanPart, Policy

_Block = TypeVar("_Block")

# "**Recovery time**: 5 min", "__Contacts:__", and the plain "After rollback:" alone.
_BOLD = re.compile(r"^(?:\*\*|__)(?P<title>[^*_\n]{2,80}?)\s*:?(?:\*\*|__)(?P<rest>.*)")
_PLAIN = re.compile(r"^(?P<title>[^\W\d][^.!?:|`\n]{2,60}):$")
_MARKS = re.compile(r"[*`]+|(?<!\w)_+|_+(?!\w)")
_LINK = re.compile(r"!?\[([^\[\]\n]{0,200})\]\([^()\n]{0,400}\)")

_ABSENT = re.compile(
    r"^\W*(?:n\s?/\s?a|not applicable|entfällt|nicht zutreffend|n\.?v\.?t\.?|"
    r"niet van toepassing|sans objet|non applicable|no aplica|não aplicável|não se aplica)\b\W*(?P<reason>.*)",
    re.IGNORECASE | re.DOTALL,
)


class Topic(msgspec.Struct, frozen=True, eq=False):
    """A titled piece of a plan: the lines from its title up to `end_line`, exclusive.

    `heading` is false for a label: a bold beginning of a paragraph or item, or a short
    line that ends in a colon. `first` is the text that follows a label on its line.
    """

    title: str
    line: int
    end_line: int
    section: Section
    parts: frozenset[PlanPart]
    heading: bool = True
    first: str = ""


class Absent(NamedTuple):
    """A part that the plan says it does not need; `reason` is "" where it gives none."""

    line: int
    reason: str


class Outline:
    """The topics of one plan, and what lies in each. Make one with `outline`."""

    def __init__(self, plan: Plan, vocabulary: Vocabulary) -> None:
        self.plan = plan
        self._text_lines = [text.line for text in plan.texts]
        self._code_lines = [code.line for code in plan.codes]
        self._table_lines = [table.line for table in plan.tables]
        self.topics = sorted(
            (*_headings(plan, vocabulary), *_labels(plan, vocabulary)),
            key=lambda topic: (topic.line, not topic.heading),
        )

    def about(self, part: PlanPart) -> list[Topic]:
        """The topics about `part`, in the plan's order."""
        return [topic for topic in self.topics if part in topic.parts]

    def texts(self, topic: Topic) -> Sequence[Text]:
        """The paragraphs and items below a topic's title; a label's own is one."""
        return _within(self.plan.texts, self._text_lines, topic)

    def codes(self, topic: Topic) -> Sequence[Code]:
        """The code blocks of a topic."""
        return _within(self.plan.codes, self._code_lines, topic)

    def tables(self, topic: Topic) -> Sequence[Table]:
        """The tables of a topic."""
        return _within(self.plan.tables, self._table_lines, topic)

    @cached_property
    def _parts_at(self) -> list[set[PlanPart]]:
        at: list[set[PlanPart]] = [set() for _ in range(len(self.plan.lines) + 2)]
        for topic in self.topics:
            if topic.parts:
                for line in range(topic.line, min(topic.end_line, len(at))):
                    at[line] |= topic.parts
        return at

    def is_in(self, line: int, *parts: PlanPart) -> bool:
        """Whether `line` lies in a topic about one of `parts`."""
        return not self._parts_at[line].isdisjoint(parts)

    def front(self, *keys: str) -> object:
        """The front matter's value of the first of `keys` that is there, else None."""
        for key in keys:
            for spelling in (key, key.replace("-", "_")):
                value = (self.plan.front or {}).get(spelling)
                if value is not None:
                    return value
        return None

    def absent(self, part: PlanPart) -> Absent | None:
        """Where the plan says `n/a: reason` of `part`, in a topic or a front key."""
        value = self.front(part)
        if isinstance(value, str) and (found := _ABSENT.match(value)):
            return Absent(1, found["reason"].strip())
        for topic in self.about(part):
            said = [topic.title.partition(":")[2], topic.first]
            if topic.heading:
                said += [text.text for text in self.texts(topic)[:1]]
            for text in said:
                if found := _ABSENT.match(plain(text)):
                    return Absent(topic.line, found["reason"].strip())
        return None


@lru_cache(maxsize=2)
def _outline(plan: Plan, more: tuple[tuple[PlanPart, tuple[str, ...]], ...]) -> Outline:
    return Outline(plan, vocabulary(more))


def outline(plan: Plan, policy: Policy | None = None) -> Outline:
    """The outline of `plan`, with the headings that `policy` names for its parts.

    Kept for the plan at hand: a dozen rules ask for it one after the other.
    """
    headings = {} if policy is None else policy.plans.headings
    return _outline(plan, tuple(sorted(headings.items())))


def plain(text: str) -> str:
    """Markdown's text without the marks of emphasis and code, links by their words.

    Of a text longer than `LONG` characters, the beginning.
    """
    return _MARKS.sub("", _LINK.sub(r"\1", text[:LONG]))


def code_lines(code: Code) -> Iterator[tuple[int, str]]:
    """The lines of a block with their rows from 0, each up to `LONG` characters."""
    for row, line in enumerate(code.text.split("\n")):
        yield row, line[:LONG]


def rows(tables: Sequence[Table]) -> Iterator[tuple[Table, Row]]:
    """Every row of the tables, with its table."""
    for table in tables:
        for row in table.rows:
            yield table, row


def _headings(plan: Plan, vocabulary: Vocabulary) -> Iterator[Topic]:
    for section in plan.sections[1:]:
        yield Topic(
            section.title,
            section.line,
            section.end_line,
            section,
            vocabulary.parts(section.title),
        )


class _Label(NamedTuple):
    line: int
    end_line: int  # of the text that holds it
    depth: int
    title: str
    first: str


def _labels(plan: Plan, vocabulary: Vocabulary) -> Iterator[Topic]:
    for section in plan.sections:
        end = section.children[0].line if section.children else section.end_line
        open_: list[_Label] = []
        for text in section.texts:
            for label in _in_text(text):
                while open_ and open_[-1].depth >= label.depth:
                    yield _topic(open_.pop(), section, label.line, vocabulary)
                open_.append(label)
        while open_:
            yield _topic(open_.pop(), section, end, vocabulary)


def _in_text(text: Text) -> Iterator[_Label]:
    """The labels of a text: at its beginning, and bold ones at that of its lines."""
    for offset, line in enumerate(text.text.split("\n")):
        found = _BOLD.match(line.strip())
        if found is None and offset == 0:
            found = _PLAIN.match(text.text)
        if found is not None:
            rest = found.groupdict().get("rest") or ""
            yield _Label(
                text.line + offset,
                text.end_line,
                text.depth,
                plain(found["title"]),
                rest.strip(" :—–-"),
            )


def _topic(label: _Label, section: Section, end: int, vocabulary: Vocabulary) -> Topic:
    parts = vocabulary.parts(label.title)
    end = max(end, label.line + 1)
    return Topic(label.title, label.line, end, section, parts, False, label.first)


def _within(
    blocks: Sequence[_Block], lines: Sequence[int], topic: Topic
) -> Sequence[_Block]:
    return blocks[bisect_left(lines, topic.line) : bisect_left(lines, topic.end_line)]
