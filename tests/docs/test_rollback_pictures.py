"""The pictures of a dry run, clean and blocked, are what is really printed at night."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

import pytest

from backout.actions.cli import main
from support.repository import Repository

TOP = Path(__file__).parents[2]
NIGHT = datetime.fromisoformat("2026-11-20T03:10:00+00:00")

POLICY = """\
version: 1
source-roots: [src]
default-branch: main
severities:
  P0: {action: revert, within: 5m, notify: [stakeholders]}
migrations:
  storage-v2:
    title: Unified storage
    baseline: migration-start
    flags: [{env: USE_UNIFIED_STORAGE, legacy: "0", new: "1"}]
    phases:
      - {id: "6", title: Preparation}
      - id: "7"
        title: Storage layer
        after: ["6"]
        recovery-time: 60m
        data: {engine: postgresql, database: harbor, tables: [opportunities], loss-window: 24h}
"""
STORE = '''\
"""The legacy store."""


def save(row):
    return ("legacy", row)
'''
UNIFIED = '''\
"""The unified storage."""


def write(row):
    return ("unified", row)
'''
SCORES = "".join(f"    row['s{n}'] = {n}\n" for n in range(36))
SCORER = f"""\
from shop import store


def score(row):
{SCORES}    store.save(row)
    return row
"""
SCORER_V2 = SCORER.replace("shop import store", "shop.storage import unified").replace(
    "store.save", "unified.write"
)
RETRY = "TIMEOUT = 30\n\n\ndef retry(call):\n    return call()\n"


class Clock:
    @staticmethod
    def now(zone: tzinfo) -> datetime:
        return NIGHT.astimezone(zone)


class Story:
    """Phase 7 lands in three commits; then others go on working."""

    def __init__(self, repo: Repository) -> None:
        self.repo = repo
        self.land(
            {
                "backout.yaml": POLICY,
                "src/shop/__init__.py": "",
                "src/shop/storage/__init__.py": "",
                "src/shop/store.py": STORE,
                "src/shop/scorer.py": SCORER,
            },
            "Begin", timedelta(days=40), "Ada Lovelace",
        )  # fmt: skip
        repo.git("tag", "migration-start")
        self.phase(
            {"src/shop/storage/unified.py": UNIFIED},
            "Add the unified storage (#401)", timedelta(days=16),
        )  # fmt: skip
        self.phase(
            {"src/shop/scorer.py": SCORER_V2},
            "Score through it (#405)", timedelta(days=10),
        )  # fmt: skip
        self.phase(
            {"src/shop/storage/retry.py": RETRY, "src/shop/store.py": None},
            "Write through unified storage (#412)", timedelta(days=2),
        )  # fmt: skip

    def phase(
        self, files: dict[str, str | bytes | None], subject: str, ago: timedelta
    ) -> None:
        message = f"{subject}\n\nBackout-Phase: storage-v2/7"
        self.land(files, message, ago, "Grace Hopper")

    def land(
        self,
        files: dict[str, str | bytes | None],
        message: str,
        ago: timedelta,
        author: str,
    ) -> None:
        when = (NIGHT - ago).isoformat()
        self.repo.commit(
            files, message, GIT_COMMITTER_DATE=when, GIT_AUTHOR_NAME=author
        )


def breaking(story: Story) -> None:
    """A file that nobody of the phase knows of began to use it."""
    story.land(
        {"src/shop/nightly.py": "from shop.storage import unified\n\nprint(unified)\n"},
        "Report every night (#420)", timedelta(hours=4), "Barbara Liskov",
    )  # fmt: skip


def blocking(story: Story) -> None:
    """Two later changes of a file of the phase, one of them to the same line."""
    tuned = SCORER_V2.replace(
        "unified.write(row)", "unified.write({**row, 'scored': True})"
    )
    story.land(
        {"src/shop/scorer.py": tuned},
        "Mark what was scored (#415)", timedelta(days=1), "Barbara Liskov",
    )  # fmt: skip
    story.land(
        {"src/shop/scorer.py": tuned.replace("'s3'] = 3", "'s3'] = 30")},
        "Raise the third score (#417)", timedelta(hours=5), "Edsger Dijkstra",
    )  # fmt: skip


def shown(page: str, name: str) -> str:
    """The block that follows the comment of that name."""
    text = (TOP / page).read_text("utf-8")
    part = text.split(f"<!-- picture: {name} -->\n", 1)[1]
    found = re.match(r"```console\n(.*?)```", part, re.DOTALL)
    assert found is not None
    return found[1]


@pytest.mark.parametrize(
    ("page", "name"),
    [
        ("docs/how-to/roll-back.md", "clean"),
        ("docs/how-to/roll-back.md", "breaking"),
        ("docs/how-to/roll-back.md", "blocking"),
        ("README.md", "blocking"),
    ],
)
def test_the_picture_is_true(
    page: str,
    name: str,
    repo: Repository,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    story = Story(repo)
    later = {"clean": None, "breaking": breaking, "blocking": blocking}[name]
    if later is not None:
        later(story)
    monkeypatch.chdir(repo.path)
    monkeypatch.setattr("backout.actions.reversal.text.datetime", Clock)
    code = main(["revert", "storage-v2/7", "--severity", "P0", "--dry-run"])
    assert code == (0 if later is None else 1)
    printed = re.sub(
        r"Computed in .* s;", "Computed in 0.1 s;", capsys.readouterr().out
    )
    command = "$ backout revert storage-v2/7 --severity P0 --dry-run\n"
    assert command + printed == shown(page, name)
