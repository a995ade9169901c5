"""Ways to keep a changed file out of a change, and the option that ends each.

As in `test_git_trust.py`, each is tried as things are and once more without its option.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from backout.core import change as changes
from backout.core.change import FileChange
from backout.core.git import Git
from backout.core.tree import IndexTree
from support.repository import Repository

Trick = Callable[[Repository], bool]


def _staged(repo: Repository) -> Mapping[str, FileChange]:
    with Git.find(repo.path) as git:
        return changes.staged(git).files


def _between(repo: Repository, base: str) -> Mapping[str, FileChange]:
    with Git.find(repo.path) as git:
        return changes.between(git, base, "HEAD").files


def _submodule(repo: Repository) -> str:
    """A commit with a submodule that .gitmodules asks not to look at, then moved."""
    inner = Repository(repo.path / "inner")
    inner.commit({"a.py": "1\n"})
    hide = '[submodule "inner"]\n path = inner\n url = ../inner\n ignore = all\n'
    base = repo.commit({".gitmodules": hide})
    inner.commit({"a.py": "2\n"})
    repo.git("add", "-f", "inner")
    return base


def _move_a_submodule_and_stage_it(repo: Repository) -> bool:
    _submodule(repo)
    return set(_staged(repo)) != {"inner"}


def _move_a_submodule_and_commit_it(repo: Repository) -> bool:
    base = _submodule(repo)
    repo.git("commit", "-q", "-m", "move")
    return set(_between(repo, base)) != {"inner"}


def _intend_to_add(repo: Repository) -> bool:
    repo.commit({"a.py": "1\n"})
    repo.write({"later.py": "legacy\n"})
    repo.git("add", "-N", "later.py")
    return bool(_staged(repo))


def _pattern_that_is_a_word(repo: Repository) -> bool:
    repo.git("config", "grep.patternType", "fixed")
    repo.stage({"a.py": "services.v1\n", "b.py": "servicesXv1\n"})
    return _found(repo, [b"services.v1"]) != ["a.py"]


def _colour_the_names(repo: Repository) -> bool:
    repo.git("config", "color.grep", "always")
    repo.stage({"a.py": "legacy\n"})
    return _found(repo, [b"legacy"]) != ["a.py"]


def _name_that_is_quoted(repo: Repository) -> bool:
    repo.stage({'"a\n".py': "legacy\n"})
    return _found(repo, [b"legacy"]) != ['"a\n".py']


def _found(repo: Repository, words: list[bytes]) -> list[str]:
    with Git.find(repo.path) as git:
        return IndexTree(git).containing(words)


TRICKS: list[tuple[str, Trick]] = [
    ("--ignore-submodules=none", _move_a_submodule_and_stage_it),
    ("--ignore-submodules=none", _move_a_submodule_and_commit_it),
    ("--ita-invisible-in-index", _intend_to_add),
    ("-P", _pattern_that_is_a_word),
    ("--no-color", _colour_the_names),
    ("-z", _name_that_is_quoted),
]


@pytest.mark.parametrize("is_given", [True, False], ids=["with it", "without it"])
@pytest.mark.parametrize(
    ("option", "trick"),
    [pytest.param(*row, id=f"{row[0]} {row[1].__name__}") for row in TRICKS],
)
def test_option_ends_a_trick(
    repo: Repository,
    monkeypatch: pytest.MonkeyPatch,
    option: str,
    trick: Trick,
    is_given: bool,
) -> None:
    run, begin = Git.run, Git.begin

    def without(
        self: Git, *args: str, data: bytes | None = None, codes: tuple[int, ...] = (0,)
    ) -> bytes:
        kept = [arg for arg in args if arg != option]
        return run(self, *kept, data=data, codes=codes)

    def begun(
        self: Git, *args: str, data: bytes = b"", codes: tuple[int, ...] = (0,)
    ) -> Callable[[], bytes]:
        kept = [arg for arg in args if arg != option]
        return begin(self, *kept, data=data, codes=codes)

    if not is_given:
        monkeypatch.setattr(Git, "run", without)
        monkeypatch.setattr(Git, "begin", begun)
    assert trick(repo) is not is_given


def test_a_file_called_binary_is_searched(repo: Repository) -> None:
    repo.stage({".gitattributes": "* -diff\n", "a.py": b"\0legacy\n"})
    assert _found(repo, [b"legacy"]) == ["a.py"]


def test_a_renamed_file_is_a_deleted_and_a_new_one(repo: Repository) -> None:
    base = repo.commit({"old.py": "legacy\n" * 9})
    repo.git("config", "diff.renames", "copies")
    repo.stage({"old.py": None, "new.py": "legacy\n" * 9})
    assert set(_staged(repo)) == {"old.py", "new.py"}
    repo.git("commit", "-q", "-m", "rename")
    assert set(_between(repo, base)) == {"old.py", "new.py"}


def test_object_ids_are_whole(repo: Repository) -> None:
    repo.git("config", "core.abbrev", "4")
    repo.stage({"a.py": "1\n"})
    new = _staged(repo)["a.py"].new
    assert new is not None
    assert len(new.oid) == 40
