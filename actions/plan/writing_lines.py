"""Lines of a plan: steps, blocks, cells, times."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ...core.policy import Step


def step_lines(steps: Iterable[Step]) -> Iterator[str]:
    for number, step in enumerate(steps, 1):
        lasts = f" ({time_of(step.duration)})" if step.duration else ""
        yield f"{number}. {one_line(step.do)}{lasts}"
        if step.run is not None:
            yield ""
            yield from (f"   {line}" if line else "" for line in block((step.run,)))
            yield ""


def block(commands: Sequence[str]) -> Iterator[str]:
    """A block of shell that stops at the first failure, fenced for what it holds."""
    lines = [line for command in commands for line in command.rstrip().split("\n")]
    fence = "```"
    while any(fence in line for line in lines):
        fence += "`"
    yield f"{fence}bash"
    if len(lines) > 1:
        yield "set -Eeuo pipefail"
    yield from lines
    yield fence


def one_line(text: str) -> str:
    """Text of the policy on one line, where none of it is markup or a heading."""
    return " ".join(text.split()).replace("<", "&lt;")


def cell(text: str) -> str:
    return one_line(text).replace("|", "\\|")


def time_of(duration: str) -> str:
    """A duration of the policy for people: "15 min"."""
    units = {"s": "s", "m": "min", "h": "h", "d": "days", "w": "weeks"}
    return f"{duration[:-1]} {units[duration[-1]]}"
