"""`backout plan check`: any Markdown runbook, with a policy and without."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from backout.actions.cli import main
from support.program import backout
from support.repository import Repository

PLAN = "# Rollback\n\n```bash\ngit revert <sha>\n```\n"
POLICY = """\
version: 1
plans: {parts: {low: [verification]}}
migrations:
  m:
    plan: docs/rollback.md
    phases: [{id: "7", risk: low}]
"""


def rules(out: str) -> list[str]:
    return [finding["rule"] for finding in json.loads(out)["findings"]]


def test_a_file_outside_any_repository_is_judged(tmp_path: Path) -> None:
    (tmp_path / "plan.md").write_text(PLAN, "utf-8")
    done = backout(
        "plan", "check", "plan.md", "--only", "unfilled-placeholder", folder=tmp_path,
        GIT_CEILING_DIRECTORIES=str(tmp_path.parent),
    )  # fmt: skip
    assert done.err == ""
    assert done.code == 0
    assert done.out.startswith(
        "plan.md:4:12  unfilled-placeholder (warning)\n"
        "    3 | ```bash\n"
        "    4 | git revert <sha>\n"
        "      |            ^^^^^\n"
        "  `<sha>` is looked up at night: this runbook cannot know it.\n"
        "  Say by which command it is found, right above.\n"
        "\n"
        "1 warning in 1 plan ("
    )


@pytest.fixture
def here(repo: Repository, monkeypatch: pytest.MonkeyPatch) -> Repository:
    monkeypatch.chdir(repo.path)
    return repo


def test_the_policys_plan_is_judged_by_its_phases(
    here: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    here.write({"backout.yaml": POLICY, "docs/rollback.md": "# A\n", "x.md": "# A\n"})
    assert main(["plan", "check", "--format", "json"]) == 1
    assert rules(capsys.readouterr().out) == ["no-runnable-verification"]
    assert main(["plan", "check", "docs/rollback.md", "--format", "json"]) == 1
    assert rules(capsys.readouterr().out) == ["no-runnable-verification"]
    assert main(["plan", "check", "x.md", "--format", "json"]) == 1
    assert "no-approver" in rules(capsys.readouterr().out)


def test_a_plan_is_known_from_any_folder(
    here: Repository,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here.write({"backout.yaml": POLICY, "docs/rollback.md": "# A\n"})
    monkeypatch.chdir(here.path / "docs")
    assert main(["plan", "check", "rollback.md", "--format", "json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert [finding["path"] for finding in report["findings"]] == ["docs/rollback.md"]


@pytest.mark.parametrize("format", ["text", "json", "github", "sarif", "markdown"])
def test_every_format_ends_alike(here: Repository, format: str) -> None:
    here.write({"plan.md": PLAN})
    assert main(["plan", "check", "plan.md", "--format", format]) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(
            ["check"], "name a file: no backout.yaml here names a plan", id="nothing"
        ),
        pytest.param(
            ["check", "no.md"],
            "no.md cannot be read: No such file or directory",
            id="a file that is not there",
        ),
        pytest.param(
            ["check", "."], ". cannot be read: Is a directory", id="a directory"
        ),
        pytest.param(
            ["check", "--only", "no-triger", "x"],
            "there is no rule 'no-triger'. Did you mean no-trigger?",
            id="a rule with a slip",
        ),
        pytest.param(
            ["new", "m"],
            "there is no backout.yaml here yet: `backout init` writes one to start from",
            id="no policy to write from",
        ),
    ],
)
def test_wrongly_asked(repo: Repository, arguments: list[str], said: str) -> None:
    done = backout("plan", *arguments, folder=repo.path)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"backout: {said}")


def test_bytes_that_are_no_text_are_a_finding(
    here: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    here.write({"plan.md": b"# A\n\xff\n", "big.md": b"#" * 4_000_001})
    assert main(["plan", "check", "plan.md", "big.md", "--format", "json"]) == 1
    assert rules(capsys.readouterr().out) == ["plan-unreadable", "plan-unreadable"]
