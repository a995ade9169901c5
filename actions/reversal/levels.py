"""What is faster than undoing code, and what undoing code does not do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...core.policy import Flag, Level, Migration, Phase, seconds

_LEVELS: tuple[tuple[Level, bool], ...] = (("flag", True), ("config", False))


def faster(migration: Migration | None, phases: Sequence[Phase]) -> Iterator[str]:
    """The switches that take the old path at once, one sentence each, fastest first."""
    if migration is None:
        return
    ids = [phase.id for phase in migration.phases]
    first = min((ids.index(phase.id) for phase in phases), default=0)
    for level, by_environment in _LEVELS:
        text = migration.levels.get(level)
        when = f" ({text.time_to_effect})" if text and text.time_to_effect else ""
        for flag in migration.flags:
            ended = flag.until_phase in ids[:first] if flag.until_phase else False
            if not ended and (flag.env is not None) == by_environment:
                yield f"{_switched(flag)}{when}"


def data(phases: Sequence[Phase]) -> Iterator[str]:
    """What happens to the data of phases that change some."""
    for phase in phases:
        if phase.data is None:
            continue
        where = " ".join(filter(None, (phase.data.engine, phase.data.database)))
        lost = phase.data.loss_window
        window = f"; restoring may lose {lost} of writes" if lost else ""
        how = phase.data.backup.restore
        restore = f": {how}" if how else ""
        yield f"phase {phase.id} changed data in {where}, which stays as it is{window}{restore}"


def promised(phases: Sequence[Phase]) -> str:
    """The longest recovery time that these phases promise, "" if none does."""
    times = [phase.recovery_time for phase in phases if phase.recovery_time]
    return max(times, key=seconds, default="")


def _switched(flag: Flag) -> str:
    if flag.env is not None:
        return f"set {flag.env}={flag.legacy}"
    return f"set {flag.key} = {flag.legacy} in [{flag.section}] of {flag.file}"
