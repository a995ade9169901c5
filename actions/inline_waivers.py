"""Waivers in comments of the code: `# backout: allow[rule] until 2027-01-31: reason`.

One holds for the line it stands in, or, alone in its line, for the next one. It counts
only where the policy allows inline waivers, or where the base's file holds it already:
nobody waives what his own change brings.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ..checks.symbols.verdicts import searched
from ..core.change import Change
from ..core.finding import Finding
from ..core.policy import Policy
from ..core.report import WaiverInForce
from ..core.tree import Tree
from ..core.waiver import InlineWaiver, settle, waivers

MARK = b"backout: allow"
_COMMENT = re.compile(r"(?:#|//|--|/\*|;)\s*(backout: allow.*)")
# What only an owner may waive, in the policy: rules about what is not one line of code.
_OWNERS_ONLY = (
    "backup-",
    "guard-",
    "policy-",
    "plan-",
    "legacy-removed",
    "unparsable-",
)


class _Written(NamedTuple):
    waiver: InlineWaiver
    is_alone: bool  # nothing but the comment is in its line


def apply_inline(
    findings: Iterable[Finding], change: Change, policy: Policy, judged: Iterable[str]
) -> tuple[list[Finding], tuple[WaiverInForce, ...]]:
    """The findings after the comments have had their say, and the waivers that held.

    What is waived stays, as information. `judged` are the rules that were run. Of a
    commit in the making only files with findings are read; else each judged file that
    has such a comment, so that one that is out of date is heard of.
    """
    by_path: dict[str, list[Finding]] = {}
    for finding in findings:
        by_path.setdefault(finding.place.path, []).append(finding)
    if change.is_staged:
        paths = {path for path in by_path if change.head.get(path) is not None}
    else:
        marked = searched(change.head, MARK)
        paths = {p for p in marked if p in by_path or p in change.files}
    if not paths:
        return [finding for group in by_path.values() for finding in group], ()
    known = [rule for rule in judged if not rule.startswith(_OWNERS_ONLY)]
    held: list[WaiverInForce] = []
    for path in sorted(paths):
        # Plans are Markdown; the plan check hears their waivers itself.
        entry = change.head.get(path)
        if path.endswith(".md") or entry is None or not entry.is_file:
            continue
        written = list(_written(change.head, path))
        if written:
            there = _settled(
                path, by_path.get(path, []), written, change, policy, known
            )
            by_path[path] = there
            held += _in_force(path, written, there)
    return [finding for group in by_path.values() for finding in group], tuple(held)


def _settled(
    path: str,
    findings: list[Finding],
    written: list[_Written],
    change: Change,
    policy: Policy,
    judged: list[str],
) -> list[Finding]:
    alone = {one.waiver for one in written if one.is_alone}
    before = set(_facts(change.base, path))

    def covers(waiver: InlineWaiver, finding: Finding) -> bool:
        if finding.rule.startswith(_OWNERS_ONLY):
            return False
        line = waiver.line + 1 if waiver in alone else waiver.line
        return finding.place.line == line

    def allowed(waiver: InlineWaiver) -> bool:
        if policy.inline_waivers:
            return True
        return (waiver.rules, waiver.until, waiver.reason) in before

    return list(
        settle(
            path,
            findings,
            [one.waiver for one in written],
            today=change.now.date(),
            judged=judged,
            covers=covers,
            allowed=allowed,
        )
    )


def _in_force(
    path: str, written: list[_Written], findings: list[Finding]
) -> Iterator[WaiverInForce]:
    for waiver, _ in written:
        mark = f"Waived until {waiver.until} at line {waiver.line} "
        count = sum(f.message.startswith(mark) for f in findings)
        if count:
            yield WaiverInForce(
                rule=", ".join(waiver.rules),
                until=str(waiver.until),
                owner=f"{path}:{waiver.line}",
                reason=waiver.reason,
                path=path,
                findings=count,
                inline=True,
            )


def _facts(tree: Tree | None, path: str) -> Iterator[tuple[object, ...]]:
    """What the waivers of a file say, wherever they stand in it."""
    entry = None if tree is None else tree.get(path)
    if tree is not None and entry is not None and entry.is_file:
        for waiver, _ in _written(tree, path):
            yield waiver.rules, waiver.until, waiver.reason


def _written(tree: Tree, path: str) -> Iterator[_Written]:
    data = tree.read(path)
    if MARK not in data:
        return
    text = data.decode("utf-8", "replace")
    lines = text.splitlines()
    for line, column, comment in _comments(path, text):
        is_alone = not lines[line - 1][: column - 1].strip()
        for waiver in waivers(comment, line, column):
            yield _Written(waiver, is_alone)


def _comments(path: str, text: str) -> Iterator[tuple[int, int, str]]:
    """Line, column (from 1) and text of each comment that may hold a waiver."""
    if path.endswith((".py", ".pyi")):
        import tokenize

        try:
            tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
        except (tokenize.TokenError, SyntaxError):
            tokens = []
        for token in tokens:
            if token.type == tokenize.COMMENT:
                yield token.start[0], token.start[1] + 1, token.string
        if tokens:
            return
    for number, line in enumerate(text.splitlines(), start=1):
        found = _COMMENT.search(line)
        if found is not None:
            yield number, found.start() + 1, line[found.start() :]
