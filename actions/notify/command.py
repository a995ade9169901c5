"""`backout notify`: the texts for the team and the users, to be read and sent by people."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from typing import cast

import msgspec

from ...core.address import Address, find
from ...core.errors import ExitCode, UsageError
from ...core.escape import printed, terminal
from ...core.git import Git
from ...core.policy import Policy
from ...core.tree import CommitTree
from ..policy_here import policy_of_mainline
from ..reversal.json import document
from ..reversal.onto import Onto
from ..rollbacks.found import Found, found
from .known import communication, known, with_given
from .rendering import Rendered, field_name, render
from .templates import TEAM, USERS

EXAMPLES = """\
examples:
  backout notify storage-v2/7                   the text for the team
  backout notify storage-v2/7 --to users
  backout notify storage-v2/7 --field root_cause="a lock" --field count=12

Nothing is sent. What nobody knows is marked [TO FILL IN: field]. A policy's
own texts: communication: template: and user-template:.
"""


class Notice(msgspec.Struct, frozen=True):
    """What is printed: for whom, from which template, and where it is to go."""

    to: str
    source: str
    rendered: Rendered
    channel: str = ""
    version: int = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command line of `backout notify`."""
    parser.epilog = EXAMPLES
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("phase", metavar="MIGRATION[/PHASE]")
    parser.add_argument("--to", choices=("team", "users"), default="team")
    parser.add_argument(
        "--field",
        metavar="NAME=TEXT",
        action="append",
        default=[],
        help="fill in a field; may be repeated",
    )
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(args: argparse.Namespace) -> int:
    """Print the text; what is to fill in, and what it claims, goes to standard error."""
    given = [_given(pair) for pair in cast("list[str]", args.field)]
    with Git.find(bare=True) as git:
        policy, onto = policy_of_mainline(git)
        address = find(policy, cast(str, args.phase))
        source, template = _template(git, policy, address, onto, cast(str, args.to))
        there = _newest(git, address, onto)
    facts = with_given(known(policy, address, there, datetime.now(UTC)), given)
    rendered = render(template, facts)
    told = communication(policy, address)
    if args.format == "json":
        notice = Notice(args.to, source, rendered, told.channel or "")
        sys.stdout.write(document(notice))
        return ExitCode.CLEAN
    print(printed(rendered.text), end="", flush=True)
    for line in _remarks(rendered, source):
        print(terminal(line), file=sys.stderr)
    return ExitCode.CLEAN


def _remarks(rendered: Rendered, source: str) -> list[str]:
    said = ["Nothing was sent."]
    if rendered.unknown:
        said.append(f"To fill in: {', '.join(rendered.unknown)}")
    said += [
        f'{source}:{claim.line} says "{claim.words}", which nothing here shows: look '
        f"before you send it"
        for claim in rendered.claims
    ]
    return said


def _given(pair: str) -> tuple[str, str]:
    name, equals, text = pair.partition("=")
    if not equals or not field_name(name):
        raise UsageError(f"--field {pair!r}: write NAME=TEXT")
    return field_name(name), text


def _newest(git: Git, address: Address, onto: Onto) -> Found | None:
    there, _ = found(git, onto)
    return next(
        (
            one
            for one in there
            if one.record.migration == address.migration.id
            and (address.phase is None or address.phase.id in one.record.phases)
        ),
        None,
    )


def _template(
    git: Git, policy: Policy, address: Address, onto: Onto, to: str
) -> tuple[str, str]:
    """Where the text is from, and the text: the policy's template of the mainline."""
    told = communication(policy, address)
    path = told.template if to == "team" else told.user_template
    if path is None:
        return "built-in", TEAM if to == "team" else USERS
    tree = CommitTree(git, onto.commit, onto.label)
    entry = tree.entries.get(path)
    if entry is None or not entry.is_file:
        raise UsageError(f"the template {path} is no file in {onto.label}")
    return path, tree.read(path).decode("utf-8", "replace")
