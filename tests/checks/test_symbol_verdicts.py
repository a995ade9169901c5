"""The verdict cache: it saves time, and whatever becomes of it, answers stay right."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from backout.checks import symbols
from backout.checks.symbols import Target, engine, verdicts
from backout.checks.symbols.answer import Answer
from backout.checks.symbols.naming import Names
from backout.checks.symbols.pool import Job, Pool
from backout.core.git import Git
from backout.core.tree import CommitTree, IndexTree
from backout.core.work_tree import WorkTree
from support.repository import Repository, clean_environment

TARGET = Target("symbol", "shop.old.Cart")
OTHER = Target("symbol", "shop.old.total")
FILES: dict[str, str | bytes | None] = {
    "shop/__init__.py": "from .old import Cart as Basket\n",
    "shop/old.py": "class Cart: ...\ndef total(): ...\n",
    "a.py": "from shop.old import Cart, total\nCart(total)\n",
    "b.py": "from shop import Basket\nBasket()\n",
    "c.py": "from shop.old import *\nCart()\n",
    "d.py": "x = 1\n",
    "e.py": "# shop.old.Cart\n",
    "f.py": "from shop.old import Cart\ndef broken(:\n",
    "g.toml": 'run = "shop.old:Cart"\n',
}


@pytest.fixture
def here(repo: Repository) -> Repository:
    repo.commit(FILES)
    return repo


def found(repo: Repository, target: Target = TARGET, name: str = "HEAD") -> list[str]:
    with Git.find(repo.path) as git:
        return [
            repr(one) for one in symbols.uses(CommitTree(git, name), None, [target])
        ]


def cached(repo: Repository) -> list[Path]:
    return sorted((repo.path / ".git" / "backout" / "verdicts").glob("*"))


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that are given to a worker from now on."""
    seen: list[str] = []
    judge = Pool.judge

    def watched(self: Pool, jobs: Iterator[Job], *others: Any) -> object:
        def told() -> Iterator[Job]:
            for job in jobs:
                seen.append(job.path)
                yield job

        return judge(self, told(), *others)

    monkeypatch.setattr(Pool, "judge", watched)
    return seen


def test_that_a_file_renames_nothing_is_known_of_the_words_asked_for_alone(
    here: Repository,
) -> None:
    with Git.find(here.path) as git:
        names = Names([TARGET], ())
        known = verdicts.Verdicts(CommitTree(git, "HEAD"), names)
        known.tell(names, [])
        known.seek_renames(["Cart"])
        known.keep("a.py", "rename", False, None)
        assert known.recall("a.py", "rename") == (False, None)
        known.seek_renames(["Cart", "Basket"])
        assert known.recall("a.py", "rename") is None
        known.seek_renames(["Cart"])
        assert known.recall("a.py", "rename") == (False, None)


def test_of_a_text_it_is_known_that_it_was_passed_over_and_no_answer(
    here: Repository,
) -> None:
    with Git.find(here.path) as git:
        names = Names([TARGET], ())
        known = verdicts.Verdicts(CommitTree(git, "HEAD"), names)
        known.tell(names, [])
        known.keep("g.toml", "candidate", True, Answer([], {}, []))
        assert known.recall("g.toml", "candidate") is None
        known.keep("g.toml", "candidate", False, None)
        assert known.recall("g.toml", "candidate") == (False, None)


def test_a_ratchets_base_is_remembered_where_its_head_was(
    here: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    found(here)
    asked(here, "a.py", "d.py")

    def never(*args: object) -> bool:
        raise AssertionError(args)

    monkeypatch.setattr(engine, "renames", never)
    assert asked(here, "b.py", "d.py") != []


def test_a_second_search_judges_only_what_could_not_be_judged(
    here: Repository, judged: list[str]
) -> None:
    first = found(here)
    assert {"a.py", "b.py"} <= set(judged)
    judged.clear()
    assert found(here) == first
    # Why a file could not be judged may be the machine's fault: it is tried again.
    assert set(judged) == {"f.py"}


def asked(repo: Repository, *paths: str) -> list[str]:
    with Git.find(repo.path) as git:
        tree = CommitTree(git, "HEAD")
        return [repr(one) for one in symbols.uses(tree, paths, [TARGET])]


def test_of_a_hooks_few_files_what_is_parsed_is_remembered(
    here: Repository, judged: list[str]
) -> None:
    first = asked(here, "a.py", "b.py", "d.py")
    assert {"a.py", "b.py", "shop/__init__.py"} <= set(judged)
    judged.clear()
    assert asked(here, "a.py", "b.py", "d.py") == first
    assert judged == []


def test_a_hook_that_has_nothing_to_parse_writes_nothing(here: Repository) -> None:
    assert asked(here, "d.py") == []
    # The package that gives the name away was parsed, and that is remembered.
    for file in cached(here):
        file.unlink()
    here.commit({"shop/__init__.py": ""})
    assert asked(here, "d.py") == []
    assert cached(here) == []


def test_a_changed_file_is_judged_and_the_others_are_not(
    here: Repository, judged: list[str]
) -> None:
    found(here)
    here.commit({"a.py": "from shop.old import Cart\nCart()\nCart()\n", "f.py": None})
    judged.clear()
    after = found(here)
    assert set(judged) == {"a.py"}
    here.git("update-ref", "refs/keep", "HEAD")
    for file in cached(here):
        file.unlink()
    assert found(here) == after


def test_a_re_export_that_is_taken_back_changes_unchanged_files(
    here: Repository,
) -> None:
    assert any("b.py" in one for one in found(here))
    here.commit({"shop/__init__.py": "class Basket: ...\n"})
    assert not any("b.py" in one for one in found(here))
    here.commit({"shop/__init__.py": "from .old import Cart as Basket\n"})
    assert any("b.py" in one for one in found(here))


def test_two_policies_do_not_know_of_each_other(here: Repository) -> None:
    first = found(here)
    before = set(cached(here))
    second = found(here, OTHER)
    assert first != second
    assert before < set(cached(here))
    assert (found(here), found(here, OTHER)) == (first, second)


def test_what_has_no_blob_is_not_remembered(here: Repository) -> None:
    with Git.find(here.path) as git:
        list(symbols.uses(WorkTree(git), None, [TARGET]))
        assert cached(here) == []
        list(symbols.uses(IndexTree(git), None, [TARGET]))
        assert len(cached(here)) == 1


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-10])


