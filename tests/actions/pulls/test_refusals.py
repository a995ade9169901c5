"""What to look at when a remote does not answer: by what git says of it."""

from __future__ import annotations

import pytest

from backout.actions.pulls.refusals import of_reach
from backout.core.remote import Unreachable

URL = "ssh://git@example.org/shop"


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        pytest.param(
            "Connection timed out", "Connection timed out", id="nothing known"
        ),
        pytest.param(
            "git@example.org: Permission denied (publickey).",
            "Permission denied (publickey). Ssh has no key that it takes",
            id="no key",
        ),
        pytest.param(
            "Host key verification failed.",
            "failed. Ssh does not know this server",
            id="an unknown server",
        ),
        pytest.param(
            "remote: Permission to acme/shop.git denied to bob.",
            "bob. This login may read and not push",
            id="no right to push",
        ),
        pytest.param(
            "fatal: could not read Username for 'https://example.org'",
            ". Git has no login for it",
            id="no login",
        ),
        pytest.param(
            "ERROR: Repository not found.", "found. Is the remote", id="moved"
        ),
    ],
)
def test_a_remote_that_does_not_answer(said: str, advice: str) -> None:
    sentence = of_reach(Unreachable(URL, said))
    assert sentence.startswith(f"{URL} cannot be reached: ")
    assert advice in sentence
    assert ".." not in sentence
