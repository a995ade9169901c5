"""forbidden-symbol on a tree of 10,000 files, against ruff's TID251, nothing cached.

python -m benchmarks.symbols [--folder FOLDER] [--rounds N]

Both read the work tree, of which nothing is ever cached.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from benchmarks import corpus, measure
from benchmarks.measure import Contestant


class Ban(NamedTuple):
    """What is forbidden in one row, and the most that we may take, in ruff's times."""

    kind: str  # symbol or module
    name: str
    limit: float | None


# Roughly 0, 20, 500 and 5,000 files use them; the table says how many exactly.
BANS = (
    Ban("symbol", "homeassistant.helpers.legacy_core.LegacyHomeAssistant", 0.25),
    Ban("symbol", "homeassistant.helpers.collection.CollectionEntity", 0.25),
    Ban("symbol", "homeassistant.data_entry_flow.FlowResult", 2.0),
    Ban("module", "homeassistant.core", None),
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, help="kept, for the next run")
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        return run(corpus.build(args.folder or Path(temporary)), args.rounds)


def run(repository: Path, rounds: int) -> int:
    """Print the table; 1 where a limit is not kept."""
    ruff = shutil.which("ruff", path=str(Path(sys.executable).parent)) or "ruff"
    rows = [["", "files", "findings", "backout", "ruff", "ratio", "limit", "git grep",
             "memory", "ruff's"]]  # fmt: skip
    late = False
    for ban in BANS:
        measure.tell(f"{ban.kind} {ban.name}")
        prepare(repository, ban)
        us, peer, floor = "backout", "ruff", "git grep"
        results = measure.race(
            [
                Contestant(
                    us,
                    [sys.executable, "-I", "-m", "backout.actions", "gate", "--all",
                     "--format", "json"],
                    (0, 1),
                ),
                Contestant(
                    peer,
                    [ruff, "check", "--select", "TID251", "--no-cache", "--quiet",
                     "--output-format", "concise", "."],
                    (0, 1),
                ),
                Contestant(
                    floor,
                    ["git", "grep", "-l", "-a", "-F", ban.name.rpartition(".")[2]],
                    (0, 1),
                ),
            ],
            repository,
            rounds,
        )  # fmt: skip
        files, findings = using_files(results[us].output)
        ratio = results[us].median / results[peer].median
        late |= ban.limit is not None and ratio > ban.limit
        rows.append(
            [
                f"{ban.kind} {ban.name}",
                str(files),
                str(findings),
                f"{results[us].median:.2f} s",
                f"{results[peer].median:.2f} s",
                f"{ratio:.2f}",
                "" if ban.limit is None else f"{ban.limit:.2f}",
                f"{results[floor].median:.2f} s",
                measure.megabytes(results[us].memory),
                measure.megabytes(results[peer].memory),
            ]
        )
    print(measure.table(rows))
    print(
        f"\n{corpus.python_files(repository)} Python files; medians of {rounds} rounds (of one "
        f"above {measure.SLOW:.0f} s); "
        f"{measure.version_of(ruff, '--version')}; "
        f"{measure.version_of('git', '--version')}; "
        f"Python {sys.version.split()[0]}"
    )
    return int(late)


def prepare(repository: Path, ban: Ban) -> None:
    """Give both the same ban, in the words of each."""
    (repository / "backout.yaml").write_text(
        "version: 1\nmigrations:\n  benchmark:\n    forbid:\n"
        f"      - {{{ban.kind}: {ban.name}}}\n"
    )
    (repository / "ruff.toml").write_text(
        'target-version = "py313"\n'
        "[lint.flake8-tidy-imports.banned-api]\n"
        f'"{ban.name}".msg = "legacy"\n'
    )
    corpus.commit(repository, f"Forbid {ban.name}")


def using_files(report: bytes) -> tuple[int, int]:
    """How many files the gate finds at fault, and how many findings there are."""
    findings = json.loads(report)["findings"]
    return len({finding["path"] for finding in findings}), len(findings)


if __name__ == "__main__":
    raise SystemExit(main())
