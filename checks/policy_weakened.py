"""policy-weakened: what a change takes away from the policy that it is judged by.

The base's policy judges; this check says, field by field and in words, what the head's
would demand less. `_FIELDS` holds every field of the model once: a field that is new
there must be given its direction here, or a test fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

import msgspec

from ..core.change import Change
from ..core.evidence import DEMANDED
from ..core.finding import Finding, Place, Rule, Severity
from ..core.policy import (
    FILE_NAME,
    Flag,
    Forbid,
    Keep,
    Phase,
    Policy,
    Trigger,
    Waiver,
    seconds,
)
from ..core.policy.document import read
from ..core.policy.problem import FieldPath
from ..core.policy.values import Part
from ..core.policy_file import PolicyError, read_policy
from ..core.tree import Tree

RULES = (Rule("policy-weakened", "demands less than the base's policy does"),)

# A field's path in the head's file (for one that is gone: of what held it), and a
# clause about it.
_Loss = tuple[FieldPath, str]
_Direction = Callable[[FieldPath, Any, Any], Iterator[_Loss]]


def check(change: Change, policy: Policy) -> Iterator[Finding]:
    """Each demand of the base that the head drops, softens or makes exceptions from.

    With the approval of one of the base's owners it is information, no error. A commit
    in the making is only warned: the approval comes with the merge.
    """
    base, head = change.base, change.head
    if base is None or FILE_NAME not in base.entries:
        return
    severity = Severity.WARNING if change.is_staged else Severity.ERROR
    if change.approved_by & set(policy.owners):
        severity = Severity.INFO
    owners = ", ".join(policy.owners) or "whoever answers for it"

    def finding(path: str, line: int, column: int, what: str) -> Finding:
        place = Place(path, line, column, line, column) if line else Place(path)
        return Finding(
            "policy-weakened",
            severity,
            place,
            what,
            f"It needs the approval of {owners}. Until then the base's policy holds.",
        )

    if policy.allowed_signers in change.files:
        for line, text in _more_signers(change, base, policy.allowed_signers):
            what = f"One more may sign evidence: {text}."
            yield finding(policy.allowed_signers, line, 1, what)
    if FILE_NAME not in change.files:
        return
    if FILE_NAME not in head.entries:
        yield finding(FILE_NAME, 0, 0, "The policy is deleted: nothing is demanded.")
        return
    data = head.read(FILE_NAME)
    try:
        old = read_policy(base.read(FILE_NAME), FILE_NAME)
    except PolicyError:
        return  # the base's demanded nothing that could be read
    try:
        new = read_policy(data, FILE_NAME)
    except PolicyError as error:
        problem = error.problems[0]
        what = f"The policy cannot be read any more: {problem.sentence}."
        yield finding(FILE_NAME, problem.line, problem.column, what)
        return
    document = read(data, FILE_NAME)
    for where, what in _part((), _spoken(old), _spoken(new)):
        problem = document.problem(where, f"{what}.")
        message = f"{problem.field}: {problem.sentence}"
        yield finding(FILE_NAME, problem.line, problem.column, message)


def _spoken(policy: Policy) -> Policy:
    """The policy with the proof of each backup said that its phase's risk implies."""

    def spoken(phase: Phase) -> Phase:
        if phase.data is None or phase.data.proof is not None:
            return phase
        data = msgspec.structs.replace(phase.data, proof=DEMANDED[phase.risk])
        return msgspec.structs.replace(phase, data=data)

    migrations = {
        id: msgspec.structs.replace(m, phases=tuple(map(spoken, m.phases)))
        for id, m in policy.migrations.items()
    }
    return msgspec.structs.replace(policy, migrations=migrations)


def _part(where: FieldPath, old: Part, new: Part) -> Iterator[_Loss]:
    """What `new` demands less than `old`, field by field."""
    for field, name in zip(
        old.__struct_fields__, old.__struct_encode_fields__, strict=True
    ):
        before, after = getattr(old, field), getattr(new, field)
        if before != after:
            direction = _FIELDS[type(old).__name__][field]
            yield from direction((*where, name), before, after)


