"""What a result is judged by is what the tree object itself says."""

from __future__ import annotations

from backout.core.git import Git
from backout.core.reversal.differences import differences
from backout.core.reversal.overlay import Present, Result
from backout.core.reversal.scratch import Scratch
from backout.core.tree import CommitTree
from support.repository import Repository

WORDS = [b"alpha", b"beta"]


def test_a_result_is_the_tree_that_it_stands_for(repo: Repository) -> None:
    repo.write({"goes": "alpha\n", "stays": "beta\n", "changes": "alpha\n"})
    (repo.path / "link").symlink_to("alpha")
    repo.commit({"folder": "beta\n", "other": "gamma\n"})
    repo.git("rm", "-q", "goes", "folder")
    repo.commit({"changes": "x\n", "comes": "beta\n", "folder/in": "alpha\n"})
    with Git.find(repo.path) as git, Scratch(git) as scratch:
        before, after = (git.resolve(name, "tree") for name in ("HEAD~1", "HEAD"))
        files = differences(scratch, before, after)
        present = Present(scratch, before)
        present.learn(files)
        for tree, name in ((present, before), (Result(present, files), after)):
            real = CommitTree(git, name)
            assert dict(tree.entries) == dict(real.entries)
            assert list(tree.entries) == list(real.entries)
            paths = list(real.entries)
            assert list(tree.read_all(paths)) == list(real.read_all(paths))
            assert tree.read(paths[0]) == real.read(paths[0])
            assert tree.containing(WORDS) == real.containing(WORDS)


def test_a_second_search_leaves_out_nothing(repo: Repository) -> None:
    repo.commit({"a": "alpha\n", "b": "beta\n", "c": "gamma\n", "d": "x\n"})
    with Git.find(repo.path) as git, Scratch(git) as scratch:
        present = Present(scratch, git.resolve("HEAD", "tree"))
        result = Result(present, [])
        assert present.containing([b"alpha"]) == ["a"]
        assert result.containing([b"gamma", b"alpha"]) == ["a", "c"]
        # Searched for together, they are not told apart any more.
        assert {"b", "c"} <= {*present.containing([b"beta", b"gamma"])}
        assert "d" not in present.containing([b"alpha", b"beta", b"gamma"])
        assert present.containing([]) == []
