"""The gate as people ask for it: what is judged, under whose policy, how it ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from backout.actions.cli import main
from support.repository import Repository, clean_environment

POLICY = "version: 1\n"


@pytest.fixture(autouse=True)
def inside(repo: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repo.path)


def test_nothing_staged_is_clean(repo: Repository) -> None:
    repo.commit({"backout.yaml": POLICY, "a.py": "1\n"})
    assert main(["gate"]) == 0


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        pytest.param([], "no findings in 0 staged files (", id="nothing is staged"),
        pytest.param(["--all"], "no findings in 2 tracked or new files (", id="all"),
    ],
)
def test_who_asks_is_told_what_was_looked_at(
    repo: Repository, capsys: pytest.CaptureFixture[str], asked: list[str], said: str
) -> None:
    repo.commit({"backout.yaml": POLICY, "a.py": "1\n"})
    assert main(["gate", *asked]) == 0
    assert capsys.readouterr().out.startswith(said)


@pytest.mark.skipif(sys.platform == "win32", reason="no groups of processes there")
@pytest.mark.parametrize(
    "symbol",
    [
        pytest.param("a.Unknown", id="of nobody who had work"),
        pytest.param("a.Old", id="of those who had"),
    ],
)
def test_no_process_outlives_a_run_for_long(repo: Repository, symbol: str) -> None:
    policy = f"version: 1\nmigrations:\n  m:\n    forbid:\n      - symbol: {symbol}\n"
    repo.commit(
        {
            "backout.yaml": policy,
            "a.py": "class Old: ...\n",
            "b.py": "from a import Old\n",
        }
    )
    run = subprocess.Popen(
        [sys.executable, "-I", "-m", "backout.actions", "gate", "--all"],
        cwd=repo.path,
        stdout=subprocess.DEVNULL,
        env=clean_environment(),
        start_new_session=True,
    )
    assert run.wait() == (symbol == "a.Old")
    end = time.monotonic() + 30
    while _is_any_left(run.pid):
        assert time.monotonic() < end
        time.sleep(0.01)


def _is_any_left(group: int) -> bool:
    """Whether a process of a group lives, one that nobody has asked about aside."""
    listed = subprocess.run(
        ["ps", "-A", "-o", "pgid=,stat="], capture_output=True, check=True
    )
    rows = (row.split() for row in listed.stdout.decode().splitlines())
    return any(int(pgid) == group and stat[0] != "Z" for pgid, stat in rows)


@pytest.mark.parametrize(
    ("first", "then"),
    [
        pytest.param(["gate", "--all"], ["gate", "--all"], id="after a run"),
        pytest.param(
            ["gate", "--all", "--shard", "x"], ["gate", "--all"], id="after a wrong one"
        ),
        pytest.param(
            ["gate", "--all"], ["-C", "{other}", "gate", "--all"], id="in a folder"
        ),
    ],
)
def test_all_is_of_where_it_is_asked(
    repo: Repository,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    first: list[str],
    then: list[str],
) -> None:
    repo.commit({"backout.yaml": POLICY, "a.py": "1\n"})
    other = Repository(tmp_path / "other")
    other.commit({"backout.yaml": POLICY, "a.py": "1\n", "b.py": "1\n"})
    with suppress(SystemExit):
        main(first)
    capsys.readouterr()
    if "-C" not in then:
        monkeypatch.chdir(other.path)
    assert main([part.format(other=other.path) for part in then]) == 0
    assert capsys.readouterr().out.startswith("no findings in 3 tracked or new files")


def test_without_a_policy_it_says_how_to_write_one(
    repo: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repo.commit({"a.py": "1\n"})
    assert main(["gate"]) == 2
    assert capsys.readouterr().err == (
        "backout: there is no backout.yaml in the index. `backout init` writes one to "
        "start from; then git add it\n"
    )


def test_a_commit_in_the_making_is_judged_by_the_policy_staged_with_it(
    repo: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repo.commit({"backout.yaml": "version: 9\n", "a.py": "1\n"})
    repo.stage({"backout.yaml": POLICY})
    assert main(["gate"]) == 0, capsys.readouterr().err


FORBIDS = """\
version: 1
migrations:
  m: {title: Old, status: closed, forbid: [{module: old}]}
