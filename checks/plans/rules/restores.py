"""Rules about backups and restores of databases and files."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterator
from itertools import pairwise

from ..commands import effect
from ..commands.databases import statements
from ..document import Plan
from ..procedure import (
    NEAR,
    earlier,
    exists,
    is_aside,
)
from ..rule import Context, Found, rule
from ..shell import flat
from ..shell_command import Command
from .targets import hedged, is_fresh, is_scratch

ARCHIVE = re.compile(r"back-?up|\bdump|snapshot|\.bak\b", re.IGNORECASE)


def restoring(plan: Plan) -> Iterator[Command]:
    """The restores of databases, on the spot or through a container."""
    for command in flat(plan.scripts):
        if effect(command).database == "restore":
            yield command


@rule("pg-restore-of-plain-dump", "pg_restore is given a plain-text dump")
def pg_restore_of_plain_dump(plan: Plan, context: Context) -> Iterator[Found]:
    """`pg_restore x.sql`: it refuses text and says to use psql."""
    plain = {
        _shape(path)
        for command in flat(plan.scripts)
        if command.name == "pg_dump"
        and (command.value("-F", "--format") or "p")[0] == "p"
        for path in effect(command).writes
    }
    archives = {
        _shape(path)
        for command in flat(plan.scripts)
        if command.name == "pg_dump"
        and (command.value("-F", "--format") or "p")[0] != "p"
        for path in effect(command).writes
    }
    for command in flat(plan.scripts):
        if command.name != "pg_restore":
            continue
        for path in effect(command).reads:
            if _shape(path) in archives:
                continue  # its name says .sql, and it is none
            if (
                re.search(r"\.sql(?:\.(?:gz|zst|bz2|xz))?$", path)
                or _shape(path) in plain
            ):
                yield Found(
                    command.place,
                    "pg_restore refuses a plain-text dump (`input file appears to be a "
                    "text format dump. Please use psql.`), and nothing is restored.",
                    "psql -v ON_ERROR_STOP=1 -1 -d <database> -f <file>, or dump with "
                    "`pg_dump -Fc`.",
                )


def _shape(path: str) -> str:
    """A file's name with what differs from day to day left open."""
    name = path.rstrip("/").rsplit("/", 1)[-1]
    name = re.sub(r"\$\([^()]*\)|`[^`]*`|\$\{?\w+\}?|<[^<>]*>|\{[^{}]*\}", "*", name)
    return re.sub(r"\d{4,}|YYYY\w*", "*", name)


def _made(command: Command) -> list[str]:
    """The files that a command writes, by itself or by redirection."""
    to = [r.target for r in command.redirects if r.operator.startswith(">")]
    return [*effect(command).writes, *to]


def _made_before(plan: Plan, command: Command) -> set[str]:
    """The files made by the steps before; for a restore in the same block alone."""
    is_restore = effect(command).database == "restore"
    return {
        _shape(path)
        for other in earlier(plan, command)
        if other.script is command.script or not is_restore
        for path in _made(other)
    }


def _used_before(command: Command, name: str) -> bool:
    """Whether the block used the variable before, to make what is now read."""
    text = command.script.text[: command.start]
    return re.search(rf"\$\{{?{re.escape(name)}\b", text) is not None


_DATE = re.compile(r"\$\(\s*date\b|`\s*date\b")


@rule("name-computed-again", "a backup's name is computed again when it is used")
def name_computed_again(plan: Plan, context: Context) -> Iterator[Found]:
    """`restore backup_$(date +%Y%m%d)`: the name of today's backup, not of the good one."""
    for command in flat(plan.scripts):
        dated = {a.name: a for a in command.script.assignments if _DATE.search(a.value)}
        did = effect(command)
        for path in did.reads:
            variables = re.findall(r"\$\{?(\w+)", path)
            again = _DATE.search(path) or any(
                name in dated and not _used_before(command, name) for name in variables
            )
            if again and _shape(path) not in _made_before(plan, command):
                yield Found(
                    command.place,
                    "The name is made from today's date. On any other day than the "
                    "backup's the file is not there; on the same day it may hold the "
                    "bad data.",
                    "Pin the name that the backup's record gives.",
                )
                break


@rule("restore-over-live-database", "a dump is restored on top of what is there")
def restore_over_live_database(plan: Plan, context: Context) -> Iterator[Found]:
    """A restore into PostgreSQL without clean, drop or a database of its own."""
    for command in restoring(plan):
        did = effect(command)
        if did.engine != "postgresql" or is_scratch(command):
            continue
        if is_aside(command.script.code.section):
            continue
        if command.name == "pg_restore" and command.has(
            "-c", "--clean", "-C", "--create"
        ):
            continue
        before = earlier(plan, command)
        if any(effect(c).database in ("destroy", "create") for c in before):
            continue
        if is_fresh(plan, command):
            continue
        if any(
            c.name == "pg_dump" and c.has("-c", "--clean") for c in flat(plan.scripts)
        ):
            continue
        yield hedged(
            plan,
            command,
            Found(
                command.place,
                "Restored on top of what is there: rows that exist already fail or "
                "double, rows that the change corrupted stay as they are.",
                "Restore into a fresh database, check it, and rename; or `pg_restore "
                "--clean --if-exists --exit-on-error --single-transaction`.",
            ),
        )


