"""The parts of a plan: what counts as there, and what is said when one is not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec
import pytest

from backout.checks.plans.judge import judge
from backout.checks.plans.rule import Context
from backout.checks.plans.rules import (
    claims,
    coverage,
    data_parts,
    deciding,
    people,
    placeholders,
    proof,
    timing,
)
from backout.core.policy import Policy

NOW = datetime(2026, 11, 20, tzinfo=UTC)
RULES = [
    rule
    for group in (
        deciding, people, proof, timing, data_parts, coverage, claims, placeholders
    )
    for rule in group.RULES
]  # fmt: skip


def lines(rule: str, text: str, context: Context | None = None) -> list[int]:
    """The lines at which `rule` finds something in the plan `text`."""
    found = judge("plan.md", text.encode(), context or Context(now=NOW))
    return [f.place.line for f in found if f.rule == rule]


def policy(phase: Mapping[str, object] = {}, **more: object) -> Context:
    """The context of a migration with one phase."""
    migrations = {"m": {"phases": [{"id": "7", "title": "Storage layer", **phase}]}}
    read = msgspec.convert(
        {"version": 1, "migrations": migrations, **more}, Policy, strict=False
    )
    return Context(policy=read, migration=read.migrations["m"], now=NOW)


HARMLESS = {
    "no-trigger": {
        "a duration": (
            "## Decision matrix\n|Status|Expected duration|Do|\n|---|---|---|\n"
            "|Outage|> 1 hour|failover|"
        ),
        "symptoms": "## Symptoms\n- `migrate` failed halfway",
        "a tree of events": (
            "## When to roll back\n```\nData corruption?\n  -> YES: ROLL BACK\n```"
        ),
        "a number in Portuguese": "## Gatilhos\n- Taxa de erros acima de 5 %",
        "a plain event in German": "## Trigger\n- Der Smoke-Test schlägt fehl.",
        "a tree that is drawn": (
            "## Decision tree\n```\np99 > 1s for 5 min\n  -> YES: ROLL BACK\n```"
        ),
        "a number in a list": "## Rollback triggers\n- Error rate above 5 %",
        "a plain event": "# When to roll back\n- The health check fails",
        "a numbered heading": "## 3. When to roll back\n- p95 > 800 ms",
        "German": "## Auslöser\n- Fehlerrate über 5 % für 10 Minuten",
        "Dutch": "## Wanneer terugdraaien\n- meer dan 5 fouten per minuut",
        "French": "## Quand revenir en arrière\n- plus de 3 échecs",
        "Spanish": "## Cuándo revertir\n- más de 5 errores",
        "a bold label": "**Triggers**: error rate > 2%",
        "cases of use": "- **Use Case:** Database corruption",
        "a list below a bold label": "**Triggers**\n\n- error rate > 2%",
        "a table": "| Criterion | Threshold |\n|---|---|\n| 5xx | > 1% |",
        "one sentence": "Roll back if p95 exceeds 800 ms for 5 min.",
        "a heading of one's own": "## Reißleine\n- mehr als 3 Fehler",
        "said not to be needed": "## Triggers\nn/a: nobody uses it yet",
    },
    "no-approver": {
        "roles below such a heading": "## Decision makers\n- Lead developer\n- DBA",
        "a label": "**Rollback authority** (no approval needed):\n- Lead developer",
        "who must approve": "Rollback must be approved by:\n- [ ] Technical lead",
        "a role that decides": "## Rollback lead\n- Makes the final rollback decision",
        "a table of who may": (
            "|Role|Can trigger a restore|\n|---|---|\n|On-call engineer|Yes|"
        ),
        "a sentence on two lines": "Restored only with incident lead\napproval.",
        "an officer": "Nothing is restarted without the risk officer's approval.",
        "confirmed with": "- Confirm with the incident commander",
        "who may do it": (
            "|Role|When|\n|---|---|\n|On-call engineer|Can execute the rollback|"
        ),
        "a filled table": "|Severity|Approval|\n|---|---|\n|P0|tech lead|",
        "none needed is an answer": "|Severity|Approval|\n|---|---|\n|P0|none needed|",
        "a sentence": "The incident commander approves the rollback.",
        "German": "Die Freigabe erteilt der Bereitschaftsleiter.",
        "front matter": '---\napprover: "@ada"\n---\nText',
    },
    "contact-missing": {
        "commands of an escalation": (
            "## Contacts\n- Lead: @ada\n## Escalation\n```bash\nnpx x list\n```"
        ),
        "a handle in brackets": "## Contacts\n- Lead: [slack @eng-lead]",
        "the rota of another page": "Escalate as `docs/oncall.md` says.",
        "a handle": "## Contacts\n- Lead: @shop/leads",
        "a phone number": "## Kontakt\n- Bereitschaft: +49 30 901820",
        "a mail address": "## Contacten\n- dba@shop.nl",
        "a rota": "## On call\nhttps://pager.shop.io/rota",
        "a number of letters": "## Contacts\n- Provider: 1-800-SHOP-HELP",
        "a channel": "## Support\n- Slack: #shop-oncall",
        "a table": "## Contacts\n|Who|How|\n|---|---|\n|DBA|@dba|",
        "a sentence elsewhere": "If it fails, call +31 20 799 0199.",
        "steps of an escalation": (
            "## Escalation\n- Stop the writers\n- Restore the dump\n\n"
            "Then page the duty officer at +31 20 799 0199."
        ),
        "situations of an escalation": (
            "## Escalation\n|Situation|Action|\n|---|---|\n|A gap|Stop all|\n\n"
            "## Contacts\n- @ada"
        ),
        "the rota of a service": "## On call\n- Engineer: see the PagerDuty rotation",
        "Portuguese": "## Contatos\n- Plantão: +55 11 3333 0199",
        "one link among them": "## Contact\n- Documentation: the wiki\n- Lead: @ada",
    },
    "no-communication": {
        "a section": "## Communication\nThe duty officer does it.",
        "a step": "1. Notify support",
        "a command": '```bash\necho down | mail -s "URGENT" ops@shop.nl\n```',
        "German": "- Stakeholder benachrichtigen",
        "Spanish": "## Comunicación",
    },
    "no-runnable-verification": {
        "a test": "```bash\npytest tests/\n```",
        "a block below such a heading": "## Verify\n```bash\n./ready\n```",
        "a block after such words": "Verify that it is back:\n```bash\n./ready\n```",
        "a comment above": "```bash\ngit revert 4f2a91c\n# Verify\n./ready\n```",
        "a query": "## Verification\n```sql\nSELECT 1\n```",
        "inline": "- `curl -f localhost/health`",
        "Python under such a heading": "## Prüfung\n```python\nok()\n```",
    },
    "never-rehearsed": {
        "front matter": "---\nlast-rehearsed: 2026-10-01\n---\n",
        "a line": "Last rehearsed: 2026-10-01 in staging",
        "a month in words": "Last drill: October 3, 2026",
        "German": "Zuletzt geprobt am 1.10.2026",
        "a table below a heading": "## Drills\n|Date|\n|---|\n|2026-09-01|",
    },
    "no-recovery-time": {
        "a label": "**Recovery Time**: < 5 minutes",
        "a range": "RTO: 10-15 min",
        "a table": "|Step|Duration|\n|---|---|\n|Code|15 min|",
        "a title": "## Full rollback (10 minutes)",
        "front matter": "---\nrto: 30m\n---\n",
        "German": "Dauer: 20 Minuten",
        "below such a heading": "## Recovery time\n- Detection: 5 min",
    },
    "no-data-step": {
        "no data is spoken of": "## Triggers\n- error rate > 5 %",
        "a restore": "## Triggers\n- data corruption\n```bash\npg_restore -d a b\n```",
        "an archive": "## Triggers\n- data loss\n```bash\ntar -xzf a.tar.gz -C b\n```",
        "in words": "## Triggers\n- data loss\n\nRestore the database from backup.",
        "not needed": "## Triggers\n- data loss\n## Data\nn/a: read only service",
        "nothing changes": "## Triggers\n- data loss\n\nNo data migration is involved.",
    },
    "no-data-loss-window": {
        "nothing is restored": "```bash\ngit revert 4f2a91c\n```",
        "a window in words": "Loses writes since the backup.\n```bash\npg_restore -d a b\n```",
        "the list of a backup": "```bash\npg_restore --list a.dump\n```",
        "a here-document": "```bash\npsql -d a <<EOF\nSELECT 1\nEOF\n```",
        "an estimate": "```\nData loss: 2 hours\n```\n```bash\nmysql a < b\n```",
        "RPO with a number": "RPO: 24 h\n```bash\nmysql shop < a.sql\n```",
        "a comment": "```bash\n# loses orders since the backup\npg_restore -d a b\n```",
    },
    "no-re-enablement": {
        "a section": "## Re-enabling\nLater.",
        "a bold step": "1. **Re-enable the flag** when fixed",
        "German": "## Wiedereinschalten",
        "landing": "## Landing it again\nOnce the cause is fixed.",
        "shipping": "## Shipping the phase again\nOnce the cause is fixed.",
        "French": "## Remise en service",
        "said not to be needed": "## Re-enablement\nn/a: it is given up for good",
    },
    "plan-part-missing": {
        "steps": "## Steps\n```bash\ngit revert 4f2a91c\n```",
        "Spanish steps": "## Pasos",
        "commands under any name": "## Quick\n```bash\ngit revert 4f2a91c\n```",
    },
    "recovery-time-contradicted": {
        "counted by the minute": (
            "# Rollback\n**Recovery time**: 5 min\n```sql\nSELECT count(*) FROM a\n"
            "WHERE t > now() - INTERVAL '1 hour'\n"
            "GROUP BY date_trunc('minute', t);\n```"
        ),
        "a sum that fits": (
            "|Step|Duration|\n|---|---|\n|a|5 min|\n|b|10 min|\n|Total|15 min|"
        ),
        "side by side": (
            "|Step|Duration|\n|---|---|\n|a|5 min|\n|b|10 min|\n|Total|20 min|"
        ),
        "a short wait": "## A\nRTO: 5 min\n```bash\nsleep 30\n```",
        "a long wait elsewhere": (
            "## A\nRTO: 5 min\n## B\n```bash\nsleep 900\n```"
        ),
        "monitoring afterwards": "## A\nRTO: 5 min\n\nMonitor for 24 hours.",
    },
    "steps-out-of-order": {
        "flags switched on again after": (
            "# Rollback\n- Disable the flags\n# Re-enablement\n- Enable the flags"
        ),
        "flags switched on in a question": (
            "# Rollback\n- Disable the flags\n- Did you enable flags?"
        ),
        "start, then check": "1. Restart services\n2. Verification",
        "a check before and after": "1. Verify system\n2. Restart\n3. Verify system",
        "the backup is checked first": "1. Verify the backup\n2. Start services",
        "numbers that begin again": "## Step 1\n## Step 2\n## Step 1",
    },
    "success-hard-coded": {
        "a question": "- [ ] No data has been lost",
        "a field": "```text\nSubject: x\n{ROWS} rows checked\n```",
        "a philosophy": "We aim for zero data loss.",
    },
    "unfilled-placeholder": {
        "a commit's message": (
            '```bash\ngit commit -m "fix: [the issue]\n\nTests: [what prevents it]"\n```'
        ),
        "printed for a person": '```bash\necho "Cancelled: <N> orders"\n```',
        "an f-string in a script": """```bash\npython x "\nprint(f'{calls} calls')\n"\n```""",
        "a program that is written about": "- Add a case `case <provider>:` there",
        "what a test sends": (
            '```bash\ncurl -d \'{"email":"t@example.com"}\' localhost\n```'
        ),
        "a name nobody looks up": "```yaml\nhooks:\n  - name: hook.example.com\n```",
        "a secret nobody writes down": "```env\nDB_PASSWORD=your-password\n```",
        "an option that is told of": "- kept 60 days via `fly update --keep <days>`",
        "a redirection": "```bash\nsort <names >sorted\ncat <<EOF\n```",
        "process substitution": "```bash\ndiff <(ls a) <(ls b)\n```",
        "a variable": '```bash\ngit revert "${COMMIT}" $YOUR_TAG\n```',
        "brace expansion": "```bash\nmkdir {a,b}; awk '{print}' x\n```",
        "a format": "```bash\ncurl -w '%{http_code}' localhost\n```",
        "a template engine": "```bash\ndocker ps --format '{{Names}}'\n```",
        "reflog": "```bash\ngit reset HEAD@{upstream}\n```",
        "a test": "```bash\n[ -f x ] && [[ abc ]]\n```",
        "a date format": "```bash\ndate +YYYYMMDD\n```",
        "a here-document": "```bash\ncat > x <<EOF\n<title>{name}</title>\nEOF\n```",
        "a comment": "```bash\n# then <name>\nls\n```",
        "HTML": "```bash\necho '<h1>Down</h1>'\n```",
        "a message": "## Communication\n```text\nDown since {TIME}\n```",
        "a message in shell": "## Notify\n```bash\nmail -s 'since {TIME}' a@b.nl\n```",
        "a link": "See [the name](https://shop.nl) and [name][1].",
        "a task": "- [ ] done\n- [x] date",
        "markup": "Press <kbd>Esc</kbd>",
        "a format that is used": (
            "```python\nt = 'for {reason}'\nsend(t.format(reason=why))\n```"
        ),
        "a template": "## Report template\n```bash\necho {reason}\n```",
    },
}  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        pytest.param(rule, text, id=f"{rule}: {name}")
        for rule, cases in HARMLESS.items()
        for name, text in cases.items()
    ],
)
def test_what_is_there_is_seen(rule: str, text: str) -> None:
    more = (
        {"plans": {"headings": {"triggers": ["Reißleine"]}}} if "Reiß" in text else {}
    )
    context = policy({"risk": "critical"}, **more) if more else None
    assert lines(rule, text, context) == []


BAD: list[tuple[str, str, str, list[int]]] = [
    ("no-trigger", "nothing at all", "# Rollback", [0]),
    ("no-trigger", "only words", "## Triggers\n\n- Elevated error rates", [3]),
    ("no-trigger", "a severity is no trigger", "## Decision\n|P0|x|\n|---|---|\n|P1|5 min|", [0]),
    ("no-trigger", "n/a alone", "## Triggers\nn/a", [1]),
    ("no-approver", "nothing at all", "# Rollback", [0]),
    ("no-approver", "an empty cell", "|Level|Approver|\n|---|---|\n|P0||\n|P1|lead|", [3]),
    ("no-approver", "a question", "Who made the decision, the lead?", [0]),
    ("no-approver", "only for switching on", "## Re-enabling\nThe lead approves.", [0]),
    ("no-approver", "a section that names nobody", "## Decision tree\nYes or no.", [1]),
    ("contact-missing", "nothing at all", "# Rollback", [0]),
    ("contact-missing", "roles", "## Contact\n- Lead\n- DBA", [2]),
    ("contact-missing", "gaps", "## Contact\n- Lead: @ada\n- DBA: [contact]", [3]),
    ("contact-missing", "nobody's address", "## Contact\n- team@company.com", [2]),
    ("contact-missing", "a hotline without a number", "## Support\n- Hotline: the number", [2]),
    ("contact-missing", "levels that name roles", "## Escalation\n- Level 1: the lead\n- Level 2: CTO", [2]),
    ("contact-missing", "gaps in Portuguese", "## Contatos\n- Plantão: [nome]", [2]),
    ("no-communication", "nothing at all", "# Rollback\n1. Revert", [0]),
    ("no-runnable-verification", "a list", "## Verification\n- Looks fine", [1]),
    ("no-runnable-verification", "a comment", "```bash\n# Verify counts\n```", [0]),
    ("no-runnable-verification", "it never ends", "## Verify\n```bash\ntail -f log\n```", [1]),
    ("no-runnable-verification", "configuration", "## Verify\n```ini\na = b\n```", [1]),
    ("never-rehearsed", "nothing at all", "# Rollback", [0]),
    ("never-rehearsed", "a date of something else", "Last updated: 2026-10-01", [0]),
    ("never-rehearsed", "years ago", "\nLast rehearsed: 2022-10-01", [2]),
    ("no-recovery-time", "nothing at all", "# Rollback", [0]),
    ("no-recovery-time", "how long to look", "Monitor for 24 hours.", [0]),
    ("no-recovery-time", "a trigger's time", "## Triggers\n- down within 5 min", [0]),
    ("no-data-step", "a trigger", "## Triggers\n- Data corruption suspected", [2]),
    ("no-data-step", "a plan for data", "# Database migration: way back", [1]),
    ("no-data-loss-window", "a restore", "```bash\npg_restore -d shop a.dump\n```", [2]),
    ("no-data-loss-window", "a wish", "- No data loss\n```bash\nmysql a < b.sql\n```", [3]),
    ("no-re-enablement", "nothing at all", "# Rollback", [0]),
    ("no-re-enablement", "n/a alone", "# Rollback\n## Re-enablement\nn/a", [2]),
    ("plan-part-missing", "no steps", "# Notes", [0]),
    ("recovery-time-contradicted", "a sum", "|S|Duration|\n|---|---|\n|a|9 min|\n|b|9 min|\n|Total|10 min|", [5]),
    ("recovery-time-contradicted", "a wait", "## A\nRTO: 5 min\n```bash\nsleep 900\n```", [4]),
    ("recovery-time-contradicted", "a look back", "## A (RTO: 5 min)\nRTO: 5 min\n```sql\nSELECT now() - INTERVAL '1 hour'\n```", [4]),
    ("steps-out-of-order", "a table", "|n|Do|\n|---|---|\n|4|Verification|\n|5|Restart|", [3]),
    ("steps-out-of-order", "a list", "1. Verify the system\n2. Restart services", [1]),
    ("steps-out-of-order", "numbers", "## Step 1\n## Step 3\n## Step 2", [3]),
    ("success-hard-coded", "a message", "```python\nt = '''\nDear user,\nNo data has been lost\n'''\n```", [4]),
    ("success-hard-coded", "a template", "```markdown\n# Status\nYour orders have been preserved.\n```", [3]),
    ("steps-out-of-order", "flags off and on", "# Rollback\n## Stage 10\n- Disable feature flags\n## Stage 11\n- Re-enable feature flags", [5]),
    ("unfilled-placeholder", "angles", "```bash\ngit revert <commit-hash>\n```", [2]),
    ("unfilled-placeholder", "many are one", "```bash\nls <dir>\nrm <dir>\n```", [2]),
    ("unfilled-placeholder", "braces", "```bash\ncurl https://a.nl/{repoId}\n```", [2]),
    ("unfilled-placeholder", "brackets", "```bash\nvercel promote [previous-url]\n```", [2]),
    ("unfilled-placeholder", "a date", "```bash\ncp old_YYYYMMDD/x .\n```", [2]),
    ("unfilled-placeholder", "a path", "```bash\ncd /path/to/shop\n```", [2]),
    ("unfilled-placeholder", "nobody's host", "```bash\ncurl https://api.example.com\n```", [2]),
    ("unfilled-placeholder", "inline", "- `git revert <sha>`", [1]),
    ("unfilled-placeholder", "in the text", "Updated: [Current Date]", [1]),
    ("unfilled-placeholder", "a text never formatted", "```python\nt = 'due to {reason}'\nsend(t)\n```", [2]),
    ("unfilled-placeholder", "a value", "```ini\nhost = your-host\n```", [2]),
]  # fmt: skip


@pytest.mark.parametrize("rule", [rule.rule.id for rule in RULES])
def test_every_rule_has_its_cases(rule: str) -> None:
    if rule == "phase-not-in-plan":
        return  # it needs a policy: its cases are below
    assert len(HARMLESS[rule]) >= 2
    assert any(name == rule for name, *_ in BAD)


@pytest.mark.parametrize(
    ("rule", "text", "expected"),
    [pytest.param(r, t, e, id=f"{r}: {name}") for r, name, t, e in BAD],
)
def test_what_is_missing_is_found(rule: str, text: str, expected: list[int]) -> None:
    assert lines(rule, text) == expected


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ("# Rollback\n```bash\ngit revert <sha>\n```", "warning"),
        ("# Rollback\n```bash\nls <folder>\n```", "warning"),
        ("# Database migration: rollback plan\n```bash\nls <folder>\n```", "warning"),
        ("# Migration runbook\n## Phase 1\n```bash\nls <folder>\n```", "warning"),
        ("# Phase 7\n```bash\nkill <pid>\n```", "warning"),
        ("# Rollback\n```bash\ncp a_YYYYMMDD.db a.db\n```", "warning"),
        ("# Going back (backlog 37)\n```bash\nls <folder>\n```", "warning"),
        ("# Setup\n```env\nBUCKET=your-bucket\n```", "warning"),
        (
            "# Recovery\n## Environment variables\n```bash\nBUCKET=your-bucket\n```",
            "warning",
        ),
        ("# Recovery\n## Restore\n```bash\nBUCKET=your-bucket\n```", "error"),
        ("# Phase 7 runbook\n```bash\ngit revert <sha>\n```", "error"),
        ("# Storage migration\n```bash\ngit revert <sha>\n```", "error"),
        ("# Rollback\n```bash\ncurl <your-host>\n```", "error"),
        ("# Phase 7\n```bash\ngit revert <sha>\n```", "error"),
        ("# V1 elimination\n```bash\ngit revert <sha>\n```", "error"),
        ("# Rollback\n```bash\nls /path/to/shop\n```", "error"),
    ],
)
def test_a_runbook_cannot_know_the_commit_and_a_phase_plan_can(
    text: str, severity: str
) -> None:
    found = judge("plan.md", text.encode(), Context(now=NOW))
    assert [f.severity.value for f in found if f.rule == "unfilled-placeholder"] == [
        severity
    ]


def test_at_one_line_errors_stand_before_warnings() -> None:
    found = judge("plan.md", b"# Rollback", Context(now=NOW))
    of_the_whole = [f.severity.value for f in found if f.place.line == 0]
    assert of_the_whole == sorted(of_the_whole)
    assert {"error", "warning"} <= {*of_the_whole}


def test_work_for_later_is_no_gap_of_the_plan() -> None:
    found = judge("p.md", b"TODO: fix the cache soon", Context(now=NOW))
    assert [f.severity.value for f in found if f.rule == "unfilled-placeholder"] == [
        "warning"
    ]


def test_headings_that_cannot_be_read_are_not_said_to_be_missing() -> None:
    plan = (
        "# 回滾計畫\n## 觸發條件\n|條件|門限|\n|---|---|\n|錯誤率|5xx > 5%|\n".encode()
    )
    found = [f for f in judge("p.md", plan, Context(now=NOW)) if f.rule == "no-trigger"]
    assert [f.severity.value for f in found] == ["warning"]
    assert "script" in found[0].message
    named = policy({}, plans={"headings": {"triggers": ["觸發條件"]}})
    assert lines("no-trigger", plan.decode(), named) == []


def test_a_low_risk_demands_less_and_the_policy_may_demand_otherwise() -> None:
    assert lines("no-approver", "# A", policy({"risk": "low"})) == []
    assert lines("no-approver", "# A", policy({"risk": "medium"})) == [0]
    mine = {"plans": {"parts": {"medium": ["verification"]}}}
    assert lines("no-approver", "# A", policy({"risk": "medium"}, **mine)) == []
    assert lines("no-runnable-verification", "# A", policy({}, **mine)) == [0]


def test_a_phase_that_needs_no_rollback_demands_nothing() -> None:
    none = {"rollback": "none", "because": "not wired in yet"}
    assert list(judge("p.md", b"# A", policy(none))) == []


def test_a_phase_with_data_demands_a_data_step() -> None:
    assert lines("no-data-step", "# A", policy()) == []
    data = {"data": {"engine": "redis"}}
    assert lines("no-data-step", "# A", policy(data)) == [0]


def test_a_plan_may_not_promise_more_time_than_the_policy() -> None:
    text = "## Phase 7\n**Recovery time**: 30-60 min"
    limited = policy({"recovery-time": "40m"})
    assert lines("recovery-time-contradicted", text, limited) == [2]
    assert lines("recovery-time-contradicted", text, policy({})) == []


def test_a_contact_of_the_policy_is_reached_by_its_name() -> None:
    text = "## Contacts\n- Tech lead"
    assert lines("contact-missing", text, policy()) == [2]
    known = policy(contacts={"tech-lead": "@shop/leads"})
    assert lines("contact-missing", text, known) == []
    unreachable = policy(contacts={"tech-lead": "the tech lead"})
    assert lines("contact-missing", text, unreachable) == [2]


def test_a_rehearsal_is_too_old_by_the_policy() -> None:
    text = "Last rehearsed: 2026-08-01"
    high = {"risk": "high"}
    assert lines("never-rehearsed", text, policy(high)) == []
    strict = policy(high, rehearsal={"max-age": "30d"})
    assert lines("never-rehearsed", text, strict) == [1]


@pytest.mark.parametrize(
    ("title", "found"),
    [
        pytest.param("Phase 7: way back", True, id="the word and the id"),
        pytest.param("Phases 6-8", True, id="a range"),
        pytest.param("Stage 07", True, id="another word for it"),
        pytest.param("Storage Layer rollback", True, id="its title"),
        pytest.param("Phase 6", False, id="another phase"),
        pytest.param("Storage", False, id="half its title"),
    ],
)
def test_a_section_is_matched_to_the_policys_phase(title: str, found: bool) -> None:
    phases = [{"id": "7", "title": "Storage layer"}, {"id": "99", "title": "The end"}]
    read = msgspec.convert(
        {"version": 1, "migrations": {"m": {"phases": phases}}}, Policy
    )
    context = Context(policy=read, migration=read.migrations["m"], now=NOW)
    text = f"## {title}\n\n## Phase 99\n"
    assert lines("phase-not-in-plan", text, context) == ([] if found else [0])


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        pytest.param("# New storage layer\n## Steps\n", False, id="of the whole"),
        pytest.param(
            "# New storage layer\n## Storage layer\n## The end\n", False, id="of both"
        ),
        pytest.param("# New storage layer\n## Storage layer\n", True, id="of one"),
        pytest.param("# Storage layer\n# Contacts\n", True, id="of one, at the top"),
        pytest.param("# Phase 7\n## Steps\n", True, id="of the whole, with its id"),
    ],
)
def test_a_title_is_not_a_section(text: str, missing: bool) -> None:
    phases = [{"id": "7", "title": "Storage layer"}, {"id": "99", "title": "The end"}]
    read = msgspec.convert(
        {"version": 1, "migrations": {"m": {"phases": phases}}}, Policy
    )
    context = Context(policy=read, migration=read.migrations["m"], now=NOW)
    assert lines("phase-not-in-plan", text, context) == ([0] if missing else [])
