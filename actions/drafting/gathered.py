"""What a rollback document says of a migration, with the lines it says it in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ...checks.plans.document import Plan
from ...checks.plans.meaning import LONG, words
from ...checks.plans.outline import Outline, Topic, outline, plain, rows
from .words import longest, one_line, opposite, paths, reached, slug


class Said(NamedTuple):
    """A text, and the line of the document that says it."""

    text: str
    line: int


class Flag(NamedTuple):
    """A switch; `legacy` or `new` is "" where the document does not say it."""

    line: int
    legacy: str
    new: str
    env: str = ""
    file: str = ""
    section: str = ""
    key: str = ""


class Severity(NamedTuple):
    """One row of the decision matrix."""

    line: int
    name: str
    action: str
    within: str
    approve: tuple[str, ...]
    notify: tuple[str, ...]


class Trigger(NamedTuple):
    """What starts a rollback; `number` is None for what is seen in words."""

    line: int
    text: str
    metric: str
    number: float | None
    is_below: bool
    is_planned: bool


class Contact(NamedTuple):
    """Who, and how: "" where the document gives no way to reach them."""

    line: int
    name: str
    way: str
    said: str


_REF = re.compile(
    r"git\s+(?:checkout|reset\s+--hard|restore\s+--source=?|switch\s+--detach)\s*"
    r"(?:-b\s+(?:\$\([^)]*\)|\S)+\s+)?(?P<ref>[A-Za-z][\w./-]*)(?=\s|$)"
)
_BRANCH = re.compile(
    r"git\s+(?:checkout\s+-[bB]|switch\s+-c|branch)\s+(?P<name>[\w./{}%$()+ -]+?)"
    r"(?=\s+[A-Za-z][\w./-]*\s*$|\s*$)",
    re.MULTILINE,
)
_NO_REF = frozenset({"HEAD", "main", "master", "develop", "origin", "FETCH_HEAD"})
_ENV = re.compile(
    r"(?:^|[\s`(])(?:export\s+)?(?P<name>[A-Z][A-Z0-9]*_[A-Z0-9_]+)=[\"']?"
    r"(?P<value>[\w.-]+)[\"']?(?=$|[\s`).,])",
    re.MULTILINE,
)
_GETENV = re.compile(
    r"(?:getenv|environ\.get)\(\s*[\"'](?P<name>\w+)[\"']\s*,\s*[\"'](?P<default>\w+)"
)
_INI = re.compile(
    r"^\[(?P<section>[\w.-]+)\]\s*\n(?P<key>[\w.-]+)\s*=\s*(?P<value>\S+)", re.MULTILINE
)
_INI_FILE = re.compile(r"[\w./-]+\.(?:ini|cfg|conf|toml)\b")
_ADR = re.compile(r"\bADR[- ]?(?P<number>\d+)\b", re.IGNORECASE)


class Gathered:
    """One document, read for a draft. Nothing is guessed that it does not say."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.sought: Outline = outline(plan)

    @property
    def title(self) -> Said:
        """The document's first heading; its file's name where there is none."""
        for section in self.plan.sections[1:]:
            return Said(one_line(section.title), section.line)
        return Said(self.plan.path.rpartition("/")[2].rpartition(".")[0], 1)

    @property
    def purpose(self) -> Said | None:
        """The first paragraph that is a sentence."""
        for text in self.plan.texts:
            said = one_line(text.text)
            if text.kind == "paragraph" and said.endswith(".") and len(said) > 30:
                return Said(said[:300], text.line)
        return None

    @property
    def strategy(self) -> Said | None:
        """How old and new stand beside each other, where it is said."""
        for name, pattern in (
            ("direct-replacement", r"\bdirect replacement\b"),
            ("parallel-run", r"\bparallel run|run in parallel|shadow mode\b"),
        ):
            for text in self.plan.texts:
                if re.search(pattern, words(plain(text.text))):
                    return Said(name, text.line)
        return None

    @property
    def record(self) -> Said | None:
        """The decision record that is named, by its number."""
        for text in self.plan.texts:
            if found := _ADR.search(text.text):
                return Said(found[0], text.line)
        return None

    @property
    def baseline(self) -> Said | None:
        """The tag or commit that steps go back to."""
        for line, text in self.commands():
            found = _REF.search(text)
            if found and found["ref"] not in _NO_REF:
                return Said(found["ref"], line)
        return None

    @property
    def branch(self) -> Said | None:
        """The rollback branch's name; the date in it as {date}."""
        for line, text in self.commands():
            if found := _BRANCH.search(text):
                name = re.sub(r"\$\(date[^)]*\)", "{date}", found["name"].strip())
                if re.fullmatch(r"[\w./{}-]+", name):
                    return Said(name, line)
        return None

    def commands(self) -> Iterator[tuple[int, str]]:
        """The lines of blocks and the inline code, comments left out."""
        found = [
            (code.line + offset, line)
            for code in self.plan.codes
            for offset, line in enumerate(code.text.split("\n"))
            if line.strip() and not line.lstrip().startswith("#")
        ]
        found += [(span.line, span.code) for span in self.plan.spans]
        return iter(sorted(found))

    def flags(self) -> list[Flag]:
        """Environment variables and settings that steps set back."""
        found: dict[str, Flag] = {}
        for line, text in self.commands():
            for match in _ENV.finditer(text):
                name, value = match["name"], match["value"]
                way = self.sought.is_in(line, "re-enablement")
                other = opposite(value)
                flag = Flag(
                    line, other if way else value, value if way else other, env=name
                )
                found.setdefault(name, flag)
        for code in self.plan.codes:
            for match in _GETENV.finditer(code.text):
                default = match["default"]
                line = code.line + code.text.count("\n", 0, match.start())
                flag = Flag(line, default, opposite(default), env=match["name"])
                found.setdefault(match["name"], flag)
            for match in _INI.finditer(code.text):
                file = _INI_FILE.search(code.text[: match.start()])
                value = match["value"]
                if file and "re-enabl" not in code.section.trail.casefold():
                    line = code.line + code.text.count("\n", 0, match.start("key"))
                    flag = Flag(
                        line, value, opposite(value), file=file[0],
                        section=match["section"], key=match["key"],
                    )  # fmt: skip
                    found.setdefault(f"{file[0]}:{match['key']}", flag)
        return list(found.values())

    def severities(self) -> list[Severity]:
        """The rows of a decision matrix whose first cells are P0, SEV1 and so on."""
        found: list[Severity] = []
        for table, row in rows(self.plan.tables):
            name = re.match(r"\W*(?P<id>P\d|SEV-?\d|S\d)\b", plain(row.cells[0]))
            if name is None or not self.sought.is_in(table.line, "decision"):
                continue
            said = [one_line(cell) for cell in row.cells[1:]]
            whole = " ".join(said).casefold()
            forward = "fix forward" in whole or "no rollback" in whole
            approve = tuple(
                slug(
                    re.sub(
                        r"(?i)\b(approval|approves?|discussion|decides?)\b", "", cell
                    )
                )
                for cell in said[1:]
                if re.search(r"(?i)\b(approv|discuss|decid)", cell)
            )
            notify = tuple(
                slug(re.sub(r"(?i)\b(notify|inform|tell)\b", "", cell))
                for cell in said[1:]
                if re.search(r"(?i)\b(notify|inform|tell)\b", cell)
            )
            found.append(
                Severity(
                    row.line, name["id"].replace("-", ""),
                    "fix-forward" if forward else "revert",
                    longest(said[0]) if said else "",
                    tuple(filter(None, approve)), tuple(filter(None, notify)),
                )
            )  # fmt: skip
        return found

    def triggers(self) -> list[Trigger]:
        """The items of sections of triggers."""
        found: dict[int, Trigger] = {}
        for topic in self.sought.about("triggers"):
            if topic.first:
                trail = f"{topic.section.trail} {topic.title}"
                found.setdefault(
                    topic.line, _trigger(Said(topic.first, topic.line), trail)
                )
            for text in self.sought.texts(topic):
                asked = text.text.rstrip().endswith("?")
                if text.kind == "item" and text.line != topic.line and not asked:
                    trail = f"{text.section.trail} {topic.title}"
                    found.setdefault(
                        text.line, _trigger(Said(text.text, text.line), trail)
                    )
        return list(found.values())

    def contacts(self) -> list[Contact]:
        """The people of sections of contacts."""
        found: dict[str, Contact] = {}
        for topic in self.sought.about("contacts"):
            for text in self.sought.texts(topic):
                if text.kind != "item":
                    continue
                said = one_line(text.text)
                name, _, way = said.partition(":")
                if re.match(r"(?i)\W*(check|review|consult|documentation|see)\b", said):
                    continue
                key = slug(re.sub(r"\(.*?\)", "", name))
                if key:
                    contact = Contact(text.line, key, reached(way or said), said)
                    found.setdefault(key, contact)
            for _, row in rows(self.sought.tables(topic)):
                said = one_line(" ".join(row.cells))
                key = slug(row.cells[0])
                way = reached(" ".join(row.cells[1:]))
                if key:
                    found.setdefault(key, Contact(row.line, key, way, said))
        if not found:  # "For questions, contact @phase3-team in #fusion-dev"
            for text in self.plan.texts:
                named = re.search(
                    r"\bcontact\b[^.\n]{0,60}?(@[A-Za-z][\w/-]*)",
                    text.text[:LONG],
                    re.IGNORECASE,
                )
                if named is not None and (key := slug(named[1])):
                    found[key] = Contact(text.line, key, named[1], one_line(named[0]))
                    break
        return list(found.values())

    def channel(self) -> Said | None:
        """The channel in which people are told."""
        return self._reach(r"(?<![\w&#/])#[a-z][a-z0-9_-]+")

    def mention(self) -> Said | None:
        """The handle that is called there."""
        return self._reach(r"(?<![\w.])@[A-Za-z][\w/-]*")

    def _reach(self, pattern: str) -> Said | None:
        for text in self.plan.texts:
            found = re.search(pattern, plain(text.text))
            if found:
                return Said(found[0], text.line)
        return None

    def checklists(self) -> dict[str, list[Said]]:
        """Items for people: before, after, a day later, and so that it need not be."""
        found: dict[str, list[Said]] = {}
        taken = {topic.line for topic in self._asking()}
        for topic in self._inner_first():
            kind = _kind(topic)
            if kind is None:
                continue
            for text in self.sought.texts(topic):
                if text.kind != "item" or text.line == topic.line or text.depth > 1:
                    continue
                item = Said(one_line(text.text).rstrip(":"), text.line)
                if item.text and item.line not in taken:
                    taken.add(item.line)
                    found.setdefault(kind, []).append(item)
        return {kind: sorted(found[kind], key=lambda i: i.line) for kind in found}

    def _inner_first(self) -> list[Topic]:
        return sorted(self.sought.topics, key=lambda t: t.end_line - t.line)

    def _asking(self) -> list[Topic]:
        """The labels that have questions, of a post-mortem mostly."""
        return [
            topic
            for topic in self.sought.topics
            if not topic.heading
            and any(
                text.text.rstrip().endswith("?") and text.line != topic.line
                for text in self.sought.texts(topic)
            )
        ]

    def required(self) -> list[Said]:
        """What must be true before it is switched on again."""
        found: dict[str, Said] = {}
        for topic in self.sought.about("re-enablement"):
            for text in self.sought.texts(topic):
                if text.checked is not None:
                    said = one_line(text.text)
                    found.setdefault(said, Said(said, text.line))
        return list(found.values())

    def questions(self) -> dict[str, list[Said]]:
        """The questions of a post-mortem, by the label right above them."""
        found: dict[str, list[Said]] = {}
        taken: set[int] = set()
        for topic in sorted(self._asking(), key=lambda t: t.end_line - t.line):
            trail = words(topic.section.trail)
            if not re.search(r"lesson|post (?:rollback|mortem|incident)|after", trail):
                continue
            for text in self.sought.texts(topic):
                if text.text.rstrip().endswith("?") and text.line not in taken:
                    taken.add(text.line)
                    said = Said(one_line(text.text), text.line)
                    found.setdefault(topic.title, []).append(said)
        ordered = sorted(found.items(), key=lambda entry: entry[1][0].line)
        return dict(ordered)

    def documents(self) -> list[Said]:
        """Other documents that it names by their path."""
        found: dict[str, Said] = {}
        for span in self.plan.spans:
            for path in paths(span.code):
                if path.endswith((".md", ".rst")) and not path.startswith("."):
                    found.setdefault(path, Said(path, span.line))
        return list(found.values())

    def guards(self) -> list[Said]:
        """Workflows that it names."""
        found: dict[str, Said] = {}
        for number, line in enumerate(self.plan.lines, 1):
            for match in re.finditer(r"\.github/workflows/[\w.-]+\.ya?ml", line):
                found.setdefault(match[0], Said(match[0], number))
        return list(found.values())

    def listed(self, title: str) -> list[Said]:
        """The paths in the items below a heading that holds `title`."""
        found: dict[str, Said] = {}
        for topic in self.sought.topics:
            if topic.heading and title in words(topic.title):
                for text in self.sought.texts(topic):
                    if text.kind == "item":
                        for path in list(paths(text.text.replace("`", " ")))[:1]:
                            found.setdefault(path, Said(path, text.line))
        return list(found.values())

    def timeline(self) -> list[tuple[int, str, str, str]]:
        """Line, action, duration and recovery point of a table of steps."""
        found: list[tuple[int, str, str, str]] = []
        for table in self.plan.tables:
            titles = [words(cell) for cell in table.header]
            lasts = next((i for i, t in enumerate(titles) if "duration" in t), None)
            does = next(
                (i for i, t in enumerate(titles) if t in ("action", "step")), None
            )
            point = next(
                (i for i, t in enumerate(titles) if "recovery point" in t), None
            )
            if lasts is None or does is None:
                continue
            for row in table.rows:
                cells = [one_line(cell) for cell in row.cells]
                whole = words(" ".join(cells[:2]))
                duration = longest(cells[lasts])
                if duration and not re.match(r"total|sum", whole):
                    safe = cells[point] if point is not None else ""
                    found.append((row.line, cells[does], duration, safe))
        return found


