"""Rules about git in a plan that can be told from its words alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ....core.finding import Severity
from ..commands import effect
from ..commands.git import Call, call, has, value
from ..document import Plan
from ..procedure import (
    earlier,
    exists,
    goes_back,
    is_tracked,
    later,
    tidies,
    words_about,
)
from ..rule import Context, Found, rule
from ..shell import Command, flat

_DISCARDS = re.compile(
    r"\b(?:discard|local (?:changes|modifications|edits)|uncommitted|unstaged|dirty|"
    r"conflict|accident|clean (?:state|tree|up))",
    re.IGNORECASE,
)
_HEADS = ("HEAD", "@", "HEAD^0", "HEAD~0")


@rule(
    "checkout-head-restores-nothing",
    "a checkout from HEAD or the index restores nothing that was committed",
)
def checkout_head_restores_nothing(plan: Plan, context: Context) -> Iterator[Found]:
    """`git checkout [HEAD] -- path` and `git restore path` as a way back."""
    for command, asked in _calls(plan):
        source = _source(asked)
        if source is None or source not in ("", *_HEADS):
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


def _source(asked: Call) -> str | None:
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


def _calls(plan: Plan) -> Iterator[tuple[Command, Call]]:
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
    for command, asked in _calls(plan):
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
    for command, asked in _calls(plan):
        if _own_branch(plan, command):
            continue
        if asked.verb == "reset" and has(asked, "--hard"):
            to = asked.before[0].text if asked.before else "HEAD"
            if to in _HEADS or re.match(r"(?:origin|upstream)/|@\{u", to):
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
        if _source(asked) not in (None, "", *_HEADS):
            return True
        return asked.verb == "rm" and not has(asked, "--cached")
    did = effect(command)
    if command.name in ("rm", "unlink"):
        return any(is_tracked(context, path) for path in did.removes)
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
    for command, asked in _calls(plan):
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
    for command, asked in _calls(plan):
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


@rule(
    "overlay-checkout-leaves-newer-files",
    "checking out a folder leaves newer files in it",
    Severity.WARNING,
)
def overlay_checkout_leaves_newer_files(
    plan: Plan, context: Context
) -> Iterator[Found]:
    """`git checkout REF -- folder/`: what was added since REF stays."""
    for command, asked in _calls(plan):
        if asked.verb != "checkout" or has(asked, "--no-overlay"):
            continue
        source = _source(asked)
        if not source or source in _HEADS:
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
    for command, asked in _calls(plan):
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
    rollback_never_committed,
    relative_target,
    clean_deletes_backup,
    revert_on_dirty_tree,
    overlay_checkout_leaves_newer_files,
    merge_reverted_no_way_forward,
)
