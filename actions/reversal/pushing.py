"""A rollback that goes to the remote: computed on what is there now, and published."""

from __future__ import annotations

from contextlib import ExitStack

import msgspec

from ...core.errors import CannotDecide, ExitCode
from ...core.git import Git
from ...core.reversal.scratch import Scratch
from ..pulls import road as roads
from ..pulls.publish import Publication
from ..pulls.refusals import of_reach
from ..pulls.road import Road
from .arguments import Request
from .keeping import keep
from .planning import exit_code, may_be_made, planned, printed, speaker
from .recording import recorded


def pushed(stack: ExitStack, git: Git, scratch: Scratch, request: Request) -> ExitCode:
    """Print the plan, make its branch, push it and open the pull request.

    Without a remote the branch stays here. Raises CannotDecide where the remote cannot
    be reached; the branch is here then too.
    """
    road = roads.found(git, request.options.onto)
    if isinstance(road, Road):
        return _published(stack, git, scratch, request, road)
    computed = planned(stack, git, scratch, request, request.options)
    printed(computed.plan, request)
    if not may_be_made(computed.plan, request):
        return exit_code(computed.plan)
    say = speaker(request.format)
    keep(git, scratch, computed, request, say)
    if road is not None:
        raise CannotDecide(f"{of_reach(road.why)}. Nothing was pushed: run this again")
    say("This clone has no remote, so nothing was pushed.")
    return exit_code(computed.plan)


def _published(
    stack: ExitStack, git: Git, scratch: Scratch, request: Request, road: Road
) -> ExitCode:
    options = msgspec.structs.replace(request.options, onto=road.onto)
    computed = planned(stack, git, scratch, request, options)
    if computed.plan.verdict == "refused":
        printed(computed.plan, request)
        return exit_code(computed.plan)
    publication = stack.enter_context(
        Publication(git, scratch, computed, road, speaker(request.format))
    )
    if publication.is_settled():
        return ExitCode.CLEAN
    printed(computed.plan, request)
    if not may_be_made(computed.plan, request):
        publication.say_what_there_is()
        return exit_code(computed.plan)
    record = recorded(git, computed, request)
    is_open = publication.run(record, squash=request.squash)
    return exit_code(computed.plan) if is_open else ExitCode.UNDECIDED
