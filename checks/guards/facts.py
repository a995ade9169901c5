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
    identity of the fact: one that was there before is no news.
    """

    what: str
    line: int


class Facts(NamedTuple):
    """What a guard does.

    `strengths` counts what it checks, by what people call it ("test test_no_v1",
    "assertion", "pytest"); `lines` says where each was last seen, and `sources` whose a
    hook of pre-commit is.
    """

    strengths: Counter[str]
    weaknesses: list[Weakness]
    lines: dict[str, int]
    sources: dict[str, str]

    @classmethod
    def none(cls) -> Facts:
        """No facts yet."""
        return cls(Counter(), [], {}, {})

    def strong(self, what: str, line: int) -> None:
        """Note one more strength."""
        self.strengths[what] += 1
        self.lines[what] = line

    def weak(self, what: str, line: int) -> None:
        """Note one more weakness."""
        self.weaknesses.append(Weakness(what, line))
