"""Rules about Redis: backups that lose keys, restores that run what was stored."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..commands import effect
from ..document import Plan
from ..rule import Context, Found, rule
from ..shell import flat
from ..shell_command import Command

_LISTS = frozenset({"MGET", "GET", "HGETALL", "KEYS", "DUMP", "SMEMBERS", "LRANGE"})
_PROTOCOL = re.compile(r"\.(?:resp|redis|proto|protocol|aof|cmds?|commands)$")


@rule(
    "redis-pipe-executes-values", "stored values are given to redis-cli --pipe, "
    "which runs them as commands",
)  # fmt: skip
def redis_pipe_executes_values(plan: Plan, context: Context) -> Iterator[Found]:
    """`cat backup.json | redis-cli --pipe`: each line of data is a command."""
    values = {
        path
        for command in flat(plan.scripts)
        if _reads_values(command)
        for path in _outputs(command)
    }
    for command in flat(plan.scripts):
        if command.name != "redis-cli" or not command.has("--pipe"):
            continue
        for path in effect(command).reads:
            if _PROTOCOL.search(path):
                continue
            if path in values or re.search(
                r"\.(?:json|txt|csv|ya?ml|bak|dump|rdb)$", path
            ):
                yield Found(
                    command.place,
                    f"redis-cli --pipe runs every line of {path} as a command. Values "
                    f"are no commands, so nothing is restored; a value that reads "
                    f"FLUSHALL empties the database, and it reports `errors: 0`.",
                    "Restore the RDB file (stop, replace dump.rdb, start), or RESTORE "
                    "each key from its DUMP.",
                )
                break


@rule("redis-backup-loses-keys", "a backup of Redis loses keys, types or expiry")
def redis_backup_loses_keys(plan: Plan, context: Context) -> Iterator[Found]:
    """Values listed into a file: no names, no types, no time to live."""
    for command in flat(plan.scripts):
        outputs = _outputs(command)
        if outputs and _reads_values(command):
            yield Found(
                command.place,
                f"{outputs[0]} holds bare values: no key names, no types, no expiry, an "
                f"empty line for each hash or list; a key with a blank becomes two. It "
                f"cannot be restored.",
                "redis-cli --rdb backup.rdb, or DUMP and PTTL for each key; then count "
                "the keys of both.",
            )


def _reads_values(command: Command) -> bool:
    if command.name != "redis-cli":
        return False
    verbs = {arg.upper() for arg in command.args if arg.isalpha()}
    return bool(verbs & _LISTS) and "RESTORE" not in verbs


def _outputs(command: Command) -> list[str]:
    return [
        redirect.target
        for part in (command.pipeline or [command])
        for redirect in part.redirects
        if redirect.operator in (">", ">>", ">|") and redirect.target != "/dev/null"
    ]


RULES = (redis_pipe_executes_values, redis_backup_loses_keys)