def _neutral(where: FieldPath, old: Any, new: Any) -> Iterator[_Loss]:
    """Another value demands no less."""
    yield from ()


def _needed(where: FieldPath, old: Any, new: Any) -> Iterator[_Loss]:
    """It may be said otherwise, but not taken away."""
    if old and not new:
        yield where, f"{_text(old)} is taken away"


def _fixed(where: FieldPath, old: Any, new: Any) -> Iterator[_Loss]:
    """Any other value may mean less."""
    if old is not None:
        yield where, f"goes from {_text(old)} to {_text(new)}"


def _inside(where: FieldPath, old: Any, new: Any) -> Iterator[_Loss]:
    """A part of the policy with fields of its own, or None."""
    if old is not None and new is None:
        yield where, "is taken away"
    elif old is not None:
        yield from _part(where, old, new)


def _all_of(where: FieldPath, old: Any, new: Any) -> Iterator[_Loss]:
    """A list or a map of texts, each of which demands something."""
    for item in cast(Iterable[object], old):
        if item not in new:
            yield where, f"{_text(item)} is taken away"
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        values = cast(Mapping[str, Any], new)
        for key, before in cast(Mapping[str, Any], old).items():
            after = values.get(key, before)
            if isinstance(before, tuple):
                yield from _all_of((*where, key), before, after)


def _none_more(where: FieldPath, old: Any, new: Any) -> Iterator[_Loss]:
    """A list of exceptions."""
    for item in new:
        if item not in old:
            yield where, f"{_text(item)} is let through as well"


def _not_longer(where: FieldPath, old: Any, new: Any) -> Iterator[_Loss]:
    """A time that may not grow; without one there is no limit."""
    if old is not None and (new is None or seconds(new) > seconds(old)):
        yield where, f"grows from {old} to {new or 'no limit'}"


def _not_shorter(where: FieldPath, old: Any, new: Any) -> Iterator[_Loss]:
    """A time that may not shrink."""
    if seconds(new) < seconds(old):
        yield where, f"shrinks from {old} to {new}"


def _not_less(where: FieldPath, old: Any, new: Any) -> Iterator[_Loss]:
    """A number that may not sink."""
    if old is not None and (new is None or new < old):
        yield where, f"sinks from {old} to {_text(new)}"


def _not_more(where: FieldPath, old: Any, new: Any) -> Iterator[_Loss]:
    """A number that may not rise."""
    if old is not None and (new is None or new > old):
        yield where, f"rises from {old} to {_text(new)}"


def _ranked(*strongest_first: object) -> _Direction:
    """One of some words, of which the earlier demand more."""

    def direction(where: FieldPath, old: Any, new: Any) -> Iterator[_Loss]:
        if strongest_first.index(new) > strongest_first.index(old):
            yield where, f"goes from {_text(old)} to {_text(new)}"

    return direction


def _keyed(key: Callable[[Any], str]) -> _Direction:
    """A list or map of parts, the same ones by `key` before and after."""

    def direction(where: FieldPath, old: Any, new: Any) -> Iterator[_Loss]:
        before, after = _by_key(old, key), _by_key(new, key)
        for name, (_, part) in before.items():
            if name not in after:
                yield where, f"{name} is taken away"
            else:
                at, changed = after[name]
                yield from _part((*where, at), part, changed)

    return direction


def _by_key(parts: Any, key: Callable[[Any], str]) -> dict[str, tuple[str | int, Part]]:
    """Each part by its key, with what leads to it in the file: a key or an index."""
    if isinstance(parts, Mapping):
        return {k: (k, part) for k, part in cast(Mapping[str, Part], parts).items()}
    return {key(part): (i, part) for i, part in enumerate(cast(Sequence[Part], parts))}


