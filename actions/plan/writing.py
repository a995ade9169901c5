"""A rollback plan, written from the policy.

What the policy does not know stands there as `TODO: ...`, which the plan check finds:
nobody commits a gap without being told."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from ...core.policy import Migration, Phase, Policy
from .writing_lines import block, one_line, step_lines, time_of
from .writing_people import communication, contacts, decision, triggers
from .writing_phase import phase_lines


def written(policy: Policy, migration: Migration, only: Phase | None) -> str:
    """The plan of `migration`, or of its phase `only`, as Markdown."""
    phases = migration.phases if only is None else (only,)
    parts = (
        _head(policy, migration, only),
        triggers(policy, migration),
        decision(policy),
        _preconditions(policy, migration, phases),
        _levels(migration, phases),
        *(phase_lines(migration, phase, policy) for phase in phases),
        _verification(phases),
        _day(policy, phases),
        _failure(policy),
        _irreversible(phases),
        contacts(policy),
        communication(policy, migration),
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
    yield f"# Rolling back {one_line(name)}{one_line(phase)}"
    purpose = migration.purpose if only is None else only.purpose
    if purpose:
        yield ""
        yield one_line(purpose)


def _preconditions(
    policy: Policy, migration: Migration, phases: Sequence[Phase]
) -> Iterator[str]:
    yield "## Before you start"
    yield ""
    before = dict.fromkeys(
        (*policy.checklists.before, *(i for p in phases for i in p.checklists.before))
    )
    for item in before:
        yield f"- [ ] {one_line(item)}"
    yield f"- [ ] The repository is cloned, and you may push to `{policy.remote}`"
    yield "- [ ] Nobody deploys meanwhile"
    if migration.baseline is not None:
        yield ""
        yield from block(
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
        yield from step_lines(texts[level].steps)
    elif gap:
        yield f"- {gap}"


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
        yield from block(tuple(dict.fromkeys(commands)))
    queries = [query for phase in phases for query in phase.verify.sql]
    for query in queries:
        yield ""
        yield f"Expected: {one_line(query.expect)}"
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
        yield f"- [ ] {one_line(item)}"
    if not items:
        yield "- TODO: what is looked at a day later, and by whom"


def _failure(policy: Policy) -> Iterator[str]:
    yield "## If the rollback fails"
    yield ""
    yield "- Leave everything as it is, and write down the last command and its output."
    if policy.escalation:
        for name in policy.escalation:
            way = policy.contacts.get(name, "")
            yield f"- Call {one_line(name)}{f': {one_line(way)}' if way else ''}"
    else:
        yield "- TODO: how a failing rollback looks here, and whom to call then"


def _irreversible(phases: Sequence[Phase]) -> Iterator[str]:
    yield "## Irreversible points"
    yield ""
    points = [point for phase in phases for point in phase.irreversible]
    for point in points:
        yield f"- {one_line(point)}"
    if not points:
        yield "- TODO: what no rollback brings back; or `none`"


def _re_enablement(
    migration: Migration, only: Phase | None, phases: Sequence[Phase]
) -> Iterator[str]:
    yield "## Re-enablement"
    yield ""
    required = dict.fromkeys(item for p in phases for item in p.re_enable.require)
    for item in required:
        yield f"- [ ] {one_line(item)}"
    if not required:
        yield "- TODO: what must be true before it lands again, and who agrees"
    for phase in phases:
        for stage in phase.re_enable.stages:
            hold = f" for {time_of(stage.hold)}" if stage.hold else ""
            yield f"- Phase {phase.id}: {stage.percent:g} % of users{hold}"
    yield ""
    phase_id = only.id if only is not None else "PHASE"
    yield (
        f"`backout reland {migration.id}/{phase_id}` reverts the revert: merging the "
        f"old branch again would bring nothing."
    )
