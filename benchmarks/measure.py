"""Runs commands in alternating rounds and says how long and how large they were."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple


class Contestant(NamedTuple):
    """One command. `codes` are the exit codes that mean it did its work."""

    name: str
    command: Sequence[str]
    codes: Sequence[int] = (0,)


class Result(NamedTuple):
    """What the rounds of one contestant gave: seconds of wall time, bytes, and what the
    last round printed."""

    seconds: list[float]
    memory: int
    output: bytes

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)


# Who takes so many seconds runs once and no more often.
SLOW = 20.0


def race(
    contestants: Sequence[Contestant], folder: Path, rounds: int
) -> dict[str, Result]:
    """Run every contestant once per round, in turn, after one round that warms up.

    Memory is taken in that first round (Linux alone): the most that the process and all
    its children held together, shared pages divided among those who share them.
    """
    results = {c.name: _first(c, folder) for c in contestants}
    for number in range(rounds):
        for contestant in contestants:
            known = results[contestant.name]
            if number and known.seconds[0] > SLOW:
                continue
            tell(f"  round {number + 1} of {rounds}: {contestant.name}")
            seconds, output = _timed(contestant, folder)
            results[contestant.name] = known._replace(
                seconds=[*known.seconds, seconds], output=output
            )
    return results


def tell(said: str) -> None:
    """Say how far it is, to who waits."""
    print(said, file=sys.stderr, flush=True)


def environment() -> dict[str, str]:
    """This one, with a home of its own, so that nobody finds a cache."""
    return {**os.environ, "XDG_CACHE_HOME": os.devnull, "NO_COLOR": "1"}


def _timed(contestant: Contestant, folder: Path) -> tuple[float, bytes]:
    start = time.perf_counter()
    done = subprocess.run(
        contestant.command,
        cwd=folder,
        env=environment(),
        capture_output=True,
        check=False,
    )
    seconds = time.perf_counter() - start
    if done.returncode not in contestant.codes:
        raise SystemExit(
            f"{contestant.name} ended with {done.returncode}: "
            f"{done.stderr.decode(errors='replace')[-2000:]}"
        )
    return seconds, done.stdout


def _first(contestant: Contestant, folder: Path) -> Result:
    """A run that is not timed: afterwards the system has the files at hand."""
    tell(f"  warming up: {contestant.name}")
    process = subprocess.Popen(
        contestant.command,
        cwd=folder,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    peak = 0
    while process.poll() is None:
        if sys.platform == "linux":
            peak = max(peak, sum(map(_proportional_size, _family(process.pid))))
        time.sleep(0.01)
    return Result([], peak, b"")


def _family(pid: int) -> list[int]:
    family = [pid]
    for member in family:
        try:
            for task in Path(f"/proc/{member}/task").iterdir():
                family += map(int, (task / "children").read_text().split())
        except OSError:
            continue  # it has just ended
    return family


def _proportional_size(pid: int) -> int:
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass  # it has just ended
    return 0


def version_of(*command: str) -> str:
    """The first line that a command prints."""
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()[0]


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows as aligned columns; the first row is the head."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])


def megabytes(size: int) -> str:
    return f"{size / 1e6:.0f} MB" if size else "?"
