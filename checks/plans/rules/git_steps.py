"""Rules about git in a plan that can be told from its words alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ....core.finding import Severity
from ..commands.git import Call, call, has, value
from ..document import Plan
from ..procedure import (
    earlier,
    exists,
    words_about,
)
from ..rule import Context, Found, rule
from ..shell import flat
from ..shell_command import Command

_DISCARDS = re.compile(
    r"\b(?:discard|local (?:changes|modifications|edits)|uncommitted|unstaged|dirty|"
    r"conflict|accident|clean (?:state|tree|up))",
    re.IGNORECASE,
)
HEADS = ("HEAD", "@", "HEAD^0", "HEAD~0")


@rule(
    "checkout-head-restores-nothing",
    "a checkout from HEAD or the index restores nothing that was committed",
)
def checkout_head_restores_nothing(plan: Plan, context: Context) -> Iterator[Found]:
    """`git checkout [HEAD] -- path` and `git restore path` as a way back."""
    for command, asked in calls(plan):
        source = source_of(asked)
        if source is None or source not in ("", *HEADS):
            continue
        about = f"{words_about(command)} {command.text} {_title(command)}"
        if _DISCARDS.search(about) or "negated" in command.inside:
            continue
        before = [c for c in earlier(plan, command) if c.script is command.script]
        if any(_leaves_changes(other) for other in before):
            continue
        paths = " ".join(word.text for word in (asked.after or asked.before)[:3])
        yield Found(
            command.place,
            "Once the change is committed, HEAD is the change: this exits 0 and brings "
            "nothing back. What it does undo is a hot-fix that was not committed.",
            "Name the commit before the change: git restore --source=<sha> --staged "
            f"--worktree -- {paths}",
        )


def source_of(asked: Call) -> str | None:
    """Where paths are taken from; "" is the index; None where no paths are taken."""
    if asked.verb == "checkout" and asked.split and asked.after:
        if has(asked, "-b", "-B", "--orphan", "-p", "--patch", "--ours", "--theirs"):
            return None
        return asked.before[0].text if asked.before else ""
    if asked.verb == "restore":
        if has(asked, "-p", "--patch", "--ours", "--theirs"):
            return None
        source = value(asked, "-s", "--source")
        if source is not None:
            return source
        # `git restore --staged` unstages, on purpose.
        return None if has(asked, "--staged", "-S") else ""
    return None


def _leaves_changes(command: Command) -> bool:
    asked = call(command)
    if asked is None:
        return False
    return (
        has(asked, "--no-commit", "-n")
        or asked.verb in ("reset", "merge", "stash", "stash pop", "rebase", "apply")
        or (asked.verb == "cherry-pick")
    )


def calls(plan: Plan) -> Iterator[tuple[Command, Call]]:
    for command in flat(plan.scripts):
        asked = call(command)
        if asked is not None:
            yield command, asked


@rule(
    "log-search-shows-wrong-commits",
    "a search of the log shows newer commits, not the one before",
)
def log_search_shows_wrong_commits(plan: Plan, context: Context) -> Iterator[Found]:
    """`git log | grep -B5 X` as a way to find the parent."""
    for command, asked in calls(plan):
        if asked.verb != "log" or has(asked, "--reverse"):
            continue
        for other in command.pipeline:
            if other.name in ("grep", "egrep") and other.start > command.start:
                if not other.has("-B", "--before-context") and not any(
                    re.match(r"-B\d+$", arg) for arg in other.args
                ):
                    continue
                yield Found(
                    other.place,
                    "git log shows the newest first, so -B shows the commits made "
                    "after the one that is sought, never the one before it.",
                    "Pin the commit; its parent is `git rev-parse <sha>^`.",
                )


@rule("destructive-reset-or-force-push", "history that others have is thrown away")
def destructive_reset_or_force_push(plan: Plan, context: Context) -> Iterator[Found]:
    """`git reset --hard REF` and `git push --force` as a way back."""
    for command, asked in calls(plan):
        if _own_branch(plan, command):
            continue
        if asked.verb == "reset" and has(asked, "--hard"):
            to = asked.before[0].text if asked.before else "HEAD"
            if to in HEADS or re.match(r"(?:origin|upstream)/|@\{u", to):
                continue
            if _UNPUSHED.search(f"{words_about(command)} {_title(command)}"):
                continue
            yield Found(
                command.place,
                "This throws away what is not committed, and moves a branch that "
                "others have: the next push is refused, the next pull brings the bad "
                "code back.",
                "Undo with new commits: `git revert --no-edit <sha>` on a branch, and "
                "a pull request.",
            )
        elif asked.verb == "push" and _forces(asked):
            yield Found(
                command.place,
                "A forced push takes commits away from a branch that others work on, "
                "and from whoever deployed it.",
                "Undo with new commits: `git revert --no-edit <sha>`, then push.",
            )


_UNPUSHED = re.compile(
    r"\b(?:not (?:yet )?(?:been )?pushed|un-?pushed|before (?:the )?push|pre-merge)",
    re.IGNORECASE,
)


def _title(command: Command) -> str:
    """The heading right above a command."""
    return command.script.code.section.title


def _forces(asked: Call) -> bool:
    forced = has(asked, "-f", "--force", "--force-with-lease")
    refspecs = [word.text for word in asked.before[1:]]
    deletes = has(asked, "-d", "--delete") or any(r.startswith(":") for r in refspecs)
    plus = any(r.startswith("+") for r in refspecs)
    tags = refspecs and all("tag" in r or re.match(r"v\d", r) for r in refspecs)
    return (forced or plus) and not deletes and not tags


def _own_branch(plan: Plan, command: Command) -> bool:
    """Whether the block works on a branch that it made itself."""
    for other in earlier(plan, command):
        asked = call(other)
        if other.script is command.script and asked is not None:
            if asked.verb == "checkout" and has(asked, "-b", "-B"):
                return True
            if asked.verb == "switch" and has(asked, "-c", "-C", "--create"):
                return True
    return False


@rule(
    "overlay-checkout-leaves-newer-files",
    "checking out a folder leaves newer files in it",
    Severity.WARNING,
)
def overlay_checkout_leaves_newer_files(
    plan: Plan, context: Context
) -> Iterator[Found]:
    """`git checkout REF -- folder/`: what was added since REF stays."""
    for command, asked in calls(plan):
        if asked.verb != "checkout" or has(asked, "--no-overlay"):
            continue
        source = source_of(asked)
        if not source or source in HEADS:
            continue
        folder = next((w.text for w in asked.after if _is_folder(context, w.text)), "")
        if folder:
            yield Found(
                command.place,
                f"Files added to {folder} since {source} stay: the result is a mix of "
                f"both versions that never existed.",
                f"git restore --source={source} --staged --worktree -- {folder}",
            )


def _is_folder(context: Context, path: str) -> bool:
    if path in (".", "./") or path.endswith("/"):
        return True
    if context.tree is not None:
        return path not in context.tree.entries and exists(context, path)
    return False


@rule(
    "merge-reverted-no-way-forward",
    "a merge is reverted, and nothing says how it comes back",
    Severity.WARNING,
)
def merge_reverted_no_way_forward(plan: Plan, context: Context) -> Iterator[Found]:
    """`git revert -m 1` without a step that reverts the revert."""
    text = re.sub(r"\s+", " ", plan.text)
    if re.search(
        r"revert(?:ing|s)?[- ](?:of )?(?:the|that|this|your|its|a)?[- ]?(?:own )?revert|"
        r"revert[- ]revert|git revert <?revert|revert commit'?s? (?:sha|hash|itself)",
        text,
        re.IGNORECASE,
    ):
        return
    for command, asked in calls(plan):
        if asked.verb == "revert" and has(asked, "-m", "--mainline"):
            yield Found(
                command.place,
                "After a merge is reverted, merging the corrected branch again leaves "
                "the reverted change out, without a word.",
                "Add the way forward: `git revert <the revert's id>` on the branch "
                "before it is merged again.",
            )
            return


RULES = (
    checkout_head_restores_nothing,
    log_search_shows_wrong_commits,
    destructive_reset_or_force_push,
    overlay_checkout_leaves_newer_files,
    merge_reverted_no_way_forward,
)
