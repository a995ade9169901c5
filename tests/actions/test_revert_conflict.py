"""A blocked rollback: where, by whom, and what each way out costs and does."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

import pytest

from backout.actions.cli import main
from support.repository import Repository

TEXT = "".join(f"{n}\n" for n in range(1, 21))


def edited(**lines: str) -> str:
    """The text with some lines exchanged: `edited(_4="four")`; "" takes one out."""
    rows = TEXT.splitlines()
    for number, word in lines.items():
        rows[int(number[1:]) - 1] = word
    return "".join(f"{row}\n" for row in rows if row)


@pytest.fixture
def blocked(repo: Repository, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """#11 changed lines 4 and 5 and another file; #12 changed line 5 again."""
    repo.commit({"a.txt": TEXT, "b.txt": "b\n"}, "Begin")
    repo.git("tag", "start")
    repo.commit(
        {"a.txt": edited(_4="four", _5="five"), "b.txt": "new\n"}, "Land it (#11)"
    )
    repo.commit({"c.txt": "c\n"}, "Else (#13)")
    repo.commit({"a.txt": edited(_4="four", _5="FIVE")}, "Tune (#12)")
    monkeypatch.chdir(repo.path)
    return repo


def planned(capsys: pytest.CaptureFixture[str], *args: str) -> dict[str, Any]:
    """The plan of a dry run, from its JSON."""
    main(["revert", *args, "--dry-run", "--format", "json"])
    plan: dict[str, Any] = json.loads(capsys.readouterr().out)
    return plan


