"""Rules about people: whom one reaches, and who is told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ....core.finding import Severity
from ..demand import part_rule
from ..meaning import LONG, words
from ..outline import Outline, Topic, code_lines, plain
from ..rule import Context, Found

if TYPE_CHECKING:
    from ....core.policy import Policy

_MAIL = re.compile(r"[\w.+-]{1,64}@(?P<host>[\w-]{1,63}(?:\.[\w-]{1,63}){1,8})")
_HANDLE = re.compile(r"(?<![\w.])@[A-Za-z][\w-]{0,60}(?:/[\w-]{1,60})?(?![\w.]{0,60}@)")
_PHONE = re.compile(
    r"(?<![\w.])\+?\(?\d[\d\s()./-]{5,30}\d(?![\w.])|(?<![\w.])1-8\d\d-[A-Z0-9-]{4,12}\b"
)
_URL = re.compile(r"https?://(?P<host>[^\s/)>\"'\]]{1,250})\S*", re.IGNORECASE)
_CHANNEL = re.compile(r"(?<![\w&#/])#[a-z][a-z0-9_-]{1,80}", re.IGNORECASE)
# A service that knows who is on call tonight.
_PAGER = re.compile(
    r"\b(?:pager ?duty|ops ?genie|victor ?ops|splunk on-?call|incident\.io|squadcast|"
    r"rootly|fire ?hydrant|grafana on-?call)\b",
    re.IGNORECASE,
)
# Domains that belong to nobody, or that stand for "yours" in every template.
_NOBODY = re.compile(
    r"(?:^|\.)(?:example\.\w+|(?:your|my)?(?:company|domain|org|organi[sz]ation)\.\w+|"
    r"your[\w-]*\.\w+|test|invalid|localhost)$",
    re.IGNORECASE,
)
_FAKE = re.compile(
    r"\[(?![^\[\]\n]{0,60}[@#](?!your|handle|name|user|channel)\w)[^\[\]\n]{0,80}\]|<[^<>\n]{0,80}>|\{[^{}\n]{0,80}\}|x{3}|\b555[-. ]|\b(?:tbd|tba|todo|name|phone|number|hotline|n\.n\.|telefonnummer|rufnummer|nummer)\b",
    re.IGNORECASE,
)
_ASKED = re.compile(
    r"\b(?:contact\w*|call|page|paged|reach|escalat\w*|on-?call|phone|e-?mail|ping|"
    r"kontakt\w*|anruf\w*|erreich\w*|bel|bereik\w*|contacter|appel\w*|contact[ae]r?|"
    r"llam\w*|contat\w*|acion\w*|ligu?\w*|escal\w*)\b",
    re.IGNORECASE,
)
# "Follows `docs/oncall.md`", "escalation: see sev-playbook.md": the rota is elsewhere.
_ROSTER = re.compile(
    r"[\w./-]{0,100}(?:on-?call|contacts?|escalation|roster|rota|incident|sev)[\w-]{0,60}"
    r"\.(?:md|rst|txt|ya?ml)\b",
    re.IGNORECASE,
)
# What an entry under "Contacts" may be that is no person: where to read on.
_NO_PERSON = re.compile(
    r"^\W*(?:documentation|docs?|dashboards?|logs?|check|review|consult|see|status|"
    r"runbooks?|wiki|repository|repo|monitoring|metrics|guide|this|hours?|availab\w*|"
    r"dokumentation|siehe|documentatie|zie|voir|ver|veja|consult[ae]r?)\b",
    re.IGNORECASE,
)


# A heading that asks for people; "Escalation" and "Support" may as well ask for steps.
_PEOPLE = re.compile(
    r"\b(?:contact\w*|kontakt\w*|contato\w*|on ?call|people|who|responsib\w*|responsa\w*|"
    r"ansprech\w*|zustandig\w*|bereitschaft\w*|aanspreek\w*|bereikbaar\w*|piket\w*|"
    r"interlocuteur\w*|astreinte\w*|guardia\w*|plantao|hotline|support|suporte)\b"
)
_ROLE = re.compile(
    r"^\W*(?:(?:level|tier|l|p|sev)[ -]?\d\b|[\w /-]{0,30}\b(?:lead|manager|engineer|owner|"
    r"admin\w*|dba|cto|ceo|director|commander|officer)\b)",
    re.IGNORECASE,
)
# Columns that tell what to do when, and name nobody.
_STEPS = re.compile(
    r"\b(?:actions?|do|steps?|situations?|scenarios?|conditions?|symptoms?|triggers?|"
    r"response times?|notification methods?|acao|accion|aktion|massnahme|actie)\b"
    r"(?!.*\b(?:contacts?|phone|channel|names?|who|owner|role|e ?mail|slack|handle)\b)"
)


@part_rule("contacts", "contact-missing", "nobody can be reached by what the plan says")
def contact_missing(sought: Outline, context: Context) -> Iterator[Found]:
    """Each entry of a section of contacts is reachable, or some sentence names one."""
    topics = [
        topic
        for topic in sought.about("contacts")
        if topic.heading or not sought.is_in(topic.line, "communication")
    ]
    # Only the outermost: "Escalation path" inside "Contacts" is part of it.
    outer = [t for t in topics if not _inside(t, topics)]
    entries = [(line, text) for t in outer for line, text in _entries(sought, t)]
    known = () if context.policy is None else tuple(_known(context.policy))
    dead = [e for e in entries if not _reachable(e[1]) and words(e[1]) not in known]
    faked = [e for e in dead if _FAKE.search(e[1]) or _placeholder(e[1])]
    if entries and len(dead) < len(entries) and not faked:
        return
    if not entries and any(_asks(sought, line, text) for line, text in _all(sought)):
        return
    if not entries:
        yield Found(
            sought.plan.place(outer[0].line if outer else 0),
            "Nobody can be reached: no contact has a handle, an address, a number or a "
            "rota.",
            "Add `Contacts`: for each role a phone number, `@handle`, mail address, "
            "channel or the address of the rota.",
        )
        return
    named = faked or dead
    listed = ", ".join(f'"{_short(text)}"' for _, text in named[:3])
    more = f" and {len(named) - 3} more" if len(named) > 3 else ""
    yield Found(
        sought.plan.place(named[0][0]),
        f"Nobody is reached by {listed}{more}: that is a role or a gap, not a way to "
        f"call somebody.",
        "Give each a phone number, `@handle`, mail address, channel or the address of "
        "the rota.",
    )


def _inside(topic: Topic, topics: list[Topic]) -> bool:
    return any(
        other is not topic
        and other.line <= topic.line
        and topic.end_line <= other.end_line
        and (other.line, -other.end_line) < (topic.line, -topic.end_line)
        for other in topics
    )


def _entries(sought: Outline, topic: Topic) -> Iterator[tuple[int, str]]:
    """The people of a section: its items, rows and code lines, as plain text."""
    is_named = _PEOPLE.search(words(topic.title)) is not None
    if topic.first and (is_named or _reachable(plain(topic.first))):
        yield topic.line, plain(topic.first)
    for text in sought.texts(topic):
        own = not topic.heading and text.line == topic.line
        said = plain(text.text)
        if own or said.rstrip().endswith(":") or _NO_PERSON.match(said):
            continue
        # A sentence about what to do names nobody.
        is_short = len(said.split()) <= 12 or _FAKE.search(said) is not None
        if not is_named and _FAKE.search(said) is None and _ROLE.search(said) is None:
            is_short = False
        if (text.kind == "item" and is_short) or _reachable(said):
            yield text.line, said
    for table in sought.tables(topic):
        tells_steps = _STEPS.search(words(" ".join(table.header))) is not None or (
            not is_named and sought.is_in(table.line, "communication")
        )
        for row in table.rows:
            said = plain(" | ".join(row.cells))
            if not tells_steps or _reachable(said):
                yield row.line, said
    for code in sought.codes(topic):
        if not is_named and sought.is_in(code.line, "communication"):
            continue  # the fields of a message
        for offset, line in code_lines(code):
            if not line.lstrip().startswith(("#", "//")) and _is_entry(line):
                yield code.line + offset, line.strip()


# "Lead: [phone]", "On-call | TBD": a person with the way to reach them, or its gap.
_PAIR = re.compile(r"^[\w /()&.'-]{2,40}(?::|\||–|—| - )\s*\S")


def _is_entry(line: str) -> bool:
    """Whether a line of a block tells how to reach somebody, or leaves it open."""
    return _reachable(line) or _PAIR.match(line.strip()) is not None


def _known(policy: Policy) -> Iterator[str]:
    """The policy's contacts that can be reached: their names may stand for them."""
    for name, way in policy.contacts.items():
        if _reachable(way):
            yield words(name.replace("-", " "))


