"""`backout init --from-plan`: a policy that loads, out of what documents say."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backout.actions.cli import main
from backout.actions.drafting.drafted import drafted
from backout.actions.drafting.gathered import Gathered
from backout.checks.plans.reading import Unreadable, read
from backout.core.policy import Policy
from backout.core.policy_file import read_policy
from support.editor import complaints
from support.repository import Repository

BY_PHASE = """\
# Billing Migration - Rollback Plan

This plan takes billing back to the ledger, phase by phase.

## Phase 1-2: Low Risk (Readers)

**Issue**: Imports fail

```bash
rm -rf billing/readers/ billing/views/
git checkout HEAD -- billing/ledger.py
# Verify the old path
pytest tests/ -q
```

**Recovery Time**: 10-15 minutes

## Phase 3: High Risk (Ledger)

```bash
rm -rf billing/readers/
psql -d billing < /backups/billing.sql
```

## Phase 4: Flags
- **Rollback:** Disable feature flags
- **Impact:** Low (parallel)
- **Command:** `export USE_NEW_LEDGER=false`

## Phase 5: Reports
- **Rollback:** No rollback needed (not wired in)

## Decision

| Severity | Action | Approval |
|---|---|---|
| **P0** | Immediate rollback | Notify support |
| P1 | Roll back within 2 hours | Tech lead approval |
| P3 | Fix forward | No rollback needed |

## Contacts
- Tech lead: @shop/leads
- DBA: [contact]

## Rollback checklist
Before rollback:
- [ ] Impact assessed

After rollback:
- [ ] Orders counted
"""

BY_LEVEL = """\
# Pricing switch: rollback

## When to roll back
### Critical
- Wrong prices (>2% of carts)
- Checkout crashes
### Planned
- Latency above 800 ms

## Level 1: At once (Environment Variable)
**When to use**: wrong prices
**Advantages**:
- No deployment
```bash
git checkout -b emergency/pricing-$(date +%Y%m%d) pricing-start
USE_PRICING=0 python -m shop
```
## Level 2: Planned (Configuration)
```ini
# shop.ini
[pricing]
engine = old
```
## Decision tree
```
Problem
 |-- Are prices wrong?
 |     |-- YES (carts) --> Immediate rollback (Level 1)
 |     |-- NO --> Continue
 |-- Is it slow?
       |-- YES --> Monitor
       |-- NO --> Fix forward
```
## Re-enabling
- [ ] Root cause fixed
## Notify
Post in #pricing and call @shop/pricing.
## Timeline
| Phase | Action | Duration | Recovery Point |
|---|---|---|---|
| 1 | Stop | 5 min | Nothing lost |
| 2 | Restart | 10 min | Online |
| **Total** | all | 15 min | |
## Lessons learned
1. **Cause**
   - What broke?
