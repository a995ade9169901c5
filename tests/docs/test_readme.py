"""The README's picture is what the gate really prints, but for how long it took."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from backout.actions.cli import main
from support.repository import Repository

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")

CONTAINER = """\
from services.definition_orchestrator import DefinitionOrchestrator


class Container:
    def orchestrator(self, config=None):
        config = config or {}
        return DefinitionOrchestrator(config)
"""


def block(language: str, start: str) -> str:
    """The first code block of the README in a language that begins so."""
    for found in re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL):
        if found.startswith(start):
            return str(found)
    raise AssertionError(f"no block of {language} begins with {start!r}")


def test_the_picture_is_true(
    repo: Repository,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(repo.path)
    legacy = "class DefinitionOrchestrator: ...\n"
    repo.commit(
        {
            "backout.yaml": block("yaml", "version: 1"),
            "docs/rollback.md": "# Rollback\n",
            "src/services/definition_orchestrator.py": legacy,
        }
    )
    repo.stage({"src/services/container.py": CONTAINER})
    assert main(["gate"]) == 1
    printed = re.sub(r"\(\d+\.\d+ s\)", "(0.31 s)", capsys.readouterr().out)
    shown = block("console", '$ git commit -m "Speed up definitions"')
    assert shown.split("\n\n", 1)[1] == printed
