"""Where a restore goes: over what is there, or to a place that is new or made for it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ....core.finding import Severity
from ..commands import effect
from ..commands.databases import statements
from ..document import Plan
from ..procedure import earlier, procedure, within
from ..rule import Found
from ..shell_command import Command

SCRATCH = re.compile(
    r"(?:^|[_-])(?:restore[d]?|scratch|tmp|temp|test|verify|verification|validat\w*|"
    r"check|new|fresh|staging|recover(?:y|ed)|copy|clone|side|sandbox|dry|rehears\w*|"
    r"drill|pitr|dev|local|replacement)(?![a-z])",
    re.IGNORECASE,
)
_PLACE = (
    r"(?:databases?|db|hosts?|servers?|instances?|clusters?|machines?|vms?|vps|nodes?|"
    r"environments?|projects?|containers?|volumes?|stacks?|postgres\w*|regions?|"
    r"branch|installation|schema|banco|base|servidor|serveur)"
)
_KIND = (
    r"(?:new|fresh|empty|blank|clean|scratch|throw-?away|separate|isolated|test|staging|"
    r"non-?prod\w*|second|temporary|temp|replacement|rebuilt|sandbox|disposable|"
    r"ephemeral|local|development|novo|nova|nuevo|nueva|vide|vierge|neue[nrms]?|leere?[nrms]?)"
)
# What is said of the place it goes to: "restore to a new database", a test host.
_ELSEWHERE = re.compile(
    rf"\b{_KIND}[ -](?:[\w*`]+[ -]){{0,2}}{_PLACE}\b|\bnon-?prod\w*|\bbackup test|"
    r"\btest restores?\b|\brestore (?:tests?|drills?)\b|\bfrom scratch\b|\bbare[- ]metal\b",
    re.IGNORECASE,
)
# "with an empty volume", in the languages that plans are written in.
_EMPTY = re.compile(
    r"\b(?:empty|fresh|brand[- ]new|vide|vierge|vac[ií]o|leer\w*|neue[rns]?) "
    r"|\b(?:volume|base|database|db|datenbank) (?:vide|vierge|vac[ií][oa])\b|空",
    re.IGNORECASE,
)
# Headings under which what was there is gone: "Total host loss".
_LOST = re.compile(
    r"\b(?:total|catastrophic|host|server|disk|hardware|volume|region\w*|vps|node|"
    r"infrastructure|data ?cent(?:er|re)|site|machine|cluster|instance)\b.{0,20}\b(?:loss|"
    r"lost|failures?|destroyed|gone|dead|died|rebuild|disaster)\b|"
    r"\b(?:database|db|data)\b.{0,20}\b(?:is lost|destroyed|gone)\b|"
    r"\b(?:rebuild|bootstrap|provision)(?:ing)?\b",
    re.IGNORECASE,
)


def is_scratch(command: Command) -> bool:
    """Whether a restore goes to a database made for it: by its name, host or words.

    The words are the comment above it, the sentence before its block and its headings.
    """
    target = effect(command).target
    host = command.value("-h", "--host") or ""
    names = [target, re.sub(r"[${}]", "", target), re.sub(r"[${}]", "", host)]
    if any(SCRATCH.search(name) for name in names):
        return True
    return any(_ELSEWHERE.search(text) for text in _said(command))


def _said(command: Command) -> Iterator[str]:
    script = command.script
    yield script.comment_above(command)
    if script.code.lead is not None:
        yield script.code.lead.text
    for section in script.code.section.lineage():
        if section.level > 1:
            yield section.title


def is_fresh(plan: Plan, command: Command) -> bool:
    """Whether the database was made anew right before: there is nothing to clean."""
    if is_new(plan, command):
        return True
    before = earlier(plan, command)
    return any(effect(c).database == "create" or _empties(c) for c in before)


def is_new(plan: Plan, command: Command) -> bool:
    """Whether the machine or the volume is a new one: nothing was there before."""
    before = earlier(plan, command)
    if any(_empties(c) for c in before):
        return False  # something was there until a step before
    script = command.script
    row = script.row(command.start)
    told = [text for at, text in script.comments.items() if at <= row]
    return any(_EMPTY.search(text) for text in told) or any(
        _provisions(c) for c in before
    )


def hedged(plan: Plan, command: Command, found: Found) -> Found:
    """`found`, as a warning where the procedure's words speak of a place that is new."""
    section = command.script.code.section
    whole = procedure(section)
    told = [
        *(around.title for around in section.lineage()),
        *(command.script.comments.values()),
        *(
            text.text
            for text in plan.texts
            if text.line < command.line and within(text.section, whole)
        ),
    ]
    if not any(_ELSEWHERE.search(text) or _LOST.search(text) for text in told):
        return found
    return found._replace(
        message=f"Unless the database it goes to is a new one: {found.message}",
        severity=Severity.WARNING,
    )


def drops_database(command: Command) -> bool:
    """Whether a whole database is dropped."""
    if command.name == "dropdb":
        return True  # Redis is flushed as a cache more often than as a store
    text = " ".join(statements(command))
    return re.search(r"\bDROP\s+DATABASE\b", text, re.IGNORECASE) is not None


_SCHEMA = re.compile(r"\bDROP\s+SCHEMA\s+(?:IF\s+EXISTS\s+)?\"?public\b", re.IGNORECASE)


def _empties(command: Command) -> bool:
    """Whether it takes away a database, its volume or its files."""
    if effect(command).database == "destroy":
        text = " ".join(statements(command))
        return drops_database(command) or _SCHEMA.search(text) is not None
    if command.name in ("docker", "docker-compose", "podman"):
        args = command.args
        if args[:2] == ["volume", "rm"]:
            return True
        return "down" in args and not {"-v", "--volumes"}.isdisjoint(args)
    return command.name == "rm" and bool(
        re.search(r"postgresql|pgdata|mysql", command.text)
    )


_PROVISIONS = re.compile(
    r"git clone\b|(?:terraform|tofu|pulumi) (?:\S+ )*?(?:apply|up)\b|initdb\b|"
    r"aws rds (?:create-db|restore-db)|gcloud sql instances (?:create|clone)|"
    r"az (?:postgres|sql|mysql) .*\bcreate\b|neonctl branches create|"
    r"(?:docker|podman) run\b.*\bpostgres|(?:docker|podman) volume create|"
    r"(?:apt|apt-get|dnf|yum|apk) (?:-\S+ )*(?:install|add)\b.*\bpostgres|"
    r"(?:supabase|render|heroku|doctl|fly|flyctl)\b.*\b(?:create|addons:create)\b"
)


def _provisions(command: Command) -> bool:
    """Whether it makes a machine, a checkout or a server that was not there."""
    text = " ".join([command.name, *command.args])
    return _PROVISIONS.match(text[:400]) is not None
