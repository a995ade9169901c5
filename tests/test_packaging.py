"""What is shipped, how it is started, and what a scanned repository cannot do to it."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from backout import checks
from support.repository import Repository

ROOT = Path(__file__).parent.parent
FOLDERS = ("core", "checks", "actions", "hooks")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
HOOKS: list[dict[str, Any]] = yaml.safe_load(
    (ROOT / ".pre-commit-hooks.yaml").read_text("utf-8")
)
# What starts us for git, for people and for GitHub.
DOORS = (
    "backout.hooks.gate",
    "backout.hooks.trailer",
    "backout.actions",
    "backout.actions.gate_on_github",
)


def _files(pattern: str) -> list[Path]:
    """The files of the four folders that match, without what Python leaves there."""
    return [
        file
        for folder in FOLDERS
        for file in (ROOT / folder).rglob(pattern)
        if "__pycache__" not in file.parts
    ]


def test_every_folder_with_code_is_shipped() -> None:
    """setuptools ships what is listed and leaves the rest out without a word."""
    listed = PROJECT["tool"]["setuptools"]["package-dir"]
    assert list(listed) == PROJECT["tool"]["setuptools"]["packages"]
    with_code = {file.parent.relative_to(ROOT).as_posix() for file in _files("*.py")}
    assert with_code | {"docs/rules"} == set(listed.values())
    assert all(
        name == "backout." + path.replace("/", ".") for name, path in listed.items()
    )


def test_every_file_beside_the_code_is_shipped() -> None:
    """A data file that no pattern names is there in a clone and gone in a wheel."""
    patterns = PROJECT["tool"]["setuptools"]["package-data"]["*"]
    known = {*patterns, "*.py"}
    # Read by GitHub from the repository itself.
    read_in_place = {"action.yml"}
    strangers = [
        file
        for file in _files("*")
        if file.is_file()
        and file.name not in read_in_place
        and not any(file.match(pattern) for pattern in known)
    ]
    assert strangers == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_folder_says_that_it_is_typed(folder: str) -> None:
    assert (ROOT / folder / "py.typed").exists()


@pytest.mark.parametrize("folder", FOLDERS)
def test_type_checkers_see_the_same_files(folder: str) -> None:
    assert (ROOT / "typings/backout" / folder).resolve() == ROOT / folder


def _imported(source: str) -> set[str]:
    """The first parts of the absolute names that a Python file imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return names


def test_no_file_is_imported_by_its_folder_alone() -> None:
    """`import core` would be another module than `backout.core`."""
    sources = [*_files("*.py"), *(ROOT / "tests").rglob("*.py")]
    bare = {f for f in sources if _imported(f.read_text("utf-8")) & {*FOLDERS}}
    assert bare == set()


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: str(hook["id"]))
def test_a_hook_is_isolated(hook: dict[str, Any]) -> None:
    python, isolated, switch, door, *_ = hook["entry"].split()
    assert (python, isolated, switch) == ("python", "-I", "-m")
    assert door in DOORS
    assert hook["language"] == "python"
    assert hook["always_run"] is True


@pytest.mark.parametrize(
    "hook",
    [hook for hook in HOOKS if "backout.hooks.gate" in hook["entry"]],
    ids=lambda hook: str(hook["id"]),
)
def test_a_hook_that_judges_reads_the_commit_itself(hook: dict[str, Any]) -> None:
    names = hook["entry"].split()[4:]
    assert all(name.replace("-", "_") in checks.ALL for name in names)
    assert hook["pass_filenames"] is False
    assert hook["require_serial"] is True
    assert hook["stages"] == ["pre-commit", "pre-merge-commit", "pre-push", "manual"]


@pytest.mark.parametrize("door", [door for door in DOORS if "trailer" not in door])
@pytest.mark.parametrize(
    "hostile",
    [
        "argparse.py",
        "backout/__init__.py",
        "backout/core/__init__.py",
        "checks/__init__.py",
        "encodings/utf_8.py",
        "msgspec.py",
        "sitecustomize.py",
        "subprocess.py",
        "usercustomize.py",
        "yaml.py",
    ],
)
def test_the_scanned_repository_is_not_imported(
    repo: Repository, door: str, hostile: str
) -> None:
    repo.stage({hostile: "import os\nos._exit(0)\n", "backout.yaml": "version: 9\n"})
    started = subprocess.run(
        [
            sys.executable,
            "-I",
            "-m",
            door,
            *(["gate"] if door[-7:] == "actions" else []),
        ],
        cwd=repo.path,
        env={**os.environ, "PYTHONPATH": "."},
        capture_output=True,
        check=False,
    )
    # The policy is wrong, and somebody said so.
    assert started.returncode == 2, started


def test_without_isolation_it_would_be(repo: Repository) -> None:
    """Why every door is started with -I: this is the trick of the test above."""
    repo.stage({"yaml.py": "import os\nos._exit(0)\n", "backout.yaml": "version: 9\n"})
    started = subprocess.run(
        [sys.executable, "-m", "backout.hooks.gate"],
        cwd=repo.path,
        env={**os.environ, "PYTHONPATH": "."},
        check=False,
    )
    assert started.returncode == 0


def test_the_installed_command_imports_nothing_from_where_it_runs(
    repo: Repository,
) -> None:
    """As docs/trust.md says of it: it has no -I, which PYTHONPATH alone can abuse."""
    names = ("argparse.py", "backout/__init__.py", "sitecustomize.py", "yaml.py")
    hostile = dict.fromkeys(names, "import os\nos._exit(0)\n")
    repo.stage({**hostile, "backout.yaml": "version: 9\n"})
    command = shutil.which("backout", path=str(Path(sys.executable).parent))
    assert command is not None
    started = subprocess.run(
        [command, "gate"],
        cwd=repo.path,
        env={name: os.environ[name] for name in os.environ if name != "PYTHONPATH"},
        capture_output=True,
        check=False,
    )
    assert started.returncode == 2, started
    page = (ROOT / "docs/trust.md").read_text("utf-8")
    assert "`python -I -m backout.actions`" in page


def test_every_hook_is_in_the_docs() -> None:
    page = (ROOT / "docs/how-to/install-the-hooks.md").read_text("utf-8")
    assert [hook["id"] for hook in HOOKS if f"`{hook['id']}`" not in page] == []
