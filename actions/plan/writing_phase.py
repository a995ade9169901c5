"""One phase of a written plan, with its data."""

from __future__ import annotations

from collections.abc import Iterator

from ...core.policy import Data, Migration, Phase, Policy
from .writing_lines import block, one_line, step_lines, time_of


def phase_lines(migration: Migration, phase: Phase, policy: Policy) -> Iterator[str]:
    title = f": {one_line(phase.title)}" if phase.title else ""
    yield f"## Phase {phase.id}{title}"
    yield ""
    if phase.rollback == "none":
        yield f"No rollback is needed: {one_line(phase.because or '')}"
        return
    yield f"**Risk**: {phase.risk}"
    if phase.impact:
        yield ""
        yield f"**Impact**: {one_line(phase.impact)}"
    for symptom in phase.symptoms:
        yield ""
        yield f"**Symptom**: {one_line(symptom)}"
    yield ""
    if phase.recovery_time is None:
        yield "**Recovery time**: TODO: measure it in a rehearsal"
    else:
        yield f"**Recovery time**: {time_of(phase.recovery_time)}"
    if phase.after:
        yield ""
        yield f"**Order**: rolled back before phase {', '.join(phase.after)}."
    if phase.data is not None:
        yield ""
        yield from _data(phase.data)
    yield ""
    if phase.rollback == "flag":
        yield f"By the flag alone: {one_line(phase.because or '')}"
    else:
        yield "### Code steps"
        yield ""
        target = f"{migration.id}/{phase.id}"
        yield from block(
            (
                f"backout revert {target} --dry-run",
                f'backout revert {target} --reason "what went wrong"',
            )
        )
    if phase.steps:
        yield ""
        yield from step_lines(phase.steps)
    for service in phase.services:
        yield f"- Restart `{service}`"
    for external in phase.external:
        what = f": `{external.legacy}`" if external.legacy else ""
        yield f"- Put back {one_line(external.what)}{what}"


def _data(data: Data) -> Iterator[str]:
    yield "### Data steps"
    yield ""
    yield "**Order**: the writers stop, then the data goes back, then the code."
    yield ""
    window = "TODO: how old the backup may be, and what becomes of the writes since"
    if data.loss_window is not None:
        window = f"what was written in at most {time_of(data.loss_window)} before"
    yield f"**Lost by it**: {window}"
    yield ""
    yield "**Safety copy** of the present state:"
    yield ""
    if data.backup.create is None:
        yield "- TODO: the command that copies the present state, before anything else"
    else:
        yield from block((data.backup.create,))
    yield ""
    yield "**Restore**:"
    yield ""
    if data.backup.restore is None:
        what = ", ".join((*([data.database] if data.database else []), *data.tables))
        yield (
            f"- TODO: the commands that check the backup of {one_line(what) or 'the data'} "
            f"and restore it beside the live data, then swap"
        )
    else:
        yield from block((data.backup.restore,))
    for recovery in data.recover:
        yield f"- Bring back {one_line(recovery.what)}"
        if recovery.run is not None:
            yield ""
            yield from block((recovery.run,))
