"""What goes: commits, files, other people's later work; and what is in the way."""

from __future__ import annotations

from collections.abc import Iterator

from ....core.finding import Severity
from ...reversal.conflict_text import KINDS
from ...reversal.plan import Conflict, File
from .facts import Facts
from .markup import alert, block, coded, folded, said, table

_FOUND = {
    "trailer": "its message says so",
    "commits": "the policy lists it",
    "paths": "its files",
    "named": "named by hand",
    "with": "was in the way, so undone too",
}


def targets(facts: Facts, most: int) -> Iterator[str]:
    """The commits that are undone, newest first, and those that are not."""
    rows = [
        [
            facts.commit(one.commit),
            said(one.commit.author, 60),
            f"{one.commit.when:%Y-%m-%d}",
            _FOUND.get(one.found, said(one.found))
            + (", nothing of it is left" if one.is_empty else "")
            + (f", landed {coded(one.relands[:9])} again" if one.relands else ""),
        ]
        for one in facts.plan.targets
    ]
    count = f"{len(rows)} commit{'' if len(rows) == 1 else 's'}"
    heads = ["commit", "by", "of", "known by"]
    yield from folded(
        f"Undone: {count}, newest first", list(table(heads, rows, most)), len(rows)
    )
    for skipped in facts.plan.skipped[:most]:
        yield f"- not undone: {facts.commit(skipped.commit)}: {said(skipped.why)}"


def files(facts: Facts, most: int) -> Iterator[str]:
    """The files that differ afterwards."""
    plan = facts.plan
    kinds = (
        ("changes back", plan.changed),
        ("comes back", plan.restored),
        ("goes", plan.deleted),
    )
    rows = [
        [_path(facts, file), kind, _lines(file)]
        for kind, listed in kinds
        for file in listed
    ]
    if rows:
        counts = ", ".join(f"{len(listed)} {kind}" for kind, listed in kinds if listed)
        yield from folded(
            f"Files: {counts}",
            list(table(["file", "", "lines"], rows, most)),
            len(rows),
        )


def lost(facts: Facts, most: int) -> Iterator[str]:
    """Later work of others that goes with it."""
    rows: list[list[str]] = []
    for loss in facts.plan.collateral:
        total = sum(max(count, 0) for count in loss.files.values())
        paths = [coded(path) for path in loss.files]
        more = f" and {len(paths) - 5} more" if len(paths) > 5 else ""
        rows.append(
            [
                facts.commit(loss.commit),
                said(loss.commit.author, 60),
                str(total) if total else "binary",
                ", ".join(paths[:5]) + more,
            ]
        )
    if rows:
        heads = ["commit", "by", "lines", "in"]
        yield from folded(
            "Also lost: later work in the same files",
            list(table(heads, rows, most)),
            len(rows),
        )


def troubles(facts: Facts, most: int) -> Iterator[str]:
    """What would break, what conflicts, and how each conflict was settled."""
    yield from _broken(facts, most)
    yield from _conflicts(facts, most)
    settled = list(_settled(facts))
    if settled:
        yield from folded("How conflicts were settled", settled[:most], len(settled))


def _broken(facts: Facts, most: int) -> Iterator[str]:
    rows: list[list[str]] = []
    for finding in facts.plan.findings:
        place = finding.place
        where = f"{place.path}:{place.line}" if place.line else place.path
        word = "breaks" if finding.severity is Severity.ERROR else "look at"
        rows.append([word, coded(where), said(finding.message)])
    if rows:
        yield from alert("CAUTION", ["**The result would not work as it is.**"])
        yield from folded(
            "What breaks", list(table(["", "where", "what"], rows, most)), len(rows)
        )


def _conflicts(facts: Facts, most: int) -> Iterator[str]:
    conflicts = facts.plan.conflicts
    if not conflicts:
        return
    count = len({conflict.path for conflict in conflicts})
    yield from alert(
        "CAUTION",
        [
            f"**{count} file{'' if count == 1 else 's'} could not be taken back.** On "
            f"this branch {'it is' if count == 1 else 'they are'} as before, without "
            f"conflict markers."
        ],
    )
    for conflict in conflicts[:most]:
        yield from _conflict(facts, conflict, most)
    if len(conflicts) > most:
        yield f"and {len(conflicts) - most} more, left out for length."
    yield ""


def _conflict(facts: Facts, conflict: Conflict, most: int) -> Iterator[str]:
    spans = ", ".join(
        f"{one.first}-{max(one.first, one.last)}" for one in conflict.lines
    )
    where = f" lines {spans}" if spans else ""
    yield f"- {facts.file(conflict.path)}{where}: {said(KINDS.get(conflict.kind, conflict.kind))}"
    for blocker in conflict.blockers[:5]:
        yield f"  - blocked by {facts.commit(blocker)}, {said(blocker.author, 60)}"
    # The hunks, for a person to settle: at present, and what it would go back to.
    for one in conflict.lines[: min(3, most)]:
        if most >= 100 and (one.ours or one.theirs):
            diff = [f"-{line}" for line in one.ours[:20]]
            diff += [f"+{line}" for line in one.theirs[:20]]
            yield ""
            yield from (f"  {line}" for line in block("\n".join(diff), "diff"))
            yield ""


def _settled(facts: Facts) -> Iterator[str]:
    record = facts.record
    for target in facts.plan.targets:
        if target.found == "with":
            yield f"- {facts.commit(target.commit)} stood in the way and is undone too"
    if record.paths:
        yield f"- only {', '.join(map(coded, record.paths))} is undone"
    if record.leave:
        yield f"- {', '.join(map(coded, record.leave))} stays as it is now"
    if record.restore:
        since = f" at {coded(record.baseline[:9])}" if record.baseline else ""
        yield f"- {', '.join(map(coded, record.restore))} is taken from before it all{since}"
    for path in facts.plan.settled:
        yield f"- both edits are kept in {coded(path)}: read it before you merge"


def _path(facts: Facts, file: File) -> str:
    """A file, linked where it is there before the rollback."""
    return facts.file(file.path) if file.old_mode else coded(file.path)


def _lines(file: File) -> str:
    return "binary" if file.added < 0 else f"+{file.added} -{file.removed}"
