"""The `backout` command as people run it: a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from support.repository import clean_environment

COMMAND = [sys.executable, "-I", "-m", "backout.actions"]


class Done(NamedTuple):
    """How a run ended, and what it printed."""

    code: int
    out: str
    err: str


def backout(*args: str, folder: Path | None = None, **environment: str) -> Done:
    """`backout ARGS`, started in `folder`, on pipes, 80 columns wide."""
    done = subprocess.run(
        [*COMMAND, *args],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env=clean_environment(COLUMNS="80", **environment),
        check=False,
    )
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())
