"""Rules about proof: how one knows that a rollback worked, and that it ever has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import chain

from ....core.finding import Severity
from ....core.policy import Rehearsal, seconds
from ..demand import part_rule
from ..document import Code
from ..durations import spoken
from ..meaning import words
from ..outline import Outline, code_lines, plain, rows
from ..rule import Context, Found

# Commands that look and do not touch, wherever they stand in a plan.
_LOOKS = re.compile(
    r"\b(?:pytest|tox|nox|go test|cargo test|npm (?:run )?test|npx (?:playwright|jest|"
    r"vitest|cypress)|(?:p?npm|yarn|bun) (?:run )?[\w:-]{0,40}(?:test|check|smoke|health|"
    r"verify)|make [\w-]{0,40}(?:test|check|smoke|verify)|curl|wget|httpie?|nc|ping|dig|"
    r"grep|rg|diff|jq|test -|\[\[? |git (?:diff|log|status|show|rev-parse|describe)|"
    r"kubectl (?:[\w=-]{1,60} ){0,6}?(?:get|rollout status|rollout history|describe|logs|wait|"
    r"top)|helm (?:status|history|list|ls|test)|docker[ -](?:compose )?(?:[\w=./-]{1,80} ){0,6}?"
    r"(?:ps|logs|inspect)|systemctl (?:status|is-active)|journalctl|alembic current|"
    r"redis-cli (?:[\w-]{1,60} ){0,6}?(?:ping|get|dbsize|info|exists)|nginx -t|gh run|"
    r"showmigrations|migrate status|"
    r"SELECT\b|SHOW\b|EXPLAIN\b|assert\b)|(?:verify|health|smoke|check|"
    r"validate|test)[\w-]{0,60}\.(?:sh|py|js|ts|mjs|rb|ps1)\b",
    re.IGNORECASE,
)
_NEVER_ENDS = re.compile(r"^\s*(?:tail -[fF]|watch |top\b|htop\b)")
_PROOF = re.compile(
    r"\b(?:verif|validat|confirm|smoke|health|check|test|pruf|kontroll|controle|"
    r"comproba|sicherstell)"
)
_PYTHON = frozenset({"python", "py", "python3", "pycon"})
_RUNS = frozenset(
    {
        "", "bash", "sh", "shell", "zsh", "console", "shell-session", "shellsession",
        "powershell", "ps1", "pwsh", "cmd", "bat", "sql", "psql", "mysql", "javascript",
        "js", "typescript", "ts", "http", "ruby", "terminal", *_PYTHON,
    }
)  # fmt: skip
_COMMENT = re.compile(r"^\s*(?:#|--|//)")


@part_rule(
    "verification",
    "no-runnable-verification",
    "no command shows that the rollback worked",
)
def no_runnable_verification(sought: Outline, context: Context) -> Iterator[Found]:
    """Some block or inline command looks at the system, or stands under such a title."""
    plan = sought.plan
    if any(_verifies(sought, code) for code in plan.codes):
        return
    if any(_LOOKS.match(span.code) for span in plan.spans):
        return
    topics = [
        topic
        for topic in sought.about("verification")
        if topic.heading and not topic.section.phases
    ]
    where = topics[0].line if topics else 0
    eye = (
        " What it lists is for the eye, and the eye of one who wants to go to bed."
        if topics
        else ""
    )
    yield Found(
        plan.place(where),
        f"No command shows that the rollback worked.{eye}",
        "Add a block whose exit code says it: `curl -f`, `psql -c`, a test, a `grep`.",
    )


def _verifies(sought: Outline, code: Code) -> bool:
    if code.language not in _RUNS:
        return False
    lead = "" if code.lead is None else code.lead.text
    proves = sought.is_in(code.line, "verification") or bool(_PROOF.search(words(lead)))
    for _, line in code_lines(code):
        if _COMMENT.match(line):
            proves = proves or bool(_PROOF.search(words(line)))
        elif line.strip() and not _NEVER_ENDS.match(line):
            if proves and code.language:
                return True
            if _LOOKS.search(line):
                return True
    return False


_REHEARSED = re.compile(
    r"\b(?:rehears|drill|dry run|game day|last (?:live )?(?:test|tried|practi)|tested "
    r"on|geprobt|generalprobe|zuletzt getestet|ubung|geoefend|oefening|laatst getest|"
    r"repete|repetition|dernier (?:test|exercice)|ensayad|ensayo|simulacro|ultima "
    r"prueba|rollback test)"
)
_DATE = re.compile(
    r"\b(?P<y>20\d\d)-(?P<m>\d\d)-(?P<d>\d\d)\b|\b(?P<D>\d\d?)\.(?P<M>\d\d?)\."
    r"(?P<Y>20\d\d)\b|\b(?:(?P<dn>\d\d?)\s+)?(?P<name>jan|feb|mar|apr|may|jun|jul|aug|"
    r"sep|oct|nov|dec)[a-z]*\.?\s+(?:(?P<nd>\d\d?),?\s+)?(?P<ny>20\d\d)\b",
    re.IGNORECASE,
)
_MONTHS = [
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
]


@part_rule(
    "rehearsal",
    "never-rehearsed",
    "no date says when this plan was last carried out",
    Severity.WARNING,
)
def never_rehearsed(sought: Outline, context: Context) -> Iterator[Found]:
    """A front key, or a line about a rehearsal, holds a date that is young enough."""
    asked = _asked(context)
    dates = sorted(_dates(sought))
    if asked is not None and asked.last is not None:
        dates.append((date.fromisoformat(asked.last), 0))
    if not dates:
        yield Found(
            sought.plan.place(0),
            "Nothing says that anybody ever carried this plan out. Its first rehearsal "
            "will be the incident.",
            "Rehearse it, and write down `last-rehearsed: 2026-01-31` in the front "
            "matter, or a line with the date, the commit, where, and how long it took.",
        )
        return
    last, line = max(dates)
    limit = timedelta(seconds=seconds((asked or Rehearsal()).max_age))
    today = (context.now or datetime.now(UTC)).date()
    if today - last > limit and (asked is not None or today - last > 4 * limit):
        yield Found(
            sought.plan.place(line),
            f"Last rehearsed on {last}, {(today - last).days} days ago"
            + (
                f"; the policy asks for one every {spoken(limit.total_seconds())}."
                if asked is not None
                else "."
            ),
            "Rehearse it again, and write down the new date.",
        )


def _asked(context: Context) -> Rehearsal | None:
    """What the policy asks of rehearsals here: the phase's, the migration's, its own."""
    phases = context.phases()
    own = next((p.rehearsal for p in phases if p.rehearsal is not None), None)
    migration = None if context.migration is None else context.migration.rehearsal
    return own or migration or (context.policy.rehearsal if context.policy else None)


def _dates(sought: Outline) -> Iterator[tuple[date, int]]:
    front = sought.front("last-rehearsed", "rehearsed", "last-rehearsal", "last-tested")
    if isinstance(front, datetime):
        front = front.date()
    if isinstance(front, date):
        yield front, 1
    elif isinstance(front, str):
        yield from ((day, 1) for day in _read(front))
    told = chain(
        ((text.line, text.text) for text in sought.plan.texts),
        ((row.line, " | ".join(row.cells)) for _, row in rows(sought.plan.tables)),
    )
    for line, text in told:
        said = plain(text)
        if sought.is_in(line, "rehearsal") or _REHEARSED.search(words(said)):
            yield from ((day, line) for day in _read(said))


def _read(text: str) -> Iterator[date]:
    for found in _DATE.finditer(text):
        year = found["y"] or found["Y"] or found["ny"]
        if found["name"]:
            month = _MONTHS.index(found["name"].casefold()) + 1
        else:
            month = int(found["m"] or found["M"])
        day = found["d"] or found["D"] or found["dn"] or found["nd"] or "1"
        try:
            yield date(int(year), month, int(day))
        except ValueError:
            continue


RULES = (no_runnable_verification, never_rehearsed)
