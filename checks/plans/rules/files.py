"""Rules that hold a plan's files, flags and words against the repository."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase

from ....core.errors import CannotDecide
from ....core.finding import Severity
from ....core.git import decode, encode
from ....core.paths import SCOPES, matcher
from ..commands import effect
from ..document import Plan
from ..history import history
from ..procedure import exists, folders
from ..rule import Context, Found, rule
from ..shell import flat
from ..shell_command import Command

TESTS = matcher(SCOPES["tests"])
DOCS = matcher((*SCOPES["docs"], "*.txt"))
OPEN = re.compile(r"[*?$<>{}`\"'|\\]|\[|^[/~-]|^\.\.|://|@|YYYY|^$")
_RUNTIME = re.compile(
    r"(?:^|/)(?:logs?|tmp|temp|node_modules|dist|build|target|venv|\.venv|data|var|"
    r"backups?|secrets?|out|output|reports?|coverage)(?:/|$)|\.(?:log|pid|sock|env|out|"
    r"tmp|gz|tar|zip|dump|sql|rdb|bak|db|sqlite3?)$|(?:^|/)\.env|"
    r"(?:^|/)(?:postgresql|pg_hba|nginx|redis|haproxy|my)\.(?:conf|cnf)$"
)


def is_phase_file(context: Context, path: str) -> bool:
    """Whether the path is one that a phase is going to add."""
    globs = [glob for phase in context.phases() for glob in phase.paths]
    return bool(globs) and matcher(globs)(path.rstrip("/"))


def _is_known(context: Context, path: str) -> bool:
    """Whether a path as written leads to something in the tree, from any folder."""
    path = path.removeprefix("./").rstrip("/")
    if exists(context, path):
        return True
    end = "/" + path
    return any(name.endswith(end) for name in _called(context, path.rsplit("/")[-1]))


def _called(context: Context, name: str) -> Sequence[str]:
    """The files and folders whose own name is `name`."""
    known = context.memo.get("names")
    if not isinstance(known, _Names):
        assert context.tree is not None
        known = context.memo["names"] = _Names(context.tree.entries, folders(context))
    return known.paths.get(name, ())


class _Names:
    def __init__(self, *groups: Iterable[str]) -> None:
        self.paths: dict[str, list[str]] = {}
        for group in groups:
            for path in group:
                self.paths.setdefault(path.rsplit("/", 1)[-1], []).append(path)


def _needed(command: Command) -> Iterator[str]:
    did = effect(command)
    yield from did.reads
    if did.runs:
        yield did.runs
    if command.name in ("rm", "git"):
        yield from did.removes


@rule("file-missing", "a file that a step needs is not in the repository")
def file_missing(plan: Plan, context: Context) -> Iterator[Found]:
    """Scripts, tests, requirements and compose files that steps name."""
    if context.tree is None:
        return
    made: set[str] = set()
    reported: set[str] = set()
    missing: list[tuple[Command, str, str]] = []
    for command in flat(plan.scripts):
        if command.name == "ssh" or _is_remote(command) or _is_elsewhere(command):
            continue
        for path in _needed(command):
            name = path.removeprefix("./").rstrip("/")
            if path in reported or OPEN.search(path) or not _is_file_name(path):
                continue
            if name in made or any(name.startswith(m + "/") for m in made):
                continue
            if _is_runtime(command, path) or is_phase_file(context, name):
                continue
            if _is_given(plan, name):
                continue
            if _is_known(context, path) or path == plan.path:
                continue
            reported.add(path)
            missing.append((command, path, name))
        made.update(p.removeprefix("./").rstrip("/") for p in effect(command).writes)
        for redirect in command.redirects:
            made.add(redirect.target.removeprefix("./"))
        if command.name == "git" and command.args[:1] in (["checkout"], ["restore"]):
            made.update(_brought_back(context, command))
    all_ignored = _ignored(context, [name for _, _, name in missing])
    for command, path, name in missing:
        ignored = name in all_ignored
        if ignored and not TESTS(name):
            continue
        removes = effect(command).removes
        yield Found(
            command.place,
            f"{path} is not in the repository"
            + (", because git ignores it: it is on somebody's machine only."
               if ignored else ": the step fails."),
            "git add --force it, or name one that is there."
            if ignored
            else "Correct the path, or leave the step out.",
            Severity.WARNING if path in removes else named_severity(plan, context),
        )  # fmt: skip


def named_severity(plan: Plan, context: Context) -> Severity | None:
    """A warning for a runbook that no policy names and that is about no phase.

    It may well be about another repository. None is the rule's own severity.
    """
    about_us = context.migration is not None or plan.is_phased
    return None if about_us else Severity.WARNING


def _is_given(plan: Plan, name: str) -> bool:
    """Whether the plan itself holds the script, as a block under its name."""
    base = name.rsplit("/", 1)[-1]
    for code in plan.codes:
        head = code.text.lstrip()[:300].split("\n")[:6]
        lead = "" if code.lead is None else code.lead.text
        about = f"{lead} {code.section.title}"
        if any(line.startswith("#") and base in line for line in head):
            return True
        if head[0].startswith("#!") and base in about:
            return True
    return False


def _brought_back(context: Context, command: Command) -> Iterator[str]:
    """The paths that a checkout brings back, as far as some commit had them."""
    past = history(context)
    for arg in command.args[1:]:
        path = arg.removeprefix("./")
        if past is None or OPEN.search(path) or past.ever_held(path):
            yield path


def _is_remote(command: Command) -> bool:
    outer = command.outer
    return outer is not None and outer.name in ("ssh", "docker", "kubectl")


def _is_elsewhere(command: Command) -> bool:
    """Whether the block has gone into another repository by then: it cloned one."""
    return any(
        other.name == "git" and other.args[:1] == ["clone"]
        for other in command.script.commands
        if other.start < command.start
    )


def _is_file_name(path: str) -> bool:
    return "/" in path or re.search(r"\.\w{1,8}$", path) is not None


def _is_runtime(command: Command, path: str) -> bool:
    if command.name in ("python", "python3", "bash", "sh", "pytest", "source", "pip"):
        return path.startswith((".venv", "venv", "/"))
    return _RUNTIME.search(path) is not None


def _ignored(context: Context, paths: list[str]) -> frozenset[str]:
    """Those of `paths` that git ignores, asked in one process."""
    if context.git is None or context.git.top is None or not paths:
        return frozenset()
    # A path outside the repository, or through a link, ends the whole question.
    asked = [p for p in paths if not p.startswith(("/", "..")) and "\n" not in p]
    try:
        answer = context.git.run(
            "check-ignore", "--no-index", "-z", "--stdin",
            data=b"".join(encode(path) + b"\0" for path in asked),
            codes=(0, 1),
        )  # fmt: skip
    except CannotDecide:
        if len(paths) == 1:
            return frozenset()
        return frozenset(p for path in paths for p in _ignored(context, [path]))
    return frozenset(map(decode, answer.split(b"\0")))


@rule(
    "glob-matches-none-or-many", "a pattern matches no file, or one too many",
    Severity.WARNING,
)  # fmt: skip
def glob_matches_none_or_many(plan: Plan, context: Context) -> Iterator[Found]:
    """`rm tests/test_*_new.py` where there is none; `psql -f *.sql` where one is meant."""
    for command in flat(plan.scripts):
        if _is_remote(command):
            continue
        did = effect(command)
        for path in did.reads if did.database in ("restore", "query") else ():
            if (
                "*" in path
                and command.name in ("psql", "pg_restore")
                and not _piped(command)
            ):
                yield Found(
                    command.place,
                    f"{path} may match more than one file: {command.name} takes the "
                    f"first and reads the others as something else.",
                    "Name the one file.",
                )
        if context.tree is None or command.name not in (
            "rm",
            "cp",
            "mv",
            "git",
            "pytest",
        ):
            continue
        for path in (*did.removes, *did.reads):
            plain = path.removeprefix("./")
            if "*" not in path or re.search(r"[$<>`{~]|^/|YYYY", plain):
                continue
            if _RUNTIME.search(plain) or "/" not in plain:
                continue
            if not any(fnmatchcase(name, plain) for name in context.tree.entries) and (
                not any(
                    fnmatchcase(name, plain.rstrip("/")) for name in folders(context)
                )
            ):
                yield Found(
                    command.place,
                    f"{path} matches no file of the repository: `{command.name}` fails "
                    f"on the pattern itself.",
                    "Leave it out, or correct it.",
                )


def _piped(command: Command) -> bool:
    return len(command.pipeline) > 1


RULES = (
    file_missing,
    glob_matches_none_or_many,
)
