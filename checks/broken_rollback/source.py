"""One Python file: parsed once, its nodes gathered, and places counted in characters."""

from __future__ import annotations

import ast
import re
import warnings
from functools import cached_property
from typing import Any

# What holds signs and lists of texts, and no nodes with something in them.
_LEAVES = frozenset(["arg", "attr", "ctx", "id", "kwd_attrs", "names", "op", "ops"])


class _Fields(dict[type[ast.AST], list[str]]):
    """For each kind of node the fields that hold further nodes."""

    def __missing__(self, kind: type[ast.AST]) -> list[str]:
        is_leaf = kind in (ast.Constant, ast.MatchSingleton, ast.Import, ast.ImportFrom)
        fields = [f for f in kind._fields if f not in _LEAVES and not is_leaf]
        self[kind] = fields
        return fields


_FIELDS = _Fields()


class Source:
    """A file; `tree` is None where it does not parse: `why` and `line` (from 1) say why.

    The nodes that matter are gathered in one walk: walking takes longer than parsing.
    """

    def __init__(
        self, content: bytes, tree: ast.Module | None, why: str = "", line: int = 0
    ) -> None:
        self.content = content
        self.tree = tree
        self.why = why
        self.line = line
        self.imports: list[ast.Import | ast.ImportFrom] = []
        self.attributes: list[ast.Attribute] = []
        self.names: list[ast.Name] = []
        self.tries: list[ast.Try] = []
        self.ifs: list[ast.If] = []
        self._gather([] if tree is None else [tree])

    def _gather(self, nodes: list[ast.AST]) -> None:
        """Sort all nodes below `nodes`, as `ast.walk` finds them in three times as long."""
        kinds: dict[type[ast.AST], list[Any]] = {
            ast.Name: self.names,
            ast.Attribute: self.attributes,
            ast.Import: self.imports,
            ast.ImportFrom: self.imports,
            ast.Try: self.tries,
            ast.If: self.ifs,
        }
        for node in nodes:
            kind = type(node)
            if kind in kinds:
                kinds[kind].append(node)
            for field in _FIELDS[kind]:
                part: Any = getattr(node, field)
                if isinstance(part, ast.AST):
                    nodes.append(part)
                elif part.__class__ is list:
                    # None stands for what is not there, as in `{**more}`.
                    nodes += [one for one in part if one is not None]

    def span(self, node: ast.expr | ast.stmt | ast.alias) -> tuple[int, int, int, int]:
        """Where a node begins and ends, as a `Place` counts: columns in characters."""
        end = node.end_lineno or node.lineno
        return (
            node.lineno,
            self._column(node.lineno, node.col_offset),
            end,
            self._column(end, node.end_col_offset or node.col_offset),
        )

    def _column(self, line: int, offset: int) -> int:
        """From the parser's offset, which counts bytes of UTF-8 from 0."""
        if self._is_ascii:
            return offset + 1
        before = self._rows[line - 1].encode()[:offset]
        return len(before.decode("utf-8", "replace")) + 1

    @cached_property
    def _is_ascii(self) -> bool:
        return self.content.isascii()

    @cached_property
    def _rows(self) -> list[str]:
        import io
        import tokenize

        encoding, _ = tokenize.detect_encoding(io.BytesIO(self.content).readline)
        # What ends a line for the parser; a form feed does not.
        return re.split("\r\n|\r|\n", self.content.decode(encoding))

    @property
    def is_open(self) -> bool:
        """Whether a star import brings names that one cannot see."""
        return any(
            isinstance(node, ast.ImportFrom) and node.names[0].name == "*"
            for node in self.imports
        )


def parsed(content: bytes) -> Source:
    """`content` as a syntax tree. Nothing of it runs."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of invalid escapes, which are not ours
            return Source(content, ast.parse(content))
    except SyntaxError as error:
        return Source(content, None, error.msg, error.lineno or 0)
    except (ValueError, RecursionError, MemoryError) as error:
        return Source(content, None, str(error) or type(error).__name__)
