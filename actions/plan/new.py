"""`backout plan new`: a plan from the policy, with the gaps that only people can fill."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from ...checks.plans.judge import judge
from ...checks.plans.rule import Context
from ...core import address
from ...core.errors import ExitCode, UsageError
from ...core.escape import visible
from ...core.finding import Severity
from ...core.git import Git
from ...core.policy import Policy
from ..policy_here import policy_here
from .writing import written


def run(args: argparse.Namespace) -> int:
    """Write the plan where the policy wants it; an existing file stays as it is."""
    with Git.find() as git:
        policy = policy_here(git)
    found = address.find(policy, cast(str, args.target))
    text = written(policy, found.migration, found.phase)
    output = cast("str | None", args.output)
    if output == "-":
        print(text, end="")
        return ExitCode.CLEAN
    assert git.top is not None  # `Git.find` gives none without
    named = found.migration.plan if found.phase is None else found.phase.plan
    if output is None and named is None:
        field = f"migrations.{found.migration.id}" + (
            "" if found.phase is None else f", phase {found.phase.id}"
        )
        raise UsageError(
            f"the policy does not say where this plan lies: add `plan:` to {field}, or "
            f"give --output FILE"
        )
    file = Path(output) if output is not None else git.top / (named or "")
    _create(file, text)
    path = named if output is None else output
    print(visible(f"Wrote {path}."))
    for line in _gaps(text, str(path), policy, found):
        print(visible(line))
    return ExitCode.CLEAN


def _create(file: Path, text: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        # Made by us or not at all: a file, or a link to one, that is there stays.
        with file.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except FileExistsError as error:
        raise UsageError(
            f"{file} is here already, and stays as it is. `backout plan check` tells "
            f"what it lacks"
        ) from error
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}") from error


def _gaps(text: str, path: str, policy: Policy, of: address.Address) -> list[str]:
    """What is left for people, as the check sees it."""
    context = Context(
        policy=policy, migration=of.migration, only=of.phase, now=datetime.now(UTC)
    )
    left = [
        finding
        for finding in judge(path, text.encode("utf-8"), context)
        if finding.severity is not Severity.INFO
    ]
    if not left:
        return ["Nothing is left to fill in. Next: rehearse it, and commit it first."]
    lines = [f"Only you know {len(left)} thing{'s' if len(left) > 1 else ''}:"]
    for finding in left:
        line = f"line {finding.place.line}" if finding.place.line else "whole plan"
        lines.append(f"  {line}, {finding.rule}: {finding.message}")
    return lines
