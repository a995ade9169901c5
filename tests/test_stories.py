"""What happened in real migrations, rebuilt as small histories: found at that commit.

Each story is a policy, a base, and commits by their titles. The gate judges each commit
against the one before, and only the guilty one is stopped, whatever its title says.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from backout.actions.cli import main
from support.repository import Repository

Files = dict[str, str | bytes | None]

GUARD_POLICY = """\
version: 1
migrations:
  v1-elimination:
    plan: docs/rollback.md
    guards: [.github/workflows/ci.yml, tests/ci/test_no_v1.py]
    forbid:
      - {path: src/services/ai_service.py, from-phase: "1"}
      - {path: src/services/definition_orchestrator.py, from-phase: "1"}
    phases: [{id: "1", paths: [src/services/]}]
"""
WORKFLOW = """\
on: [push, pull_request]
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: pytest
      - name: No V1 symbols
        run: python scripts/no_v1.py
"""
GUARD_TEST = """\
from pathlib import Path


def test_no_v1_symbols():
    for file in Path("src").rglob("*.py"):
        assert "AIService" not in file.read_text()
"""

FLAG_POLICY = """\
version: 1
source-roots: ["."]
migrations:
  orchestrator:
    plan: docs/rollback.md
    flags: [{env: USE_ORCHESTRATOR, legacy: "0", new: "1"}]
    phases: [{id: "3", paths: [fusion/]}]
"""

LEGACY_POLICY = """\
version: 1
source-roots: ["."]
migrations:
  unified:
    plan: docs/rollback.md
    keep:
      - paths: [scripts/batch_scoring.py, agora/moderator.py]
        must-not-import: [core.agents]
    phases: [{id: "6", paths: [core/]}]
"""

PLAN = "# Rollback\n\nSet the flag back, or `backout revert`.\n"

Story = tuple[str, Files, list[tuple[str, Files]], int, list[str]]

STORIES: dict[str, Story] = {
    "a guard was commented out of CI and its test became assert True": (
        GUARD_POLICY,
        {
            ".github/workflows/ci.yml": WORKFLOW,
            "tests/ci/test_no_v1.py": GUARD_TEST,
            "scripts/no_v1.py": "raise SystemExit(0)\n",
        },
        [
            ("feat: definitions in parallel", {"src/services/v2.py": "x = 1\n"}),
            (
                "ci: tidy the workflow",
                {".github/workflows/ci.yml": WORKFLOW.replace("pytest", "pytest -q")},
            ),
            (
                "fix: flaky CI",
                {
                    ".github/workflows/ci.yml": WORKFLOW.replace(
                        "      - name: No V1", "      # - name: No V1"
                    ).replace("        run: python", "      #   run: python"),
                    "tests/ci/test_no_v1.py": "def test_no_v1_symbols():\n"
                    "    assert True\n",
                },
            ),
            ("docs: say so", {"README.md": "Fixed.\n"}),
        ],
        2,
        ["guard-weakened"],
    ),
    "a commit titled style brought back two legacy files": (
        GUARD_POLICY,
        {
            ".github/workflows/ci.yml": WORKFLOW,
            "tests/ci/test_no_v1.py": GUARD_TEST,
            "src/services/v2.py": "x = 1\n",
        },
        [
            ("feat: more", {"src/services/v2.py": "x = 2\n"}),
            (
                "style: apply black",
                {
                    "src/services/v2.py": "x = 3\n",
                    "src/services/ai_service.py": "class AIService: ...\n",
                    "src/services/definition_orchestrator.py": "class Old: ...\n",
                },
            ),
            ("chore: bump", {"README.md": "1\n"}),
        ],
        1,
        ["forbidden-path"],
    ),
    "the kill switch of the plan was never read by the code": (
        FLAG_POLICY,
        {
            "fusion/run.py": "import os\n\n"
            'if os.getenv("USE_ORCHESTRATOR") == "1":\n    new()\nelse:\n    old()\n'
        },
        [
            ("feat: speed", {"fusion/speed.py": "x = 1\n"}),
            (
                "refactor: one prefix for all variables",
                {
                    "fusion/run.py": "import os\n\n"
                    'if os.getenv("FUSION_USE_ORCHESTRATOR") == "1":\n    new()\n'
                    "else:\n    old()\n"
                },
            ),
            ("feat: more speed", {"fusion/speed.py": "x = 2\n"}),
        ],
        1,
        ["flag-unread"],
    ),
    "the monolith kept for fallback imported what its rollback deletes": (
        LEGACY_POLICY,
        {
            "scripts/batch_scoring.py": "def score(): ...\n",
            "agora/moderator.py": "def moderate(): ...\n",
            "core/agents/__init__.py": "",
            "core/agents/profiler.py": "class Profiler: ...\n",
        },
        [
            ("feat: fetchers", {"core/fetchers.py": "x = 1\n"}),
            (
                "feat: better scores",
                {
                    "scripts/batch_scoring.py": "def score():\n"
                    "    from core.agents.profiler import Profiler\n\n"
                    "    return Profiler()\n"
                },
            ),
            ("feat: more fetchers", {"core/fetchers.py": "x = 2\n"}),
        ],
        1,
        ["legacy-imports-new"],
    ),
    "a removed keyword broke the preserved path while its file was still there": (
        LEGACY_POLICY,
        {
            "scripts/batch_scoring.py": "def score(): ...\n",
            "agora/agents.py": "def speak(text, mode='facilitation'):\n    return text\n",
            "agora/moderator.py": "from agora.agents import speak\n\n\n"
            "def moderate():\n    return speak('hello', mode='synthesis')\n",
        },
        [
            ("feat: topics", {"core/topics.py": "x = 1\n"}),
            (
                "refactor: specialised agents need no mode",
                {"agora/agents.py": "def speak(text):\n    return text\n"},
            ),
            ("feat: more topics", {"core/topics.py": "x = 2\n"}),
        ],
        1,
        ["legacy-broken"],
    ),
}


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_only_the_guilty_commit_is_stopped(
    repo: Repository, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy, base, commits, guilty, rules = story
    monkeypatch.chdir(repo.path)
    repo.commit({"backout.yaml": policy, "docs/rollback.md": PLAN, **base})
    ids = [repo.commit(files, title) for title, files in commits]
    found = [_rules(repo.path, sha) for sha in ids]
    assert found == [rules if i == guilty else [] for i in range(len(ids))]


def _rules(folder: Path, sha: str) -> list[str]:
    """The rules of the errors that the gate finds in one commit, each once."""
    report = folder.parent / "report.json"
    arguments = ["--from", f"{sha}^", "--to", sha, "--format", "json"]
    code = main(["gate", *arguments, "--output", str(report)])
    found = json.loads(report.read_text("utf-8"))["findings"]
    errors = {f["rule"] for f in found if f["severity"] == "error"}
    assert code == (1 if errors else 0)
    return sorted(errors)
