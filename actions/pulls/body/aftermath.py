"""What people do by hand once it is merged, and how one checks that it is genuine."""

from __future__ import annotations

from collections.abc import Iterator

from ...reversal.record import path_of
from .facts import Facts, clock
from .markup import coded, folded, said, tasks


def by_hand(facts: Facts, most: int) -> Iterator[str]:
    """Steps, services, configuration elsewhere, sessions, verification."""
    items = list(_items(facts))
    if items:
        yield from folded("By hand, once it is merged", items[:most], len(items))


def _items(facts: Facts) -> Iterator[str]:
    for phase in facts.phases:
        for step in phase.steps:
            run = f": {coded(step.run)}" if step.run else ""
            takes = f" ({said(step.duration)})" if step.duration else ""
            yield f"- [ ] {said(step.do)}{run}{takes}"
        if phase.services:
            yield f"- [ ] restart {', '.join(map(coded, phase.services))}"
        for other in phase.external:
            where = f" at {coded(other.where)}" if other.where else ""
            back = f", back to {coded(other.legacy)}" if other.legacy else ""
            yield f"- [ ] {said(other.what)}{where}{back}"
        if phase.sessions is not None:
            rule = f"work in progress: {phase.sessions.rule}"
            unless = f"; {phase.sessions.unless}" if phase.sessions.unless else ""
            run = f": {coded(phase.sessions.run)}" if phase.sessions.run else ""
            yield f"- [ ] {said(rule + unless)}{run}"
        commands = (
            *phase.verify.now,
            *phase.verify.legacy_active,
            *phase.verify.health.values(),
        )
        for command in commands:
            expect = (
                f", which must say {coded(command.expect)}" if command.expect else ""
            )
            yield f"- [ ] verify: {coded(command.run)}{expect}"
        for line in phase.verify.logs:
            where = f" in {coded(line.file)}" if line.file else ""
            yield f"- [ ] the log says {coded(line.text)}{where}"
        yield from tasks(f"documents: {path}" for path in phase.documents)


def foot(facts: Facts, most: int) -> Iterator[str]:
    """Who ran it, with what, and how it is proven to be nothing else."""
    record, plan = facts.record, facts.plan
    options = [
        *(f"--with {t.commit.sha[:12]}" for t in plan.targets if t.found == "with"),
        *(f"--paths {glob}" for glob in record.paths),
        *(f"--leave {glob}" for glob in record.leave),
    ]
    command = " ".join(["backout revert", plan.name, *options])
    yield "---"
    yield ""
    yield (
        f"Run by {said(record.by)} at {clock(record.started)} with {said(record.tool)} "
        f"and git {said(record.git)}: {coded(command)}, computed in {plan.seconds:.1f} s "
        f"on {coded(record.onto[:9])}. Anybody can compute it again: the tree is "
        f"{coded(record.tree)}, the record {coded(path_of(record))}."
    )
    for result in plan.verified:
        word = "passed" if result.passed else "failed"
        yield ""
        yield f"Verified on the result: {coded(result.run)} {word}."
