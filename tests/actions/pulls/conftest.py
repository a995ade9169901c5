"""One server for all tests of pull requests, and a shop of its own for each."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from support.github import Hub
from support.shop import TOKEN, Shop
from support.shop import shop as build

_numbers = count(1)

# As it is, and as git sends it.
SECRETS = (
    TOKEN.encode(),
    b64encode(f"x-access-token:{TOKEN}".encode())[16:-4],
    b64encode(TOKEN.encode())[:-4],
)


def _with_token(folder: Path, hub: Hub) -> list[str]:
    """Whatever holds the token after all tests: files, objects, pull requests."""
    files = [file for file in folder.rglob("*") if file.is_file()]
    found = [str(file) for file in files if _holds(file.read_bytes())]
    for project in hub.projects.values():
        objects = project.git(
            "cat-file", "--batch", "--batch-all-objects", "--unordered"
        )
        told = [str(pull) for pull in project.pulls]
        if _holds("\n".join([objects, *told]).encode("utf-8", "surrogateescape")):
            found.append(str(project.path))
    return found


def _holds(content: bytes) -> bool:
    return any(secret in content for secret in SECRETS)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    with Hub(tmp_path_factory.mktemp("hub")) as hub:
        yield hub
        assert not _with_token(tmp_path_factory.getbasetemp(), hub)


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