def _kind(topic: Topic) -> str | None:
    title = words(topic.title)
    if re.search(r"\b(?:24 ?h|day after|24 hours?)", title):
        return "day"
    if re.search(r"\bprevent|best practices", title):
        return "prevention"
    if re.search(r"^(?:before|pre rollback|pre ?flight)\b(?!.* re ?enabl)", title):
        return "before"
    if re.search(
        r"^(?:after|post)\b.*\b(?:rollback|revert|recovery|incident)|^immediate checks",
        title,
    ):
        return "after"
    # A list of its own that says neither: what one goes through while one does it.
    return "before" if re.search(r"rollback checklist$", title) else None


_ABOVE = re.compile(
    r"[>≥]=?\s*(?P<n>\d+(?:\.\d+)?)\s*(?P<percent>%)?|(?:above|over|exceed\w*|more than)\s+(?P<m>\d+(?:\.\d+)?)\s*(?P<p>%)?|(?P<low>\d+(?:\.\d+)?)\s*[-–]\s*\d+(?:\.\d+)?\s*(?P<q>%)",
    re.IGNORECASE,
)
_BELOW = re.compile(
    r"[<≤]=?\s*(?P<n>\d+(?:\.\d+)?)\s*(?P<percent>%)?|(?:below|under|less than|drops? to)\s+(?P<m>\d+(?:\.\d+)?)\s*(?P<p>%)?",
    re.IGNORECASE,
)


_PLANNED = re.compile(r"\b(?:planned|scheduled|non critical|consider)\b")


def _trigger(entry: Said, trail: str) -> Trigger:
    planned = _PLANNED.search(words(trail)) is not None
    said = one_line(entry.text)
    for pattern, is_below in ((_ABOVE, False), (_BELOW, True)):
        found = pattern.search(said)
        if found is None:
            continue
        groups = found.groupdict()
        number = float(groups["n"] or groups["m"] or groups.get("low") or 0)
        if groups["percent"] or groups["p"] or groups.get("q"):
            number /= 100
        name = re.sub(
            r"(?i)\b(severe|critical|when|if|sustained|elevated)\b",
            "",
            said[: found.start()],
        )
        metric = slug(name.partition(":")[0]).replace("-", "_")
        if metric:
            return Trigger(entry.line, said, metric[:40], number, is_below, planned)
    return Trigger(entry.line, said, "", None, False, planned)
