"""What holds for every history: the reversal in memory is `git revert`'s."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from backout.core.git import Git
from backout.core.reversal import commits, hunks, mainline
from backout.core.reversal.scratch import Scratch
from backout.core.reversal.trees import listed
from backout.core.reversal.undo import Step, Undone, reverse
from support.histories import Node, build, histories
from support.repository import Repository, clean_environment

EVERY = settings(
    max_examples=settings().max_examples * 3 // 10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def fresh(folder: Path) -> Repository:
    """An empty repository in a folder of its own."""
    count = len(list(folder.iterdir()))
    return Repository(folder / f"repo-{count}")


def by_git(repo: Repository, sha: str, parents: int) -> tuple[str, set[str]]:
    """The tree that `git revert` makes of HEAD ("" with conflicts), and what conflicts."""
    repo.git("reset", "-q", "--hard")
    parent = ["-m", "1"] if parents > 1 else []
    done = subprocess.run(
        ["git", "revert", "--no-commit", *parent, sha],
        cwd=repo.path,
        env=clean_environment(),
        capture_output=True,
        check=False,
    )
    unmerged = repo.git("diff", "--name-only", "--diff-filter=U", "-z").split("\0")
    files = {re.sub("~.*", "", name) for name in unmerged if name}
    if done.returncode:
        assert files or b"CONFLICT" in done.stdout, done.stderr
        return "", files
    return repo.git("write-tree"), files


@EVERY
@given(nodes=histories(), data=st.data())
def test_the_reversal_is_that_of_git_revert(
    nodes: list[Node], data: st.DataObject, tmp_path: Path
) -> None:
    repo = fresh(tmp_path)
    ids = build(repo, nodes)
    reachable = repo.git("rev-list", "main").split("\n")
    sha = data.draw(st.sampled_from([i for i in ids[1:] if i in reachable]))
    with Git.find(repo.path) as git, Scratch(git) as scratch:
        commit = commits.read_one(git, sha)
        tip = commits.read_one(git, "main")
        reversal = reverse(scratch, tip.tree, [Step(commit, 1)])
        clashes = {re.sub("~.*", "", clash.path) for _, clash in reversal.clashes}
        for undone in reversal.undone:
            _check_lines(scratch, undone)
    tree, files = by_git(repo, sha, len(commit.parents))
    event("conflict" if clashes else "clean")
    assert (reversal.tree if not clashes else "", clashes) == (tree, files)


def _check_lines(scratch: Scratch, undone: Undone) -> None:
    """The lines of a clash stand where they are said to stand."""
    files = hunks.marked(
        scratch, undone.base, undone.before, undone.theirs, undone.clashes
    )
    present = listed(scratch, undone.before)
    # A file that would be renamed back is not there yet: ours lies under its new name.
    renamed = {
        clash.path: clash.stages[2] for clash in undone.clashes if 2 in clash.stages
    }
    for path, file in files.items():
        ours = present[path] if path in present else renamed[path]
        lines = re.findall(rb"[^\n]*\n|[^\n]+", scratch.blob(ours.oid))
        for hunk in file.hunks:
            assert list(hunk.ours) == lines[hunk.first - 1 : hunk.last]


@EVERY
@given(nodes=histories())
def test_undoing_the_newest_commit_gives_its_parents_tree(
    nodes: list[Node], tmp_path: Path
) -> None:
    repo = fresh(tmp_path)
    build(repo, nodes)
    with Git.find(repo.path) as git, Scratch(git) as scratch:
        tip = commits.read_one(git, "main")
        reversal = reverse(scratch, tip.tree, [Step(tip, 1)])
        assert reversal.clashes == []
        assert reversal.tree == git.resolve("main~", "tree")


@EVERY
@given(nodes=histories(least=2, most=6))
def test_undoing_all_of_the_mainline_gives_its_first_tree(
    nodes: list[Node], tmp_path: Path
) -> None:
    repo = fresh(tmp_path)
    build(repo, nodes)
    line = repo.git("rev-list", "--first-parent", "main").split("\n")
    with Git.find(repo.path) as git, Scratch(git) as scratch:
        assert mainline.ordered(git, reversed(line)) == line
        steps = [Step(commit, 1) for commit in commits.read(git, line[:-1])]
        reversal = reverse(scratch, git.resolve("main", "tree"), steps)
        assert reversal.clashes == []
        assert reversal.tree == git.resolve(line[-1], "tree")


@pytest.mark.parametrize("count", [1, 3])
def test_a_tree_never_holds_markers(repo: Repository, count: int) -> None:
    shas = [repo.commit({"a": f"{n}\n"}) for n in range(5)]
    with Git.find(repo.path) as git, Scratch(git) as scratch:
        tip = commits.read_one(git, "main")
        steps = [Step(c) for c in commits.read(git, shas[count:0:-1])]
        reversal = reverse(scratch, tip.tree, steps)
        assert [clash.path for _, clash in reversal.clashes] == ["a"]
        assert reversal.tree == tip.tree
