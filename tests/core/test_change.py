"""Trees and changes, read from real repositories."""

from __future__ import annotations

import pytest

from backout.core import change as changes
from backout.core.errors import CannotDecide
from backout.core.git import Git
from backout.core.tree import CommitTree, IndexTree, MemoryTree, Tree
from backout.core.work_tree import WorkTree
from support.repository import Repository


def test_staged_files_are_judged_and_others_are_not(repo: Repository) -> None:
    repo.commit({"a.py": "1\n", "gone.py": "1\n", "same.py": "1\n"})
    repo.stage({"a.py": "2\n", "gone.py": None, "new.py": "1\n"})
    repo.write({"a.py": "3\n"})
    with Git.find(repo.path) as git:
        change = changes.staged(git)
        assert set(change.files) == {"a.py", "gone.py", "new.py"}
        assert change.present == ["a.py", "new.py"]
        assert change.head.read("a.py") == b"2\n"
        assert change.base is not None
        assert change.base.read("a.py") == b"1\n"


def test_before_the_first_commit_every_file_is_new(repo: Repository) -> None:
    repo.stage({"a.py": "1\n"})
    with Git.find(repo.path) as git:
        assert changes.staged(git).present == ["a.py"]


def test_a_range_holds_what_its_end_changed(repo: Repository) -> None:
    base = repo.commit({"a.py": "1\n"})
    head = repo.commit({"b.py": "1\n"})
    with Git.find(repo.path) as git:
        assert changes.between(git, base, head).present == ["b.py"]
        assert changes.merge_base(git, base, head) == base


@pytest.mark.parametrize("kind", ["memory", "commit", "index", "work tree"])
def test_every_tree_finds_the_same_files(repo: Repository, kind: str) -> None:
    files: dict[str, str | bytes | None] = {
        "a b.py": "import legacy\n",
        "bin.dat": b"\0\xfflegacy\0",
        ".gitattributes": "*.dat -diff\n*.py binary\n",
        "other.py": "import new\n",
        "dir/\N{SNOWMAN}.py": "legacy",
    }
    repo.commit(files)
    with Git.find(repo.path) as git:
        trees: dict[str, Tree] = {
            "memory": MemoryTree({k: v for k, v in files.items() if v is not None}),
            "commit": CommitTree(git, "HEAD"),
            "index": IndexTree(git),
            "work tree": WorkTree(git),
        }
        tree = trees[kind]
        assert tree.containing([b"legacy", b"nothing"]) == sorted(
            ["a b.py", "bin.dat", "dir/\N{SNOWMAN}.py"]
        )
        assert tree.containing([]) == []
        assert dict(tree.read_all(["other.py", "bin.dat"])) == {
            "other.py": b"import new\n",
            "bin.dat": b"\0\xfflegacy\0",
        }


def test_a_head_that_cannot_be_read_is_not_a_first_commit(repo: Repository) -> None:
    head = repo.commit({"a.py": "1\n"})
    (repo.path / ".git/objects" / head[:2] / head[2:]).unlink()
    with Git.find(repo.path) as git, pytest.raises(CannotDecide, match="HEAD"):
        changes.staged(git)
