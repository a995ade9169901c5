"""What can be said of one value: that it cannot be, at its place, in a sentence."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from itertools import islice

from ..nearest import did_you_mean
from ..paths import GlobError, check_glob
from . import Policy
from .names import wrong_path, wrong_ref
from .problem import FieldPath, quoted

Said = tuple[FieldPath, str]


def about_date(text: str, at: FieldPath) -> Iterator[Said]:
    """A day that is none."""
    try:
        date.fromisoformat(text)
    except ValueError:
        yield at, f"{quoted(text)} is not a day of the calendar"


def about_ref(name: str, at: FieldPath) -> Iterator[Said]:
    """A name that cannot be a ref that stays where it is."""
    why = wrong_ref(name)
    if why:
        yield at, why


def about_globs(globs: Iterable[str], at: FieldPath) -> Iterator[Said]:
    """Each of several globs, at its index."""
    for i, glob in enumerate(globs):
        yield from about_glob(glob, (*at, i))


def about_glob(glob: str, at: FieldPath) -> Iterator[Said]:
    """A glob that cannot be meant."""
    try:
        check_glob(glob)
    except GlobError as error:
        yield at, str(error)


def about_paths(paths: Iterable[str], at: FieldPath) -> Iterator[Said]:
    """Each of several paths, at its index."""
    for i, path in enumerate(paths):
        yield from about_path(path, (*at, i))


def about_path(path: str, at: FieldPath) -> Iterator[Said]:
    """One file or folder of the repository, by its name."""
    why = wrong_path(path)
    if why:
        yield at, why


def about_severity(name: str | None, policy: Policy, at: FieldPath) -> Iterator[Said]:
    """A severity that the decision matrix does not have."""
    if name is None or name in policy.severities:
        return
    known = ", ".join(policy.severities) or "none"
    hint = did_you_mean(name, policy.severities)
    yield at, f"{quoted(name)} is not among the severities ({known}){hint}"


def about_phase_id(
    id: str | None, ids: Collection[str], at: FieldPath
) -> Iterator[Said]:
    """A phase that is not among `ids`."""
    if id is not None and id not in ids:
        known = ", ".join(islice(ids, 12)) or "it has none"
        said = f"no phase {quoted(id)} in this migration ({known})"
        yield at, said + did_you_mean(id, ids)


def circles(follows: dict[str, list[str]]) -> Iterator[list[str]]:
    """Each circle that a walk meets, from its first member round to it again."""
    done: set[str] = set()
    for start in follows:
        trail = {} if start in done else {start: 0}  # and the place of each in it
        ways = [iter(follows[id]) for id in trail]
        while trail:
            for id in ways[-1]:
                if id in trail:
                    yield [*islice(trail, trail[id], None), id]
                elif id in follows and id not in done:
                    trail[id] = len(trail)
                    ways.append(iter(follows[id]))
                    break
            else:
                done.add(trail.popitem()[0])
                ways.pop()
