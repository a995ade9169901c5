"""What is remembered: a whole tree judged again, a ratchet, and what the way back imports.

python -m benchmarks.warm [--folder FOLDER] [--rounds N]
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks import corpus, measure
from benchmarks.measure import Contestant
from benchmarks.symbols import BANS, Ban, prepare

RATIO = 2.0  # a whole tree, in ruff's warm times
RATCHET = 0.5  # seconds
IMPORTS = 1.0
MODULES = 1000

GATE = [sys.executable, "-I", "-m", "backout.actions", "gate", "--format", "json"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, help="kept, for the next run")
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    late = False
    rows = [["", "backout", "ruff", "ratio", "limit", "memory"]]
    with tempfile.TemporaryDirectory() as temporary:
        repository = corpus.build(args.folder or Path(temporary))
        for ban in BANS[:3]:
            row, is_late = whole(repository, ban, args.rounds)
            rows.append(row)
            late |= is_late
        row, is_late = ratchet(repository, args.rounds)
        rows.append(row)
        late |= is_late
        row, is_late = imports(Path(temporary) / "chain", args.rounds)
        rows.append(row)
        late |= is_late
    print(measure.table(rows))
    print(
        f"\nmedians of {args.rounds} rounds after one that fills the caches; "
        f"{measure.version_of(_ruff(), '--version')}; "
        f"{measure.version_of('git', '--version')}; Python {sys.version.split()[0]}"
    )
    return int(late)


def whole(repository: Path, ban: Ban, rounds: int) -> tuple[list[str], bool]:
    """Every file of a commit that was judged before, against ruff with its cache."""
    prepare(repository, ban)
    with tempfile.TemporaryDirectory() as cache:
        results = measure.race(
            [
                Contestant("backout", [*GATE, "--tree", "HEAD"], (0, 1)),
                Contestant(
                    "ruff",
                    [_ruff(), "check", "--select", "TID251", "--cache-dir", cache,
                     "--quiet", "--output-format", "concise", "."],
                    (0, 1),
                ),
            ],
            repository,
            rounds,
        )  # fmt: skip
    ours, theirs = results["backout"], results["ruff"]
    ratio = ours.median / theirs.median
    row = [
        f"whole tree: {ban.name}",
        f"{ours.median:.2f} s",
        f"{theirs.median:.2f} s",
        f"{ratio:.2f}",
        f"{RATIO:.2f}",
        measure.megabytes(ours.memory),
    ]
    return row, ratio > RATIO


def ratchet(repository: Path, rounds: int) -> tuple[list[str], bool]:
    """Some 500 files that use a name, each of them changed, compared with the base."""
    ban = BANS[2]
    (repository / "backout.yaml").write_text(
        "version: 1\nmigrations:\n  benchmark:\n    forbid:\n"
        f"      - {{{ban.kind}: {ban.name}, mode: ratchet}}\n"
    )
    corpus.commit(repository, "Let the uses become fewer")
    base = corpus.head(repository)
    word = ban.name.rpartition(".")[2]
    listing = subprocess.run(
        ["git", "grep", "-l", "-F", word, "--", "*.py"],
        cwd=repository, capture_output=True, text=True, check=True,
    )  # fmt: skip
    files = {repository / path for path in listing.stdout.splitlines()}
    before = {file: file.read_bytes() for file in files}
    try:
        for file, data in before.items():
            file.write_bytes(data + b"\nchanged = True\n")
        corpus.commit(repository, "Change each of them")
        command = [*GATE, "--from", base, "--only", "ratchet"]
        found = _seconds(f"ratchet of {len(files)} files", command, repository, rounds)
    finally:
        for file, data in before.items():
            file.write_bytes(data)
        corpus.commit(repository, "Change them back")
    return _row(found, RATCHET)


def imports(repository: Path, rounds: int) -> tuple[list[str], bool]:
    """A legacy module that imports a thousand others, each of which imports the next."""
    repository.mkdir()
    for number in range(MODULES):
        (repository / f"m{number:04}.py").write_text(
            f"from m{(number + 1) % MODULES:04} import x\nimport os\nx = os.sep\n"
        )
    (repository / "legacy.py").write_text("import m0000\n")
    (repository / "new.py").write_text("x = 1\n")
    (repository / "backout.yaml").write_text(
        "version: 1\nmigrations:\n  benchmark:\n    keep:\n"
        "      - {paths: [legacy.py], must-not-import: [new]}\n"
    )
    corpus.create(repository, "Keep the way back")
    command = [*GATE, "--tree", "HEAD", "--only", "legacy-imports-new"]
    found = _seconds(
        f"legacy-imports-new, {MODULES} modules", command, repository, rounds
    )
    shutil.rmtree(repository)
    return _row(found, IMPORTS)


def _seconds(
    name: str, command: list[str], folder: Path, rounds: int
) -> tuple[str, measure.Result]:
    contestant = Contestant(name, command, (0, 1))
    return name, measure.race([contestant], folder, rounds)[name]


def _row(found: tuple[str, measure.Result], limit: float) -> tuple[list[str], bool]:
    name, result = found
    row = [
        name,
        f"{result.median:.2f} s",
        "",
        "",
        f"{limit:.2f} s",
        measure.megabytes(result.memory),
    ]
    return row, result.median > limit


def _ruff() -> str:
    return shutil.which("ruff", path=str(Path(sys.executable).parent)) or "ruff"


if __name__ == "__main__":
    raise SystemExit(main())
