"""Rules about words that events may belie: an order, a success told beforehand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ....core.finding import Place, Severity
from ..document import Plan, Section
from ..meaning import words
from ..outline import code_lines, plain
from ..rule import Context, Found, rule

# A check of the whole; "verify the backup" before a start is what one should do.
_VERIFY = re.compile(
    r"^(?:\d+ )?(?:(?:verification|validation|verificatie|verificacion|uberprufung)$|"
    r"(?:verif\w+|validate|check|test|prufen?|controle\w*|compr\w+) (?:that )?(?:the |"
    r"das |den |de |le |el )?(?:rollback|system|services?|health|app\w*|site|website|"
    r"api|functionality|everything|dienste?)\b|health ?checks?$|smoke ?tests?$)"
)
_START = re.compile(
    r"^(?:\d+ )?(?:re ?starts?|starts?|bring up|neustart|starten|herstart\w*|"
    r"redemarr\w*|reinici\w*)\b(?! (?:the )?(?:verif|test|rollback|monitor|with|point))"
)
_STEP = re.compile(
    r"^(?:step|schritt|stap|etape|paso) (?P<number>\d{1,3})\b", re.IGNORECASE
)


@rule("steps-out-of-order", "a step stands before the one it needs", Severity.WARNING)
def steps_out_of_order(plan: Plan, context: Context) -> Iterator[Found]:
    """A check of what is started later, and numbered steps whose numbers go back."""
    for table in plan.tables:
        yield from _checked_early(
            plan, [(row.line, " ".join(row.cells[:2])) for row in table.rows]
        )
    for section in plan.sections:
        items = [t for t in section.texts if t.ordered and t.depth == 1]
        yield from _checked_early(plan, [(t.line, t.text) for t in items])
        yield from _checked_early(plan, [(s.line, s.title) for s in section.children])
        yield from _backwards(plan, section)
    yield from _contradicted(plan)


_OFF = re.compile(
    r"\b(?:disabl\w+|turn\w* off|switch\w* off|unset)\b[^.\n]{0,30}\b(?:flags?|toggles?)\b",
    re.IGNORECASE,
)
_ON = re.compile(
    r"\b(?:re-?)?enabl(?:e|ing)\b[^.\n?]{0,30}\b(?:flags?|toggles?)\b", re.IGNORECASE
)


def _contradicted(plan: Plan) -> Iterator[Found]:
    """Going back is to switch the flags off here, and to switch them on there."""
    back = [t for t in plan.texts if _is_way_back(t.section) and t.checked is None]
    off = next((t for t in back if _OFF.search(t.text)), None)
    steps = [t for t in back if t.kind == "item"]
    on = next((t for t in steps if _ON.search(t.text) and "?" not in t.text), None)
    if off is None or on is None or off is on:
        return
    yield Found(
        plan.place(on.line),
        f"Here going back is to switch the flags on, at line {off.line} it is to switch "
        f"them off: one of them starts the new path in the middle of the rollback.",
        "Say which flag, which value, and which path that starts.",
        related=((plan.place(off.line), "switched off here"),),
    )


def _is_way_back(section: Section) -> bool:
    """Whether a heading around it speaks of going back, and none of going on again."""
    titles = [around.title for around in section.lineage()]
    return any(_GOES_BACK.search(title) for title in titles) and not any(
        _GOES_ON.search(title) for title in titles
    )


_GOES_BACK = re.compile(r"\broll[- ]?back\b", re.IGNORECASE)
_GOES_ON = re.compile(
    r"\bre-?(?:enabl|deploy|land|appl|releas)\w*|\bpost\b|\bafter\b|\bprevent\w*"
    r"|\broll[- ]?(?:out|forward)\b|\btree\b|\btest",
    re.IGNORECASE,
)


def _checked_early(plan: Plan, steps: Sequence[tuple[int, str]]) -> Iterator[Found]:
    said = [(line, words(plain(text))) for line, text in steps]
    checks = [index for index, (_, text) in enumerate(said) if _VERIFY.match(text)]
    starts = [index for index, (_, text) in enumerate(said) if _START.match(text)]
    if not checks or not starts or checks[-1] > starts[0]:
        return
    line, started = said[checks[-1]][0], said[starts[0]][0]
    yield Found(
        plan.place(line),
        f"This checks what is started only at line {started}: the check fails, or "
        f"looks at what still runs.",
        "Start first, check then.",
        related=((plan.place(started), "started here"),),
    )


def _backwards(plan: Plan, section: Section) -> Iterator[Found]:
    last = 0
    for child in section.children:
        found = _STEP.match(words(child.title))
        if found is None:
            last = 0
            continue
        number = int(found["number"])
        if 1 < number < last:
            yield Found(
                plan.place(child.line),
                f"Step {number} stands after step {last}.",
                "Put the steps in the order in which they are done.",
            )
        last = number


_SUCCESS = re.compile(
    r"\bno (?:\w+ )?data (?:has been|have been|was|were|is|had been) lost\b|\b(?:all|your)"
    r" (?:\w+ )?(?:data|sessions?|orders?|accounts?|files?|information)\b.{0,30}\b(?:"
    r"have|has|are|is|was|were) (?:been )?(?:preserved|safe|secure|intact|restored|"
    r"unaffected|kept)\b|\b(?:everything|all (?:systems?|services?|features?)) (?:is|are)"
    r" (?:back to normal|operational|working|restored)|\bsystem (?:is )?fully (?:"
    r"restored|operational|recovered)\b|\bkeine daten (?:sind |wurden )?verloren|"
    r"\bgeen gegevens verloren|\baucune donnee (?:n )?(?:a ete )?perdue|\bno se "
    r"(?:han )?perdi\w* datos",
    re.IGNORECASE,
)
_MESSAGE = re.compile(
    r"\b(?:subject|dear|hi all|hello|status|we have|template|notice|message|betreff|"
    r"liebe|beste|cher|estimad)"
)


@rule(
    "success-hard-coded",
    "a text written beforehand says that all went well",
    Severity.WARNING,
)
def success_hard_coded(plan: Plan, context: Context) -> Iterator[Found]:
    """A message, in a block or a template, that promises what nobody knows yet."""
    for code in plan.codes:
        if not _MESSAGE.search(words(code.text)) and "echo" not in code.text:
            continue
        for row, line in code_lines(code):
            if line.lstrip().startswith("#"):
                continue
            found = _SUCCESS.search(line)
            if found:
                place = code.place(plan.path, row, found.start(), row, found.end())
                yield _claimed(found[0], place)
    for section in plan.sections:
        if not section.quoted:
            continue
        for text in section.texts:
            said = plain(text.text)
            found = _SUCCESS.search(said)
            if found and text.checked is None:
                yield _claimed(found[0], plan.place(text.line))


def _claimed(said: str, place: Place) -> Found:
    return Found(
        place,
        f'"{said}" is written before anybody knows. Sent when it is not so, it is what '
        f"the incident will be remembered for.",
        "Write what was checked, with a field for the result: `{rows checked} rows "
        "compared, {rows missing} missing`.",
    )


RULES = (steps_out_of_order, success_hard_coded)
