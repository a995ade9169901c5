"""`backout backup record`: a record that the gate then believes, or a sentence."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path

import pytest

from backout.actions.cli import main
from backout.core.evidence import decode
from support.repository import Repository

POLICY = """\
version: 1
migrations:
  v2:
    plan: plan.md
    phases:
      - {id: "1", paths: [one/]}
      - id: "7"
        paths: [data/]
        data: {engine: postgresql, database: shop, tables: [orders], proof: listed}
"""
STATED = [
    "--taken-at", "2026-11-18T04:10:00+02:00", "--database", "shop",
    "--table", "orders=12",
]  # fmt: skip
RECORD = ".backout/backups/v2-7-20261118T021000Z.json"


@pytest.fixture
def key(tmp_path: Path) -> Path:
    file = tmp_path / "key"
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(file)]
    subprocess.run(command, check=True)
    return file


@pytest.fixture(autouse=True)
def inside(repo: Repository, key: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repo.path)
    kind, public = key.with_suffix(".pub").read_text("utf-8").split()[:2]
    repo.commit(
        {
            "backout.yaml": POLICY,
            "plan.md": "# Plan\n",
            ".backout/allowed_signers": f"ops@example.org {kind} {public}\n",
        }
    )
    repo.write({"../dump.pgc": "a dump"})


def test_a_record_is_written_and_signed(
    repo: Repository, key: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        main(["backup", "record", "v2/7", "../dump.pgc", *STATED, "--key", str(key)])
        == 0
    )
    assert capsys.readouterr().out == (
        f"Wrote {RECORD} and {RECORD}.sig: 6 bytes, 12 rows.\n"
        f"Next: git add .backout/backups and commit it with the change.\n"
    )
    data = (repo.path / RECORD).read_bytes()
    backup = decode(data, RECORD)
    assert backup.sha256 == hashlib.sha256(b"a dump").hexdigest()
    assert backup.verification.method == "listed"
    assert json.loads(data)["taken_at"] == "2026-11-18T02:10:00Z"
    # The gate believes it: everything about it is right, but the day it is judged on.
    repo.git("checkout", "-q", "-b", "topic")
    repo.commit({"data/a.py": "1\n"})
    assert main(["gate", "--from", "main", "--only", "backup-tampered"]) == 0
    assert main(["gate", "--from", "main", "--only", "backup-unsigned"]) == 0
    assert main(["gate", "--from", "main", "--only", "backup-mismatch"]) == 0


def test_a_folder_has_a_digest_for_each_file(repo: Repository, key: Path) -> None:
    repo.write({"../dump/toc": "t", "../dump/1.dat": "d"})
    assert (
        main(["backup", "record", "v2/7", "../dump", *STATED, "--key", str(key)]) == 0
    )
    backup = decode((repo.path / RECORD).read_bytes(), RECORD)
    assert isinstance(backup.sha256, dict)
    assert set(backup.sha256) == {"toc", "1.dat"}
    assert backup.size == 2


@pytest.mark.parametrize(
    ("args", "said"),
    [
        pytest.param(["v2/1", "../dump.pgc", *STATED], "changes no data", id="no data"),
        pytest.param(["v2", "../dump.pgc", *STATED], "name one phase", id="no phase"),
        pytest.param(["v2/77", "../dump.pgc", *STATED], "no phase 77", id="misspelt"),
        pytest.param(
            ["v2/7", "no.dump", *STATED], "no.dump cannot be read", id="no file"
        ),
        pytest.param(
            ["v2/7", "../dump.pgc", *STATED], "no key to sign with", id="no key"
        ),
        pytest.param(
            ["v2/7", "../dump.pgc", *STATED, "--key", "nowhere"],
            "cannot sign with nowhere",
            id="a key that is not there",
        ),
    ],
)
def test_what_cannot_be_recorded(
    repo: Repository, args: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["backup", "record", *args]) == 2
    assert said in capsys.readouterr().err
    assert not list(repo.path.glob(".backout/backups/*"))
    assert not list(repo.path.glob(".backout/backups/.*"))


def test_a_record_is_never_written_over(
    key: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["backup", "record", "v2/7", "../dump.pgc", *STATED, "--key", str(key)]
    assert main(arguments) == 0
    assert main(arguments) == 2
    assert "never written over" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        pytest.param(
            "--taken-at", "2026-11-18T02:10", "no zone", id="a time of nowhere"
        ),
        pytest.param("--taken-at", "yesterday", "is no time", id="no time"),
        pytest.param("--table", "orders", "is not NAME=ROWS", id="no rows"),
        pytest.param("--table", "a=-1", "is not NAME=ROWS", id="fewer rows than none"),
    ],
)
def test_what_is_wrongly_stated(
    option: str, value: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["backup", "record", "v2/7", "../dump.pgc", *STATED, option, value])
    assert said in capsys.readouterr().err
