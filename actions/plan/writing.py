"""A rollback plan, written from the policy.

What the policy does not know stands there as `TODO: ...`, which the plan check finds:
nobody commits a gap without being told.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence

from ...core.policy import Data, Decision, Migration, Phase, Policy, Step, Trigger


def written(policy: Policy, migration: Migration, only: Phase | None) -> str:
    """The plan of `migration`, or of its phase `only`, as Markdown."""
    phases = migration.phases if only is None else (only,)
    parts = (
        _head(policy, migration, only),
        _triggers(policy, migration),
        _decision(policy),
        _preconditions(policy, migration, phases),
        _levels(migration, phases),
        *(_phase(migration, phase, policy) for phase in phases),
        _verification(phases),
        _day(policy, phases),
        _failure(policy),
        _irreversible(phases),
        _contacts(policy),
        _communication(policy, migration),
        _re_enablement(migration, only, phases),
    )
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def _head(policy: Policy, migration: Migration, only: Phase | None) -> Iterator[str]:
    yield "---"
    if policy.owners:
        yield f"owner: {json.dumps(', '.join(policy.owners), ensure_ascii=False)}"
    yield f"migration: {json.dumps(migration.id, ensure_ascii=False)}"
    if only is not None:
        yield f"phase: {json.dumps(only.id, ensure_ascii=False)}"
    yield "---"
    yield ""
    name = migration.title or migration.id
    phase = "" if only is None else f", phase {only.id} {only.title}".rstrip()
    yield f"# Rolling back {_line(name)}{_line(phase)}"
    purpose = migration.purpose if only is None else only.purpose
    if purpose:
        yield ""
        yield _line(purpose)


def _triggers(policy: Policy, migration: Migration) -> Iterator[str]:
    yield "## When to roll back"
    yield ""
    triggers = (*migration.triggers, *policy.triggers)
    for trigger in triggers:
        yield f"- {_trigger(trigger)}"
    if not any(trigger.metric for trigger in triggers):
        yield "- TODO: the number that starts it: metric, limit, for how long"


def _trigger(trigger: Trigger) -> str:
    if trigger.metric is None:
        said = _line(trigger.when or "")
    else:
        bounds = [
            f"{word} {limit:g}"
            for word, limit in (("above", trigger.above), ("below", trigger.below))
            if limit is not None
        ]
        said = f"`{trigger.metric}` {' or '.join(bounds)}"
        if trigger.during is not None:
            said += f" for {_time(trigger.during)}"
    level = f", {trigger.level} level" if trigger.level else ""
    return f"{said} ({trigger.severity}{level})"


def _decision(policy: Policy) -> Iterator[str]:
    yield "## Decision"
    yield ""
    if not policy.severities:
        yield "- TODO: at which severity who decides alone, and who must be asked"
        return
    yield "| Severity | Action | Within | Approval | Told |"
    yield "|---|---|---|---|---|"
    for name, decision in policy.severities.items():
        yield f"| {name} | {' | '.join(_decided(decision))} |"


def _decided(decision: Decision) -> Iterator[str]:
    yield "roll back" if decision.action == "revert" else "fix forward"
    yield _time(decision.within) if decision.within else "at once"
    yield (
        _cell(", ".join(decision.approve)) or "none needed, whoever is on call decides"
    )
    yield _cell(", ".join(decision.notify)) or "nobody"


def _preconditions(
    policy: Policy, migration: Migration, phases: Sequence[Phase]
) -> Iterator[str]:
    yield "## Before you start"
    yield ""
    before = dict.fromkeys(
        (*policy.checklists.before, *(i for p in phases for i in p.checklists.before))
    )
    for item in before:
        yield f"- [ ] {_line(item)}"
    yield f"- [ ] The repository is cloned, and you may push to `{policy.remote}`"
    yield "- [ ] Nobody deploys meanwhile"
    if migration.baseline is not None:
        yield ""
        yield from _block(
            (
                f"git fetch --tags {policy.remote}",
                f"git rev-parse --verify '{migration.baseline}^{{commit}}'",
            )
        )


def _levels(migration: Migration, phases: Sequence[Phase]) -> Iterator[str]:
    """The fastest first: a switch, a setting, the code; the data is each phase's."""
    yield "## Levels, fastest first"
    switches = [flag for flag in migration.flags if flag.env is not None]
    settings = [flag for flag in migration.flags if flag.file is not None]
    if switches:
        yield ""
        yield "### Flag"
        yield ""
        for flag in switches:
            yield f"- Set `{flag.env}={flag.legacy}`; the new path is `{flag.new}`."
        yield from _level_steps(
            migration,
            "flag",
            "TODO: the file that gives the value to the service, and its restart",
        )
    if settings:
        yield ""
        yield "### Configuration"
        yield ""
        for flag in settings:
            section = f", section `[{flag.section}]`" if flag.section else ""
            yield (
                f"- In `{flag.file}`{section}: `{flag.key} = {flag.legacy}`; the new "
                f"path is `{flag.new}`."
            )
        yield from _level_steps(migration, "config", "")
    yield ""
    yield "### Code"
    yield ""
    later = [p for p in phases if p.after]
    yield (
        "One phase by `backout revert`, as its section says; the newest phase first."
        if len(phases) > 1 or later
        else "By `backout revert`, as the section of the phase says."
    )
    yield from _level_steps(migration, "code", "")
    if any(phase.data is not None for phase in phases):
        yield ""
        yield "### Data"
        yield ""
        yield "As the section of the phase says, before its code."


