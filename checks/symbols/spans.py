"""Where nodes lie in a file: positions for the few that are asked for.

libcst keeps no positions. Its own provider computes them for every node and costs more
than parsing; this writes the tree out once and only counts characters.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from itertools import accumulate
from typing import Any

import libcst as cst
from libcst._nodes.internal import CodegenState

from .noting import Hit
from .target import Span


class _Counter(CodegenState):
    """Counts what is written, and remembers where the wanted nodes begin and end."""

    def __init__(self, wanted: Mapping[int, object], indent: str, newline: str) -> None:
        super().__init__(default_indent=indent, default_newline=newline)
        self.wanted = wanted
        self.at = 0
        self.found: dict[int, tuple[int, int]] = {}

    def add_indent_tokens(self) -> None:
        self.at += sum(map(len, self.indent_tokens))

    def add_token(self, value: str) -> None:
        self.at += len(value)

    def before_codegen(self, node: cst.CSTNode) -> None:
        if id(node) in self.wanted:
            self.found[id(node)] = (self.at, -1)

    def after_codegen(self, node: cst.CSTNode) -> None:
        if id(node) in self.wanted and self.found[id(node)][1] < 0:
            self.found[id(node)] = (self.found[id(node)][0], self.at)

    def record_syntactic_position(self, node: cst.CSTNode, **ends: Any) -> Any:
        # Without the parentheses and the layout that libcst counts to the node.
        return _Record(self, id(node)) if id(node) in self.wanted else _IGNORED


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
    """The spans of uses in one file. `text` is what was parsed, `lines` says for each
    of its lines which line of the file it is."""

    def __init__(
        self, module: cst.Module, text: str, lines: Sequence[int], hits: Sequence[Hit]
    ) -> None:
        holders = [hit.quote.holder if hit.quote else hit.node for hit in hits]
        origins = [hit.origin for hit in hits if hit.origin is not None]
        wanted = {id(node): node for node in (*holders, *origins)}
        state = _Counter(wanted, module.default_indent, module.default_newline)
        _write(module, state)
        self._found = state.found
        self._inner: dict[int, dict[int, tuple[int, int]]] = {}
        # libcst loses a form feed at the beginning of a line.
        code = module.code if "\f" in text else text
        self._text = code
        self._lines = lines
        written = code.split("\n")
        self._starts = [0, *accumulate(len(line) + 1 for line in written)]
        rows = zip(text.split("\n"), written, strict=False)
        self._lost = [len(row) - len(line) for row, line in rows]

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


def _write(node: cst.CSTNode, state: CodegenState) -> None:
    # What Module.code_for_node does, with a state of one's own.
    node._codegen(state)  # pyright: ignore[reportPrivateUsage]  # no public way


class _All(dict[int, object]):
    """Every node is wanted."""

    def __contains__(self, key: object) -> bool:
        return True
