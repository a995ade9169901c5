"""The commits of a phase, and the phases that stand on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress

from ..errors import UsageError
from ..git import Git, decode
from ..paths import matcher
from ..policy import Migration, Phase
from . import history
from .named import named, pull_of

Landed = Mapping[str, Sequence[str]]  # a phase's id -> its commits, by their trailers
Pulls = Mapping[int, Sequence[str]]  # a pull request's number -> its commits


def baseline_of(git: Git, migration: Migration, tip: str) -> str:
    """The id of the commit that the migration started from, "" where none is named.

    Raises UsageError where `tip` does not stand on it.
    """
    if migration.baseline is None:
        return ""
    sha = git.resolve(migration.baseline)
    if not git.test("merge-base", "--is-ancestor", sha, tip):
        raise UsageError(
            f"the baseline {migration.baseline} of {migration.id} is no ancestor of "
            f"{tip[:9]}: is this the right branch?"
        )
    return sha


def landed(git: Git, migration: Migration, tip: str, baseline: str) -> Landed:
    """The commits of each phase that a `Backout-Phase:` trailer names."""
    return history.landed(git, migration.id, tip, [baseline] if baseline else ())


def pulls_of(git: Git, phases: Iterable[Phase], tip: str) -> Pulls:
    """The commits of all pull requests that the phases name: for `commits_of`."""
    names = [name for phase in phases for name in phase.commits]
    numbers = [n for n in map(pull_of, names) if n is not None]
    return history.of_pulls(git, numbers, tip)


def commits_of(
    git: Git,
    phase: Phase,
    by_trailer: Landed,
    tip: str,
    baseline: str,
    pulls: Pulls | None = None,
) -> dict[str, str]:
    """The commits of a phase, with where each was found: "trailer", "commits", "paths".

    The phase's paths are asked only where neither trailers nor `commits:` know any.
    """
    found: dict[str, str] = {}
    pulls = pulls_of(git, [phase], tip) if pulls is None else pulls
    for name in phase.commits:
        found.update(dict.fromkeys(named(git, name, tip, pulls), "commits"))
    found.update(dict.fromkeys(by_trailer.get(phase.id, ()), "trailer"))
    if not found and phase.paths:
        touching = _touching(git, phase.paths, tip, baseline)
        found.update(dict.fromkeys(touching, "paths"))
    return found


def has_landed(
    git: Git, phase: Phase, by_trailer: Landed, tip: str, baseline: str
) -> bool:
    """Whether `tip` holds anything of a phase: what its `commits:` name may be yet to
    come, all of it or some."""
    if phase.id in by_trailer:
        return True
    for name in phase.commits:
        with suppress(UsageError):
            named(git, name, tip)
            return True
    without = not phase.commits
    return without and bool(commits_of(git, phase, by_trailer, tip, baseline))


def standing_on(
    git: Git,
    migration: Migration,
    going: Sequence[Phase],
    by_trailer: Landed,
    tip: str,
    baseline: str,
) -> dict[str, list[str]]:
    """The later phases that need one of `going` (by `after:`), each with its commits."""
    gone = {phase.id for phase in going}
    standing: dict[str, list[str]] = {}
    more = True
    while more:
        more = False
        for phase in migration.phases:
            if phase.id not in gone and gone.intersection(phase.after):
                gone.add(phase.id)
                more = True
                shas = commits_of(git, phase, by_trailer, tip, baseline)
                if shas:
                    standing[phase.id] = list(shas)
    return standing


def _touching(git: Git, globs: Sequence[str], tip: str, baseline: str) -> list[str]:
    """The mainline's commits since the baseline that change a file of `globs`.

    What a merge brought counts as the merge's.
    """
    if not baseline:
        raise UsageError(
            "a phase without trailers and `commits:` is known by its paths since the "
            "migration's `baseline:`, and the policy names none"
        )
    rows = git.run(
        "log", "-z", "--first-parent", "--diff-merges=first-parent", "--raw",
        "--no-renames", "--no-abbrev", "--format=%H", tip, f"^{baseline}", "--",
    ).split(b"\0")  # fmt: skip
    inside = matcher(globs)
    found: dict[str, None] = {}
    commit = ""
    rest = iter(rows)
    for row in rest:
        if row.lstrip(b"\n").startswith(b":"):
            if inside(decode(next(rest))):
                found[commit] = None
        elif row:
            commit = row.decode("ascii")
    return list(found)
