"""`backout status`: rollbacks on branches and on the mainline, and their clocks."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from backout.actions.cli import main
from backout.actions.reversal.record import Record, Undone, decode, encode, path_of
from backout.actions.status.standing import Clock
from backout.core.errors import UsageError
from support.phased import NEW, Landed, build
from support.repository import Repository

ROLLBACK = "emergency/rollback-shop-1"


@pytest.fixture
def shop(repo: Repository, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """Phase 1 has landed."""
    build(
        repo,
        [Landed(True, {"use.py": NEW, "old.py": None, "new.py": "sell = print\n"})],
    )
    monkeypatch.chdir(repo.path)
    return repo


def rolled_back(repo: Repository) -> None:
    why = ["--reason", "wrong sums", "--severity", "P0"]
    assert main(["revert", "shop/1", *why]) == 0
    repo.git("reset", "-q", "--hard")


def said(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    capsys.readouterr()
    assert main(["status", "--format", "json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_nothing_is_rolled_back(
    shop: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["status"]) == 0
    sha = shop.git("rev-parse", "main")[:9]
    out = capsys.readouterr().out
    assert out == f"No rollback is open or in force on main at {sha}.\n"


def test_a_rollback_is_followed_to_its_end(
    shop: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    rolled_back(shop)
    (one,) = said(capsys)["rollbacks"]
    assert (one["name"], one["state"], one["severity"]) == ("shop/1", "open", "P0")
    assert one["branches"] == [ROLLBACK]
    assert one["pushed"] is False
    assert one["next"].startswith(f"git push origin {ROLLBACK}")

    shop.git("merge", "-q", "--no-ff", "-m", "Merge it (#9)", ROLLBACK)
    shop.git("branch", "-q", "-D", ROLLBACK)
    (one,) = said(capsys)["rollbacks"]
    assert (one["state"], one["doubt"]) == ("in-force", "")
    assert one["required"] == ["Root cause fixed"]
    assert one["next"] == "backout reland shop/1"

    assert main(["reland", "shop/1", "--done", "1"]) == 0
    (one,) = said(capsys)["rollbacks"]
    assert (one["state"], one["relands"]) == ("landing-again", ["reland/shop-1"])

    shop.git("merge", "-q", "--no-ff", "-m", "Merge it (#10)", "reland/shop-1")
    assert said(capsys)["rollbacks"] == []


def test_a_branch_of_the_remote_is_seen(
    shop: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    rolled_back(shop)
    shop.git("update-ref", f"refs/remotes/origin/{ROLLBACK}", ROLLBACK)
    shop.git("branch", "-q", "-D", ROLLBACK)
    (one,) = said(capsys)["rollbacks"]
    assert (one["branches"], one["pushed"]) == ([f"origin/{ROLLBACK}"], True)
    assert one["pull"] == ""
    shop.git("remote", "add", "origin", "git@github.com:acme/shop.git")
    (one,) = said(capsys)["rollbacks"]
    assert one["pull"] == (
        "https://github.com/acme/shop/pulls?q=is%3Apr+head%3Aemergency%2F"
        "rollback-shop-1"
    )
    shop.git("merge", "-q", "--no-ff", "-m", "Merge it (#9)", f"origin/{ROLLBACK}")
    (one,) = said(capsys)["rollbacks"]
    assert one["pull"] == "https://github.com/acme/shop/pull/9"


def test_a_merged_rollback_that_was_changed_is_doubted(
    shop: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    rolled_back(shop)
    shop.git("merge", "-q", "--no-ff", "--no-commit", ROLLBACK)
    shop.commit({"more": "x\n"}, "Merge it (#9)")
    (one,) = said(capsys)["rollbacks"]
    assert one["doubt"] == "not a pure rollback: legacy names need waivers"


def test_a_record_that_is_none_is_said(
    shop: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    shop.commit({".backout/rollbacks/x.json": "{}\n"})
    assert main(["status"]) == 0
    out = capsys.readouterr().out
    assert "? .backout/rollbacks/x.json is not the record of a rollback" in out


def test_the_text_says_what_is_late(
    shop: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    rolled_back(shop)
    shop.git("merge", "-q", "--no-ff", "-m", "Merge it (#9)", ROLLBACK)
    capsys.readouterr()
    assert main(["status"]) == 0
    text = capsys.readouterr().out.splitlines()
    assert text[0] == "shop/1 The till: rolled back, P0"
    assert text[1] == "  because wrong sums"
    assert text[2].endswith(" UTC by Ada")
    assert "    [ ] Root cause fixed" in text
    assert text[-1] == "  next: backout reland shop/1"


@pytest.mark.parametrize(
    ("elapsed", "promised", "over"),
    [
        pytest.param(60, 0, 0, id="nothing is promised"),
        pytest.param(60, 60, 0, id="just in time"),
        pytest.param(90, 60, 30, id="too late"),
    ],
)
def test_a_promise_is_kept_or_not(elapsed: int, promised: int, over: int) -> None:
    start = datetime(2026, 11, 20, 3, tzinfo=UTC)
    assert Clock(start, elapsed, promised=promised).over == over


def test_what_a_record_says_is_printed_harmlessly(
    shop: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    why = "\x1b[31m ##[error]red"
    assert main(["revert", "shop/1", "--reason", why]) == 0
    capsys.readouterr()
    assert main(["status"]) == 0
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "##[" not in out


def test_a_record_comes_back_as_it_was_written() -> None:
    start = datetime(2026, 11, 20, 3, tzinfo=UTC)
    record = Record(
        name="shop/1",
        onto="1" * 40,
        tree="2" * 40,
        undone=(Undone("3" * 40, 1),),
        started=start,
        reason="\ufffd \u202e \udce9",
        by="Ada",
        paths=("caf\udce9",),
    )
    assert decode(encode(record), path_of(record)) == record
    with pytest.raises(UsageError, match="holds the record of another file"):
        decode(encode(record), path_of(record).replace("T03", "T04"))
