"""One server for all tests of pull requests, and a shop of its own for each."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from support.github import Hub
from support.shop import TOKEN, Shop
from support.shop import shop as build

_numbers = count(1)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    with Hub(tmp_path_factory.mktemp("hub")) as hub:
        yield hub


@pytest.fixture
def hub(server: Hub, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """The server, without faults; no request of the test may break its description."""
    server.faults.clear()
    server.seen.clear()
    server.violations.clear()
    server.logins.clear()
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    yield server
    assert server.violations == []


@pytest.fixture
def shop(hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """The clone of somebody who has a token, with phase 7 landed on its server."""
    made = build(hub, tmp_path / "clone", f"shop-{next(_numbers)}")
    monkeypatch.chdir(made.clone.path)
    monkeypatch.setenv("GH_TOKEN", TOKEN)
    monkeypatch.setenv("PATH", "/usr/bin:/bin")  # no `gh` of this machine
    return made
