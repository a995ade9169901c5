"""What git may take for a moved file, told before git is asked."""

from __future__ import annotations

import pytest

from backout.core.reversal.alike import Text
from support.repository import Repository

LINES = [f"line {number} of many\n" for number in range(20)]
LONG = "".join(f"{number} " for number in range(400))


def content(first: int, last: int) -> str:
    return "".join(LINES[first:last])


@pytest.mark.parametrize(
    ("old", "new", "may"),
    [
        pytest.param("", "", False, id="empty files"),
        pytest.param(content(0, 9), content(9, 18), False, id="no line in common"),
        pytest.param(content(0, 20), content(0, 4), False, id="a fifth of it"),
        pytest.param("one\ntwo\n", "three\nfour\n", False, id="two short texts"),
        pytest.param(LONG, LONG[::-1], False, id="one long line, another one"),
        pytest.param(content(0, 9), content(0, 9), True, id="the same"),
        pytest.param(content(0, 20), content(9, 20), True, id="a half of it"),
        pytest.param(
            content(0, 9), content(5, 9) + content(0, 5), True, id="in another order"
        ),
        pytest.param(
            content(0, 9).replace("\n", "\r\n"), content(0, 9), True, id="line ends"
        ),
        pytest.param(LONG, LONG[:1400] + "end", True, id="one long line, its end"),
    ],
)
def test_what_git_follows_is_alike(
    repo: Repository, old: str, new: str, may: bool
) -> None:
    assert Text(old.encode()).may_be(Text(new.encode())) is may
    repo.commit({"old": old})
    repo.commit({"old": None, "new": new})
    follows = "R" in repo.git("diff", "-M", "--name-status", "HEAD^", "HEAD")
    assert (
        not follows or may or not old
    )  # git pairs equal empty files; a merge does not
