"""`backout status`: what is rolled back, what is on its way, and how late it is."""

from __future__ import annotations

import argparse
import os
import sys
from datetime import UTC, datetime

from ...core.errors import ExitCode
from ...core.git import Git
from ..policy_here import policy_of_mainline
from ..reversal.json import document
from .links import place
from .standing import status
from .text import lines

EXAMPLES = """\
examples:
  backout status                    every rollback that is open or in force
  backout status --format json      for a program

It reads this clone's branches and those it knows of the remote: git fetch
first. Nothing is asked of a server.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command line of `backout status`."""
    parser.epilog = EXAMPLES
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(args: argparse.Namespace) -> int:
    """Print how the rollbacks stand."""
    with Git.find(bare=True) as git:
        policy, onto = policy_of_mainline(git)
        at = place(git, policy, os.environ)
        there = status(git, policy, onto, datetime.now(UTC), at)
    if args.format == "json":
        sys.stdout.write(document(there))
    else:
        print("\n".join(lines(there)))
    return ExitCode.CLEAN
