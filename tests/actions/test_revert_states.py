"""`backout revert` in whatever state the repository is: it touches nothing."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from backout.actions.cli import main
from support.repository import Repository, clean_environment

BRANCH = "emergency/rollback-11"


def build(repo: Repository) -> None:
    """A commit with files of every kind, to be undone, and another on top of it."""
    repo.commit(
        {"a": "1\n2\n3\n", "tool": "#!/bin/sh\n", "blob.bin": b"\0old", "gone": "x\n"}
    )
    (repo.path / "link").symlink_to("a")
    repo.write({"a": "1\nnew\n3\n", "blob.bin": b"\0new" * 50_000, "gone": None})
    repo.write(
        {"big.bin": b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n"}
    )
    (repo.path / "tool").chmod(0o755)
    repo.stage({})
    sub = "160000,0123456789012345678901234567890123456789,sub"
    if repo.git("rev-parse", "--show-object-format") == "sha256":
        sub = f"160000,{'01' * 32},sub"
    repo.git("update-index", "--add", "--cacheinfo", sub)
    repo.git("commit", "-q", "-m", "Land it (#11)")
    repo.git("config", "advice.mergeConflict", "false")
    (repo.path / "other").write_text("later\n")
    repo.git("add", "other")
    repo.git("commit", "-q", "-m", "Later (#12)")


def snapshot(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Every file with its time and content, without new objects and the new branch."""
    return {
        str(file.relative_to(folder)): (file.lstat().st_mtime_ns, file.read_bytes())
        for file in sorted(folder.rglob("*"))
        if file.is_file()
        and not file.is_symlink()
        and "objects" not in file.parts
        and BRANCH.rpartition("/")[2] not in file.name
    }


def clean(repo: Repository) -> Path:
    return repo.path


def dirty(repo: Repository) -> Path:
    repo.write({"a": "dirty\n", "new": "untracked\n"})
    repo.stage({"staged": "x\n"})
    repo.write({"staged": "y\n"})
    return repo.path


def detached(repo: Repository) -> Path:
    repo.git("checkout", "-q", "--detach")
    return repo.path


def merging(repo: Repository) -> Path:
    repo.git("switch", "-q", "-c", "side", "HEAD~2")
    repo.commit({"a": "1\nside\n3\n"})
    repo.git("switch", "-q", "main")
    _fails(repo, "merge", "side")
    return repo.path


def rebasing(repo: Repository) -> Path:
    repo.git("switch", "-q", "-c", "side", "HEAD~2")
    repo.commit({"a": "1\nside\n3\n"})
    _fails(repo, "rebase", "main")
    return repo.path


def linked(repo: Repository) -> Path:
    other = repo.path.parent / "linked"
    repo.git("worktree", "add", "-q", "-b", "work", str(other))
    return other


def bare(repo: Repository) -> Path:
    other = repo.path.parent / "bare.git"
    repo.git("clone", "-q", "--bare", str(repo.path), str(other))
    return other


def hooked(repo: Repository) -> Path:
    for name in ("pre-commit", "commit-msg", "post-commit", "reference-transaction"):
        hook = repo.path / ".git" / "hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text("#!/bin/sh\ntouch hook-ran\nexit 1\n")
        hook.chmod(0o755)
    return repo.path


def attributes(repo: Repository) -> Path:
    """Neither drivers nor filters of the repository run, or change what comes out."""
    (repo.path / ".git" / "info").mkdir(exist_ok=True)
    (repo.path / ".git" / "info" / "attributes").write_text(
        "* merge=evil filter=evil\n"
    )
    repo.git("config", "merge.evil.driver", "touch driver-ran; false")
    repo.git("config", "merge.default", "evil")
    repo.git("config", "filter.evil.clean", "touch filter-ran")
    repo.git("config", "merge.renames", "false")
    return repo.path


def unborn_index(repo: Repository) -> Path:
    (repo.path / ".git" / "index").unlink()
    return repo.path


def here(folder: Path) -> Repository:
    """A repository that is there already."""
    repo = Repository.__new__(Repository)
    repo.path = folder
    return repo