"""


def _holding(content: bytes) -> Callable[[Path], object]:
    def write(place: Path) -> None:
        place.write_bytes(content)

    return write


def _none(place: Path) -> None:
    place.unlink()


def _folder(place: Path) -> None:
    place.unlink()
    place.mkdir()


def _pipe(place: Path) -> None:
    place.unlink()
    os.mkfifo(place)


def _link(place: Path) -> None:
    place.unlink()
    place.symlink_to("elsewhere")


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(_holding(b"version: 1\n"), id="another one"),
        pytest.param(_holding(b"version: 9\n"), id="a wrong one"),
        pytest.param(_holding(b"\xff\0"), id="no text"),
        pytest.param(_none, id="nothing"),
        pytest.param(_folder, id="a folder"),
        pytest.param(_link, id="a link"),
        pytest.param(
            _pipe,
            id="a pipe that nobody writes to",
            marks=pytest.mark.skipif(os.name == "nt", reason="there are none"),
        ),
    ],
)
def test_what_lies_in_place_of_the_staged_policy_decides_nothing(
    repo: Repository, change: Callable[[Path], object]
) -> None:
    repo.commit({"backout.yaml": FORBIDS})
    repo.stage({"a.py": "import old\n"})
    change(repo.path / "backout.yaml")
    assert main(["gate"]) == 1


@pytest.mark.parametrize(
    ("only", "is_needed"),
    [
        pytest.param("plan-missing", False, id="another check"),
        pytest.param("forbidden-symbol", True, id="this check"),
    ],
)
def test_the_search_for_symbols_is_imported_for_its_check(
    repo: Repository, only: str, is_needed: bool
) -> None:
    repo.commit({"backout.yaml": FORBIDS, "a.py": "1\n"})
    script = (
        "import sys; from backout.actions.cli import main; main(sys.argv[1:]); "
        "print('backout.checks.symbols.engine' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", script, "gate", "--only", only],
        cwd=repo.path,
        env=clean_environment(),
        capture_output=True,
        check=True,
    )
    assert done.stdout.decode().splitlines()[-1] == str(is_needed)


def _found(capsys: pytest.CaptureFixture[str], *args: str) -> tuple[int, list[str]]:
    """The exit code of `backout gate ARGS`, and the files that hold a finding."""
    code = main(["gate", *args, "--format", "json"])
    report = json.loads(capsys.readouterr().out)
    return code, [finding["path"] for finding in report["findings"]]


@pytest.fixture
def history(repo: Repository) -> dict[str, str]:
    """A base that moved on after `feature` left it, each with a use of the old name."""
    start = repo.commit({"backout.yaml": FORBIDS, "kept.py": "import old\n"})
    repo.git("checkout", "-q", "-b", "feature")
    feature = repo.commit({"feature.py": "import old\n"})
    repo.git("checkout", "-q", "main")
    main = repo.commit({"main.py": "import old\n"})
    repo.write({"staged.py": "import old\n"})
    repo.git("add", "staged.py")
    repo.write({"new.py": "import old\n", "ignored.py": "import old\n"})
    repo.write({".git/info/exclude": "ignored.py\n"})
    return {"start": start, "feature": feature, "main": main}


@pytest.mark.parametrize(
    ("arguments", "files"),
    [
        pytest.param([], ["staged.py"], id="nothing means the staged files"),
        pytest.param(
            ["--from", "main", "--to", "feature"],
            ["feature.py"],
            id="a range holds what its end brings, not what the base gained",
        ),
        pytest.param(["--from", "START"], ["main.py"], id="a range ends at HEAD"),
        pytest.param(
            ["--tree", "feature"],
            ["feature.py", "kept.py"],
            id="a tree is every file of a commit",
        ),
        pytest.param(
            ["--all"],
            ["kept.py", "main.py", "new.py", "staged.py"],
            id="all is every file of the work tree but ignored ones",
        ),
    ],
)
def test_what_is_judged(
    history: dict[str, str],
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    files: list[str],
) -> None:
    given = [history["start"] if arg == "START" else arg for arg in arguments]
    assert _found(capsys, *given) == (1, files)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["--to", "HEAD"], "--to needs --from", id="an end and no start"),
        pytest.param(["--from", "x"], "x is not here", id="a start that is not here"),
        pytest.param(["--tree", "x"], "x is not here", id="a tree that is not here"),
        pytest.param(
            ["--only", "x"],
            "there is no rule 'x'. `backout explain` lists all rules.",
            id="an unknown rule",
        ),
        pytest.param(
            ["--only", "forbiden-symbol"],
            "there is no rule 'forbiden-symbol'. Did you mean forbidden-symbol?",
            id="a rule with a slip",
        ),
    ],
)
def test_asked_wrongly_it_says_what_to_do(
    repo: Repository,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    said: str,
) -> None:
    repo.commit({"backout.yaml": FORBIDS})
    assert main(["gate", *arguments]) == 2
    assert said in capsys.readouterr().err


def test_histories_that_share_nothing_cannot_be_compared(
    repo: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repo.commit({"backout.yaml": FORBIDS})
    repo.git("checkout", "-q", "--orphan", "other")
    repo.commit({"a.py": "1\n"})
    assert main(["gate", "--from", "main"]) == 2
    assert "the two histories have nothing in common" in capsys.readouterr().err


def test_only_the_rules_asked_for_are_reported(
    repo: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repo.stage({"backout.yaml": FORBIDS, "a.py": "import old\n"})
    assert _found(capsys, "--only", "forbidden-symbol") == (1, ["a.py"])
    assert _found(capsys, "--only", "plan-missing") == (0, [])


def test_the_base_decides_what_its_policy_is(
    repo: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    base = repo.commit({"backout.yaml": FORBIDS})
    repo.commit({"backout.yaml": POLICY, "a.py": "import old\n"})
    code, files = _found(capsys, "--from", base)
    assert code == 1
    assert "a.py" in files


def test_where_the_base_has_no_policy_the_first_line_says_so(
    repo: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    base = repo.commit({"a.py": "1\n"})
    repo.commit({"backout.yaml": FORBIDS})
    assert main(["gate", "--from", base]) == 0
    assert (
        "has no backout.yaml yet: this change brings its own"
        in (capsys.readouterr().out.splitlines()[0])
    )


@pytest.mark.parametrize("kind", ["a link", "a folder"])
def test_a_policy_that_is_no_file_is_refused(
    repo: Repository, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    if kind == "a link":
        (repo.path / "backout.yaml").symlink_to("/etc/passwd")
        repo.stage({})
    else:
        repo.stage({"backout.yaml/a.py": "1\n"})
    assert main(["gate"]) == 2
    assert "backout.yaml" in capsys.readouterr().err


def test_a_waiver_silences_and_is_shown(
    repo: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    waiver = "{rule: forbidden-symbol, until: 2999-01-01, owner: '@ada', reason: soon}"
    policy = f"{FORBIDS}waivers: [{waiver}]\n"
    repo.stage({"backout.yaml": policy, "a.py": "import old\n"})
    assert main(["gate", "--format", "json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert [waiver["findings"] for waiver in report["waivers"]] == [1]


def test_a_file_that_cannot_be_read_leaves_it_undecided(
    repo: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repo.commit({"backout.yaml": FORBIDS})
    repo.stage({"a.py": "import old\n"})
    oid = repo.git("rev-parse", ":a.py")
    (repo.path / ".git/objects" / oid[:2] / oid[2:]).unlink()
    assert main(["gate"]) == 2
    said = capsys.readouterr()
    assert "cannot be read" in said.out + said.err


def test_the_name_of_a_check_stands_for_all_its_rules(
    repo: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repo.stage({"backout.yaml": FORBIDS, "a.py": "import old\n", "b.py": "old (((\n"})
    assert _found(capsys, "--only", "forbidden-symbol") == (1, ["a.py", "b.py"])
    assert _found(capsys, "--only", "unparsable-file") == (1, ["b.py"])
    assert _found(capsys, "--only", "legacy-removed") == (0, [])
