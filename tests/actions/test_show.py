"""`backout show`: what is demanded, as a user reads it."""

from __future__ import annotations

from pathlib import Path

import pytest

from backout.actions.cli import main
from support.repository import Repository

EVERYTHING = Path(__file__).parents[2] / "examples/everything.yaml"


@pytest.fixture
def here(repo: Repository, monkeypatch: pytest.MonkeyPatch) -> Repository:
    repo.write({"backout.yaml": EVERYTHING.read_bytes()})
    monkeypatch.chdir(repo.path)
    return repo


@pytest.mark.usefixtures("here")
def test_the_whole_in_brief(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show"]) == 0
    assert (
        capsys.readouterr().out
        == """\
owners      @acme/platform and ada@acme.example approve what weakens this policy
sources     modules are imported from src and .
P0          revert within 5m, stakeholders told
P1          revert within 1h, approved by tech-lead
P2          revert within 24h, approved by tech-lead
P3          fix-forward
waived      forbidden-symbol for services.ai_service.AIService in src/reports/** until
              2027-01-31, by @ada: The report job moves in January.
storage-v2  Unified storage: open, staged, 3 phases
            storage-v2/6  Enrichment: medium risk
            storage-v2/7  Storage layer: high risk, changes data, after 6
            storage-v2/11  Cutover: critical risk, after 7
"""
    )


@pytest.mark.usefixtures("here")
def test_a_migration(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "storage-v2"]) == 0
    assert (
        capsys.readouterr().out
        == """\
storage-v2  Unified storage: open, staged, 3 phases
purpose     One store in place of three.
plan        docs/rollback/storage-v2.md must exist while the migration is open
record      the decision is written down in docs/adr/005-storage.md
baseline    files are restored from migration-start
window      a shipped phase stays cleanly revertible for 30d
guard       .github/workflows/ci.yml may be neither deleted, emptied nor weakened
            tests/ci/test_forbidden.py may be neither deleted, emptied nor weakened
flag        USE_ORCHESTRATOR: "0" is legacy, "1" is new; gone after phase 11
            [simulation] use_orchestrator in config.ini: "false" is legacy, "true" is new
forbidden   services.ai_service.AIService: error in source, warning in tests and scripts,
              ignored in docs; use services.v2.AIService; since phase 7
            agents.moderator.ModeratorAgent.set_mode: error in source, warning in tests
              and scripts, ignored in docs
            agents.moderator.ModeratorAgent(mode=): error in source, warning in tests and
              scripts, ignored in docs
            services.definition_orchestrator: not more uses than before; but for
              tests/legacy/**
            src/services/ai_service.py: may not come back
            USE_V2_ORCHESTRATOR: error in source, warning in tests and scripts, ignored in
              docs
kept        scripts/core/batch_opportunity_scoring.py until phase 11 is final; may not
              import core.agents
phase       6  Enrichment: medium risk
            7  Storage layer: high risk, changes data, after 6
            11  Cutover: critical risk, after 7
"""
    )


@pytest.mark.usefixtures("here")
def test_a_phase(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "storage-v2/7"]) == 0
    assert (
        capsys.readouterr().out
        == """\
storage-v2/7  Storage layer: high risk, changes data, after 6
purpose       Write through the unified store.
impact        The external API only.
files         core/storage/** belongs to this phase alone
plan          docs/rollback/storage-v2-7.md must hold it
rollback      its commits are reverted; levels, fastest first: flag, code, data
promise       rolled back and verified within 80m
backup        of postgresql reddit_harbor with opportunities_unified, at least 1 row in
                each, proven as restored and younger than 24h, before it lands
flag          USE_ORCHESTRATOR: "0" is legacy, "1" is new; gone after phase 11
              [simulation] use_orchestrator in config.ini: "false" is legacy, "true" is
                new
verify        pytest tests/ -q succeeds within 10m
              python -m app.which_path says legacy: the old path runs
a day on      Statistics agree with history
              No user reports
for good      Rows written since the backup
before it     Root cause fixed (before it lands again)
              Comparison tests pass (before it lands again)
forbidden     services.ai_service.AIService: error in source, warning in tests and
                scripts, ignored in docs; use services.v2.AIService; since phase 7
"""
    )


@pytest.mark.usefixtures("here")
def test_a_phase_that_goes_back_by_a_flag(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "storage-v2/11"]) == 0
    assert (
        capsys.readouterr().out
        == """\
storage-v2/11  Cutover: critical risk, after 7
plan           docs/rollback/storage-v2.md must hold it
rollback       the flag is set back, because: The old path is kept and only switched off.
kept           scripts/core/batch_opportunity_scoring.py until phase 11 is final; may not
                 import core.agents
"""
    )


@pytest.mark.usefixtures("here")
def test_a_misspelt_phase(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "storage-v2/77"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == (
        "backout: no phase 77 in storage-v2 (6, 7, 11). "
        'Did you mean 7 "Storage layer"?\n'
    )


def test_a_wrong_policy_is_listed_by_places(
    here: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    here.write({"backout.yaml": "version: 1\nownres: []\nremote: -x\n"})
    assert main(["show"]) == 2
    assert capsys.readouterr().err == (
        "backout.yaml:2:1  ownres: unknown field. Did you mean owners?\n"
        'backout.yaml:3:9  remote: "-x" begins with -, so git would take it for an '
        "option\n"
    )


def test_without_a_policy_it_says_what_to_do(
    here: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    here.write({"backout.yaml": None})
    assert main(["show"]) == 2
    assert capsys.readouterr().err == (
        "backout: there is no backout.yaml here yet: `backout init` writes one to "
        "start from\n"
    )


def test_what_a_policy_says_does_nothing_to_the_terminal(
    here: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    here.write({"backout.yaml": 'version: 1\nmigrations: {m: {title: "a\\e[2J\\nb"}}'})
    assert main(["show"]) == 0
    assert "m        a\\x1b[2J\\nb: open, staged, 0 phases" in capsys.readouterr().out
