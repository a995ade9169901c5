"""The gate as a hook of pre-commit or prek: `python -I -m backout.hooks.gate [NAME ...]`.

Neither hands us the files: names of deleted files and of links would never arrive. So
we read the commit in the making ourselves, or the commits that are being pushed.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping, Sequence

from ..actions import console, gate
from ..actions.ending import ended, leave
from ..core.errors import UsageError
from ..core.git import Git


def main(argv: Sequence[str] | None = None) -> int:
    """Judge what git is about to do; report all rules, or those that `argv` names."""
    rules = sys.argv[1:] if argv is None else list(argv)
    return ended(lambda: _run(rules, os.environ))


def _run(rules: Sequence[str], environment: Mapping[str, str]) -> int:
    for rule in rules:
        if rule.startswith("-"):
            raise UsageError(
                f"a hook takes names of rules and checks alone, not {rule!r}"
            )
    started = time.perf_counter()
    with Git.find() as git:
        report = gate.judge(asked(git, environment), rules)
    elapsed = time.perf_counter() - started
    console.show(report, top=git.root, elapsed=elapsed, is_awaited=False)
    return gate.exit_code(report)


def asked(git: Git, environment: Mapping[str, str]) -> gate.Asked:
    """What the hook is to judge.

    Both refs are set for a push, and under `run --from-ref A --to-ref B`. On the first
    push of a branch with nothing to compare it with, prek sets the second one alone,
    and pre-commit neither but the name of the branch: then the whole of it is judged.
    """
    base = environment.get("PRE_COMMIT_FROM_REF")
    head = environment.get("PRE_COMMIT_TO_REF")
    pushed = environment.get("PRE_COMMIT_LOCAL_BRANCH")
    if base and head:
        return gate.between(git, base, head)
    if head or pushed:
        return gate.tree(git, head or pushed or "")
    commit = gate.staged(git)
    if commit.change.files or "GIT_INDEX_FILE" in environment:
        return commit
    # Not git but a person or a CI runs the hook (`pre-commit run --all-files`), and
    # nothing is staged: saying "clean" of nothing would be a gate that is open.
    return gate.index(git)


if __name__ == "__main__":
    leave(main())
