"""A new user under stress: what is missing or wrong is said, and nothing is lost."""

from __future__ import annotations

import base64
import os
import stat
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from backout.actions.cli import main
from backout.actions.pulls import publish
from backout.actions.pulls.client import Client
from backout.actions.pulls.transport import (
    NoHttpx,
    Request,
    Response,
    Transport,
    over_httpx,
)
from backout.core.errors import CannotDecide
from backout.core.git import Git
from support.program import COMMAND, backout
from support.repository import clean_environment
from support.shop import BRANCH, POLICY, REVERT, TOKEN, Shop

Capture = pytest.CaptureFixture[str]


def test_a_dirty_tree_and_a_wrong_branch_do_not_matter(
    shop: Shop, capsys: Capture
) -> None:
    shop.clone.git("checkout", "-q", "-b", "my-work")
    shop.clone.write({"README": "half written\n", "new.txt": "new\n"})
    shop.clone.git("add", "new.txt")
    status = shop.clone.git("status", "--porcelain", "--branch")
    assert main(REVERT) == 0
    assert shop.clone.git("status", "--porcelain", "--branch") == status
    (pull,) = shop.project.pulls
    assert shop.project.git("merge-base", "main", pull.head) == shop.project.sha("main")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["storage-v2/77"],
            'no phase 77 in storage-v2 (6, 7). Did you mean 7 "Storage',
        ),
        (["storage-v3/7"], "no migration 'storage-v3' in the policy (storage-v2)"),
        (["storage-v2/7", "--severity", "PO"], "no severity PO in the policy (P0, P1)"),
        (["storage-v2/7", "--branch", "main"], "main is a branch that others build on"),
        (["storage-v2/7", "--branch", "release/1.2"], "release/1.2 is a branch that"),
        (["storage-v2/7", "--branch", "-x"], '"-x" cannot be the name of a branch'),
        (["storage-v2/7", "--onto", "main~1"], "--onto main~1 is no branch"),
        (["storage-v2/7", "--onto", "local"], "origin has no branch local"),
    ],
)
def test_what_is_asked_wrongly_is_said_and_nothing_is_pushed(
    shop: Shop, capsys: Capture, arguments: list[str], said: str
) -> None:
    shop.clone.git("branch", "local")
    # argparse takes "--branch -x" for two options.
    joined = [f"{arguments[1]}={arguments[2]}"] if len(arguments) > 2 else []
    asked = ["revert", arguments[0], *joined, "--reason", "duplicates"]
    assert main(asked) == 2
    assert said in capsys.readouterr().err
    heads = shop.project.git("for-each-ref", "--format=%(refname)", "refs/heads")
    assert heads == "refs/heads/main"


def test_a_release_branch_is_a_base_like_any_other(shop: Shop, capsys: Capture) -> None:
    shop.project.git("branch", "release/1.2", "main")
    shop.clone.git("fetch", "-q", str(shop.project.path), "release/1.2")
    shop.clone.git("update-ref", "refs/remotes/origin/release/1.2", "FETCH_HEAD")
    assert main([*REVERT, "--onto", "origin/release/1.2"]) == 0
    (pull,) = shop.project.pulls
    assert pull.base == "release/1.2"


def test_a_release_branch_that_never_had_it_is_said(
    shop: Shop, capsys: Capture
) -> None:
    shop.project.git("branch", "release/1.1", "migration-start")
    shop.clone.git("update-ref", "refs/remotes/origin/release/1.1", "migration-start")
    assert main([*REVERT, "--onto", "origin/release/1.1"]) == 0
    out = capsys.readouterr().out
    assert "no commit of storage-v2/7 is on this branch" in out
    assert "Nothing to undo: origin/release/1.1 holds none of it" in out
    assert shop.project.pulls == []


