"""The phases of a migration as a rollback document tells them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ...checks.plans.document import Section
from ...checks.plans.durations import policy_form, stretches
from ...checks.plans.meaning import words
from ...checks.plans.outline import Topic, plain, rows
from ...checks.plans.promises import promises
from .gathered import Gathered, Said
from .words import one_line, paths

_RISK = re.compile(r"\b(?P<risk>low|medium|high|critical)\b")
_VERIFIES = re.compile(r"\b(verif|test|confirm|check|validat)")
_RUNS = re.compile(r"^(?:python3?|pytest|npm|make|curl|psql|go|cargo|\./)[\w\s]")
_DATABASE = re.compile(r"\s(?:-d\s*|--dbname[= ])(?P<name>[A-Za-z_]\w*)")
_ENGINES = (
    ("postgresql", re.compile(r"\b(?:pg_restore|pg_dump|psql)\b")),
    ("mysql", re.compile(r"\bmysql(?:dump)?\b")),
    ("redis", re.compile(r"\bredis-cli\b")),
    ("sqlite", re.compile(r"\bsqlite3\b")),
)
_RESTORES = re.compile(r"\bpg_restore\b|\bpsql\b.*<|\bmysql\b.*<|--pipe\b|\.restore\b")


class Data(NamedTuple):
    """Data that a phase's rollback restores."""

    line: int
    engine: str
    database: str
    restore: str


class Phase(NamedTuple):
    """One phase. What is "" or empty, the document does not say."""

    line: int
    id: str
    title: str
    risk: str
    impact: str
    symptoms: tuple[Said, ...]
    recovery_time: str
    rollback: str
    because: str
    paths: tuple[Said, ...]
    modified: tuple[Said, ...]
    shared: tuple[Said, ...]
    verify: tuple[Said, ...]
    data: Data | None


class _Paths(NamedTuple):
    """What a phase added and its rollback removes, what it changed, and what it removes
    though it is another phase's."""

    own: tuple[Said, ...] = ()
    changed: tuple[Said, ...] = ()
    shared: tuple[Said, ...] = ()


_NONE = _Paths()


def phases(document: Gathered) -> list[Phase]:
    """Every phase, in the document's order; the whole is one where it names none.

    A range ("Phase 1-3") is a phase for each id. A file belongs to one phase: the first
    that names it gets it.
    """
    found: dict[str, Phase] = {}
    taken: set[str] = set()
    times = promises(document.sought)
    for section in document.plan.sections:
        if not section.phases or any(s.phases for s in list(section.lineage())[1:]):
            continue
        if section.quoted or not _is_own(section):
            continue
        inside = [p for p in times if section.line <= p.line < section.end_line]
        recovery = policy_form(max(p.seconds for p in inside)) if inside else ""
        for number, id in enumerate(section.phases):
            if id in found:
                continue
            mine = _paths(document, section, taken) if number == 0 else _NONE
            found[id] = _phase(document, section, id, recovery, mine)
    if found:
        return list(found.values())
    whole = document.plan.root
    mine = _paths(document, whole, taken)
    stated = [p for p in times if p.kind == "stated"]
    recovery = policy_form(max(p.seconds for p in stated)) if stated else ""
    scope = _scope(document)
    if scope is None:
        return [_phase(document, whole, "1", recovery, mine)]
    phase = _phase(document, whole, scope["id"], recovery, mine)
    return [phase._replace(title=one_line(scope["title"] or ""))]


_SCOPE = re.compile(
    r"\**(?:scope|phase|stage|geltungsbereich|bereik|portée|alcance)\s*:?\**\s*:?\s*"
    r"(?:phase|stage|étape|etapa|fase)\s+(?P<id>\d+)(?:\s*[-–—:]\s*(?P<title>.+?))?"
    r"(?:\s+only)?\W*$",
    re.IGNORECASE,
)


def _scope(document: Gathered) -> re.Match[str] | None:
    """The phase that the document's own head says it is about: "Scope: Phase 3 - X"."""
    for text in document.plan.texts:
        if document.plan.is_quoted(text.line):
            continue
        for line in text.text.split("\n"):
            if found := _SCOPE.match(line.strip()):
                return found
    return None


def whole_time(document: Gathered) -> str:
    """How long the whole rollback takes, where some total says so, in policy form."""
    for _, row in rows(document.plan.tables):
        said = [plain(cell) for cell in row.cells]
        if re.match(r"total|gesamt|totaal|summe", words(" ".join(said[:2]))):
            for cell in said:
                if times := stretches(cell):
                    return policy_form(times[0].high)
    return ""


def _is_own(section: Section) -> bool:
    """Whether the heading begins with its phase: "Phase 7: ...", not "... (Stage 9)"."""
    return (
        re.match(
            r"(?:\d+ )*(?:phase|stage|step|etape|etapa|fase|schritt)s?\b",
            words(section.title),
        )
        is not None
    )


