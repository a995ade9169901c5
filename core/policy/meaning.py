"""What a policy of the right shape may still get wrong: one field against another."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from datetime import date

from ..nearest import did_you_mean
from ..paths import GlobError, matcher
from . import (
    Data,
    Flag,
    Forbid,
    Keep,
    Migration,
    Phase,
    Policy,
    Question,
    Stage,
    Trigger,
    seconds,
)
from .names import wrong_branch, wrong_path, wrong_ref
from .overlap import Owned, overlaps
from .problem import FieldPath, quoted

Said = tuple[FieldPath, str]

_LEVELS = ("flag", "config", "code", "data")
_FORBIDDEN = ("symbol", "module", "keyword", "flag", "path")
# A handle, a mail address, a phone number, a channel, an address with a scheme.
_REACHABLE = re.compile(
    r"@[\w.-]+(/[\w.-]+)?|[^@\s]+@[\w-]+(\.[\w-]+)+|\+?[0-9][0-9 ()/.-]{4,}"
    r"|#[\w.-]+|[a-z][a-z0-9+.-]*:\S+"
)
_OWNER = re.compile(r"@[\w.-]+(/[\w.-]+)?|[^@\s]+@[\w-]+(\.[\w-]+)+")


def contradictions(policy: Policy) -> Iterator[Said]:
    """Each place where the policy says what cannot be, with a sentence."""
    yield from _top(policy)
    yield from _triggers(policy.triggers, policy, ("triggers",))
    yield from _tree(policy.decision_tree, policy, ("decision-tree",))
    for id, migration in policy.migrations.items():
        yield from _migration(migration, policy, ("migrations", id))


def _top(policy: Policy) -> Iterator[Said]:
    for i, owner in enumerate(policy.owners):
        if not _OWNER.fullmatch(owner):
            yield (
                ("owners", i),
                f"{quoted(owner)} is no owner: write @user, @organisation/team or a "
                f"mail address",
            )
    if policy.default_branch is not None:
        yield from _ref(policy.default_branch, ("default-branch",))
    yield from _ref(policy.remote, ("remote",))
    yield from _globs(policy.release_branches, ("release-branches",))
    for i, root in enumerate(policy.source_roots):
        if root != ".":
            yield from _path(root, ("source-roots", i))
    for scope, globs in policy.scopes.items():
        yield from _globs(globs, ("scopes", scope))
    yield from _path(policy.allowed_signers, ("allowed-signers",))
    for name, contact in policy.contacts.items():
        if not _REACHABLE.fullmatch(contact):
            yield (
                ("contacts", name),
                f"{quoted(contact)} reaches nobody: write a handle (@name), a mail "
                f"address, a phone number, a channel (#name) or a URL",
            )
    for i, name in enumerate(policy.escalation):
        if name not in policy.contacts and not _REACHABLE.fullmatch(name):
            yield (
                ("escalation", i),
                f"{quoted(name)} is not among the contacts"
                f"{did_you_mean(name, policy.contacts)}",
            )
    for i, waiver in enumerate(policy.waivers):
        at: FieldPath = ("waivers", i)
        yield from _date(waiver.until, (*at, "until"))
        for field in ("owner", "reason"):
            if not str(getattr(waiver, field)).strip():
                yield (*at, field), "is blank"
        if waiver.path is not None:
            yield from _glob(waiver.path, (*at, "path"))
    yield from _rehearsal(policy, ())


def _rehearsal(part: Policy | Migration | Phase, at: FieldPath) -> Iterator[Said]:
    if part.rehearsal is not None and part.rehearsal.last is not None:
        yield from _date(part.rehearsal.last, (*at, "rehearsal", "last"))


def _triggers(
    triggers: Iterable[Trigger], policy: Policy, at: FieldPath
) -> Iterator[Said]:
    for i, trigger in enumerate(triggers):
        here = (*at, i)
        yield from _severity(trigger.severity, policy, (*here, "severity"))
        if (trigger.metric is None) == (trigger.when is None):
            yield here, "names exactly one of metric and when"
            continue
        limits = {"above": trigger.above, "below": trigger.below}
        given = {name: n for name, n in limits.items() if n is not None}
        if trigger.metric is not None and not given:
            yield here, "has a metric and no number: give above or below"
        if trigger.when is not None and given:
            yield here, "has a number and no metric: when is for what is only seen"
        for name, number in given.items():
            if not math.isfinite(number):
                yield (*here, name), "is not a number that anything is above or below"
        if policy.metrics and trigger.metric not in (None, *policy.metrics):
            hint = did_you_mean(trigger.metric or "", policy.metrics)
            said = f"{quoted(trigger.metric or '')} is not among the metrics{hint}"
            yield (*here, "metric"), said


def _severity(name: str | None, policy: Policy, at: FieldPath) -> Iterator[Said]:
    if name is None or name in policy.severities:
        return
    known = ", ".join(policy.severities) or "none"
    hint = did_you_mean(name, policy.severities)
    yield at, f"{quoted(name)} is not among the severities ({known}){hint}"


def _tree(tree: dict[str, Question], policy: Policy, at: FieldPath) -> Iterator[Said]:
    follows: dict[str, list[str]] = {}
    for id, question in tree.items():
        if not question.answers:
            yield (*at, id, "answers"), "is empty: a question needs answers"
        for word, answer in question.answers.items():
            here = (*at, id, "answers", word)
            yield from _severity(answer.severity, policy, (*here, "severity"))
            if answer.ask is None:
                if answer.action is None and answer.severity is None:
                    yield here, "leads nowhere: give ask, action or severity"
            elif answer.ask in tree:
                follows.setdefault(id, []).append(answer.ask)
            else:
                hint = did_you_mean(answer.ask, tree)
                said = f"no question {quoted(answer.ask)} in this tree{hint}"
                yield (*here, "ask"), said
    for cycle in _cycles(follows):
        yield (*at, cycle[0]), f"asks in a circle: {' > '.join(cycle)}"


def _migration(migration: Migration, policy: Policy, at: FieldPath) -> Iterator[Said]:
    ids = [phase.id for phase in migration.phases]
    for field in ("record", "plan"):
        path = getattr(migration, field)
        if path is not None:
            yield from _path(path, (*at, field))
    yield from _paths(migration.documents, (*at, "documents"))
    if migration.baseline is not None:
        yield from _ref(migration.baseline, (*at, "baseline"))
    why = wrong_branch(migration.branch)
    if why:
        yield (*at, "branch"), why
    yield from _globs(migration.guards, (*at, "guards"))
    for i, flag in enumerate(migration.flags):
        yield from _flag(flag, ids, (*at, "flags", i))
    for i, forbid in enumerate(migration.forbid):
        yield from _forbid(forbid, ids, (*at, "forbid", i))
    for i, keep in enumerate(migration.keep):
        yield from _keep(keep, ids, (*at, "keep", i))
    yield from _triggers(migration.triggers, policy, (*at, "triggers"))
    yield from _tree(migration.decision_tree, policy, (*at, "decision-tree"))
    yield from _rehearsal(migration, at)
    yield from _order(migration, (*at, "phases"))
    for i, phase in enumerate(migration.phases):
        yield from _phase(phase, migration, policy, (*at, "phases", i))


def _known_phase(id: str | None, ids: list[str], at: FieldPath) -> Iterator[Said]:
    if id is not None and id not in ids:
        known = ", ".join(ids[:12]) or "it has none"
        said = f"no phase {quoted(id)} in this migration ({known})"
        yield at, said + did_you_mean(id, ids)


def _flag(flag: Flag, ids: list[str], at: FieldPath) -> Iterator[Said]:
    if (flag.env is None) == (flag.file is None):
        yield at, "names exactly one of env and file"
    elif flag.file is not None:
        yield from _path(flag.file, (*at, "file"))
        if flag.key is None:
            yield at, "has a file and no key"
    elif flag.env is not None:
        if re.search(r"[=\0\s]", flag.env):
            yield (*at, "env"), f"{quoted(flag.env)} cannot be an environment variable"
        if flag.section is not None or flag.key is not None:
            yield at, "has a section or a key and no file to hold it"
    if flag.legacy == flag.new:
        yield (*at, "new"), f"{quoted(flag.new)} is the legacy value too"
    yield from _known_phase(flag.until_phase, ids, (*at, "until-phase"))


def _forbid(forbid: Forbid, ids: list[str], at: FieldPath) -> Iterator[Said]:
    given = [name for name in _FORBIDDEN if getattr(forbid, name) is not None]
    if len(given) != 1:
        found = ", ".join(given) or "none of them"
        yield at, f"names exactly one of {', '.join(_FORBIDDEN)}; found {found}"
    if "keyword" in given and forbid.of is None:
        yield at, "has a keyword and no of: whose parameter is it?"
    if "keyword" not in given and forbid.of is not None:
        yield at, "has of and no keyword: which parameter of it?"
    if forbid.path is not None:
        yield from _glob(forbid.path, (*at, "path"))
        if forbid.mode == "ratchet":
            yield (*at, "mode"), "a path is there or not: only uses can be a ratchet"
    yield from _globs(forbid.except_, (*at, "except"))
    yield from _known_phase(forbid.from_phase, ids, (*at, "from-phase"))


def _keep(keep: Keep, ids: list[str], at: FieldPath) -> Iterator[Said]:
    if not keep.paths:
        yield (*at, "paths"), "is empty: name what must stay"
    yield from _globs(keep.paths, (*at, "paths"))
    yield from _known_phase(keep.until_phase, ids, (*at, "until-phase"))


def _order(migration: Migration, at: FieldPath) -> Iterator[Said]:
    """Ids, their order, and whose files are whose."""
    first: dict[str, int] = {}
    for i, phase in enumerate(migration.phases):
        if phase.id in first:
            said = f"{quoted(phase.id)} is the id of phases[{first[phase.id]}] too"
            yield (*at, i, "id"), said
        first.setdefault(phase.id, i)
    for i, phase in enumerate(migration.phases):
        for j, id in enumerate(phase.after):
            yield from _known_phase(id, list(first), (*at, i, "after", j))
    for cycle in _cycles({phase.id: list(phase.after) for phase in migration.phases}):
        said = f"the order is a circle: {' after '.join(cycle)}"
        yield (*at, first[cycle[0]], "after"), said
    owned = [
        Owned(i, j, glob)
        for i, phase in enumerate(migration.phases)
        for j, glob in enumerate(phase.paths)
        if not any(_glob(glob, ()))
    ]
    for one, other in overlaps(owned):
        yield (
            (*at, other.owner, "paths", other.place),
            f"{quoted(other.glob)} overlaps {quoted(one.glob)} of phase "
            f"{migration.phases[one.owner].id}: a file belongs to one phase",
        )


def _phase(
    phase: Phase, migration: Migration, policy: Policy, at: FieldPath
) -> Iterator[Said]:
    yield from _severity(phase.severity, policy, (*at, "severity"))
    yield from _globs(phase.paths, (*at, "paths"))
    for name in ("deleted", "modified", "documents", "dependencies"):
        yield from _paths(getattr(phase, name), (*at, name))
    yield from _paths(phase.verify.tests, (*at, "verify", "tests"))
    if phase.plan is not None:
        yield from _path(phase.plan, (*at, "plan"))
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
    yield from _rehearsal(phase, at)


def _data(data: Data, at: FieldPath) -> Iterator[Said]:
    if data.reverse is not None:
        yield from _path(data.reverse, (*at, "reverse"))
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


def _date(text: str, at: FieldPath) -> Iterator[Said]:
    try:
        date.fromisoformat(text)
    except ValueError:
        yield at, f"{quoted(text)} is not a day of the calendar"


def _ref(name: str, at: FieldPath) -> Iterator[Said]:
    why = wrong_ref(name)
    if why:
        yield at, why


def _globs(globs: Iterable[str], at: FieldPath) -> Iterator[Said]:
    for i, glob in enumerate(globs):
        yield from _glob(glob, (*at, i))


def _glob(glob: str, at: FieldPath) -> Iterator[Said]:
    try:
        matcher([glob])
    except GlobError as error:
        yield at, str(error)


def _paths(paths: Iterable[str], at: FieldPath) -> Iterator[Said]:
    for i, path in enumerate(paths):
        yield from _path(path, (*at, i))


def _path(path: str, at: FieldPath) -> Iterator[Said]:
    why = wrong_path(path)
    if why:
        yield at, why


def _cycles(follows: dict[str, list[str]]) -> Iterator[list[str]]:
    """Each circle that a walk meets, from its first member round to it again."""
    done: set[str] = set()
    for start in follows:
        trail = [] if start in done else [start]
        ways = [iter(follows[id]) for id in trail]
        while trail:
            for id in ways[-1]:
                if id in trail:
                    yield [*trail[trail.index(id) :], id]
                elif id in follows and id not in done:
                    trail.append(id)
                    ways.append(iter(follows[id]))
                    break
            else:
                done.add(trail.pop())
                ways.pop()
