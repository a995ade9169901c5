"""A worker's process: a copy of this one where that is safe, else a new interpreter.

A copy has what this program imported already, which is two thirds of a new one's start.
Copies of a copy share what only workers import.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial
from select import select
from typing import IO, NamedTuple, NoReturn, Protocol

from .pipe import receive, send


class Process(Protocol):
    """What the pool asks of one: as `subprocess.Popen`."""

    @property
    def stdin(self) -> IO[bytes] | None: ...

    @property
    def stdout(self) -> IO[bytes] | None: ...

    @property
    def returncode(self) -> int | None: ...

    def poll(self) -> int | None: ...

    def wait(self) -> int: ...

    def kill(self) -> None: ...


def start(count: int = 1, *, prepared: bool = False) -> Sequence[Process]:
    """Workers that wait for requests, at least one: `count` where they are copies.

    Those that are `prepared` imported by then all that judging needs.
    """
    if is_alone():
        return _copies(count, prepared)
    process = _anew()
    if prepared:
        assert process.stdin is not None
        send(process.stdin, ("prepare", 0, None))
    return [process]


def is_alone() -> bool:
    """Whether this process may be copied: a thread is not, with what it held. Other
    systems than Linux have more that does not bear it."""
    return sys.platform == "linux" and threading.active_count() == 1


def _anew() -> Process:
    """A new interpreter, isolated from the repository that is judged."""
    return subprocess.Popen(
        [sys.executable, "-I", "-W", "ignore", "-m", "backout.checks.symbols.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


def end(process: Process) -> None:
    """End a process, whatever it is at."""
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(OSError):
                pipe.close()
    process.kill()
    process.wait()


class _Ends(NamedTuple):
    """Ends of a worker's three pipes, as a process holds them."""

    requests: int
    answers: int
    # Of the worker: its process id, then how it ended.
    status: int


# The processes whose only work is to make workers and to see how they end.
makers: list[int] = []


def _copies(count: int, prepared: bool) -> list[Process]:
    makers[:] = [pid for pid in makers if not os.waitpid(pid, os.WNOHANG)[0]]
    ours: list[_Ends] = []
    theirs: list[_Ends] = []
    for _ in range(count):
        (asked, requests), (answers, answered), (seen, told) = (
            os.pipe() for _ in range(3)
        )
        ours.append(_Ends(requests, answers, seen))
        theirs.append(_Ends(asked, answered, told))
    maker = os.fork()
    if not maker:
        _alone(lambda: _make(theirs, prepared))
    makers.append(maker)
    for ends in theirs:
        _close(ends)
    return [Copy(ends) for ends in ours]


class Copy:
    """A copy of this process that does nothing but a worker's work."""

    def __init__(self, ends: _Ends) -> None:
        self.stdin: IO[bytes] = os.fdopen(ends.requests, "wb")
        self.stdout: IO[bytes] = os.fdopen(ends.answers, "rb")
        self.returncode: int | None = None
        self._status = os.fdopen(ends.status, "rb", 0)
        self._pid = 0

    def poll(self) -> int | None:
        """How it ended; None while it lives."""
        if self.returncode is None:
            self._know()
            if not select([self._status], [], [], 0)[0]:
                return None
        return self.wait()

    def wait(self) -> int:
        """How it ended: the negative number of a signal, as `subprocess` has it."""
        self._know()
        if self.returncode is None:
            self.returncode = self._told(-signal.SIGKILL)
            self._status.close()
        return self.returncode

    def kill(self) -> None:
        """End it now."""
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)

    def _know(self) -> None:
        if not self._pid:
            self._pid = self._told(-1)
            if self._pid < 0:
                self.returncode = -signal.SIGKILL

    def _told(self, default: int) -> int:
        """What its maker says next; `default` where that is dead."""
        try:
            said: int = receive(self._status)
        except EOFError:
            return default
        return said


def _alone(work: Callable[[], object]) -> NoReturn:
    """Work, and nothing else of this program: no `finally`, no handler goes on here, and
    no buffer that was begun is written."""
    try:
        work()
    finally:
        os._exit(0)


def _make(workers: Sequence[_Ends], prepared: bool) -> None:
    """Make workers, and tell how each ended, until there is none."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    # Who waits for the end of a pipe would wait for ours: git, another search's worker.
    _close_all_but(fd for ends in workers for fd in ends)
    import warnings

    from . import worker

    warnings.simplefilter("ignore")
    if prepared:
        worker.prepare()
    status: dict[int, IO[bytes]] = {}
    for ends in workers:
        pid = os.fork()
        if not pid:
            _alone(partial(_work, ends))
        status[pid] = os.fdopen(ends.status, "wb")
        send(status[pid], pid)
        os.close(ends.requests)
        os.close(ends.answers)
    while status:
        pid, how = os.wait()
        with suppress(BrokenPipeError):
            send(status.pop(pid), os.waitstatus_to_exitcode(how))


def _work(ends: _Ends) -> None:
    from . import worker

    _close_all_but(ends[:2])
    worker.serve(os.fdopen(ends.requests, "rb"), os.fdopen(ends.answers, "wb"))


def _close(ends: _Ends) -> None:
    for end in ends:
        os.close(end)


def _close_all_but(kept: Iterable[int]) -> None:
    """Close all files but the standard streams and these."""
    start = 3
    for fd in sorted(kept):
        os.closerange(start, fd)
        start = fd + 1
    os.closerange(start, os.sysconf("SC_OPEN_MAX"))
