"""The fields of the policy, each with the direction in which it demands less.

Every field of the model stands in `FIELDS` once: one that is new there must be given its
direction, or a test fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, cast

from ...core.policy import Flag, Forbid, Keep, Phase, Trigger
from ...core.policy.problem import FieldPath
from ...core.policy.values import Part
from .directions import (
    Direction,
    Loss,
    all_of,
    earlier,
    fixed,
    needed,
    neutral,
    none_more,
    not_less,
    not_longer,
    not_more,
    not_shorter,
    ranked,
    scoped,
    strengths,
    waived,
)


def losses(where: FieldPath, old: Part, new: Part) -> Iterator[Loss]:
    """What `new` demands less than `old`, field by field."""
    for field, name in zip(
        old.__struct_fields__, old.__struct_encode_fields__, strict=True
    ):
        before, after = getattr(old, field), getattr(new, field)
        if before != after:
            direction = FIELDS[type(old).__name__][field]
            yield from direction((*where, name), before, after)


def _inside(where: FieldPath, old: Any, new: Any) -> Iterator[Loss]:
    """A part of the policy with fields of its own, or None."""
    if old is not None and new is None:
        yield where, "is taken away"
    elif old is not None:
        yield from losses(where, old, new)


def _keyed(key: Callable[[Any], str]) -> Direction:
    """A list or map of parts, the same ones by `key` before and after."""

    def direction(where: FieldPath, old: Any, new: Any) -> Iterator[Loss]:
        before, after = _by_key(old, key), _by_key(new, key)
        for name, (_, part) in before.items():
            if name not in after:
                yield where, f"{name} is taken away"
            else:
                at, changed = after[name]
                yield from losses((*where, at), part, changed)

    return direction


def _by_key(parts: Any, key: Callable[[Any], str]) -> dict[str, tuple[str | int, Part]]:
    """Each part by its key, with what leads to it in the file: a key or an index."""
    if isinstance(parts, Mapping):
        return {k: (k, part) for k, part in cast(Mapping[str, Part], parts).items()}
    return {key(part): (i, part) for i, part in enumerate(cast(Sequence[Part], parts))}


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

FIELDS: dict[str, dict[str, Direction]] = {
    "Policy": {
        "version": neutral,
        "owners": all_of,
        "default_branch": fixed,
        "release_branches": all_of,
        "remote": neutral,
        "source_roots": all_of,
        "scopes": scoped,
        "allowed_signers": fixed,
        "inline_waivers": ranked(False, True),
        "plans": _inside,
        "severities": _parts,
        "metrics": neutral,
        "triggers": _keyed(_trigger),
        "decision_tree": neutral,
        "contacts": all_of,
        "escalation": all_of,
        "communication": neutral,
        "checklists": _inside,
        "post_mortem": neutral,
        "rehearsal": _inside,
        "waivers": waived,
        "migrations": _parts,
    },
    "Plans": {"parts": all_of, "headings": none_more, "max_age": not_longer},
    "Decision": {
        "action": ranked("revert", "fix-forward"),
        "within": not_longer,
        "approve": all_of,
        "notify": all_of,
    },
    "Trigger": {
        "severity": neutral,
        "metric": neutral,
        "when": neutral,
        "above": not_more,
        "below": not_less,
        "during": neutral,
        "level": neutral,
        "procedure": ranked("emergency", "planned"),
    },
    "Checklists": {
        "before": all_of,
        "after": all_of,
        "day": all_of,
        "prevention": all_of,
    },
    "Rehearsal": {"max_age": not_longer, "last": neutral, "where": neutral},
    "Flag": {
        "legacy": fixed,
        "new": neutral,
        "env": neutral,
        "file": neutral,
        "section": neutral,
        "key": neutral,
        "until_phase": neutral,
    },
    "Forbid": {
        "symbol": neutral,
        "module": neutral,
        "keyword": neutral,
        "of": neutral,
        "flag": neutral,
        "path": neutral,
        "use": neutral,
        "mode": ranked("ban", "ratchet"),
        "from_phase": neutral,
        "except_": none_more,
        "severity": strengths,
    },
    "Keep": {
        "paths": neutral,
        "until_phase": earlier,
        "must_not_import": all_of,
    },
    "Migration": {
        "id": neutral,
        "title": neutral,
        "purpose": neutral,
        "status": ranked("open", "closed"),
        "strategy": neutral,
        "record": needed,
        "plan": needed,
        "documents": neutral,
        "baseline": fixed,
        "window": not_shorter,
        "branch": neutral,
        "guards": all_of,
        "flags": _keyed(_flag),
        "levels": all_of,
        "forbid": _keyed(_forbidden),
        "keep": _keyed(_kept),
        "triggers": _keyed(_trigger),
        "decision_tree": neutral,
        "communication": neutral,
        "rehearsal": _inside,
        "phases": _keyed(_phase),
    },
    "Phase": {
        "id": neutral,
        "title": neutral,
        "purpose": neutral,
        "task": neutral,
        "scope": neutral,
        "kind": neutral,
        "risk": ranked("critical", "high", "medium", "low"),
        "impact": neutral,
        "severity": neutral,
        "symptoms": neutral,
        "after": all_of,
        "paths": all_of,
        "commits": all_of,
        "deleted": all_of,
        "modified": all_of,
        "documents": neutral,
        "plan": needed,
        "recovery_time": not_longer,
        "detection_time": not_longer,
        "verification_time": not_longer,
        "rollback": ranked("revert", "restore", "flag", "none"),
        "because": neutral,
        "levels": all_of,
        "steps": neutral,
        "irreversible": all_of,
        "data": _inside,
        "dependencies": all_of,
        "services": all_of,
        "external": neutral,
        "sessions": neutral,
        "verify": _inside,
        "re_enable": _inside,
        "rollout": neutral,
        "checklists": _inside,
        "rehearsal": _inside,
        "final": ranked(False, True),
    },
    "Data": {
        "engine": fixed,
        "database": fixed,
        "tables": all_of,
        "proof": ranked("restored", "read", "listed"),
        "max_age": not_longer,
        "min_rows": not_less,
        "loss_window": not_longer,
        "backup": neutral,
        "reverse": needed,
        "recover": neutral,
    },
    "Verify": {
        "now": all_of,
        "legacy_active": all_of,
        "health": all_of,
        "sql": all_of,
        "logs": all_of,
        "tests": all_of,
        "day": all_of,
    },
    "ReEnable": {
        "require": all_of,
        "compare": needed,
        "steps": neutral,
        "stages": neutral,
    },
}  # fmt: skip