def _reachable(text: str) -> bool:
    """Whether `text` holds a way to reach somebody that is not made up."""
    mail = _MAIL.search(text)
    if mail is not None:
        return _NOBODY.search(mail["host"]) is None
    url = _URL.search(text)
    if url is not None:
        return _NOBODY.search(url["host"]) is None
    if _PHONE.search(text) and "555-" not in text:
        return True
    bare = _FAKE.sub(" ", text)
    if _PAGER.search(bare):
        return True
    return bool(_HANDLE.search(bare) or _CHANNEL.search(bare) or _PHONE.search(bare))


def _placeholder(text: str) -> bool:
    hosts = [m["host"] for p in (_MAIL, _URL) for m in p.finditer(text)]
    return any(_NOBODY.search(host) for host in hosts)


def _all(sought: Outline) -> Iterator[tuple[int, str]]:
    for text in sought.plan.texts:
        yield text.line, plain(text.text)
    for table in sought.plan.tables:
        for row in table.rows:
            yield row.line, plain(" | ".join(row.cells))


def _asks(sought: Outline, line: int, text: str) -> bool:
    """Whether a sentence says whom to call, outside of a message to others."""
    return (
        _ASKED.search(text) is not None
        and (_reachable(text) or _ROSTER.search(text) is not None)
        and not sought.is_in(line, "communication")
    )


