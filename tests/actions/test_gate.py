"""The gate as people ask for it: what is judged, under whose policy, how it ends."""

from __future__ import annotations

import pytest

from backout.actions.cli import main
from support.repository import Repository

POLICY = "version: 1\n"


@pytest.fixture(autouse=True)
def inside(repo: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repo.path)


def test_nothing_staged_is_clean(repo: Repository) -> None:
    repo.commit({"backout.yaml": POLICY, "a.py": "1\n"})
    assert main(["gate"]) == 0


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
