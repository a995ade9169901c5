"""`backout plan`: its three deeds, and their command lines."""

from __future__ import annotations

import argparse
from importlib import import_module
from typing import Protocol, cast

from ...core import formats

_DEEDS = {
    "check": "say what is wrong with plans, with or without a policy",
    "new": "write a plan from the policy, with the gaps that only people can fill",
    "fix": "correct what has one right answer, and show the rest",
}
_EXAMPLES = {
    "check": """\
  backout plan check                       every plan that the policy names
  backout plan check docs/ROLLBACK.md      any runbook, with or without a policy
""",
    "new": """\
  backout plan new storage-v2/7
  backout plan new storage-v2 --output -   look at it first
""",
    "fix": """\
  backout plan fix docs/ROLLBACK.md --diff
  backout plan fix docs/ROLLBACK.md
""",
}


class _Deed(Protocol):
    def run(self, args: argparse.Namespace) -> int: ...


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command line of `backout plan`."""
    deeds = parser.add_subparsers(title="deeds", metavar="DEED", required=True)
    for name, summary in _DEEDS.items():
        deed = deeds.add_parser(
            name,
            help=summary,
            description=f"{summary[0].upper()}{summary[1:]}.",
            epilog=f"examples:\n{_EXAMPLES[name]}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        deed.set_defaults(deed=name)
        if name == "check":
            _check(deed)
        elif name == "new":
            _new(deed)
        else:
            _fix(deed)


def _check(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "files",
        metavar="FILE",
        nargs="*",
        help="any Markdown runbook; without one, every plan that the policy names",
    )
    parser.add_argument("--format", choices=formats.NAMES, default="text")
    parser.add_argument("--output", metavar="FILE", help="write the report there")
    parser.add_argument(
        "--only",
        metavar="RULE",
        action="append",
        default=[],
        help="report this rule alone; may be repeated",
    )


def _new(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("target", metavar="MIGRATION[/PHASE]")
    parser.add_argument(
        "--output",
        metavar="FILE",
        help="write it there (where the policy says); - is standard output",
    )


def _fix(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", metavar="FILE", nargs="+")
    parser.add_argument(
        "--diff", action="store_true", help="show the corrections and write nothing"
    )


def run(args: argparse.Namespace) -> int:
    """Do the deed that was asked for."""
    deed = cast(_Deed, import_module(f".{args.deed}", __package__))
    return deed.run(args)
