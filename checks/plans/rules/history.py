"""Rules about git that need the repository: refs, paths at refs, merges, reverts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ....core.errors import CannotDecide
from ..commands.git import Call, call, has, value
from ..document import Plan
from ..history import History, history, is_sha
from ..rule import Context, Found, rule
from ..shell import flat
from ..shell_command import Command, Word
from .files import named_severity

_TAKES_REFS = frozenset(
    {"checkout", "switch", "reset", "revert", "restore", "show", "merge", "cherry-pick",
     "diff", "log", "rebase", "worktree"}
)  # fmt: skip
# Ids that stand for one: nobody's commit is called so.
_EXAMPLE = re.compile(
    r"^(?:a?bc?123|abc?def|def456|1a2b3c|a1b2c3|123abc|1234567|deadbee|feature/|tags/)",
    re.IGNORECASE,
)
_PLAIN = re.compile(r"^[\w][\w./+-]*$")


def calls_here(plan: Plan) -> Iterator[tuple[Command, Call]]:
    for command in flat(plan.scripts):
        asked = call(command)
        if asked is not None and asked.folder is None:
            yield command, asked


def _names(asked: Call) -> list[Word]:
    """The words of a call that must be refs."""
    words = list(asked.before)
    if asked.verb in ("checkout", "switch") and has(
        asked, "-b", "-B", "-c", "-C", "--create", "--orphan"
    ):
        return words
    if asked.verb == "checkout" and not asked.split:
        return words[:1]
    if asked.verb in ("show", "diff", "log", "worktree"):
        return words[:1] if asked.verb == "show" else []
    if asked.verb == "restore":
        return []
    return words


def _refs(asked: Call) -> Iterator[tuple[str, Word | None]]:
    """The names of commits in a call, ranges taken apart, `~1` and `^` left out."""
    texts: list[tuple[str, Word | None]] = [(w.text, w) for w in _names(asked)]
    source = value(asked, "--source", "-s") if asked.verb == "restore" else None
    if source is not None:
        texts.append((source, None))
    for text, word in texts:
        if word is not None and not word.literal:
            continue
        for part in re.split(r"\.\.\.?", text.split(":")[0]):
            part = re.sub(r"(?:[~^]\d*)+$", "", part)
            if part and _PLAIN.match(part):
                yield part, word


def _made(plan: Plan) -> set[str]:
    """The branches and tags that some step of the plan makes."""
    found: set[str] = set()
    for command in flat(plan.scripts):
        asked = call(command)
        if asked is None:
            continue
        if asked.verb in ("tag", "branch"):
            found.update(word.text for word in asked.before[:1])
        made = value(asked, "-b", "-B", "-c", "-C", "--create", "--orphan")
        if made is not None and asked.verb in ("checkout", "switch", "worktree"):
            found.add(made)
    return found


@rule("ref-missing", "a tag, branch or commit that a step needs does not exist")
def ref_missing(plan: Plan, context: Context) -> Iterator[Found]:
    """Refs of `git checkout`, `reset`, `revert` and so on, looked up in the repository."""
    past = history(context)
    if past is None:
        return
    made = _made(plan)
    reported: set[str] = set()
    for command, asked in calls_here(plan):
        if asked.verb not in _TAKES_REFS:
            continue
        for name, word in _refs(asked):
            if name in made or name in reported or name in ("HEAD", "FETCH_HEAD"):
                continue
            if (word is not None and word.is_placeholder) or _EXAMPLE.match(name):
                continue
            if context.tree is not None and name in context.tree.entries:
                continue  # `git checkout path`
            if re.match(r"(?:origin|upstream)/", name) and not _has_remote(past):
                continue
            if past.commit(name) is None:
                reported.add(name)
                kind = "commit" if is_sha(name) else "tag or branch"
                yield Found(
                    command.place,
                    f"There is no {kind} {name} in this repository: git stops with an "
                    f"error, and the steps after it work on the wrong version.",
                    f"Make it and push it (`git tag {name} <sha>`, `git push origin "
                    f"{name}`), or pin the commit's id."
                    if kind != "commit"
                    else "Pin the id of a commit that is in the main branch.",
                    named_severity(plan, context),
                )


def _has_remote(past: History) -> bool:
    return bool(past.git.run("for-each-ref", "--count=1", "refs/remotes").strip())


@rule("path-absent-at-ref", "a path is not there at the ref it is taken from")
def path_absent_at_ref(plan: Plan, context: Context) -> Iterator[Found]:
    """`git checkout REF -- path` where REF has no such path, or no commit ever had."""
    past = history(context)
    if past is None:
        return
    for command, asked in calls_here(plan):
        for name, word, paths in _takes(asked):
            known = None if word.is_placeholder else resolved(past, name)
            if known is None and not word.is_placeholder:
                continue
            missing = [
                path
                for path in (_from_top(command, path) for path in paths)
                if not is_open(path)
                and not (
                    past.ever_held(path) if known is None else past.holds(known, path)
                )
            ]
            if missing:
                where = name if known is not None else "any commit of this repository"
                newer = context.tree is not None and missing[0] in context.tree.entries
                yield Found(
                    command.place,
                    f"{', '.join(missing[:3])} is not in {where}: git stops with "
                    f"`pathspec did not match`, and restores none of the others.",
                    f"It is new since then: remove it with `git rm {missing[0]}`."
                    if newer
                    else "Leave the path out, or correct it.",
                )


def _from_top(command: Command, path: str) -> str:
    """A path as git knows it: below the folder that the block went to before.

    An absolute or computed folder gives a path that nobody can look up.
    """
    for other in command.script.commands:
        if other.name == "cd" and other.start < command.start and len(other.args) == 1:
            path = f"{other.args[0].rstrip('/')}/{path}"
    return path


def _takes(asked: Call) -> Iterator[tuple[str, Word, list[str]]]:
    if asked.verb == "checkout" and asked.split and asked.before:
        word = asked.before[0]
        yield word.text, word, [w.text for w in asked.after]
    elif asked.verb == "restore":
        source = value(asked, "--source", "-s")
        if source is not None:
            paths = [w.text for w in asked.after or asked.before]
            for given in asked.rest:
                if given.text.endswith(source):
                    yield source, given, paths
                    break
    elif asked.verb == "show" and asked.before and ":" in asked.before[0].text:
        name, _, path = asked.before[0].text.partition(":")
        if name and path and not path.startswith("/"):
            yield name, asked.before[0], [path]


def resolved(past: History, name: str) -> str | None:
    if "$" in name or name in ("HEAD", "@", "-"):
        return None
    try:
        return past.commit(name)
    except CannotDecide:
        return None


def is_open(path: str) -> bool:
    """Whether a path cannot be looked up as it stands."""
    return bool(re.search(r"[*?$<>{}\[\]`]|^/|^~|^\.\.|^:", path))


RULES = (
    ref_missing,
    path_absent_at_ref,
)
