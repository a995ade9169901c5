"""What a phase stands on: its baseline, and the phases before it. Real histories."""

from __future__ import annotations

from pathlib import Path

import pytest

from backout.actions import gate
from backout.checks.phase_order import check
from backout.core import change as changes
from backout.core.errors import CannotDecide
from backout.core.finding import Finding, Note
from backout.core.git import Git
from backout.core.policy import Migration, Phase, Policy
from backout.core.tree import IndexTree
from support.repository import Repository


def policy(baseline: str | None = "start") -> Policy:
    phases = (
        Phase("1", title="Foundation", paths=("one/",)),
        Phase("2", paths=("two/",), after=("1",)),
    )
    return Policy(
        1, migrations={"v1": Migration(id="v1", baseline=baseline, phases=phases)}
    )


def staged(repo: Repository, policy: Policy) -> list[str]:
    with Git.find(repo.path) as git:
        found = check(changes.staged(git), policy)
        return [told(each) for each in found]


def told(each: Finding | Note) -> str:
    if isinstance(each, Note):
        return each.sentence
    return f"{each.rule} {each.place.path} {each.message}"


def started(repo: Repository) -> Repository:
    repo.commit({"README.md": "a\n"})
    repo.git("tag", "start")
    return repo


def test_the_first_phase_stands_on_nothing(repo: Repository) -> None:
    started(repo).stage({"one/a.py": "1\n"})
    assert staged(repo, policy()) == []


def test_the_second_phase_after_the_first(repo: Repository) -> None:
    started(repo).commit({"one/a.py": "1\n"})
    repo.stage({"two/a.py": "1\n"})
    assert staged(repo, policy()) == []


def test_the_second_phase_after_a_first_that_says_so_itself(repo: Repository) -> None:
    started(repo).commit({"x.py": "1\n"}, "First\n\nBackout-Phase: v1/1")
    repo.stage({"two/a.py": "1\n"})
    assert staged(repo, policy()) == []


def test_both_at_once(repo: Repository) -> None:
    started(repo).stage({"two/a.py": "1\n", "one/a.py": "1\n"})
    assert staged(repo, policy()) == []


def test_what_belongs_to_no_phase(repo: Repository) -> None:
    repo.commit({"README.md": "a\n"})
    repo.stage({"README.md": "b\n"})
    assert staged(repo, policy("no-such-tag")) == []


def test_without_a_baseline_paths_cannot_tell(repo: Repository) -> None:
    started(repo).stage({"two/a.py": "1\n"})
    assert staged(repo, policy(None)) == []


def test_the_second_phase_before_the_first(repo: Repository) -> None:
    started(repo).stage({"two/a.py": "1\n"})
    assert staged(repo, policy()) == [
        "phase-out-of-order two/a.py This belongs to v1/2, which comes after 1 "
        "Foundation: nothing of that has landed yet."
    ]


@pytest.mark.parametrize(
    ("commits", "is_told"),
    [
        pytest.param(("#11",), False, id="that has landed"),
        pytest.param(("#12", "#11"), False, id="of which one has landed"),
        pytest.param(("#12",), True, id="that has not landed"),
        pytest.param(("topic",), True, id="on another branch"),
    ],
)
def test_a_first_phase_of_named_commits(
    repo: Repository, commits: tuple[str, ...], is_told: bool
) -> None:
    started(repo).commit({"x.py": "1\n"}, "First (#11)")
    repo.git("checkout", "-q", "-b", "topic")
    repo.commit({"x.py": "2\n"}, "First, elsewhere")
    repo.git("checkout", "-q", "main")
    repo.stage({"two/a.py": "1\n"})
    phases = (
        Phase("1", title="Foundation", commits=commits),
        Phase("2", paths=("two/",), after=("1",)),
    )
    migrations = {"v1": Migration(id="v1", baseline="start", phases=phases)}
    expected = (
        "phase-out-of-order two/a.py This belongs to v1/2, which comes after 1 "
        "Foundation: nothing of that has landed yet."
    )
    assert staged(repo, Policy(1, migrations=migrations)) == [expected] * is_told


def test_what_the_first_phase_did_before_the_baseline_does_not_count(
    repo: Repository,
) -> None:
    repo.commit({"one/a.py": "1\n"})
    started(repo).stage({"two/a.py": "1\n"})
    assert len(staged(repo, policy())) == 1


def test_a_baseline_that_is_not_there(repo: Repository) -> None:
    repo.commit({"README.md": "a\n"})
    repo.stage({"one/a.py": "1\n"})
    assert staged(repo, policy()) == [
        "baseline-missing backout.yaml The baseline start of v1 is not in this "
        "repository: no file can be restored from it."
    ]


