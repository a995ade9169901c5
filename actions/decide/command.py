"""`backout decide`: the decision matrix, the trees and the triggers as questions."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from ...core.address import find
from ...core.errors import ExitCode, UsageError
from ...core.git import Git
from ...core.policy import Migration, Policy
from ..policy_here import policy_of_mainline
from ..reversal.json import document
from .answers import Answers, given_answers, metrics
from .deciding import decide
from .reasons import SEVERITY, keys, triggers_of
from .text import lines

EXAMPLES = """\
examples:
  backout decide storage-v2/7
  backout decide storage-v2/7 --metrics now.json --format json
  backout decide storage-v2/7 --answer severity=P1
  backout decide storage-v2/7 --answer "Data corruption is suspected=yes"

On a terminal it asks, unless --metrics or --answer is given. An answer is a
word, its beginning or its number; Enter alone is "not known".

exit codes:
  0    no rollback: nothing calls for one, or fix forward
  1    roll back
  2    undecided: an answer is missing, or wrongly asked
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command line of `backout decide`."""
    parser.epilog = EXAMPLES
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("phase", metavar="MIGRATION[/PHASE]", nargs="?")
    parser.add_argument(
        "--metrics",
        metavar="FILE",
        type=Path,
        help="numbers by metric, as JSON or YAML; nothing is asked then",
    )
    parser.add_argument(
        "--answer",
        metavar="KEY=VALUE",
        action="append",
        default=[],
        help="an answer: by metric, by the words of a trigger, by question, or severity",
    )
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(args: argparse.Namespace) -> int:
    """Decide; the exit code says whether to roll back."""
    with Git.find(bare=True) as git:
        policy, _ = policy_of_mainline(git)
    name = cast("str | None", args.phase)
    address = None if name is None else find(policy, name)
    migration = address.migration if address else None
    file = cast("Path | None", args.metrics)
    pairs = cast("list[str]", args.answer)
    given = given_answers(pairs, keys(policy, migration))
    numbers = metrics(file) if file is not None else {}
    read = _reader() if file is None and not pairs else None
    if read is None and file is None and not pairs:
        raise UsageError(
            "nobody is here to ask: give --metrics FILE or --answer KEY=VALUE. "
            f"Questions: {', '.join(keys(policy, migration))}"
        )
    if file is not None:
        _check_known(policy, numbers, file)
    answers = Answers(
        {**{k: repr(v) for k, v in numbers.items()}, **given},
        read,
        _say,
        optional=_optional(policy, migration, given, has_numbers=file is not None),
    )
    decision = decide(policy, address, answers, datetime.now(UTC))
    if args.format == "json":
        sys.stdout.write(document(decision))
    else:
        print("\n".join(lines(decision)))
    if decision.verdict == "undecided":
        return ExitCode.UNDECIDED
    return ExitCode.FOUND if decision.verdict == "roll-back" else ExitCode.CLEAN


def _optional(
    policy: Policy,
    migration: Migration | None,
    given: Mapping[str, str],
    *,
    has_numbers: bool,
) -> list[str]:
    """The questions that need no answer: all where the severity is said, what is only
    seen where numbers were given."""
    if SEVERITY in given:
        return keys(policy, migration)
    triggers = triggers_of(policy, migration) if has_numbers else ()
    return [trigger.when for trigger in triggers if trigger.when is not None]


def _check_known(policy: Policy, numbers: Mapping[str, float], file: Path) -> None:
    """A dashboard may know more than the policy; but not only other things."""
    known = {t.metric for t in policy.triggers} | {
        t.metric for m in policy.migrations.values() for t in m.triggers
    }
    if not known & {*numbers}:
        there = ", ".join(sorted(name for name in known if name)) or "none"
        raise UsageError(f"--metrics {file} holds no metric of a trigger ({there})")


def _reader() -> Callable[[], str | None] | None:
    """A line from the person at the terminal; None where there is none."""
    if not sys.stdin.isatty():
        return None

    def read() -> str | None:
        print("> ", end="", file=sys.stderr, flush=True)
        return sys.stdin.readline() or None

    return read


def _say(line: str) -> None:
    print(line, file=sys.stderr)
