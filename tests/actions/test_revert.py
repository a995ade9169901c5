"""`backout revert`, from the command line to the branch."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from backout.actions.cli import main
from support.repository import Repository

POLICY = """\
version: 1
migrations:
  storage-v2:
    title: Unified storage
    baseline: migration-start
    phases:
      - {id: "6", title: Preparation}
      - {id: "7", title: Storage layer, after: ["6"]}
"""


@pytest.fixture
def shop(repo: Repository, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """A repository in which phase 7 landed in two commits, with another between."""
    repo.commit({"backout.yaml": POLICY, "core/old.py": "x = 1\n"}, "Begin")
    repo.git("tag", "migration-start")
    repo.commit(
        {"core/new.py": "a = 1\n", "core/old.py": None},
        "Write through it (#412)\n\nBackout-Phase: storage-v2/7",
    )
    repo.commit({"README": "hello\n"}, "Say hello (#413)")
    repo.commit(
        {"core/new.py": "a = 1\nb = 2\n"},
        "More of it (#414)\n\nBackout-Phase: storage-v2/7",
    )
    monkeypatch.chdir(repo.path)
    return repo


def state(repo: Repository) -> dict[str, bytes]:
    """Every file of the repository's folder, git's own files too."""
    return {
        str(file.relative_to(repo.path)): file.read_bytes()
        for file in sorted(repo.path.rglob("*"))
        if file.is_file()
    }


def test_a_dry_run_says_what_would_happen_and_leaves_nothing(
    shop: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    before = state(shop)
    assert main(["revert", "storage-v2/7", "--dry-run"]) == 0
    assert state(shop) == before
    text = capsys.readouterr().out
    assert "storage-v2 / 7 Storage layer: 2 commits" in text
    assert "Clean: 1 file comes back, 1 goes." in text


def test_the_branch_holds_the_baseline_and_the_record(
    shop: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["revert", "storage-v2/7", "--reason", "duplicates"]) == 0
    branch = "emergency/rollback-storage-v2-7"
    changed = shop.git("diff", "--name-only", "migration-start", branch).split("\n")
    (record,) = [name for name in changed if name != "README"]
    assert record.startswith(".backout/rollbacks/storage-v2-7-")
    said = json.loads(shop.git("show", f"{branch}:{record}"))
    assert said["tree"] == shop.git("rev-parse", f"{branch}~^{{tree}}")
    assert shop.git("status", "--porcelain") == ""
    assert shop.git("symbolic-ref", "HEAD") == "refs/heads/main"
    assert shop.git("fsck", "--strict") == ""


def test_no_temporary_folder_stays(
    shop: Repository,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    assert main(["revert", "storage-v2/7", "--reason", "duplicates"]) == 0
    assert list(folder.iterdir()) == []
