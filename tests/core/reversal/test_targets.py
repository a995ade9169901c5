"""From what a person names to the commits that are undone, newest first."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

import pytest

from backout.core.errors import CannotDecide, UsageError
from backout.core.git import Git
from backout.core.policy import Policy
from backout.core.policy_file import read_policy
from backout.core.reversal.scratch import Scratch
from backout.core.reversal.targets import Targets, find
from support.repository import Repository

PHASES = """\
version: 1
migrations:
  m:
    baseline: start
    phases:
      - {id: "1", title: One, paths: ["one/"]}
      - {id: "2", title: Two, after: ["1"]}
      - {id: "3", title: Three, paths: ["three/"], rollback: restore}
"""
POLICY = read_policy(PHASES.encode(), "backout.yaml")


@contextmanager
def found(
    repo: Repository, *asked: str, policy: Policy | None = POLICY, onto: str = "HEAD"
) -> Generator[Targets]:
    with Git.find(repo.path) as git, Scratch(git) as scratch:
        yield find(git, scratch, policy, asked, git.resolve(onto))


def undone(
    repo: Repository, *asked: str, policy: Policy | None = POLICY, onto: str = "HEAD"
) -> list[str]:
    """The subjects of the commits that are undone, in that order."""
    with found(repo, *asked, policy=policy, onto=onto) as targets:
        return [target.step.commit.subject for target in targets.steps]


@pytest.fixture
def line(repo: Repository) -> Repository:
    """A mainline with a little of everything."""
    repo.commit({"a": "1\n"}, "Begin")
    repo.git("tag", "start")
    repo.commit({"one/a": "1\n"}, "First (#11)")
    repo.commit({"b": "other\n"}, "Other (#12)")
    repo.commit({"one/a": "2\n", "c": "1\n"}, "Second (#13)")
    repo.git("tag", "-a", "v1", "-m", "version 1")
    repo.commit({"two": "1\n"}, "Third\n\nBackout-Phase: m/2")
    repo.commit({"three/a": "1\n"}, "Fourth")
    return repo


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        pytest.param(["HEAD~4"], ["First (#11)"], id="a commit"),
        pytest.param(["HEAD~4", "HEAD~3"], ["Other (#12)", "First (#11)"], id="two"),
        pytest.param(["v1"], ["Second (#13)"], id="a tag means its commit"),
        pytest.param(["#12"], ["Other (#12)"], id="the number of a pull request"),
        pytest.param(
            ["https://github.com/acme/shop/pull/12/files"],
            ["Other (#12)"],
            id="the address of a pull request",
        ),
        pytest.param(["start..v1~"], ["Other (#12)", "First (#11)"], id="a range"),
        pytest.param(["v1.."], ["Fourth", "Third"], id="a range to the end"),
        pytest.param(["m/2"], ["Third"], id="a phase by its trailer"),
        pytest.param(
            ["m/1", "m/2"],
            ["Third", "Second (#13)", "First (#11)"],
            id="two phases, one of them by its paths",
        ),
        pytest.param(
            ["m"],
            ["Fourth", "Third", "Second (#13)", "First (#11)"],
            id="a whole migration",
        ),
        pytest.param(["HEAD~4", "#11"], ["First (#11)"], id="named twice, undone once"),
    ],
)
def test_what_is_asked_for_is_undone_newest_first(
    line: Repository, asked: list[str], expected: list[str]
) -> None:
    assert undone(line, *asked) == expected


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        pytest.param("m/9", "no phase 9 in m (1, 2, 3)", id="no such phase"),
        pytest.param("mm/1", "Did you mean m?", id="no such migration"),
        pytest.param(
            "HEAD~99", "is no commit, branch or tag that is here", id="no such commit"
        ),
        pytest.param("#99", "no commit of this branch says that it is of #99", id="pr"),
        pytest.param("start...v1", "write start..v1", id="a symmetric range"),
        pytest.param("v1..start", "holds no commit", id="a range turned round"),
    ],
)
def test_what_names_nothing_is_said(
    line: Repository, asked: str, sentence: str
) -> None:
    with pytest.raises(UsageError) as error:
        undone(line, asked)
    assert sentence in str(error.value)


def test_without_a_policy_commits_can_be_undone(line: Repository) -> None:
    assert undone(line, "#12", policy=None) == ["Other (#12)"]
    with pytest.raises(CannotDecide):
        undone(line, "m/1", policy=None)


def test_a_later_phase_that_stands_on_it_is_named(line: Repository) -> None:
    with found(line, "m/1") as targets:
        assert list(targets.standing) == ["2"]
    with found(line, "m/1", "m/2") as targets:
        assert targets.standing == {}


def test_a_phase_that_is_restored_says_which_files(line: Repository) -> None:
    with found(line, "m/3") as targets:
        assert targets.restore == ("three/",)
        assert targets.baseline == line.git("rev-parse", "start")


def test_commits_of_the_policy_and_trailers_add_up(line: Repository) -> None:
    text = PHASES.replace("title: Two,", 'title: Two, commits: ["#12"],')
    policy = read_policy(text.encode(), "backout.yaml")
    assert undone(line, "m/2", policy=policy) == ["Third", "Other (#12)"]


def test_a_trailer_in_the_middle_of_a_squash_counts(repo: Repository) -> None:
    repo.commit({"a": "1\n"}, "Begin")
    repo.git("tag", "start")
    message = (
        "Land it (#7)\n\n* one\n\nBackout-Phase: m/1\n\n* two\n\n"
        "Co-authored-by: B <b@example.org>"
    )
    repo.commit({"a": "2\n"}, message)
    repo.commit({"a": "3\n"}, "Speak of Backout-Phase: m/1 in passing")
    assert undone(repo, "m/1") == ["Land it (#7)"]


def merged(repo: Repository, subject: str = "Merge pull request #7 from x/y") -> str:
    """A branch of two commits, merged; the merge's id."""
    repo.commit({"a": "1\n"}, "Begin")
    repo.git("tag", "start")
    repo.git("switch", "-q", "-c", "side")
    repo.commit({"s": "1\n"}, "Side one\n\nBackout-Phase: m/1")
    repo.commit({"s": "2\n"}, "Side two")
    repo.git("switch", "-q", "main")
    repo.commit({"b": "1\n"}, "Main one")
    repo.git("merge", "-q", "--no-ff", "-m", subject, "side")
    return repo.git("rev-parse", "HEAD")


