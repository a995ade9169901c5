"""The tree that benchmarks run on: real packages, committed to a git repository."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path, PurePosixPath

# 10,833 Python files together. Pinned, so that figures of two days can be compared.
PACKAGES = (
    "homeassistant==2024.3.3",
    "django==5.1.4",
    "pandas==2.2.3",
    "sqlalchemy==2.0.36",
    "sympy==1.13.3",
)


def build(folder: Path) -> Path:
    """The repository, made in `folder` by the first run and found there by others."""
    repository = folder / "repository"
    if (repository / ".git" / "refs" / "heads" / "main").exists():
        return repository
    wheels = folder / "wheels"
    subprocess.run(
        [
            *_pip(), "download", "--quiet", "--no-deps",
            "--only-binary", ":all:", "--python-version", "3.12",
            "--dest", wheels, *PACKAGES,
        ],
        check=True,
    )  # fmt: skip
    for wheel in sorted(wheels.glob("*.whl")):
        _unpack(wheel, repository)
    create(repository, "Add the packages")
    return repository


def create(repository: Path, message: str) -> None:
    """Make a git repository of a folder, and commit everything in it."""
    _git(repository, "init", "-q", "-b", "main")
    commit(repository, message)


def head(repository: Path) -> str:
    """The commit that is checked out."""
    said = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=repository, capture_output=True, check=True
    )
    return said.stdout.decode("ascii").strip()


def _pip() -> list[str]:
    """This environment's pip; where uv made it without one, the pip on the path."""
    return [sys.executable, "-m", "pip"] if find_spec("pip") else ["pip"]


def stage(repository: Path) -> None:
    """Put everything that lies in the work tree into the index."""
    _git(repository, "add", "-A")


def commit(repository: Path, message: str) -> None:
    """Commit everything that lies in the work tree."""
    stage(repository)
    _git(
        repository, "-c", "user.name=Benchmark", "-c", "user.email=benchmark@localhost",
        "-c", "commit.gpgsign=false", "commit", "-q", "--allow-empty", "-m", message,
    )  # fmt: skip


def python_files(repository: Path) -> int:
    listing = subprocess.run(
        ["git", "ls-files", "-z", "*.py"],
        cwd=repository,
        capture_output=True,
        check=True,
    )
    return listing.stdout.count(b"\0")


def _unpack(wheel: Path, repository: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        for member in archive.infolist():
            path = PurePosixPath(member.filename)
            if path.suffix == ".py" and ".." not in path.parts:
                archive.extract(member, repository)


def _git(repository: Path, *args: str) -> None:
    subprocess.run(["git", *args], cwd=repository, check=True)
