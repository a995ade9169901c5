"""Rules about time: how long the rollback takes, and whether its steps add up to it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ....core.finding import Severity
from ....core.policy import seconds
from ..demand import part_rule
from ..document import Plan, Table
from ..durations import spoken, stretches
from ..meaning import words
from ..outline import Outline, Topic, code_lines, outline, plain
from ..promises import Promise, promises
from ..rule import Context, Found, rule


@part_rule(
    "recovery-time",
    "no-recovery-time",
    "no recovery time is stated, of a step or of the whole",
    Severity.WARNING,
)
def no_recovery_time(sought: Outline, context: Context) -> Iterator[Found]:
    """Some duration is stated as the time that the rollback or a step of it takes."""
    if promises(sought):
        return
    topics = sought.about("recovery-time")
    yield Found(
        sought.plan.place(topics[0].line if topics else 0),
        "No recovery time is stated: nobody can tell when to stop trying, and nothing "
        "can be rehearsed against it.",
        "Add `Recovery time: 15 min`, measured in a rehearsal, for each phase.",
    )


@rule(
    "recovery-time-contradicted",
    "the steps take longer than the stated recovery time",
    Severity.WARNING,
)
def recovery_time_contradicted(plan: Plan, context: Context) -> Iterator[Found]:
    """Rows against their total, waits against the stated time, the plan against policy."""
    sought = outline(plan, context.policy)
    for table in plan.tables:
        yield from _total(plan, table)
    said = [promise for promise in promises(sought) if promise.kind == "stated"]
    for topic in sought.topics:
        if topic.heading and _is_leaf(topic, said):
            yield from _waits(sought, topic, said)
    yield from _policy(plan, context, said)


def _total(plan: Plan, table: Table) -> Iterator[Found]:
    """A last row "Total" against the sum of the rows above it."""
    if len(table.rows) < 3:
        return
    last = table.rows[-1]
    if not re.match(
        r"total|sum|gesamt|totaal|summe", " ".join(words(c) for c in last.cells[:2])
    ):
        return
    for index, title in enumerate(table.header):
        if index >= len(last.cells) or re.search(
            r"\b(?:cumulat|elapsed|t )", words(title)
        ):
            continue
        total = stretches(plain(last.cells[index]))
        above = [stretches(plain(row.cells[index])) for row in table.rows[:-1]]
        if not total or not all(above) or len(above) < 2:
            continue
        low = sum(parts[0].low for parts in above)
        if low > total[0].high:
            yield Found(
                plan.place(last.line),
                f"The steps above take at least {spoken(low)}; the total says "
                f"{spoken(total[0].high)}.",
                "Put the measured sum there, or say which steps run side by side.",
            )


def _is_leaf(topic: Topic, said: list[Promise]) -> bool:
    """Whether a promise is made in the very section, not in one below it."""
    end = topic.section.children[0].line if topic.section.children else topic.end_line
    return any(topic.line <= promise.line < end for promise in said)


_WAIT = re.compile(
    r"\bsleep\s+(?P<sleep>\d+(?:\.\d+)?[smhd]?)\b"
    r"|\b(?:wait|monitor|watch|observe|soak)\w*\s+(?:for\s+)?(?:(?:at least|about|"
    r"another)\s+)?(?P<wait>\d+\s*-?\s*\w+)"
    r"|\bINTERVAL\s+'(?P<back>\d+\s+\w+)'",
    re.IGNORECASE,
)


# What is counted minute by minute shows when it stopped.
_BY_TIME = re.compile(
    r"\bGROUP\s+BY\b[^;]*(?:date_trunc|time_bucket|minute|hour)", re.IGNORECASE
)


def _waits(sought: Outline, topic: Topic, said: list[Promise]) -> Iterator[Found]:
    """A wait, or a look back, in the section's blocks that outlasts what it promises."""
    own = [p for p in said if topic.line <= p.line < topic.end_line]
    most = max(promise.seconds for promise in own)
    for code in sought.codes(topic):
        for offset, line in code_lines(code):
            for found in _WAIT.finditer(line):
                text = found["sleep"] or found["wait"] or found["back"]
                length = _length(text)
                if length <= most:
                    continue
                if found["back"] and _BY_TIME.search(code.text):
                    continue
                what = (
                    f"looks back {spoken(length)}, so it counts what was written "
                    f"before the rollback"
                    if found["back"]
                    else f"waits {spoken(length)}"
                )
                yield Found(
                    code.place(
                        sought.plan.path, offset, found.start(), offset, found.end()
                    ),
                    f"This step {what}; the section promises {spoken(most)} "
                    f"(line {own[0].line}).",
                    "Promise what a rehearsal measured, or check what the promised "
                    "time allows.",
                )


def _length(text: str) -> float:
    """The seconds of "30", "5m" or "1 hour"."""
    found = stretches(text)
    if found:
        return found[0].high
    return float(text) if re.fullmatch(r"\d+(?:\.\d+)?", text) else 0


def _policy(plan: Plan, context: Context, said: list[Promise]) -> Iterator[Found]:
    """A phase's section that promises more time than the policy allows it."""
    for section in plan.sections:
        if not section.phases:
            continue
        for phase in context.phases(section):
            if phase.recovery_time is None:
                continue
            most = seconds(phase.recovery_time)
            for promise in said:
                inside = section.line <= promise.line < section.end_line
                if inside and promise.seconds > most:
                    yield Found(
                        plan.place(promise.line),
                        f"This says {spoken(promise.seconds)}; the policy promises "
                        f"{phase.recovery_time} for phase {phase.id}.",
                        "Make the plan faster, or promise what it takes.",
                        phase=phase.id,
                    )
                    break


RULES = (no_recovery_time, recovery_time_contradicted)
