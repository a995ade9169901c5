"""Fixtures of every test: a fixed environment, a fresh repository."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from backout.checks.symbols import pool
from backout.checks.symbols.process import end
from support.repository import ENVIRONMENT, Repository

# How long an example takes says something of the machine, and nothing of the code. Every
# run tries the same examples, so that what is green stays so for whoever changed nothing;
# who looks for new ones asks for it: `--hypothesis-profile=explore`.
_ANY_MACHINE = settings(
    deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.register_profile("steady", _ANY_MACHINE, derandomize=True, database=None)
settings.register_profile("explore", _ANY_MACHINE, max_examples=2000)
settings.load_profile("steady")

# A shell that runs the tests in the background (`make test &`) lets them, and all that
# they start, ignore interrupts: what is to be interrupted would never end.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def no_process_left() -> Iterator[None]:
    """Who judges files in this process ends with it, and Python says so of some."""
    yield
    while pool.idle:
        end(pool.idle.pop())


@pytest.fixture(autouse=True)
def fixed_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of git's, and none of a CI's, reaches a test by accident."""
    for name in list(os.environ):
        if name.startswith(("GIT_", "GITHUB_", "PRE_COMMIT", "RUNNER_")):
            monkeypatch.delenv(name)
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def repo(tmp_path: Path) -> Repository:
    """An empty repository on branch `main`."""
    return Repository(tmp_path / "repo")
