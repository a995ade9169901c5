"""The work tree: what counts as a file of it, and what reading it cannot set off."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from backout.core.errors import CannotDecide
from backout.core.git import Git
from backout.core.tree import FILE, LINK, SUBMODULE, Entry
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


def test_names_that_are_not_utf_8_are_read(repo: Repository, read: Read) -> None:
    place = os.fsencode(repo.path) + b"/caf\xe9.py"
    Path(os.fsdecode(place)).write_bytes(b"legacy\n")
    tree = read()
    assert list(tree.entries) == ["caf\udce9.py"]
    assert tree.read("caf\udce9.py") == b"legacy\n"
    assert tree.containing([b"legacy"]) == ["caf\udce9.py"]
