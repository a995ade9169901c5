"""Waivers written where they apply: `backout: allow[rule] until 2027-01-31: reason`.

One form for every place: in a plan it is an HTML comment, in code a comment of the
language. A waiver hides nothing: what it allows is reported as information, with its
date and its reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date

import msgspec

from .finding import Finding, Place, Rule, Severity

EXPIRED = Rule(
    "waiver-expired", "a waiver is past its date and no longer holds", Severity.WARNING
)
UNUSED = Rule(
    "waiver-unused", "a waiver allows nothing that is found", Severity.WARNING
)
UNREASONED = Rule(
    "waiver-without-reason", "a waiver lacks its rules, its date or its reason"
)
NOT_ALLOWED = Rule(
    "waiver-not-allowed",
    "a change brings a waiver of its own where the policy allows none",
    Severity.WARNING,
)
RULES = (EXPIRED, UNUSED, UNREASONED, NOT_ALLOWED)

FORM = "backout: allow[rule] until 2027-01-31: reason"

_MARK = re.compile(r"\bbackout:\s*allow\b(?P<rest>[^\n]*)")
_FORM = re.compile(
    r"\[(?P<rules>[^\]]*)\]"
    r"(?:\s+until\s+(?P<until>[^\s:]+))?"
    r"(?:\s*:\s*(?P<reason>.*))?"
)
_RULE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_END = re.compile(r"\s*(?:--!?>|\*/)?\s*\Z")


class InlineWaiver(msgspec.Struct, frozen=True):
    """One waiver as written. `line` and `column` (from 1) are where it begins.

    `problem` says what is wrong with its form, as a clause; "" where nothing is. With a
    problem it allows nothing, and `until` may be None.
    """

    rules: tuple[str, ...]
    until: date | None
    reason: str
    line: int
    column: int
    problem: str = ""

    def place(self, path: str) -> Place:
        """Where it stands in the file `path`."""
        return Place(path, self.line, self.column)


def waivers(comment: str, line: int = 1, column: int = 1) -> Iterator[InlineWaiver]:
    """The waivers in the text of one comment, which begins at `line` and `column`.

    What only looks like one is given too, with its problem: a waiver that somebody
    believes in and that does not hold must be heard of.
    """
    for mark in _MARK.finditer(comment):
        before = comment[: mark.start()]
        row = before.count("\n")
        start = len(before) - (before.rfind("\n") + 1)
        yield _waiver(
            _END.sub("", mark["rest"]),
            line + row,
            start + (1 if row else column),
        )


def _waiver(text: str, line: int, column: int) -> InlineWaiver:
    form = _FORM.fullmatch(text.strip())
    if form is None:
        return InlineWaiver((), None, "", line, column, "is not of the form")
    names = tuple(name.strip() for name in form["rules"].split(",") if name.strip())
    reason = (form["reason"] or "").strip()
    until: date | None = None
    problem = ""
    if form["until"] is not None:
        try:
            until = date.fromisoformat(form["until"])
        except ValueError:
            problem = f"has no date: {form['until']} is none"
    else:
        problem = "has no date"
    if not names or not all(_RULE.fullmatch(name) for name in names):
        problem = "names no rule"
    elif not problem and not any(letter.isalpha() for letter in reason):
        problem = "has no reason"
    return InlineWaiver(names, until, reason, line, column, problem)


def settle(
    path: str,
    findings: Iterable[Finding],
    written: Sequence[InlineWaiver],
    *,
    today: date,
    judged: Iterable[str],
    covers: Callable[[InlineWaiver, Finding], bool],
    allowed: Callable[[InlineWaiver], bool] = lambda waiver: True,
) -> Iterator[Finding]:
    """The findings of the file `path` after its waivers have had their say.

    What a waiver in force covers stays, as information; `covers` knows the place alone,
    never the rule. A waiver holds to the end of the day `until`, and only where it is
    `allowed`. `judged` are the rules that were run: a waiver of another rule cannot be
    called unused here.
    """
    used: set[InlineWaiver] = set()
    holding = [
        waiver
        for waiver in written
        if not waiver.problem
        and waiver.until is not None
        and today <= waiver.until
        and allowed(waiver)
    ]
    by_rule: dict[str, list[InlineWaiver]] = {}
    for held in holding:
        for rule in held.rules:
            by_rule.setdefault(rule, []).append(held)
    for finding in findings:
        waiver = next(
            (w for w in by_rule.get(finding.rule, ()) if covers(w, finding)), None
        )
        if waiver is None:
            yield finding
            continue
        used.add(waiver)
        yield msgspec.structs.replace(
            finding,
            severity=Severity.INFO,
            message=f"Waived until {waiver.until} at line {waiver.line} "
            f"({waiver.reason}): {finding.message}",
        )
    known = frozenset(judged)
    in_force = set(holding)
    for waiver in written:
        if waiver not in in_force and allowed(waiver):
            yield from _broken(path, waiver)
        elif waiver not in in_force:
            yield _finding(
                NOT_ALLOWED,
                path,
                waiver,
                "This change brings its own waiver, so it allows nothing.",
                "Waive it in the policy, with an owner; or let the policy say "
                "`inline-waivers: true`.",
            )
        elif waiver not in used and known.issuperset(waiver.rules):
            yield _finding(
                UNUSED,
                path,
                waiver,
                f"Nothing here needs the waiver of {', '.join(waiver.rules)}.",
                "Take it out: the next defect of that kind would pass in its shade.",
            )


def _broken(path: str, waiver: InlineWaiver) -> Iterator[Finding]:
    """What is wrong with a waiver that is allowed and does not hold."""
    if waiver.problem:
        yield _finding(
            UNREASONED,
            path,
            waiver,
            f"This waiver {waiver.problem}, so it allows nothing.",
            f"Write it as: {FORM}",
        )
    else:
        yield _finding(
            EXPIRED,
            path,
            waiver,
            f"The waiver of {', '.join(waiver.rules)} ended on {waiver.until}: what it "
            f"allowed is reported again.",
            "Mend what it allowed, or agree on a new date, and say why.",
        )


def _finding(
    rule: Rule, path: str, waiver: InlineWaiver, message: str, help: str
) -> Finding:
    return Finding(rule.id, rule.severity, waiver.place(path), message, help)
