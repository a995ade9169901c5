"""Repositories made to be waved through: the gate holds in each of them.

Each hides a use of the forbidden name, by the door of the hook and by that of the
command, over the staged files, over a range and over the whole.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from support.repository import Repository, clean_environment

PLAN = "# Rollback\n"
POLICY = """\
version: 1
migrations:
  m:
    title: Old
    status: closed
    forbid: [{module: old}]
"""
BAD = "import old\n"

Trap = Callable[[Repository], None]


def _plain(repo: Repository) -> None:
    pass


def _attributes(repo: Repository) -> None:
    repo.write({".gitattributes": "* -diff -text binary export-ignore filter=x\n"})


def _program(repo: Repository, *keys: str) -> None:
    program = repo.path / ".git/program"
    program.write_text("#!/bin/sh\necho harmless\n")
    program.chmod(0o755)
    for key in keys:
        repo.git("config", key, str(program))


def _external_diff(repo: Repository) -> None:
    _program(repo, "diff.external", "diff.py.command", "diff.py.textconv")
    repo.write({".gitattributes": "*.py diff=py\n"})


def _filters(repo: Repository) -> None:
    _program(repo, "filter.x.smudge", "core.fsmonitor", "core.pager", "core.sshCommand")
    repo.write({".gitattributes": "*.py filter=x\n"})


def _submodules(repo: Repository) -> None:
    hide = '[submodule "bad.py"]\n path = bad.py\n url = .\n ignore = all\n'
    repo.write({".gitmodules": hide})


def _shadows(repo: Repository) -> None:
    end = "import os\nos._exit(0)\n"
    names = ["argparse", "sitecustomize", "usercustomize", "yaml", "msgspec", "libcst"]
    repo.write({f"{name}.py": end for name in names})
    repo.write({"backout/__init__.py": end, "checks/__init__.py": end})


def _links(repo: Repository) -> None:
    (repo.path / "a.py").symlink_to("/proc/self/environ")
    (repo.path / "folder").symlink_to("/proc/self")
    (repo.path / "loop").symlink_to("loop")


def _forged_names(repo: Repository) -> None:
    repo.write(
        {"!\n::x": "", "a\n::error::forged": "", "##[error]forged": "", "-o": ""}
    )


def _pathspecs(repo: Repository) -> None:
    repo.write({":(exclude)*": "", ":!bad.py": ""})


def _settings(repo: Repository) -> None:
    for key, value in {
        "core.quotePath": "false",
        "core.abbrev": "4",
        "diff.ignoreSubmodules": "all",
        "diff.noprefix": "true",
        "diff.orderFile": "/dev/null",
        "diff.relative": "true",
        "diff.renames": "copies",
        "grep.fullName": "true",
        "grep.lineNumber": "true",
        "grep.patternType": "perl",
        "color.ui": "always",
        "status.showUntrackedFiles": "no",
        "log.follow": "true",
    }.items():
        repo.git("config", key, value)


def _replaced(repo: Repository) -> None:
    # Whatever was committed so far is shown as if it had never held anything else.
    clean = repo.git("hash-object", "-w", "--stdin", data=b"import new\n")
    bad = repo.git("hash-object", "-w", "--stdin", data=BAD.encode())
    repo.git("replace", bad, clean)


TRAPS = [
    pytest.param(_plain, id="no trap at all"),
    pytest.param(_attributes, id="attributes that call every file binary"),
    pytest.param(_external_diff, id="a program that shows differences"),
    pytest.param(_filters, id="programs for reading files"),
    pytest.param(_submodules, id="a submodule's name for a file"),
    pytest.param(_shadows, id="modules that end the interpreter"),
    pytest.param(_links, id="links to the environment"),
    pytest.param(_forged_names, id="names that forge workflow commands"),
    pytest.param(_pathspecs, id="names that are pathspecs"),
    pytest.param(_settings, id="settings that change what git prints"),
    pytest.param(_replaced, id="a replaced blob"),
]
HOSTILE_ENVIRONMENT = {
    "PYTHONPATH": ".",
    "PYTHONSTARTUP": "argparse.py",
    "GIT_EXTERNAL_DIFF": "true",
    "GIT_CONFIG_COUNT": "1",
    "GIT_CONFIG_KEY_0": "core.attributesFile",
    "GIT_CONFIG_VALUE_0": "/proc/self/environ",
    "SECRET": "do not show",
}


def _run(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", "-m", *args],
        cwd=folder,
        env=clean_environment(**HOSTILE_ENVIRONMENT),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


@pytest.mark.parametrize("trap", TRAPS)
def test_the_gate_holds(repo: Repository, trap: Trap) -> None:
    base = repo.commit({"backout.yaml": POLICY, "plan.md": PLAN})
    trap(repo)
    repo.stage({"bad.py": BAD})
    runs = [_run(repo.path, "backout.hooks.gate")]
    repo.git("commit", "-q", "-m", "bad")
    runs.append(_run(repo.path, "backout.actions", "gate", "--from", base))
    runs.append(_run(repo.path, "backout.actions", "gate", "--all"))
    runs.append(_run(repo.path, "backout.actions", "gate", "--tree", "HEAD"))
    github = ("backout.actions", "gate", "--from", base, "--format", "github")
    runs.append(_run(repo.path, *github))
    for run in runs:
        said = run.stdout + run.stderr
        assert run.returncode == 1, said
        assert "bad.py" in said
        assert "forbidden-symbol" in said
        assert "do not show" not in said
        assert "##[" not in said
        forged = [s for s in said.splitlines() if s.lstrip().startswith("::error::")]
        assert forged == []
