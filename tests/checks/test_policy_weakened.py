"""The policy before and after: what may change in it, and what needs an owner."""

from __future__ import annotations

import pytest

from backout.checks.policy_weakened import check
from backout.checks.weakening.fields import FIELDS
from backout.core import policy as model
from backout.core.change import Change
from backout.core.finding import Severity
from backout.core.policy import Policy
from backout.core.policy.values import Part
from backout.core.policy_file import read_policy
from backout.core.tree import MemoryTree

BASE = """\
version: 1
owners: ["@acme/platform"]
scopes: {tests: [tests/]}
severities:
  P0: {action: revert, within: 5m, approve: [lead]}
triggers:
  - {metric: error_rate, above: 0.05, severity: P0}
contacts: {lead: "@acme/leads"}
migrations:
  v1:
    plan: docs/plan.md
    baseline: start
    window: 30d
    guards: [ci/check.py]
    flags: [{env: USE_NEW, legacy: "0", new: "1"}]
    forbid:
      - {symbol: app.old.Thing, except: [tests/legacy/]}
      - {module: app.older, mode: ratchet}
    keep:
      - {paths: [app/old.py], must-not-import: [app.new]}
    phases:
      - id: "1"
        paths: [app/one/]
      - id: "2"
        risk: high
        after: ["1"]
        paths: [app/two/]
        recovery-time: 30m
        data: {engine: postgresql, database: shop, tables: [orders, items], max-age: 24h, min-rows: 1}
        verify: {now: [{run: pytest tests/old}]}
        re-enable: {require: [Root cause fixed]}
"""


def judged(
    head: str | None, base: str = BASE, approved_by: tuple[str, ...] = ()
) -> list[str]:
    after = {} if head is None else {"backout.yaml": head}
    change = Change(
        MemoryTree({"backout.yaml": base}), MemoryTree(after), approved_by=approved_by
    )
    policy = read_policy(base.encode(), "backout.yaml")
    return [f"{f.place.line} {f.message}" for f in check(change, policy)]


def but(old: str, new: str) -> str:
    assert BASE.count(old) == 1
    return BASE.replace(old, new)


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(BASE, id="nothing changed"),
        pytest.param(BASE + "# a comment\n", id="a comment"),
        pytest.param(but("risk: high", "risk: critical"), id="more risk"),
        pytest.param(but("window: 30d", "window: 5w"), id="a longer window"),
        pytest.param(
            but("max-age: 24h", "max-age: 1d"), id="the same age, said in days"
        ),
        pytest.param(but("max-age: 24h", "max-age: 12h"), id="a fresher backup"),
        pytest.param(but("min-rows: 1", "min-rows: 100"), id="more rows"),
        pytest.param(but("above: 0.05", "above: 0.01"), id="an earlier trigger"),
        pytest.param(but("within: 5m", "within: 1m"), id="an earlier deadline"),
        pytest.param(
            but(", except: [tests/legacy/]", ""), id="an exception is taken away"
        ),
        pytest.param(but(", mode: ratchet", ""), id="a ratchet becomes a ban"),
        pytest.param(
            but("guards: [ci/check.py]", "guards: [tests/ci/, ci/check.py]"),
            id="one more guard",
        ),
        pytest.param(
            but("    forbid:\n", "    forbid:\n      - {symbol: app.old.Other}\n"),
            id="one more forbidden symbol, at the top",
        ),
        pytest.param(but("plan: docs/plan.md", "plan: docs/b.md"), id="another plan"),
        pytest.param(
            but("max-age: 24h", "proof: restored, max-age: 24h"),
            id="the proof that its risk demanded anyway",
        ),
    ],
)
def test_what_demands_no_less(head: str) -> None:
    assert judged(head) == []


