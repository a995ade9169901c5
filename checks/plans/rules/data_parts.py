"""Rules about the data's part of a plan: that it is there, and says what it loses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from ....core.finding import Severity
from ..demand import part_rule
from ..document import Plan
from ..durations import stretches
from ..meaning import LONG, words
from ..outline import Outline, code_lines, outline, plain
from ..rule import Context, Found, rule

# Commands that bring data back, or a schema.
_RESTORES = re.compile(
    r"\b(?:pg_restore|mysqlimport|mongorestore|innobackupex|xtrabackup|wal-g|"
    r"pgbackrest|barman|velero|restic|borg)\b|\bpsql\b[^\n]*(?:<|\s-f|--file)|"
    r"\|\s*(?:sudo\s+)?(?:docker[^|\n]*)?\b(?:psql|mysql)\b|\bmysql\b[^\n]*<|"
    r"\bredis-cli\b[^\n]*(?:--pipe|restore|rdb)|"
    r"\bsqlite3\b[^\n]*(?:\.restore|<|\.read)|\balembic\s+downgrade|\bflyway\s+undo|"
    r"\bliquibase\s+rollback|\bdb:(?:rollback|migrate:down|migrate:undo|restore)|"
    r"\bmigrat\w*[: ](?:down|rollback|revert|reset|undo|resolve|zero)|"
    r"\bmigrate\s+\w+\s+(?:\d{3,}|zero)|\bprisma\s+(?:migrate|db)|"
    r"\brestore[-_]?\w*(?:db|database|backup|snapshot|point)|"
    r"\b(?:db|database|backup|snapshot)[-_]?restore|point-in-time|"
    r"\.(?:sql|dump|rdb|bak)(?:\.\w+)?\b|\bcp\b[^\n]*\.(?:db|sqlite3?)\b|"
    r"\btar\b[^\n]*(?:backup|data)|\btar\s+(?:-?\w*x|--extract|--get)|"
    r"^\s*(?:UPDATE|INSERT|DELETE FROM|DROP|ALTER)\s|"
    r"\brevert_?\w*(?:data|state)|\bconvert_?\w*(?:data|state|session)",
    re.IGNORECASE | re.MULTILINE,
)
_RESTORED = re.compile(
    r"\brestor\w+ .{0,60}\b(?:back ?up|snapshot|database|data|dump)|\b(?:back ?up|"
    r"snapshot|dump)\b.{0,40}\brestor|point in time recovery|migrations? .{0,20}(?:"
    r"rolled back|down\b)|down migration|(?:daten|datenbank).{0,40}(?:wiederherst|"
    r"zuruck|einspiel)|(?:back ?up|sicherung).{0,40}(?:einspiel|zuruck|wiederherst)|"
    r"(?:back ?up|gegevens).{0,40}(?:terug|herstel)|restaur\w+ .{0,60}(?:sauvegarde|"
    r"donnees|base)|restaur\w+ .{0,60}(?:copia|respaldo|datos|base)"
)
_UNTOUCHED = re.compile(
    r"\bno (?:data|schema|database|db)\b.{0,30}\b(?:chang|migrat|impact|step|rollback|"
    r"affect|touch|writ|mutat|action|restor)|\b(?:data|database|schema)\b.{0,20}\b(?:is|"
    r"are) (?:not|un)\b|does not (?:touch|change|write|alter) .{0,20}(?:data|schema)|"
    r"\bstateless\b|read only|no (?:data ?base|persist\w*|schema change\w*)\b|data "
    r"(?:impact|migration|loss risk) none|without data|keine .{0,20}(?:daten|"
    r"schreib)|daten .{0,20}(?:unberuhrt|nicht)|geen .{0,20}(?:gegevens|data)|aucune "
    r"donnee|sin (?:cambios? de |afectar )?datos"
)
_CORRUPTION = re.compile(
    r"\bdata\b.{0,20}\b(?:corrupt\w*|loss|lost|inconsisten\w*|integrity)|\bcorrupt\w*"
    r"\b.{0,20}\bdata|datenverlust|dataverlies|perte de donnees|perdida de datos"
)
_DATA_TITLE = re.compile(
    r"\b(?:data ?base|schema|data|storage)\b.{0,20}\b(?:migration|upgrade|change|cut "
    r"?over)|\b(?:postgres\w*|mysql|redis|mongo\w*)\b.{0,20}\b(?:migration|upgrade)|"
    r"datenmigration|datamigratie|migration de donnees|migracion de datos"
)


@part_rule("data-steps", "no-data-step", "data is at stake and no step brings it back")
def no_data_step(sought: Outline, context: Context) -> Iterator[Found]:
    """A phase with data, or data damage as a trigger, needs a restore or a reason."""
    plan = sought.plan
    lines = chain(
        (line for code in plan.codes for _, line in code_lines(code)),
        (span.code[:LONG] for span in plan.spans),
    )
    if any(_RESTORES.search(line) for line in lines):
        return
    said = [(text.line, words(plain(text.text))) for text in plan.texts]
    if any(_RESTORED.search(text) or _UNTOUCHED.search(text) for _, text in said):
        return
    if any(t.heading and _RESTORED.search(words(t.title)) for t in sought.topics):
        return
    line, why = _at_stake(sought, context, said)
    if not why:
        return
    yield Found(
        plan.place(line),
        f"{why}, and no step brings the data back.",
        "Say which backup is restored, how, and what it loses; or add "
        "`Data: n/a: reversible because ...`.",
    )


def _at_stake(
    sought: Outline, context: Context, said: list[tuple[int, str]]
) -> tuple[int, str]:
    phases = [p for p in context.phases() if p.data is not None]
    if phases:
        named = phases[0].title or phases[0].id
        return 0, f"Phase {phases[0].id} ({named}) changes data"
    if context.migration is not None:
        return 0, ""
    for line, text in said:
        starts = sought.is_in(line, "triggers") and not sought.is_in(
            line, "verification"
        )
        if starts and _CORRUPTION.search(text):
            return line, "Damaged data is a reason to roll back here"
    title = next((t for t in sought.topics if t.heading), None)
    if title is not None and _DATA_TITLE.search(words(title.title)):
        return title.line, "This plan undoes a change of data"
    return 0, ""


_LOSS = re.compile(
    r"\b(?:rpo|recovery point|data loss window|loss window)\b|\bdata loss\b.{0,30}\b\d"
    r"|\b(?:los(?:e|es|t|ing|s)|"
    r"discard\w*|overwrit\w*|gone|miss(?:ing)?|re ?play\w*|re ?enter\w*)\b.{0,80}\b("
    r"?:since|after|between|writes?|written|newer|up to|last|rows|records|changes|"
    r"orders|transactions)|\b(?:writes?|changes|records|rows|data|transactions) .{0,60}"
    r"\b(?:since|after|between|newer than) .{0,60}\b(?:los[et]|gone|discard|not (?:be "
    r")?(?:restored|included|kept))|verloren|geht verloren|datenverlust|gaat verloren|"
    r"gaan verloren|perdu\w*|se pierde\w*|no (?:writes|data) (?:is|are|can be|were) "
    r"(?:lost|made) because|dual writ|write freeze|read only (?:mode )?since|writes "
    r"(?:are|were) (?:stopped|frozen)"
)
_RESTORE_DATA = re.compile(
    r"\b(?:pg_restore(?![^\n]*(?:\s-l\b|--list))|mongorestore|mysqlimport|wal-g|"
    r"pgbackrest)\b|\bpsql\b[^\n]*(?<!<)<(?!<)|"
    r"\bpsql\b[^\n]*(?:\s-f|--file)[^\n]*(?:backup|dump|snapshot)|\bmysql\b[^\n]*<|"
    r"\|\s*(?:[\w./ -]+\s)?(?:psql|mysql)\b|\bredis-cli\b[^\n]*--pipe|"
    r"\brestore[-_]db|restore-db-|\bcp\b[^\n]*(?:backup|\.bak)[^\n]*\.(?:db|rdb|sqlite)",
    re.IGNORECASE,
)


@rule(
    "no-data-loss-window",
    "data is restored and nothing says what is lost by it",
    Severity.WARNING,
)
def no_data_loss_window(plan: Plan, context: Context) -> Iterator[Found]:
    """A restore of data, and no sentence, row or policy that says what it loses."""
    restoring = next(
        (
            (code, offset, found)
            for code in plan.codes
            for offset, line in code_lines(code)
            if not line.lstrip().startswith(("#", "--"))
            and (found := _RESTORE_DATA.search(line))
        ),
        None,
    )
    if restoring is None or any(_has_window(p) for p in context.phases()):
        return
    sought = outline(plan, context.policy)
    if sought.front("data-loss-window", "loss-window", "rpo") is not None:
        return
    told = [text.text for text in plan.texts] + [
        " ".join((*table.header, *row.cells))
        for table in plan.tables
        for row in table.rows
    ]
    told += [
        line
        for code in plan.codes
        for _, line in code_lines(code)
        if "#" in line or code.language in ("", "text")
    ]
    if any(_states(text) for text in told):
        return
    code, offset, found = restoring
    yield Found(
        code.place(plan.path, offset, found.start(), offset, found.end()),
        "This restores data, and nothing says what it loses: all that was written "
        "since the backup goes with it.",
        "Say how old the backup may be and what becomes of the writes since: "
        "`loses at most 24 h of orders; they are replayed from the queue`.",
    )


def _has_window(phase: object) -> bool:
    data = getattr(phase, "data", None)
    return data is not None and data.loss_window is not None


def _states(text: str) -> bool:
    said = words(plain(text))
    found = _LOSS.search(said)
    if found is None:
        return False
    # "No data loss confirmed" is a wish; "RPO" alone is a word.
    if found[0] in ("rpo", "recovery point"):
        return bool(stretches(text))
    return True


RULES = (no_data_step, no_data_loss_window)
