"""Whether the server has a migration's baseline, asked over http where a merge is judged."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator

import pytest

from backout.actions.cli import main
from support.shop import TOKEN, Shop

GATE = ["gate", "--from", "HEAD~1", "--only", "baseline-missing"]
MISSING = "The baseline migration-start of storage-v2 is not on origin"
UNASKED = "Not asked whether origin has the baseline migration-start"


@pytest.fixture
def changed(shop: Shop) -> Shop:
    """With a last commit that touches the policy, so that baselines are looked at."""
    policy = (shop.clone.path / "backout.yaml").read_text()
    shop.clone.commit({"backout.yaml": f"{policy}# Said again.\n"})
    return shop


@pytest.fixture
def checked_out(changed: Shop) -> Iterator[Shop]:
    """As actions/checkout leaves a clone: its token is in the clone's settings."""
    basic = b64encode(f"x-access-token:{TOKEN}".encode()).decode()
    key = f"http.{changed.hub.url}/.extraheader"
    changed.clone.git("config", key, f"AUTHORIZATION: basic {basic}")
    yield changed
    changed.clone.git("config", "--unset", key)


def test_a_baseline_that_the_server_has(
    checked_out: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(GATE) == 0
    assert UNASKED not in capsys.readouterr().out


def test_a_baseline_that_somebody_deleted_on_the_server(
    checked_out: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    checked_out.project.git("update-ref", "-d", "refs/tags/migration-start")
    assert main(GATE) == 1
    assert MISSING in capsys.readouterr().out


def test_a_server_that_lets_nobody_in_is_said(
    changed: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(GATE) == 0
    assert UNASKED in capsys.readouterr().out
