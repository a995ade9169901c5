"""`backout revert --verify`: the policy's commands, run on the result."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from backout.actions.cli import main
from support.repository import Repository, clean_environment

POLICY = """\
version: 1
migrations:
  m:
    baseline: start
    phases:
      - id: "1"
        title: One
        verify:
          now: [{run: %s, timeout: %s}]
          legacy-active: [{run: "cat which", expect: legacy}]
"""


def landed(repo: Repository, command: str, timeout: str = "1m") -> Repository:
    """A phase whose verification is `command`."""
    policy = POLICY % (f"'{command}'", timeout)
    repo.commit({"backout.yaml": policy, "which": "legacy\n"}, "Begin")
    repo.git("tag", "start")
    repo.commit({"which": "new\n"}, "Land it\n\nBackout-Phase: m/1")
    return repo


def test_commands_run_on_the_result(
    repo: Repository,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    landed(repo, "echo seen; test ! -e .git")
    monkeypatch.chdir(repo.path)
    assert main(["revert", "m/1", "--dry-run", "--verify"]) == 0
    out, err = capsys.readouterr()
    assert "passed: echo seen; test ! -e .git (now, 0 s)" in out
    assert "passed: cat which (legacy-active, 0 s)" in out
    assert "verify 1 of 2, now: echo seen; test ! -e .git\n  seen\n" in err
    logs = sorted((repo.path / ".git" / "backout" / "logs").iterdir())
    assert [log.read_text() for log in logs] == ["seen\n", "legacy\n"]


@pytest.mark.parametrize(
    ("command", "timeout", "why"),
    [
        pytest.param("exit 3", "1m", "exit code 3", id="it fails"),
        pytest.param("tail -f /dev/null", "1s", "ran out of time", id="it never ends"),
    ],
)
def test_a_failure_holds_the_branch_back(
    repo: Repository,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: str,
    timeout: str,
    why: str,
) -> None:
    landed(repo, command, timeout)
    monkeypatch.chdir(repo.path)
    assert main(["revert", "m/1", "--reason", "x", "--verify"]) == 1
    assert why in capsys.readouterr().out
    assert repo.git("branch", "--list", "emergency/*") == ""


def test_a_phase_that_names_no_command_is_asked_wrongly(
    repo: Repository,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    landed(repo, "true")
    monkeypatch.chdir(repo.path)
    assert main(["revert", "HEAD", "--dry-run", "--verify"]) == 2
    assert "names nothing there" in capsys.readouterr().err


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="process groups are POSIX's")
@pytest.mark.parametrize("name", ["SIGKILL", "SIGTERM", "SIGINT"])
def test_killed_it_leaves_nothing_behind(
    repo: Repository, tmp_path: Path, name: str
) -> None:
    landed(repo, "echo $$; exec tail -f /dev/null", "1h")
    folder = tmp_path / "temporary"
    folder.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-I", "-m", "backout.actions", "revert", "m/1", "--dry-run",
         "--verify"],
        cwd=repo.path,
        env={**clean_environment(), "TMPDIR": str(folder)},
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )  # fmt: skip
    assert process.stderr is not None
    process.stderr.readline()
    running = int(process.stderr.readline())
    assert list(folder.iterdir()) != []
    process.send_signal(getattr(signal, name))
    process.wait()
    # The one that tidies up holds standard error open until it has done so.
    process.stderr.read()
    process.stderr.close()
    assert list(folder.iterdir()) == []
    assert _is_gone(running)


def _is_gone(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    # Killed, and not yet collected by the process that inherited it.
    status = Path(f"/proc/{process}/stat")
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] == "Z"