def _strengths(where: FieldPath, old: Any, new: Any) -> Iterator[_Loss]:
    """How bad a use is in each scope."""
    usual = {
        "source": "error",
        "tests": "warning",
        "scripts": "warning",
        "docs": "ignore",
    }
    order = ["error", "warning", "info", "ignore"]
    for scope, strength in usual.items():
        before, after = old.get(scope, strength), new.get(scope, strength)
        if order.index(after) > order.index(before):
            yield (*where, scope), f"goes from {before} to {after}"


def _earlier(where: FieldPath, old: Any, new: Any) -> Iterator[_Loss]:
    """The phase that ends a promise: another one may come earlier; none is the latest."""
    if new is not None:
        yield where, f"ends with phase {new} and not with {old or 'the migration'}"


def _waived(where: FieldPath, old: Any, new: Any) -> Iterator[_Loss]:
    for waiver in cast("tuple[Waiver, ...]", new):
        if waiver not in old:
            yield where, f"waives {waiver.rule} until {waiver.until}: {waiver.reason}"


def _scoped(where: FieldPath, old: Any, new: Any) -> Iterator[_Loss]:
    """What counts as source weighs most: every other scope may take files from it."""
    for scope, globs in cast(Mapping[str, tuple[str, ...]], new).items():
        more = [g for g in globs if g not in old.get(scope, ())]
        if scope != "source" and more:
            yield (*where, scope), f"{', '.join(more)} is judged as {scope}"
    lost = [g for g in old.get("source", ()) if g not in new.get("source", ())]
    if lost:
        yield (*where, "source"), f"{', '.join(lost)} is no longer judged as source"


def _flag(flag: Flag) -> str:
    return flag.env or f"{flag.file}:{flag.section or ''}:{flag.key}"


def _forbidden(forbid: Forbid) -> str:
    return forbid.name


def _kept(keep: Keep) -> str:
    return ", ".join(keep.paths)


def _trigger(trigger: Trigger) -> str:
    return f"{trigger.metric or trigger.when} for {trigger.severity}"


def _phase(phase: Phase) -> str:
    return phase.id


def _no_key(part: Any) -> str:
    return repr(part)


_parts = _keyed(_no_key)

