"""Trees by their ids: paths put back, and what differs between many pairs at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from backout.core.git import Git
from backout.core.reversal.scratch import Scratch
from backout.core.reversal.trees import differing, limited, listed, put_back
from support.repository import Repository

BEFORE = {"a": "1\n", "d/b": "1\n", "d/e/c": "1\n", "f": "1\n", "odd\nname": "1\n"}


@pytest.fixture
def trees(repo: Repository) -> Iterator[tuple[Scratch, str, str]]:
    repo.commit(dict(BEFORE))
    repo.git("rm", "-q", "-r", "d", "f", "odd\nname")
    repo.commit({"a": "2\n", "f/g": "2\n", "new": "2\n", "d/e": "a file\n"})
    with Git.find(repo.path) as git, Scratch(git) as scratch:
        yield scratch, git.resolve("HEAD^", "tree"), git.resolve("HEAD", "tree")


@pytest.mark.parametrize(
    "paths",
    [
        pytest.param([], id="nothing"),
        pytest.param(["nowhere", "a/nowhere", "d/e/c/x"], id="what is in neither"),
        pytest.param(["a"], id="a file"),
        pytest.param(["d/b", "odd\nname"], id="files that went"),
        pytest.param(["new"], id="a file that came"),
        pytest.param(["d"], id="a folder"),
        pytest.param(["d/e"], id="a folder that is a file now"),
        pytest.param(["f"], id="a file that is a folder now"),
        pytest.param(["d/e/c", "a"], id="a file beneath a file"),
    ],
)
def test_paths_are_put_back_with_all_beneath_them(
    trees: tuple[Scratch, str, str], paths: list[str]
) -> None:
    scratch, old, new = trees
    result = listed(scratch, put_back(scratch, new, old, paths))

    def is_asked(path: str) -> bool:
        return any(path == one or path.startswith(f"{one}/") for one in paths)

    before = {p: e for p, e in listed(scratch, old).items() if is_asked(p)}
    rest = {p: e for p, e in listed(scratch, new).items() if not is_asked(p)}
    # A file takes the place of a folder of its name, and the other way round.
    above = {p.rpartition("/")[0] for p in before}
    assert result == {**{p: e for p, e in rest.items() if p not in above}, **before}


def test_pairs_are_told_apart(trees: tuple[Scratch, str, str]) -> None:
    scratch, old, new = trees
    one, same, other = differing(scratch, [(old, new), (new, new), (new, old)])
    assert same == {}
    assert {path: (new, old) for path, (old, new) in one.items()} == other
    assert one["odd\nname"].new is None
    assert one["new"].old is None
    assert sorted(one) == [
        "a", "d/b", "d/e", "d/e/c", "f", "f/g", "new", "odd\nname"
    ]  # fmt: skip
    assert differing(scratch, []) == []


@pytest.mark.parametrize(
    "chosen",
    [
        pytest.param({"a"}, id="the least of it"),
        pytest.param({"a", "d/b", "new", "odd\nname", "f", "f/g"}, id="most of it"),
    ],
)
def test_what_is_chosen_is_as_in_the_other_tree(
    trees: tuple[Scratch, str, str], chosen: set[str]
) -> None:
    scratch, old, new = trees
    before, after = listed(scratch, old), listed(scratch, new)
    expected = {p: e for p, e in before.items() if p not in chosen}
    expected.update({p: e for p, e in after.items() if p in chosen})
    result = limited(scratch, old, new, chosen.__contains__)
    assert listed(scratch, result) == expected