def test_a_merge_goes_back_to_its_mainline(repo: Repository) -> None:
    merged(repo)
    with found(repo, "#7") as targets:
        (target,) = targets.steps
        assert target.step.mainline == 1
        assert len(targets.going) == 3


def test_what_a_merge_brought_is_not_undone_twice(repo: Repository) -> None:
    merged(repo)
    with found(repo, "#7", "m/1") as targets:
        assert [t.step.commit.subject for t in targets.steps] == [
            "Merge pull request #7 from x/y"
        ]
        assert [s.commit.subject for s in targets.skipped] == ["Side one"]


def test_a_merge_of_nothing_else_is_undone_as_one(repo: Repository) -> None:
    repo.commit({"a": "1\n"}, "Begin")
    repo.git("tag", "start")
    repo.git("switch", "-q", "-c", "side")
    repo.commit({"s": "1\n"}, "Side one\n\nBackout-Phase: m/1")
    repo.commit({"s": "2\n"}, "Side two\n\nBackout-Phase: m/1")
    repo.git("switch", "-q", "main")
    repo.commit({"b": "1\n"}, "Main one")
    repo.git("merge", "-q", "--no-ff", "-m", "Merge branch 'side'", "side")
    with found(repo, "m/1") as targets:
        (target,) = targets.steps
        assert target.step.commit.subject == "Merge branch 'side'"
        assert target.found == "trailer"
    with found(repo, "side", "side~") as targets:
        assert [t.step.commit.subject for t in targets.steps] == [
            "Side two",
            "Side one",
        ]


def test_a_later_phase_that_is_reverted_holds_nothing_back(line: Repository) -> None:
    line.git("revert", "--no-edit", "HEAD~1")
    with found(line, "m/1") as targets:
        assert targets.standing == {}


@pytest.mark.parametrize(
    ("rollback", "remark"),
    [
        ("rollback: flag, because: it is behind one", "back by its flag: it is"),
        ("rollback: none, because: it only adds", "no way back for phase 1: it only"),
        ("final: true", "phase 1 of m is final"),
    ],
)
def test_what_speaks_against_it_is_said(
    line: Repository, rollback: str, remark: str
) -> None:
    text = PHASES.replace("title: One,", f"title: One, {rollback},").replace(
        "    baseline: start\n",
        "    baseline: start\n    flags: [{env: NEW, legacy: '0', new: '1'}]\n",
    )
    policy = read_policy(text.encode(), "backout.yaml")
    with found(line, "m/1", policy=policy) as targets:
        assert remark in targets.notes[0]


