"""How people name a migration or a phase, and what they meant when they miss."""

from __future__ import annotations

import pytest

from backout.core.address import find
from backout.core.errors import UsageError
from backout.core.policy_file import read_policy

POLICY = read_policy(
    b"""
version: 1
migrations:
  storage-v2:
    title: Unified storage
    phases: [{id: 1}, {id: 6}, {id: 7, title: Storage layer}, {id: 11}]
  api:
    phases: [{id: alpha}, {id: beta, title: "Second\\e[2J"}]
  empty: {}
""",
    "backout.yaml",
)


@pytest.mark.parametrize("name", ["storage-v2", "storage-v2/7", "api/alpha", "empty"])
def test_it_is_found_by_the_name_it_shows(name: str) -> None:
    assert str(find(POLICY, name)) == name


MISSED = [
    (
        "storage-v2/77",
        'no phase 77 in storage-v2 (1 to 11). Did you mean 7 "Storage layer"?',
    ),
    ("storage-v2/", "no phase  in storage-v2 (1 to 11)"),
    (
        "api/bta",
        'no phase bta in api (alpha, beta). Did you mean beta "Second\\x1b[2J"?',
    ),
    ("empty/1", "no phase 1 in empty: it has none"),
    (
        "storage_v2/7",
        "no migration 'storage_v2' in the policy (storage-v2, api, empty). "
        "Did you mean storage-v2?",
    ),
    ("7", "no migration '7' in the policy. Did you mean storage-v2/7?"),
    ("zzz", "no migration 'zzz' in the policy (storage-v2, api, empty)"),
]


@pytest.mark.parametrize(("name", "said"), MISSED, ids=[case[0] for case in MISSED])
def test_a_miss_says_what_was_meant(name: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        find(POLICY, name)
    assert str(caught.value) == said


def test_a_policy_without_migrations_says_so() -> None:
    with pytest.raises(UsageError, match="'a' in the policy: it has none"):
        find(read_policy(b"version: 1", "p"), "a")
