"""What a phase stands on: its baseline, and the phases before it. Real histories."""

from __future__ import annotations

import pytest

from backout.checks.phase_order import check
from backout.core import change as changes
from backout.core.errors import CannotDecide
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
        return [f"{f.rule} {f.place.path} {f.message}" for f in found]


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
        change = changes.whole(IndexTree(git), git)
        change.files = {"backout.yaml": next(iter(change.files.values()))}
        with pytest.raises(CannotDecide, match="shallow"):
            list(check(change, policy()))
