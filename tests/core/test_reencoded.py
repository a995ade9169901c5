"""Files that are in another encoding on disk: the work tree gives what git would take."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from backout.actions.cli import main
from backout.core.errors import CannotDecide
from backout.core.git import Git
from backout.core.reencoded import as_git_keeps_it
from backout.core.work_tree import WorkTree
from support.repository import Repository

Read = Callable[[], WorkTree]
TEXT = "name = 'é'\nfrom shop.old import Cart\n"
POLICY = """\
version: 1
source-roots: [.]
migrations:
  cart-v2:
    forbid: [{symbol: shop.old.Cart, use: shop.new.Cart}]
"""


@pytest.fixture
def read(repo: Repository) -> Iterator[Read]:
    """The work tree as it is when this is called."""
    with ExitStack() as stack:
        yield lambda: WorkTree(stack.enter_context(Git.find(repo.path)))


def attributes(encoding: str, pattern: str = "*.py") -> str:
    return f"{pattern} working-tree-encoding={encoding}\n"


@pytest.mark.parametrize(
    ("encoding", "data"),
    [
        pytest.param("UTF-16", TEXT.encode("utf-16"), id="UTF-16"),
        pytest.param(
            "utf16", codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), id="big-endian"
        ),
        pytest.param("UTF-16LE", TEXT.encode("utf-16-le"), id="UTF-16LE"),
        pytest.param("UTF-16LE-BOM", TEXT.encode("utf-16"), id="UTF-16LE-BOM"),
        pytest.param("UTF-32", TEXT.encode("utf-32"), id="UTF-32"),
        pytest.param("ISO-8859-1", TEXT.encode("latin-1"), id="ISO-8859-1"),
        pytest.param("UTF-8", TEXT.encode(), id="UTF-8"),
    ],
)
def test_it_is_what_git_takes(
    repo: Repository, read: Read, encoding: str, data: bytes
) -> None:
    repo.commit({".gitattributes": attributes(encoding), "a.py": data, "b.txt": "Cart"})
    assert repo.git("show", "HEAD:a.py") == TEXT.rstrip("\n")
    tree = read()
    assert tree.read("a.py") == TEXT.encode()
    assert tree.containing([b"old import Cart"]) == ["a.py"]
    listed = read()
    assert listed.entries
    assert listed.containing([b"Cart"]) == ["a.py", "b.txt"]
    begun = read()
    begun.begin()
    assert begun.containing([b"Cart"]) == ["a.py", "b.txt"]
    assert begun.read("a.py") == TEXT.encode()


@pytest.mark.parametrize(
    ("encoding", "data"),
    [
        pytest.param("UTF-16", TEXT.encode(), id="UTF-8 all the same"),
        pytest.param("UTF-16", TEXT.encode("utf-16-le"), id="no byte order mark"),
        pytest.param("UTF-16LE", TEXT.encode("utf-16"), id="one that may not be"),
        pytest.param(
            "UTF-16LE",
            b"from shop.old import Cart\n",
            id="UTF-8 of an even number of bytes",
        ),
        pytest.param("UTF-16", TEXT.encode("utf-16")[:-1], id="half a character"),
        pytest.param("UTF-16LE", b"\0\xd8", id="half a pair"),
        pytest.param("punycode", TEXT.encode(), id="what no git knows"),
        pytest.param("base64", b"AA==", id="what is no text"),
        pytest.param("set", TEXT.encode(), id="none named"),
        pytest.param("x-nobody", TEXT.encode(), id="what nobody knows"),
    ],
)
def test_what_git_would_refuse_is_not_read(encoding: str, data: bytes) -> None:
    with pytest.raises(CannotDecide, match=r"a\.py cannot be read as .* --tree HEAD"):
        as_git_keeps_it("a.py", data, encoding)


@pytest.mark.parametrize("data", [b"", codecs.BOM_UTF16_LE])
def test_an_empty_file_is_empty(data: bytes) -> None:
    assert as_git_keeps_it("a.py", data, "UTF-16") == b""


def test_what_is_not_committed_is_read_so_too(repo: Repository, read: Read) -> None:
    repo.commit({"a.py": "1\n"})
    repo.write({"in/.gitattributes": attributes("UTF-16")})
    repo.write({"in/b.py": TEXT.encode("utf-16"), "c.py": TEXT})
    tree = read()
    assert tree.containing([b"Cart"]) == ["c.py", "in/b.py"]
    assert read().read("in/b.py") == TEXT.encode()


def test_attributes_of_the_clone_alone_count(repo: Repository, read: Read) -> None:
    (repo.path / ".git/info/attributes").write_text(attributes("UTF-16"))
    repo.commit({"a.py": TEXT.encode("utf-16")})
    repo.git("worktree", "add", "-q", "--detach", "../other")
    assert read().containing([b"Cart"]) == ["a.py"]
    with Git.find(repo.path.parent / "other") as git:
        assert WorkTree(git).containing([b"Cart"]) == ["a.py"]
        assert WorkTree(git).read("a.py") == TEXT.encode()


def test_attributes_that_are_gone_from_disk_are_the_indexs(
    repo: Repository, read: Read
) -> None:
    repo.commit({"in/.gitattributes": attributes("UTF-16")})
    repo.commit({"in/a.py": TEXT.encode("utf-16"), "b.py": TEXT})
    repo.write({"in/.gitattributes": None})
    assert read().containing([b"Cart"]) == ["b.py", "in/a.py"]


def test_a_link_is_in_no_encoding(repo: Repository, read: Read) -> None:
    repo.commit({".gitattributes": attributes("UTF-16")})
    (repo.path / "a.py").symlink_to("nowhere")
    assert read().read("a.py") == b"nowhere"


def test_git_is_not_asked_where_no_attribute_mentions_it(
    repo: Repository, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo.commit({".gitattributes": "*.py text\n", "a.py": "legacy\n"})
    asked: list[str] = []
    run = Git.run

    def noted(git: Git, *args: str, **more: object) -> bytes:
        asked.append(args[0])
        return run(git, *args, **more)  # type: ignore[arg-type]  # as they came

    monkeypatch.setattr(Git, "run", noted)
    tree = read()
    tree.begin()
    assert tree.containing([b"legacy"]) == ["a.py"]
    assert tree.read("a.py") == b"legacy\n"
    assert read().read("a.py") == b"legacy\n"
    assert "check-attr" not in asked


def test_a_whole_work_tree_is_judged(
    repo: Repository,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(repo.path)
    repo.commit(
        {
            ".gitattributes": attributes("UTF-16"),
            "backout.yaml": POLICY,
            "a.py": TEXT.encode("utf-16"),
        }
    )
    assert main(["gate", "--all"]) == 1
    assert "a.py:2:22  forbidden-symbol" in capsys.readouterr().out
    assert main(["gate", "--all", "--fix"]) == 1
    assert "a.py  git writes it to disk in another enc" in capsys.readouterr().out
    assert (repo.path / "a.py").read_bytes() == TEXT.encode("utf-16")
    repo.write({"a.py": TEXT})
    assert main(["gate", "--all"]) == 2
    said = capsys.readouterr()
    assert "a.py cannot be read as UTF-16" in said.out + said.err
