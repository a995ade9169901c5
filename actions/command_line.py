"""The command line: its verbs with their arguments, help and examples."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from importlib import import_module
from typing import Protocol, cast

from .cli import VERBS
from .ending import versions

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

    # Some have also `expect(arguments: Sequence[str]) -> None`, which begins what most
    # often will be asked for. It decides nothing, and finds no fault.


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
