"""A rollback kept in this clone: the branch, and nothing else."""

from __future__ import annotations

from ...core.git import Git
from ...core.reversal.scratch import Scratch
from . import branch
from .arguments import Request
from .computing import Computed
from .planning import Say
from .recording import recorded


def keep(
    git: Git, scratch: Scratch, computed: Computed, request: Request, say: Say
) -> None:
    """Create the branch, unless it has just this. Raises UsageError where it cannot."""
    record = recorded(git, computed, request)
    name = computed.plan.branch
    if branch.holds(git, scratch, computed.plan):
        say(f"Branch {name} has it already.")
        return
    branch.check_name(git, name)
    tip = branch.create(git, scratch, computed, record, squash=request.squash)
    say(f"Branch {name} created at {tip[:9]}.")
