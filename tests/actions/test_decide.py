"""`backout decide`: what it answers to numbers, to words, and on a terminal."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from backout.actions.cli import main
from backout.core.policy_file import read_policy
from support.repository import Repository

EVERYTHING = (Path(__file__).parents[2] / "examples/everything.yaml").read_text("utf-8")

# No trigger names a number or a sight: the matrix alone decides.
MATRIX = """\
version: 1
severities:
  P0: {action: revert, within: 5m}
  P3: {action: fix-forward}
migrations:
  shop:
    flags: [{env: NEW_SHOP, legacy: "0", new: "1", until-phase: "1"}]
    phases:
      - {id: "1", title: The till}
      - {id: "2", title: The books}
      - {id: "3", rollback: none, because: Nothing reads it.}
"""


@pytest.fixture
def everything(repo: Repository, monkeypatch: pytest.MonkeyPatch) -> Repository:
    repo.commit({"backout.yaml": EVERYTHING})
    monkeypatch.chdir(repo.path)
    return repo


@pytest.fixture
def matrix(repo: Repository, monkeypatch: pytest.MonkeyPatch) -> Repository:
    repo.commit({"backout.yaml": MATRIX})
    monkeypatch.chdir(repo.path)
    return repo


class Terminal(io.StringIO):
    """A person who types these lines."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("numbers", "code", "verdict", "severity", "level"),
    [
        pytest.param(
            {"stats_deviation": 0.01, "error_rate": 0.01},
            0,
            "no-rollback",
            "",
            "",
            id="nothing fires",
        ),
        pytest.param(
            {"stats_deviation": 0.10, "error_rate": 0.05, "other": 9},
            1,
            "roll-back",
            "P2",
            "flag",
            id="at the number itself it does not fire, and other metrics do not matter",
        ),
        pytest.param(
            {"stats_deviation": 0.01, "error_rate": -1},
            0,
            "fix-forward",
            "P3",
            "",
            id="below a number, and the matrix says fix forward",
        ),
        pytest.param(
            {"stats_deviation": 0.05, "error_rate": 0.01},
            1,
            "roll-back",
            "P2",
            "flag",
            id="the lesser of two limits",
        ),
        pytest.param(
            {"stats_deviation": 0.11, "error_rate": 0.5},
            1,
            "roll-back",
            "P0",
            "flag",
            id="the worst counts",
        ),
        pytest.param(
            {"error_rate": 0.5},
            1,
            "roll-back",
            "P1",
            "flag",
            id="one number is enough to roll back",
        ),
        pytest.param(
            {"error_rate": 0.01}, 2, "undecided", "", "", id="a number is missing"
        ),
    ],
)
@pytest.mark.usefixtures("everything")
@pytest.mark.parametrize("form", ["json", "yaml"])
def test_numbers(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    form: str,
    numbers: dict[str, float],
    code: int,
    verdict: str,
    severity: str,
    level: str,
) -> None:
    file = tmp_path / f"now.{form}"
    file.write_text(json.dumps(numbers))
    phase = "storage-v2/7"
    asked = ["decide", phase, "--metrics", str(file), "--format", "json"]
    assert main(asked) == code
    said = json.loads(capsys.readouterr().out)
    assert (said["verdict"], said["severity"]) == (verdict, severity)
    assert [way["level"] for way in said["ways"]][:1] == ([level] if level else [])


@pytest.mark.parametrize(
    ("answers", "code", "verdict"),
    [
        pytest.param(["severity=P3"], 0, "fix-forward", id="the matrix alone"),
        pytest.param(["severity=P1"], 1, "roll-back", id="the matrix says roll back"),
        pytest.param(["lost=yes"], 1, "roll-back", id="the migration's own tree"),
        pytest.param(["LOST=1"], 1, "roll-back", id="by the number of the answer"),
        pytest.param(
            ["Data corruption is suspected=y"], 1, "roll-back", id="what is seen"
        ),
        pytest.param(
            ["Data corruption is suspected=no"], 2, "undecided", id="too few answers"
        ),
    ],
)
@pytest.mark.usefixtures("everything")
def test_answers(
    capsys: pytest.CaptureFixture[str], answers: list[str], code: int, verdict: str
) -> None:
    flags = [part for answer in answers for part in ("--answer", answer)]
    assert main(["decide", "storage-v2/7", *flags, "--format", "json"]) == code
    assert json.loads(capsys.readouterr().out)["verdict"] == verdict


@pytest.mark.usefixtures("everything")
def test_the_text_names_the_way_the_people_and_the_next_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "now.json").write_text('{"stats_deviation": 0.12}')
    asked = ["decide", "storage-v2/7", "--metrics", str(tmp_path / "now.json")]
    assert main(asked) == 1
    first, *rest = capsys.readouterr().out.splitlines()
    assert first.startswith("Roll back: storage-v2/7 Storage layer, P0, by ")
    assert first.endswith(" UTC (within 5m)")
    why = "stats_deviation is 0.12, above 0.1"
    revert = f"    backout revert storage-v2/7 --severity P0 --reason '{why}'"
    assert rest[:12] == [
        f"  because {why} (P0)",
        "  its failure looks like this: Rows are not stored; Rows are stored twice",
        "  not asked or not known: Duplicates in opportunities_unified",
        "Fastest that is enough: flag, at once, after a restart",
        "  when: Production is down, or data is being damaged.",
        "  for it: No deployment; Easy to verify",
        "  against it: Touches every user",
        "  Set the variable",
        "    export USE_ORCHESTRATOR=0",
        "  Restart the workers",
        "    systemctl restart shop-workers",
        "If that does not help: code",
    ]
    assert revert in rest
    assert "Approval: nobody needs to agree first" in rest
    told = "stakeholders (stakeholders@acme.example): backout notify storage-v2/7"
    assert f"Tell: {told}" in rest
    assert "  [ ] The impact is assessed" in rest


