"""The text of a policy drafted from rollback documents.

What a document says stands there with its line; what it does not say stands there as a
comment that begins with "not known"."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence

from ...core.policy.names import wrong_branch, wrong_path, wrong_ref
from ...core.schema_address import ADDRESS
from .drafted_phase import phase_lines
from .drafted_policy import checklists, communication, contacts, post_mortem, severities
from .gathered import Flag, Gathered
from .levels import levels
from .loading import loading
from .phases import phases
from .tree import decision_tree
from .words import slug
from .yaml_text import flow, item_lines, key_of, printable, scalar

_NOISE = re.compile(
    r"\b(rollback|roll back|procedures?|plans?|strategy|design|emergency|runbook|"
    r"task id|back ?out)\b"
)


def drafted(documents: Sequence[Gathered], tags: Sequence[str], branch: str) -> str:
    """A policy that loads, out of `documents`, one migration for each.

    `tags` and `branch` are the repository's. A field that the reader refuses is put
    into a comment with the reason: a draft never fails to load.
    """
    names = ", ".join(document.plan.path for document in documents)
    lines = [
        f"# yaml-language-server: $schema={ADDRESS}",
        f"# Drafted from {names}. Read every line: a number after",
        '# "line" is where the document says it; "not known" is what it does not say.',
        "version: 1",
        "",
        '# owners: ["@your-organisation/platform"]  # not known: who approves changes '
        "of this file",
        f"default-branch: {scalar(branch)}"
        if branch
        else "# default-branch: not known",
        "",
        *severities(documents),
        "",
        *contacts(documents),
        "",
        *communication(documents),
        *checklists(documents),
        *post_mortem(documents),
        "migrations:",
    ]
    taken: set[str] = set()
    for document in documents:
        id = _id(document, taken)
        taken.add(id)
        lines += [f"  {id}:", *(f"    {line}" for line in _migration(document, tags))]
    return loading([printable(line.rstrip()) for line in lines])


def _id(document: Gathered, taken: set[str]) -> str:
    said = _NOISE.sub(" ", document.title.text.casefold())
    id = slug(said)[:40].strip("-") or slug(
        document.plan.path.rpartition("/")[2].rpartition(".")[0]
    )
    id = id or "migration"
    return id if id not in taken else f"{id}-{len(taken) + 1}"


def _migration(document: Gathered, tags: Sequence[str]) -> Iterator[str]:
    title = document.title
    found = phases(document)
    flags = document.flags()
    yield f"title: {scalar(title.text)}  # line {title.line}"
    if document.purpose is not None:
        yield f"purpose: {scalar(document.purpose.text)}  # line {document.purpose.line}"
    yield "status: open"
    strategy = document.strategy
    if strategy is not None:
        yield f"strategy: {strategy.text}  # line {strategy.line}"
    else:
        yield f"strategy: {'staged' if len(found) > 1 or not flags else 'feature-flag'}"
    if document.record is not None:
        record = document.record
        yield f"# record: not known: line {record.line} names {record.text}, no path"
    path = document.plan.path
    yield f"plan: {scalar(path)}" if not wrong_path(path) else "# plan: not known"
    yield from _documents(document)
    yield from _baseline(document, tags)
    branch = document.branch
    if branch is not None and not wrong_branch(branch.text):
        yield f"branch: {scalar(branch.text)}  # line {branch.line}"
    guards = document.guards()
    if guards:
        yield "guards:"
        yield from item_lines(guards, "  ")
    yield from _flags(flags)
    yield from _levels(document)
    deleted = document.listed("deleted files")
    if deleted:
        yield "# If these may not come back, name them:"
        yield "# forbid:"
        yield from (f"#   - {{path: {scalar(said.text)}}}" for said in deleted)
    yield "# keep: not known: what must stay so that there is a way back"
    yield from _triggers(document)
    yield from _tree(document)
    yield "phases:"
    last = len(found) - 1
    for number, phase in enumerate(found):
        yield from phase_lines(document, phase, found, number == last, deleted)


def _documents(document: Gathered) -> Iterator[str]:
    documents = [
        said for said in document.documents() if said.text != document.plan.path
    ]
    if documents:
        yield "# Named by the document; take the mark away from those that exist:"
        yield "# documents:"
        yield from (f"#   - {scalar(s.text)}  # line {s.line}" for s in documents)


def _baseline(document: Gathered, tags: Sequence[str]) -> Iterator[str]:
    baseline = document.baseline
    if baseline is None:
        yield "# baseline: not known: the tag or commit from before the first phase"
    elif wrong_ref(baseline.text):
        yield f"# baseline: not known: line {baseline.line} says {baseline.text}"
    else:
        here = "" if baseline.text in tags else "; no such tag is here"
        yield f"baseline: {scalar(baseline.text)}  # line {baseline.line}{here}"


def _flags(flags: Sequence[Flag]) -> Iterator[str]:
    known = [flag for flag in flags if flag.legacy and flag.new]
    if known:
        yield "flags:"
    elif flags:
        yield "# flags:"
    for flag in flags:
        where = (
            f"env: {flag.env}"
            if flag.env
            else f"file: {scalar(flag.file)}, section: {scalar(flag.section)}, "
            f"key: {scalar(flag.key)}"
        )
        both = f"legacy: {json.dumps(flag.legacy)}, new: {json.dumps(flag.new)}"
        entry = f"  - {{{where}, {both}}}  # line {flag.line}"
        # Settings that take no switch's values (paths, names) are none of ours.
        yield entry if flag in known else f"# {entry}: is it a switch?"


def _levels(document: Gathered) -> Iterator[str]:
    found = levels(document)
    steps = document.timeline()
    if not found and not steps:
        return
    yield "levels:"
    for level in found:
        yield f"  {level.name}:  # line {level.line}"
        if level.when:
            yield f"    when: {scalar(level.when)}"
        if level.time_to_effect:
            yield f"    time-to-effect: {scalar(level.time_to_effect)}"
        for name, said in (
            ("advantages", level.advantages),
            ("disadvantages", level.disadvantages),
        ):
            if said:
                yield f"    {name}: [{flow(said)}]"
        if not (level.when or level.time_to_effect or level.advantages):
            yield "    advantages: []"
        if steps and level.name == "code":
            yield from _timeline(steps)
            steps = []
    if steps:
        yield "  code:"
        yield from _timeline(steps)


def _timeline(steps: Iterable[tuple[int, str, str, str]]) -> Iterator[str]:
    yield "    steps:"
    for line, action, duration, point in steps:
        safe = f", recovery-point: {scalar(point)}" if point else ""
        yield f"      - {{do: {scalar(action)}, duration: {duration}{safe}}}  # line {line}"


def _triggers(document: Gathered) -> Iterator[str]:
    triggers = document.triggers()
    if not triggers:
        yield "# triggers: not known: the numbers that start a rollback"
        return
    yield "triggers:"
    for trigger in triggers:
        fields = (
            [f"when: {scalar(trigger.text)}"]
            if trigger.number is None
            else [
                f"metric: {scalar(trigger.metric)}",
                f"{'below' if trigger.is_below else 'above'}: {trigger.number:g}",
            ]
        )
        severity = "P2" if trigger.is_planned else "P0"
        procedure = ", procedure: planned" if trigger.is_planned else ""
        yield (
            f"  - {{{', '.join(fields)}, severity: {severity}{procedure}}}"
            f"  # line {trigger.line}"
        )


def _tree(document: Gathered) -> Iterator[str]:
    questions = decision_tree(document.plan, [level.name for level in levels(document)])
    if not questions:
        return
    yield "decision-tree:"
    for question in questions:
        yield f"  {key_of(question.id)}:  # line {question.line}"
        yield f"    ask: {scalar(question.ask)}"
        yield "    answers:"
        for answer in question.answers:
            fields = [f"ask: {scalar(answer.ask)}"] if answer.ask else []
            if answer.action:
                fields.append(f"action: {answer.action}")
            if answer.level:
                fields.append(f"level: {answer.level}")
            fields.append(f"note: {scalar(answer.note)}")
            yield f"      {key_of(answer.word)}: {{{', '.join(fields)}}}"
