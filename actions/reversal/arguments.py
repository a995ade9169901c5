"""The command line of `backout revert`."""

from __future__ import annotations

import argparse
from typing import cast

import msgspec

from ...core.errors import UsageError
from .computing import Options

_EXAMPLES = """\
examples:
  backout revert storage-v2/7 --dry-run
  backout revert storage-v2/7 --severity P0 --reason "duplicate rows"
  backout revert "#412" --reason "timeouts" --with 7be0a11
  backout revert storage-v2/7 --leave "docs/**" --no-push

A dry run says which commits go, whether that is clean, what stands in the way
and what each way out costs. Your work tree is never touched.

exit codes:
  0    clean: the branch is made, or would be
  1    conflicts, or something would break: choose a way out, or --draft
  2    refused, or wrongly asked
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command line of `backout revert`."""
    parser.epilog = _EXAMPLES
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


class Request(msgspec.Struct, frozen=True):
    """What was asked for; each field is an argument of the command."""

    target: tuple[str, ...]
    options: Options
    reason: str
    severity: str
    dry_run: bool
    no_push: bool
    verify: bool
    squash: bool
    format: str


def request_of(args: argparse.Namespace) -> Request:
    """What was asked for. Raises UsageError where something is missing."""
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
    request = Request(
        target=tuple(cast("list[str]", args.target)),
        options=options,
        reason=cast(str, args.reason).strip(),
        severity=cast(str, args.severity),
        dry_run=cast(bool, args.dry_run),
        no_push=cast(bool, args.no_push),
        verify=cast(bool, args.verify),
        squash=cast(bool, args.squash),
        format=cast(str, args.format),
    )
    if options.adjacent and not options.draft and not request.dry_run:
        raise UsageError("--adjacent guesses, so it makes drafts only: add --draft")
    if not request.dry_run and not request.reason:
        raise UsageError("say why, for those who must approve: --reason TEXT")
    return request
