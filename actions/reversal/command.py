"""`backout revert`: undo a phase, a migration, or commits, on a branch of their own."""

from __future__ import annotations

import argparse
from contextlib import ExitStack

from ...core.errors import ExitCode
from ...core.git import Git
from ...core.reversal.scratch import Scratch
from .arguments import Request, add_arguments, request_of
from .planning import exit_code, may_be_made, planned, printed, speaker
from .reaper import tidily

__all__ = ["add_arguments", "run"]


def run(args: argparse.Namespace) -> int:
    """Compute the plan, print it, and unless it is a dry run create the branch."""
    request = request_of(args)
    with ExitStack() as stack:
        stack.enter_context(tidily())
        git = stack.enter_context(Git.find(bare=True))
        scratch = stack.enter_context(Scratch(git))
        if request.dry_run or request.no_push:
            return _here(stack, git, scratch, request)
        from .pushing import pushed  # what a dry run has no need of

        return pushed(stack, git, scratch, request)


def _here(stack: ExitStack, git: Git, scratch: Scratch, request: Request) -> ExitCode:
    computed = planned(stack, git, scratch, request, request.options)
    printed(computed.plan, request)
    if not request.dry_run and may_be_made(computed.plan, request):
        from .keeping import keep

        keep(git, scratch, computed, request, speaker(request.format))
    return exit_code(computed.plan)
