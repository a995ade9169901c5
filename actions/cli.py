"""The `backout` command: one verb is one module, imported when it is asked for."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Protocol, cast

from .ending import ended

# A verb, its module here, and what it does: `backout --help` imports none of them.
VERBS: dict[str, tuple[str, str]] = {
    "gate": ("gate_command", "judge the staged files, a range of commits, or a tree"),
}


class Verb(Protocol):
    """The shape of a verb's module."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None: ...

    def run(self, args: argparse.Namespace) -> int: ...


def main(argv: Sequence[str] | None = None) -> int:
    """Run the verb that `argv` names; what it returns is the exit code."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    parser = argparse.ArgumentParser(prog="backout")
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    for name, (module, summary) in VERBS.items():
        sub = verbs.add_parser(name, help=summary, description=summary)
        if name in arguments[:1]:
            verb = cast(Verb, import_module(f".{module}", __package__))
            verb.add_arguments(sub)
            sub.set_defaults(run=verb.run)
    args = parser.parse_args(arguments)
    return ended(lambda: cast(int, args.run(args)))
