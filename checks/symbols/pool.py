"""Worker processes: fed in batches, watched, replaced when a file kills or stalls one."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from queue import Empty, SimpleQueue
from sys import intern
from typing import Any, NamedTuple, Self

from .answer import Answer, Found
from .pipe import receive, send
from .process import Process, end, start
from .target import Span

# A file of the usual size takes milliseconds. Seconds of processor time, for one file:
# on a busy machine nothing else says whether a parser has stalled.
TIMEOUT = 10.0
# Where no timer counts processor time (Windows), and as a last resort, so many times as
# much by the clock.
_PATIENCE = 12
SIZE = 5_000_000  # bytes of one file; the largest hand-written ones have a tenth
_BATCH = 200_000  # bytes sent at once
_FILES = 6
_FEW = 3  # files sent at once while there are not many: then all workers share them
_MANY = 24
# A file of so many bytes is sent alone, and before others: it must not be the last that
# all wait for.
_LARGE = 50_000
# A worker's start takes as long as it takes another to judge so many files.
_WORTH_A_WORKER = 6
_PREPARED = 2  # workers that are started before it is known whether there is work
_AHEAD = 100  # files sent and not answered yet


class Job(NamedTuple):
    """A file to judge; with `public`, its public names are wanted too."""

    path: str
    data: bytes
    public: bool = False


class JudgingFailedError(Exception):
    """A bug of ours: judging `path` raised what `trace`, a worker's traceback, shows."""

    def __init__(self, path: str, trace: str) -> None:
        super().__init__(f"judging {path!r} failed in a worker")
        self.add_note(trace)


