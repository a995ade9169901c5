"""How a report is written: one format is one module with `write(report, out, style)`.

A format knows findings, not checks. It writes to a stream of text and nowhere else, and
everything that comes from the repository goes through `core/escape.py` on its way.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple, Protocol, TextIO, cast

if TYPE_CHECKING:
    from ..report import Report

NAMES = ("text", "json", "github", "sarif", "markdown")


class Style(NamedTuple):
    """What a format may know of where it is shown; each uses what makes sense to it.

    `color`: ANSI colours are understood. `links`: the repository's folder, absolute, if
    places may be hyperlinks to it, else "". `width`: cells of a line, 0 for no limit.
    `elapsed`: seconds that the run took, None for unknown. `always_sums_up`: somebody
    asked and waits for an answer, though it be that there is nothing.
    """

    color: bool = False
    links: str = ""
    width: int = 0
    elapsed: float | None = None
    always_sums_up: bool = False


PLAIN = Style()


class Format(Protocol):
    """The shape of a format's module."""

    def write(self, report: Report, out: TextIO, style: Style) -> None: ...


def write(name: str, report: Report, out: TextIO, style: Style = PLAIN) -> None:
    """Write `report` in the format called `name`, one of `NAMES`, to `out`."""
    module = cast(Format, import_module(f".{name}", __name__))
    module.write(report, out, style)
