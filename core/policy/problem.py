"""What is wrong with a policy file: each problem with its place, all of them at once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from ..errors import UsageError

# Where a field is in the file: keys of mappings and indices of lists, from the top.
FieldPath = tuple[str | int, ...]

_PLAIN_KEY = re.compile(r"[\w-]+")
_LONGEST = 60


class Problem(NamedTuple):
    """One thing wrong. Lines and columns count from 1, columns in characters.

    `field` is its path as people write it, "" for the file as a whole; `sentence` says
    what was found, what is allowed, and what was probably meant.
    """

    line: int
    column: int
    field: str
    sentence: str


class PolicyError(UsageError):
    """Every problem of one policy file, in the order of their places.

    `name` is the file, `problems` what is wrong with it: at least one.
    """

    prefix = ""  # its lines begin with the place, so that editors and terminals jump

    def __init__(self, name: str, problems: Iterable[Problem]) -> None:
        from ..escape import visible  # not on the way of a policy that is right

        self.name = name
        self.problems = sorted(set(problems))
        places = [f"{visible(name)}:{p.line}:{p.column}" for p in self.problems]
        width = max(map(len, places))
        super().__init__(
            "\n".join(
                f"{place:{width}}  {p.field}{': ' if p.field else ''}{p.sentence}"
                for place, p in zip(places, self.problems, strict=True)
            )
        )


def written(path: FieldPath) -> str:
    """A field's path as people write it: `migrations.storage-v2.phases[6].risk`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            key = part if _PLAIN_KEY.fullmatch(part) else quoted(part)
            text += f".{key}" if text else key
    return text


def quoted(value: str) -> str:
    """A value in quotation marks for a sentence: on one line, not too long."""
    from ..escape import visible

    cut = value if len(value) <= _LONGEST else value[: _LONGEST - 3] + "..."
    return f'"{visible(cut)}"'
