"""PostgreSQL, MySQL, SQLite, Redis, MongoDB: dumps, restores, queries."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from .effect import Effect

if TYPE_CHECKING:
    from ..shell_command import Command

PSQL_VALUED = frozenset(
    {
        "-h", "--host", "-p", "--port", "-U", "--username", "-d", "--dbname", "-f",
        "--file", "-c", "--command", "-v", "--set", "--variable", "-o", "--output",
        "-F", "-L", "-P", "-R", "-T", "-j", "--jobs", "-t", "--table", "-n", "--schema",
        "-Z", "-E", "-N", "--exclude-table", "-O", "-D", "-l", "--format", "--role",
    }
)  # fmt: skip
MYSQL_VALUED = frozenset(
    {"-h", "--host", "-P", "--port", "-u", "--user", "-e", "--execute", "-D", "-S"}
)

# psql's own -t is "tuples only", -l is "list", and take no value.
_PSQL = PSQL_VALUED - {"-t", "-n", "-l", "-E", "-N", "-O", "-D", "-Z", "-j"}
_DESTROYS = re.compile(
    r"\b(?:DROP\s+(?:DATABASE|TABLE|SCHEMA)|TRUNCATE|DELETE\s+FROM)\b", re.IGNORECASE
)
_WRITES = re.compile(
    r"\b(?:INSERT\s+INTO|UPDATE\s+\S+\s+SET|ALTER\s+(?:TABLE|DATABASE)|CREATE\s)",
    re.IGNORECASE,
)


# What is fed to a client: a whole database, by its name, or else a script.
_BACKUP = re.compile(
    r"backup|dump|snapshot|\.bak\b|\.sql\.(?:gz|zst|xz|bz2)|restore|\d{6,}|latest|"
    r"\$\(date|YYYY|pre[-_]",
    re.IGNORECASE,
)


def statements(command: Command) -> list[str]:
    """The SQL given to `command` in its words, heredoc or here-string."""
    found: list[str] = []
    args = command.args
    flags = {"-c", "--command", "-e", "--execute", "-Q", "-q"}
    if command.name in ("psql", "mysql", "mariadb", "cockroach", "sqlcmd"):
        for index, arg in enumerate(args):
            if arg in flags and index + 1 < len(args):
                found.append(args[index + 1])
            elif arg.startswith(("--command=", "--execute=")):
                found.append(arg.partition("=")[2])
            elif (
                re.fullmatch(r"-[A-Za-z]*[ce]", arg)
                and arg not in flags
                and " " in "".join(args[index + 1 : index + 2])
            ):
                found.append(args[index + 1])
    if command.name == "sqlite3":
        found += [word.text for word in command.operands()[1:]]
    for redirect in command.redirects:
        if redirect.body:
            found.append(redirect.body)
        elif redirect.operator == "<<<":
            found.append(redirect.target)
    for part in command.pipeline:
        if part is not command and part.name in ("echo", "printf") and part.words:
            found.append(part.words[-1].text)
        if part is not command:
            found += [r.body for r in part.redirects if r.body]
    return found


def database(command: Command) -> str:
    """The name of the database that a client is told, "" where it is told none."""
    if command.name in ("psql", "pg_restore", "pg_dump", "createdb", "dropdb"):
        given = command.value("-d", "--dbname")
        valued = _PSQL if command.name == "psql" else PSQL_VALUED
        if given is None:
            words = command.operands(valued)
            takes = command.name in ("psql", "pg_dump", "createdb", "dropdb")
            given = words[0].text if words and takes else ""
        if re.match(r"postgres(?:ql)?://", given):
            return (
                given.rsplit("/", 1)[-1].split("?")[0] if given.count("/") > 2 else ""
            )
        found = re.search(r"\bdbname=(\S+)", given)
        return found[1] if found else given
    if command.name in ("mysql", "mariadb", "mysqldump"):
        words = command.operands(MYSQL_VALUED)
        return words[0].text if words else ""
    return ""


def _inputs(command: Command) -> tuple[str, ...]:
    """The files that come in by redirection, or through a pipe from `cat`."""
    found = [r.target for r in command.redirects if r.operator == "<"]
    for part in command.pipeline:
        if part.start < command.start and part.name in (
            "cat", "zcat", "gunzip", "gzip", "zstd", "zstdcat", "pv"
        ):  # fmt: skip
            found += [word.text for word in part.operands()]
    return tuple(found)


def _outputs(command: Command) -> tuple[str, ...]:
    """The files that its output ends in."""
    found = [
        r.target
        for part in (command.pipeline or [command])
        if part.start >= command.start
        for r in part.redirects
        if r.operator in (">", ">>", ">|")
    ]
    return tuple(found)


def _sql_client(command: Command) -> Effect:
    engine = "postgresql" if command.name == "psql" else "mysql"
    target = database(command)
    sql = statements(command)
    if command.name == "psql" and command.has("-l", "--list"):
        return Effect(engine=engine)
    given = command.value("-f", "--file") if command.name == "psql" else None
    files = ((given,) if given else ()) + _inputs(command)
    if files and not any(_BACKUP.search(file) for file in files):
        return Effect(reads=files, database="query", target=target, engine=engine)
    if files:
        return Effect(
            reads=files, database="restore", target=target, engine=engine, replaces=True
        )
    text = "\n".join(sql)
    if _DESTROYS.search(text):
        return Effect(database="destroy", target=target, engine=engine, replaces=True)
    if re.search(r"\bCREATE\s+DATABASE\b", text, re.IGNORECASE):
        return Effect(database="create", target=target, engine=engine)
    if sql or len(command.pipeline) > 1:
        return Effect(database="query", target=target, engine=engine)
    return Effect(
        target=target, engine=engine, interactive=f"{command.name} opens a session"
    )


def _pg_restore(command: Command) -> Effect:
    target = command.value("-d", "--dbname") or ""
    files = tuple(word.text for word in command.operands(PSQL_VALUED))
    reads = files + _inputs(command)
    if not target or command.has("-l", "--list"):
        return Effect(reads=reads, engine="postgresql", writes=_outputs(command))
    return Effect(
        reads=reads, database="restore", target=target, engine="postgresql",
        replaces=True,
    )  # fmt: skip


def _pg_dump(command: Command) -> Effect:
    given = command.value("-f", "--file", "-D", "--pgdata")
    writes = ((given,) if given else ()) + _outputs(command)
    return Effect(
        writes=writes, database="dump", target=database(command), engine="postgresql"
    )


def _mysqldump(command: Command) -> Effect:
    return Effect(
        writes=_outputs(command), database="dump", target=database(command),
        engine="mysql",
    )  # fmt: skip


def _createdb(command: Command) -> Effect:
    target = database(command)
    if command.name == "createdb":
        return Effect(database="create", target=target, engine="postgresql")
    return Effect(database="destroy", target=target, engine="postgresql", replaces=True)


def _sqlite(command: Command) -> Effect:
    words = [word.text for word in command.operands(frozenset({"-cmd"}))]
    if not words:
        return Effect(interactive="sqlite3 opens a session", engine="sqlite")
    script = "\n".join([*words[1:], *statements(command)])
    if found := re.search(r"\.backup\s+(?:main\s+)?['\"]?([^'\"\s]+)", script):
        return Effect(
            reads=(words[0],), writes=(found[1],), database="dump", engine="sqlite",
            target=words[0],
        )  # fmt: skip
    if ".dump" in script:
        return Effect(writes=_outputs(command), database="dump", engine="sqlite")
    inputs = _inputs(command)
    if inputs or ".restore" in script:
        return Effect(reads=inputs, database="restore", engine="sqlite", replaces=True)
    if _DESTROYS.search(script):
        return Effect(database="destroy", engine="sqlite", replaces=True)
    if script:
        return Effect(database="query", engine="sqlite")
    return Effect(interactive="sqlite3 opens a session", engine="sqlite")


_REDIS_VALUED = frozenset(
    {"-h", "-p", "-a", "-n", "-u", "--user", "--pass", "-r", "-i"}
)


def _redis(command: Command) -> Effect:
    given = command.value("--rdb")
    if given:
        return Effect(writes=(given,), database="dump", engine="redis")
    if command.has("--pipe"):
        return Effect(
            reads=_inputs(command), database="restore", engine="redis", replaces=True
        )
    words = [word.text.upper() for word in command.operands(_REDIS_VALUED)]
    if words and words[0] in ("FLUSHALL", "FLUSHDB"):
        return Effect(database="destroy", engine="redis", replaces=True)
    if words and words[0] in ("MONITOR", "SUBSCRIBE", "PSUBSCRIBE"):
        return Effect(engine="redis", endless=f"{words[0]} goes on until interrupted")
    if words and words[0] in ("BGSAVE", "SAVE"):
        return Effect(database="dump", engine="redis", writes=("dump.rdb",))
    if words or command.has("--scan", "--bigkeys", "--stat", "--latency", "-x"):
        return Effect(database="query", engine="redis")
    if len(command.pipeline) > 1 or command.redirects:
        return Effect(database="query", engine="redis", reads=_inputs(command))
    return Effect(engine="redis", interactive="redis-cli opens a session")


def _mongo(command: Command) -> Effect:
    if command.name == "mongodump":
        given = command.value("-o", "--out", "--archive")
        return Effect(
            writes=(given,) if given else ("dump",), database="dump", engine="mongodb"
        )
    if command.name == "mongorestore":
        given = command.value("--archive", "--dir")
        words = tuple(
            word.text
            for word in command.operands(frozenset({"-d", "--db", "--uri", "--host"}))
        )
        return Effect(
            reads=(given,) if given else words, database="restore", engine="mongodb",
            replaces=True,
        )  # fmt: skip
    if command.has("--eval", "-f", "--file") or len(command.args) > 1:
        return Effect(database="query", engine="mongodb")
    return Effect(engine="mongodb", interactive=f"{command.name} opens a session")


TOOLS: Mapping[str, Callable[[Command], Effect]] = {
    "psql": _sql_client,
    "mysql": _sql_client,
    "mariadb": _sql_client,
    "pg_restore": _pg_restore,
    "pg_dump": _pg_dump,
    "pg_dumpall": _pg_dump,
    "pg_basebackup": _pg_dump,
    "mysqldump": _mysqldump,
    "mariadb-dump": _mysqldump,
    "createdb": _createdb,
    "dropdb": _createdb,
    "sqlite3": _sqlite,
    "redis-cli": _redis,
    "mongodump": _mongo,
    "mongorestore": _mongo,
    "mongosh": _mongo,
    "mongo": _mongo,
}