@pytest.mark.parametrize(
    ("typed", "code", "asked"),
    [
        pytest.param("yes\n", 1, 1, id="the worst is seen, and nobody asks on"),
        pytest.param("no\n0.3\n", 1, 2, id="a number fires"),
        pytest.param("no\n30 %\n", 1, 2, id="a number in percent"),
        pytest.param("no\n0\nno\n0\nno\n", 1, 5, id="the tree decides"),
        pytest.param("maybe\nyes\n", 1, 1, id="a slip is asked again"),
        pytest.param("", 2, 5, id="nobody answers"),
    ],
)
@pytest.mark.usefixtures("everything")
def test_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    typed: str,
    code: int,
    asked: int,
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(typed))
    assert main(["decide", "storage-v2/7", "--format", "json"]) == code
    said = capsys.readouterr()
    json.loads(said.out)
    questions = [line for line in said.err.splitlines() if "?" in line]
    assert len(questions) == asked


def test_a_matrix_alone_is_asked_for(
    matrix: Repository,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal("P0\n"))
    assert main(["decide", "shop/1"]) == 1
    said = capsys.readouterr()
    assert "How bad is it? (P0: revert within 5m, P3: fix-forward)" in said.err
    assert "    export NEW_SHOP=0\n" in said.out


@pytest.mark.parametrize(
    ("phase", "levels"),
    [
        pytest.param("shop", ["flag", "code"], id="a whole migration"),
        pytest.param("shop/1", ["flag", "code"], id="the flag still is there"),
        pytest.param("shop/2", ["code"], id="the flag went with an earlier phase"),
        pytest.param("shop/3", [], id="nothing needs to go back"),
    ],
)
@pytest.mark.usefixtures("matrix")
def test_only_levels_that_there_are(
    capsys: pytest.CaptureFixture[str], phase: str, levels: list[str]
) -> None:
    main(["decide", phase, "--answer", "severity=P0", "--format", "json"])
    said = json.loads(capsys.readouterr().out)
    assert [way["level"] for way in said["ways"]] == levels


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param([], "nobody is here to ask", id="no terminal"),
        pytest.param(
            ["storage-v2/77"], 'Did you mean 7 "Storage layer"?', id="a phase too many"
        ),
        pytest.param(
            ["--answer", "sevrity=P0"], "Did you mean severity?", id="a key with a slip"
        ),
        pytest.param(
            ["--answer", "severity=P9"], "'P9' is not one of P0, P1", id="no such row"
        ),
        pytest.param(["--answer", "severity"], "write KEY=VALUE", id="no value"),
        pytest.param(
            ["--answer", "error_rate=bad"], "'bad' is not a number", id="no number"
        ),
        pytest.param(["--metrics", "none.json"], "No such file", id="no file"),
        pytest.param(
            ["--metrics", "bad.json"], "one number for each", id="not numbers"
        ),
        pytest.param(["--metrics", "bad.yaml"], "one number for each", id="no YAML"),
        pytest.param(["--metrics", "nan.yaml"], "error_rate is nan", id="not a number"),
        pytest.param(
            ["--metrics", "else.json"], "holds no metric of a trigger", id="all others"
        ),
    ],
)
def test_the_asking_may_be_wrong(
    everything: Repository,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    said: str,
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    everything.write(
        {
            "bad.json": '{"error_rate": "many"}',
            "bad.yaml": "a: [",
            "nan.yaml": "error_rate: .nan",
            "else.json": '{"memory": 3}',
        }
    )
    assert main(["decide", *arguments]) == 2
    assert said in capsys.readouterr().err


def test_a_policy_with_nothing_to_decide_by_decides_nothing(
    repo: Repository,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    repo.commit({"backout.yaml": "version: 1\nmigrations: {shop: {}}\n"})
    monkeypatch.chdir(repo.path)
    monkeypatch.setattr("sys.stdin", Terminal("yes\n"))
    assert main(["decide", "shop"]) == 2
    assert "the policy names nothing to decide by" in capsys.readouterr().err


def test_a_trigger_of_the_policy_is_printed_harmlessly(
    repo: Repository,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = 'triggers: [{when: "::error::\\u001b[31mred", severity: P0}]\n'
    repo.commit({"backout.yaml": MATRIX + text})
    assert read_policy((MATRIX + text).encode(), "backout.yaml").triggers
    monkeypatch.chdir(repo.path)
    key = "::error::\x1b[31mred"
    assert main(["decide", "shop/1", "--answer", f"{key}=yes"]) == 1
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert not any(line.lstrip().startswith("::") for line in out.splitlines())
