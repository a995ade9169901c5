"""Whatever was reverted and landed again: a phase known by its paths goes as a whole."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backout.core.git import Git
from backout.core.policy_file import read_policy
from backout.core.reversal.scratch import Scratch
from backout.core.reversal.targets import Targets, find
from backout.core.reversal.undo import reverse
from support.repository import Repository

POLICY = read_policy(
    b"version: 1\nmigrations:\n  m:\n    baseline: start\n    phases:\n"
    b'      - {id: "1", title: One, paths: ["one/"]}\n',
    "backout.yaml",
)
_APART = 6  # lines between the changes, so that none is in another's way


class Move(NamedTuple):
    """Land something new, or revert commit number `reverts`; perhaps on a branch that
    is merged."""

    reverts: int | None
    is_merged: bool


@st.composite
def moves(draw: st.DrawFn) -> list[Move]:
    """Changes, reverts of them, reverts of those, and so on."""
    made = [Move(None, False)]
    # Whether the work of each commit is there at present.
    is_there = [True]
    undoes: list[int | None] = [None]
    for _ in range(draw(st.integers(1, 5))):
        live = [n for n, there in enumerate(is_there) if there]
        reverts = draw(st.none() | st.sampled_from(live)) if live else None
        made.append(Move(reverts, draw(st.booleans())))
        is_there.append(True)
        undoes.append(reverts)
        while reverts is not None:
            is_there[reverts] = not is_there[reverts]
            reverts = undoes[reverts]
    return made


def build(repo: Repository, moves: list[Move]) -> None:
    """The history on `main`, one file of the phase and one of somebody else."""
    rows = [f"line {n}" for n in range(_APART * len(moves))]
    repo.commit({"one/a": "\n".join(rows), "b": "0\n"}, "Begin")
    repo.git("tag", "start")
    ids: list[str] = []
    for number, move in enumerate(moves):
        repo.commit({"b": f"{number}\n"}, "Something else")
        if move.is_merged:
            repo.git("switch", "-q", "-c", f"side-{number}")
        if move.reverts is None:
            text = (repo.path / "one/a").read_text().split("\n")
            text[number * _APART + 2] += ", new"
            ids.append(repo.commit({"one/a": "\n".join(text)}, f"Land {number}"))
        else:
            repo.git("revert", "--no-edit", ids[move.reverts])
            ids.append(repo.git("rev-parse", "HEAD"))
        if move.is_merged:
            repo.git("switch", "-q", "main")
            subject = f"Merge pull request #{number} from x/side-{number}"
            repo.git("merge", "-q", "--no-ff", "-m", subject, f"side-{number}")


def left_of(repo: Repository, *asked: str) -> tuple[Targets, str]:
    """What is undone, and the tree that comes out."""
    with Git.find(repo.path) as git, Scratch(git) as scratch:
        tip = git.resolve("HEAD")
        targets = find(git, scratch, POLICY, asked, tip)
        steps = [target.step for target in targets.steps]
        result = reverse(scratch, git.resolve(tip, "tree"), steps)
        assert result.clashes == []
        listing = scratch.run("ls-tree", "-r", result.tree, "one").decode()
        return targets, listing


@settings(
    max_examples=max(settings().max_examples // 8, 5),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(moves=moves())
def test_nothing_of_the_phase_is_left(moves: list[Move], tmp_path: Path) -> None:
    count = len(list(tmp_path.iterdir()))
    repo = Repository(tmp_path / f"repo-{count}")
    build(repo, moves)
    baseline = repo.git("ls-tree", "-r", "start", "one") + "\n"
    for asked in ("m/1", "start..main"):
        _, listing = left_of(repo, asked)
        assert listing == baseline, asked


LAND = Move(None, False)


@pytest.mark.parametrize(
    ("moves", "undone", "skipped"),
    [
        pytest.param([LAND, LAND], ["Land 1", "Land 0"], [], id="nothing was reverted"),
        pytest.param(
            [LAND, LAND, Move(0, False)],
            ["Land 1"],
            ["took back", "reverted already by"],
            id="a commit and its revert both stay out",
        ),
        pytest.param(
            [LAND, LAND, Move(0, True)],
            ["Land 1"],
            ["took back", "reverted already by"],
            id="a revert that a merge brought",
        ),
        pytest.param(
            [LAND, Move(0, False), Move(1, False)],
            ["Land 0"],
            ["took back", "reverted already by"],
            id="what landed again goes, and the two reverts stay out",
        ),
        pytest.param(
            [LAND, Move(0, True), Move(1, False), LAND, Move(0, False)],
            [
                'Revert "Land 0"',
                "Land 3",
                'Revert "Revert "Land 0""',
                "Merge pull request #1 from x/side-1",
                "Land 0",
            ],
            [],
            id="what was reverted twice is undone step by step",
        ),
    ],
)
def test_reverts_are_said(
    repo: Repository, moves: list[Move], undone: list[str], skipped: list[str]
) -> None:
    build(repo, moves)
    targets, listing = left_of(repo, "m/1")
    assert listing == repo.git("ls-tree", "-r", "start", "one") + "\n"
    # Newer gits say "Reapply" for the revert of a revert.
    subjects = [
        t.step.commit.subject.replace('Reapply "Land 0"', 'Revert "Revert "Land 0""')
        for t in targets.steps
    ]
    assert subjects == undone
    whys = [one.why.rpartition(" ")[0] for one in targets.skipped]
    assert [why for why in whys if not why.startswith("goes with")] == skipped


def test_a_revert_that_does_more_is_undone_too(repo: Repository) -> None:
    build(repo, [LAND])
    sha = repo.git("rev-parse", "HEAD")
    repo.git("revert", "--no-commit", sha)
    repo.commit({"one/b": "more\n"}, f"Revert it\n\nThis reverts commit {sha}.")
    targets, listing = left_of(repo, "m/1")
    assert [t.step.commit.subject for t in targets.steps] == ["Revert it", "Land 0"]
    assert listing == repo.git("ls-tree", "-r", "start", "one") + "\n"


def test_pull_requests_that_claim_to_revert_each_other_end(repo: Repository) -> None:
    repo.commit({"one/a": "0\n"}, "Begin")
    repo.git("tag", "start")
    repo.commit({"one/a": "1\n"}, 'Revert "B" (#1)\n\nReverts #2')
    repo.commit({"one/a": "0\n"}, 'Revert "A" (#2)\n\nReverts #1')
    _, listing = left_of(repo, "m/1")
    assert listing == repo.git("ls-tree", "-r", "start", "one") + "\n"
