"""Rules about git commands whose effect reaches nobody: uncommitted, relative, on dirt."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ....core.finding import Severity
from ..commands import effect
from ..commands.git import call, has, value
from ..document import Plan
from ..procedure import (
    earlier,
    goes_back,
    is_tracked,
    later,
    tidies,
)
from ..rule import Context, Found, rule
from ..shell import flat
from ..shell_command import Command
from .git_steps import HEADS, calls, source_of


@rule("rollback-never-committed", "a rollback changes the work tree and nothing else")
def rollback_never_committed(plan: Plan, context: Context) -> Iterator[Found]:
    """Files are restored or removed, and no later step commits or deploys them."""
    reported: set[int] = set()
    for command in flat(plan.scripts):
        section = command.script.code.section
        if section.line in reported or not _edits(context, command):
            continue
        if not (goes_back(section) or plan.is_phased) or tidies(section):
            continue
        if any(_keeps(other) for other in later(plan, command)):
            continue
        reported.add(section.line)
        yield Found(
            command.place,
            "This changes files of this copy only, and no later step commits them: the "
            "next checkout, pull or deployment brings the old state back.",
            "Commit it on a branch (`git rm`, `git restore --source=<sha> --staged`, "
            "`git commit`), check that the tree is clean, push, and deploy that commit.",
        )


def _edits(context: Context, command: Command) -> bool:
    """Whether a command changes tracked files without a commit."""
    if command.outer is not None or "substitution" in command.inside:
        return False
    asked = call(command)
    if asked is not None:
        # What HEAD or the index gives back is checkout-head-restores-nothing's to say.
        if source_of(asked) not in (None, "", *HEADS):
            return True
        return asked.verb == "rm" and not has(asked, "--cached")
    did = effect(command)
    if command.name in ("rm", "unlink"):
        return any(is_tracked(context, path) for path in did.removes)
    if command.name == "cp" and did.reads and did.writes:
        if did.writes[0].startswith(f"{did.reads[0]}."):
            return False  # `cp a.ts a.ts.baseline`: a copy beside it
    if command.name in ("cp", "mv", "rsync") and did.writes:
        return is_tracked(context, did.writes[0]) and not did.writes[0].startswith("/")
    return False


def _keeps(command: Command) -> bool:
    """Whether a command makes what is in the tree last: a commit, a deployment."""
    did = effect(command)
    if command.name == "git":
        return did.records and call(command) is not None
    if did.publishes and command.name not in ("systemctl", "service", "supervisorctl"):
        return True
    return command.name in ("npm", "yarn", "pnpm") and "deploy" in " ".join(
        command.args
    )


_RELATIVE = re.compile(r"^(?:HEAD|@)(?:[~^]\d*)+$|^-$|@\{-?\d+\}$")
_POINTING = frozenset(
    {"revert", "reset", "checkout", "switch", "restore", "push", "tag"}
)


@rule("relative-target", "the target depends on when the plan is run", Severity.WARNING)
def relative_target(plan: Plan, context: Context) -> Iterator[Found]:
    """`HEAD~1`, `downgrade -1`, `:latest`: another thing after one more commit."""
    from ..commands.migrations import step

    for command in flat(plan.scripts):
        asked = call(command)
        found = ""
        if asked is not None and asked.verb in _POINTING:
            words = [*asked.before]
            source = value(asked, "--source", "-s")
            texts = [w.text for w in words] + ([source] if source else [])
            found = next((t for t in texts if _RELATIVE.search(t)), "")
            if asked.verb in ("switch", "checkout") and found == "-":
                continue
        moved = step(command)
        if moved is not None and moved.way == "down" and re.match(r"-\d+$", moved.to):
            found = moved.to if moved.to in command.args else "one step back"
        if command.name in ("docker", "kubectl", "helm") and goes_back(
            command.script.code.section
        ):
            latest = [a for a in command.args if re.search(r":latest$|=latest$", a)]
            found = latest[0] if latest and "build" not in command.args[:1] else found
        if found:
            yield Found(
                command.place,
                f"{found} means something else after one more commit, migration or "
                f"release, and at night nobody knows which there were.",
                "Pin it: the commit's id, the revision's id, the image's digest.",
            )


@rule("clean-deletes-backup", "git clean can delete the backup", Severity.WARNING)
def clean_deletes_backup(plan: Plan, context: Context) -> Iterator[Found]:
    """`git clean -fd` where a backup lies in the work tree."""
    for command, asked in calls(plan):
        if asked.verb != "clean" or has(asked, "-n", "--dry-run", "-e", "--exclude"):
            continue
        if not has(asked, "-f", "--force"):
            continue
        kept = [
            path
            for other in flat(plan.scripts)
            for path in _backups(other)
            if not path.startswith(("/", "~", "$", "s3:", ".."))
        ]
        if kept:
            yield Found(
                command.place,
                f"git clean deletes every file that git does not track, the backup "
                f"{kept[0]} among them.",
                "Keep backups outside the work tree, or exclude them: `-e backups/`.",
            )


def _backups(command: Command) -> list[str]:
    did = effect(command)
    if did.database in ("dump", "restore"):
        return [*did.writes, *did.reads]
    if command.name in ("tar", "cp", "rsync"):
        paths = [*did.writes, *did.reads]
        return [
            path
            for path in paths
            if re.search(r"back-?up|dump|\.bak", path, re.IGNORECASE)
        ]
    return []


@rule("revert-on-dirty-tree", "git revert is run on a tree with changes in it")
def revert_on_dirty_tree(plan: Plan, context: Context) -> Iterator[Found]:
    """Files are changed, nothing is committed or stashed, then `git revert`."""
    for command, asked in calls(plan):
        if asked.verb != "revert" or has(asked, "--abort", "--continue", "--quit"):
            continue
        dirty: Command | None = None
        for other in earlier(plan, command):
            if other.script is not command.script or other.start >= command.start:
                continue
            stash = call(other)
            if effect(other).records or (
                stash is not None
                and (
                    stash.verb.startswith("stash") or stash.verb in ("reset", "revert")
                )
            ):
                dirty = None
            elif _edits(context, other):
                dirty = other
        if dirty is not None:
            yield Found(
                command.place,
                f"git revert refuses to start: line {dirty.line} changed files and "
                f"nothing committed them (`your local changes would be overwritten`).",
                "Revert first, or commit what was changed before.",
                related=((dirty.place, "changes files"),),
            )


RULES = (
    rollback_never_committed,
    relative_target,
    clean_deletes_backup,
    revert_on_dirty_tree,
)
