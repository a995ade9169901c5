"""Workers that die, stall or are asked too much: the run goes on, and nothing hangs."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from queue import SimpleQueue
from typing import Any

import pytest

from backout.checks.symbols import pool as pool_module
from backout.checks.symbols import process, start_workers
from backout.checks.symbols.pool import Job, JudgingFailedError, Pool, prepare
from backout.checks.symbols.process import Copy, end, start

NAMES: Any = ([("symbol", "services.ai_service.AIService", "")], [], {}, {}, [], [])
USING = b"from services.ai_service import AIService\n"


@pytest.fixture(
    params=[
        pytest.param(True, id="copies of this process"),
        pytest.param(False, id="new interpreters"),
    ],
    autouse=True,
)
def _kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param and sys.platform != "linux":
        pytest.skip("no process is copied here")
    if not request.param:
        monkeypatch.setattr("backout.checks.symbols.process.is_alone", lambda: False)
    while pool_module.idle:
        end(pool_module.idle.pop())


def judged(pool: Pool, jobs: list[Job]) -> dict[str, tuple[int, str]]:
    """For each path how many uses it has, and why it could not be judged."""
    pool.tell(NAMES)
    return {path: (len(a.uses), a.reason) for path, a in pool.judge(jobs)}


def test_answers_are_the_right_files() -> None:
    files = [Job(f"{n}.py", USING * (n % 3)) for n in range(60)]
    with Pool() as pool:
        found = judged(pool, files)
    assert found == {f"{n}.py": (n % 3, "") for n in range(60)}


@pytest.mark.parametrize(
    ("killer", "reason"),
    [
        pytest.param(
            b"AIService = " + b"(" * 2000 + b")" * 2000,
            "it is nested too deeply",
            id="parentheses, which need no parser",
        ),
        pytest.param(
            b"AIService = " + b"-" * 30000 + b"1", "it kills the parser", id="signs"
        ),
        pytest.param(
            b"AIService = " + b"not " * 20000 + b"1",
            "it kills the parser",
            id="negations",
        ),
    ],
)
def test_a_file_that_kills_the_parser_is_told_and_the_next_is_judged(
    killer: bytes, reason: str
) -> None:
    jobs = [Job("a.py", USING), Job("killer.py", killer), Job("z.py", USING)]
    with Pool() as pool:
        found = judged(pool, jobs)
    assert found == {
        "a.py": (1, ""),
        "killer.py": (0, reason),
        "z.py": (1, ""),
    }


def test_a_file_that_stalls_the_parser_is_told_and_the_next_is_judged() -> None:
    # Only too new a syntax brings the whole of it before libcst.
    stalling = b"AIService = " + b"+".join([b"a"] * 6000) + b"\nx = = 1\n"
    jobs = [Job("a.py", USING), Job("stalling.py", stalling), Job("z.py", USING)]
    with Pool(timeout=0.5) as pool:
        found = judged(pool, jobs)
    assert found == {
        "a.py": (1, ""),
        "stalling.py": (0, "the parser did not end within 0.5 s"),
        "z.py": (1, ""),
    }


def test_a_bug_of_ours_is_raised_with_its_traceback() -> None:
    broken: Any = ([("symbol", 7, "")], [], {}, {}, [], [])
    with Pool() as pool:
        pool.tell(broken)
        with pytest.raises(JudgingFailedError, match=r"'a\.py'") as raised:
            list(pool.judge([Job("a.py", USING)]))
    assert "Traceback" in raised.value.__notes__[0]


def test_a_file_that_is_too_large_is_told() -> None:
    with Pool(size=1000) as pool:
        found = judged(pool, [Job("large.py", USING * 100), Job("z.py", USING)])
    assert found["large.py"] == (0, "it is larger than 1,000 bytes")
    assert found["z.py"] == (1, "")


def test_what_is_asked_anew_is_answered_by_the_new_names() -> None:
    other: Any = ([("symbol", "services.other.Other", "")], [], {}, {}, [], [])
    with Pool() as pool:
        assert judged(pool, [Job("a.py", USING)]) == {"a.py": (1, "")}
        pool.tell(other)
        assert [len(a.uses) for _, a in pool.judge([Job("a.py", USING)])] == [0]


def test_a_search_that_is_given_up_does_not_answer_for_the_next() -> None:
    with Pool() as pool:
        pool.tell(NAMES)
        answers = pool.judge([Job(f"{n}.py", USING) for n in range(300)])
        next(iter(answers))
    with Pool() as pool:
        assert judged(pool, [Job("a.py", b"AIService = 1\n")]) == {"a.py": (0, "")}


class _Slow(SimpleQueue[Any]):
    """Gives what it holds a moment after it is gone from it."""

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        found = super().get(block, timeout)
        time.sleep(0.02)
        return found


def test_a_search_that_is_given_up_ends_its_workers_in_peace(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # What goes wrong in a thread fails the test.
    monkeypatch.setattr("backout.checks.symbols.pool.SimpleQueue", _Slow)
    jobs = [Job(f"{n}.py", USING) for n in range(90)]
    for _ in range(5):
        with Pool() as pool:
            pool.tell(NAMES)
            assert next(pool.judge(jobs))[1].uses


def test_workers_that_were_prepared_judge() -> None:
    with Pool() as pool:
        prepare()
        assert judged(pool, [Job("a.py", USING)]) == {"a.py": (1, "")}


@pytest.mark.parametrize(
    ("policy", "started"),
    [
        pytest.param(b"", 0, id="no policy"),
        pytest.param(b"migrations: {}\n", 0, id="nothing forbidden"),
        pytest.param(b"- symbol: new.Cart\n", 0, id="a file that is not there"),
        pytest.param(b"- symbol: old.Bag\n", 0, id="a name that its file has not"),
        pytest.param(b"\xff\0- symbol: \xff.\xfe\n", 0, id="any bytes"),
        pytest.param(b"- symbol: old.Cart\n", 1, id="a name of a file"),
        pytest.param(b'- {"module": "old.Cart.x"}\n', 0, id="what lies in it is not"),
        pytest.param(b"- module: src_only.Cart\n", 1, id="a file below src"),
    ],
)
def test_workers_are_started_where_they_will_most_likely_have_work(
    monkeypatch: pytest.MonkeyPatch, policy: bytes, started: int
) -> None:
    files = {"old.py": b"class Cart: ...\n", "src/src_only.py": b"Cart = 1\n"}
    calls: list[int] = []
    monkeypatch.setattr(pool_module, "prepare", lambda: calls.append(1))
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    start_workers(policy, lambda path: files.get(path, b""))
    assert len(calls) == started


def test_a_hostile_policy_asks_for_no_more_files_than_a_usual_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    asked: list[str] = []

    def read(path: str) -> bytes:
        asked.append(path)
        return b""

    start_workers(b"symbol: " + b"a." * 300_000, read)
    start_workers(b"symbol: a.b\n" * 50_000, read)
    assert len(asked) < 1_000


class TestCopies:
    """What only a copy of this process could do wrong."""

    pytestmark = pytest.mark.skipif(
        sys.platform != "linux", reason="no process is copied here"
    )

    @pytest.fixture(autouse=True)
    def _is_copied(self, monkeypatch: pytest.MonkeyPatch) -> None:
        # A server of other tests may run in this process for as long as tests do.
        before = threading.active_count()
        monkeypatch.setattr(
            "backout.checks.symbols.process.is_alone",
            lambda: threading.active_count() == before,
        )

    def test_they_hold_no_pipe_of_ours_open(self) -> None:
        reading, writing = os.pipe()
        copies = start(2, prepared=True)
        try:
            os.close(writing)
            with os.fdopen(reading, "rb") as pipe:
                assert pipe.read() == b""  # waits for ever while somebody can write
        finally:
            for copy in copies:
                end(copy)

    def test_they_print_nothing_and_end_by_themselves(
        self, capfd: pytest.CaptureFixture[str]
    ) -> None:
        print("begun, and not written yet", end="")
        [copy] = start()
        assert copy.stdin is not None
        copy.stdin.close()
        assert copy.wait() == 0
        end(copy)
        sys.stdout.flush()
        assert capfd.readouterr().out == "begun, and not written yet"

    def test_it_is_said_how_one_ended(self) -> None:
        first, second = start(2)
        assert first.poll() is None
        first.kill()
        assert first.wait() == -signal.SIGKILL
        assert second.poll() is None
        end(first)
        end(second)
        assert second.returncode == -signal.SIGKILL

    def test_one_whose_maker_was_killed_is_known_as_gone(self) -> None:
        [copy] = start()
        assert copy.poll() is None
        os.kill(process.makers[-1], signal.SIGKILL)
        assert copy.wait() == -signal.SIGKILL
        end(copy)

    def test_nothing_is_copied_while_a_thread_runs(self) -> None:
        waiting = threading.Event()
        thread = threading.Thread(target=waiting.wait)
        thread.start()
        try:
            [worker] = start()
            assert not isinstance(worker, Copy)
            end(worker)
        finally:
            waiting.set()
            thread.join()
        [copy] = start()
        assert isinstance(copy, Copy)
        end(copy)

    def test_no_maker_is_left_as_a_zombie(self) -> None:
        end(start()[0])
        for maker in process.makers:
            # Until it has ended, and is still there to be waited for.
            os.waitid(os.P_PID, maker, os.WEXITED | os.WNOWAIT)
        end(start()[0])
        assert len(process.makers) == 1
