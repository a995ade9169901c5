"""A rollback computed in memory, against a work tree and `git revert`.

On a repository made for it: 10,000 files, 15,000 commits; and one of 1,000 files, to see
that the size of the tree does not matter.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import Contestant, race

FILES = 10_000
COMMITS = 15_000
ROUNDS = 7

# Limits: seconds over an interpreter with our imports, and how many times faster.
ONE, TEN, BLOCKED, FASTER, FLAT = 0.150, 1.0, 2.0, 20, 1.5
MODULE = 0.500  # the whole tree is searched for who imports it

_BACKOUT = (sys.executable, "-I", "-m", "backout.actions", "revert", "--dry-run")
_IMPORTS = (
    "import backout.actions.cli, backout.actions.reversal.command, "
    "backout.checks.broken_rollback.imports"
)
_GIT = """\
set -e
folder=$(mktemp -d)
git worktree add -q --detach "$folder/tree" main
git -C "$folder/tree" revert --no-edit {sha} > /dev/null
git worktree remove --force "$folder/tree"
rmdir "$folder"
"""


def main() -> int:
    """Measure, print, and say with the exit code whether the limits are kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, help="keep the repositories here")
    given: Path | None = parser.parse_args().folder
    with tempfile.TemporaryDirectory(prefix="backout-benchmark-") as name:
        folder = given or Path(name)
        large = _built(folder / "large", FILES, COMMITS)
        small = _built(folder / "small", FILES // 10, COMMITS)
        return _measured(large, small)


def _measured(large: Path, small: Path) -> int:
    # A commit in the middle of the last thousand; ten in a row; main~700 adds a module
    # too; main~899 is blocked.
    one, ten = "main~500", "main~510..main~500"
    contestants = [
        Contestant("imports", (sys.executable, "-I", "-c", _IMPORTS)),
        Contestant("one commit", (*_BACKOUT, one)),
        Contestant("ten commits", (*_BACKOUT, ten)),
        Contestant("a module goes", (*_BACKOUT, "main~700")),
        Contestant("blocked", (*_BACKOUT, "main~899"), (1,)),
        Contestant("git revert", ("sh", "-c", _GIT.format(sha=one))),
    ]
    results = race(contestants, large, ROUNDS)
    start = results["imports"].median
    took = {name: result.median - start for name, result in results.items()}
    tiny = race(contestants[:2], small, ROUNDS)
    took["one commit, a tenth of the files"] = (
        tiny["one commit"].median - tiny["imports"].median
    )
    # git needs no interpreter of ours.
    took["git revert"] = results["git revert"].median
    print(f"interpreter and imports      {start:7.3f} s")
    for name, seconds in took.items():
        if name != "imports":
            print(f"{name:33} {seconds:7.3f} s")
    faster = took["git revert"] / took["one commit"]
    flat = took["one commit"] / took["one commit, a tenth of the files"]
    print(f"times faster than git revert {faster:7.1f}")
    print(f"ten times the files takes    {flat:7.2f} times as long")
    kept = (
        took["one commit"] <= ONE,
        took["ten commits"] <= TEN,
        took["a module goes"] <= MODULE,
        took["blocked"] <= BLOCKED,
        faster >= FASTER,
        flat <= FLAT,
    )
    print("limits kept" if all(kept) else f"limits not kept: {kept}")
    return 0 if all(kept) else 1


def _built(folder: Path, files: int, commits: int) -> Path:
    """A repository of so many files and commits, made unless it is there."""
    if (folder / ".git" / "packed-refs").exists():
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    _git(folder, "init", "-q", "-b", "main")
    _git(folder, "fast-import", "--quiet", data=_stream(files, commits))
    _git(folder, "repack", "-adq")
    _git(folder, "pack-refs", "--all")
    _git(folder, "reset", "-q", "--hard")
    return folder


def _path(number: int) -> str:
    return f"src/p{number // 500}/q{number // 25 % 20}/m{number}.py"


def _content(number: int, version: int) -> bytes:
    rows = [f"value_{n} = {number * n}" for n in range(60)]
    rows[number % 50] = f"changed = {version}"
    return "\n".join(rows).encode() + b"\n"


def _stream(files: int, commits: int) -> bytes:
    parts: list[bytes] = []
    for commit in range(commits):
        parts.append(b"commit refs/heads/main\n")
        parts.append(b"committer A <a@example.org> %d +0000\n" % (10**9 + commit * 60))
        subject = b"Change it (#%d)" % (commit + 1)
        parts.append(b"data %d\n%s\n" % (len(subject), subject))
        if commit == 0:
            touched = range(files)
        else:
            # The file of the commit that is to be blocked is changed once more.
            touched = range(commit * 7 % files, commit * 7 % files + 1)
            if commit in (commits - 900, commits - 100):
                touched = range(3, 4)
        for number in touched:
            content = _content(number, commit)
            parts.append(f"M 100644 inline {_path(number)}\n".encode())
            parts.append(b"data %d\n%s\n" % (len(content), content))
        if commit == commits - 701:
            content = b"def fresh():\n    return 1\n"
            parts.append(b"M 100644 inline src/fresh.py\n")
            parts.append(b"data %d\n%s\n" % (len(content), content))
        parts.append(b"\n")
    return b"".join(parts)


def _git(folder: Path, *args: str, data: bytes | None = None) -> None:
    subprocess.run(["git", *args], cwd=folder, input=data, check=True)


if __name__ == "__main__":
    raise SystemExit(main())
