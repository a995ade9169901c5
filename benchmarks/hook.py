"""A commit of one file through the hook's door, against a bare interpreter and PyYAML.

python -m benchmarks.hook [--folder FOLDER] [--rounds N]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks import corpus, measure
from benchmarks.measure import Contestant

LIMIT = 4.0

POLICY = """\
version: 1
migrations:
  benchmark:
    forbid:
      - {symbol: homeassistant.helpers.legacy_core.LegacyHomeAssistant}
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, help="kept, for the next run")
    parser.add_argument("--rounds", type=int, default=30)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        repository = corpus.build(args.folder or Path(temporary))
        (repository / "backout.yaml").write_text(POLICY)
        corpus.commit(repository, "Forbid a name that nobody uses")
        return run(repository, args.rounds)


def run(repository: Path, rounds: int) -> int:
    """Print the table; 1 where the limit is not kept."""
    file = repository / "homeassistant" / "core.py"
    before = file.read_bytes()
    file.write_bytes(before + b"\nstaged = True\n")
    corpus.stage(repository)
    python = [sys.executable, "-I"]
    contestants = [
        Contestant("python -I -c pass", [*python, "-c", "pass"]),
        Contestant("python -I -c 'import yaml'", [*python, "-c", "import yaml"]),
        Contestant("the hook, nothing matches", [*python, "-m", "backout.hooks.gate"]),
    ]
    try:
        results = measure.race(contestants, repository, rounds)
    finally:
        file.write_bytes(before)
        corpus.stage(repository)
    peer = results["python -I -c 'import yaml'"].median
    rows = [["", "median", "ratio", "memory"]]
    for name, result in results.items():
        rows.append(
            [
                name,
                f"{result.median * 1000:.0f} ms",
                f"{result.median / peer:.2f}",
                measure.megabytes(result.memory),
            ]
        )
    print(measure.table(rows))
    print(
        f"\none file staged in {corpus.python_files(repository)}; medians of {rounds} "
        f"rounds; limit {LIMIT:.2f}; {measure.version_of('git', '--version')}; "
        f"Python {sys.version.split()[0]}"
    )
    return int(results["the hook, nothing matches"].median / peer > LIMIT)


if __name__ == "__main__":
    raise SystemExit(main())
