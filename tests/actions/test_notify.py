"""`backout notify`: texts that say what is known, mark the rest, and claim nothing."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backout.actions.cli import main
from backout.actions.notify.rendering import field_name, render
from backout.actions.notify.templates import TEAM, USERS
from support.repository import Repository

POLICY = """\
version: 1
severities: {P0: {action: revert, within: 5m, notify: [boss]}}
contacts: {on-call: "https://pager.example/rota", boss: boss@shop.example}
escalation: [on-call]
communication:
  channel: "#shop"
  mention: ["@acme/shop"]
  status-page: https://status.example
migrations:
  shop:
    title: New shop
    baseline: start
    phases:
      - id: "1"
        title: The till
        impact: All tills
        recovery-time: 30m
        irreversible: [Receipts that were printed]
      - {id: "2", title: The books}
"""
OWN = """\
    communication: {template: docs/notice.md, user-template: docs/users.md}
"""


@pytest.fixture
def shop(repo: Repository, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """Phase 1 has landed."""
    repo.commit({"backout.yaml": POLICY, "till.py": "x = 1\n"}, "Begin")
    repo.git("tag", "start")
    repo.commit({"till.py": "x = 2\n"}, "Count\n\nBackout-Phase: shop/1")
    monkeypatch.chdir(repo.path)
    return repo


def rolled_back(repo: Repository) -> None:
    why = ["--reason", "wrong sums", "--severity", "P0"]
    assert main(["revert", "shop/1", *why]) == 0


def test_what_the_policy_knows_is_filled_in_and_the_rest_is_marked(
    shop: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["notify", "shop/1"]) == 0
    said = capsys.readouterr()
    assert "Subject: [New shop] The till rollback - " in said.out
    assert "Status: INVESTIGATING, nothing is rolled back yet\n" in said.out
    assert "Trouble with shop/1: [TO FILL IN: issue]\n" in said.out
    assert "- Affected: All tills\n" in said.out
    assert "- Promised recovery time: 30m\n" in said.out
    assert "back: Receipts that were printed\n" in said.out
    assert "on-call (https://pager.example/rota) in #shop. @acme/shop\n" in said.out
    assert said.err.startswith("Nothing was sent.\nTo fill in: to, issue, severity, ")


def test_what_the_record_knows_is_filled_in_too(
    shop: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    rolled_back(shop)
    capsys.readouterr()
    assert main(["notify", "shop/1"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("To: boss (boss@shop.example)\nSubject: ")
    assert "Status: ROLLBACK UNDER WAY, not merged yet\n" in out
    assert "Trouble with shop/1: wrong sums\nSeverity P0. Rollback started " in out
    assert re.search(r"- Due: \d\d:\d\d UTC \(within 5m\)\n", out)
    assert "- Rollback: emergency/rollback-shop-1\n" in out
    shop.git("merge", "-q", "--no-ff", "-m", "Merge", "emergency/rollback-shop-1")
    assert main(["notify", "shop/1"]) == 0
    assert "Status: ROLLBACK MERGED, to be verified\n" in capsys.readouterr().out


def test_another_phase_knows_nothing_of_it(
    shop: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    rolled_back(shop)
    capsys.readouterr()
    assert main(["notify", "shop/2"]) == 0
    assert "INVESTIGATING" in capsys.readouterr().out


@pytest.mark.usefixtures("shop")
def test_a_person_fills_in_a_field(capsys: pytest.CaptureFixture[str]) -> None:
    given = ["--field", "issue=a lock", "--field", "Root Cause=two writers"]
    assert main(["notify", "shop/1", *given]) == 0
    out = capsys.readouterr().out
    assert "Trouble with shop/1: a lock\n" in out
    assert "Root cause: two writers\n" in out


def test_own_templates_of_the_mainline_are_used_and_their_claims_are_told(
    shop: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    shop.commit(
        {
            "backout.yaml": POLICY + OWN,
            "docs/notice.md": "The {PHASE TITLE} is back due to {ISSUE}.\n"
            "From {TIME} on, {DESCRIPTION - if known}.\n",
            "docs/users.md": "Dear user,\n- Your sessions have been preserved\n"
            "- No data has been lost\n\nExpected resolution: {timeline}\n",
        }
    )
    shop.write({"docs/notice.md": "Not committed.\n"})
    assert main(["notify", "shop/1", "--field", "issue=a lock"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("The The till is back due to a lock.\nFrom ")
    assert out.endswith("[TO FILL IN: DESCRIPTION - if known].\n")
    assert main(["notify", "shop/1", "--to", "users"]) == 0
    err = capsys.readouterr().err
    assert 'docs/users.md:2 says "have been preserved", which nothing here' in err
    assert 'docs/users.md:3 says "No data has been lost", which nothing here' in err
    assert "To fill in: timeline\n" in err


@pytest.mark.parametrize("template", [TEAM, USERS], ids=["team", "users"])
def test_the_built_in_texts_claim_nothing(template: str) -> None:
    assert render(template, {}).claims == ()
    assert "ROLLED BACK" not in template


@pytest.mark.parametrize(
    ("line", "claims"),
    [
        pytest.param("Data loss is being looked at.", [], id="a worry"),
        pytest.param("We will tell you when it is over.", [], id="a promise to tell"),
        pytest.param("New features are unavailable", [], id="a loss"),
        pytest.param("No data was lost", ["No data was lost"], id="no data lost"),
        pytest.param(
            "no user data has been lost",
            [
                ...,
            ],
            id="no user data lost",
        ),
        pytest.param("There is no data loss.", [...], id="no loss"),
        pytest.param("It is fully restored", [...], id="restored"),
        pytest.param("rolled back successfully", [...], id="successfully"),
    ],
)
def test_claims(line: str, claims: list[object]) -> None:
    assert len(render(line, {}).claims) == len(claims)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        pytest.param("DATE", "date", id="upper case"),
        pytest.param("ACTION 1", "action_1", id="a blank"),
        pytest.param("DESCRIPTION - if known", "description", id="a remark"),
        pytest.param("status-page", "status_page", id="a hyphen"),
    ],
)
def test_the_name_of_a_field(text: str, name: str) -> None:
    assert field_name(text) == name


@given(st.text(), st.dictionaries(st.text(), st.text()))
def test_a_template_without_fields_is_printed_as_it_is(
    text: str, known: dict[str, str]
) -> None:
    plain = text.replace("{", "").replace("}", "")
    assert render(plain, known).text == plain


def test_what_others_wrote_is_printed_harmlessly(
    shop: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["revert", "shop/1", "--reason", "\x1b[31m ##[error]x"]) == 0
    capsys.readouterr()
    assert main(["notify", "shop/1"]) == 0
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "##[" not in out
    assert main(["notify", "shop/1", "--format", "json"]) == 0
    json.loads(capsys.readouterr().out)
    assert shop.git("status", "--porcelain") == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["shop/9"], "no phase 9 in shop (1, 2)", id="no such phase"),
        pytest.param(["shop/1", "--field", "x"], "write NAME=TEXT", id="no text"),
    ],
)
@pytest.mark.usefixtures("shop")
def test_the_asking_may_be_wrong(
    capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert main(["notify", *arguments]) == 2
    assert said in capsys.readouterr().err


def test_a_template_that_is_not_there(
    shop: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    shop.commit({"backout.yaml": POLICY + OWN})
    assert main(["notify", "shop/1"]) == 2
    assert (
        "the template docs/notice.md is no file in main at" in capsys.readouterr().err
    )
