"""`backout reland`: a draft branch that lands a rolled-back phase again."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from typing import cast

from ...core.errors import ExitCode
from ...core.escape import to_json
from ...core.git import Git
from ...core.reland_record import Done, Reland, encode, path_of
from ...core.reversal.scratch import Scratch
from ...core.tree import FILE, Entry
from ..reversal import branch
from ..reversal.json import document
from .computing import Computed, Options, compute
from .plan import Plan
from .text import lines

EXAMPLES = """\
examples:
  backout reland storage-v2/7 --dry-run
  backout reland storage-v2/7 --done "Root cause fixed" --done 2
  backout reland storage-v2/7 --done 1 --done 2 --draft --format json

It refuses (exit code 1) while an item that the policy requires is open. Who
stated which item goes into the branch's record, and the gate asks for it.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command line of `backout reland`."""
    parser.epilog = EXAMPLES
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("phase", metavar="MIGRATION/PHASE")
    parser.add_argument(
        "--done",
        metavar="ITEM",
        action="append",
        default=[],
        help="state that a required item is done, by its words or its number",
    )
    parser.add_argument("--onto", metavar="REF", help="land it on this commit")
    parser.add_argument("--branch", metavar="NAME", help="the branch to create")
    parser.add_argument(
        "--dry-run", action="store_true", help="print the plan and leave nothing behind"
    )
    parser.add_argument(
        "--draft",
        action="store_true",
        help="make the branch in spite of conflicts: those files stay as they are",
    )
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(args: argparse.Namespace) -> int:
    """Compute the plan, print it, and if all is done create the branch."""
    asked = cast(str, args.phase)
    options = Options(
        cast("list[str]", args.done),
        cast("str | None", args.onto),
        cast("str | None", args.branch),
    )
    now = datetime.now(UTC).replace(microsecond=0)
    with Git.find(bare=True) as git, Scratch(git) as scratch:
        computed = compute(git, scratch, asked, options)
        plan = computed.plan
        if args.format == "json":
            sys.stdout.write(document(plan))
        else:
            print("\n".join(lines(plan, asked, now)), flush=True)
        is_held = bool(plan.conflicts and not args.draft)
        if plan.open or is_held or args.dry_run:
            if is_held and not plan.open:
                print("Or go on as a draft: --draft", file=sys.stderr)
            return ExitCode.FOUND if plan.open or is_held else ExitCode.CLEAN
        branch.check_name(git, plan.branch)
        tip = _create(git, scratch, computed, now)
    print(f"Branch {plan.branch} created at {tip[:9]}.", file=sys.stderr)
    print(
        f"Next: put the fix on it, git push -u origin {plan.branch}, and open a draft "
        f"pull request.",
        file=sys.stderr,
    )
    return ExitCode.CLEAN


def _create(git: Git, scratch: Scratch, computed: Computed, now: datetime) -> str:
    plan, record = computed.plan, computed.record
    who = git.run("var", "GIT_AUTHOR_IDENT").decode("utf-8", "replace")
    by = who.rpartition(" ")[0].rpartition(" ")[0]
    reland = Reland(
        rollback=plan.rollback,
        migration=record.migration,
        phases=record.phases,
        onto=plan.onto,
        tree=plan.tree,
        started=now,
        by=by,
        done=tuple(Done(item.text, by, now) for item in plan.items),
        conflicts=tuple(map(to_json, plan.conflicts)),
        tool=f"backout {version('backout')}",
    )
    blob = scratch.blob_of(encode(reland))
    tree = scratch.edited(plan.tree, {path_of(reland): Entry(FILE, blob)})
    message = "\n".join(_message(plan, reland, computed)) + "\n"
    return branch.put(git, scratch, plan.branch, plan.onto, tree, message)


def _message(plan: Plan, reland: Reland, computed: Computed) -> Iterator[str]:
    """The commit's message: git's own words, so that a later rollback finds its way."""
    title = f" {plan.title}" if plan.title else ""
    yield f"Land {plan.name}{title} again"
    yield ""
    parents = [*(fact.sha for fact in plan.commits[1:]), computed.taken.parent]
    for fact, parent in zip(plan.commits, parents, strict=True):
        if plan.merge:
            yield f"This reverts commit {fact.sha}, reversing"
            yield f"changes made to {parent}."
        else:
            yield f"This reverts commit {fact.sha}."
    yield ""
    for done in reland.done:
        yield f"- [x] {done.item}"
    for step in (*plan.steps, *plan.stages):
        yield f"- [ ] {step}"
    yield ""
    for id in reland.phases:
        yield f"Backout-Phase: {reland.migration}/{id}"
    yield f"Backout-Reland: {plan.name}"