def test_a_baseline_on_another_branch(repo: Repository) -> None:
    started(repo)
    repo.git("checkout", "-q", "--orphan", "other")
    repo.commit({"README.md": "b\n"})
    repo.stage({"one/a.py": "1\n"})
    assert staged(repo, policy()) == [
        "baseline-missing backout.yaml The baseline start of v1 is no ancestor of "
        "HEAD: no file can be restored from it."
    ]


def test_a_shallow_clone_cannot_decide(repo: Repository) -> None:
    started(repo).commit({"README.md": "b\n"})
    url = repo.path.as_uri()
    repo.git("clone", "-q", "--depth=1", "--no-tags", url, str(repo.path / "clone"))
    with Git.find(repo.path / "clone") as git:
        whole = changes.whole(IndexTree(git), git)
        change = whole.part({"backout.yaml": next(iter(whole.files.values()))})
        with pytest.raises(CannotDecide, match="shallow"):
            list(check(change, policy()))


@pytest.fixture
def remote(repo: Repository, tmp_path: Path) -> Repository:
    """What a repository with a baseline was pushed to, but for the baseline."""
    bare = Repository(tmp_path / "bare", "--bare")
    started(repo).commit({"one/a.py": "1\n"})
    repo.git("remote", "add", "origin", bare.path.as_uri())
    repo.git("push", "-q", "origin", "main")
    return bare


def merged(repo: Repository, policy: Policy) -> list[str]:
    """What is said of a merge of the last commit."""
    with Git.find(repo.path) as git:
        change = gate.between(git, "HEAD~1", "HEAD").change
        return [told(each) for each in check(change, policy)]


def test_a_baseline_that_is_on_the_remote_too(
    repo: Repository, remote: Repository
) -> None:
    repo.git("push", "-q", "origin", "start")
    assert merged(repo, policy()) == []


def test_an_annotated_baseline_that_is_on_the_remote(
    repo: Repository, remote: Repository
) -> None:
    repo.git("tag", "-f", "-m", "before it all", "start", "HEAD~1")
    repo.git("push", "-q", "origin", "start")
    assert merged(repo, policy()) == []


@pytest.mark.parametrize(
    "baseline",
    [
        pytest.param("main~1", id="an expression"),
        pytest.param("HEAD~1", id="a commit of the branch"),
    ],
)
def test_a_baseline_without_a_name_of_its_own_is_asked_of_nobody(
    repo: Repository, baseline: str
) -> None:
    started(repo).commit({"one/a.py": "1\n"})
    repo.git("remote", "add", "origin", "http://127.0.0.1:9/nobody")
    assert merged(repo, policy(repo.git("rev-parse", baseline))) == []


def test_a_clone_without_a_remote_has_nobody_to_ask(repo: Repository) -> None:
    started(repo).commit({"one/a.py": "1\n"})
    assert merged(repo, policy()) == []


def test_a_commit_asks_nobody(repo: Repository, remote: Repository) -> None:
    repo.git("remote", "set-url", "origin", "http://127.0.0.1:9/nobody")
    repo.stage({"one/b.py": "1\n"})
    assert staged(repo, policy()) == []


def test_a_baseline_that_was_never_pushed(repo: Repository, remote: Repository) -> None:
    assert merged(repo, policy()) == [
        "baseline-missing backout.yaml The baseline start of v1 is not on origin: "
        "whoever clones that cannot restore from it."
    ]


def test_a_branch_as_a_baseline_that_was_never_pushed(
    repo: Repository, remote: Repository
) -> None:
    repo.git("branch", "before-v1", "start")
    [said] = merged(repo, policy("before-v1"))
    assert "before-v1 of v1 is not on origin" in said
    repo.git("push", "-q", "origin", "before-v1")
    assert merged(repo, policy("before-v1")) == []
    assert merged(repo, policy("origin/before-v1")) == []


def test_a_baseline_that_is_another_commit_on_the_remote(
    repo: Repository, remote: Repository
) -> None:
    there, here = repo.git("rev-parse", "HEAD"), repo.git("rev-parse", "start")
    repo.git("push", "-q", "origin", "HEAD:refs/tags/start")
    assert merged(repo, policy()) == [
        f"baseline-missing backout.yaml The baseline start of v1 is {there[:9]} on "
        f"origin and {here[:9]} here: they would restore different files."
    ]


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("http://127.0.0.1:9/nobody", id="nobody listens"),
        pytest.param("file:///nowhere/at/all", id="no such folder"),
        pytest.param("ext::sh -c 'touch trap'", id="a program, which is not run"),
    ],
)
def test_a_remote_that_does_not_answer_is_said_and_stops_nothing(
    repo: Repository, remote: Repository, url: str
) -> None:
    repo.git("remote", "set-url", "origin", url)
    [said] = merged(repo, policy())
    assert said.startswith("Not asked whether origin has the baseline start: ")
    assert not (repo.path / "trap").exists()
