"""json: a program reads back what was written."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given

from backout.core import report as model
from backout.core.errors import UsageError
from backout.core.formats.json import read, schema
from backout.core.report import Report
from support.reports import REPORTS, TEST_USE, USE, report, written
from support.runner import commands
from support.schemas import complaints

COMMITTED = Path(__file__).parents[3] / "core" / "report.schema.json"


@given(REPORTS)
def test_a_report_comes_back(made: Report) -> None:
    assert read(written("json", made)) == made


@given(REPORTS)
def test_it_is_as_its_schema_says(made: Report) -> None:
    document = json.loads(written("json", made))
    assert complaints(schema(), document) == []


@given(REPORTS)
def test_it_is_unicode_and_no_command(made: Report) -> None:
    text = written("json", made)
    text.encode("utf-8")
    assert commands(text) == []


def test_the_committed_schema_is_current() -> None:
    assert json.loads(COMMITTED.read_text("utf-8")) == schema(), "run: make generated"


def test_the_command_that_writes_the_schema_writes_the_committed_one() -> None:
    made = subprocess.run(
        [sys.executable, "-I", "-m", "backout.core.formats.json"],
        stdout=subprocess.PIPE,
        check=True,
    ).stdout
    assert made == COMMITTED.read_bytes()


def test_what_a_program_finds_at_the_top() -> None:
    document = json.loads(written("json", report(USE, TEST_USE)))
    assert list(document)[:3] == ["version", "verdict", "judged"]
    assert document["version"] == model.SCHEMA_VERSION
    assert document["verdict"] == "found"
    first, second = document["findings"]
    assert {k: first[k] for k in list(first)[:12]} == {
        "rule": "forbidden-symbol",
        "severity": "error",
        "path": "src/services/container.py",
        "line": 126,
        "column": 16,
        "end_line": 126,
        "end_column": 38,
        "symbol": "services.v1.DefinitionOrchestrator",
        "migration": "v1-elimination",
        "phase": "1",
        "message": "V1 is gone since phase 1 of v1-elimination.",
        "help": "Use services.v2.DefinitionService.",
    }
    assert list(second) == list(first), "every field is always there"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("{}", id="an empty object"),
        pytest.param(
            written("json", report()).replace('"version": 1', '"version": 2'),
            id="another version",
        ),
        pytest.param('"\udcff"', id="no Unicode"),
    ],
)
def test_what_is_no_report_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="no report of version 1"):
        read(text)
