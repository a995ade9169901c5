"""Rules about the decision to roll back: on what number, by whom."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..demand import part_rule
from ..meaning import LONG, words
from ..outline import Outline, Topic, plain, rows
from ..rule import Context, Found

# A number that one can look at: "> 5 %", "exceeds 500 ms", "3 failures", "for 15 min".
_NUMBER = re.compile(
    r"(?:[<>≤≥]=?|&[lg]t;|\b(?:above|below|over|under|exceed\w*|beyond|more than|less "
    r"than|fewer than|at least|drops? to|reach\w*|über|unter|mehr als|weniger als|boven"
    r"|onder|meer dan|minder dan|plus de|moins de|supérieure? à|inférieure? à|más de|"
    r"menos de|mais de|acima d[eoa]|abaixo d[eoa]|maior que|menor que|mayor (?:que|a)|superior a|inferior a)\b)\s*~?[$€]?\s?\d"
    r"|\d\s?(?:%|percent|prozent|procent|pour ?cent|por ciento|por cento|ms\b|s\b|x\b|×)"
    r"|\b\d+(?:\.\d+)?\s*(?:-|–)?\s*(?:consecutive |failed |failing )?(?:errors?|"
    r"failures?|requests?|users?|reports?|alerts?|times?|seconds?|minutes?|min\b|"
    r"hours?|checks?|attempts?|customers?|tickets?|restarts?|fehler|minuten|sekunden|"
    r"fouten|seconden|erreurs?|secondes?|errores?|erros?|falhas?|horas?|segundos?|minutos?)\b"
    r"|\b[1-5]xx\b|\bp(?:50|75|9\d)\b|\b(?:one|any|a single|first|zero|ein(?:e|en)?|"
    r"één|une?|un(?:a)?|any one) (?:\w+ )?(?:errors?|failures?|lost|duplicates?|"
    r"mismatch\w*|corrupt\w*)",
    re.IGNORECASE,
)
# An event that has happened or not: nobody argues about it at night.
_EVENT = re.compile(
    r"\b(?:fail\w*|crash\w*|corrupt\w*|los(?:s|t)|broken|breaks?|down\b|unavailable|"
    r"outage|cannot|can't|unable|not (?:work|start|respond|reach|return|accessible|"
    r"submitted|possible)\w*|vulnerab\w*|breach\w*|missing|duplicat\w*|inaccessible|"
    r"unreachable|inconsisten\w*|violat\w*|exploit\w*|leak\w*|hang\w*|stops?|stuck|"
    r"wrong|incorrect|exposed|unauthori[sz]ed|reject\w*|ausfall\w*|fehlgeschlag\w*|"
    r"schl(?:ägt|agen) fehl|treten auf|verlor\w*|verlust|absturz|defekt|nicht erreichbar|uitval|verlor\w*|mislukt|"
    r"stuk|panne|perte|perdu\w*|échec|échou\w*|indisponible|caída|pérdida|fall[ao]\w*|"
    r"no disponible|falh\w*|queda|perda|indisponível|não (?:funciona|responde|inicia)\w*)\b",
    re.IGNORECASE,
)
_VAGUE = re.compile(
    r"\b(?:elevated|increas\w*|degrad\w*|significant\w*|high|higher|slow\w*|severe\w*|"
    r"unexpected|rate|spikes?|accumulat\w*|poor|major|minor|trends?)\b",
    re.IGNORECASE,
)
_ROLL_BACK = re.compile(
    r"\b(?:roll\w*[ -]?back|revert\w*|back(?:ed)?[ -]?out|abort\w*|zurück\w*|terug\w*|"
    r"annul\w*|revert\w*|revers[aã]o|retroced\w*)",
    re.IGNORECASE,
)
_WHEN = re.compile(
    r"\b(?:if|when|once|wenn|falls|sobald|als|zodra|si|quand|cuando|se|quando|caso)\b",
    re.IGNORECASE,
)
_DRAWN = frozenset({"", "text", "txt", "plaintext", "mermaid", "ascii"})
_TRIGGER_COLUMN = re.compile(
    r"\b(?:trigger|criteri|threshold|condition|symptom|when|duration|downtime|auslos|schwell|drempel|"
    r"declench|seuil|umbral|disparador|gatilho|limite|criterio)"
)

_NO_TRIGGER = (
    "Add a section such as `When to roll back` with a number in it: "
    "`error rate above 5 % for 10 min`."
)


@part_rule("triggers", "no-trigger", "nothing measurable says when to roll back")
def no_trigger(sought: Outline, context: Context) -> Iterator[Found]:
    """A section of triggers holds a number or plain events; or some sentence does."""
    topics = sought.about("triggers")
    entries = [entry for topic in topics for entry in _entries(sought, topic)]
    if any(_NUMBER.search(text) for _, text in entries) or _told_elsewhere(sought):
        return
    if any(_EVENT.search(text) and not _VAGUE.search(text) for _, text in entries):
        return
    if not topics:
        yield Found(
            sought.plan.place(0),
            "Nothing says when to roll back: no section of triggers, no number that "
            "starts it. The first half hour of the incident goes into that argument.",
            _NO_TRIGGER,
        )
        return
    line, text = entries[0] if entries else (topics[0].line, topics[0].title)
    yield Found(
        sought.plan.place(line),
        f'No trigger has a threshold: "{_short(text)}" can be argued about.',
        "Give at least one of them a number and a time: `above 5 % for 10 min`.",
    )


def _entries(sought: Outline, topic: Topic) -> Iterator[tuple[int, str]]:
    if topic.first:
        yield topic.line, plain(topic.first)
    for text in sought.texts(topic):
        said = plain(text.text)
        if (topic.heading or text.line != topic.line) and not said.endswith(":"):
            yield text.line, said
    for _, row in rows(sought.tables(topic)):
        yield row.line, plain(" | ".join(row.cells))


def _told_elsewhere(sought: Outline) -> bool:
    """Whether some sentence or row says: with this number, roll back."""
    for text in sought.plan.texts:
        said = plain(text.text)
        if _ROLL_BACK.search(said) and _WHEN.search(said) and _NUMBER.search(said):
            return True
    for topic in (*sought.about("decision"), *sought.about("triggers")):
        # A tree drawn with lines: above this number, roll back.
        for code in sought.codes(topic):
            drawn = code.text[:LONG]
            if code.language in _DRAWN and _ROLL_BACK.search(drawn):
                if any(
                    _NUMBER.search(line)
                    or (_EVENT.search(line) and not _VAGUE.search(line))
                    for line in drawn.split("\n")
                ):
                    return True
    for table, row in rows(sought.plan.tables):
        # A matrix of severities says how soon to act, never when it is that bad: of it
        # the first column alone counts.
        asked = {0} if sought.is_in(table.line, "decision") else set[int]()
        for column, cell in enumerate(table.header):
            if _TRIGGER_COLUMN.search(words(cell)):
                asked.add(column)
        if any(_NUMBER.search(row.cells[c]) for c in asked if c < len(row.cells)):
            return True
    return False


_APPROVER_COLUMN = re.compile(
    r"\b(?:approv|decision mak|decid|decider|authori|sign ?off|freigabe|entscheid|"
    r"genehmig|goedkeur|beslis|approbat|decide|valideur|aproba|aprova|autoriza)"
)
_OWNER_COLUMN = re.compile(
    r"\b(?:owner|who|responsib|verantwort|eigenaar|responsable|responsavel|wer|wie|qui|quien|quem)"
)
_APPROVE = re.compile(
    r"\b(?:approv\w+|authori[sz]\w+|decision|decid\w+|sign(?:ed)?[ -]?off|the call|"
    r"go/no-go|confirm with|rollback (?:owner|lead)|declare\w*|entscheide\w*|freigab\w*|genehmig\w*|"
    r"beslis\w*|besluit\w*|goedkeur\w*|décid\w*|décision|approuv\w*|approbation|"
    r"decid\w*|decisão|aprueb\w*|aproba\w*|aprova\w*|autoriz\w*)\b",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"@[\w-]|\b(?:leads?|managers?|cto|ceo|cio|vp|directors?|commander|\(?ic\)?|"
    r"on-?call|sre|devops|engineers?|owners?|head of|architects?|pm|dba|maintainers?|"
    r"(?:another|different|second) operator|officers?|captain|board|stakeholders?|ops|admin\w*|supervisor|team discussion|leit\w+|"
    r"\w*leiter\w*|verantwortlich\w*|bereitschaft|beheerder|teamleider|responsable\w*|"
    r"chef\w*|jefe\w*|líder|director\w*|gerente|responsáve\w*|diretor\w*|plantonista|equipe)\b",
    re.IGNORECASE,
)
# "On-call engineer: can execute the rollback" leaves nothing to be asked.
_MAY = re.compile(
    r"\b(?:can|may|is allowed to) (?:execute|start|perform|initiate|trigger|do|run)\b"
    r"[^.]{0,30}\brollback",
    re.IGNORECASE,
)
_YES = re.compile(r"\b(?:yes|ja|oui|sí|sim)\b|✅|✓", re.IGNORECASE)
_EMPTY = frozenset({"", "-", "–", "—", "?", "tbd", "tba", "todo", "..."})


@part_rule("decision", "no-approver", "nobody is named who decides the rollback")
def no_approver(sought: Outline, context: Context) -> Iterator[Found]:
    """A decision table with a filled column of approvers, or a sentence with a role."""
    if sought.front("approver", "approvers", "decided-by", "decision-owner"):
        return
    empty = None
    filled = False
    for table, row in rows(sought.plan.tables):
        column = _approver(sought, table.header, table.line)
        if column is None or column >= len(row.cells):
            continue
        if plain(row.cells[column]).strip().casefold() in _EMPTY:
            empty = empty or (row, table.header[column])
        else:
            filled = True
    if empty is not None:
        row, column_title = empty
        yield Found(
            sought.plan.place(row.line),
            f'"{_short(plain(row.cells[0]))}" has nobody under '
            f'"{plain(column_title)}": at night that means nobody may decide.',
            "Name a role or a handle that is on call; `none needed` is an answer too.",
        )
        return
    if filled or _lists_deciders(sought):
        return
    if any(_names_approver(sought, line, said) for line, said in _said(sought)):
        return
    for table, row in rows(sought.plan.tables):
        said = plain(" ".join(row.cells))
        asked = any(_MAY.search(f"{cell} rollback") for cell in table.header)
        if _ROLE.search(said) and (_MAY.search(said) or (asked and _YES.search(said))):
            return
    topics = sought.about("decision")
    yield Found(
        sought.plan.place(topics[0].line if topics else 0),
        "Nobody is named who decides that this is rolled back.",
        "Say who approves at which severity: a table of severity, action, approver; "
        "or one sentence: `The on-call engineer decides alone for P0`.",
    )


# "Decision makers", "Rollback authority": who stands below it decides.
_DECIDERS = re.compile(
    r"\b(?:decision (?:makers?|owners?)|authority|who (?:decides|approves)|approvers?|"
    r"(?:approved|signed off|decided|authori[sz]ed) by|approval requirements?|"
    r"quem decide|quien decide|qui decide|entscheider\w*|beslissers?)\b"
)
_MAKES = re.compile(
    r"\b(?:makes?|takes?|has|owns?)\b[^.]{0,40}\bdecisions?\b", re.IGNORECASE
)


def _lists_deciders(sought: Outline) -> bool:
    """Whether roles stand below "Decision makers", or a role's own heading says so."""
    for topic in sought.about("decision"):
        if _DECIDERS.search(words(topic.title)):
            said = [topic.first, *(text.text for text in sought.texts(topic))]
            if any(_ROLE.search(plain(text)) for text in said):
                return True
    return any(
        _MAKES.search(text.text[:LONG]) and _ROLE.search(text.section.title)
        for text in sought.plan.texts
    )


def _approver(sought: Outline, header: tuple[str, ...], line: int) -> int | None:
    for column, cell in enumerate(header):
        title = words(cell)
        if _APPROVER_COLUMN.search(title):
            return column
        if _OWNER_COLUMN.search(title) and sought.is_in(line, "decision"):
            return column
    return None


def _said(sought: Outline) -> Iterator[tuple[int, str]]:
    for text in sought.plan.texts:
        # A line's end is none of a sentence's, but in what is a list without its marks.
        for sentence in re.split(r"(?<=[.!?:])\s|\n(?=\W*[A-Z*-])", plain(text.text)):
            yield text.line, sentence


def _names_approver(sought: Outline, line: int, sentence: str) -> bool:
    if "?" in sentence or sought.is_in(line, "re-enablement"):
        return False
    found = _APPROVE.search(sentence)
    if found is None:
        return False
    near = sentence[max(0, found.start() - 80) : found.end() + 80]
    return _ROLE.search(near) is not None


def _short(text: str) -> str:
    line = text.strip().split("\n")[0]
    return line if len(line) <= 60 else f"{line[:57]}..."


RULES = (no_trigger, no_approver)
