"""The plan of a request: computed, verified where asked, printed, and its exit code."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial

import msgspec

from ...core.errors import ExitCode, UsageError
from ...core.escape import visible
from ...core.finding import Severity
from ...core.git import Git
from ...core.nearest import did_you_mean
from ...core.policy import Policy
from ...core.reversal.scratch import Scratch
from .arguments import Request
from .computing import Computed, Options, compute
from .plan import Plan

Say = Callable[[str], None]


def planned(
    stack: ExitStack, git: Git, scratch: Scratch, request: Request, options: Options
) -> Computed:
    """What `request` comes to with these options; `stack` closes what verifying opens.

    Raises UsageError or CannotDecide.
    """
    computed = compute(git, scratch, request.target, options)
    _check_severity(computed.policy, request.severity)
    severities = computed.policy.severities if computed.policy is not None else {}
    decision = severities.get(request.severity)
    if decision is not None and decision.action != "revert":
        said = f"for {request.severity} the policy says: {decision.action}"
        computed = _noted(computed, said)
    if not request.verify:
        return computed
    if computed.plan.verdict == "clean":
        return _verified(stack, git, scratch, computed)
    return _noted(computed, "not verified: there is no clean result to run commands on")


def printed(plan: Plan, request: Request) -> None:
    """Print the plan in the form that was asked for."""
    if request.format == "json":
        from .json import encode

        sys.stdout.write(encode(plan))
        return
    from .text import lines

    following = _following(plan, request) if request.dry_run else ""
    for line in lines(plan, following=following):
        print(line)


def _following(plan: Plan, request: Request) -> str:
    reason = "" if request.reason else "with --reason TEXT and "
    then = "" if request.no_push else ", pushes it and opens a pull request"
    return f"the same {reason}without --dry-run makes the branch {plan.branch}{then}."


def speaker(form: str) -> Say:
    """How to say what was done beside the plan: JSON stands alone on its stream."""
    return partial(print, file=sys.stderr if form == "json" else sys.stdout)


def may_be_made(plan: Plan, request: Request) -> bool:
    """Whether there is something to make a branch of, and it is good or meant as a
    draft."""
    if plan.verdict in ("empty", "refused"):
        return False
    return exit_code(plan) == ExitCode.CLEAN or request.options.draft


def exit_code(plan: Plan) -> ExitCode:
    """What the command ends with."""
    if plan.verdict == "refused":
        return ExitCode.UNDECIDED
    breaks = any(finding.severity is Severity.ERROR for finding in plan.findings)
    fails = not all(one.passed for one in plan.verified)
    found = breaks or fails or plan.verdict == "conflict"
    return ExitCode.FOUND if found else ExitCode.CLEAN


def _noted(computed: Computed, note: str) -> Computed:
    notes = (*computed.plan.notes, note)
    return computed._replace(plan=msgspec.structs.replace(computed.plan, notes=notes))


def _check_severity(policy: Policy | None, severity: str) -> None:
    known = policy.severities if policy is not None else {}
    if severity and known and severity not in known:
        raise UsageError(
            f"no severity {visible(severity)} in the policy ({', '.join(known)})"
            f"{did_you_mean(severity, known)}"
        )


def _verified(
    stack: ExitStack, git: Git, scratch: Scratch, computed: Computed
) -> Computed:
    from .reaper import Reaper
    from .verify import verified

    if not any(p.verify.now or p.verify.legacy_active for p in computed.targets.phases):
        raise UsageError(
            "--verify runs what the policy's phases name under `verify:`, and what is "
            "undone here names nothing there"
        )
    reaper = stack.enter_context(Reaper(scratch.folder))
    plan, phases = computed.plan, computed.targets.phases
    results = verified(git, scratch, reaper, plan.tree, phases)
    return computed._replace(
        plan=msgspec.structs.replace(plan, verified=tuple(results))
    )