def _fails(repo: Repository, *args: str) -> None:
    done = subprocess.run(
        ["git", *args],
        cwd=repo.path,
        env=clean_environment(),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1


@pytest.mark.parametrize("format", ["sha1", "sha256"])
@pytest.mark.parametrize(
    "state",
    [
        clean, dirty, detached, merging, rebasing, linked, bare, hooked, attributes,
        unborn_index,
    ],
)  # fmt: skip
def test_nothing_is_touched_and_the_branch_is_right(
    state: Callable[[Repository], Path],
    format: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    repo = Repository(tmp_path / "repo", f"--object-format={format}")
    build(repo)
    expected = repo.git("rev-parse", "main~2^{tree}")
    monkeypatch.chdir(state(repo))
    before = snapshot(tmp_path)
    objects = len(list(tmp_path.rglob("objects/??/*")))
    arguments = ["revert", "#11", "--onto", "main", "--no-push"]
    assert main([*arguments, "--dry-run"]) == 0, capfd.readouterr()
    assert snapshot(tmp_path) == before
    assert len(list(tmp_path.rglob("objects/??/*"))) == objects
    assert main([*arguments, "--reason", "broken"]) == 0, capfd.readouterr()
    assert snapshot(tmp_path) == before
    there = here(Path.cwd())
    changed = there.git("diff", "--name-only", expected, BRANCH).split("\n")
    assert sorted(name.partition("/")[0] for name in changed) == [".backout", "other"]
    assert there.git("log", "-1", "--format=%an", BRANCH) == "Ada"
    assert there.git("rev-parse", f"{BRANCH}~2") == there.git("rev-parse", "main")


@pytest.mark.parametrize("omitted", ["blob:none", "tree:0"])
@pytest.mark.parametrize("is_changed_since", [False, True])
def test_a_partial_clone_says_what_helps_and_it_does(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    omitted: str,
    is_changed_since: bool,
) -> None:
    repo = Repository(tmp_path / "repo")
    build(repo)
    if is_changed_since:
        repo.commit({"a": "1\nnew\n3\nmore\n"})
    repo.git("config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "clone"
    repo.git(
        "clone",
        "-q",
        "--bare",
        f"--filter={omitted}",
        f"file://{repo.path}",
        str(clone),
    )
    monkeypatch.chdir(clone)
    assert main(["revert", "#11", "--dry-run"]) == 2
    said = capsys.readouterr().err
    assert "a partial clone" in said
    command = said.partition("Try: git ")[2].partition(",")[0].split(" ")
    assert command == ["fetch", "--refetch", "--no-filter"]
    here(clone).git(*command, "-q")
    assert main(["revert", "#11", "--dry-run"]) == 0


def test_a_shallow_clone_may_not_know_a_pull_request(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    repo = Repository(tmp_path / "repo")
    build(repo)
    clone = tmp_path / "clone"
    repo.git("clone", "-q", "--bare", "--depth=1", f"file://{repo.path}", str(clone))
    monkeypatch.chdir(clone)
    assert main(["revert", "#11", "--dry-run"]) == 2
    assert "git fetch --unshallow" in capsys.readouterr().err
    assert main(["revert", "#12", "--dry-run"]) == 2
    assert "git fetch --unshallow" in capsys.readouterr().err
    here(clone).git("fetch", "-q", "--unshallow")
    assert main(["revert", "#11", "--dry-run"]) == 0


@pytest.mark.skipif(os.name == "nt", reason="a folder that is in use stays")
def test_a_folder_that_is_gone_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    monkeypatch.chdir(folder)
    folder.rmdir()
    try:
        assert main(["revert", "#11", "--dry-run"]) == 2
    finally:
        os.chdir(tmp_path)
    assert "not there any more" in capsys.readouterr().err


def test_a_git_that_is_too_old_is_told_so(
    repo: Repository,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    build(repo)
    folder = tmp_path / "bin"
    folder.mkdir()
    real = subprocess.run(
        ["git", "--exec-path"], capture_output=True, text=True, check=True
    ).stdout.strip()
    old = folder / "git"
    old.write_text(
        f'#!/bin/sh\ncase "$*" in\n'
        f'*" version") echo git version 2.37.1;;\n'
        f'*merge-tree*) echo "usage: git merge-tree <base> <one> <two>" >&2; exit 129;;\n'
        f'*) exec "{real}/git" "$@";;\nesac\n'
    )
    old.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.chdir(repo.path)
    assert main(["revert", "#11", "--dry-run"]) == 2
    said = capsys.readouterr().err
    assert "this is git version 2.37.1" in said
    assert "needs git 2.38 or newer" in said
