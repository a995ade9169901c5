"""What a policy gets wrong about phases: their order, their files, their way back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from . import Data, Migration, Phase, Policy, Stage, seconds
from .claims import (
    Said,
    about_glob,
    about_globs,
    about_path,
    about_paths,
    about_phase_id,
    about_severity,
    circles,
)
from .decisions import about_rehearsal
from .overlap import Owned, TooManyPairs, overlaps
from .problem import FieldPath, quoted

_LEVELS = ("flag", "config", "code", "data")


def about_order(migration: Migration, at: FieldPath) -> Iterator[Said]:
    """Ids, their order, and whose files are whose."""
    first: dict[str, int] = {}
    for i, phase in enumerate(migration.phases):
        if phase.id in first:
            said = f"{quoted(phase.id)} is the id of phases[{first[phase.id]}] too"
            yield (*at, i, "id"), said
        first.setdefault(phase.id, i)
    for i, phase in enumerate(migration.phases):
        for j, id in enumerate(phase.after):
            yield from about_phase_id(id, first, (*at, i, "after", j))
    for cycle in circles({phase.id: list(phase.after) for phase in migration.phases}):
        said = f"the order is a circle: {' after '.join(cycle)}"
        yield (*at, first[cycle[0]], "after"), said
    owned = [
        Owned(i, j, glob)
        for i, phase in enumerate(migration.phases)
        for j, glob in enumerate(phase.paths)
        if not any(about_glob(glob, ()))
    ]
    try:
        for one, other in overlaps(owned):
            yield (
                (*at, other.owner, "paths", other.place),
                f"{quoted(other.glob)} overlaps {quoted(one.glob)} of phase "
                f"{migration.phases[one.owner].id}: a file belongs to one phase",
            )
    except TooManyPairs:
        yield at, "have too many paths that begin alike to compare: name folders"


def about_phase(
    phase: Phase, migration: Migration, policy: Policy, at: FieldPath
) -> Iterator[Said]:
    """What one phase says against itself or its migration."""
    yield from about_severity(phase.severity, policy, (*at, "severity"))
    yield from about_globs(phase.paths, (*at, "paths"))
    for name in ("deleted", "modified", "documents", "dependencies"):
        yield from about_paths(getattr(phase, name), (*at, name))
    yield from about_paths(phase.verify.tests, (*at, "verify", "tests"))
    if phase.plan is not None:
        yield from about_path(phase.plan, (*at, "plan"))
    if phase.rollback in ("none", "flag") and not (phase.because or "").strip():
        yield (*at, "rollback"), f"{phase.rollback} needs because: why is that enough?"
    if phase.rollback == "flag" and not migration.flags:
        yield (*at, "rollback"), "is flag, and the migration has no flags"
    if phase.rollback == "restore" and migration.baseline is None:
        yield (*at, "rollback"), "is restore, and the migration has no baseline"
    places = [_LEVELS.index(level) for level in phase.levels]
    if places != sorted(set(places)):
        order = ", ".join(_LEVELS)
        yield (*at, "levels"), f"go from fastest to slowest, each once: {order}"
    if "data" in phase.levels and phase.data is None:
        yield (*at, "levels"), "name data, and the phase has no data"
    if phase.recovery_time is not None:
        total = sum(seconds(s.duration) for s in phase.steps if s.duration)
        if total > seconds(phase.recovery_time):
            said = f"take {total // 60} min, but recovery-time is {phase.recovery_time}"
            yield (*at, "steps"), said
    if phase.data is not None:
        yield from _data(phase.data, (*at, "data"))
    yield from _stages(phase.re_enable.stages, (*at, "re-enable", "stages"))
    yield from _stages(phase.rollout, (*at, "rollout"))
    yield from about_rehearsal(phase, at)


def _data(data: Data, at: FieldPath) -> Iterator[Said]:
    if data.reverse is not None:
        yield from about_path(data.reverse, (*at, "reverse"))
    if data.engine in ("postgresql", "mysql") and data.database is None:
        said = f"is missing: {data.engine} holds more than one, and a backup is of one"
        yield (*at, "database"), said


def _stages(stages: Iterable[Stage], at: FieldPath) -> Iterator[Said]:
    before = -1.0
    for i, stage in enumerate(stages):
        if stage.percent <= before:
            said = f"{stage.percent:g} is not more than the {before:g} before it"
            yield (*at, i, "percent"), said
        before = stage.percent