_TELL = re.compile(
    r"\b(?:notif\w+|announc\w+|inform (?:the|all|your|our|stake|users?|customers?|team)"
    r"\w*|stakeholders?|status ?page|communicat\w+|post (?:in|to|on|an? )\w*|tell "
    r"\w+|(?:send|update) .{0,30}(?:slack|e-?mail|mail|message|team|customers?|users?|"
    r"status)|slack|mail -s|let .{1,20} know|benachrichtig\w*|informier\w*|mitteil\w*|"
    r"meld\w*|kommuni\w*|unterricht\w*|inform\w+|communi\w+|prévenir|prévien\w*|annonc\w*|"
    r"avis(?:ar|e|o)\b|comuni\w+|notifi\w+|avise\w*)",
    re.IGNORECASE,
)


@part_rule(
    "communication",
    "no-communication",
    "no step tells anybody that this is rolled back",
    Severity.WARNING,
)
def no_communication(sought: Outline, context: Context) -> Iterator[Found]:
    """A section of communication, or a step, comment or command that tells people."""
    if sought.about("communication"):
        return
    told = (
        *(text.text[:LONG] for text in sought.plan.texts),
        *(code.text for code in sought.plan.codes),
        *(" ".join(row.cells) for table in sought.plan.tables for row in table.rows),
    )
    if any(_TELL.search(text) for text in told):
        return
    yield Found(
        sought.plan.place(0),
        "No step tells anybody: support hears of the rollback from customers, and the "
        "team deploys into it.",
        "Add `Communication`: who is told, where, by whom, with the text ready.",
    )


def _short(text: str) -> str:
    line = text.strip().split("\n")[0]
    return line if len(line) <= 40 else f"{line[:37]}..."


RULES = (contact_missing, no_communication)
