"""Remotes, tokens, people: who is meant, and where a token may go."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from backout.actions.pulls.people import Contact
from backout.actions.pulls.place import place_of
from backout.actions.pulls.token import token_for
from backout.core.errors import UsageError
from backout.core.git import Git
from backout.core.remote import Remote, without_password
from support.repository import Repository

RUNNER = {
    "GITHUB_SERVER_URL": "https://git.acme.example",
    "GITHUB_API_URL": "https://git.acme.example/api/v3",
}


@pytest.mark.parametrize(
    ("url", "environment", "expected"),
    [
        ("https://github.com/acme/shop.git", {}, "https://api.github.com"),
        ("https://x:y@github.com/acme/shop", {}, "https://api.github.com"),
        ("git@github.com:acme/shop.git", {}, "https://api.github.com"),
        ("ssh://git@ssh.github.com:443/acme/shop.git", {}, "https://api.github.com"),
        ("git@git.acme.example:acme/shop", RUNNER, "https://git.acme.example/api/v3"),
        ("https://git.acme.example/acme/shop.git", RUNNER, RUNNER["GITHUB_API_URL"]),
        ("https://github.com/acme/shop.git", RUNNER, "https://api.github.com"),
        ("https://acme.ghe.com/acme/shop", {}, "https://api.acme.ghe.com"),
        (
            "git@git.other.example:acme/shop",
            {"GH_HOST": "git.other.example"},
            "https://git.other.example/api/v3",
        ),
    ],
)
def test_a_repository_on_a_github_is_known(
    url: str, environment: Mapping[str, str], expected: str
) -> None:
    place = place_of(url, environment)
    assert place is not None
    assert (place.owner, place.name, place.api) == ("acme", "shop", expected)


@pytest.mark.parametrize(
    "url",
    [
        "https://gitlab.com/acme/shop.git",
        "https://github.com.evil.example/acme/shop.git",
        "https://evil.example/github.com/acme/shop.git",
        "https://github.com@evil.example/acme/shop.git",
        "/srv/git/shop.git",
        "file:///srv/git/shop.git",
        "../github.com:acme/shop",
        "https://github.com/shop",
        "https://github.com/a/b/c",
    ],
)
def test_what_is_none_is_not_taken_for_one(url: str) -> None:
    assert place_of(url, {}) is None


def test_the_page_that_opens_a_pull_request_holds_no_foreign_markup() -> None:
    place = place_of("https://github.com/acme/shop", {})
    assert place is not None
    address = place.compare("main", "emergency/roll back", "A & B #1")
    assert address == (
        "https://github.com/acme/shop/compare/main...emergency/roll%20back"
        "?expand=1&title=A+%26+B+%231"
    )


@pytest.mark.parametrize(
    ("server", "environment", "expected"),
    [
        ("https://github.com", {"GITHUB_TOKEN": "a"}, "a"),
        ("https://github.com", {"GITHUB_TOKEN": "a", "GH_TOKEN": " b\n"}, "b"),
        ("https://git.acme.example", {"GH_ENTERPRISE_TOKEN": "c"}, "c"),
        ("https://git.acme.example", {**RUNNER, "GITHUB_TOKEN": "d"}, "d"),
        ("https://git.acme.example", {"GITHUB_TOKEN": "a", "GH_TOKEN": "b"}, ""),
        ("https://git.other.example", {**RUNNER, "GITHUB_TOKEN": "d"}, ""),
        ("https://github.com", {}, ""),
    ],
)
def test_a_token_goes_to_its_own_server(
    server: str,
    environment: Mapping[str, str],
    expected: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "")
    assert token_for(server, environment) == expected


def test_a_token_with_a_line_end_inside_is_refused() -> None:
    with pytest.raises(UsageError, match="GH_TOKEN holds blanks"):
        token_for("https://github.com", {"GH_TOKEN": "a\nHost: evil"})


def test_gh_is_asked_where_nothing_is_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gh = tmp_path / "gh"
    gh.write_text('#!/bin/sh\n[ "$4" = github.com ] && echo gho_x\n', "utf-8")
    gh.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert token_for("https://github.com", {}) == "gho_x"
    gh.write_text("#!/bin/sh\necho no >&2; exit 1\n", "utf-8")
    assert token_for("https://github.com", {}) == ""


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://ada:secret@github.com/a/b", "https://github.com/a/b"),
        ("https://secret@github.com/a/b", "https://github.com/a/b"),
        ("http://a:b@127.0.0.1:80/a", "http://127.0.0.1:80/a"),
        ("git@github.com:a/b", "git@github.com:a/b"),
        ("https://github.com/a@b/c", "https://github.com/a@b/c"),
    ],
)
def test_a_password_is_not_shown(url: str, expected: str) -> None:
    assert without_password(url) == expected


@pytest.mark.parametrize(
    ("url", "goes"),
    [
        ("https://github.com/a/b", True),
        ("http://127.0.0.1:9/a/b", True),
        ("http://github.com/a/b", False),
        ("git@github.com:a/b", False),
        ("/srv/a.git", False),
    ],
)
def test_git_gets_a_token_for_https_alone(
    repo: Repository, url: str, goes: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo.git("remote", "add", "origin", url)
    settings: dict[str, str] = {}

    def asked(_: Git, *args: str, extra: Mapping[str, str], **more: object) -> bytes:
        settings.update(extra)
        return b""

    with Git.find(repo.path) as git:
        remote = Remote(git, "origin", "sekret")
        monkeypatch.setattr(Git, "run", asked)
        remote.refs()
    keys = [value for name, value in settings.items() if "_KEY_" in name]
    assert any(key.endswith("/.extraheader") for key in keys) == goes
    assert "sekret" not in " ".join(settings.values())  # base64, as git wants it


def test_a_remote_that_is_not_there_is_named(repo: Repository) -> None:
    repo.git("remote", "add", "origin", "/srv/a.git")
    with (
        Git.find(repo.path) as git,
        pytest.raises(UsageError, match="Did you mean ori"),
    ):
        Remote(git, "orgin")


@pytest.mark.parametrize(
    ("reach", "person", "team"),
    [
        ("@ada", "ada", ("", "")),
        ("@acme/tech-leads", "", ("acme", "tech-leads")),
        ("ada@example.org", "", ("", "")),
        ("+49 30 1234567", "", ("", "")),
        ("@ada and @bob", "", ("", "")),
        ("@ada\n@bob", "", ("", "")),
        ("", "", ("", "")),
    ],
)
def test_who_github_can_ask(reach: str, person: str, team: tuple[str, str]) -> None:
    contact = Contact("lead", reach)
    assert (contact.person, contact.team) == (person, team)