_FIELDS: dict[str, dict[str, _Direction]] = {
    "Policy": {
        "version": _neutral,
        "owners": _all_of,
        "default_branch": _fixed,
        "release_branches": _all_of,
        "remote": _neutral,
        "source_roots": _all_of,
        "scopes": _scoped,
        "allowed_signers": _fixed,
        "inline_waivers": _ranked(False, True),
        "plans": _inside,
        "severities": _parts,
        "metrics": _neutral,
        "triggers": _keyed(_trigger),
        "decision_tree": _neutral,
        "contacts": _all_of,
        "escalation": _all_of,
        "communication": _neutral,
        "checklists": _inside,
        "post_mortem": _neutral,
        "rehearsal": _inside,
        "waivers": _waived,
        "migrations": _parts,
    },
    "Plans": {"parts": _all_of, "headings": _none_more, "max_age": _not_longer},
    "Decision": {
        "action": _ranked("revert", "fix-forward"),
        "within": _not_longer,
        "approve": _all_of,
        "notify": _all_of,
    },
    "Trigger": {
        "severity": _neutral,
        "metric": _neutral,
        "when": _neutral,
        "above": _not_more,
        "below": _not_less,
        "during": _neutral,
        "level": _neutral,
        "procedure": _ranked("emergency", "planned"),
    },
    "Checklists": {
        "before": _all_of,
        "after": _all_of,
        "day": _all_of,
        "prevention": _all_of,
    },
    "Rehearsal": {"max_age": _not_longer, "last": _neutral, "where": _neutral},
    "Flag": {
        "legacy": _fixed,
        "new": _neutral,
        "env": _neutral,
        "file": _neutral,
        "section": _neutral,
        "key": _neutral,
        "until_phase": _neutral,
    },
    "Forbid": {
        "symbol": _neutral,
        "module": _neutral,
        "keyword": _neutral,
        "of": _neutral,
        "flag": _neutral,
        "path": _neutral,
        "use": _neutral,
        "mode": _ranked("ban", "ratchet"),
        "from_phase": _neutral,
        "except_": _none_more,
        "severity": _strengths,
    },
    "Keep": {
        "paths": _neutral,
        "until_phase": _earlier,
        "must_not_import": _all_of,
    },
    "Migration": {
        "id": _neutral,
        "title": _neutral,
        "purpose": _neutral,
        "status": _ranked("open", "closed"),
        "strategy": _neutral,
        "record": _needed,
        "plan": _needed,
        "documents": _neutral,
        "baseline": _fixed,
        "window": _not_shorter,
        "branch": _neutral,
        "guards": _all_of,
        "flags": _keyed(_flag),
        "levels": _all_of,
        "forbid": _keyed(_forbidden),
        "keep": _keyed(_kept),
        "triggers": _keyed(_trigger),
        "decision_tree": _neutral,
        "communication": _neutral,
        "rehearsal": _inside,
        "phases": _keyed(_phase),
    },
    "Phase": {
        "id": _neutral,
        "title": _neutral,
        "purpose": _neutral,
        "task": _neutral,
        "scope": _neutral,
        "kind": _neutral,
        "risk": _ranked("critical", "high", "medium", "low"),
        "impact": _neutral,
        "severity": _neutral,
        "symptoms": _neutral,
        "after": _all_of,
        "paths": _all_of,
        "commits": _all_of,
        "deleted": _all_of,
        "modified": _all_of,
        "documents": _neutral,
        "plan": _needed,
        "recovery_time": _not_longer,
        "detection_time": _not_longer,
        "verification_time": _not_longer,
        "rollback": _ranked("revert", "restore", "flag", "none"),
        "because": _neutral,
        "levels": _all_of,
        "steps": _neutral,
        "irreversible": _all_of,
        "data": _inside,
        "dependencies": _all_of,
        "services": _all_of,
        "external": _neutral,
        "sessions": _neutral,
        "verify": _inside,
        "re_enable": _inside,
        "rollout": _neutral,
        "checklists": _inside,
        "rehearsal": _inside,
        "final": _ranked(False, True),
    },
    "Data": {
        "engine": _fixed,
        "database": _fixed,
        "tables": _all_of,
        "proof": _ranked("restored", "read", "listed"),
        "max_age": _not_longer,
        "min_rows": _not_less,
        "loss_window": _not_longer,
        "backup": _neutral,
        "reverse": _needed,
        "recover": _neutral,
    },
    "Verify": {
        "now": _all_of,
        "legacy_active": _all_of,
        "health": _all_of,
        "sql": _all_of,
        "logs": _all_of,
        "tests": _all_of,
        "day": _all_of,
    },
    "ReEnable": {
        "require": _all_of,
        "compare": _needed,
        "steps": _neutral,
        "stages": _neutral,
    },
}  # fmt: skip


def _more_signers(change: Change, base: Tree, path: str) -> Iterator[tuple[int, str]]:
    """The lines of the allowed-signers file that are new."""
    if path not in change.present:
        return
    before = base.read(path) if path in base.entries else b""
    known = set(before.decode("utf-8", "replace").splitlines())
    text = change.head.read(path).decode("utf-8", "replace")
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip() and not line.startswith("#") and line not in known:
            yield number, line.split()[0]


def _text(value: object) -> str:
    """A value as the policy's file would show it."""
    match value:
        case None:
            return "nothing"
        case bool():
            return str(value).lower()
        case msgspec.Struct():
            shown = msgspec.to_builtins(value)
            first = next((str(v) for v in shown.values() if v), "an item")
            return f'"{first}"'
        case _:
            return str(value)
