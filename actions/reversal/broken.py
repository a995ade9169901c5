"""What would break: the result of a rollback, checked."""

from __future__ import annotations

from collections.abc import Sequence

from ...checks import broken_rollback
from ...core.change import Change, FileChange
from ...core.finding import Finding
from ...core.policy import Policy
from ...core.reversal.differences import Difference
from ...core.reversal.overlay import Present, Result

_USUAL_ROOTS = (".", "src", "lib")


def findings(
    present: Present, files: Sequence[Difference], policy: Policy | None
) -> tuple[Finding, ...]:
    """What works in the tree `present` and not in the one in which `files` differ."""
    if policy is None:
        policy = Policy(version=1, source_roots=_USUAL_ROOTS)
    present.learn(files)
    change = Change(
        present,
        Result(present, files),
        {file.path: FileChange(file.old, file.new) for file in files},
        present.scratch,
    )
    return tuple(broken_rollback.check(change, policy))
