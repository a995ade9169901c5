"""The gate on GitHub: what each event brings, and the very shell of its action.yml."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from backout.actions.gate_on_github import asked
from backout.core.errors import BackoutError
from backout.core.git import Git
from support.repository import Repository, clean_environment

ROOT = Path(__file__).parent.parent.parent
ACTION = ROOT / "actions/gate/action.yml"
CLEAN = "version: 1\n"
OPEN = (  # it lacks a plan: a finding
    'version: 1\nmigrations: {m: {phases: [{id: 1, paths: ["**"]}]}}\n'
)


class PullRequest:
    """A base that moved on, a head, and GitHub's trial merge of the two."""

    def __init__(
        self,
        repo: Repository,
        head: dict[str, str | bytes | None],
        policy: str = CLEAN,
    ) -> None:
        self.repo = repo
        self.start = repo.commit({"backout.yaml": policy, "a.py": "1\n"})
        repo.git("checkout", "-q", "-b", "feature")
        self.head = repo.commit(head)
        repo.git("checkout", "-q", "main")
        self.base = repo.commit({"moved.py": "1\n"})
        repo.git("checkout", "-q", "--detach")
        repo.git("merge", "-q", "-m", "merge", "feature")
        self.merge = repo.git("rev-parse", "HEAD")
        repo.git("update-ref", "refs/pull/1/merge", self.merge)
        repo.git("checkout", "-q", "main")

    def checkout(self, commit: str, depth: int = 0) -> Repository:
        """What actions/checkout makes of it."""
        clone = Repository(self.repo.path.parent / "workspace")
        clone.git("remote", "add", "origin", self.repo.path.as_uri())
        self.repo.git("config", "uploadpack.allowAnySHA1InWant", "true")
        deep = [f"--depth={depth}"] if depth else []
        everything = [] if depth else ["+refs/heads/*:refs/remotes/origin/*"]
        clone.git("fetch", "-q", *deep, "origin", commit, *everything)
        clone.git("checkout", "-q", "--detach", commit)
        return clone

    @property
    def event(self) -> dict[str, Any]:
        # GitHub tells where the base was when the event happened, not where it is.
        return {
            "pull_request": {"base": {"sha": self.start}, "head": {"sha": self.head}}
        }


def _environment(folder: Path, name: str, event: Mapping[str, Any]) -> dict[str, str]:
    file = folder / "event.json"
    file.write_text(json.dumps(event), "utf-8")
    return {"GITHUB_EVENT_NAME": name, "GITHUB_EVENT_PATH": str(file)}


@pytest.fixture
def pull(repo: Repository) -> PullRequest:
    return PullRequest(repo, {"new.py": "1\n"})


Case = Callable[[PullRequest], tuple[str, int, str, Mapping[str, Any]]]

CASES: list[tuple[str, Case, set[str]]] = [
    (
        "a pull request, its merge checked out with two commits",
        lambda p: (p.merge, 2, "pull_request", p.event),
        {"new.py"},
    ),
    (
        "a pull request, its head checked out with all history",
        lambda p: (p.head, 0, "pull_request", p.event),
        {"new.py"},
    ),
    (
        "a merge group",
        lambda p: (p.merge, 0, "merge_group", {"merge_group": {"base_sha": p.base}}),
        {"new.py"},
    ),
    (
        "a push",
        lambda p: (p.base, 0, "push", {"before": p.start}),
        {"moved.py"},
    ),
    (
        "a push of a new branch",
        lambda p: (p.head, 1, "push", {"before": "0" * 40}),
        {"backout.yaml", "a.py", "new.py"},
    ),
    (
        "a schedule",
        lambda p: (p.base, 1, "schedule", {"schedule": "0 4 * * *"}),
        {"backout.yaml", "a.py", "moved.py"},
    ),
]


@pytest.mark.parametrize(
    ("case", "judged"), [pytest.param(*row[1:], id=row[0]) for row in CASES]
)
def test_an_event_brings(pull: PullRequest, case: Case, judged: set[str]) -> None:
    commit, depth, name, event = case(pull)
    clone = pull.checkout(commit, depth)
    given = _environment(clone.path.parent, name, event)
    with Git.find(clone.path) as git:
        assert set(asked(git, given).change.files) == judged


def test_the_input_base_comes_before_the_event(pull: PullRequest) -> None:
    clone = pull.checkout(pull.merge)
    given = _environment(clone.path.parent, "pull_request", pull.event)
    with Git.find(clone.path) as git:
        change = asked(git, {**given, "BACKOUT_BASE": pull.start}).change
    assert set(change.files) == {"new.py", "moved.py"}