def test_the_blocker_is_named_and_each_way_out_priced(
    blocked: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    tip, start = blocked.git("rev-parse", "HEAD", "start").split()
    assert main(["revert", "#11", "--dry-run"]) == 1
    text = capsys.readouterr().out
    text = re.sub(r"Computed in .* s;", "Computed in 0.1 s;", text)
    old = re.sub(r", [^,]* ago", ", a day ago", text).split("\n\n", 1)[1]
    assert (
        old
        == f"""\
Conflict in 1 of 2 files:
  a.txt:4-5
    now   | four
          | FIVE
    to be | 4
          | 5
    blocked by {tip[:9]} #12 Tune, Ada, a day ago: same lines
The rest is clean: 1 file changes back.
Computed in 0.1 s; your working tree was not touched.

Ways out, each by adding it to the command:
  --with {tip[:12]}  also undoes #12 (2 lines); then clean
  --restore a.txt      takes it from {start[:9]}, which loses #12 there; then clean
  --leave a.txt        keeps it as now; then clean
  --draft              goes on as a draft, with each file in conflict as it is now
"""
    )


@pytest.mark.parametrize("name", ["we[i]rd.txt", "st*r.txt", "{a,b}.txt", "!not.txt"])
def test_a_way_out_can_be_typed_as_it_is_printed(
    repo: Repository,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
) -> None:
    repo.commit({name: TEXT, "d/a[.txt": TEXT, "weird.txt": TEXT}, "Begin")
    landed: dict[str, str | bytes | None] = dict.fromkeys(
        (name, "d/a[.txt", "weird.txt"), edited(_4="four")
    )
    repo.commit(landed, "Land it (#11)")
    blocked: dict[str, str | bytes | None] = dict.fromkeys(
        (name, "d/a[.txt"), edited(_4="FOUR")
    )
    repo.commit(blocked, "Tune (#12)")
    monkeypatch.chdir(repo.path)
    (restore, leave) = planned(capsys, "#11")["ways_out"][-2:]
    for way in (restore, leave):
        flags = [part for value in way["values"] for part in (way["option"], value)]
        plan = planned(capsys, "#11", *flags)
        assert plan["verdict"] == "clean"
        assert way["conflicts"] == 0
        changed = {file["path"] for file in plan["changed"]}
        assert "weird.txt" in changed
        assert (name in changed) == (way is restore)


def test_a_way_out_says_what_would_still_break(
    repo: Repository,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    repo.commit(
        {"a.py": "import old\n\nold.run()\n", "old.py": "run = print\n"}, "Begin"
    )
    repo.commit(
        {"a.py": "import new\n\nnew.run()\n", "new.py": "run = print\n"},
        "Land it (#11)",
    )
    repo.commit({"a.py": "import new\n\nnew.run(1)\n"}, "Tune (#12)")
    repo.commit({"night.py": "import new\n"}, "Report at night (#13)")
    monkeypatch.chdir(repo.path)
    ways = {way["option"]: way for way in planned(capsys, "#11")["ways_out"]}
    errors = {option: way["errors"] for option, way in ways.items()}
    assert errors == {"--with": 1, "--restore": 1, "--leave": 2}
    ways = {
        way["option"]: way
        for way in planned(capsys, "#11", "--with", "#12")["ways_out"]
    }
    assert ways["--with"]["also"][0]["pull"] == 13
    assert ways["--with"]["errors"] == 0
    assert (ways["--restore"]["deletes"], ways["--restore"]["errors"]) == (1, 0)
    assert main(["revert", "#11", "--with", "#12", "--dry-run"]) == 1
    assert "--restore night.py   deletes it: not there at" in capsys.readouterr().out


def test_programs_are_told_the_same(
    blocked: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = planned(capsys, "#11")
    assert plan["verdict"] == "conflict"
    (conflict,) = plan["conflicts"]
    assert (conflict["path"], conflict["kind"]) == ("a.txt", "contents")
    assert conflict["lines"] == [
        {"first": 4, "last": 5, "ours": ["four", "FIVE"], "theirs": ["4", "5"]}
    ]
    assert [b["sha"] for b in conflict["blockers"]] == [blocked.git("rev-parse", "@")]


@pytest.mark.parametrize(
    ("flags", "text", "lost"),
    [
        pytest.param(["--with", "HEAD"], TEXT, [], id="the blocker goes too"),
        pytest.param(["--restore", "a.txt"], TEXT, [12], id="the file is restored"),
        pytest.param(
            ["--leave", "a.txt"], edited(_4="four", _5="FIVE"), [], id="the file stays"
        ),
        pytest.param(
            ["--paths", "b.txt"],
            edited(_4="four", _5="FIVE"),
            [],
            id="other paths only",
        ),
    ],
)
def test_a_way_out_is_taken_where_its_flag_is_given(
    blocked: Repository,
    capsys: pytest.CaptureFixture[str],
    flags: Sequence[str],
    text: str,
    lost: list[int],
) -> None:
    plan = planned(capsys, "#11", *flags)
    assert plan["verdict"] == "clean"
    assert [loss["commit"]["pull"] for loss in plan["collateral"]] == lost
    assert main(["revert", "#11", *flags, "--reason", "x", "--branch", "back"]) == 0
    assert blocked.git("show", "back:a.txt") + "\n" == text
    assert blocked.git("show", "back:b.txt") == "b"
    subjects = blocked.git("log", "--format=%s", "main..back")
    assert ("Restore files from " in subjects) == ("--restore" in flags)


def test_a_conflict_makes_no_branch_but_a_draft(
    blocked: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["revert", "#11", "--reason", "x", "--branch", "back"]
    assert main(arguments) == 1
    assert blocked.git("branch", "--list", "back") == ""
    assert main([*arguments, "--draft"]) == 1
    assert blocked.git("show", "back:a.txt") + "\n" == edited(_4="four", _5="FIVE")
    assert blocked.git("show", "back:b.txt") == "b"
    (name,) = blocked.git("ls-tree", "-r", "--name-only", "back", ".backout/").split()
    record = json.loads(blocked.git("show", f"back:{name}"))
    assert record["draft"] is True
    assert record["conflicts"][0]["lines"][0]["theirs"] == ["4", "5"]


def test_neighbouring_lines_can_both_be_kept(
    repo: Repository,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    repo.commit({"a.txt": TEXT}, "Begin")
    repo.commit({"a.txt": edited(_4="four")}, "Land it (#11)")
    repo.commit({"a.txt": edited(_4="four", _5="five")}, "Tune (#12)")
    monkeypatch.chdir(repo.path)
    plan = planned(capsys, "#11")
    assert [way["option"] for way in plan["ways_out"]][1] == "--adjacent"
    plan = planned(capsys, "#11", "--adjacent")
    assert (plan["verdict"], plan["settled"]) == ("clean", ["a.txt"])
    assert main(["revert", "#11", "--adjacent", "--reason", "x"]) == 2
    arguments = ["revert", "#11", "--adjacent", "--reason", "x", "--branch", "back"]
    assert main([*arguments, "--draft"]) == 0
    assert blocked_text(repo) == edited(_5="five")


def blocked_text(repo: Repository) -> str:
    return repo.git("show", "back:a.txt") + "\n"


@pytest.mark.parametrize(
    ("landed", "later", "kind", "line"),
    [
        pytest.param(
            {"n.txt": TEXT}, {"n.txt": edited(_9="nine")}, "modify/delete", 0,
            id="a new file was changed since",
        ),
        pytest.param(
            {"a.txt": edited(_9="nine")}, {"a.txt": None}, "modify/delete", 0,
            id="the file is gone since",
        ),
        pytest.param(
            {"a.txt": None}, {"a.txt": "other\n"}, "add/add", 1,
            id="the file was written anew",
        ),
        pytest.param(
            {"a.bin": b"\0one"}, {"a.bin": b"\0two"}, "binary", 0,
            id="a binary file",
        ),
        pytest.param(
            {"a.txt": edited(_9="nine")}, {"a.txt": edited(_9="")}, "contents", 9,
            id="the line was taken out, so nobody can be blamed for it",
        ),
        pytest.param(
            {"a.txt": edited(_9="nine", _2="two")},
            {"a.txt": "".join(f"x{n}\n" for n in range(50)) + edited(_9="NEUN", _2="two")},
            "contents", 59,
            id="fifty lines came before it",
        ),
    ],
)  # fmt: skip
def test_every_kind_of_conflict_has_a_blocker(
    repo: Repository,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    landed: dict[str, str | bytes | None],
    later: dict[str, str | bytes | None],
    kind: str,
    line: int,
) -> None:
    repo.commit({"a.txt": TEXT, "a.bin": b"\0zero", "z": "z\n"}, "Begin")
    repo.commit(landed, "Land it (#11)")
    repo.commit({"z": "y\n"}, "Innocent (#14)")
    blocker = repo.commit(later, "Block it (#12)")
    repo.commit({"z": "x\n"}, "Innocent too (#13)")
    monkeypatch.chdir(repo.path)
    plan = planned(capsys, "#11")
    (conflict,) = plan["conflicts"]
    assert (conflict["path"] in {**landed}, conflict["kind"]) == (True, kind)
    assert [b["sha"] for b in conflict["blockers"]] == [blocker]
    assert [lines["first"] for lines in conflict["lines"]] == [line] * bool(line)
    way = plan["ways_out"][0]
    assert (way["option"], way["conflicts"]) == ("--with", 0)


def test_a_way_out_that_loses_very_much_is_not_looked_at(
    blocked: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(12):
        blocked.commit({"a.txt": edited(_4="four", _5="FIVE", _20=f"{number}")}, "More")
    (restore,) = [
        way
        for way in planned(capsys, "#11")["ways_out"]
        if way["option"] == "--restore"
    ]
    assert (len(restore["also"]), restore["errors"]) == (13, -1)
    main(["revert", "#11", "--dry-run"])
    said = capsys.readouterr().out
    assert "there; then no conflict; what would break was not looked at" in said


def test_who_moved_the_folder_blocks_what_comes_back_to_it(
    repo: Repository,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    texts = {name: f"{name}\n{TEXT}" for name in ("a", "b", "c")}
    repo.commit({f"old/{name}": text for name, text in texts.items()}, "Begin")
    repo.commit({"old/a": None}, "Land it (#11)")
    moved: dict[str, str | bytes | None] = {f"new/{n}": texts[n] for n in ("b", "c")}
    repo.commit({"old/b": None, "old/c": None, **moved}, "Move it (#12)")
    repo.commit({"new/b": "b\n"}, "Innocent (#13)")
    monkeypatch.chdir(repo.path)
    (conflict,) = planned(capsys, "#11")["conflicts"]
    assert conflict["path"] == "new/a"
    assert [blocker["pull"] for blocker in conflict["blockers"]] == [12]


def test_a_blocker_from_a_merged_branch_has_the_merges_number(
    repo: Repository,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    repo.commit({"a.txt": TEXT}, "Begin")
    repo.commit({"a.txt": edited(_4="four")}, "Land it (#11)")
    repo.git("switch", "-q", "-c", "side")
    repo.commit({"a.txt": edited(_4="FOUR")}, "Tune")
    repo.git("switch", "-q", "main")
    repo.git("merge", "-q", "--no-ff", "-m", "Merge pull request #31 from x/y", "side")
    monkeypatch.chdir(repo.path)
    ((blocker,),) = [c["blockers"] for c in planned(capsys, "#11")["conflicts"]]
    assert (blocker["subject"], blocker["pull"]) == ("Tune", 31)


def test_later_phases_hold_it_back_until_they_are_named(
    repo: Repository,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    policy = (
        "version: 1\nmigrations:\n  m:\n    baseline: start\n    phases:\n"
        '      - {id: "1", title: One}\n      - {id: "2", title: Two, after: ["1"]}\n'
    )
    repo.commit({"backout.yaml": policy}, "Begin")
    repo.git("tag", "start")
    repo.commit({"one": "1\n"}, "One\n\nBackout-Phase: m/1")
    repo.commit({"two": "2\n"}, "Two (#22)\n\nBackout-Phase: m/2")
    monkeypatch.chdir(repo.path)
    assert main(["revert", "m/1", "--dry-run"]) == 2
    said = capsys.readouterr().out
    assert "Refused: phase 2 stands on this one and has landed (#22). " in said
    assert "add m/2" in said
    assert main(["revert", "m/1", "m/2", "--dry-run"]) == 0
    assert main(["revert", "m/1", "--with", "#22", "--dry-run"]) == 0


def test_restoring_deletes_what_is_newer_and_lists_what_it_loses(
    repo: Repository,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    policy = (
        "version: 1\nmigrations:\n  m:\n    baseline: start\n    phases:\n"
        '      - {id: "1", title: One, paths: [core/], rollback: restore}\n'
    )
    repo.commit({"backout.yaml": policy, "core/a": "1\n"}, "Begin")
    repo.git("tag", "start")
    repo.commit({"core/a": "2\n", "core/b": "2\n"}, "One (#11)\n\nBackout-Phase: m/1")
    repo.commit({"core/c": "c\n", "core/a": "2\nx\n", "d": "d\n"}, "Later (#12)")
    monkeypatch.chdir(repo.path)
    plan = planned(capsys, "m/1")
    assert [file["path"] for file in plan["deleted"]] == ["core/b", "core/c"]
    (loss,) = plan["collateral"]
    assert loss["commit"]["pull"] == 12
    assert loss["files"] == {"core/a": 1, "core/c": 1}
    assert main(["revert", "m/1", "--reason", "x", "--branch", "back"]) == 0
    assert repo.git("diff", "--name-only", "start", "back", "--", "core", "d") == "d"
