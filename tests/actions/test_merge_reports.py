"""Parts of a run, merged: the report of one run, byte for byte, in every format."""

from __future__ import annotations

from pathlib import Path

import pytest

from backout.actions.cli import main
from backout.core import formats
from support.repository import Repository

POLICY = """\
version: 1
source-roots: [src]
inline-waivers: true
waivers:
  - {rule: flag-unread, until: 2999-01-01, owner: "@ada", reason: later, path: nothing/}
  - {rule: forbidden-symbol, until: 2999-01-01, owner: "@ada", reason: x, path: src/b3.py}
migrations:
  v2:
    plan: plan.md
    flags: [{env: USE_NEW, legacy: "0", new: "1"}]
    keep: [{paths: [src/old.py]}]
    forbid:
      - {symbol: old.Thing}
      - {symbol: old.other, mode: ratchet}
    phases: [{id: "1", paths: [src/]}]
"""
USE = "from old import Thing, other\n"


@pytest.fixture
def tree(repo: Repository, monkeypatch: pytest.MonkeyPatch) -> Repository:
    monkeypatch.chdir(repo.path)
    files: dict[str, str | bytes | None] = {
        "backout.yaml": POLICY,
        "src/old.py": "class Thing: ...\nother = 1\n",
        "plan.md": "",
    }
    repo.commit(files)
    repo.git("checkout", "-q", "-b", "topic")
    files = {f"src/b{i}.py": f"{USE}Thing()\n" for i in range(12)}
    files["src/c.py"] = (
        "from old import Thing  # backout: allow[forbidden-symbol] until 2999-01-01: x\n"
        "y = 1  # backout: allow[forbidden-symbol] until 2999-01-01: nobody needs it\n"
    )
    files["src/broken.py"] = f"{USE}def f(:\n"
    files["src/old.py"] = None
    repo.commit(files)
    return repo


def report(capsys: pytest.CaptureFixture[str], *args: str) -> tuple[int, str]:
    code = main([*args])
    return code, capsys.readouterr().out


@pytest.mark.parametrize("what", [("--from", "main"), ("--tree", "HEAD")], ids="/".join)
@pytest.mark.parametrize("name", formats.NAMES)
def test_sixteen_parts_are_one_run(
    tree: Repository,
    what: tuple[str, ...],
    name: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    parts: list[str] = []
    for number in range(1, 17):
        parts.append(f"{number}.json")
        shard = ["--shard", f"{number}/16", "--format", "json", "--output", parts[-1]]
        assert main(["gate", *what, *shard]) in (0, 1)
    assert main(["gate", *what, "--format", "json", "--output", "one.json"]) == 1
    assert Path("one.json").read_text("utf-8").count('"forbidden-symbol"') > 12
    capsys.readouterr()
    merged = report(capsys, "merge-reports", *reversed(parts), "--format", name)
    assert merged == report(capsys, "merge-reports", "one.json", "--format", name)
    assert merged[0] == 1


@pytest.mark.parametrize("shard", ["0/2", "3/2", "1", "a/b", "1/0"])
def test_a_part_that_is_none(
    tree: Repository, shard: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["gate", "--shard", shard])
    assert shard in capsys.readouterr().err


def test_what_is_no_report(
    tree: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    tree.write({"a.json": "{}"})
    assert main(["merge-reports", "a.json"]) == 2
    assert "a.json" in capsys.readouterr().err
    assert main(["merge-reports", "no.json"]) == 2