@pytest.mark.parametrize(
    ("head", "said"),
    [
        pytest.param(
            None, ["0 The policy is deleted: nothing is demanded."], id="deleted"
        ),
        pytest.param(
            but("  v1:", "  v2:"),
            ["10 migrations: v1 is taken away."],
            id="a migration is gone",
        ),
        pytest.param(
            but(
                "    plan: docs/plan.md\n",
                "    status: closed\n    plan: docs/plan.md\n",
            ),
            ["11 migrations.v1.status: goes from open to closed."],
            id="a migration is closed",
        ),
        pytest.param(
            but("risk: high", "risk: low"),
            [
                "25 migrations.v1.phases[1].risk: goes from high to low.",
                "29 migrations.v1.phases[1].data.proof: goes from restored to read.",
            ],
            id="less risk",
        ),
        pytest.param(
            but("window: 30d", "window: 7d"),
            ["13 migrations.v1.window: shrinks from 30d to 7d."],
            id="a shorter window",
        ),
        pytest.param(
            but("ci/check.py", "ci/other.py"),
            ["14 migrations.v1.guards: ci/check.py is taken away."],
            id="a guard is swapped",
        ),
        pytest.param(
            but("tests/legacy/", "tests/legacy/, src/"),
            ["17 migrations.v1.forbid[0].except: src/ is let through as well."],
            id="one more exception",
        ),
        pytest.param(
            but("      - {symbol: app.old.Thing, except: [tests/legacy/]}\n", ""),
            ["17 migrations.v1.forbid: app.old.Thing is taken away."],
            id="a symbol is no longer forbidden",
        ),
        pytest.param(
            but("app.old.Thing,", "app.old.Thing, severity: {source: warning},"),
            ["17 migrations.v1.forbid[0].severity.source: goes from error to warning."],
            id="a use is only a warning",
        ),
        pytest.param(
            but("symbol: app.old.Thing,", "symbol: app.old.Thing, mode: ratchet,"),
            ["17 migrations.v1.forbid[0].mode: goes from ban to ratchet."],
            id="a ban becomes a ratchet",
        ),
        pytest.param(
            but(", must-not-import: [app.new]", ""),
            ["20 migrations.v1.keep[0].must-not-import: app.new is taken away."],
            id="the way back may import the new code",
        ),
        pytest.param(
            but("paths: [app/two/]", "paths: [app/two/core/]"),
            ["27 migrations.v1.phases[1].paths: app/two/ is taken away."],
            id="fewer files belong to a phase",
        ),
        pytest.param(
            but("[orders, items], max-age: 24h", "[orders], max-age: 48h"),
            [
                "29 migrations.v1.phases[1].data.tables: items is taken away.",
                "29 migrations.v1.phases[1].data.max-age: grows from 24h to 48h.",
            ],
            id="an older backup of fewer tables",
        ),
        pytest.param(
            but("max-age: 24h", "proof: listed, max-age: 24h"),
            ["29 migrations.v1.phases[1].data.proof: goes from restored to listed."],
            id="a backup that nobody has read",
        ),
        pytest.param(
            but("        risk: high\n", "        risk: high\n        final: true\n"),
            ["26 migrations.v1.phases[1].final: goes from false to true."],
            id="a phase is made final",
        ),
        pytest.param(
            but('owners: ["@acme/platform"]', 'owners: ["@mallory"]'),
            ["2 owners: @acme/platform is taken away."],
            id="other owners",
        ),
        pytest.param(
            but("scopes: {tests: [tests/]}", "scopes: {tests: [tests/, src/]}"),
            ["3 scopes.tests: src/ is judged as tests."],
            id="sources are called tests",
        ),
        pytest.param(
            but("above: 0.05", "above: 0.5"),
            ["7 triggers[0].above: rises from 0.05 to 0.5."],
            id="a later trigger",
        ),
        pytest.param(
            but("version: 1\n", "version: 1\ninline-waivers: true\n"),
            ["2 inline-waivers: goes from false to true."],
            id="comments may waive",
        ),
        pytest.param(
            but(
                "version: 1\n",
                "version: 1\nwaivers: [{rule: legacy-removed, until: 2027-01-31, "
                'owner: "@mallory", reason: "soon"}]\n',
            ),
            ["2 waivers: waives legacy-removed until 2027-01-31: soon."],
            id="a waiver",
        ),
        pytest.param(
            but("version: 1", "version: 7"),
            ['1 The policy cannot be read any more: "7" is not 1.'],
            id="it cannot be read",
        ),
    ],
)
def test_what_demands_less(head: str | None, said: list[str]) -> None:
    assert judged(head) == said


def test_one_more_signer() -> None:
    files = {
        "backout.yaml": BASE,
        ".backout/allowed_signers": "ops@acme ssh-ed25519 A\n",
    }
    after = {
        **files,
        ".backout/allowed_signers": "ops@acme ssh-ed25519 A\neve@acme ssh-ed25519 B\n",
    }
    policy = read_policy(BASE.encode(), "backout.yaml")
    [finding] = check(Change(MemoryTree(files), MemoryTree(after)), policy)
    assert finding.place.line == 2
    assert finding.message == "One more may sign evidence: eve@acme."
    assert list(check(Change(MemoryTree(after), MemoryTree(files)), policy)) == []


@pytest.mark.parametrize(
    ("approved_by", "severity"),
    [
        pytest.param((), Severity.ERROR, id="nobody approved"),
        pytest.param(("@mallory",), Severity.ERROR, id="somebody else approved"),
        pytest.param(("@acme/platform",), Severity.INFO, id="an owner approved"),
    ],
)
def test_an_owner_may_approve(approved_by: tuple[str, ...], severity: Severity) -> None:
    head = but("risk: high", "risk: low")
    change = Change(
        MemoryTree({"backout.yaml": BASE}),
        MemoryTree({"backout.yaml": head}),
        approved_by=approved_by,
    )
    found = check(change, read_policy(BASE.encode(), "backout.yaml"))
    assert {finding.severity for finding in found} == {severity}


def test_owners_that_the_change_names_itself_cannot_approve_it() -> None:
    head = but('["@acme/platform"]', '["@acme/platform", "@mallory"]')
    head = head.replace("risk: high", "risk: low")
    change = Change(
        MemoryTree({"backout.yaml": BASE}),
        MemoryTree({"backout.yaml": head}),
        approved_by=("@mallory",),
    )
    found = check(change, read_policy(BASE.encode(), "backout.yaml"))
    assert {finding.severity for finding in found} == {Severity.ERROR}


def test_every_field_of_the_model_has_a_direction() -> None:
    """A part that is compared as a whole has no directions of its own."""
    directions = FIELDS
    seen: set[type[Part]] = set()
    for name in directions:
        part = getattr(model, name)
        seen.add(part)
        assert set(directions[name]) == set(part.__struct_fields__), name
    assert Policy in seen
