"""Worker processes: a file that stalls or kills one is told, and the others are judged."""

from __future__ import annotations

import pytest

from backout.checks.symbols.naming import Names
from backout.checks.symbols.pool import Job, Pool
from backout.checks.symbols.target import Target

TARGET = Target("symbol", "shop.old.Cart")
USE = b"from shop.old import Cart\n"


def reasons(pool: Pool, *files: bytes) -> list[str]:
    """Why each file could not be judged, "" where it was and a use was found."""
    names = Names([TARGET], [])
    assert names.words
    pool.tell(([("symbol", TARGET.name, "")], [], {}, {}, [], []))
    jobs = [Job(f"{place}.py", data) for place, data in enumerate(files)]
    answers = dict(pool.judge(jobs))
    return [
        answers[job.path].reason or ("" if answers[job.path].uses else "no use")
        for job in jobs
    ]


def test_a_usual_file_is_judged() -> None:
    with Pool() as pool:
        assert reasons(pool, USE, USE) == ["", ""]


def test_a_search_after_another_finds_its_own_names() -> None:
    with Pool() as pool:
        assert reasons(pool, USE) == [""]
    with Pool() as pool:
        assert reasons(pool, b"from shop.new import Cart\n", USE) == ["no use", ""]


def test_a_file_that_takes_too_long_is_told_and_others_are_judged() -> None:
    slow = USE + b"x = Cart" + b" + 1" * 3500 + b"\n"
    with Pool(timeout=0.7) as pool:
        assert reasons(pool, slow, USE) == ["the parser did not end within 0.7 s", ""]


def test_a_file_that_kills_the_parser_is_told_and_others_are_judged() -> None:
    deadly = USE + b"x = Cart, " + b"-" * 30_000 + b"1\n"
    with Pool() as pool:
        assert reasons(pool, deadly, USE) == ["it kills the parser", ""]


@pytest.mark.parametrize(
    ("size", "reason"), [(100, ""), (20, "it is larger than 20 bytes")]
)
def test_a_file_that_is_too_large_is_told(size: int, reason: str) -> None:
    with Pool(size=size) as pool:
        assert reasons(pool, USE) == [reason]
