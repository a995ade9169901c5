"""`backout revert`, from the command line to the branch."""

from __future__ import annotations

import json
import re
import subprocess
from datetime import datetime, tzinfo
from pathlib import Path

import jsonschema
import pytest

from backout.actions.cli import main
from backout.actions.reversal.json import schema
from support.repository import Repository

POLICY = """\
version: 1
migrations:
  storage-v2:
    title: Unified storage
    baseline: migration-start
    flags: [{env: USE_UNIFIED, legacy: "0", new: "1"}]
    phases:
      - {id: "6", title: Preparation}
      - id: "7"
        title: Storage layer
        after: ["6"]
        recovery-time: 60m
        data: {engine: postgresql, database: shop, loss-window: 2h}
severities:
  P0: {action: revert}
  P3: {action: fix-forward}
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


def test_the_plan_is_what_its_schema_says(
    shop: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["revert", "storage-v2/7", "--dry-run", "--format", "json"])
    plan = json.loads(capsys.readouterr().out)
    jsonschema.validate(plan, schema())
    assert plan["targets"][0]["commit"]["subject"] == "More of it (#414)"
    assert [file["path"] for file in plan["restored"]] == ["core/old.py"]
    assert [file["path"] for file in plan["deleted"]] == ["core/new.py"]


def test_the_committed_schema_is_current() -> None:
    file = Path(__file__).parents[2] / "actions" / "reversal" / "plan.schema.json"
    written = json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"
    assert file.read_text("utf-8") == written, "run: make generated"


def test_what_is_faster_and_what_stays_is_said(
    shop: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["revert", "storage-v2/7", "--dry-run"])
    text = capsys.readouterr().out
    assert "Faster first: set USE_UNIFIED=0. This command undoes the code." in text
    assert (
        "Data: phase 7 changed data in postgresql shop, which stays as it is; "
        "restoring may lose 2h of writes" in text
    )
    assert "Promised: 60m from start to verified." in text


def test_twice_is_once(shop: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["revert", "storage-v2/7", "--reason", "duplicates"]
    assert main(arguments) == 0
    refs = shop.git("show-ref")
    assert main(arguments) == 0
    assert "has it already" in capsys.readouterr().out
    assert shop.git("show-ref") == refs
    shop.commit({"core/new.py": "a = 1\nb = 2\nc = 3\n", "x": "x\n"}, "Later")
    shop.git("checkout", "-q", "-b", "emergency/rollback-other")
    assert main([*arguments, "--branch", "main"]) == 1
    assert main(["revert", "HEAD", "--reason", "x", "--branch", "main"]) == 2
    assert "the branch main is here already" in capsys.readouterr().err


def test_a_severity_must_be_one_of_the_policys(
    shop: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["revert", "storage-v2/7", "--dry-run", "--severity", "PO"]) == 2
    assert "no severity PO in the policy (P0, P3)" in capsys.readouterr().err


def test_a_severity_that_is_not_rolled_back_is_said(
    shop: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["revert", "storage-v2/7", "--dry-run", "--severity", "P0"]) == 0
    assert "the policy says" not in capsys.readouterr().out
    assert main(["revert", "storage-v2/7", "--dry-run", "--severity", "P3"]) == 0
    assert "for P3 the policy says: fix-forward" in capsys.readouterr().out


def test_what_changes_nothing_is_said(
    shop: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["revert", "storage-v2/7", "--dry-run", "--paths", "elsewhere/"]
    assert main(arguments) == 0
    said = capsys.readouterr().out
    assert "Nothing to undo: main holds none of it, or it is left out." in said
    assert said.count("(changes nothing)") == 2


def test_verifying_needs_a_clean_result(
    shop: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    shop.commit({"core/new.py": "a = 1\nb = 3\n"}, "Tune (#415)")
    assert main(["revert", "storage-v2/7", "--dry-run", "--verify"]) == 1
    assert "not verified: there is no clean result" in capsys.readouterr().out


def test_a_reason_is_asked_for(
    shop: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["revert", "storage-v2/7"]) == 2
    assert "--reason TEXT" in capsys.readouterr().err


@pytest.mark.parametrize("flags", [[], ["--squash"]])
def test_commits_say_what_they_revert(shop: Repository, flags: list[str]) -> None:
    shas = shop.git("rev-list", "main~3..main").split()
    assert main(["revert", "storage-v2/7", "--reason", "duplicates", *flags]) == 0
    branch = "emergency/rollback-storage-v2-7"
    log = shop.git("log", "--format=%B", f"main..{branch}")
    for sha in (shas[0], shas[2]):
        assert f"This reverts commit {sha}." in log
    assert shas[1] not in log
    count = int(shop.git("rev-list", "--count", f"main..{branch}"))
    assert count == (1 if flags else 3)
    trailers = shop.git(
        "log", "--format=%(trailers:key=Backout-Rollback,valueonly)", f"main..{branch}"
    ).split()
    assert trailers == ["storage-v2/7"] * count


def test_what_others_wrote_cannot_command_a_terminal(
    shop: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    shop.commit({"e\x1b[31m": "x\n"}, "::error::\x1b]0;owned\x07 \u202ereversed (#99)")
    shop.commit({"e\x1b[31m": "y\n"}, "\x1b[2Jgone (#98)")
    for command in (["revert", "#99", "--dry-run"], ["revert", "#98", "--dry-run"]):
        main(command)
        main([*command, "--format", "json"])
    text = capsys.readouterr().out
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert not re.search(r"^\s*::", text, re.MULTILINE)


def test_commits_are_signed_where_git_signs(shop: Repository, tmp_path: Path) -> None:
    key = tmp_path / "key"
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True
    )
    shop.git("config", "gpg.format", "ssh")
    shop.git("config", "user.signingKey", str(key))
    shop.git("config", "commit.gpgSign", "true")
    assert main(["revert", "storage-v2/7", "--reason", "duplicates"]) == 0
    branch = "emergency/rollback-storage-v2-7"
    raw = shop.git("cat-file", "commit", branch)
    assert "gpgsig -----BEGIN SSH SIGNATURE-----" in raw


def test_somebody_must_be_the_author(
    shop: Repository,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.delenv(f"GIT_{name}_NAME")
        monkeypatch.delenv(f"GIT_{name}_EMAIL")
    shop.git("config", "user.useConfigOnly", "true")
    assert main(["revert", "storage-v2/7", "--reason", "x"]) == 2
    assert "git config --global user.name" in capsys.readouterr().err


def test_a_branch_in_the_way_of_its_name_is_said(
    shop: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    shop.git("branch", "emergency")
    assert main(["revert", "storage-v2/7", "--reason", "x"]) == 2
    said = capsys.readouterr().err
    assert "cannot be created" in said
    assert "--branch NAME" in said


def test_only_what_is_new_is_written(shop: Repository) -> None:
    def objects() -> set[str]:
        return set(
            shop.git("cat-file", "--batch-all-objects", "--batch-check").split("\n")
        )

    before = objects()
    assert main(["revert", "storage-v2/7", "--reason", "duplicates"]) == 0
    kinds = sorted(row.split(" ")[1] for row in objects() - before)
    # Three commits, the folders that changed, and the record.
    assert kinds.count("commit") == 3
    assert kinds.count("blob") == 1
    assert shop.git("fsck", "--unreachable") == ""


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


def test_the_same_rollback_in_the_same_second_under_another_name(
    shop: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every object of it is here already."""
    from backout.actions.reversal import recording

    class Still:
        @staticmethod
        def now(tz: tzinfo) -> datetime:
            return datetime(2026, 11, 18, 3, 2, tzinfo=tz)

    monkeypatch.setattr(recording, "datetime", Still)
    arguments = ["revert", "storage-v2/7", "--reason", "duplicates"]
    assert main(arguments) == 0
    assert main([*arguments, "--branch", "again"]) == 0
    first = shop.git("rev-parse", "emergency/rollback-storage-v2-7")
    assert shop.git("rev-parse", "again") == first
