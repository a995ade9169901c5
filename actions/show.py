"""`backout show`: what the policy demands, in plain words."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Iterator
from typing import cast

from ..core import address
from ..core.escape import visible
from ..core.formats.paint import paint
from ..core.git import Git
from ..core.policy import words
from .console import is_colored
from .policy_here import policy_here

_WIDTH = 88

_EXAMPLES = """\
examples:
  backout show               every migration in brief
  backout show storage-v2    one, with its phases
  backout show storage-v2/7  what is demanded before phase 7 may land
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command line of `backout show`."""
    parser.epilog = _EXAMPLES
    parser.add_argument(
        "address",
        metavar="MIGRATION[/PHASE]",
        nargs="?",
        help="what to show; without it, all migrations in brief",
    )


def run(args: argparse.Namespace) -> int:
    """Print what is demanded of the policy, a migration or a phase."""
    name = cast("str | None", args.address)
    with Git.find() as git:
        policy = policy_here(git)
    if name is None:
        rows = words.of_policy(policy)
    else:
        migration, phase = address.find(policy, name)
        rows = (
            words.of_migration(migration)
            if phase is None
            else words.of_phase(migration, phase)
        )
    color = is_colored(sys.stdout, os.environ)
    for line in _lines(rows, color):
        print(line)
    return 0


def _lines(rows: Iterable[words.Row], color: bool) -> Iterator[str]:
    """The rows in two columns; a label that repeats is said once."""
    from textwrap import wrap

    shown = [(visible(label), visible(sentence)) for label, sentence in rows]
    wide = max((len(label) for label, _ in shown), default=0)
    before = ""
    for label, sentence in shown:
        head = "" if label == before else label
        before = label
        cut = wrap(sentence, _WIDTH - wide, break_long_words=False) or [""]
        yield f"{paint(head.ljust(wide), 'bold', color)}  {cut[0]}"
        for more in cut[1:]:
            yield f"{'':{wide}}    {more}"
