"""What the hook judges, in every situation in which git, pre-commit or prek calls it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from backout.core.errors import CannotDecide, UsageError
from backout.core.git import Git
from backout.hooks.gate import asked, main
from support.repository import Repository, clean_environment

RECORDER = """
import json, os
from backout.core.errors import BackoutError
from backout.core.git import Git
from backout.hooks.gate import asked
with Git.find() as git:
    try:
        change = asked(git, os.environ).change
        seen = {
            path: change.head.read(path).decode() if file.new else None
            for path, file in change.files.items()
            if file.new is None or file.new.mode != 0o160000
        }
    except BackoutError as error:
        seen = {"error": str(error)}
with open(os.environ["RECORD"], "a") as record:
    record.write(json.dumps(seen) + "\\n")
"""


class Hooked:
    """A repository whose git hooks note what the door would judge."""

    def __init__(self, repo: Repository) -> None:
        self.repo = repo
        self.record = repo.path.parent / "record"
        recorder = repo.path.parent / "recorder.py"
        recorder.write_text(RECORDER, "utf-8")
        for name in ("pre-commit", "pre-merge-commit"):
            hook = repo.path / ".git/hooks" / name
            hook.write_text(f"#!/bin/sh\nexec '{sys.executable}' -I '{recorder}'\n")
            hook.chmod(0o755)

    def judged(self, *args: str) -> Mapping[str, str | None]:
        """What the hook saw while `git ARGS` ran: paths with texts, None if deleted."""
        self.record.unlink(missing_ok=True)
        self.repo.git(*args, RECORD=str(self.record))
        [line] = self.record.read_text("utf-8").splitlines()
        seen: Mapping[str, str | None] = json.loads(line)
        return seen


@pytest.fixture
def hooked(repo: Repository) -> Hooked:
    repo.commit({"a.py": "1\n", "b.py": "1\n", "gone.py": "1\n"})
    return Hooked(repo)


def test_a_first_commit_is_all_new(repo: Repository) -> None:
    hooked = Hooked(repo)
    repo.stage({"a.py": "1\n"})
    assert hooked.judged("commit", "-m", "first") == {"a.py": "1\n"}


def test_what_is_staged_is_judged_not_what_lies_in_the_work_tree(
    hooked: Hooked,
) -> None:
    hooked.repo.stage({"a.py": "2\n"})
    hooked.repo.write({"a.py": "3\n", "b.py": "3\n"})
    assert hooked.judged("commit", "-m", "part") == {"a.py": "2\n"}


def test_commit_all_judges_what_it_adds(hooked: Hooked) -> None:
    hooked.repo.write({"a.py": "2\n", "new.py": "untracked\n"})
    assert hooked.judged("commit", "-a", "-m", "all") == {"a.py": "2\n"}


def test_commit_of_a_file_judges_that_file_alone(hooked: Hooked) -> None:
    hooked.repo.stage({"a.py": "2\n"})
    hooked.repo.write({"b.py": "2\n"})
    assert hooked.judged("commit", "-m", "one", "b.py") == {"b.py": "2\n"}


def test_commit_with_include_judges_both(hooked: Hooked) -> None:
    hooked.repo.stage({"a.py": "2\n"})
    hooked.repo.write({"b.py": "2\n"})
    seen = hooked.judged("commit", "-m", "both", "--include", "b.py")
    assert seen == {"a.py": "2\n", "b.py": "2\n"}


def test_an_amended_commit_is_judged_for_what_is_new_in_it(hooked: Hooked) -> None:
    hooked.repo.stage({"a.py": "2\n"})
    seen = hooked.judged("commit", "--amend", "-m", "better")
    assert seen == {"a.py": "2\n"}


def test_a_deleted_file_is_judged_as_deleted(hooked: Hooked) -> None:
    hooked.repo.stage({"gone.py": None})
    assert hooked.judged("commit", "-m", "delete") == {"gone.py": None}


def test_a_commit_from_a_subfolder_judges_the_whole(hooked: Hooked) -> None:
    hooked.repo.stage({"a.py": "2\n", "folder/c.py": "1\n"})
    seen = hooked.judged("-C", "folder", "commit", "-m", "below")
    assert seen == {"a.py": "2\n", "folder/c.py": "1\n"}


def test_a_commit_in_a_linked_work_tree_judges_that_one(hooked: Hooked) -> None:
    other = hooked.repo.path.parent / "linked"
    hooked.repo.git("worktree", "add", "-q", str(other))
    (other / "a.py").write_text("linked\n")
    seen = hooked.judged("-C", str(other), "commit", "-a", "-m", "there")
    assert seen == {"a.py": "linked\n"}


def test_a_merge_is_judged_for_what_it_brings(hooked: Hooked) -> None:
    hooked.repo.git("checkout", "-q", "-b", "other")
    hooked.repo.git("-c", "core.hooksPath=", "commit", "-q", "--allow-empty", "-m", "x")
    hooked.repo.write({"a.py": "theirs\n"})
    hooked.judged("commit", "-a", "-m", "theirs")
    hooked.repo.git("checkout", "-q", "main")
    hooked.repo.write({"b.py": "ours\n"})
    hooked.judged("commit", "-a", "-m", "ours")
    assert hooked.judged("merge", "-m", "merge", "other") == {"a.py": "theirs\n"}


def test_a_merge_with_a_resolved_conflict_is_judged_as_resolved(
    hooked: Hooked,
) -> None:
    hooked.repo.git("checkout", "-q", "-b", "other")
    hooked.repo.write({"a.py": "theirs\n"})
    hooked.judged("commit", "-a", "-m", "theirs")
    hooked.repo.git("checkout", "-q", "main")
    hooked.repo.write({"a.py": "ours\n"})
    hooked.judged("commit", "-a", "-m", "ours")
    with pytest.raises(subprocess.CalledProcessError):
        hooked.repo.git("merge", "other")
    with Git.find(hooked.repo.path) as git, pytest.raises(CannotDecide):
        asked(git, {})
    hooked.repo.stage({"a.py": "both\n"})
    assert hooked.judged("commit", "-m", "merge") == {"a.py": "both\n"}


def test_a_file_only_intended_to_be_added_is_not_in_the_commit(
    hooked: Hooked,
) -> None:
    hooked.repo.write({"a.py": "2\n", "later.py": "not yet\n"})
    hooked.repo.git("add", "-N", "later.py")
    hooked.repo.git("add", "a.py")
    assert hooked.judged("commit", "-m", "without it") == {"a.py": "2\n"}


def test_a_link_is_judged_by_its_target_name_never_through_it(
    hooked: Hooked,
) -> None:
    (hooked.repo.path / "env.py").symlink_to("/proc/self/environ")
    hooked.repo.stage({})
    assert hooked.judged("commit", "-m", "x") == {"env.py": "/proc/self/environ"}


def test_a_moved_submodule_is_seen_and_not_read(hooked: Hooked) -> None:
    inner = Repository(hooked.repo.path / "inner")
    inner.commit({"a.py": "1\n"})
    hooked.repo.git("-c", "advice.addEmbeddedRepo=false", "add", "inner")
    with Git.find(hooked.repo.path) as git:
        change = asked(git, {}).change
    assert set(change.files) == {"inner"}
    assert change.present == []


HOSTILE_NAMES = [
    pytest.param(b"line\nend.py", id="a line end"),
    pytest.param(b"!\n::x", id="a workflow command"),
    pytest.param(b"-o.py", id="an option"),
    pytest.param(b"caf\xe9.py", id="bytes that are not UTF-8"),
    pytest.param(b":(exclude)*", id="a pathspec"),
    pytest.param(b'"quo\\te".py', id="quotes"),
    pytest.param(b"tab\there.py", id="a tab"),
    pytest.param("\u202egnp.py".encode(), id="text that runs backwards"),
    pytest.param(b" ", id="a blank"),
]


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_a_file_is_judged_whatever_its_name(repo: Repository, name: bytes) -> None:
    place = os.fsencode(repo.path) + b"/" + name
    with open(place, "wb") as file:  # noqa: PTH123 - a path of bytes
        file.write(b"import old\n")
    repo.stage({"zz.py": "after it\n"})
    with Git.find(repo.path) as git:
        change = asked(git, {}).change
        path = name.decode("utf-8", "surrogateescape")
        assert set(change.files) == {path, "zz.py"}
        assert change.head.read(path) == b"import old\n"
        assert change.head.containing([b"old"]) == [path]


@pytest.fixture
def pushed(repo: Repository) -> tuple[str, str]:
    """Two commits of a branch that is checked out no more, the second staged over."""
    first = repo.commit({"a.py": "1\n"})
    second = repo.commit({"b.py": "1\n"})
    repo.git("branch", "feature")
    repo.stage({"c.py": "staged, not pushed\n"})
    return first, second


@pytest.mark.parametrize(
    ("environment", "judged"),
    [
        pytest.param({}, {"c.py"}, id="a commit"),
        pytest.param(
            {"PRE_COMMIT_FROM_REF": "FIRST", "PRE_COMMIT_TO_REF": "SECOND"},
            {"b.py"},
            id="a push onto a branch that is there, and run --from-ref --to-ref",
        ),
        pytest.param(
            {"PRE_COMMIT_TO_REF": "SECOND"},
            {"a.py", "b.py"},
            id="a first push, as prek tells it",
        ),
        pytest.param(
            {"PRE_COMMIT_LOCAL_BRANCH": "refs/heads/feature"},
            {"a.py", "b.py"},
            id="a first push, as pre-commit tells it",
        ),
    ],
)
def test_what_a_push_sends_is_judged(
    repo: Repository,
    pushed: tuple[str, str],
    environment: dict[str, str],
    judged: set[str],
) -> None:
    first, second = pushed
    values = {"FIRST": first, "SECOND": second}
    given = {name: values.get(value, value) for name, value in environment.items()}
    with Git.find(repo.path) as git:
        assert set(asked(git, given).change.files) == judged


def test_run_by_hand_with_nothing_staged_judges_every_file(repo: Repository) -> None:
    repo.commit({"a.py": "1\n", "b.py": "1\n"})
    with Git.find(repo.path) as git:
        assert set(asked(git, {}).change.files) == {"a.py", "b.py"}
        assert not asked(git, {"GIT_INDEX_FILE": ".git/index"}).change.files


def test_a_commit_that_is_not_here_is_not_fine(repo: Repository) -> None:
    head = repo.commit({"a.py": "1\n"})
    given = {"PRE_COMMIT_FROM_REF": "0123456789" * 4, "PRE_COMMIT_TO_REF": head}
    with Git.find(repo.path) as git, pytest.raises(CannotDecide):
        asked(git, given)


def test_outside_of_a_repository_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not inside a git repository"):
        Git.find(tmp_path)


@pytest.mark.parametrize(
    ("policy", "code"),
    [
        pytest.param("version: 1\n", 0, id="clean ends with 0"),
        pytest.param(
            "version: 1\nmigrations: {m: {phases: [{id: 1, paths: [backout.yaml]}]}}\n",
            1,
            id="a finding with 1",
        ),
        pytest.param("version: 2\n", 2, id="a wrong policy with 2"),
        pytest.param(None, 2, id="no policy with 2"),
    ],
)
def test_exit_code(repo: Repository, policy: str | None, code: int) -> None:
    repo.stage({"a.py": "1\n"})
    if policy is not None:
        repo.stage({"backout.yaml": policy})
    done = subprocess.run(
        [sys.executable, "-I", "-m", "backout.hooks.gate"],
        cwd=repo.path,
        env=clean_environment(),
        capture_output=True,
        check=False,
    )
    assert done.returncode == code, done
    # A hook that has nothing to say is not to be seen either.
    assert bool(done.stdout or done.stderr) == (code != 0)


@pytest.mark.parametrize(
    ("argument", "said"),
    [
        pytest.param(
            "--only", "a hook takes names of rules and checks alone", id="an option"
        ),
        pytest.param("no-such-rule", "there is no rule 'no-such-rule'", id="a typo"),
    ],
)
def test_an_argument_that_is_no_rule_is_refused(
    repo: Repository,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    argument: str,
    said: str,
) -> None:
    repo.stage({"backout.yaml": "version: 1\n"})
    monkeypatch.chdir(repo.path)
    assert main([argument]) == 2
    assert said in capsys.readouterr().err