class _Worker:
    """One process and the thread that feeds it."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        # Once its thread runs, none can be a copy of this process.
        self.process: Process | None = _kept() or start()[0]
        self.told = -1  # which edition of the names it knows
        self.since = 0.0  # when it began with its present file, 0 when it is idle
        self.stalled = False
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        while True:
            batch = self.pool.take()
            if batch is None:
                break
            rest = deque(batch)
            while rest:
                self._feed(rest)
        if self.process is not None:
            idle.append(self.process)
            self.process = None

    def _feed(self, rest: deque[Job]) -> None:
        """Have files judged, until one ends the process or all are done."""
        try:
            process = self._ready()
            assert process.stdin is not None
            assert process.stdout is not None
            send(process.stdin, ("judge", self.pool.timeout, [*map(tuple, rest)]))
            while rest:
                self.since = time.monotonic()
                answer = receive(process.stdout)
                self.since = 0.0
                if isinstance(answer, str):
                    raise JudgingFailedError(rest[0].path, answer)
                self.pool.answers.put((rest.popleft().path, _answer(*answer)))
        except (EOFError, OSError):
            self.since = 0.0
            stalled = self.close() in _OUT_OF_TIME or self.stalled
            reason = (
                f"the parser did not end within {self.pool.timeout:g} s"
                if stalled
                else "it kills the parser"
            )
            self.stalled = False
            self.pool.answers.put((rest.popleft().path, Answer([], {}, [], reason)))
        except BaseException as bug:  # noqa: BLE001  # raised again where it is awaited
            self.close()
            self.pool.answers.put((rest[0].path, bug))
            rest.clear()

    def _ready(self) -> Process:
        if self.process is None:
            self.process = _kept() or start()[0]
            self.told = -1
        assert self.process.stdin is not None
        if self.told != self.pool.edition:
            send(self.process.stdin, ("names", 0, self.pool.names))
            self.told = self.pool.edition
        return self.process

    def watch(self) -> None:
        """Kill a process that has been at one file for too long."""
        since, process = self.since, self.process
        patience = self.pool.timeout * _PATIENCE
        if since and process and time.monotonic() - since > patience:
            self.stalled = True
            process.kill()

    def close(self) -> int:
        """End the process; how it ended, by itself or by this."""
        process, self.process = self.process, None
        if process is None:
            return 0
        end(process)
        return process.returncode or 0


def _answer(
    uses: list[Any], exports: dict[str, str], wants: list[str], *others: Any
) -> Answer:
    """What came through a pipe. Thousands of files say the same names: each is held once."""
    found = [
        Found(target, Span(*span), via, intern(dotted), intern(text), bound_at)
        for target, span, via, dotted, text, bound_at in uses
    ]
    named = {intern(name): intern(meaning) for name, meaning in exports.items()}
    return Answer(found, named, [*map(intern, wants)], *others)


# What a process ends with when its timer runs out.
_OUT_OF_TIME = {-signal.SIGPROF} if hasattr(signal, "SIGPROF") else set[int]()

# Processes whose search is over: the next one (a ratchet's base, a reversal's result)
# need not wait for libcst again. They end when nobody can ask them any more.
idle: list[Process] = []


def _kept() -> Process | None:
    while True:
        try:
            process = idle.pop()
        except IndexError:  # another thread may have taken the last one
            return None
        if process.poll() is None:
            return process
        end(process)


def _most() -> int:
    return min(os.cpu_count() or 1, 8)


def prepare() -> None:
    """Start processes now that the next pool will have work for, most likely."""
    if not idle:
        # The last one is the first that is taken.
        idle.extend(reversed(start(min(_PREPARED, _most()), prepared=True)))


class Pool:
    """As many workers as there are processors, started when there is work for them."""

    def __init__(self, timeout: float = TIMEOUT, size: int = SIZE) -> None:
        self.timeout = timeout
        self.size = size
        self.names: Any = None
        self.edition = 0
        self.answers: SimpleQueue[tuple[str, Answer | BaseException]] = SimpleQueue()
        # One for each batch that waits; None ends a worker.
        self._turns: SimpleQueue[bool | None] = SimpleQueue()
        self._todo: deque[list[Job]] = deque()
        self._workers: list[_Worker] = []

    def tell(self, names: Any) -> None:
        """What the workers look for from now on: the arguments of `Names`."""
        self.names = names
        self.edition += 1

    def take(self) -> list[Job] | None:
        """The next batch, for a worker; None when there will be none."""
        return None if self._turns.get() is None else self._todo.popleft()

    def judge(self, jobs: Iterable[Job]) -> Iterator[tuple[str, Answer]]:
        """Judge files; the answers come as they are ready."""
        waiting = given = size = 0
        batch: list[Job] = []
        for job in jobs:
            if len(job.data) > self.size:
                reason = f"it is larger than {self.size:,} bytes"
                yield job.path, Answer([], {}, [], reason)
                continue
            # Not everything is held in memory at once.
            while waiting > _AHEAD or (waiting and not self.answers.empty()):
                yield self._answer()
                waiting -= 1
            if len(job.data) > _LARGE:
                self._put([job], waiting, is_next=True)
                waiting += 1
                continue
            batch.append(job)
            size += len(job.data)
            # Nobody is kept idle while the next files are looked for.
            enough = _FEW if given < _MANY else _FILES
            if not waiting or size > _BATCH or len(batch) >= enough:
                self._put(batch, waiting)
                waiting += len(batch)
                given += len(batch)
                batch, size = [], 0
        if batch:
            self._put(batch, waiting)
            waiting += len(batch)
        while waiting:
            yield self._answer()
            waiting -= 1

    def _put(
        self, batch: Sequence[Job], waiting: int, *, is_next: bool = False
    ) -> None:
        add = self._todo.appendleft if is_next else self._todo.append
        add(list(batch))
        self._turns.put(True)
        is_worth_it = waiting + len(batch) > _WORTH_A_WORKER
        most = _most() if is_worth_it else 1
        if len(self._workers) < most:
            self._workers.append(_Worker(self))

    def _answer(self) -> tuple[str, Answer]:
        while True:
            try:
                path, answer = self.answers.get(timeout=0.2)
            except Empty:
                for worker in self._workers:
                    worker.watch()
                continue
            if isinstance(answer, BaseException):
                raise answer
            return path, answer

    def close(self) -> None:
        """End every worker."""
        with contextlib.suppress(Empty):
            while True:
                self._turns.get_nowait()
                # A worker that has its turn already still takes one: all but those.
                self._todo.pop()
        for _ in self._workers:
            self._turns.put(None)
        for worker in self._workers:
            worker.thread.join()
        self._workers.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
