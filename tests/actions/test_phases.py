"""Which commits belong to a phase: the trailers a hook adds, and the list of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from backout.actions.cli import main
from backout.hooks import trailer
from support.repository import Repository, clean_environment

POLICY = """\
version: 1
migrations:
  v2:
    plan: docs/plan.md
    baseline: start
    phases:
      - {id: "1", title: Foundation, paths: [one/]}
      - {id: "2", paths: [two/], commits: ["#12"]}
      - {id: "3", paths: [three/], final: true}
"""


@pytest.fixture
def started(repo: Repository, monkeypatch: pytest.MonkeyPatch) -> Repository:
    monkeypatch.chdir(repo.path)
    repo.commit({"backout.yaml": POLICY, "docs/plan.md": "# Plan\n"})
    repo.git("tag", "start")
    return repo


def message(text: str, *more: str) -> str:
    """What the hook makes of a commit's message."""
    file = Path("MESSAGE")
    file.write_text(text, encoding="utf-8")
    assert trailer.main([str(file), *more]) == 0
    return file.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("path", "source", "before", "after"),
    [
        pytest.param("README.md", "", "Say\n", "Say\n", id="no phase"),
        pytest.param("three/a.py", "", "Say\n", "Say\n", id="a final phase"),
        pytest.param("one/a.py", "merge", "Merge x\n", "Merge x\n", id="a merge"),
        pytest.param(
            "one/a.py",
            "message",
            "Say\n\nBackout-Phase: v2/1\n",
            "Say\n\nBackout-Phase: v2/1\n",
            id="it is said already",
        ),
        pytest.param(
            "one/a.py",
            "message",
            "Say\n\nMore words.\n",
            "Say\n\nMore words.\n\nBackout-Phase: v2/1\n",
            id="a phase",
        ),
        pytest.param(
            "one/a.py",
            "message",
            "Say\n\nSigned-off-by: Ada <ada@example.org>\n",
            "Say\n\nSigned-off-by: Ada <ada@example.org>\nBackout-Phase: v2/1\n",
            id="after another trailer",
        ),
        pytest.param(
            "one/a.py",
            "",
            "\n# Please enter the message\n# On branch main\n",
            "\n\nBackout-Phase: v2/1\n# Please enter the message\n# On branch main\n",
            id="before git's comments",
        ),
        pytest.param(
            "one/a.py",
            "message",
            "Say\n\nA rule:\n---\nmore\n",
            "Say\n\nA rule:\n---\nmore\n\nBackout-Phase: v2/1\n",
            id="a line of dashes is part of the message",
        ),
    ],
)
def test_the_hook_says_the_phase(
    started: Repository, path: str, source: str, before: str, after: str
) -> None:
    started.stage({path: "1\n"})
    assert message(before, *([source] if source else [])) == after


def test_a_commit_of_two_phases_says_both(started: Repository) -> None:
    started.stage({"one/a.py": "1\n", "two/a.py": "1\n"})
    assert message("Say\n") == "Say\n\nBackout-Phase: v2/1\nBackout-Phase: v2/2\n"


def test_without_a_policy_nothing_is_added(
    repo: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repo.path)
    repo.stage({"one/a.py": "1\n"})
    assert message("Say\n") == "Say\n"


def test_git_itself_runs_the_hook(started: Repository) -> None:
    hook = started.path / ".git" / "hooks" / "prepare-commit-msg"
    hook.parent.mkdir(exist_ok=True)
    door = f'#!/bin/sh\nexec "{sys.executable}" -I -m backout.hooks.trailer "$@"\n'
    hook.write_text(door, encoding="utf-8")
    hook.chmod(0o755)
    started.write({"one/a.py": "1\n", "two/a.py": "1\n"})
    started.git("add", "one/a.py")
    started.git("commit", "-q", "-m", "First")
    started.git("add", "two/a.py")
    started.git("commit", "-q", "--amend", "--no-edit")
    assert started.git("log", "-1", "--format=%B").splitlines() == [
        "First",
        "",
        "Backout-Phase: v2/1",
        "Backout-Phase: v2/2",
    ]


def listed(capsys: pytest.CaptureFixture[str], *args: str) -> list[str]:
    assert main(["phases", *args]) == 0
    return [
        line if line[:1] != " " or line.lstrip()[:1] == "?" else line[23:]
        for line in capsys.readouterr().out.splitlines()
    ]


def test_how_each_commit_is_known(
    started: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    started.commit({"one/a.py": "1\n"}, "By its paths")
    started.commit({"x.py": "1\n"}, "Elsewhere")
    started.commit({"two/a.py": "1\n"}, "Squashed (#12)")
    assert listed(capsys) == [
        "v2/1 Foundation: 1 commit",
        "  paths    By its paths",
        "v2/2: 1 commit",
        "  commits  Squashed (#12)",
        "v2/3: no commits",
    ]


def test_what_is_doubtful(
    started: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    started.commit({"one/a.py": "1\n", "x.py": "1\n", "two/b.py": ""}, "By its paths")
    assert listed(capsys, "v2/1") == [
        "v2/1 Foundation: 1 commit",
        "  paths    By its paths",
        "             ? known by its paths alone, and touches 2 files elsewhere",
        "             ? touches phase 2 too",
    ]
    started.commit({"x.py": "2\n"}, "Said\n\nBackout-Phase: v2/1")
    assert listed(capsys, "v2/1")[1:] == [
        "  trailer  Said",
        "             ? touches none of the phase's paths",
    ]


def test_a_merge_is_read_against_the_branch_it_went_into(
    started: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    started.git("checkout", "-q", "-b", "topic")
    started.commit({"one/a.py": "1\n"}, "Work")
    started.git("checkout", "-q", "main")
    started.commit({"x.py": "1\n"}, "Elsewhere")
    started.git("merge", "-q", "--no-ff", "-m", "Merge topic", "topic")
    assert listed(capsys, "v2/1") == [
        "v2/1 Foundation: 1 commit",
        "  paths    Merge topic",
    ]


def test_for_programs(started: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    sha = started.commit({"one/a.py": "1\n"}, "By its paths")
    assert main(["phases", "v2/1", "--format", "json"]) == 0
    [phase] = json.loads(capsys.readouterr().out)
    assert phase["commits"] == [
        {
            "sha": sha,
            "subject": "By its paths",
            "when": "2026-01-01T00:00:00+00:00",
            "found": "paths",
            "doubts": [],
        }
    ]


def test_a_misspelt_phase(
    started: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["phases", "v2/11"]) == 2
    assert "no phase 11 in v2" in capsys.readouterr().err


def test_the_hook_runs_nothing_of_the_repository(started: Repository) -> None:
    started.stage(
        {
            "one/a.py": "1\n",
            "argparse.py": "import os; os._exit(7)\n",
            "MESSAGE": "Say\n",
        }
    )
    done = subprocess.run(
        [sys.executable, "-I", "-m", "backout.hooks.trailer", "MESSAGE"],
        cwd=started.path,
        env=clean_environment(PYTHONPATH=os.curdir),
        check=False,
    )
    assert done.returncode == 0
    assert "Backout-Phase: v2/1" in (started.path / "MESSAGE").read_text("utf-8")