def _phase(
    document: Gathered,
    section: Section,
    id: str,
    recovery: str,
    mine: _Paths,
) -> Phase:
    topics = [
        topic
        for topic in document.sought.topics
        if not topic.heading and section.line <= topic.line < section.end_line
    ]
    impact = _label(topics, "impact") if section.level else ""
    undo = _label(topics, "rollback") if section.level else ""
    rollback, because = _rollback(undo, bool(document.flags()))
    risk = _RISK.search(words(section.title)) or _RISK.match(words(impact))
    return Phase(
        section.line,
        id,
        _title(section.title) if section.level else "",
        risk["risk"] if risk else "",
        impact,
        tuple(
            Said(one_line(topic.first), topic.line)
            for topic in topics
            if words(topic.title) in ("issue", "symptom", "symptoms") and topic.first
        ),
        recovery,
        rollback,
        because,
        mine.own,
        mine.changed,
        mine.shared,
        tuple(_verify(document, section)),
        _data(document, section, id),
    )


def _label(topics: Sequence[Topic], name: str) -> str:
    return next((one_line(t.first) for t in topics if words(t.title) == name), "")


def _rollback(undo: str, has_flags: bool) -> tuple[str, str]:
    """How it is undone, and why no code needs to go back."""
    said = words(undo)
    if re.match(r"(no|none|not)\b.*|.*no rollback needed", said):
        return "none", undo
    if has_flags and re.search(r"\b(disable|turn off|switch off)\b.*\bflags?\b", said):
        return "flag", undo
    return "revert", ""


def _title(heading: str) -> str:
    """ "Phase 7: High Risk (Storage Layer)" is "Storage Layer"."""
    said = plain(heading)
    rest = said.partition(":")[2].strip() or said
    inside = re.search(r"\((?P<inside>[^)]+)\)\s*$", rest)
    if inside and re.search(r"(?i)\brisk|^critical\b", rest):
        return inside["inside"].strip()
    return rest


def _paths(document: Gathered, section: Section, taken: set[str]) -> _Paths:
    own: list[Said] = []
    shared: list[Said] = []
    changed: list[Said] = []
    for line, text in document.commands():
        if not section.line <= line < section.end_line:
            continue
        removes = re.match(r"\s*(?:git )?rm\b", text)
        restores = re.match(r"\s*git (?:checkout|restore)\b.*--", text)
        for path in paths(text):
            bare = path.rstrip("/")
            if removes and _covered(bare, taken):
                shared.append(Said(path, line))
            elif removes:
                taken.add(bare)
                glob = f"{bare}/**" if path.endswith("/") else bare
                own.append(Said(glob, line))
            elif restores and "." in bare.rpartition("/")[2]:
                changed.append(Said(bare, line))
    unique = {said.text: said for said in reversed(changed)}
    return _Paths(tuple(own), tuple(reversed(unique.values())), tuple(shared))


def _covered(path: str, taken: set[str]) -> bool:
    """Whether a file is another phase's already, or holds one that is."""
    return any(
        path == other or path.startswith(f"{other}/") or other.startswith(f"{path}/")
        for other in taken
    )


def _verify(document: Gathered, section: Section) -> Iterator[Said]:
    """Commands under a comment or a heading that speaks of verifying."""
    for code in document.plan.codes:
        if not section.line <= code.line < section.end_line:
            continue
        if code.language not in ("bash", "sh", "shell", ""):
            continue
        proves = document.sought.is_in(code.line, "verification")
        for offset, line in enumerate(code.text.split("\n")):
            if line.lstrip().startswith("#"):
                proves = bool(_VERIFIES.search(words(line)))
            elif (
                proves and _RUNS.match(line.strip()) and not re.search(r"[<>{}&]", line)
            ):
                yield Said(line.strip(), code.line + offset)


def _data(document: Gathered, section: Section, id: str) -> Data | None:
    for line, text in document.commands():
        if not _RESTORES.search(text):
            continue
        inside = section.line <= line < section.end_line
        if not inside and _meant(document, line) != (id,):
            continue
        for engine, pattern in _ENGINES:
            if pattern.search(text):
                named = _DATABASE.search(text)
                return Data(line, engine, named["name"] if named else "", text.strip())
    return None


def _meant(document: Gathered, line: int) -> tuple[str, ...]:
    """The one phase that a section about data names, in a heading beside this line's."""
    around = [
        section
        for section in document.plan.sections[1:]
        if section.line <= line < section.end_line
    ]
    if not around or any(section.phases for section in around):
        return ()
    parent = around[-1].parent
    beside = parent.children if parent is not None else []
    named = {section.phases for section in beside if section.phases}
    return named.pop() if len(named) == 1 else ()
