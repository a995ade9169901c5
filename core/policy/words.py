"""What a policy demands, in plain words: rows of a label and a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..evidence import DEMANDED
from . import Data, Flag, Forbid, Keep, Migration, Phase, Policy
from .guarding import USUAL_STRENGTH

Row = tuple[str, str]


def of_policy(policy: Policy) -> Iterator[Row]:
    """The whole, in few lines: who decides, and each migration with its phases."""
    if policy.owners:
        yield "owners", f"{listed(policy.owners)} approve what weakens this policy"
    yield "sources", f"modules are imported from {listed(policy.source_roots)}"
    for name, decision in policy.severities.items():
        within = f" within {decision.within}" if decision.within else ""
        asked = f", approved by {listed(decision.approve)}" if decision.approve else ""
        told = f", {listed(decision.notify)} told" if decision.notify else ""
        yield name, f"{decision.action}{within}{asked}{told}"
    for waiver in policy.waivers:
        where = f" in {waiver.path}" if waiver.path else ""
        what = f" for {waiver.symbol}" if waiver.symbol else ""
        yield (
            "waived",
            f"{waiver.rule}{what}{where} until {waiver.until}, by {waiver.owner}: "
            f"{waiver.reason}",
        )
    for migration in policy.migrations.values():
        yield migration.id, _headline(migration)
        for phase in migration.phases:
            yield "", f"{migration.id}/{phase.id}  {_brief(phase)}"


def of_migration(migration: Migration) -> Iterator[Row]:
    """All that is demanded of a migration."""
    yield migration.id, _headline(migration)
    if migration.purpose:
        yield "purpose", migration.purpose
    if migration.plan:
        yield "plan", f"{migration.plan} must exist while the migration is open"
    if migration.record:
        yield "record", f"the decision is written down in {migration.record}"
    if migration.baseline:
        yield "baseline", f"files are restored from {migration.baseline}"
    yield "window", f"a shipped phase stays cleanly revertible for {migration.window}"
    for guard in migration.guards:
        yield "guard", f"{guard} may be neither deleted, emptied nor weakened"
    for flag in migration.flags:
        yield "flag", _flag(flag)
    for forbid in migration.forbid:
        yield "forbidden", _forbid(forbid)
    for keep in migration.keep:
        yield "kept", _keep(keep)
    for phase in migration.phases:
        yield "phase", f"{phase.id}  {_brief(phase)}"


def of_phase(migration: Migration, phase: Phase) -> Iterator[Row]:
    """All that is demanded of a phase."""
    yield f"{migration.id}/{phase.id}", _brief(phase)
    if phase.purpose:
        yield "purpose", phase.purpose
    if phase.impact:
        yield "impact", phase.impact
    for glob in phase.paths:
        yield "files", f"{glob} belongs to this phase alone"
    plan = phase.plan or migration.plan
    yield "plan", f"{plan} must hold it" if plan else "none is named"
    yield "rollback", _rollback(phase)
    if phase.recovery_time:
        yield "promise", f"rolled back and verified within {phase.recovery_time}"
    if phase.data is not None:
        yield "backup", _data(phase.data, phase)
    for flag in migration.flags:
        if "flag" in phase.levels:
            yield "flag", _flag(flag)
    for command in phase.verify.now:
        yield "verify", f"{command.run} succeeds within {command.timeout}"
    for command in phase.verify.legacy_active:
        shows = f" says {command.expect}" if command.expect else " succeeds"
        yield "verify", f"{command.run}{shows}: the old path runs"
    for text in phase.verify.day:
        yield "a day on", text
    for text in phase.irreversible:
        yield "for good", text
    for text in phase.re_enable.require:
        yield "before it", f"{text} (before it lands again)"
    for forbid in migration.forbid:
        if forbid.from_phase == phase.id:
            yield "forbidden", _forbid(forbid)
    for keep in migration.keep:
        if keep.until_phase == phase.id:
            yield "kept", _keep(keep)


def _headline(migration: Migration) -> str:
    count = len(migration.phases)
    phases = "1 phase" if count == 1 else f"{count} phases"
    title = migration.title or "no title"
    return f"{title}: {migration.status}, {migration.strategy}, {phases}"


def _brief(phase: Phase) -> str:
    facts = [f"{phase.risk} risk"]
    if phase.data is not None:
        facts.append("changes data")
    if phase.after:
        facts.append(f"after {listed(phase.after)}")
    if phase.final:
        facts.append("final")
    return f"{phase.title or 'no title'}: {', '.join(facts)}"


def _rollback(phase: Phase) -> str:
    done = {
        "revert": "its commits are reverted",
        "restore": "its files are restored from the baseline",
        "flag": "the flag is set back",
        "none": "nothing needs to go back",
    }[phase.rollback]
    why = f", because: {phase.because}" if phase.because else ""
    levels = (
        f"; levels, fastest first: {', '.join(phase.levels)}" if phase.levels else ""
    )
    return f"{done}{why}{levels}"


def _data(data: Data, phase: Phase) -> str:
    proof = data.proof or DEMANDED[phase.risk]
    what = f"{data.engine} {data.database}" if data.database else data.engine
    tables = f" with {listed(data.tables)}" if data.tables else ""
    unit = "row" if data.min_rows == 1 else "rows"
    rows = f", at least {data.min_rows} {unit} in each" if data.min_rows else ""
    return (
        f"of {what}{tables}{rows}, proven as {proof} and younger than {data.max_age}, "
        f"before it lands"
    )


def _flag(flag: Flag) -> str:
    section = f"[{flag.section}] " if flag.section else ""
    name = flag.env or f"{section}{flag.key} in {flag.file}"
    until = f"; gone after phase {flag.until_phase}" if flag.until_phase else ""
    return f'{name}: "{flag.legacy}" is legacy, "{flag.new}" is new{until}'


def _forbid(forbid: Forbid) -> str:
    if forbid.mode == "ratchet":
        how = "not more uses than before"
    elif forbid.path is not None:
        how = "may not come back"
    else:
        by_strength: dict[str, list[str]] = {}
        for scope in USUAL_STRENGTH:
            by_strength.setdefault(forbid.strength(scope), []).append(scope)
        how = ", ".join(
            f"{'ignored' if strength == 'ignore' else strength} in {listed(scopes)}"
            for strength, scopes in by_strength.items()
        )
    since = f"; since phase {forbid.from_phase}" if forbid.from_phase else ""
    use = f"; use {forbid.use}" if forbid.use else ""
    but = f"; but for {listed(forbid.except_)}" if forbid.except_ else ""
    return f"{forbid.name}: {how}{use}{since}{but}"


def _keep(keep: Keep) -> str:
    until = (
        f"until phase {keep.until_phase} is final"
        if keep.until_phase
        else "until the migration is closed"
    )
    imports = (
        f"; may not import {listed(keep.must_not_import)}"
        if keep.must_not_import
        else ""
    )
    return f"{listed(keep.paths)} {until}{imports}"


def listed(names: Iterable[str]) -> str:
    """Some names as one reads them: "a, b and c"."""
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