def flip(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def empty(file: Path) -> None:
    file.write_bytes(b"")


def foreign(file: Path) -> None:
    body = b"\x93\xa1x\x80\x80"
    file.write_bytes(verdicts._digest(body).encode() + body)  # pyright: ignore[reportPrivateUsage]


def folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


@pytest.mark.parametrize(
    "harm",
    [
        pytest.param(cut, id="cut off"),
        pytest.param(flip, id="one bit flipped"),
        pytest.param(empty, id="empty"),
        pytest.param(foreign, id="of another engine"),
        pytest.param(folder, id="a folder"),
    ],
)
def test_a_damaged_cache_is_none(
    here: Repository, harm: Callable[[Path], None]
) -> None:
    first = found(here)
    [file] = cached(here)
    harm(file)
    assert found(here) == first


def test_a_verdict_that_was_edited_is_not_believed(here: Repository) -> None:
    first = found(here)
    [file] = cached(here)
    file.write_bytes(file.read_bytes().replace(b"a.py", b"z.py"))
    assert found(here) == first


SEARCH = """
import sys
from backout.checks.symbols import Target, uses
from backout.core.git import Git
from backout.core.tree import CommitTree
{before}
with Git.find(sys.argv[1]) as git:
    found = list(uses(CommitTree(git, "HEAD"), None, [Target("symbol", "shop.old.Cart")]))
for one in found:
    print(repr(one))
"""


def search(repo: Repository, before: str = "") -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-I", "-c", SEARCH.format(before=before), str(repo.path)],
        stdout=subprocess.PIPE,
        env=clean_environment(),
        text=True,
    )


def test_eight_at_once_say_the_same(here: Repository) -> None:
    runs = [search(here) for _ in range(8)]
    said = {run.communicate()[0] for run in runs}
    assert {run.returncode for run in runs} == {0}
    assert said == {"".join(f"{one}\n" for one in found(here))}
    assert len(cached(here)) == 1


def test_a_run_that_is_killed_while_it_writes_leaves_nothing_wrong(
    here: Repository,
) -> None:
    killed = """
import os, pathlib
write = pathlib.Path.write_bytes
def half(self, data):
    write(self, data[: len(data) // 2])
    os.kill(os.getpid(), 9)
pathlib.Path.write_bytes = half
"""
    run = search(here, killed)
    assert run.communicate()[0] == ""
    assert run.returncode == -signal.SIGKILL
    [left] = cached(here)
    first = found(here)
    os.utime(left, (0, 0))
    here.commit({"d.py": "x = 2\n"})
    assert found(here) == first
    assert len(cached(here)) == 1


def test_a_full_disk_costs_time_alone(here: Repository) -> None:
    limited = "import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))"
    run = search(here, limited)
    said = run.communicate()[0]
    assert run.returncode == 0
    assert cached(here) == []
    assert said == "".join(f"{one}\n" for one in found(here))


def test_a_folder_that_cannot_be_made_costs_time_alone(here: Repository) -> None:
    (here.path / ".git" / "backout").write_text("in the way")
    first = found(here)
    assert found(here) == first


def test_what_is_kept_is_bounded(
    here: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verdicts, "FILES", 2)
    for number in range(4):
        found(here, Target("symbol", f"shop.old.name{number}"))
    assert len(cached(here)) == 2
    monkeypatch.setattr(verdicts, "SIZE", 100)
    found(here, OTHER)
    assert len(cached(here)) == 2


def test_a_file_whose_name_is_no_text_keeps_nobody_from_remembering(
    here: Repository, judged: list[str]
) -> None:
    name = b"\xff.py".decode("utf-8", "surrogateescape")
    here.commit({name: "from shop.old import Cart\n", "f.py": None})
    first = found(here)
    judged.clear()
    assert found(here) == first
    assert judged == [name]
