"""Rules about schema and data: migrations, SQL, which database is meant."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ....core.finding import Severity
from ....core.paths import SCOPES, matcher
from ..commands import effect
from ..commands.databases import database, statements
from ..commands.git import call, has
from ..document import Plan
from ..procedure import NEAR, earlier, goes_back, procedure, within, words_about
from ..rule import Context, Found, rule
from ..shell import flat
from ..shell_command import Command
from ..sql import Statement, pieces


@rule(
    "code-before-down-migration",
    "code goes back before the down-migration that is part of it",
)
def code_before_down_migration(plan: Plan, context: Context) -> Iterator[Found]:
    """The old code does not hold the migration that has to be undone."""
    reported: set[int] = set()
    for command in flat(plan.scripts):
        if effect(command).database != "down":
            continue
        section = command.script.code.section
        if section.line in reported:
            continue
        together = [
            c
            for c in earlier(plan, command)
            if c.script is command.script
            or c.script.code.section is section
            or (_is_step(c) and _is_step(command)
                and c.script.code.section.parent is section.parent)
        ]  # fmt: skip
        first = next((c for c in together if _code_back(c)), None)
        if first is None or command.outer is first:
            continue
        reported.add(section.line)
        yield Found(
            command.place,
            f"Line {first.line} has put the old code back by now, and the old code "
            f"does not hold this migration: the tool cannot find the revision to undo.",
            "Undo the schema first, with the new code still there; then put the code "
            "back.",
            related=((first.place, "puts the old code back"),),
        )


def _is_step(command: Command) -> bool:
    title = command.script.code.section.title
    return re.match(r"(?:step\s*)?\d+\b", title, re.IGNORECASE) is not None


def _code_back(command: Command) -> bool:
    asked = call(command)
    if asked is not None:
        if asked.verb == "checkout":
            return bool(asked.before) and not has(asked, "-b", "-B")
        return asked.verb in ("revert", "reset") and not has(asked, "--abort")
    args = command.args
    if command.name == "kubectl":
        return args[:2] in (["rollout", "undo"], ["set", "image"])
    return command.name in ("helm", "heroku", "vercel") and args[:1] == ["rollback"]


# An empty database, or one brought back whole, wants them all.
_FRESH = re.compile(
    r"\b(?:fresh|empty|new|recreated?|re-created?|blank)\s+(?:\w+\s+)?(?:database|db|"
    r"schema|instance)\b|\bpending migrations\b|\bonly if you (?:recovered|restored)\b"
    r"|\bbring .{0,20}\b(?:schema|database) up to date",
    re.IGNORECASE,
)


def _above(plan: Plan, command: Command) -> str:
    """The heading, the comment and the steps above a command, as one text."""
    section = command.script.code.section
    texts = [t.text for t in section.texts if t.line <= command.line]
    return " ".join([section.title, words_about(command), *texts[-NEAR:]])


_AGAIN = re.compile(
    r"\b(?:re-?apply|resum(?:e|ing)|again|forward|after (?:the )?fix|re-?deploy|re-?enable|baseline)\b",
    re.IGNORECASE,
)


@rule("forward-migration-in-rollback", "a rollback runs the forward migrations")
def forward_migration_in_rollback(plan: Plan, context: Context) -> Iterator[Found]:
    """`alembic upgrade head`, `manage.py migrate` in a procedure that goes back."""
    for command in flat(plan.scripts):
        if effect(command).database != "up":
            continue
        section = command.script.code.section
        if not goes_back(section) or _AGAIN.search(words_about(command)):
            continue
        if _AGAIN.search(section.title) or _FRESH.search(_above(plan, command)):
            continue
        if any(
            effect(c).database in ("restore", "down") for c in earlier(plan, command)
        ):
            continue  # a restored dump is brought up to the code that is deployed
        yield Found(
            command.place,
            "This applies every migration there is, the one that is being rolled back "
            "among them.",
            "Name the revision to go down to: `alembic downgrade <revision>`, "
            "`manage.py migrate APP 0012`.",
        )


@rule("verification-queries-dropped-object", "a check asks for what was dropped before")
def verification_queries_dropped_object(
    plan: Plan, context: Context
) -> Iterator[Found]:
    """A table is dropped, and a later SELECT of the same procedure reads it."""
    # Each with its piece's section; what a later or earlier step makes is there again.
    said = [(statement, sql) for sql in pieces(plan) for statement in sql.statements]
    made = {name for statement, _ in said for name in statement.makes}
    back = [
        c.line
        for c in flat(plan.scripts)
        if effect(c).database == "restore" or effect(c).runs
    ]
    for index, (dropping, sql) in enumerate(said):
        gone = dropping.drops - made
        if not gone:
            continue
        whole = procedure(sql.section)
        reported: set[int] = set()
        for asking, other in said[index + 1 : index + 1 + NEAR]:
            both = sorted(asking.reads & gone)
            if not both or not within(other.section, whole):
                continue
            if other.place.line in reported or any(
                sql.place.line < line < other.place.line for line in back
            ):
                continue
            reported.add(other.place.line)
            yield Found(
                asking.place,
                f"{both[0]} was dropped at line {dropping.place.line}, so this check "
                f"can only fail.",
                f"Ask whether it is gone (`SELECT to_regclass('{both[0]}')`), and "
                f"count the rows of what replaced it.",
                related=((dropping.place, "drops it"),),
            )


@rule(
    "data-fix-without-transaction",
    "data is changed by hand outside a transaction",
    Severity.WARNING,
)
def data_fix_without_transaction(plan: Plan, context: Context) -> Iterator[Found]:
    """UPDATE or DELETE without BEGIN, or on a whole table."""
    for sql in pieces(plan):
        changes = [s for s in sql.statements if s.changes]
        if not changes or any(_begins(s) or _adds(s) for s in sql.statements):
            continue
        if sql.kind == "command" and len(changes) == 1 and changes[0].bounded:
            continue  # one statement is a transaction of its own
        yield Found(
            changes[0].place,
            "Data is changed by hand with no way back from a wrong WHERE: what it hit "
            "is written at once.",
            "BEGIN; the change; a SELECT that counts what it hit; then COMMIT or "
            "ROLLBACK.",
        )


def _adds(statement: Statement) -> bool:
    """`ADD COLUMN`: what follows fills it, in a migration that is one transaction."""
    return re.search(r"\bADD\s+COLUMN\b", statement.text, re.IGNORECASE) is not None


def _begins(statement: Statement) -> bool:
    """`BEGIN`, `START TRANSACTION`; the word in a function's body is none."""
    return statement.verb == "begin" or (
        statement.verb == "start" and "transaction" in statement.text.lower()
    )


