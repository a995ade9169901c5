"""`backout init`: a commented policy that fits the repository, to go on from."""

from __future__ import annotations

import argparse
from typing import cast

from ..core.errors import UsageError
from ..core.git import Git
from ..core.policy import FILE_NAME
from .starting import survey
from .starting.starter import starter

_EXAMPLES = """\
examples:
  backout init                                write one to start from
  backout init --dry-run                      look at it first
  backout init --from-plan docs/ROLLBACK.md   draft it from a rollback document
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command line of `backout init`."""
    parser.epilog = _EXAMPLES
    parser.add_argument(
        "--dry-run", action="store_true", help="print the file and write nothing"
    )
    parser.add_argument(
        "--from-plan",
        dest="plans",
        metavar="FILE",
        nargs="+",
        default=[],
        help="draft it from rollback documents; what they do not say is marked",
    )


def run(args: argparse.Namespace) -> int:
    """Write `backout.yaml` at the repository's top, unless there is one."""
    with Git.find() as git:
        found = survey.survey(git)
        plans = cast("list[str]", args.plans)
        text = _drafted(plans, git, found) if plans else starter(found)
        if cast(bool, args.dry_run):
            print(text, end="")
            return 0
        assert git.top is not None  # `Git.find` gives none without
        file = git.top / FILE_NAME
    try:
        # Made by us or not at all: a file, or a link to one, that is there stays.
        with file.open("x", encoding="utf-8", newline="\n") as new:
            new.write(text)
    except FileExistsError as error:
        raise UsageError(
            f"{FILE_NAME} is here already, and stays as it is. `backout show` tells "
            f"what it demands"
        ) from error
    except OSError as error:
        raise UsageError(f"{FILE_NAME} cannot be written: {error.strerror}") from error
    if plans:
        from .drafting.draft import said

        print(f"Wrote {FILE_NAME}: {said(text)}.")
        print("Next: read every line of it, then `backout show`.")
        return 0
    print(f"Wrote {FILE_NAME}: {found.said()}.")
    print(
        "Next: name what may not come back under `forbid:`, then `backout gate --all`."
    )
    return 0


def _drafted(plans: list[str], git: Git, found: survey.Found) -> str:
    from .drafting.draft import draft

    return draft(plans, git, found)
