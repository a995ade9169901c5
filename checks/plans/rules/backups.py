"""Rules about backups: copies looked at before they are needed, and taken before data goes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ....core.finding import Severity
from ..commands import effect
from ..document import Plan, Section
from ..procedure import (
    earlier,
    is_aside,
    is_before,
    later,
    procedure,
    within,
    words_about,
)
from ..rule import Context, Found, rule
from ..shell import flat
from ..shell_command import Command
from .restores import ARCHIVE, restoring
from .targets import SCRATCH, drops_database, hedged, is_new, is_scratch

_CHECKS = re.compile(
    r"\b(?:verify|check|validate|test|confirm|inspect)\b.*\b(?:backup|dump|snapshot|"
    r"archive)|\b(?:backup|dump|snapshot|archive)\b.*\b(?:verif|check|valid|intact)",
    re.IGNORECASE,
)


@rule(
    "backup-unchecked-before-restore", "a backup is restored unseen", Severity.WARNING
)
def backup_unchecked_before_restore(plan: Plan, context: Context) -> Iterator[Found]:
    """Nothing looks at the backup before it replaces what is there."""
    for command in restoring(plan):
        if is_scratch(command):
            continue
        before = earlier(plan, command)
        if any(_looks_at(c) for c in before):
            continue
        whole = procedure(command.script.code.section)
        texts = [t for t in plan.texts if within(t.section, whole)]
        if any(_CHECKS.search(t.text) and t.line < command.line for t in texts):
            continue
        yield Found(
            command.place,
            "The backup is restored without a look at it: an empty, truncated or old "
            "file replaces the data just as well.",
            "Check it first: `pg_restore --list`, `gzip -t`, its checksum, its row "
            "count; best by a restore to a scratch database.",
        )


def _looks_at(command: Command) -> bool:
    if command.name in (
        "test",
        "[",
        "sha256sum",
        "md5sum",
        "stat",
        "wc",
        "file",
        "redis-check-rdb",
        "pg_verifybackup",
        "head",
        "ls",
        "du",
    ):
        return True
    if command.name == "pg_restore":
        return command.has("-l", "--list") or bool(
            SCRATCH.search(effect(command).target)
        )
    return command.name in ("gzip", "gunzip", "zstd", "unzip", "tar") and (
        command.has("-t", "--test", "-l") or "t" in (command.args or [""])[0][:3]
    )


_SAFETY = re.compile(
    r"\b(?:safety (?:copy|backup)|backup from step|pre-?(?:restore|rollback) (?:copy|"
    r"backup|dump|snapshot)|sauvegarde de s[eé]curit[eé]|sicherungskopie|"
    r"copia de seguridad previa|veiligheidskopie)\b",
    re.IGNORECASE,
)


@rule("no-safety-copy", "data is replaced without a copy of its present state")
def no_safety_copy(plan: Plan, context: Context) -> Iterator[Found]:
    """A restore or a drop with no dump of the present state before it."""
    reported: set[int] = set()
    for command in flat(plan.scripts):
        did = effect(command)
        if did.database not in ("restore", "destroy") or not did.replaces:
            continue
        if is_scratch(command) or is_before(command.script.code.section):
            continue
        if is_new(plan, command) or _SAFETY.search(words_about(command)):
            continue  # the copy is what is restored here
        if did.database == "destroy" and not drops_database(command):
            continue
        if is_aside(command.script.code.section):
            continue
        before = earlier(plan, command)
        if any(_copies(c) and _is_present(c.script.code.section) for c in before):
            continue
        line = procedure(command.script.code.section).line
        if line in reported:
            continue
        reported.add(line)
        yield hedged(
            plan,
            command,
            Found(
                command.place,
                "This replaces the data, and nothing keeps what is there now: if the "
                "backup is bad or the wrong one, both states are gone.",
                "Dump or rename the present database first, and say where the copy is.",
            ),
        )


def _is_present(section: Section) -> bool:
    """Whether what is copied there is the state of now, not that before the change."""
    if re.search(r"\b(?:current|present|existing)\b", section.title, re.IGNORECASE):
        return True
    return not is_before(section)


def _copies(command: Command) -> bool:
    did = effect(command)
    if did.database == "dump":
        return True
    text = command.text.lower()
    if re.search(
        r"alter database \S+ rename|snapshot|backup create|pg_basebackup", text
    ):
        return True
    return command.name in ("cp", "tar", "rsync", "mv") and bool(
        ARCHIVE.search(" ".join(did.writes))
    )


_LIVE = re.compile(
    r"\.(?:db|sqlite3?)$|(?:^|/)(?:pgdata|postgresql/data|var/lib/(?:postgresql|mysql))"
    r"(?:/|$)",
    re.IGNORECASE,
)


_QUIET = re.compile(
    r"\bstop|\bdown ?time\b|\boffline\b|\bmaintenance mode\b|\bshut ?down\b|\bnothing (?:is )?writ|\bwhile it is (?:down|off)",
    re.IGNORECASE,
)


@rule("file-copy-of-live-database", "a database's files are copied while it runs")
def file_copy_of_live_database(plan: Plan, context: Context) -> Iterator[Found]:
    """`cp app.db`, `tar /var/lib/postgresql` with nothing stopped before."""
    for command in flat(plan.scripts):
        if command.name not in ("cp", "tar", "rsync", "mv"):
            continue
        words = [word.text for word in command.operands()]
        live = [word for word in words if _LIVE.search(word)]
        live = [word for word in live if not re.search(r"back-?up|/tmp/|restore", word)]
        if not live:
            continue
        before = earlier(plan, command)
        if any(effect(c).stops for c in before) or any(
            c.name in ("kill", "killall", "pkill") for c in before
        ):
            continue
        if any(effect(c).stops for c in later(plan, command)) and command.name == "mv":
            continue
        if _QUIET.search(words_about(command)):
            continue
        if any("wal_checkpoint" in c.text for c in before) and any(
            "read-only" in comment for comment in command.script.comments.values()
        ):
            continue
        yield Found(
            command.place,
            "The database may be writing while its files are copied: the copy can be "
            "torn, with no sign of it until it is opened.",
            "Stop the service first, or use the database's own tool "
            "(`sqlite3 app.db '.backup copy.db'`, `pg_dump`).",
        )


RULES = (
    backup_unchecked_before_restore,
    no_safety_copy,
    file_copy_of_live_database,
)
