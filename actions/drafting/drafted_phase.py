"""A phase of the drafted policy."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from .gathered import Gathered, Said
from .phases import Phase, whole_time
from .yaml_text import item_lines, scalar


def phase_lines(
    document: Gathered,
    phase: Phase,
    every: Sequence[Phase],
    is_last: bool,
    deleted: Sequence[Said],
) -> Iterator[str]:
    yield f"  - id: {json.dumps(phase.id)}  # line {phase.line}"
    if phase.title:
        yield f"    title: {scalar(phase.title)}"
    if phase.risk:
        yield f"    risk: {phase.risk}"
    else:
        yield "    # risk: not known: medium is assumed"
    if phase.impact:
        yield f"    impact: {scalar(phase.impact)}"
    if phase.symptoms:
        yield "    symptoms:"
        yield from item_lines(phase.symptoms, "      ")
    for said in phase.shared:
        yield f"    # {said.text} at line {said.line} is an earlier phase's already"
    if phase.paths:
        yield "    paths:"
        yield from item_lines(phase.paths, "      ")
    else:
        yield "    # paths: not known: which files belong to it"
    if len(every) == 1 and deleted:
        yield "    deleted:"
        yield from item_lines(deleted, "      ")
    modified = phase.modified
    if len(every) == 1:
        modified = (*modified, *document.listed("modified files"))
    gone = {said.text for said in deleted} if len(every) == 1 else set[str]()
    unique = {s.text: s for s in modified if s.text not in gone}
    if unique:
        yield "    modified:"
        yield from item_lines(unique.values(), "      ")
    if phase.recovery_time:
        yield f"    recovery-time: {phase.recovery_time}"
    else:
        whole = whole_time(document) if len(every) > 1 else ""
        told = f"; the document says {whole} of the whole" if whole else ""
        yield f"    # recovery-time: not known{told}"
    if phase.rollback != "revert":
        yield f"    rollback: {phase.rollback}"
        yield f"    because: {scalar(phase.because)}"
    if phase.data is not None:
        yield from _data(phase)
    if phase.verify:
        yield "    verify:"
        yield "      now:"
        for said in phase.verify:
            yield f"        - {{run: {scalar(said.text)}}}  # line {said.line}"
    else:
        yield "    # verify: not known: a command that shows that the old path runs"
    required = document.required() if is_last else []
    if required:
        yield "    re-enable:"
        yield "      require:"
        yield from item_lines(required, "        ")


def _data(phase: Phase) -> Iterator[str]:
    data = phase.data
    assert data is not None
    needs = data.engine in ("postgresql", "mysql") and not data.database
    mark = "# " if needs else ""
    if needs:
        yield "    # not known: which database; name it, and take the marks away"
    yield f"    {mark}data:  # line {data.line}"
    yield f"    {mark}  engine: {data.engine}"
    if data.database:
        yield f"    {mark}  database: {scalar(data.database)}"
    yield f"    {mark}  backup: {{restore: {scalar(data.restore)}}}"
    yield "      # not known: tables, the command that makes the backup, what a restore loses"