def _level_steps(migration: Migration, level: str, gap: str) -> Iterator[str]:
    texts = {str(name): text for name, text in migration.levels.items()}
    if level in texts and texts[level].steps:
        yield from _steps(texts[level].steps)
    elif gap:
        yield f"- {gap}"


def _phase(migration: Migration, phase: Phase, policy: Policy) -> Iterator[str]:
    title = f": {_line(phase.title)}" if phase.title else ""
    yield f"## Phase {phase.id}{title}"
    yield ""
    if phase.rollback == "none":
        yield f"No rollback is needed: {_line(phase.because or '')}"
        return
    yield f"**Risk**: {phase.risk}"
    if phase.impact:
        yield ""
        yield f"**Impact**: {_line(phase.impact)}"
    for symptom in phase.symptoms:
        yield ""
        yield f"**Symptom**: {_line(symptom)}"
    yield ""
    if phase.recovery_time is None:
        yield "**Recovery time**: TODO: measure it in a rehearsal"
    else:
        yield f"**Recovery time**: {_time(phase.recovery_time)}"
    if phase.after:
        yield ""
        yield f"**Order**: rolled back before phase {', '.join(phase.after)}."
    if phase.data is not None:
        yield ""
        yield from _data(phase.data)
    yield ""
    if phase.rollback == "flag":
        yield f"By the flag alone: {_line(phase.because or '')}"
    else:
        yield "### Code steps"
        yield ""
        target = f"{migration.id}/{phase.id}"
        yield from _block(
            (
                f"backout revert {target} --dry-run",
                f'backout revert {target} --reason "what went wrong"',
            )
        )
    if phase.steps:
        yield ""
        yield from _steps(phase.steps)
    for service in phase.services:
        yield f"- Restart `{service}`"
    for external in phase.external:
        what = f": `{external.legacy}`" if external.legacy else ""
        yield f"- Put back {_line(external.what)}{what}"


def _data(data: Data) -> Iterator[str]:
    yield "### Data steps"
    yield ""
    yield "**Order**: the writers stop, then the data goes back, then the code."
    yield ""
    window = "TODO: how old the backup may be, and what becomes of the writes since"
    if data.loss_window is not None:
        window = f"what was written in at most {_time(data.loss_window)} before"
    yield f"**Lost by it**: {window}"
    yield ""
    yield "**Safety copy** of the present state:"
    yield ""
    if data.backup.create is None:
        yield "- TODO: the command that copies the present state, before anything else"
    else:
        yield from _block((data.backup.create,))
    yield ""
    yield "**Restore**:"
    yield ""
    if data.backup.restore is None:
        what = ", ".join((*([data.database] if data.database else []), *data.tables))
        yield (
            f"- TODO: the commands that check the backup of {_line(what) or 'the data'} "
            f"and restore it beside the live data, then swap"
        )
    else:
        yield from _block((data.backup.restore,))
    for recovery in data.recover:
        yield f"- Bring back {_line(recovery.what)}"
        if recovery.run is not None:
            yield ""
            yield from _block((recovery.run,))


def _verification(phases: Sequence[Phase]) -> Iterator[str]:
    yield "## Verification"
    yield ""
    commands: list[str] = []
    for phase in phases:
        verify = phase.verify
        for command in (*verify.now, *verify.legacy_active, *verify.health.values()):
            quoted = "'" + (command.expect or "").replace("'", "'\\''") + "'"
            end = f" | grep -qF {quoted}" if command.expect is not None else ""
            commands.append(command.run + end)
        commands += [f"pytest {test}" for test in verify.tests]
    if commands:
        yield from _block(tuple(dict.fromkeys(commands)))
    queries = [query for phase in phases for query in phase.verify.sql]
    for query in queries:
        yield ""
        yield f"Expected: {_line(query.expect)}"
        yield ""
        yield "```sql"
        yield from query.query.rstrip().split("\n")
        yield "```"
    if not commands and not queries:
        yield "- TODO: a command whose exit code says that the old path runs again"


