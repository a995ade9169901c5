"""Where a report goes: colours, links, and a file that is whole or not there."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from backout.actions.console import is_colored, show, style
from backout.core.errors import UsageError
from backout.core.formats import NAMES, Style
from support.program import backout
from support.reports import USE, report
from support.repository import Repository


class Terminal(io.StringIO):
    """A stream that says it is a terminal, and does not know how wide."""

    def isatty(self) -> bool:
        return True

    def fileno(self) -> int:
        raise OSError


@pytest.mark.parametrize(
    ("stream", "environment", "colored"),
    [
        pytest.param(Terminal(), {"TERM": "xterm"}, True, id="a terminal"),
        pytest.param(io.StringIO(), {"TERM": "xterm"}, False, id="a pipe"),
        pytest.param(Terminal(), {"TERM": "dumb"}, False, id="a dumb terminal"),
        pytest.param(Terminal(), {"TERM": "x", "NO_COLOR": "1"}, False, id="NO_COLOR"),
        pytest.param(Terminal(), {"TERM": "x", "NO_COLOR": ""}, True, id="empty NO_COLOR"),
        pytest.param(io.StringIO(), {"FORCE_COLOR": "1"}, True, id="FORCE_COLOR"),
        pytest.param(io.StringIO(), {"FORCE_COLOR": "0"}, False, id="FORCE_COLOR=0"),
        pytest.param(
            Terminal(), {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False, id="NO_COLOR wins"
        ),
    ],
)  # fmt: skip
def test_colour(
    stream: io.StringIO, environment: dict[str, str], colored: bool
) -> None:
    assert is_colored(stream, environment) is colored


def test_links_are_for_terminals_alone() -> None:
    assert style(Terminal(), {"TERM": "x"}, "/w").links == "/w"
    assert style(Terminal(), {"TERM": "dumb"}, "/w").links == ""
    assert style(io.StringIO(), {"FORCE_COLOR": "1"}, "/w") == Style(color=True)


def test_a_file_is_written_whole_and_keeps_its_mode(tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    show(report(USE), "json", output=str(file))
    assert json.loads(file.read_text("utf-8"))["verdict"] == "found"
    assert file.stat().st_mode & 0o444 == 0o444
    file.chmod(0o640)
    show(report(), "json", output=str(file))
    assert json.loads(file.read_text("utf-8"))["verdict"] == "clean"
    assert file.stat().st_mode & 0o777 == 0o640
    assert [entry.name for entry in tmp_path.iterdir()] == ["report.json"]


def test_a_file_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for name in ("no/such", "folder"):
        with pytest.raises(UsageError, match=f"--output .*{name}: "):
            show(report(), output=str(tmp_path / name))
    assert [entry.name for entry in tmp_path.iterdir()] == ["folder"]


POLICY = """\
version: 1
migrations:
  storage-v2:
    keep:
      - {paths: [legacy.py]}
"""


@pytest.mark.parametrize("format", NAMES)
def test_the_exit_code_does_not_depend_on_the_format(
    repo: Repository, format: str
) -> None:
    repo.commit({"backout.yaml": "version: 1\n"})
    clean = backout("gate", "--format", format, folder=repo.path)
    assert (clean.code, clean.err) == (0, "")
    repo.commit({"backout.yaml": POLICY, "legacy.py": "1\n"})
    repo.stage({"legacy.py": None})
    found = backout("gate", "--format", format, folder=repo.path)
    assert (found.code, found.err) == (1, "")
    assert "legacy-removed" in found.out
    file = repo.path / "report"
    filed = backout("gate", "--format", format, "--output", "report", folder=repo.path)
    assert filed == (1, "", "")
    assert "legacy-removed" in file.read_text("utf-8")
