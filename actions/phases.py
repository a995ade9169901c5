"""`backout phases`: the commits of each phase, how each was found, and what is doubtful."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from typing import cast

import msgspec

from ..core.address import find
from ..core.escape import terminal
from ..core.git import Git, decode
from ..core.paths import matcher
from ..core.policy import Migration, Phase
from ..core.reversal import commits, mainline
from ..core.reversal.phases import Landed, baseline_of, commits_of, landed
from .policy_here import policy_here

EXAMPLES = """\
examples:
  backout phases                    every phase of every migration
  backout phases storage-v2/7       one phase
  backout phases --format json      for a program
"""


class Attributed(msgspec.Struct, frozen=True):
    """One commit of a phase. `found` says how it is known: "trailer", "commits" or
    "paths"; `doubts` are clauses about it, empty where nothing is doubtful."""

    sha: str
    subject: str
    when: str
    found: str
    doubts: tuple[str, ...] = ()


class Listed(msgspec.Struct, frozen=True):
    """A phase with its commits, newest first."""

    migration: str
    phase: str
    title: str
    commits: tuple[Attributed, ...]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command line of `backout phases`."""
    parser.epilog = EXAMPLES
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("phase", metavar="MIGRATION[/PHASE]", nargs="?")
    parser.add_argument("--on", metavar="REF", default="HEAD", help="the branch (HEAD)")
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(args: argparse.Namespace) -> int:
    """List the phases that were asked for."""
    with Git.find() as git:
        policy = policy_here(git)
        asked = cast("str | None", args.phase)
        chosen: list[tuple[Migration, Sequence[Phase]]]
        if asked is None:
            chosen = [(m, m.phases) for m in policy.migrations.values()]
        else:
            migration, phase = find(policy, asked)
            chosen = [(migration, migration.phases if phase is None else [phase])]
        tip = git.resolve(cast(str, args.on))
        listed = [
            one for m, phases in chosen for one in attributed(git, m, phases, tip)
        ]
    if args.format == "json":
        print(msgspec.json.format(msgspec.json.encode(listed)).decode())
    else:
        for one in listed:
            print("\n".join(_text(one)))
    return 0


def attributed(
    git: Git, migration: Migration, phases: Sequence[Phase], tip: str
) -> Iterator[Listed]:
    """Each of `phases` with its commits on the way to `tip`."""
    baseline = baseline_of(git, migration, tip)
    known = landed(git, migration, tip, baseline)
    for phase in phases:
        found: Mapping[str, str] = {}
        if phase.commits or phase.id in known or baseline:
            found = commits_of(git, phase, known, tip, baseline)
        order = mainline.ordered(git, found)
        paths = _changed(git, order)
        yield Listed(
            migration.id,
            phase.id,
            phase.title,
            tuple(
                Attributed(
                    commit.sha,
                    commit.subject,
                    commit.when.isoformat(),
                    found[commit.sha],
                    tuple(
                        _doubts(
                            migration,
                            phase,
                            commit.sha,
                            paths.get(commit.sha, []),
                            known,
                            found[commit.sha],
                        )
                    ),
                )
                for commit in commits.read(git, order)
            ),
        )


def _doubts(
    migration: Migration,
    phase: Phase,
    sha: str,
    paths: Sequence[str],
    known: Landed,
    found: str,
) -> Iterator[str]:
    inside = matcher(phase.paths)
    outside = [path for path in paths if not inside(path)]
    if phase.paths and paths and len(outside) == len(paths):
        yield "touches none of the phase's paths"
    elif found == "paths" and outside:
        files = "1 file" if len(outside) == 1 else f"{len(outside)} files"
        yield f"known by its paths alone, and touches {files} elsewhere"
    others = [
        other.id
        for other in migration.phases
        if other.id != phase.id
        and (sha in known.get(other.id, ()) or any(map(matcher(other.paths), paths)))
    ]
    if others:
        yield f"touches phase {', '.join(others)} too"


def _changed(git: Git, shas: Sequence[str]) -> dict[str, list[str]]:
    """The paths that each commit changed, a merge against its first parent."""
    if not shas:
        return {}
    listing = git.run(
        "log", "--no-walk=unsorted", "--diff-merges=first-parent", "--no-renames",
        "--no-ext-diff", "--name-only", "-z", "--format=%x01%H", *shas, "--",
    )  # fmt: skip
    found: dict[str, list[str]] = {}
    for record in listing.split(b"\1")[1:]:
        sha, *paths = record.split(b"\0")
        # git puts a line feed between the format and the first name.
        found[sha.decode("ascii").strip()] = [
            decode(path.removeprefix(b"\n")) for path in paths if path.strip(b"\n")
        ]
    return found


def _text(listed: Listed) -> Iterator[str]:
    title = f" {terminal(listed.title)}" if listed.title else ""
    count = len(listed.commits)
    noun = "commit" if count == 1 else "commits"
    yield f"{listed.migration}/{listed.phase}{title}: {count or 'no'} {noun}"
    for commit in listed.commits:
        yield (
            f"  {commit.sha[:9]}  {commit.when[:10]}  {commit.found:7}  "
            f"{terminal(commit.subject)}"
        )
        for doubt in commit.doubts:
            yield f"             ? {doubt}"
