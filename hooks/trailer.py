"""`prepare-commit-msg`: `python -I -m backout.hooks.trailer FILE [SOURCE [COMMIT]]`.

Adds a `Backout-Phase:` trailer for each phase whose files are staged, so that a
rollback later knows the phase's commits for certain. It never stops a commit for want
of a policy, and adds nothing to merges: what they bring says itself where it belongs.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from ..actions import trailer
from ..actions.ending import ended, leave
from ..core.errors import UsageError
from ..core.git import Git


def main(argv: Sequence[str] | None = None) -> int:
    """Add the trailers to the message file that `argv` names first."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    return ended(lambda: _run(arguments, os.environ))


def _run(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    if not arguments:
        raise UsageError("the file of the commit's message is missing: git names it")
    # git passes the source as the second argument; pre-commit and prek say it like this.
    source = environment.get("PRE_COMMIT_COMMIT_MSG_SOURCE", "")
    if "merge" not in (source, *arguments[1:2]):
        with Git.find() as git:
            trailer.add(git, Path(arguments[0]))
    return 0


if __name__ == "__main__":
    leave(main())
