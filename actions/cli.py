"""The `backout` command: one verb is one module, imported when it is asked for."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import NoReturn, Protocol, cast

from ..core.errors import UsageError
from .ending import ended, leave, versions

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

# Each begins with a verb of ours: tests/actions/test_cli.py holds it to that.
EXAMPLES = """\
examples:
  backout gate                         judge what is staged
  backout gate --from main             judge what this branch brings to main
  backout gate --all --format json     judge every file, for a program
  backout revert storage-v2/7 --dry-run
                                       say what rolling phase 7 back would mean
  backout plan check docs/ROLLBACK.md  say what is wrong with a rollback plan
  backout explain forbidden-symbol     what a rule finds, and what to do

exit codes:
  0    nothing was found
  1    something was found
  2    wrongly asked, or it cannot be decided: the gate stays closed
  3    a bug in backout
  130  interrupted
"""


class Verb(Protocol):
    """The shape of a verb's module."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None: ...

    def run(self, args: argparse.Namespace) -> int: ...


def main(argv: Sequence[str] | None = None) -> int:
    """Run the verb that `argv` names; what it returns is the exit code."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    return ended(lambda: _run(arguments))


def command() -> NoReturn:
    """What is installed as `backout`."""
    leave(main())


def parser(load: Iterable[str]) -> argparse.ArgumentParser:
    """The command line, with the arguments of the verbs `load`; the others have none."""
    top = argparse.ArgumentParser(
        prog="backout",
        description="Keep every phase of a staged replacement reversible until it is "
        "final.",
        epilog=EXAMPLES,
        formatter_class=_Formatter,
    )
    top.add_argument("--version", action=_Version, nargs=0, help="print versions")
    top.add_argument("-C", dest="folder", metavar="DIRECTORY", help="start there")
    # Without `prog`, argparse would write a usage to find it out.
    verbs = top.add_subparsers(
        title="verbs", metavar="VERB", required=True, prog="backout"
    )
    for name, (module, summary) in VERBS.items():
        sub = verbs.add_parser(
            name,
            help=summary,
            description=f"{summary[0].upper()}{summary[1:]}.",
            formatter_class=_Formatter,
        )
        if name in load:
            verb = cast(Verb, import_module(f".{module}", __package__))
            verb.add_arguments(sub)
            sub.set_defaults(run=verb.run)
    return top


class _Formatter(argparse.RawDescriptionHelpFormatter):
    """argparse makes one for each argument that it learns: a terminal is asked how wide
    it is, and what asks it is imported, where somebody reads the help."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=20, width=80)

    def format_help(self) -> str:
        from shutil import get_terminal_size

        width = get_terminal_size().columns - 2
        vars(self).update(_width=width, _max_help_position=min(20, max(width - 20, 4)))
        return super().format_help()


class _Version(argparse.Action):
    """Git is only asked for its version where somebody wants to know."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        print(versions())
        parser.exit()


def _run(arguments: list[str]) -> int:
    verb = _verb(arguments)
    if verb is not None and verb not in VERBS:
        raise UsageError(_unknown(verb))
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