def test_a_shallow_clone_may_hide_commits_of_a_phase(line: Repository) -> None:
    shallow = line.path.parent / "shallow"
    line.git("clone", "-q", "--depth=2", f"file://{line.path}", str(shallow))
    text = PHASES.replace("    baseline: start\n", "").replace(
        ", rollback: restore", ""
    )
    policy = read_policy(text.encode(), "backout.yaml")
    with pytest.raises(CannotDecide) as error:
        undone(Repository(shallow), "m/2", policy=policy)
    assert "git fetch --unshallow" in str(error.value)


def test_the_mainline_may_be_the_second_parent(repo: Repository) -> None:
    """`git pull` on a feature branch, then pushed as the mainline."""
    repo.commit({"a": "1\n"}, "Begin")
    repo.git("switch", "-q", "-c", "feature")
    repo.commit({"f": "1\n"}, "Feature")
    repo.git("switch", "-q", "main")
    repo.commit({"b": "1\n"}, "Main one")
    repo.git("switch", "-q", "feature")
    repo.git("merge", "-q", "--no-ff", "main", "-m", "Merge branch 'main' into feature")
    repo.git("switch", "-q", "main")
    repo.git("merge", "-q", "--ff-only", "feature")
    with found(repo, "HEAD") as targets:
        (target,) = targets.steps
        assert target.step.mainline == 2
        assert target.step.parent == repo.git("rev-parse", "HEAD^2")


def test_what_is_reverted_already_is_left_out(line: Repository) -> None:
    line.git("revert", "--no-edit", "HEAD~2")
    by = line.git("rev-parse", "HEAD")[:9]
    with found(line, "HEAD~5", "HEAD~3") as targets:
        assert [t.step.commit.subject for t in targets.steps] == ["First (#11)"]
        said = [(s.commit.subject, s.why) for s in targets.skipped]
        assert said == [("Second (#13)", f"reverted already by {by}")]


def test_a_revert_by_pull_request_is_understood(line: Repository) -> None:
    line.git("rm", "-q", "b")
    line.git("commit", "-q", "-m", 'Revert "Other (#12)" (#20)\n\nReverts acme/shop#12')
    with found(line, "#12") as targets:
        assert targets.steps == ()
        assert "reverted already" in targets.skipped[0].why


def test_a_revert_that_is_none_does_not_count(line: Repository) -> None:
    sha = line.git("rev-parse", "HEAD~3")
    line.commit({"z": "1\n"}, f"Lie\n\nThis reverts commit {sha}.")
    with found(line, "#12") as targets:
        (target,) = targets.steps
        assert target.partly_reverted == line.git("rev-parse", "HEAD")


def test_what_landed_again_is_undone_where_it_landed(line: Repository) -> None:
    line.git("revert", "--no-edit", "HEAD~3")
    line.git("revert", "--no-edit", "HEAD")
    with found(line, "#12") as targets:
        (target,) = targets.steps
        assert target.step.commit.sha == line.git("rev-parse", "HEAD")
        assert target.relands == line.git("rev-parse", "HEAD~5")


def test_a_cherry_pick_stands_for_its_origin(line: Repository) -> None:
    picked = line.git("rev-parse", "HEAD~3")
    line.git("switch", "-q", "-c", "release", "start")
    line.git("cherry-pick", "-x", picked)
    with found(line, picked) as targets:
        assert targets.steps[0].step.commit.sha == line.git("rev-parse", "release")


def test_a_commit_that_is_elsewhere_is_refused(line: Repository) -> None:
    with pytest.raises(UsageError) as error:
        undone(line, "HEAD", onto="start")
    assert "is not on this branch" in str(error.value)


def test_the_parent_that_a_shallow_clone_left_out_is_missed(line: Repository) -> None:
    shallow = line.path.parent / "shallow"
    line.git("clone", "-q", "--depth=2", f"file://{line.path}", str(shallow))
    clone = Repository(shallow)
    assert undone(clone, "HEAD", policy=None) == ["Fourth"]
    with pytest.raises(CannotDecide) as error:
        undone(clone, "HEAD~", policy=None)
    assert "git fetch --unshallow" in str(error.value)
