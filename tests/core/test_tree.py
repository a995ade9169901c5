"""The work tree: what counts as a file of it, and what reading it cannot set off."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from backout.core.errors import CannotDecide
from backout.core.git import Git
from backout.core.tree import FILE, LINK, SUBMODULE, CommitTree, Entry, IndexTree
from backout.core.work_tree import WorkTree
from support.repository import Repository

Read = Callable[[], WorkTree]


@pytest.fixture
def read(repo: Repository) -> Iterator[Read]:
    """The work tree as it is when this is called."""
    with ExitStack() as stack:
        yield lambda: WorkTree(stack.enter_context(Git.find(repo.path)))


def test_it_is_what_lies_on_disk(repo: Repository, read: Read) -> None:
    repo.commit(
        {"a.py": "1\n", "same.py": "1\n", "gone.py": "1\n", ".gitignore": "*.o"}
    )
    repo.write({"a.py": "22\n", "gone.py": None, "new.py": "1\n", "out.o": "1\n"})
    tree = read()
    assert list(tree.entries) == [".gitignore", "a.py", "new.py", "same.py"]
    assert tree.read("a.py") == b"22\n"
    assert tree.read("same.py") == b"1\n"
    with pytest.raises(KeyError):
        tree.read("gone.py")


def test_a_tracked_file_that_is_ignored_belongs_to_it(
    repo: Repository, read: Read
) -> None:
    repo.commit({"a.o": "legacy\n"})
    repo.write({".gitignore": "*.o\n"})
    tree = read()
    assert "a.o" in tree.entries
    assert tree.containing([b"legacy"]) == ["a.o"]


def test_an_edit_of_equal_size_and_time_is_read(repo: Repository, read: Read) -> None:
    repo.commit({"a.py": "import new\n"})
    facts = (repo.path / "a.py").stat()
    repo.write({"a.py": "import old\n"})
    os.utime(repo.path / "a.py", ns=(facts.st_atime_ns, facts.st_mtime_ns))
    tree = read()
    assert tree.read("a.py") == b"import old\n"
    assert tree.containing([b"old"]) == ["a.py"]


def test_kinds_are_what_they_are_on_disk(repo: Repository, read: Read) -> None:
    repo.commit({"a.py": "1\n", "b.py": "1\n", "c.py": "1\n"})
    (repo.path / "a.py").chmod(0o755)
    (repo.path / "b.py").unlink()
    (repo.path / "b.py").symlink_to("a.py")
    inner = Repository(repo.path / "inner")
    commit = inner.commit({"a.py": "legacy\n"})
    repo.git("-c", "advice.addEmbeddedRepo=false", "add", "inner")
    tree = read()
    assert dict(tree.entries) == {
        "a.py": Entry(FILE, ""),
        "b.py": Entry(LINK, ""),
        "c.py": Entry(FILE, ""),
        "inner": Entry(SUBMODULE, commit),
    }
    assert tree.containing([b"legacy"]) == []


def test_a_link_is_never_followed(repo: Repository, read: Read) -> None:
    repo.commit({"folder/a.py": "1\n", "b.py": "1\n"})
    secret = repo.path.parent / "secret"
    secret.mkdir()
    (secret / "a.py").write_text("legacy secret\n")
    (repo.path / "folder/a.py").unlink()
    (repo.path / "folder").rmdir()
    (repo.path / "folder").symlink_to(secret)
    (repo.path / "b.py").unlink()
    (repo.path / "b.py").symlink_to(secret / "a.py")
    tree = read()
    assert set(tree.entries) == {"folder", "b.py"}
    assert tree.read("b.py") == os.fsencode(secret / "a.py")
    assert tree.containing([b"legacy"]) == []


def test_a_file_that_became_a_link_meanwhile_is_not_followed(
    repo: Repository, read: Read
) -> None:
    repo.commit({"a.py": "1\n"})
    tree = read()
    assert tree.entries["a.py"].mode == FILE
    (repo.path / "a.py").unlink()
    (repo.path / "a.py").symlink_to("/proc/self/environ")
    with pytest.raises(CannotDecide, match=r"a\.py cannot be read"):
        tree.read("a.py")


def test_a_pipe_is_no_file(repo: Repository, read: Read) -> None:
    repo.commit({"a.py": "1\n"})
    (repo.path / "a.py").unlink()
    os.mkfifo(repo.path / "a.py")
    os.mkfifo(repo.path / "b.py")
    assert dict(read().entries) == {}


def test_reading_runs_no_filter(repo: Repository, read: Read) -> None:
    ran = repo.path.parent / "ran"
    repo.commit({"a.py": "1\n", ".gitattributes": "* filter=x\n"})
    repo.git("config", "filter.x.clean", f"touch '{ran}'; cat")
    repo.git("config", "filter.x.smudge", f"touch '{ran}'; cat")
    repo.write({"a.py": "2\n"})
    tree = read()
    assert tree.containing([b"2"]) == ["a.py"]
    assert tree.read("a.py") == b"2\n"
    assert not ran.exists()


def test_what_a_sparse_checkout_leaves_out_is_not_deleted(
    repo: Repository, read: Read
) -> None:
    repo.commit({"in/a.py": "legacy\n", "out/b.py": "legacy\n", "out/c.py": "1\n"})
    repo.git("sparse-checkout", "set", "in")
    tree = read()
    assert set(tree.entries) == {"in/a.py", "out/b.py", "out/c.py"}
    assert tree.read("out/b.py") == b"legacy\n"
    assert tree.containing([b"legacy"]) == ["in/a.py", "out/b.py"]


@pytest.mark.parametrize("told", ["--assume-unchanged", "--skip-worktree"])
def test_what_git_does_not_look_at_is_read_from_disk(
    repo: Repository, read: Read, told: str
) -> None:
    repo.commit({"a.py": "new\n", "b.py": "legacy\n", "c.py": "legacy\n"})
    repo.git("update-index", told, "a.py", "b.py", "c.py")
    repo.write({"a.py": "legacy\n", "b.py": "new\n"})
    tree = read()
    assert tree.read("a.py") == b"legacy\n"
    assert tree.containing([b"legacy"]) == ["a.py", "c.py"]


def test_names_that_are_not_utf_8_are_read(repo: Repository, read: Read) -> None:
    place = os.fsencode(repo.path) + b"/caf\xe9.py"
    Path(os.fsdecode(place)).write_bytes(b"legacy\n")
    tree = read()
    assert list(tree.entries) == ["caf\udce9.py"]
    assert tree.read("caf\udce9.py") == b"legacy\n"
    assert tree.containing([b"legacy"]) == ["caf\udce9.py"]


def nothing(repo: Repository) -> None: ...


def changed(repo: Repository) -> None:
    repo.write({"a.py": "legacy 2\n", "new.py": "legacy\n", "out.o": "legacy\n"})


def deleted(repo: Repository) -> None:
    repo.write({"pkg/b.py": None, "c.py": None})


def a_link_became_a_file(repo: Repository) -> None:
    (repo.path / "link").unlink()
    repo.write({"link": "legacy\n"})


def a_file_became_a_link(repo: Repository) -> None:
    (repo.path / "a.py").unlink()
    (repo.path / "a.py").symlink_to("pkg/b.py")


def a_file_became_a_folder(repo: Repository) -> None:
    repo.write({"a.py": None})
    repo.write({"a.py/inner.py": "legacy\n"})


def a_name_ends_like_another(repo: Repository) -> None:
    # As a row of the index, all but its beginning is that of an ignored "out.o".
    repo.commit({"x 0\tout.o": "1\n", "x\tnowhere/a.py": "1\n"})
    repo.write({"out.o": "legacy\n"})


def another_repository_lies_in_it(repo: Repository) -> None:
    Repository(repo.path / "other").commit({"a.py": "legacy\n"})


def a_submodule(repo: Repository) -> None:
    Repository(repo.path / "sub").commit({"a.py": "legacy\n"})
    repo.git("-c", "advice.addEmbeddedRepo=false", "add", "sub")


def sparse(repo: Repository) -> None:
    repo.git("sparse-checkout", "set", "pkg")


@pytest.mark.parametrize(
    "change",
    [
        nothing,
        changed,
        deleted,
        a_link_became_a_file,
        a_file_became_a_link,
        a_file_became_a_folder,
        a_name_ends_like_another,
        another_repository_lies_in_it,
        a_submodule,
        sparse,
    ],
    ids=lambda change: change.__name__.replace("_", " "),
)
def test_what_is_said_before_the_files_are_listed_is_the_same(
    repo: Repository, read: Read, change: Callable[[Repository], None]
) -> None:
    (repo.path / "link").symlink_to("a.py")
    repo.commit(
        {
            "a.py": "legacy\n",
            "c.py": "legacy\n",
            "pkg/b.py": "legacy\n",
            ".gitignore": "*.o\n",
        }
    )
    change(repo)
    listed = read()
    names = [
        *listed.entries,
        "a.py",
        "c.py",
        "pkg/b.py",
        "out.o",
        "nowhere",
        "pkg",
        "a",
    ]
    for name in names:
        early = read()
        early.begin()
        found = early.get(name)
        known = listed.entries.get(name)
        assert (found and found.is_file) == (known and known.is_file), name
    for folder in ("pkg", "nowhere", "sub", "other", "a.py", "out.o"):
        early = read()
        early.begin()
        assert early.holds(folder) == listed.holds(folder), folder
    early = read()
    early.begin()
    holding = listed.containing([b"legacy"])
    assert early.containing([b"legacy"]) == holding
    assert [early.read(path) for path in holding] == [listed.read(p) for p in holding]
    # What is tracked counts, though it be gone, or a folder by now.
    assert early.count() == listed.count()
    gone = 2 if change is deleted else int(change is a_file_became_a_folder)
    assert early.count() == len(listed.entries) + gone


def test_a_link_that_became_a_file_is_searched(repo: Repository, read: Read) -> None:
    (repo.path / "link").symlink_to("a.py")
    repo.commit({"a.py": "1\n"})
    a_link_became_a_file(repo)
    assert read().containing([b"legacy"]) == ["link"]


def test_a_commit_says_before_it_is_listed_what_it_says_then(repo: Repository) -> None:
    repo.commit({"a.py": "1\n", "folder/b.py": "2\n", "fold/c.py": "3\n"})

    def fresh() -> CommitTree:
        return CommitTree(git, "HEAD")

    with Git.find(repo.path) as git:
        listed = fresh()
        for path in [*listed.entries, "folder", "nowhere", "folder/nowhere"]:
            early = fresh()
            assert early.get(path) == listed.entries.get(path)
            assert early.holds(path) == listed.holds(path)
        for path in listed.entries:
            early = fresh()
            early.get(path)
            assert early.read(path) == fresh().read(path) == listed.read(path)
        assert fresh().count() == len(listed.entries) == 3


@pytest.mark.parametrize("is_begun", [False, True], ids=["at once", "once begun"])
def test_a_path_cannot_lead_on_into_gits_next_row(
    repo: Repository, is_begun: bool
) -> None:
    repo.commit({"a": "1\n", "b.py": "1\n"})
    oid = repo.git("rev-parse", "HEAD:b.py").strip()
    with Git.find(repo.path) as git:
        trees: list[CommitTree | IndexTree | WorkTree] = [
            CommitTree(git, "HEAD"),
            IndexTree(git),
            WorkTree(git),
        ]
        for tree in trees:
            if is_begun:
                tree.begin()
            for facts in (f"100644 blob {oid}", f"H 100644 {oid} 0"):
                assert tree.get(f"a\0{facts}\tb.py") is None
            assert tree.get("b.py") is not None
