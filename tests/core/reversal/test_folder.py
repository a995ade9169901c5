"""Temporary folders: gone when closed, and those of the killed with the next one."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from backout.core.reversal.folder import Folder
from support.repository import Repository, clean_environment

pytestmark = pytest.mark.skipif(os.name == "nt", reason="it has no such locks")

_HOLDS = """\
from backout.core.reversal.folder import Folder
folder = Folder()
print(folder.path, flush=True)
input()
"""


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


def holder(temporary: Path) -> subprocess.Popen[str]:
    """Another process that has a folder open."""
    process = subprocess.Popen(
        [sys.executable, "-I", "-c", _HOLDS],
        env={**os.environ, "TMPDIR": str(temporary)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert Path(process.stdout.readline().strip()).is_dir()
    return process


def ended(process: subprocess.Popen[str]) -> None:
    with process:
        process.kill()


def test_it_goes_when_it_is_closed(temporary: Path) -> None:
    folder = Folder()
    (folder.path / "file").write_text("x")
    folder.close()
    folder.close()
    assert list(temporary.iterdir()) == []


def test_that_of_a_killed_process_goes_with_the_next(temporary: Path) -> None:
    ended(holder(temporary))
    (left,) = temporary.iterdir()
    (left / "objects").mkdir()
    folder = Folder()
    assert list(temporary.iterdir()) == [folder.path]
    folder.close()


def test_those_in_use_stay(temporary: Path) -> None:
    mine = Folder()
    process = holder(temporary)
    both = set(temporary.iterdir())
    Folder().close()
    assert set(temporary.iterdir()) == both
    assert len(both) == 2
    ended(process)
    mine.close()


def test_what_only_has_such_a_name_stays(temporary: Path, tmp_path: Path) -> None:
    (temporary / "backout-scratch-file").write_text("x")
    (temporary / "backout-scratch-folder").mkdir()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "lock").write_text("")
    (temporary / "backout-scratch-link").symlink_to(elsewhere)
    linked = temporary / "backout-scratch-linked-lock"
    linked.mkdir()
    (linked / "lock").symlink_to(elsewhere / "lock")
    before = sorted(temporary.rglob("*"))
    Folder().close()
    assert sorted(temporary.rglob("*")) == before
    assert (elsewhere / "lock").exists()


_STOPPING_GIT = """\
#!/bin/sh
case "$*" in
*merge-tree*) echo $$ > "$STOPPED"; exec tail -f /dev/null;;
*) exec "$GIT" "$@";;
esac
"""


def test_a_rollback_that_was_killed_is_tidied_up_by_the_next(
    repo: Repository, temporary: Path, tmp_path: Path
) -> None:
    repo.commit({"a": "1\n"})
    repo.commit({"a": "2\n"})
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "git").write_text(_STOPPING_GIT)
    (tools / "git").chmod(0o755)
    stopped = tmp_path / "stopped"
    os.mkfifo(stopped)
    command = [
        sys.executable, "-I", "-m", "backout.actions", "revert", "HEAD", "--dry-run",
    ]  # fmt: skip
    env = {**clean_environment(), "TMPDIR": str(temporary)}
    with subprocess.Popen(
        command,
        cwd=repo.path,
        env={
            **env,
            "PATH": f"{tools}{os.pathsep}{env['PATH']}",
            "GIT": str(shutil.which("git")),
            "STOPPED": str(stopped),
        },
    ) as process:
        running = int(stopped.read_text())
        process.send_signal(signal.SIGKILL)
    os.kill(running, signal.SIGKILL)
    assert len(list(temporary.iterdir())) == 1
    subprocess.run(command, cwd=repo.path, env=env, check=True, capture_output=True)
    assert list(temporary.iterdir()) == []
