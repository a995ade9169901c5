"""`backout init`: what it writes fits the repository, loads, and replaces nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from backout.actions.cli import main
from backout.actions.starting.starter import starter
from backout.actions.starting.survey import Found, source_roots
from backout.core.policy import Policy
from backout.core.policy_file import read_policy
from support.editor import complaints
from support.repository import Repository


def written(repo: Repository) -> Policy:
    """The policy that was written: it loads, and an editor accepts it."""
    data = (repo.path / "backout.yaml").read_bytes()
    assert complaints(data.decode()) == []
    return read_policy(data, "backout.yaml")


@pytest.fixture
def here(repo: Repository, monkeypatch: pytest.MonkeyPatch) -> Repository:
    monkeypatch.chdir(repo.path)
    return repo


def test_it_fits_the_repository(
    here: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    here.commit(
        {
            "src/shop/__init__.py": "",
            "src/shop/orders/__init__.py": "",
            "tests/__init__.py": "",
            "docs/ROLLBACK.md": "# Rollback\n",
            ".github/workflows/ci.yml": "on: push\n",
            ".github/workflows/release.yml": "on: push\n",
            ".github/CODEOWNERS": "* @acme/shop # all\n/docs/ @ada\n",
        }
    )
    here.git("tag", "migration-start")
    here.git("tag", "v1.0")
    assert main(["init"]) == 0
    assert capsys.readouterr().out == (
        "Wrote backout.yaml: source root src, default branch main, "
        "1 plan found (docs/ROLLBACK.md), 2 tags.\n"
        "Next: name what may not come back under `forbid:`, "
        "then `backout gate --all`.\n"
    )
    policy = written(here)
    migration = policy.migrations["first-migration"]
    assert policy.source_roots == ("src",)
    assert policy.default_branch == "main"
    assert policy.owners == ("@acme/shop",)
    assert migration.plan == "docs/ROLLBACK.md"
    assert migration.baseline == "migration-start"
    assert migration.guards == (".github/workflows/ci.yml",)


def test_an_empty_repository_gets_one_too(
    here: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["init"]) == 0
    assert "source root ., default branch main, 0 plans found, 0 tags." in (
        capsys.readouterr().out
    )
    assert written(here).source_roots == (".",)


@pytest.mark.parametrize("kind", ["file", "broken link"])
def test_what_is_there_stays(
    here: Repository, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = here.path / "backout.yaml"
    if kind == "file":
        file.write_text("mine")
    else:
        file.symlink_to(here.path / "elsewhere.yaml")
    assert main(["init"]) == 2
    assert capsys.readouterr().err == (
        "backout: backout.yaml is here already, and stays as it is. `backout show` "
        "tells what it demands\n"
    )
    assert not (here.path / "elsewhere.yaml").exists()
    assert kind != "file" or file.read_text() == "mine"


def test_a_dry_run_writes_nothing(
    here: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["init", "--dry-run"]) == 0
    assert read_policy(capsys.readouterr().out.encode(), "p").version == 1
    assert not (here.path / "backout.yaml").exists()


def test_hostile_names_write_no_other_yaml(here: Repository) -> None:
    here.commit(
        {
            "no/a/__init__.py": "",
            "x: y, #/b/__init__.py": "",
            "back\\slash/b/__init__.py": "",
            "docs/rollback: [x].md": "",
            "docs/rollback-\x1b[2J.md": "",
            'runbook "q".md': "",
        }
    )
    assert main(["init"]) == 0
    policy = written(here)
    assert set(policy.source_roots) == {"no", "x: y, #"}
    assert policy.migrations["first-migration"].plan == 'runbook "q".md'


FOUND = Found(("src", "."), "main", ("a.md", "b.md"), (), (), ())


def test_each_example_in_it_loads_once_it_is_no_comment() -> None:
    text = re.sub(
        r"(?m)^( *)# (?!yaml)(?=( *- |[ a-z-]+:( [^a-z]|$)|  ))", r"\1", starter(FOUND)
    )
    migration = read_policy(text.encode(), "p").migrations["first-migration"]
    assert len(migration.forbid) == 3
    assert len(migration.keep) == 1
    assert [phase.id for phase in migration.phases] == ["1"]


PLANS = [
    "ROLLBACK.md",
    "docs/V1_ELIMINATION_ROLLBACK.md",
    "docs/rollback-plan.md",
    "docs/roll_back.md",
    "ops/runbook.md",
    "ops/RUNBOOKS.md",
    "backout-plan.md",
    "docs/recovery-procedure.md",
    "docs/P3.5.b_design_rollback_plan.rst",
]
NO_PLANS = [
    "docs/rolling.md",
    "rollback.py",
    "docs/scrollbacks.md",
    "README.md",
    "docs/revert-on-dirty-tree.md",
    "docs/no-recovery-time.md",
]


@pytest.mark.parametrize("name", PLANS + NO_PLANS)
def test_a_plan_is_known_by_its_name(here: Repository, name: str) -> None:
    here.commit({name: "x"})
    assert main(["init"]) == 0
    plan = written(here).migrations["first-migration"].plan
    assert plan == (name if name in PLANS else None)


ROOTS: dict[str, tuple[list[str], tuple[str, ...]]] = {
    "nothing": ([], (".",)),
    "scripts alone": (["a.py"], (".",)),
    "a package at the top": (["app/__init__.py", "tests/__init__.py"], (".",)),
    "a package under src": (["src/app/__init__.py"], ("src",)),
    "modules under src": (["src/app.py"], ("src",)),
    "two roots": (
        ["a/x/__init__.py", "a/y/__init__.py", "b/z/__init__.py", "b/z/q/__init__.py"],
        ("a", "b"),
    ),
}


@pytest.mark.parametrize(("files", "roots"), ROOTS.values(), ids=ROOTS)
def test_source_roots(files: list[str], roots: tuple[str, ...]) -> None:
    assert source_roots(files) == roots


def test_without_a_repository_it_says_so(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["init"]) == 2
    assert "is not inside a git repository" in capsys.readouterr().err
