"""Tidying up that survives `kill -9`: a process that waits for us to be gone."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

# It reads what runs at present, and when its input ends, however we ended: it kills
# that, and removes the folder. It imports only what every Python has.
_PROGRAM = """\
import os, shutil, signal, sys
running = 0
for line in sys.stdin:
    running = int(line)
if running and hasattr(os, "killpg"):
    try:
        os.killpg(running, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass
shutil.rmtree(sys.argv[1], ignore_errors=True)
"""


@contextmanager
def tidily() -> Generator[None]:
    """Here a polite request to end (SIGTERM, SIGHUP) lets everything be closed first."""

    def end(number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    numbers = [getattr(signal, n) for n in ("SIGTERM", "SIGHUP") if hasattr(signal, n)]
    before = [(number, signal.signal(number, end)) for number in numbers]
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler)


class Reaper:
    """While it is open, `folder` is sure to be removed in the end."""

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _PROGRAM, str(folder)],
            stdin=subprocess.PIPE,
            text=True,
            # Ctrl-C and a closed terminal reach us, not it.
            start_new_session=True,
        )

    def running(self, group: int) -> None:
        """This process group is to go with us; 0 for none."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{group}\n")
        self._process.stdin.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()