@rule("restore-without-stop-on-error", "a restore or dump goes on after an error")
def restore_without_stop_on_error(plan: Plan, context: Context) -> Iterator[Found]:
    """psql with a file and without ON_ERROR_STOP; a pipe without pipefail."""
    for command in flat(plan.scripts):
        did = effect(command)
        script = command.script
        if command.name == "psql" and did.reads and not _stops(command):
            yield Found(
                command.place,
                "psql goes on after an error and exits 0: a restore that failed half-way "
                "looks like one that worked.",
                "Add `-v ON_ERROR_STOP=1` (and `-1` for one transaction).",
            )
        elif command.name == "pg_restore" and did.database == "restore":
            if (
                command.has("--clean", "-c")
                and not command.has(
                    "-e", "--exit-on-error", "-1", "--single-transaction"
                )
                and not is_fresh(plan, command)
            ):
                yield Found(
                    command.place,
                    "pg_restore ignores errors: where a new table refers to an old one "
                    "the drop fails, and the old rows stay among the restored ones.",
                    "Add `--exit-on-error --single-transaction`, or restore into a "
                    "fresh database.",
                )
        elif did.database == "dump" and len(command.pipeline) > 1:
            last = command.pipeline[-1]
            piped = last is not command and last.name in (
                "gzip",
                "zstd",
                "tee",
                "aws",
                "gsutil",
                "openssl",
                "gpg",
            )
            if piped and not script.pipefail and command.pipeline[0] is command:
                yield Found(
                    command.place,
                    f"Through a pipe only the exit code of `{last.name}` counts: a dump "
                    f"that fails leaves an empty file and a success.",
                    "Begin the block with `set -Eeuo pipefail`, and check the file.",
                )


def _stops(command: Command) -> bool:
    text = " ".join([*command.args, *statements(command)])
    return "ON_ERROR_STOP" in text or any(
        name == "PSQLRC" for name, _ in command.assignments
    )


@rule("restored-artifact-never-produced", "what is restored is made by no step")
def restored_artifact_never_produced(plan: Plan, context: Context) -> Iterator[Found]:
    """A backup is read that no step of the plan makes and the repository does not hold."""
    commands = list(flat(plan.scripts))
    makers: dict[str, list[Command]] = {}
    for other in commands:
        for path in _made(other):
            makers.setdefault(_shape(path), []).append(other)
    open_shapes = [shape for shape in makers if "*" in shape][:NEAR]
    for command in commands:
        did = effect(command)
        if did.database == "restore":
            paths = list(did.reads)
        elif command.name in ("cp", "tar", "rsync", "mv") and not _lists(command):
            paths = [p for p in did.reads if ARCHIVE.search(p)]
        else:
            continue
        for path in paths:
            if not _is_ours(path) or _shape(path) == "*":
                continue
            shape = _shape(path)
            same = list(makers) if "*" in shape else [shape, *open_shapes]
            if any(
                makers.get(s, [command])[-1:] != [command]
                and (fnmatch.fnmatchcase(shape, s) or fnmatch.fnmatchcase(s, shape))
                for s in same[: NEAR * 2]
            ):
                continue
            if context.tree is not None and exists(context, path):
                continue
            yield Found(
                command.place,
                f"No step of this plan makes {path}, so nobody knows whether there is "
                f"such a backup.",
                "Add the step that makes it and records its name, or say which backup "
                "job does.",
            )
            break


def _lists(command: Command) -> bool:
    """`tar -tzf`: it looks, and takes nothing out."""
    first = (command.args or [""])[0]
    return command.name == "tar" and (
        command.has("-t", "--list") or re.fullmatch(r"t[a-z]*", first) is not None
    )


def _is_ours(path: str) -> bool:
    """Whether a path is one that the plan itself would have to make."""
    if re.match(r"/|~|\$|s3:|gs:|[\w.-]+@|[\w.-]+:/|\.\.|-$|https?:", path):
        return False
    return not re.search(r"[<>{\[\]]", path)  # a person picks it


@rule(
    "drop-create-in-one-command",
    "a database is dropped or created beside another statement in one psql -c",
)
def drop_create_in_one_command(plan: Plan, context: Context) -> Iterator[Found]:
    """One -c is one transaction, and DROP or CREATE DATABASE refuses to be in one."""
    for command in flat(plan.scripts):
        if command.name != "psql":
            continue
        args = command.args
        for flag, text in pairwise(args):
            if not re.fullmatch(r"-\w*c|--command", flag):
                continue
            parts = [part for part in text.split(";") if part.strip()]
            if len(parts) > 1 and re.search(
                r"\b(?:DROP|CREATE)\s+DATABASE\b", text, re.IGNORECASE
            ):
                yield Found(
                    command.place,
                    "All of one -c is one transaction, and PostgreSQL refuses to drop "
                    "or create a database in one: nothing happens.",
                    "Give each statement a -c of its own, or use dropdb and createdb.",
                )


RULES = (
    pg_restore_of_plain_dump,
    name_computed_again,
    restore_over_live_database,
    restore_without_stop_on_error,
    restored_artifact_never_produced,
    drop_create_in_one_command,
)