_SYSTEM = frozenset(
    {"postgres", "template1", "template0", "mysql", "information_schema", "admin"}
)
_CONFIGURED = re.compile(
    rb"(?:POSTGRES_DB|MYSQL_DATABASE|PGDATABASE|DB_NAME|DATABASE_NAME|DB_DATABASE)"
    rb"[\"']?\s*[:=]\s*[\"']?([A-Za-z_]\w*)"
    rb"|(?:postgres(?:ql)?|mysql)(?:\+\w+)?://[^\s\"'/]*/([A-Za-z_]\w*)"
    rb"|\bdbname\s*=\s*[\"']?([A-Za-z_]\w*)"
    rb"|\bconnect\([^)]*\bdatabase\s*=\s*[\"']([A-Za-z_]\w*)",
)
_WORDS = (
    b"POSTGRES_DB", b"MYSQL_DATABASE", b"PGDATABASE", b"DB_NAME", b"DATABASE_NAME",
    b"DB_DATABASE", b"postgres://", b"postgresql", b"mysql://", b"dbname", b"connect(",
)  # fmt: skip


_APART = matcher((*SCOPES["docs"], *SCOPES["tests"], ".github/"))
_SAMPLE = matcher(("*.example", "*.sample", "*.template", "*.dist"))


_CREATED = re.compile(r"\bCREATE\s+DATABASE\s+\"?(\w+)", re.IGNORECASE)


@rule("database-name-differs", "the database named is none that the code connects to")
def database_name_differs(plan: Plan, context: Context) -> Iterator[Found]:
    """The name in a restore or query against the names in the repository."""
    named: list[tuple[Command, str]] = []
    for command in flat(plan.scripts):
        name = database(command)
        if re.fullmatch(r"[A-Za-z_]\w*", name) and name not in _SYSTEM:
            named.append((command, name))
    if not named or context.tree is None:
        return
    made = {
        effect(c).target
        for c in flat(plan.scripts)
        if effect(c).database in ("create", "destroy")
    } | {
        name
        for c in flat(plan.scripts)
        for text in statements(c)
        for name in _CREATED.findall(text)
    }
    known: set[str] = set()
    shown: set[str] = set()  # in an example of a configuration: likely, not sure
    paths = [p for p in context.tree.containing(_WORDS) if not _APART(p)]
    for path, content in context.tree.read_all(paths[:400]):
        for match in _CONFIGURED.finditer(content[:1_000_000]):
            group = next(group for group in match.groups() if group)
            (shown if _SAMPLE(path) else known).add(group.decode("ascii", "replace"))
    if not known:
        return
    reported: set[str] = set()
    for command, name in named:
        if name in known | shown or name in made or name in reported:
            continue
        if re.search(r"scratch|restore|tmp|temp|test|verify|new|old|stag", name):
            continue
        reported.add(name)
        yield Found(
            command.place,
            f"The code connects to {', '.join(sorted(known)[:3])}, never to {name}: "
            f"the step fails, or works on another database.",
            "Use the name from the configuration.",
        )


RULES = (
    code_before_down_migration,
    forward_migration_in_rollback,
    verification_queries_dropped_object,
    data_fix_without_transaction,
    database_name_differs,
)
