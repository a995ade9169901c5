"""`backout revert`: undo a phase, a migration, or commits, on a branch of their own."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from typing import cast

import msgspec

from ...core.errors import CannotDecide, ExitCode, UsageError
from ...core.escape import visible
from ...core.finding import Severity
from ...core.git import Git, GitError
from ...core.nearest import did_you_mean
from ...core.policy import Policy
from ...core.reversal.scratch import Scratch, require_git
from ..pulls import road as roads
from ..pulls.publish import Publication
from ..pulls.refusals import of_reach
from ..pulls.road import Closed, Road
from . import branch, verify
from .computing import Computed, Options, compute
from .plan import Plan
from .reaper import Reaper, tidily
from .record import Record, Undone
from .text import lines


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command line of `backout revert`."""
    parser.add_argument(
        "target",
        nargs="+",
        help="MIGRATION/PHASE, MIGRATION, a commit, a tag, a range A..B, #12 or a pull "
        "request's URL",
    )
    parser.add_argument("--reason", default="", help="why; goes into every commit")
    parser.add_argument("--severity", default="", help="a row of the decision matrix")
    parser.add_argument(
        "--dry-run", action="store_true", help="print the plan and leave nothing behind"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument(
        "--onto",
        metavar="REF",
        help="undo on this commit (the remote's default branch)",
    )
    parser.add_argument(
        "--paths", metavar="GLOB", action="append", default=[], help="undo only these"
    )
    parser.add_argument(
        "--leave", metavar="GLOB", action="append", default=[], help="keep these as now"
    )
    parser.add_argument(
        "--with",
        dest="also",
        metavar="COMMIT",
        action="append",
        default=[],
        help="undo this commit too",
    )
    parser.add_argument(
        "--restore",
        metavar="GLOB",
        action="append",
        default=[],
        help="take these from before the first commit; what was not there goes",
    )
    parser.add_argument(
        "--adjacent",
        action="store_true",
        help="keep both edits where they touch neighbouring lines; needs --draft",
    )
    parser.add_argument("--branch", metavar="NAME", help="the branch to create")
    parser.add_argument("--squash", action="store_true", help="one commit for all")
    parser.add_argument(
        "--no-push",
        action="store_true",
        help="keep the branch in this clone: no push, no pull request",
    )
    parser.add_argument(
        "--verify",
        action="store_true",
        help="run the phases' own `verify:` commands on the result, in a folder apart",
    )
    parser.add_argument(
        "--draft",
        action="store_true",
        help="make the branch in spite of conflicts: those files stay as they are",
    )


def run(args: argparse.Namespace) -> int:
    """Compute the plan, print it, and unless it is a dry run create the branch."""
    options = Options(
        onto=cast("str | None", args.onto),
        paths=tuple(cast("list[str]", args.paths)),
        leave=tuple(cast("list[str]", args.leave)),
        restore=tuple(cast("list[str]", args.restore)),
        adjacent=cast(bool, args.adjacent),
        also=tuple(cast("list[str]", args.also)),
        branch=cast("str | None", args.branch),
        draft=cast(bool, args.draft),
    )
    reason = cast(str, args.reason).strip()
    is_dry = cast(bool, args.dry_run)
    if options.adjacent and not options.draft and not is_dry:
        raise UsageError("--adjacent guesses, so it makes drafts only: add --draft")
    if not is_dry and not reason:
        raise UsageError("say why, for those who must approve: --reason TEXT")
    with ExitStack() as stack:
        stack.enter_context(tidily())
        git = stack.enter_context(Git.find(bare=True))
        scratch = stack.enter_context(Scratch(git))
        is_pushed = not is_dry and not cast(bool, args.no_push)
        road = roads.found(git, options.onto) if is_pushed else None
        if isinstance(road, Road):
            options = msgspec.structs.replace(options, onto=road.onto)
        computed = compute(git, scratch, cast("list[str]", args.target), options)
        severity = cast(str, args.severity)
        _check_severity(computed.policy, severity)
        if cast(bool, args.verify) and computed.plan.verdict == "clean":
            reaper = stack.enter_context(Reaper(scratch.folder))
            computed = _verified(git, scratch, reaper, computed)
        form = cast(str, args.format)
        say = partial(print, file=sys.stderr if form == "json" else sys.stdout)
        publication = None
        if isinstance(road, Road) and computed.plan.verdict != "refused":
            publication = stack.enter_context(
                Publication(git, scratch, computed, road, say)
            )
            if publication.is_settled():
                return ExitCode.CLEAN
        _print(computed.plan, form)
        code = _code(computed.plan)
        stays = computed.plan.verdict in ("empty", "refused")
        if is_dry or stays or (code != ExitCode.CLEAN and not options.draft):
            if publication is not None:
                publication.say_what_there_is()
            return code
        record = _record(git, computed, options, reason, severity)
        squash = cast(bool, args.squash)
        if publication is not None:
            is_open = publication.run(record, squash=squash)
            return code if is_open else ExitCode.UNDECIDED
        _keep_here(git, scratch, computed, record, squash=squash, say=say)
    if isinstance(road, Closed):
        raise CannotDecide(f"{of_reach(road.why)}. Nothing was pushed: run this again")
    if is_pushed:
        say("This clone has no remote, so nothing was pushed.")
    return code


def _keep_here(
    git: Git,
    scratch: Scratch,
    computed: Computed,
    record: Record,
    *,
    squash: bool,
    say: Callable[[str], None],
) -> None:
    name = computed.plan.branch
    if branch.holds(git, scratch, computed.plan):
        say(f"Branch {name} has it already.")
        return
    branch.check_name(git, name)
    tip = branch.create(git, scratch, computed, record, squash=squash)
    say(f"Branch {name} created at {tip[:9]}.")


def _check_severity(policy: Policy | None, severity: str) -> None:
    known = policy.severities if policy is not None else {}
    if severity and known and severity not in known:
        raise UsageError(
            f"no severity {visible(severity)} in the policy ({', '.join(known)})"
            f"{did_you_mean(severity, known)}"
        )


def _verified(
    git: Git, scratch: Scratch, reaper: Reaper, computed: Computed
) -> Computed:
    if not any(p.verify.now or p.verify.legacy_active for p in computed.targets.phases):
        raise UsageError(
            "--verify runs what the policy's phases name under `verify:`, and what is "
            "undone here names nothing there"
        )
    plan, phases = computed.plan, computed.targets.phases
    results = verify.verified(git, scratch, reaper, plan.tree, phases)
    return computed._replace(
        plan=msgspec.structs.replace(plan, verified=tuple(results))
    )


def _print(plan: Plan, form: str) -> None:
    if form == "json":
        from .json import encode

        sys.stdout.write(encode(plan))
        return
    for line in lines(plan):
        print(line)


def _code(plan: Plan) -> ExitCode:
    if plan.verdict == "refused":
        return ExitCode.UNDECIDED
    breaks = any(finding.severity is Severity.ERROR for finding in plan.findings)
    fails = not all(one.passed for one in plan.verified)
    found = breaks or fails or plan.verdict == "conflict"
    return ExitCode.FOUND if found else ExitCode.CLEAN


def _record(
    git: Git, computed: Computed, options: Options, reason: str, severity: str
) -> Record:
    plan = computed.plan
    try:
        who = git.run("var", "GIT_AUTHOR_IDENT").decode("utf-8", "replace")
    except GitError as error:
        raise UsageError(
            "git does not know who you are, and the commits must say: git config "
            "--global user.name NAME; git config --global user.email ADDRESS"
        ) from error
    return Record(
        name=plan.name,
        onto=plan.onto,
        tree=plan.tree,
        undone=tuple(Undone(t.commit.sha, t.mainline) for t in plan.targets),
        started=datetime.now(UTC).replace(microsecond=0),
        reason=reason,
        by=who.rpartition(" ")[0].rpartition(" ")[0],
        migration=plan.migration,
        phases=plan.phases,
        severity=severity,
        paths=options.paths,
        leave=options.leave,
        restore=computed.choices.restore,
        baseline=computed.choices.baseline,
        adjacent=options.adjacent,
        conflicts=plan.conflicts,
        draft=options.draft,
        tool=f"backout {version('backout')}",
        git=require_git(git),
    )
