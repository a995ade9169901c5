"""The gate as a step of GitHub Actions: `python -I -m backout.actions.gate_on_github`.

`actions/gate/action.yml` starts it. What to judge is read from the event, the findings
become annotations, and the whole report the step's summary.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from ..core import formats
from ..core.errors import BackoutError, CannotDecide, UsageError
from ..core.escape import command_data
from ..core.git import Git
from . import gate
from .ending import ended, leave


def main() -> int:
    """Judge what the event brings; the exit code says the verdict."""
    return ended(lambda: _run(os.environ))


def _run(environment: Mapping[str, str]) -> int:
    try:
        with Git.find(environment.get("BACKOUT_PATH") or ".") as git:
            report = gate.judge(asked(git, environment))
    except BackoutError as error:
        print(f"::error title=backout cannot decide::{command_data(str(error))}")
        raise
    formats.write("github", report, sys.stdout)
    # Both files belong to the runner and may hold what an earlier step said.
    if summary := environment.get("GITHUB_STEP_SUMMARY"):
        with Path(summary).open("a", encoding="utf-8") as file:
            formats.write("markdown", report, file)
    if output := environment.get("GITHUB_OUTPUT"):
        with Path(output).open("a", encoding="utf-8") as file:
            # One of three words: nothing of the repository's can forge a key.
            file.write(f"verdict={report.verdict}\n")
    return gate.exit_code(report)


def asked(git: Git, environment: Mapping[str, str]) -> gate.Asked:
    """What the event that started this run brings, or the input `base` says.

    A schedule, a button or a new branch bring no change: every file is judged. Raises
    CannotDecide where the commit to compare with is not here.
    """
    if base := environment.get("BACKOUT_BASE"):
        return gate.between(git, base, "HEAD")
    name = environment.get("GITHUB_EVENT_NAME", "")
    event = _event(environment)
    if name in ("pull_request", "pull_request_target"):
        return gate.between(git, _base(git, event), "HEAD")
    if name == "merge_group":
        return gate.between(git, _text(event, "merge_group", "base_sha"), "HEAD")
    if name == "push":
        before = _text(event, "before")
        if before.strip("0"):
            return gate.between(git, before, "HEAD")
    return gate.tree(git, "HEAD")


def _base(git: Git, event: object) -> str:
    """The commit that a pull request is compared with.

    actions/checkout checks out what GitHub merged for a trial: its first parent is the
    base, exactly, even if the branch has moved since the event. A checkout of the head
    itself has the base of the event.
    """
    head = _text(event, "pull_request", "head", "sha")
    if git.resolve("HEAD") == head:
        return _text(event, "pull_request", "base", "sha")
    parents = git.run("cat-file", "commit", "HEAD").split(b"\n\n", 1)[0]
    ids = [line[7:].decode() for line in parents.split(b"\n") if line[:7] == b"parent "]
    if len(ids) != 2 or ids[1] != head:
        raise CannotDecide(
            f"the checkout is neither the head of this pull request ({head[:9]}) nor "
            f"GitHub's merge of it: say what to compare with in the input `base`"
        )
    return ids[0]


def _event(environment: Mapping[str, str]) -> object:
    path = environment.get("GITHUB_EVENT_PATH", "")
    try:
        return json.loads(Path(path).read_bytes())
    except (OSError, ValueError) as error:
        raise UsageError(
            "there is no event to read (GITHUB_EVENT_PATH): this is a step of GitHub "
            "Actions. Elsewhere: backout gate --from REF"
        ) from error


def _text(event: object, *keys: str) -> str:
    value = event
    for key in keys:
        if not isinstance(value, dict):
            break
        value = cast("dict[str, object]", value).get(key)
    if not isinstance(value, str) or not value:
        raise CannotDecide(f"the event does not say {'.'.join(keys)}")
    return value


if __name__ == "__main__":
    leave(main())
