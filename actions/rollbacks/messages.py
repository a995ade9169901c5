"""The messages of a rollback's commits: history believes them, so none may be forged."""

from __future__ import annotations

import re

from ...core.git import Git
from ...core.reversal import commits
from ..reversal.record import Record
from .impure import Impure

_OURS = re.compile(
    r"^[ \t]*(backout-[\w-]+)[ \t]*:[ \t]*(.*?)[ \t]*$", re.MULTILINE | re.IGNORECASE
)
_REVERTS = re.compile(r"^This reverts commit ([0-9a-f]+)", re.MULTILINE)
_MOST = 2000


def check(git: Git, record: Record, base: str, head: str) -> None:
    """Look at each commit that `head` brings to `base`. Raises Impure.

    Each must be the rollback's own, but for merges of the base. It may say nothing that
    later rollbacks would go by: of which phase it is, or that it reverts something else.
    """
    shas = git.run("rev-list", f"--max-count={_MOST + 1}", head, f"^{base}", "--")
    ids = shas.decode("ascii").split()
    if len(ids) > _MOST:
        raise Impure(f"it has more than {_MOST} commits")
    allowed = {"Backout-Rollback": record.name, "Backout-Severity": record.severity}
    undone = {one.sha for one in record.undone}
    for commit in commits.read(git, ids):
        found = [(key, value) for key, value in _OURS.findall(commit.message)]
        for key, value in found:
            if not value or allowed.get(key) != value:
                raise Impure(f"commit {commit.short} says {key}: {value}")
        if len(commit.parents) < 2 and ("Backout-Rollback", record.name) not in found:
            raise Impure(f"commit {commit.short} is none of the rollback's own")
        for sha in _REVERTS.findall(commit.message):
            if sha not in undone:
                raise Impure(f"commit {commit.short} says that it reverts {sha[:12]}")
