"""`backout reland`, from a merged rollback to a phase that is there again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo

import pytest

from backout.actions import gate
from backout.actions.cli import main
from backout.core.finding import Severity
from backout.core.git import Git
from support.phased import NEW, Landed, build
from support.repository import Repository

ROLLBACK = "emergency/rollback-shop-1"
RELAND = "reland/shop-1"
DONE = ("--done", "Root cause fixed")


def errors(repo: Repository, head: str) -> list[str]:
    with Git.find(repo.path) as git:
        report = gate.judge(gate.between(git, "main", head))
    return sorted({f.rule for f in report.findings if f.severity is Severity.ERROR})


def rolled_back(repo: Repository, how: str) -> None:
    """Roll phase 1 back, and merge that."""
    assert main(["revert", "shop/1", "--reason", "wrong sums"]) == 0
    repo.git("reset", "-q", "--hard")
    merge(repo, ROLLBACK, how)


def merge(repo: Repository, branch: str, how: str) -> None:
    if how == "merge":
        repo.git("merge", "-q", "--no-ff", "-m", f"Merge {branch} (#9)", branch)
    elif how == "squash":
        repo.git("merge", "-q", "--squash", branch)
        repo.git("commit", "-q", "-m", f"{branch} (#9)")
    else:
        repo.git("merge", "-q", "--ff-only", branch)
    repo.git("branch", "-q", "-D", branch)


class Clock:
    """It goes on a minute each time: records are named by the second."""

    def __init__(self) -> None:
        self.minutes = 0

    def now(self, zone: tzinfo) -> datetime:
        self.minutes += 1
        return datetime(2026, 11, 20, 3, tzinfo=zone) + timedelta(minutes=self.minutes)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    one = Clock()
    for room in ("reversal.recording", "reland.command"):
        monkeypatch.setattr(f"backout.actions.{room}.datetime", one)


@pytest.fixture
def shop(repo: Repository, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """Phase 1 has landed in three commits."""
    build(
        repo,
        [
            Landed(False, {"long": "a\n" * 20}),
            Landed(True, {"use.py": NEW, "old.py": None, "new.py": "sell = print\n"}),
            Landed(True, {"long": "b\n" + "a\n" * 19}),
            Landed(True, {"p0.py": "one\ntwo\n"}),
        ],
    )
    monkeypatch.chdir(repo.path)
    return repo


@pytest.mark.parametrize("how", ["merge", "squash", "rebase"])
def test_it_comes_back_whole_and_can_be_rolled_back_again(
    shop: Repository, how: str
) -> None:
    landed = shop.git("rev-parse", "main")
    rolled_back(shop, how)
    assert main(["reland", "shop/1", *DONE]) == 0
    changed = shop.git("diff", "--name-only", landed, RELAND).split("\n")
    assert [path.rpartition("/")[0] for path in changed] == [
        ".backout/relands",
        ".backout/rollbacks",
    ]
    assert "Backout-Phase: shop/1" in shop.git("log", "-1", "--format=%B", RELAND)
    assert "landed-without-reland" not in errors(shop, RELAND)
    merge(shop, RELAND, how)
    rolled_back(shop, how)
    assert (shop.path / "use.py").read_text() == "import old\n\nold.sell()\n"
    assert main(["reland", "shop/1", *DONE]) == 0
    merge(shop, RELAND, how)
    assert (shop.path / "use.py").read_text() == NEW
    # Twice down, twice up: nothing is rolled back any more.
    shop.git("checkout", "-q", "-b", "work")
    shop.commit({"use.py": "import old\n\nold.sell()\n"}, "Use the old one")
    assert "forbidden-symbol" in errors(shop, "work")


def test_git_state_is_not_touched(shop: Repository) -> None:
    rolled_back(shop, "merge")
    head = shop.git("rev-parse", "HEAD")
    assert main(["reland", "shop/1", *DONE]) == 0
    assert shop.git("rev-parse", "HEAD") == head
    assert shop.git("status", "--porcelain") == ""
    assert shop.git("fsck", "--strict") == ""


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param([], id="nothing is stated"),
        pytest.param([*DONE, "--dry-run"], id="a dry run"),
    ],
)
def test_no_branch_is_made(shop: Repository, arguments: Sequence[str]) -> None:
    rolled_back(shop, "merge")
    main(["reland", "shop/1", *arguments])
    assert shop.git("branch", "--list", RELAND) == ""


def test_it_refuses_while_an_item_is_open_and_says_how_to_go_on(
    shop: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    rolled_back(shop, "merge")
    capsys.readouterr()
    assert main(["reland", "shop/1"]) == 1
    text = capsys.readouterr().out
    assert "It was rolled back because: wrong sums" in text
    assert "A merge is reverted here" in text
    assert "  [ ] 1. Root cause fixed\n" in text
    assert "backout reland shop/1 --done 'Root cause fixed'\n" in text


@pytest.mark.parametrize("done", ["Root cause fixed", "root cause fixed", "1"])
def test_an_item_is_stated_by_its_words_or_its_number(
    shop: Repository, done: str
) -> None:
    rolled_back(shop, "merge")
    assert main(["reland", "shop/1", "--done", done]) == 0
    path = shop.git("ls-tree", "-r", "--name-only", RELAND, "--", ".backout/relands/")
    record = json.loads(shop.git("show", f"{RELAND}:{path}"))
    assert [d["item"] for d in record["done"]] == ["Root cause fixed"]
    assert record["done"][0]["by"] == "Ada <ada@example.org>"


def test_a_file_that_was_changed_since_is_said(
    shop: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    rolled_back(shop, "merge")
    shop.commit({"long": "a\n" * 19 + "c\n"}, "Remark (#7)")
    capsys.readouterr()
    assert main(["reland", "shop/1", *DONE]) == 0
    assert "  not as it was: long, changed since by #7 Remark\n" in (
        capsys.readouterr().out
    )
    assert shop.git("show", f"{RELAND}:long") == "b\n" + "a\n" * 18 + "c"


def test_a_conflict_stays_as_it_is_and_needs_a_draft(
    shop: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    rolled_back(shop, "merge")
    shop.commit({"use.py": "import old\n\nold.sell(1)\n"}, "Sell one")
    assert main(["reland", "shop/1", *DONE]) == 1
    assert "conflict: use.py stays as it is" in capsys.readouterr().out
    assert shop.git("branch", "--list", RELAND) == ""
    assert main(["reland", "shop/1", *DONE, "--draft"]) == 0
    assert shop.git("show", f"{RELAND}:use.py") == "import old\n\nold.sell(1)"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(
            ["shop/1", "--done", "Root cause fixd"],
            "--done 'Root cause fixd' is not required (Root cause fixed). Did you mean "
            "Root cause fixed?",
            id="an item with a slip",
        ),
        pytest.param(
            ["shop/2"], "shop/2 is not rolled back on main", id="a phase that is there"
        ),
        pytest.param(
            ["shop/9"], "no phase 9 in shop (1, 2)", id="a phase that there is not"
        ),
    ],
)
def test_the_asking_may_be_wrong(
    shop: Repository,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    said: str,
) -> None:
    rolled_back(shop, "merge")
    assert main(["reland", *arguments]) == 2
    assert said in capsys.readouterr().err


def test_what_has_landed_again_is_said_to_have(
    shop: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    rolled_back(shop, "merge")
    assert main(["reland", "shop/1", *DONE]) == 0
    merge(shop, RELAND, "merge")
    assert main(["reland", "shop/1", *DONE]) == 2
    assert "has landed again on main" in capsys.readouterr().err


def test_the_gate_says_who_stated_what(shop: Repository) -> None:
    rolled_back(shop, "merge")
    assert main(["reland", "shop/1", *DONE]) == 0
    with Git.find(shop.path) as git:
        report = gate.judge(gate.between(git, "main", RELAND))
    assert (
        "shop/1 lands again. Stated to be done: Root cause fixed (Ada <ada@example.org>)"
        in report.notes
    )


def test_another_branch_that_is_checked_out_does_not_matter(shop: Repository) -> None:
    shop.git("branch", "old", "main~2")
    rolled_back(shop, "merge")
    shop.git("checkout", "-q", "old")
    assert main(["reland", "shop/1", *DONE]) == 0
    assert shop.git("rev-parse", f"{RELAND}~") == shop.git("rev-parse", "main")


def test_the_gate_asks_for_what_nobody_stated(shop: Repository) -> None:
    rolled_back(shop, "merge")
    assert main(["reland", "shop/1", *DONE]) == 0
    shop.git("checkout", "-q", RELAND)
    (file,) = (shop.path / ".backout/relands").iterdir()
    record = json.loads(file.read_text())
    record["done"] = []
    shop.commit({file.relative_to(shop.path).as_posix(): json.dumps(record)}, "Forge")
    assert "landed-without-reland" in errors(shop, RELAND)
