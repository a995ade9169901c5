"""The text of a policy drafted from rollback documents.

What a document says stands there with its line; what it does not say stands there as a
comment that begins with "not known".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence

from ...core.policy import FILE_NAME
from ...core.policy.names import wrong_branch, wrong_path, wrong_ref
from ...core.policy_file import PolicyError, read_policy
from ...core.schema_address import ADDRESS
from .gathered import Flag, Gathered, Said, Severity
from .levels import levels
from .phases import Phase, phases, whole_time
from .tree import decision_tree
from .words import slug

_PLAIN = re.compile(r"[A-Za-z][\w./-]*")
_TRUTHS = frozenset(["y", "yes", "n", "no", "on", "off", "true", "false", "null"])
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
        f"default-branch: {_yaml(branch)}" if branch else "# default-branch: not known",
        "",
        *_severities(documents),
        "",
        *_contacts(documents),
        "",
        *_communication(documents),
        *_checklists(documents),
        *_post_mortem(documents),
        "migrations:",
    ]
    taken: set[str] = set()
    for document in documents:
        id = _id(document, taken)
        taken.add(id)
        lines += [f"  {id}:", *(f"    {line}" for line in _migration(document, tags))]
    return _loading([_printable(line.rstrip()) for line in lines])


def _id(document: Gathered, taken: set[str]) -> str:
    said = _NOISE.sub(" ", document.title.text.casefold())
    id = slug(said)[:40].strip("-") or slug(
        document.plan.path.rpartition("/")[2].rpartition(".")[0]
    )
    id = id or "migration"
    return id if id not in taken else f"{id}-{len(taken) + 1}"


def _severities(documents: Sequence[Gathered]) -> Iterator[str]:
    found: dict[str, Severity] = {}
    for document in documents:
        for severity in document.severities():
            found.setdefault(severity.name, severity)
    if not found:
        yield "# not known: the decision matrix; these rows are the usual ones"
        yield "severities:"
        yield "  P0: {action: revert, within: 5m}"
        yield "  P1: {action: revert, within: 1h}"
        yield "  P2: {action: revert, within: 24h}"
        yield "  P3: {action: fix-forward}"
        return
    yield "severities:"
    for severity in found.values():
        fields = [f"action: {severity.action}"]
        if severity.within:
            fields.append(f"within: {severity.within}")
        if severity.approve:
            fields.append(f"approve: [{_list(severity.approve)}]")
        if severity.notify:
            fields.append(f"notify: [{_list(severity.notify)}]")
        yield f"  {severity.name}: {{{', '.join(fields)}}}  # line {severity.line}"
    for usual in ("P0", "P1", "P2"):
        if usual not in found:
            yield f"  {usual}: {{action: revert}}  # not known: added for the triggers"


def _contacts(documents: Sequence[Gathered]) -> Iterator[str]:
    contacts = {c.name: c for d in reversed(documents) for c in d.contacts()}
    reachable = [c for c in contacts.values() if c.way]
    yield "contacts:" if reachable else "# contacts:"
    for contact in contacts.values():
        if contact.way:
            yield f"  {_key(contact.name)}: {json.dumps(contact.way)}  # line {contact.line}"
        else:
            said = " ".join(contact.said.split())[:60]
            yield (
                f'#   {contact.name}: not known: line {contact.line} says only "{said}"'
            )
    if not contacts:
        yield "#   on-call: not known: the document names nobody"


def _communication(documents: Sequence[Gathered]) -> Iterator[str]:
    channel = next((c for d in documents if (c := d.channel())), None)
    mention = next((m for d in documents if (m := d.mention())), None)
    if channel is None and mention is None:
        yield "# communication: {channel: ...}  # not known"
    else:
        yield "communication:"
        if channel is not None:
            yield f"  channel: {json.dumps(channel.text)}  # line {channel.line}"
        if mention is not None:
            yield f"  mention: [{json.dumps(mention.text)}]  # line {mention.line}"
    yield ""


def _checklists(documents: Sequence[Gathered]) -> Iterator[str]:
    found: dict[str, list[Said]] = {}
    for document in documents:
        for kind, items in document.checklists().items():
            found.setdefault(kind, []).extend(items)
    if not found:
        return
    yield "checklists:"
    for kind in ("before", "after", "day", "prevention"):
        if kind in found:
            yield f"  {kind}:"
            yield from _items(found[kind], "    ")
    yield ""


def _post_mortem(documents: Sequence[Gathered]) -> Iterator[str]:
    found = {t: q for d in reversed(documents) for t, q in d.questions().items()}
    if not found:
        return
    yield "post-mortem:"
    for title, questions in found.items():
        yield f"  {_yaml(title)}:"
        yield from _items(questions, "    ")
    yield ""


def _migration(document: Gathered, tags: Sequence[str]) -> Iterator[str]:
    title = document.title
    found = phases(document)
    flags = document.flags()
    yield f"title: {_yaml(title.text)}  # line {title.line}"
    if document.purpose is not None:
        yield f"purpose: {_yaml(document.purpose.text)}  # line {document.purpose.line}"
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
    yield f"plan: {_yaml(path)}" if not wrong_path(path) else "# plan: not known"
    yield from _documents(document)
    yield from _baseline(document, tags)
    branch = document.branch
    if branch is not None and not wrong_branch(branch.text):
        yield f"branch: {_yaml(branch.text)}  # line {branch.line}"
    guards = document.guards()
    if guards:
        yield "guards:"
        yield from _items(guards, "  ")
    yield from _flags(flags)
    yield from _levels(document)
    deleted = document.listed("deleted files")
    if deleted:
        yield "# If these may not come back, name them:"
        yield "# forbid:"
        yield from (f"#   - {{path: {_yaml(said.text)}}}" for said in deleted)
    yield "# keep: not known: what must stay so that there is a way back"
    yield from _triggers(document)
    yield from _tree(document)
    yield "phases:"
    last = len(found) - 1
    for number, phase in enumerate(found):
        yield from _phase(document, phase, found, number == last, deleted)


def _documents(document: Gathered) -> Iterator[str]:
    documents = [
        said for said in document.documents() if said.text != document.plan.path
    ]
    if documents:
        yield "# Named by the document; take the mark away from those that exist:"
        yield "# documents:"
        yield from (f"#   - {_yaml(s.text)}  # line {s.line}" for s in documents)


def _baseline(document: Gathered, tags: Sequence[str]) -> Iterator[str]:
    baseline = document.baseline
    if baseline is None:
        yield "# baseline: not known: the tag or commit from before the first phase"
    elif wrong_ref(baseline.text):
        yield f"# baseline: not known: line {baseline.line} says {baseline.text}"
    else:
        here = "" if baseline.text in tags else "; no such tag is here"
        yield f"baseline: {_yaml(baseline.text)}  # line {baseline.line}{here}"


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
            else f"file: {_yaml(flag.file)}, section: {_yaml(flag.section)}, "
            f"key: {_yaml(flag.key)}"
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
            yield f"    when: {_yaml(level.when)}"
        if level.time_to_effect:
            yield f"    time-to-effect: {_yaml(level.time_to_effect)}"
        for name, said in (
            ("advantages", level.advantages),
            ("disadvantages", level.disadvantages),
        ):
            if said:
                yield f"    {name}: [{_list(said)}]"
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
        safe = f", recovery-point: {_yaml(point)}" if point else ""
        yield f"      - {{do: {_yaml(action)}, duration: {duration}{safe}}}  # line {line}"


def _triggers(document: Gathered) -> Iterator[str]:
    triggers = document.triggers()
    if not triggers:
        yield "# triggers: not known: the numbers that start a rollback"
        return
    yield "triggers:"
    for trigger in triggers:
        fields = (
            [f"when: {_yaml(trigger.text)}"]
            if trigger.number is None
            else [
                f"metric: {_yaml(trigger.metric)}",
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
        yield f"  {_key(question.id)}:  # line {question.line}"
        yield f"    ask: {_yaml(question.ask)}"
        yield "    answers:"
        for answer in question.answers:
            fields = [f"ask: {_yaml(answer.ask)}"] if answer.ask else []
            if answer.action:
                fields.append(f"action: {answer.action}")
            if answer.level:
                fields.append(f"level: {answer.level}")
            fields.append(f"note: {_yaml(answer.note)}")
            yield f"      {_key(answer.word)}: {{{', '.join(fields)}}}"


def _phase(
    document: Gathered,
    phase: Phase,
    every: Sequence[Phase],
    is_last: bool,
    deleted: Sequence[Said],
) -> Iterator[str]:
    yield f"  - id: {json.dumps(phase.id)}  # line {phase.line}"
    if phase.title:
        yield f"    title: {_yaml(phase.title)}"
    if phase.risk:
        yield f"    risk: {phase.risk}"
    else:
        yield "    # risk: not known: medium is assumed"
    if phase.impact:
        yield f"    impact: {_yaml(phase.impact)}"
    if phase.symptoms:
        yield "    symptoms:"
        yield from _items(phase.symptoms, "      ")
    for said in phase.shared:
        yield f"    # {said.text} at line {said.line} is an earlier phase's already"
    if phase.paths:
        yield "    paths:"
        yield from _items(phase.paths, "      ")
    else:
        yield "    # paths: not known: which files belong to it"
    if len(every) == 1 and deleted:
        yield "    deleted:"
        yield from _items(deleted, "      ")
    modified = phase.modified
    if len(every) == 1:
        modified = (*modified, *document.listed("modified files"))
    gone = {said.text for said in deleted} if len(every) == 1 else set[str]()
    unique = {s.text: s for s in modified if s.text not in gone}
    if unique:
        yield "    modified:"
        yield from _items(unique.values(), "      ")
    if phase.recovery_time:
        yield f"    recovery-time: {phase.recovery_time}"
    else:
        whole = whole_time(document) if len(every) > 1 else ""
        told = f"; the document says {whole} of the whole" if whole else ""
        yield f"    # recovery-time: not known{told}"
    if phase.rollback != "revert":
        yield f"    rollback: {phase.rollback}"
        yield f"    because: {_yaml(phase.because)}"
    if phase.data is not None:
        yield from _data(phase)
    if phase.verify:
        yield "    verify:"
        yield "      now:"
        for said in phase.verify:
            yield f"        - {{run: {_yaml(said.text)}}}  # line {said.line}"
    else:
        yield "    # verify: not known: a command that shows that the old path runs"
    required = document.required() if is_last else []
    if required:
        yield "    re-enable:"
        yield "      require:"
        yield from _items(required, "        ")


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
        yield f"    {mark}  database: {_yaml(data.database)}"
    yield f"    {mark}  backup: {{restore: {_yaml(data.restore)}}}"
    yield "      # not known: tables, the command that makes the backup, what a restore loses"


def _items(items: Iterable[Said], indent: str) -> Iterator[str]:
    for item in items:
        yield f"{indent}- {_yaml(item.text)}  # line {item.line}"


def _list(items: Iterable[str]) -> str:
    return ", ".join(_yaml(item) for item in items)


def _key(name: str) -> str:
    return _yaml(name)


def _yaml(value: str) -> str:
    """A text as YAML has it: plain where nobody could misread it."""
    if _PLAIN.fullmatch(value) and value.lower() not in _TRUTHS:
        return value
    return json.dumps(value, ensure_ascii=False)


def _loading(lines: list[str]) -> str:
    """The lines, what the reader refuses in comments with its reason."""
    while True:  # each turn puts a line aside: there is an end
        text = "\n".join(lines) + "\n"
        try:
            read_policy(text.encode("utf-8"), FILE_NAME)
        except PolicyError as error:
            problem = error.problems[0]
            first = problem.line - 1
            if lines[first].lstrip().startswith("#"):
                raise
            why = " ".join(problem.sentence.split())
            lines[first] += f"  # not taken: {why}"
            # What stands below it goes with it.
            deep = _indent(lines[first])
            last = first + 1
            while last < len(lines) and _indent(lines[last]) > deep:
                last += 1
            lines[first:last] = [f"# {line}" for line in lines[first:last]]
            continue
        return text


def _printable(line: str) -> str:
    """Without what YAML does not take: marks that nobody sees."""
    return "".join(c if c.isprintable() else " " for c in line)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" -"))
