"""Trees with some files exchanged: the same that git's index gives."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backout.core.errors import CannotDecide
from backout.core.git import Git
from backout.core.reversal.scratch import Scratch
from backout.core.tree import EXECUTABLE, FILE, LINK, Entry
from support.repository import Repository

# Names whose order differs between files and folders, as `a` and `a.b` do.
_NAMES = st.sampled_from(["a", "a.b", "a0", "b", "c\n\N{SNOWMAN}"])
_PATHS = st.lists(_NAMES, min_size=1, max_size=3).map("/".join)
_ENTRIES = st.builds(
    Entry,
    st.sampled_from([FILE, EXECUTABLE, LINK]),
    st.sampled_from(["1" * 40, "2" * 40]),
)


def _apart(files: Mapping[str, Entry | None]) -> bool:
    """Whether no file that is set lies in another one."""
    kept = [path for path, entry in files.items() if entry]
    return not any(one.startswith(f"{other}/") for one in kept for other in kept)


def by_index(repo: Repository, tree: str, files: Mapping[str, Entry | None]) -> str:
    """The same by a real index: first what goes, then what comes."""
    index = str(repo.path / ".git" / "index-apart")
    Path(index).unlink(missing_ok=True)
    if tree:
        repo.git("read-tree", tree, GIT_INDEX_FILE=index)
    lines = [
        f"{entry.mode:o} {entry.oid}\t{path}\0" if entry else f"0 {'0' * 40}\t{path}\0"
        for path, entry in sorted(files.items(), key=lambda item: item[1] is not None)
    ]
    repo.git(
        "update-index", "--replace", "-z", "--index-info",
        data="".join(lines).encode(), GIT_INDEX_FILE=index,
    )  # fmt: skip
    return repo.git("write-tree", "--missing-ok", GIT_INDEX_FILE=index)


@settings(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    before=st.dictionaries(_PATHS, _ENTRIES, max_size=6).filter(_apart),
    files=st.dictionaries(_PATHS, st.none() | _ENTRIES, max_size=5).filter(_apart),
)
def test_it_is_the_tree_that_the_index_gives(
    before: dict[str, Entry | None], files: dict[str, Entry | None], repo: Repository
) -> None:
    tree = by_index(repo, "", before)
    expected = by_index(repo, tree, files)
    with Git.find(repo.path) as git, Scratch(git) as scratch:
        assert scratch.edited(tree, files) == expected


@pytest.mark.parametrize("path", ["a/../b", ".git/config", "a/.GIT", "a//b", ""])
def test_what_git_would_not_take_is_refused(repo: Repository, path: str) -> None:
    with (
        Git.find(repo.path) as git,
        Scratch(git) as scratch,
        pytest.raises(CannotDecide, match="git takes no file"),
    ):
        scratch.edited(scratch.empty_tree(), {path: Entry(FILE, "1" * 40)})


@pytest.mark.parametrize("form", ["sha1", "sha256"])
def test_objects_are_as_git_writes_them(tmp_path: Path, form: str) -> None:
    repo = Repository(tmp_path / "repo", f"--object-format={form}")
    with Git.find(repo.path) as git, Scratch(git) as scratch:
        blob = scratch.blob_of(b"text\n")
        tree = scratch.edited(scratch.empty_tree(), {"d/a": Entry(FILE, blob)})
        assert scratch.run("ls-tree", "-r", "--name-only", tree) == b"d/a\n"
        assert scratch.run("cat-file", "blob", f"{tree}:d/a") == b"text\n"
        commit = scratch.commit(tree)
        assert scratch.run("fsck", "--strict", "--no-dangling", commit) == b""
        assert scratch.edited(tree, {"d/a": None}) == scratch.empty_tree()
