"""Finding a repository, naming its objects and reading them."""

from __future__ import annotations

from pathlib import Path

import pytest

from backout.core.errors import CannotDecide, UsageError
from backout.core.git import Git
from support.repository import Repository


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("HEAD", id="where we are"),
        pytest.param("main", id="a branch"),
        pytest.param("v1", id="an annotated tag"),
        pytest.param("refs/heads/main", id="a whole ref"),
        pytest.param("odd/-name", id="a branch with a dash"),
        pytest.param("caf\N{LATIN SMALL LETTER E WITH ACUTE}", id="not ASCII"),
    ],
)
def test_a_name_is_resolved(repo: Repository, name: str) -> None:
    head = repo.commit({"a.py": "1\n"})
    repo.git("tag", "-a", "-m", "one", "v1")
    for branch in ("odd/-name", "caf\N{LATIN SMALL LETTER E WITH ACUTE}"):
        repo.git("branch", branch)
    with Git.find(repo.path) as git:
        assert git.resolve(name) == head
        assert git.resolve(name, "tree") == repo.git("rev-parse", "HEAD^{tree}")


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("nowhere", id="nothing of that name"),
        pytest.param("0123456789" * 4, id="an id that is not here"),
        pytest.param("", id="no name"),
        pytest.param("--all", id="an option"),
        pytest.param("-h", id="a short option"),
        pytest.param("nowhere commit 3", id="what an answer looks like"),
        pytest.param("HEAD\nHEAD", id="two requests"),
        pytest.param("HEAD\0", id="a NUL"),
        pytest.param("HEAD..HEAD", id="a range"),
        pytest.param("HEAD:a.py", id="a file"),
        pytest.param("\udce9", id="bytes that are not UTF-8"),
    ],
)
def test_a_name_is_not_here_and_the_next_one_is(repo: Repository, name: str) -> None:
    head = repo.commit({"a.py": "1\n"})
    with Git.find(repo.path) as git:
        with pytest.raises(CannotDecide, match="is not here"):
            git.resolve(name)
        assert git.resolve("HEAD") == head


def test_in_a_shallow_clone_it_says_how_to_get_more(repo: Repository) -> None:
    old = repo.commit({"a.py": "1\n"})
    repo.commit({"a.py": "2\n"})
    clone = repo.path.parent / "shallow"
    repo.git("clone", "-q", "--depth=1", repo.path.as_uri(), str(clone))
    with Git.find(clone) as git, pytest.raises(CannotDecide, match="fetch-depth: 2"):
        git.resolve(old)


def test_many_blobs_come_in_order_and_may_be_left_half_read(repo: Repository) -> None:
    texts = [f"{i}\n" * (i * 40) for i in range(150)]
    repo.commit({f"{i}.py": text for i, text in enumerate(texts)})
    ids = [repo.git("rev-parse", f"HEAD:{i}.py") for i in range(150)]
    with Git.find(repo.path) as git:
        half = git.blobs(ids)
        assert next(half) == b""
        assert [blob.decode() for blob in git.blobs(ids)] == texts
        assert next(half) == b"1\n" * 40


@pytest.mark.parametrize("how", ["missing", "damaged"])
def test_a_blob_that_cannot_be_read_is_not_an_empty_one(
    repo: Repository, how: str
) -> None:
    repo.commit({"a.py": "1\n", "b.py": "2\n"})
    oid, other = repo.git("rev-parse", "HEAD:a.py", "HEAD:b.py").split()
    file = repo.path / ".git/objects" / oid[:2] / oid[2:]
    file.chmod(0o644)
    if how == "missing":
        file.unlink()
    else:
        file.write_bytes(b"not compressed")
    with Git.find(repo.path) as git:
        for _ in range(2):
            with pytest.raises(CannotDecide, match="cannot be read"):
                git.blob(oid)
        assert git.blob(other) == b"2\n"


def test_a_folder_inside_is_enough(repo: Repository) -> None:
    repo.commit({"folder/a.py": "1\n"})
    with Git.find(repo.path / "folder") as git:
        assert git.top == repo.path
        assert git.directory == repo.path / ".git"


def test_a_bare_repository_is_found_when_it_may_be_one(tmp_path: Path) -> None:
    bare = Repository(tmp_path / "bare.git", "--bare")
    with pytest.raises(UsageError):
        Git.find(bare.path)
    with Git.find(bare.path, bare=True) as git:
        assert git.top is None
        assert git.run("rev-parse", "--is-bare-repository") == b"true\n"


UNREADABLE = [
    pytest.param("[core\n", "bad config line", id="settings that do not parse"),
    pytest.param(
        "[core]\nabbrev = nonsense\n", "core.abbrev", id="a setting git refuses"
    ),
    pytest.param(
        "[core]\nrepositoryformatversion = 1\n[extensions]\nnewer = true\n",
        "unknown repository extension.* newer",
        id="an extension of a newer git",
    ),
]


@pytest.mark.parametrize(("settings", "said"), UNREADABLE)
def test_where_git_cannot_read_a_repository_its_words_are_told(
    repo: Repository, settings: str, said: str
) -> None:
    config = repo.path / ".git/config"
    config.write_text(config.read_text("utf-8") + settings, "utf-8")
    with pytest.raises(UsageError, match=f"cannot read the repository.*{said}"):
        Git.find(repo.path)


def test_a_folder_whose_name_holds_a_line_end_is_refused(tmp_path: Path) -> None:
    repo = Repository(tmp_path / "a\nb")
    with pytest.raises(UsageError, match="line end"):
        Git.find(repo.path)
