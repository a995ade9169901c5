"""Where nodes lie in a file: positions for the few that are asked for.

libcst keeps no positions. Its own provider computes them for every node and costs more
than parsing; this writes the tree out once and only counts characters.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from itertools import accumulate
from typing import Any

import libcst as cst
from libcst._nodes.internal import CodegenState

from .noting import Hit
from .reducing import Kept, Rows
from .target import Span


class _Counter(CodegenState):
    """Counts what is written, and remembers where the wanted nodes begin and end."""

    def __init__(self, wanted: Mapping[int, object], indent: str, newline: str) -> None:
        super().__init__(default_indent=indent, default_newline=newline)
        self.wanted = wanted
        self.at = 0
        self.found: dict[int, tuple[int, int]] = {}
        self.until: cst.CSTNode | None = None  # the node that is not to be written

    def add_indent_tokens(self) -> None:
        self.at += sum(map(len, self.indent_tokens))

    def add_token(self, value: str) -> None:
        self.at += len(value)

    def before_codegen(self, node: cst.CSTNode) -> None:
        if node is self.until:
            raise _Reached
        if id(node) in self.wanted:
            self.found[id(node)] = (self.at, -1)

    def after_codegen(self, node: cst.CSTNode) -> None:
        if id(node) in self.wanted and self.found[id(node)][1] < 0:
            self.found[id(node)] = (self.found[id(node)][0], self.at)

    def record_syntactic_position(self, node: cst.CSTNode, **ends: Any) -> Any:
        # Without the parentheses and the layout that libcst counts to the node.
        return _Record(self, id(node)) if id(node) in self.wanted else _IGNORED


class _Reached(Exception):
    """The head of a statement is written."""


class _Record(AbstractContextManager[None]):
    """Remembers where a wanted node begins and ends."""

    def __init__(self, counter: _Counter, key: int) -> None:
        self.counter = counter
        self.key = key
        self.start = counter.at

    def __exit__(self, *_: object) -> None:
        self.counter.found[self.key] = (self.start, self.counter.at)


_IGNORED = nullcontext()


class Spans:
    """The spans of uses in one file. `left` is what was parsed, `met` says by a node's
    id in which statement it lies."""

    def __init__(
        self,
        module: cst.Module,
        left: Kept,
        met: Mapping[int, cst.CSTNode | None],
        hits: Sequence[Hit],
    ) -> None:
        text = left.text
        holders = [hit.quote.holder if hit.quote else hit.node for hit in hits]
        origins = [hit.origin for hit in hits if hit.origin is not None]
        wanted = {id(node): node for node in (*holders, *origins)}
        self._inner: dict[int, dict[int, tuple[int, int]]] = {}
        # libcst loses a form feed at the beginning of a line, and a line that has nothing
        # of its own and goes on in a next one that has.
        code = module.code if LOSABLE.search(text) else text
        self._text = code
        self._lines = left.lines
        written = code.split("\n")
        self._starts = [0, *accumulate(len(line) + 1 for line in written)]
        rows = text.split("\n")
        if code is not text:
            left_over = list(_written(rows, written))
            self._lines = [left.lines[row] for row in (*left_over, len(rows))]
            rows = [rows[row] for row in left_over]
        pairs = zip(rows, written, strict=False)
        self._lost = [len(row) - len(line) for row, line in pairs]
        usual = module.default_indent, module.default_newline
        state = _Counter(wanted, *usual)
        if left.rows is not None and code is text:
            held = {id(met.get(key)) for key in wanted}
            self._write_held(module.body, left.rows, state, held)
        if len(state.found) < len(wanted):
            state = _Counter(wanted, *usual)
            _write(module, state)
        self._found = state.found

    def _write_held(
        self,
        body: Sequence[cst.CSTNode],
        rows: Rows,
        state: _Counter,
        held: Collection[int],
    ) -> None:
        """Write only the statements with an id in `held`: with all others it takes three
        times as long. What is not found so, because libcst and `ast` see other
        statements, is found when everything is written."""
        if len(body) != len(rows):
            return
        for statement, (row, inner) in zip(body, rows, strict=True):
            block: cst.BaseSuite | None = None
            if inner and isinstance(statement, (cst.FunctionDef, cst.ClassDef)):
                block = statement.body
            # Comments above it belong to it.
            above: Sequence[object] = getattr(statement, "leading_lines", ())
            state.at = self._starts[row - len(above)]
            if id(statement) in held:
                state.until = None if id(statement) in state.wanted else block
                with suppress(_Reached):
                    _write(statement, state)
            if inner and isinstance(block, cst.IndentedBlock):
                indent = block.indent
                state.increase_indent(
                    state.default_indent if indent is None else indent
                )
                self._write_held(block.body, inner, state, held)
                state.decrease_indent()

    def of(self, hit: Hit) -> tuple[Span, str]:
        """Where a use lies, and its text."""
        start, end = self._range(hit)
        return self._span(start, end), self._text[start:end]

    def line(self, node: cst.CSTNode | None) -> int:
        """The line on which a node begins, 0 for none."""
        if node is None or id(node) not in self._found:
            return 0
        return self._place(self._found[id(node)][0])[0]

    def _range(self, hit: Hit) -> tuple[int, int]:
        if hit.quote is None:
            start, end = self._found[id(hit.node)]
            if hit.end >= 0:
                return start + hit.start, start + hit.end
            return start, end
        start, end = self._found[id(hit.quote.holder)]
        if hit.quote.offset < 0:
            return start, end
        tree = hit.quote.tree
        if id(tree) not in self._inner:
            state = _Counter(_All(), "", "\n")
            _write(tree, state)
            self._inner[id(tree)] = state.found
        inner = self._inner[id(tree)][id(hit.node)]
        first = start + hit.quote.offset
        return first + inner[0], first + inner[1]

    def _span(self, start: int, end: int) -> Span:
        return Span(*self._place(start), *self._place(end))

    def _place(self, at: int) -> tuple[int, int]:
        row = bisect_right(self._starts, at) - 1
        return self._lines[row], at - self._starts[row] + 1 + self._lost[row]


# A line that libcst may write otherwise than it was read.
LOSABLE = re.compile(r"\f|^[ \t]*\\$", re.MULTILINE)
_GOING_ON = re.compile(r"[ \t\f]*\\")


def _written(rows: Sequence[str], written: Sequence[str]) -> Iterator[int]:
    """Which of `rows` are among those `written`: all but some that only go on."""
    at = 0
    for number, row in enumerate(rows):
        same = at < len(written) and row == written[at]
        if same or not _GOING_ON.fullmatch(row):
            yield number
            at += 1


def _write(node: cst.CSTNode, state: CodegenState) -> None:
    # What Module.code_for_node does, with a state of one's own.
    node._codegen(state)  # pyright: ignore[reportPrivateUsage]  # no public way


class _All(dict[int, object]):
    """Every node is wanted."""

    def __contains__(self, key: object) -> bool:
        return True