def _day(policy: Policy, phases: Sequence[Phase]) -> Iterator[str]:
    yield "## After 24 hours"
    yield ""
    items = dict.fromkeys(
        (*policy.checklists.day, *(item for p in phases for item in p.verify.day))
    )
    for item in items:
        yield f"- [ ] {_line(item)}"
    if not items:
        yield "- TODO: what is looked at a day later, and by whom"


def _failure(policy: Policy) -> Iterator[str]:
    yield "## If the rollback fails"
    yield ""
    yield "- Leave everything as it is, and write down the last command and its output."
    if policy.escalation:
        for name in policy.escalation:
            way = policy.contacts.get(name, "")
            yield f"- Call {_line(name)}{f': {_line(way)}' if way else ''}"
    else:
        yield "- TODO: how a failing rollback looks here, and whom to call then"


def _irreversible(phases: Sequence[Phase]) -> Iterator[str]:
    yield "## Irreversible points"
    yield ""
    points = [point for phase in phases for point in phase.irreversible]
    for point in points:
        yield f"- {_line(point)}"
    if not points:
        yield "- TODO: what no rollback brings back; or `none`"


def _contacts(policy: Policy) -> Iterator[str]:
    yield "## Contacts"
    yield ""
    if not policy.contacts:
        yield "- TODO: who is on call, and the number"
        return
    yield "| Who | How |"
    yield "|---|---|"
    for name, way in policy.contacts.items():
        yield f"| {_cell(name)} | {_cell(way)} |"


def _communication(policy: Policy, migration: Migration) -> Iterator[str]:
    told = migration.communication or policy.communication
    yield "## Communication"
    yield ""
    who = ", ".join(told.mention)
    if told.channel is not None:
        yield f"- Post in {_line(told.channel)}{f', call {_line(who)}' if who else ''}"
    else:
        yield "- TODO: the channel in which the team is told"
    if told.status_page is not None:
        yield f"- Update {_line(told.status_page)}"
    if told.template is not None:
        yield f"- The text: `{told.template}`"
    else:
        yield ""
        name = _line(migration.title or migration.id)
        yield f"> {name}: rolled back because of {{REASON}}. Next word at {{TIME}}."


def _re_enablement(
    migration: Migration, only: Phase | None, phases: Sequence[Phase]
) -> Iterator[str]:
    yield "## Re-enablement"
    yield ""
    required = dict.fromkeys(item for p in phases for item in p.re_enable.require)
    for item in required:
        yield f"- [ ] {_line(item)}"
    if not required:
        yield "- TODO: what must be true before it lands again, and who agrees"
    for phase in phases:
        for stage in phase.re_enable.stages:
            hold = f" for {_time(stage.hold)}" if stage.hold else ""
            yield f"- Phase {phase.id}: {stage.percent:g} % of users{hold}"
    yield ""
    phase_id = only.id if only is not None else "PHASE"
    yield (
        f"`backout reland {migration.id}/{phase_id}` reverts the revert: merging the "
        f"old branch again would bring nothing."
    )


def _steps(steps: Iterable[Step]) -> Iterator[str]:
    for number, step in enumerate(steps, 1):
        lasts = f" ({_time(step.duration)})" if step.duration else ""
        yield f"{number}. {_line(step.do)}{lasts}"
        if step.run is not None:
            yield ""
            yield from (f"   {line}" if line else "" for line in _block((step.run,)))
            yield ""


def _block(commands: Sequence[str]) -> Iterator[str]:
    """A block of shell that stops at the first failure, fenced for what it holds."""
    lines = [line for command in commands for line in command.rstrip().split("\n")]
    fence = "```"
    while any(fence in line for line in lines):
        fence += "`"
    yield f"{fence}bash"
    if len(lines) > 1:
        yield "set -Eeuo pipefail"
    yield from lines
    yield fence


def _line(text: str) -> str:
    """Text of the policy on one line, where none of it is markup or a heading."""
    return " ".join(text.split()).replace("<", "&lt;")


def _cell(text: str) -> str:
    return _line(text).replace("|", "\\|")


def _time(duration: str) -> str:
    """A duration of the policy for people: "15 min"."""
    units = {"s": "s", "m": "min", "h": "h", "d": "days", "w": "weeks"}
    return f"{duration[:-1]} {units[duration[-1]]}"