def test_without_a_token_the_branch_is_pushed_and_the_rest_prepared(
    shop: Shop, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with an ssh remote: git can push, and nobody can open a pull request."""
    monkeypatch.delenv("GH_TOKEN")
    header = base64.b64encode(f"x:{TOKEN}".encode()).decode()
    file = shop.clone.path / ".." / "gitconfig"
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(file))
    file.write_text(
        f'[http "{shop.hub.url}/"]\n\textraheader = Authorization: Basic {header}\n'
    )
    try:
        assert main(REVERT) == 0
    finally:
        file.unlink()
    out = capsys.readouterr().out
    place = f"{shop.hub.url}/acme/{shop.project.name}/compare/main...{BRANCH}?expand=1"
    assert f"Open the pull request: {place}&title=EMERGENCY" in out
    file = Path(out.split("Its body: ")[1].strip())
    assert "| why | duplicates |" in file.read_text("utf-8")
    assert shop.project.sha(BRANCH)
    assert shop.project.pulls == []
    assert shop.clone.git("status", "--porcelain") == ""


def test_without_any_login_it_says_how_to_log_in(
    shop: Shop, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GH_TOKEN")
    assert main(REVERT) == 2
    assert "set GH_TOKEN, or log in with gh auth login" in capsys.readouterr().err
    assert shop.clone.git("rev-parse", "--verify", BRANCH)
    monkeypatch.setenv("GH_TOKEN", TOKEN)
    assert main(REVERT) == 0


def test_without_a_network_the_branch_stays_here_and_the_next_run_pushes_it(
    shop: Shop, capsys: Capture
) -> None:
    address = shop.clone.git("remote", "get-url", "origin")
    shop.clone.git("remote", "set-url", "origin", "http://127.0.0.1:1/acme/shop.git")
    assert main(REVERT) == 2
    streams = capsys.readouterr()
    assert f"Branch {BRANCH} created" in streams.out
    assert "http://127.0.0.1:1/acme/shop.git cannot be reached" in streams.err
    assert "Nothing was pushed: run this again" in streams.err
    shop.clone.git("remote", "set-url", "origin", address)
    assert main(REVERT) == 0
    assert len(shop.project.pulls) == 1


def test_without_the_extra_it_says_what_to_install(
    shop: Shop, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> None:
        raise NoHttpx

    monkeypatch.setattr(publish, "over_httpx", missing)
    assert main(REVERT) == 0
    out = capsys.readouterr().out
    assert 'pip install "backout[github]"' in out
    assert "Open the pull request: " in out


def test_a_file_remote_gets_the_branch(shop: Shop, capsys: Capture) -> None:
    shop.clone.git("remote", "set-url", "origin", str(shop.project.path))
    assert main(REVERT) == 0
    assert shop.project.sha(BRANCH) == shop.clone.git("rev-parse", BRANCH)
    assert "The remote is no GitHub that is known here" in capsys.readouterr().out


def test_a_policy_names_the_remote(shop: Shop, capsys: Capture) -> None:
    shop.clone.git("remote", "rename", "origin", "upstream")
    shop.clone.git("remote", "add", "origin", "http://127.0.0.1:1/fork.git")
    policy = POLICY.replace("version: 1\n", "version: 1\nremote: upstream\n")
    shop.land({"backout.yaml": policy}, "Name the remote (#419)")
    shop.clone.git("fetch", "-q", str(shop.project.path), "main")
    shop.clone.git("reset", "-q", "--hard", "FETCH_HEAD")
    shop.clone.git("remote", "set-head", "upstream", "main")
    shop.clone.git("update-ref", "refs/remotes/upstream/main", "HEAD")
    assert main(REVERT) == 0
    assert len(shop.project.pulls) == 1


@contextmanager
def _misspelling() -> Generator[Transport]:
    with over_httpx() as send:

        def one(request: Request) -> Response:
            body = (request.body or b"").replace(b'"title"', b'"tittle"')
            return send(request._replace(body=body or None))

        yield one


def test_a_misspelt_field_fails(
    shop: Shop, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server is as strict as GitHub's description."""
    monkeypatch.setattr(publish, "over_httpx", _misspelling)
    assert main(REVERT) == 2
    (violation,) = shop.hub.violations
    assert "('tittle' was unexpected)" in violation
    assert shop.project.pulls == []
    shop.hub.violations.clear()


def test_the_token_is_nowhere(shop: Shop, tmp_path: Path) -> None:
    """Neither in an argument, nor in what is printed, nor where it goes wrong."""
    log = tmp_path / "arguments"
    wrapper = tmp_path / "bin" / "git"
    wrapper.parent.mkdir()
    wrapper.write_text(f'#!/bin/sh\necho "$@" >> {log}\nexec /usr/bin/git "$@"\n')
    wrapper.chmod(wrapper.stat().st_mode | stat.S_IXUSR)
    environment = {
        **shop.hub.environment,
        "GH_TOKEN": TOKEN,
        "PATH": f"{wrapper.parent}:{os.environ['PATH']}",
        "GIT_TRACE": "1",
        "GIT_TRACE_CURL": "1",
        "GIT_CURL_VERBOSE": "1",
    }
    done = backout(*REVERT, folder=shop.clone.path, **environment)
    assert done.code == 0
    arguments = log.read_text("utf-8")
    assert "push" in arguments
    broken = (
        "import sys\n"
        "from backout.actions.pulls import client\n"
        "def fails(*_): raise RuntimeError(repr(_))\n"
        "client.Client._parsed = fails\n"
        "from backout.actions.cli import main\n"
        f"sys.exit(main({REVERT!r}))\n"
    )
    traced = subprocess.run(
        [sys.executable, "-I", "-c", broken],
        cwd=shop.clone.path,
        env={**clean_environment(), **environment},
        capture_output=True,
        check=False,
    )
    assert traced.returncode == 3
    assert b"Traceback" in traced.stderr
    basic = base64.b64encode(f"x-access-token:{TOKEN}".encode()).decode()
    printed = done.out + done.err + (traced.stdout + traced.stderr).decode()
    for text in (arguments, printed):
        assert TOKEN not in text
        assert basic not in text
    assert TOKEN in str(shop.hub.seen)  # it was there to be found


def test_a_token_goes_nowhere_else(shop: Shop, capsys: Capture) -> None:
    """A server that leads elsewhere is not followed."""
    asked: list[str] = []

    def leads_away(request: Request) -> Response:
        asked.append(request.url)
        return Response(301, {"location": "https://evil.example/x"}, b"")

    with pytest.raises(CannotDecide, match=r"evil\.example, another server"):
        Client("https://api.github.com", TOKEN, leads_away, print).get("/repos/a/b")
    assert asked == ["https://api.github.com/repos/a/b"]


@pytest.mark.parametrize("seconds", [0.2, 0.5, 0.8, 1.1, 1.4, 1.7])
def test_kill_9_at_any_time_and_run_again(shop: Shop, seconds: float) -> None:
    environment = {
        **clean_environment(GH_TOKEN=TOKEN, TMPDIR=str(shop.clone.path.parent)),
        **shop.hub.environment,
    }
    process = subprocess.Popen(
        [*COMMAND, *REVERT],
        cwd=shop.clone.path,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
    process.wait()
    assert main(REVERT) == 0
    (pull,) = shop.project.pulls
    assert pull.labels == ["P1", "rollback"]
    with Git.find(shop.clone.path) as git:
        assert git.find_object(BRANCH) is not None