"""


def draft(*texts: str) -> tuple[str, Policy]:
    documents = [
        Gathered(read(f"docs/plan{n}.md", text.encode()))
        for n, text in enumerate(texts)
    ]
    text = drafted(documents, ["pricing-start"], "main")
    return text, read_policy(text.encode(), "backout.yaml")


def test_a_document_by_phases_becomes_phases() -> None:
    text, policy = draft(BY_PHASE)
    assert complaints(text) == []
    migration = policy.migrations["billing-migration"]
    assert migration.title == "Billing Migration - Rollback Plan"
    assert migration.plan == "docs/plan0.md"
    one, two, three, four, five = migration.phases
    assert (one.id, one.title, one.risk, one.recovery_time) == (
        "1",
        "Readers",
        "low",
        "15m",
    )
    assert one.paths == ("billing/readers/**", "billing/views/**")
    assert one.modified == ("billing/ledger.py",)
    assert one.symptoms == ("Imports fail",)
    assert [command.run for command in one.verify.now] == ["pytest tests/ -q"]
    assert (two.id, two.title, two.paths) == ("2", "Readers", ())
    assert (three.risk, three.paths) == ("high", ())
    line = BY_PHASE.splitlines().index("rm -rf billing/readers/") + 1
    assert f"# billing/readers/ at line {line} is an earlier phase's already" in text
    assert three.data is not None
    assert (three.data.engine, three.data.database) == ("postgresql", "billing")
    assert three.data.backup.restore == "psql -d billing < /backups/billing.sql"
    assert (four.rollback, four.because) == ("flag", "Disable feature flags")
    assert four.impact == "Low (parallel)"
    assert five.rollback == "none"
    (flag,) = migration.flags
    assert (flag.env, flag.legacy, flag.new) == ("USE_NEW_LEDGER", "false", "true")


def test_the_matrix_contacts_and_checklists_are_the_policys() -> None:
    text, policy = draft(BY_PHASE)
    decisions = policy.severities
    assert decisions["P0"].notify == ("support",)
    assert (decisions["P1"].within, decisions["P1"].approve) == ("2h", ("tech-lead",))
    assert decisions["P3"].action == "fix-forward"
    assert policy.contacts == {"tech-lead": "@shop/leads"}
    line = BY_PHASE.splitlines().index("- DBA: [contact]") + 1
    assert f'#   dba: not known: line {line} says only "DBA: [contact]"' in text
    assert policy.checklists.before == ("Impact assessed",)
    assert policy.checklists.after == ("Orders counted",)


def test_a_document_by_levels_becomes_levels_triggers_and_a_tree() -> None:
    text, policy = draft(BY_LEVEL)
    assert complaints(text) == []
    migration = policy.migrations["pricing-switch"]
    assert migration.baseline == "pricing-start"
    assert migration.branch == "emergency/pricing-{date}"
    metric, seen, later, *_ = migration.triggers
    assert (metric.metric, metric.above, metric.severity) == (
        "wrong_prices",
        0.02,
        "P0",
    )
    assert (seen.when, seen.procedure) == ("Checkout crashes", "emergency")
    assert (later.metric, later.above, later.procedure) == ("latency", 800, "planned")
    env, setting = migration.flags
    assert (env.env, env.legacy) == ("USE_PRICING", "0")
    assert (setting.file, setting.section, setting.key) == (
        "shop.ini",
        "pricing",
        "engine",
    )
    assert migration.levels["flag"].advantages == ("No deployment",)
    assert [s.duration for s in migration.levels["code"].steps] == ["5m", "10m"]
    tree = migration.decision_tree
    assert tree["are-prices-wrong"].answers["yes"].level == "flag"
    assert tree["are-prices-wrong"].answers["no"].ask == "is-it-slow"
    assert tree["is-it-slow"].answers["no"].action == "fix-forward"
    assert migration.phases[-1].re_enable.require == ("Root cause fixed",)
    assert policy.communication.channel == "#pricing"
    assert policy.communication.mention == ("@shop/pricing",)
    assert policy.post_mortem == {"Cause": ("What broke?",)}


def test_the_phase_that_the_head_names_is_the_phase() -> None:
    head = "# Design the way back\n\n**Sub-phase:** P3.5\n"
    text, policy = draft(f"{head}**Scope:** Phase 3 - Orchestrator only\n")
    assert complaints(text) == []
    (phase,) = next(iter(policy.migrations.values())).phases
    assert (phase.id, phase.title) == ("3", "Orchestrator")
    _, bare = draft(head)
    assert [p.id for p in next(iter(bare.migrations.values())).phases] == ["1"]


def test_whom_a_sentence_says_to_contact_is_a_contact() -> None:
    _, policy = draft("# A\n\nFor questions, contact @phase3-team in #shop-dev.\n")
    assert policy.contacts == {"phase3-team": "@phase3-team"}


def test_the_time_of_the_whole_is_no_phases_own() -> None:
    total = "|Step|Duration|\n|---|---|\n|Stop|5 min|\n|Code|15 min|\n|Total|20 min|\n"
    text, policy = draft(
        f"# A\n## Phase 1: B\n## Phase 2: C\n## Recovery time\n{total}"
    )
    (migration,) = policy.migrations.values()
    assert [phase.recovery_time for phase in migration.phases] == [None, None]
    assert "not known; the document says 20m of the whole" in text


def test_several_documents_are_several_migrations() -> None:
    _, policy = draft(BY_PHASE, BY_LEVEL, BY_LEVEL)
    assert list(policy.migrations) == [
        "billing-migration",
        "pricing-switch",
        "pricing-switch-3",
    ]


def test_what_is_not_said_is_marked_and_never_made_up() -> None:
    text, policy = draft("# Rollback\n\nRevert it.\n")
    (migration,) = policy.migrations.values()
    assert (migration.baseline, migration.flags, migration.triggers) == (None, (), ())
    (phase,) = migration.phases
    assert (phase.paths, phase.recovery_time, phase.data) == ((), None, None)
    for what in ("baseline", "triggers", "recovery-time", "paths", "verify", "risk"):
        assert f"# {what}: not known" in text


def test_what_the_reader_refuses_is_put_aside_with_the_reason() -> None:
    text, policy = draft(
        "# A\n```bash\ngit checkout x..y -- a\n```\n## Phase 1\n## Phase 1\n"
    )
    (migration,) = policy.migrations.values()
    assert migration.baseline is None
    assert "# baseline: not known: line 3 says x..y" in text


_PIECES = st.sampled_from(
    [
        *BY_PHASE.split("\n\n"), *BY_LEVEL.split("\n"), "## Phase 1-3: a: \"b\" # c",
        "rm -rf a/b/ a/b/c.py", "- **Rollback:** No # rollback", "| P0 | x | \\| |",
        "`export A_B=c`", "`git checkout -b {x} y`", "## Phase ..", "- @a: {b}", "# ''",
    ]
)  # fmt: skip


@settings(max_examples=settings().max_examples * 2 // 5)  # each is a whole policy
@given(st.lists(st.one_of(_PIECES, st.text(max_size=30)), max_size=30))
def test_any_document_gives_a_draft_that_loads(pieces: list[str]) -> None:
    with contextlib.suppress(Unreadable, UnicodeEncodeError):
        draft("\n".join(pieces))


def test_it_writes_the_file_and_says_what_it_holds(
    repo: Repository,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(repo.path)
    repo.commit({"docs/rollback.md": BY_PHASE})
    assert main(["init", "--from-plan", "docs/rollback.md"]) == 0
    assert capsys.readouterr().out.startswith(
        "Wrote backout.yaml: 1 migration, 5 phases, "
    )
    data = (repo.path / "backout.yaml").read_bytes()
    assert read_policy(data, "backout.yaml").migrations["billing-migration"].plan == (
        "docs/rollback.md"
    )
    assert main(["init", "--from-plan", "docs/rollback.md"]) == 2


def test_a_document_that_cannot_be_read_leaves_nothing(
    repo: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repo.path)
    repo.write({"bad.md": b"\xff"})
    assert main(["init", "--from-plan", "bad.md"]) == 2
    assert main(["init", "--from-plan", "none.md"]) == 2
    assert not (repo.path / "backout.yaml").exists()
