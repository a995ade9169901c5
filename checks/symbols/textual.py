"""Files that are not plain Python modules: settings, notebooks, scripts."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

from . import texts
from .answer import Answer
from .naming import Names
from .target import Span, Unreadable, Use

if TYPE_CHECKING:
    from .notebooks import Code

_LINE_END = re.compile(r"\r\n|\r|\n")


class Places:
    """Lines and columns of the characters of a text."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(found.end() for found in _LINE_END.finditer(text))]

    def of(self, at: int) -> tuple[int, int]:
        """Line and column, both from 1, of the character at `at`."""
        row = bisect_right(self._starts, at)
        return row, at - self._starts[row - 1] + 1

    def at(self, line: int, column: int) -> int:
        """The inverse of `of`."""
        return self._starts[line - 1] + column - 1


class Textual:
    """Judges what needs no parser, and turns the rest into Python source.

    `found` are the uses in what is no Python, by path; `wants` the names in it that
    would be uses if a file re-exported a target so.
    """

    def __init__(self, names: Names) -> None:
        self.names = names
        self.found: dict[str, list[Use | Unreadable]] = {}
        self.wants: dict[str, set[str]] = {}
        self._codes: dict[str, tuple[Code, str]] = {}

    def source(self, path: str, data: bytes, asked: bool) -> bytes | None:
        """The Python source in a file, None where there is none to judge.

        What names a target in other files goes to `found` if it was asked for.
        """
        kind = texts.kind_of(path, data[:200])
        if kind == "python":
            return data
        if kind is None or not asked:
            return None
        text = texts.decoded(data)
        if kind == "text":
            found = [*self._names_in(path, text), *self._flags_in(path, text)]
            self.found[path] = list(found)
            return None
        from . import notebooks

        try:
            code = notebooks.code_of(text)
        except notebooks.NotebookError as why:
            self.found[path] = [Unreadable(path, str(why))]
            return None
        self._codes[path] = (code, text)
        return code.source.encode("utf-8", "surrogatepass")

    def late(self) -> list[str]:
        """The files with names that were no use when they were read and are by now."""
        return [
            path
            for path, wants in self.wants.items()
            if any(map(self.names.matches_any, wants))
        ]

    def placed(self, path: str, answer: Answer) -> Answer:
        """An answer with its places in the file, where the source was taken from one."""
        if path not in self._codes:
            return answer
        code, text = self._codes[path]
        inner, outer = Places(code.source), Places(text)

        def place(line: int, column: int) -> tuple[int, int]:
            at = min(inner.at(line, column), len(code.offsets) - 1)
            return outer.of(code.offsets[at])

        uses = [
            use._replace(
                span=Span(*place(*use.span[:2]), *place(*use.span[2:])),
                bound_at=place(use.bound_at, 1)[0] if use.bound_at else 0,
            )
            for use in answer.uses
        ]
        spot = place(*answer.spot) if answer.spot[0] else answer.spot
        return answer._replace(uses=uses, spot=spot)

    def _names_in(self, path: str, text: str) -> list[Use]:
        places = Places(text)
        found: list[Use] = []
        wants: set[str] = set()
        for mention in texts.mentions(path, text):
            noted: set[int] = set()
            end = 0
            while end >= 0:
                end = mention.name.find(".", end + 1)
                part = mention.name if end < 0 else mention.name[:end]
                matches = self.names.matches(part, as_module=True)
                if not matches and part.rpartition(".")[2] in self.names.words:
                    wants.add(part)
                for index in matches:
                    if index in noted:
                        continue
                    noted.add(index)
                    target = self.names.targets[index]
                    exact = mention.end - mention.start == len(mention.name)
                    stop = mention.start + len(part) if exact else mention.end
                    found.append(
                        Use(
                            path=path,
                            span=Span(*places.of(mention.start), *places.of(stop)),
                            target=target,
                            via="string",
                            name=self.names.spelled(part, target),
                            text=text[mention.start : stop],
                            alias=self.names.alias_of(part),
                        )
                    )
        self.wants[path] = wants
        return found

    def _flags_in(self, path: str, text: str) -> list[Use]:
        places = Places(text)
        return [
            Use(
                path=path,
                span=Span(*places.of(start), *places.of(end)),
                target=self.names.targets[index],
                via="flag",
                name=flag,
                text=text[start:end],
            )
            for flag, targets in self.names.flags.items()
            for start, end in texts.words(path, text, flag)
            for index in targets
        ]
