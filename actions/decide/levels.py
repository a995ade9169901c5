"""The levels of rollback that a phase offers, and what is done at each, exactly."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from ...core.policy import Flag, Level, LevelText, Migration, Phase
from .decision import Deed, Way
from .reasons import DEPTH


def ways(
    migration: Migration, phase: Phase | None, needed: str, revert: str
) -> tuple[Way, ...]:
    """The levels from the fastest one that is enough, fastest first.

    `needed` is the level that the reasons name, "" for none; `revert` is the command of
    the level `code`.
    """
    if phase is not None and phase.rollback == "none":
        return ()
    offered = _offered(migration, phase)
    least = DEPTH.index(needed)
    if needed == "config" and "config" not in offered:
        least = DEPTH.index("flag")  # it switches the same thing, for everybody
    enough: list[Level] = [level for level in offered if DEPTH.index(level) >= least]
    chosen: list[Level] = enough or offered[-1:]
    return tuple(_way(migration, phase, level, revert) for level in chosen)


def _way(migration: Migration, phase: Phase | None, level: Level, revert: str) -> Way:
    text = migration.levels.get(level) or LevelText()
    return Way(
        level,
        tuple(_deeds(migration, phase, level, revert)),
        effect=text.time_to_effect or "",
        when=text.when or "",
        pro=text.advantages,
        con=text.disadvantages,
    )


def alive(migration: Migration, phase: Phase | None) -> list[Flag]:
    """The flags that still are there: not those gone after an earlier phase."""
    ids = [each.id for each in migration.phases]
    at = ids.index(phase.id) if phase else -1
    return [
        flag
        for flag in migration.flags
        if flag.until_phase not in ids or at <= ids.index(flag.until_phase)
    ]


def _offered(migration: Migration, phase: Phase | None) -> list[Level]:
    flags = alive(migration, phase)
    has: dict[Level, bool] = {
        "flag": any(flag.env for flag in flags),
        "config": any(flag.file for flag in flags),
        "code": phase is None or phase.rollback != "flag",
        "data": phase is not None and phase.data is not None,
    }
    if phase is not None and phase.levels:
        # A flag that is gone by now is no way back, whatever the phase says.
        return [
            level
            for level in phase.levels
            if has[level] or level not in ("flag", "config") or not migration.flags
        ]
    return [level for level, there in has.items() if there] or ["code"]


def _deeds(
    migration: Migration, phase: Phase | None, level: Level, revert: str
) -> Iterator[Deed]:
    flags = alive(migration, phase)
    steps = migration.levels[level].steps if level in migration.levels else ()
    known = {step.run for step in steps}
    if level == "flag":
        for flag in flags:
            command = f"export {flag.env}={shlex.quote(flag.legacy)}"
            if flag.env and command not in known:
                yield Deed("Set it where the service reads its environment", command)
    if level == "config":
        for flag in flags:
            if flag.file:
                section = f"[{flag.section}] " if flag.section else ""
                yield Deed(f"In {flag.file}: {section}{flag.key} = {flag.legacy}")
    if level == "data" and phase is not None and phase.data is not None:
        restore = phase.data.backup.restore
        loss = phase.data.loss_window
        lost = f"; up to {loss} of writes are lost" if loss else ""
        yield Deed(f"Bring the data back from the backup{lost}", restore or "")
    for step in steps:
        yield Deed(step.do, step.run or "")
    if level in ("code", "data"):
        yield Deed("Make the rollback's branch", revert)
    services = phase.services if phase is not None else ()
    if services and not steps:
        yield Deed(f"Restart {', '.join(services)}")
