"""`backout gate`: judge the staged files, a range of commits, or a whole tree."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, cast

from ..core.errors import BackoutError, UsageError
from ..core.git import Git
from ..core.policy_name import FILE_NAME
from ..core.work_tree import WorkTree, peek

if TYPE_CHECKING:
    import argparse

    from . import gate

_EXAMPLES = """\
examples:
  backout gate                           judge what is staged
  backout gate --from origin/main        judge what this branch brings to it
  backout gate --all --only forbidden-symbol
  backout gate --all --fix --diff        show what would be rewritten
  backout gate --tree v2.1 --format sarif --output v2.1.sarif
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command line of `backout gate`."""
    from ..core import formats

    parser.epilog = _EXAMPLES
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--from",
        dest="base",
        metavar="REF",
        help="judge what --to brings to this commit, under this commit's policy",
    )
    what.add_argument(
        "--all",
        action="store_true",
        help="judge every tracked or new file of the work tree",
    )
    what.add_argument("--tree", metavar="REF", help="judge every file of a commit")
    parser.add_argument("--to", metavar="REF", help="the end of the range (HEAD)")
    parser.add_argument(
        "--approved-by",
        metavar="HANDLE",
        action="append",
        default=[],
        help="who approved the change, as `owners:` in the base's policy writes it; "
        "may be repeated",
    )
    parser.add_argument("--format", choices=formats.NAMES, default="text")
    parser.add_argument("--output", metavar="FILE", help="write the report there")
    parser.add_argument(
        "--only",
        metavar="RULE",
        action="append",
        default=[],
        help="report this rule, or the rules of this check, alone; may be repeated",
    )

    parser.add_argument(
        "--shard",
        metavar="I/N",
        type=_shard,
        help="judge only the Ith of N parts; see backout merge-reports",
    )
    parser.add_argument(
        "--fix",
        action="store_true",
        help="instead, rewrite the forbidden names that have a `use:`, in the work tree",
    )
    parser.add_argument(
        "--diff", action="store_true", help="with --fix: show it and write nothing"
    )


def _shard(text: str) -> gate.Shard:
    import argparse

    number, slash, of = text.partition("/")
    if not (slash and number.isdecimal() and of.isdecimal()):
        raise argparse.ArgumentTypeError(f"{text} is not I/N, as in 2/8")
    if not 1 <= int(number) <= int(of):
        raise argparse.ArgumentTypeError(f"{text} is none of 1/{of} to {of}/{of}")
    from . import gate

    return gate.Shard(int(number), int(of))


# The work tree that git was told to list, because `--all` was among the arguments.
_expected: list[tuple[Git, WorkTree]] = []


def expect(arguments: Sequence[str]) -> None:
    """Begin what a whole work tree asks for: git lists it, and what judges its files is
    started."""
    while _expected:  # by arguments that were refused
        _expected.pop()[0].close()
    if "--all" in arguments and not any(each.startswith("-C") for each in arguments):
        with suppress(BackoutError):
            git = Git.find()
            _expected.append((git, _listing(git)))


def _listing(git: Git) -> WorkTree:
    files = WorkTree(git)
    files.begin()
    # Git lists them by now: all other imports can wait for that.
    from ..checks import symbols

    symbols.start_workers(peek(git, FILE_NAME), partial(peek, git))
    return files


def run(args: argparse.Namespace) -> int:
    """Judge what was asked for and write the report; the exit code says the verdict."""
    started = time.perf_counter()
    fix = _fixes(args)
    git, files = _expected.pop() if _expected else (Git.find(), None)
    with git:
        if not args.all:
            files = None
        elif files is None:
            files = _listing(git)
        # Half of the imports, while git lists the files.
        from . import gate

        asked = _asked(args, git, files)
        if fix:
            from .fixing import command

            policy, _ = gate.policy_of(asked.change)
            return command.run(asked, policy, git, diff=cast(bool, args.diff))
        asked.change.approved_by = frozenset(cast("list[str]", args.approved_by))
        shard = cast("gate.Shard | None", args.shard)
        report = gate.judge(asked, cast("list[str]", args.only), shard)
    from . import console

    console.show(
        report,
        cast(str, args.format),
        output=cast("str | None", args.output),
        top=git.root,
        elapsed=time.perf_counter() - started,
    )
    return gate.exit_code(report)


def _fixes(args: argparse.Namespace) -> bool:
    """Whether names are to be rewritten. Raises UsageError where that cannot be."""
    if not cast(bool, args.fix):
        if cast(bool, args.diff):
            raise UsageError("--diff shows what --fix would do: give both")
        return False
    for option, name in (
        ("--from", "base"), ("--to", "to"), ("--tree", "tree"), ("--shard", "shard"),
        ("--only", "only"), ("--output", "output"),
    ):  # fmt: skip
        if getattr(args, name):
            raise UsageError(
                f"--fix rewrites staged files, or with --all every file: {option} does "
                f"not go with it"
            )
    return True


def _asked(args: argparse.Namespace, git: Git, files: WorkTree | None) -> gate.Asked:
    from . import gate

    base, head = cast("str | None", args.base), cast("str | None", args.to)
    name = cast("str | None", args.tree)
    if base is not None:
        return gate.between(git, base, "HEAD" if head is None else head)
    if head is not None:
        raise UsageError("--to needs --from: what is it compared with?")
    if name is not None:
        return gate.tree(git, name)
    return gate.staged(git) if files is None else gate.work_tree(git, files)
