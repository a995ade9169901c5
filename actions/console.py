"""Where output goes: what the terminal understands, and a report written to it."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, TextIO

from ..core import formats
from ..core.errors import UsageError
from ..core.formats import Style

if TYPE_CHECKING:
    from ..core.report import Report


def is_colored(stream: TextIO, environment: Mapping[str, str]) -> bool:
    """Whether `stream` is to be coloured.

    https://no-color.org and https://force-color.org, else only a terminal that can.
    """
    if environment.get("NO_COLOR"):
        return False
    if environment.get("FORCE_COLOR", "0") != "0":
        return True
    if environment.get("TERM") == "dumb" or not stream.isatty():
        return False
    # The old console of Windows prints the codes as they are.
    return os.name != "nt" or bool({"WT_SESSION", "ANSICON", "TERM"} & {*environment})


def style(
    stream: TextIO,
    environment: Mapping[str, str],
    top: str | None = None,
    elapsed: float | None = None,
    *,
    is_awaited: bool = False,
) -> Style:
    """How to write to `stream`: colours, and on a terminal links and its width.

    `top` is the folder that paths are relative to; `elapsed` is in seconds. See `show`.
    """
    colored = is_colored(stream, environment)
    if not stream.isatty():
        return Style(color=colored, elapsed=elapsed, always_sums_up=is_awaited)
    width = 0
    with suppress(OSError):  # a terminal that does not tell: no limit
        width = os.get_terminal_size(stream.fileno()).columns
    links = top if colored and top is not None else ""
    return Style(colored, links, width, elapsed, always_sums_up=is_awaited)


def show(
    report: Report,
    format: str = "text",
    *,
    output: str | None = None,
    top: str | None = None,
    elapsed: float | None = None,
    is_awaited: bool = True,
) -> None:
    """Write `report` to standard output, or to the file `output`, whole or not at all.

    `is_awaited`: who asked waits for an answer, so that nothing found is said too; a
    hook that nobody called is silent then. Raises UsageError where that file cannot be written.
    """
    if output is None:
        chosen = style(sys.stdout, os.environ, top, elapsed, is_awaited=is_awaited)
        formats.write(format, report, sys.stdout, chosen)
        return
    from pathlib import Path

    from .whole_file import write_whole

    text = io.StringIO()
    chosen = Style(elapsed=elapsed, always_sums_up=is_awaited)
    formats.write(format, report, text, chosen)
    try:
        write_whole(Path(output), text.getvalue().encode("utf-8"))
    except OSError as error:
        raise UsageError(f"--output {output}: {error.strerror}") from error
