"""`backout plan new`: a plan whose every gap is a finding, and nothing else is."""

from __future__ import annotations

import pytest

from backout.actions.cli import main
from backout.checks.plans.judge import judge
from backout.checks.plans.rule import Context
from backout.core.policy_file import read_policy
from support.repository import Repository

BARE = """\
version: 1
migrations:
  m:
    plan: docs/rollback/m.md
    phases:
      - {id: "1", risk: RISK}
      - {id: "2", risk: RISK, data: {engine: postgresql, database: shop}, plan: docs/two.md}
      - {id: "3", rollback: none, because: not wired in yet}
"""
FULL = """\
version: 1
owners: ["@acme/platform"]
severities:
  P0: {action: revert, within: 5m, notify: [support]}
  P1: {action: revert, within: 1h, approve: [tech-lead]}
triggers:
  - {metric: error_rate, above: 0.05, during: 10m, severity: P0}
  - {when: duplicates in orders, severity: P0}
contacts: {tech-lead: "@acme/leads", support: "+31 20 799 0199", dba: "@acme/dba"}
escalation: [dba]
communication: {channel: "#incident", mention: ["@here"]}
checklists: {before: [Impact assessed], day: [Statistics agree]}
rehearsal: {last: 2099-01-01}
migrations:
  m:
    title: Unified storage <b>
    purpose: One storage for all.
    plan: docs/rollback/m.md
    baseline: start
    flags:
      - {env: USE_NEW, legacy: "0", new: "1"}
      - {file: a.ini, section: s, key: k, legacy: "false", new: "true"}
    levels:
      flag: {steps: [{do: Restart, run: systemctl restart shop, duration: 1m}]}
    phases:
      - id: "7"
        title: Storage layer
        risk: critical
        impact: all orders
        recovery-time: 60m
        irreversible: [Invoices that were sent stay sent]
        data:
          engine: postgresql
          database: shop
          loss-window: 24h
          backup:
            create: pg_dump -Fc -f /backups/now.dump shop
            restore: |
              pg_restore --list /backups/shop.dump > /dev/null
              createdb shop_restored
              pg_restore -e -1 -d shop_restored /backups/shop.dump
        verify:
          now: [{run: pytest tests/ -q}]
          legacy-active: [{run: shop which-path, expect: it's legacy}]
          sql: [{query: SELECT 1 FROM orders HAVING count(*) = 0}]
        re-enable:
          require: [Root cause fixed]
          stages: [{percent: 5, hold: 1d}, {percent: 100}]
"""


@pytest.fixture
def here(repo: Repository, monkeypatch: pytest.MonkeyPatch) -> Repository:
    monkeypatch.chdir(repo.path)
    return repo


def test_a_policy_that_knows_all_gives_a_plan_without_a_finding(
    here: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    here.write({"backout.yaml": FULL, "tests/test_shop.py": ""})
    assert main(["plan", "new", "m"]) == 0
    assert capsys.readouterr().out == (
        "Wrote docs/rollback/m.md.\n"
        "Nothing is left to fill in. Next: rehearse it, and commit it first.\n"
    )
    assert main(["plan", "check"]) == 0
    assert capsys.readouterr().out.startswith("no findings in 1 plan ")


@pytest.mark.parametrize("risk", ["low", "medium", "high", "critical"])
@pytest.mark.parametrize("target", ["m", "m/2"])
def test_every_gap_is_a_finding_and_every_finding_a_gap(
    here: Repository, risk: str, target: str
) -> None:
    here.write({"backout.yaml": BARE.replace("RISK", risk)})
    assert main(["plan", "new", target]) == 0
    path = "docs/rollback/m.md" if target == "m" else "docs/two.md"
    content = (here.path / path).read_bytes()
    policy = read_policy((here.path / "backout.yaml").read_bytes(), "backout.yaml")
    migration = policy.migrations["m"]
    only = migration.phase("2") if target == "m/2" else None
    found = list(
        judge(path, content, Context(policy=policy, migration=migration, only=only))
    )
    lines = content.decode().splitlines()
    gaps = {n for n, line in enumerate(lines, 1) if "TODO" in line}
    assert len(gaps) > 5
    told = {finding.place.line for finding in found}
    assert told >= gaps
    # A section's finding stands at its heading, two lines above the gap; only the
    # first rehearsal is a gap without a line.
    others = {
        finding.rule
        for finding in found
        if not gaps & {finding.place.line, finding.place.line + 2}
    }
    assert others <= {"never-rehearsed"}


def test_an_existing_file_stays(
    here: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    here.write({"backout.yaml": FULL, "docs/rollback/m.md": "mine\n"})
    assert main(["plan", "new", "m"]) == 2
    assert (here.path / "docs/rollback/m.md").read_text("utf-8") == "mine\n"
    assert "is here already, and stays as it is" in capsys.readouterr().err


def test_it_goes_where_one_says(
    here: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    here.write({"backout.yaml": FULL})
    assert main(["plan", "new", "m/7"]) == 2
    assert "does not say where this plan lies" in capsys.readouterr().err
    assert main(["plan", "new", "m/7", "--output", "-"]) == 0
    text = capsys.readouterr().out
    assert "# Rolling back Unified storage &lt;b>, phase 7 Storage layer\n" in text
    assert main(["plan", "new", "m/7", "--output", "seven.md"]) == 0
    assert (here.path / "seven.md").read_text("utf-8") == text
