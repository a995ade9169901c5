"""The `backout` command: one verb is one module, imported when it is asked for."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn, cast

from ..core.errors import UsageError
from .ending import ended, leave

# A verb, its module here, and what it does: `backout --help` imports none of them.
VERBS: dict[str, tuple[str, str]] = {
    "gate": ("gate_command", "judge the staged files, a range of commits, or a tree"),
    "merge-reports": ("merge_reports", "make one report of the parts of a run"),
    "init": ("init", "write a commented policy that fits this repository"),
    "show": ("show", "print what the policy demands, in plain words"),
    "phases": ("phases", "list the commits of each phase, and what is doubtful"),
    "backup": ("backup", "record the backup that a data phase is gated by"),
    "explain": ("explain", "print the page of a rule, or list all rules"),
    "completion": ("completion", "print a script that completes commands in a shell"),
    "plan": ("plan.command", "check a rollback plan, write one, or correct one"),
    "decide": ("decide.command", "say whether to roll back, how, and by when"),
    "revert": ("reversal.command", "undo a phase or commits, on a branch of its own"),
    "notify": ("notify.command", "write what the team and the users are told"),
    "status": ("status.command", "list the rollbacks that are open or in force"),
    "reland": ("reland.command", "land a rolled-back phase again, on purpose"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the verb that `argv` names; what it returns is the exit code."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    return ended(lambda: _run(arguments))


def command() -> NoReturn:
    """What is installed as `backout`."""
    leave(main())


def _run(arguments: list[str]) -> int:
    verb = _verb(arguments)
    if verb is not None and verb not in VERBS:
        raise UsageError(_unknown(verb))
    if verb is not None:
        module = import_module(f".{VERBS[verb][0]}", __package__)
        # Git may work while the arguments are read: to import what reads them takes time.
        expect = getattr(module, "expect", None)
        if expect is not None:
            expect(arguments)
    from .command_line import parser

    args, rest = parser([] if verb is None else [verb]).parse_known_args(arguments)
    if rest:
        raise UsageError(
            f"`backout {verb}` does not take {rest[0]!r}: `backout {verb} --help` says "
            f"what it takes"
        )
    folder = cast("str | None", args.folder)
    if folder is not None:
        try:
            os.chdir(folder)
        except OSError as error:
            raise UsageError(f"-C {folder}: {error.strerror}") from error
    return cast(int, args.run(args))


def _verb(arguments: Sequence[str]) -> str | None:
    """The first argument that is no option, nor the value of one."""
    values = iter(arguments)
    for value in values:
        if value == "-C":
            next(values, None)
        elif not value.startswith("-"):
            return value
    return None


def _unknown(verb: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(verb, VERBS, n=1)
    hint = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(VERBS)}."
    return f"there is no verb {verb!r}. {hint}"
