"""text: for people at a terminal, and for the log of a hook or a CI job."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TextIO

from ..escape import no_command, terminal, visible
from ..finding import Finding, Place, Severity
from ..report import Report, count, in_order, waived, worst_first
from . import Style
from .cells import cut, width
from .paint import link, paint

_TAB = 4
_EXPLAINED = 3  # rules named in the last line; the others are on the screen
_LINE = 100  # characters that are comfortable to read
_COLORS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}


def write(report: Report, out: TextIO, style: Style) -> None:
    """Findings with their lines and what to do, then a summary line.

    A run that has nothing to say writes nothing but its notes, unless it was asked for.
    """
    # Whatever the parts were: in a CI log no line of ours is a command.
    out.writelines(no_command(line) + "\n" for line in _lines(report, style))


def _lines(report: Report, style: Style) -> Iterator[str]:
    if report.policy.note:
        yield terminal(report.policy.note)
    for finding in in_order(report.findings):
        yield from _finding(finding, style)
        yield ""
    for why in report.undecided:
        yield paint("not decided: ", "red", style.color) + terminal(why)
    for note in report.notes:
        yield terminal(note)
    for sentence in waived(report):
        yield terminal(sentence)
    if report.findings or report.undecided or style.always_sums_up:
        yield _summary(report, style)


def _finding(finding: Finding, style: Style) -> Iterator[str]:
    color = _COLORS[finding.severity]
    rule = paint(visible(finding.rule), color, style.color)
    degree = "" if finding.severity is Severity.ERROR else finding.severity.value
    place = paint(where(finding.place), "bold", style.color)
    place = link(place, style.links, finding.place.path)
    yield f"{place}  {rule}{f' ({degree})' if degree else ''}"
    yield from _excerpt(finding, style)
    for line in _sentences(finding):
        yield "  " + visible(line)
    for place_, what in finding.related:
        shown = link(where(place_), style.links, place_.path)
        yield f"  {shown}  {visible(what)}"


def _sentences(finding: Finding) -> list[str]:
    """Message and help, on one line where both are short."""
    lines = [*finding.message.splitlines(), *finding.help.splitlines()]
    joined = " ".join(lines)
    return [joined] if len(lines) == 2 and len(joined) <= _LINE else lines


def where(place: Place) -> str:
    """`path:line:column`, or the path alone for a whole file."""
    path = terminal(place.path)
    return f"{path}:{place.line}:{place.column}" if place.line else path


def _excerpt(finding: Finding, style: Style) -> Iterator[str]:
    excerpt, place = finding.excerpt, finding.place
    if excerpt is None:
        return
    digits = max(3, len(str(excerpt.first + len(excerpt.lines) - 1)))
    room = max(20, style.width - digits - 6) if style.width else 0
    start = max(0, place.column - excerpt.column)
    # Where the terminal is narrow, every line is shown from the same character on.
    left = 0
    if room and 0 <= place.line - excerpt.first < len(excerpt.lines):
        pointed = excerpt.lines[place.line - excerpt.first]
        if width(_shown(pointed[:start])) > room * 2 // 3:
            left = max(0, start - room // 3)
    for number, line in enumerate(excerpt.lines, excerpt.first):
        text = _shown(line[left:])
        bar = paint(f"  {number:>{digits}} |", "dim", style.color)
        yield f"{bar} {cut(text, room) if room else text}".rstrip()
        if number == place.line:
            end = len(line)
            if place.end_line in (0, place.line):
                end = max(start, place.end_column - excerpt.column)
            before = width(_shown(line[left:start]))
            span = width(_shown(line[left:end])) - before
            if room:
                span = min(span, room - before)
            carets = paint("^" * max(1, span), _COLORS[finding.severity], style.color)
            symbol = visible(finding.symbol)
            bar = paint(f"  {'':>{digits}} |", "dim", style.color)
            yield f"{bar} {' ' * before}{carets} {symbol}".rstrip()


def _shown(line: str) -> str:
    """A source line as it is printed: tabs as blanks up to the next stop.

    What a prefix becomes is a prefix of what the line becomes.
    """
    parts = line.split("\t")
    shown = ""
    for part in parts[:-1]:
        shown += visible(part)
        shown += " " * (_TAB - width(shown) % _TAB)
    # After the bar a line never begins with "::", but it may hold "##[".
    return no_command("|" + shown + visible(parts[-1]))[1:]


def _summary(report: Report, style: Style) -> str:
    took = "" if style.elapsed is None else f" ({style.elapsed:.2f} s)"
    text = f"{count(report)} in {terminal(report.judged)}{took}."
    rules = list(dict.fromkeys(terminal(f.rule) for f in worst_first(report.findings)))
    if rules:
        more = (
            f" (and {len(rules) - _EXPLAINED} more)" if len(rules) > _EXPLAINED else ""
        )
        text += f" Why: backout explain {' '.join(rules[:_EXPLAINED])}{more}"
    return text
