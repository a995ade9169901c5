"""`Backout-Phase:` trailers: the phases that a commit in the making belongs to."""

from __future__ import annotations

from pathlib import Path

from ..core import change as changes
from ..core.change import Change
from ..core.git import Git
from ..core.paths import matcher
from ..core.policy import FILE_NAME, Policy
from ..core.policy_file import read_policy

KEY = "Backout-Phase"


def touched(change: Change, policy: Policy) -> list[str]:
    """The phases whose files a change touches, as MIGRATION/PHASE, those of closed
    migrations and final phases left out."""
    found: list[str] = []
    for migration in policy.migrations.values():
        if migration.status == "closed":
            continue
        for phase in migration.phases:
            inside = matcher(phase.paths)
            if not phase.final and any(map(inside, change.files)):
                found.append(f"{migration.id}/{phase.id}")
    return found


def add(git: Git, message: Path) -> list[str]:
    """Add to a commit's message file a trailer for each phase that is staged.

    One that stands there already is left alone. The phases of the commit are given
    back; none where there is no policy. Raises PolicyError for a policy that is wrong.
    """
    change = changes.staged(git)
    entry = change.head.entries.get(FILE_NAME)
    if entry is None or not entry.is_file:
        return []
    phases = touched(change, read_policy(change.head.read(FILE_NAME), FILE_NAME))
    if phases:
        written = message.read_bytes()
        # git knows where a message ends: before its comments, before the scissors.
        git.run(
            "interpret-trailers", "--in-place", "--no-divider",
            "--if-exists=addIfDifferent",
            *(f"--trailer={KEY}: {phase}" for phase in phases),
            str(message.absolute()),
        )  # fmt: skip
        if all(line[:1] in (b"", b"#") for line in written.split(b"\n")):
            # Nothing is written yet: the person will put the subject into the first
            # line, and the trailer may not follow right below it.
            message.write_bytes(b"\n" + message.read_bytes())
    return phases