UNDECIDED: list[tuple[str, Case, str]] = [
    (
        "one commit deep",
        lambda p: (p.merge, 1, "pull_request", p.event),
        "actions/checkout with fetch-depth: 2",
    ),
    (
        "another commit than the event's",
        lambda p: (p.base, 0, "pull_request", p.event),
        "say what to compare with in the input `base`",
    ),
    (
        "an event without a base",
        lambda p: (p.merge, 0, "merge_group", {"merge_group": None}),
        "the event does not say merge_group.base_sha",
    ),
    (
        "a push over a commit that is gone",
        lambda p: (p.base, 0, "push", {"before": "0123456789" * 4}),
        "is not here",
    ),
]


@pytest.mark.parametrize(
    ("case", "said"), [pytest.param(*row[1:], id=row[0]) for row in UNDECIDED]
)
def test_it_cannot_decide(pull: PullRequest, case: Case, said: str) -> None:
    commit, depth, name, event = case(pull)
    clone = pull.checkout(commit, depth)
    given = _environment(clone.path.parent, name, event)
    with Git.find(clone.path) as git, pytest.raises(BackoutError, match=said):
        asked(git, given)


class Step:
    """The last step of action.yml, run by the shell it names in the workspace."""

    def __init__(self, clone: Repository, event: Mapping[str, str]) -> None:
        runner = clone.path.parent / "runner"
        runner.mkdir()
        # As if the step before had installed us there.
        (runner / "backout").symlink_to(sys.prefix)
        self.summary = runner / "summary"
        self.output = runner / "output"
        context = {"inputs.base": "", "inputs.path": "."}
        step = yaml.safe_load(ACTION.read_bytes())["runs"]["steps"][-1]
        given = {
            name: re.sub(r"\$\{\{ (.*?) \}\}", lambda m: context[m[1]], value)
            for name, value in step["env"].items()
        }
        files = {
            "RUNNER_TEMP": str(runner),
            "GITHUB_STEP_SUMMARY": str(self.summary),
            "GITHUB_OUTPUT": str(self.output),
        }
        self.done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=clone.path,
            env=clean_environment(PYTHONPATH=".", **given, **files, **event),
            capture_output=True,
            text=True,
            check=False,
        )


def _step(pull: PullRequest, depth: int = 2) -> Step:
    clone = pull.checkout(pull.merge, depth)
    event = _environment(clone.path.parent, "pull_request", pull.event)
    return Step(clone, event)


def test_a_harmless_pull_request_passes(pull: PullRequest) -> None:
    step = _step(pull)
    assert (step.done.returncode, step.done.stderr) == (0, "")
    assert step.output.read_text("utf-8") == "verdict=clean\n"
    assert "### backout" in step.summary.read_text("utf-8")


def test_a_finding_is_an_annotation_and_stops_the_merge(repo: Repository) -> None:
    step = _step(PullRequest(repo, {"new.py": "1\n"}, policy=OPEN))
    assert step.done.returncode == 1
    assert step.done.stdout.startswith("::error file=new.py")
    assert step.output.read_text("utf-8") == "verdict=found\n"
    assert "plan-missing" in step.summary.read_text("utf-8")


def test_a_pull_request_cannot_loosen_what_it_is_judged_by(repo: Repository) -> None:
    step = _step(PullRequest(repo, {"backout.yaml": CLEAN}, policy=OPEN))
    assert step.done.returncode == 1


def test_at_depth_one_it_says_what_to_do(pull: PullRequest) -> None:
    step = _step(pull, depth=1)
    assert step.done.returncode == 2
    assert step.done.stdout.startswith("::error title=backout cannot decide::")
    assert "fetch-depth: 2" in step.done.stdout
    assert not step.output.exists()


@pytest.mark.parametrize(
    "name", ["argparse.py", "sitecustomize.py", "yaml/__init__.py", "backout/core.py"]
)
def test_the_workspace_is_not_imported(repo: Repository, name: str) -> None:
    evil = {name: "import os\nos._exit(0)\n", "backout.yaml": "version: 9\n"}
    pull = PullRequest(repo, {**evil})
    step = _step(pull)
    assert step.output.read_text("utf-8").startswith("verdict=")


def test_a_file_name_forges_no_command(repo: Repository) -> None:
    name = "x\n::error::forged\n##[error]forged.py"
    step = _step(PullRequest(repo, {name: "1\n"}, policy=OPEN))
    lines = (step.done.stdout + step.done.stderr).splitlines()
    assert not [line for line in lines if line.lstrip().startswith("::error::")]
    assert not [line for line in lines if "##[" in line]


def test_inputs_reach_the_shell_through_the_environment_alone() -> None:
    steps = yaml.safe_load(ACTION.read_bytes())["runs"]["steps"]
    assert all("${{" not in step["run"] for step in steps)
    assert all(step["shell"] == "bash" for step in steps)
    assert steps[0]["env"]["PYTHONPATH"] == ""
    assert steps[0]["working-directory"] == "${{ runner.temp }}"
    starts = [line for s in steps for line in s["run"].splitlines() if "python" in line]
    assert all(" -I " in line or "setup-python" in line for line in starts)
