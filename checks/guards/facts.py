"""The facts of one guard file, whatever it is written in."""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

# Names under which people keep what a guard shall not look at.
LISTS_EXCEPTIONS = re.compile(
    r"allow|exclu|ignor|skip|exempt|whitelist|permit|except|omit|baseline|known",
    re.IGNORECASE,
)


class Weakness(NamedTuple):
    """Something that takes strength away: what it is, and the line it stands in.

    `what` is a clause with the guard as its subject ("is skipped: ..."), and the
    identity of the fact: one that was there before is no news. `test` is the function
    that it is about, "" for what is about the whole guard. `kind` is `what` without the
    reasons that people gave: where one of a kind was there before, other words for it
    are no news either.
    """

    what: str
    line: int
    test: str = ""
    kind: str = ""


class Facts(NamedTuple):
    """What a guard does.

    `strengths` counts what it checks, by what people call it ("test test_no_v1",
    "assertion", "pytest"); `lines` says where each was last seen, and `sources` whose a
    hook of pre-commit is. `fanned` counts, for each axis of a job's matrix, what its
    values add to that: a job with three is done three times. `parts` are the
    strengths that belong to a test or a job, by what that is called (one for each
    function, a test or not), and `split` what is done for one value of an axis alone.
    `called` are the functions that are called as assertions.
    """

    strengths: Counter[str]
    weaknesses: list[Weakness]
    lines: dict[str, int]
    sources: dict[str, str]
    fanned: dict[str, Counter[str]]
    parts: dict[str, Counter[str]]
    split: dict[str, Counter[str]]
    called: set[str]

    @classmethod
    def none(cls) -> Facts:
        """No facts yet."""
        return cls(Counter(), [], {}, {}, {}, {}, {}, set())

    def take_in(self, part: Facts) -> None:
        """Note all that a part of the guard does."""
        self.strengths.update(part.strengths)
        self.weaknesses.extend(part.weaknesses)
        self.lines.update(part.lines)
        self.sources.update(part.sources)
        self.parts.update(part.parts)
        self.called.update(part.called)
        for mine, its in ((self.fanned, part.fanned), (self.split, part.split)):
            for axis, counts in its.items():
                mine.setdefault(axis, Counter()).update(counts)

    def strong(self, what: str, line: int) -> None:
        """Note one more strength."""
        self.strengths[what] += 1
        self.lines[what] = line

    def asserts(self, line: int, name: str) -> None:
        """Note an assertion of the function `name`, "" for one outside of any."""
        self.strong("assertion", line)
        self.parts.setdefault(f"test {name}", Counter())["assertion"] += 1

    def once(self, number: int, name: str) -> None:
        """Take back so many assertions of a function, as the same ones stand in the
        other branch: each run comes to one of the two."""
        self.strengths["assertion"] -= number
        self.parts.setdefault(f"test {name}", Counter())["assertion"] -= number

    def weak(self, what: str, line: int, test: str = "", kind: str = "") -> None:
        """Note one more weakness."""
        self.weaknesses.append(Weakness(what, line, test, kind or what))
