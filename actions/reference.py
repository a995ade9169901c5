"""`python -I -m backout.actions.reference`: docs/reference/command-line.md, from the code."""

# pyright: reportPrivateUsage=false
# argparse tells of its arguments in no other way than by names with an underscore.

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import cast

from ..core.errors import ExitCode
from .cli import VERBS
from .command_line import parser

_ENDS = {
    ExitCode.CLEAN: "nothing was found",
    ExitCode.FOUND: "something was found",
    ExitCode.UNDECIDED: "wrongly asked, or it cannot be decided: the gate stays closed",
    ExitCode.BROKEN: "a bug in backout",
    ExitCode.INTERRUPTED: "interrupted",
}


def page() -> str:
    """The whole page."""
    lines = [
        "# Command line",
        "",
        "`backout VERB --help` says the same, with examples. This page is made from the",
        "code by `make generated`.",
        "",
        "| exit code | means |",
        "|---|---|",
        *(f"| {code.value} | {meaning} |" for code, meaning in _ENDS.items()),
    ]
    for name, verb in inner(parser(VERBS)).items():
        lines += ["", f"## backout {name}", "", *_verb(verb)]
    return "\n".join(lines) + "\n"


def _verb(verb: argparse.ArgumentParser) -> Iterator[str]:
    yield verb.description or ""
    rows = [row for action in verb._actions for row in _rows(action)]
    if rows:
        yield ""
        yield "| argument | |"
        yield "|---|---|"
        yield from rows
    for name, deed in inner(verb).items():
        yield ""
        yield f"### {verb.prog} {name}"
        yield ""
        yield from _verb(deed)


def inner(outer: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """The verbs of a command, by name."""
    found: dict[str, argparse.ArgumentParser] = {}
    for action in outer._actions:
        if isinstance(action, argparse._SubParsersAction):
            verbs = cast("argparse._SubParsersAction[argparse.ArgumentParser]", action)
            found.update(verbs.choices)
    return found


def _rows(action: argparse.Action) -> Iterator[str]:
    if isinstance(action, argparse._HelpAction | argparse._SubParsersAction):
        return
    value = action.metavar or (action.dest if not action.option_strings else "")
    if isinstance(value, tuple):
        value = " ".join(value)
    if action.option_strings and action.nargs != 0 and not value:
        choices = action.choices
        value = "|".join(map(str, choices)) if choices else action.dest.upper()
    names = ", ".join(action.option_strings)
    shown = f"{names} {value}".strip() if action.nargs != 0 else names
    help = (action.help or "").replace("%%", "%").replace("|", "\\|")
    yield f"| `{shown.replace('|', chr(92) + '|')}` | {help} |"


if __name__ == "__main__":
    print(page(), end="")
