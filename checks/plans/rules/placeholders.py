"""The rule about what somebody meant to fill in, and did not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ....core.finding import Place, Severity
from ..document import Code, Plan, Text
from ..meaning import LONG, words
from ..outline import Outline, code_lines, outline
from ..procedure import goes_back
from ..python import Snippet
from ..rule import Context, Found, rule

_SHELL = frozenset(
    {
        "", "bash", "sh", "shell", "zsh", "console", "shell-session", "shellsession",
        "terminal", "powershell", "ps1", "pwsh", "cmd", "bat", "fish", "dockerfile",
    }
)  # fmt: skip
_CONFIGURATION = frozenset({"dotenv", "env", "ini", "toml", "yaml", "yml", "sql"})

# `<commit-hash>`, but no redirection (`<file`, `<(sort a)`, `<<EOF`), and no markup.
_ANGLES = r"(?<![<\w])<(?!(?:a|abbr|b|body|br|code|div|em|footer|form|h[1-6r]|head|header|html|i|img|li|link|main|meta|ol|p|pre|script|section|small|span|strong|style|table|tbody|td|th|title|tr|ul)\b)[A-Za-z](?:[\w./ |:-]{0,50}[\w).])?>(?!\()"
# `{repoId}`, but not `${X}`, `{{ x }}`, `%{http_code}`, `HEAD@{1}`, `{a,b}`, `{print}`.
_BRACES = r"(?<![$\w{%@^\\.'])\{(?!(?:print|end|else|range)\})[A-Za-z][\w -]{1,40}\}(?![\w}*])"
# `[previous-deployment-url]`: no test, no class of characters, no index.
_BRACKETS = (
    r"(?<![\w$\]/*?@.-])\[[A-Za-z]{3,40}(?:[ _-][A-Za-z]{2,40}){1,6}\](?![\w*+?{(-])"
)
_NAMES = (
    r"\b(?:CHANGE_?ME|REPLACE(?:_ME|_WITH\w*|ME)|FILL_?ME(?:_IN)?|YOUR[_-][A-Z_]+|"
    r"PREVIOUS_(?:COMMIT|VERSION|TAG|SHA)|COMMIT_(?:HASH|SHA|ID)|TODO|FIXME|TBD|"
    r"vX\.Y(?:\.Z)?|X\.Y\.Z|x\.x\.x(?:\.x)?)(?![\w=])"
)
_DATES = (
    r"(?<![A-Za-z0-9%+])(?:YYYY-?MM-?DD(?:[-_T]?HH-?:?MM(?:-?:?SS)?)?|DD[.-]MM[.-]YYYY)"
)
_SPOKEN = (
    r"[\w.+-]{1,64}@(?:your|my)?(?:company|domain|org|organi[sz]ation|example)\.\w+|"
    r"/path/to/[\w./-]{0,200}|\byour[-_][a-z][\w-]{0,60}|\b(?:your|my)(?:app|domain|company|"
    r"server|host|database|db|repo|project|org)(?=\b|\.)|"
    r"(?<![\w$.}-])(?:[\w-]{1,40}\.){0,4}example\.(?:com|org|net)\b|"
    r"(?<=[.}])example\.(?:com|org|net)\b"
)
_IN_COMMANDS = re.compile(
    "|".join((_ANGLES, _BRACES, _BRACKETS, _DATES, rf"(?<![$\w{{]){_NAMES}", _SPOKEN))
)
# In configuration, braces and brackets are its own.
_IN_VALUES = re.compile("|".join((_ANGLES, _DATES, rf"(?<![$\w{{]){_NAMES}", _SPOKEN)))
_HERE = re.compile(r"<<-?\s*['\"]?(?P<word>\w+)['\"]?")
_MESSAGE = re.compile(
    r"\b(?:git\s+commit\b.*?\s-[a-z]*m|gh\s.*?\s--body)[ =]+(?P<quote>[\"'])"
)
_DATE_FORMAT = re.compile(r"\bdate\s[^;|&)]*|strftime\([^)]*\)")

# In prose only what nobody writes for its own sake.
_IN_PROSE = re.compile(
    r"\[(?:contact|name|names|date|current date|your [\w ]+|phone|email|e-mail|number|"
    r"url|link|time|tbd|todo|insert [\w ]+|version|ticket|person|role|team|team "
    r"name|owner|company|environment|hash|commit|sha|datum|naam|fecha|nombre|nom)\]"
    r"(?![\[(:])|\b(?:TBD|TBC)\b|\b(?:TODO|FIXME)\b(?=[:\s]|$)|<(?:your|insert|name|date|"
    r"commit|sha|hash|version|tag)[\w -]*>|\{[A-Z][A-Z _/-]*\}",
    re.IGNORECASE,
)
_TO_DO = re.compile(r"\b(?:TODO|FIXME)\b(?=[:\s]|$)")
# "TODO: fix the cache": work for later; "TODO: add the contacts": a gap of this plan.
_WORK = re.compile(
    r"\W*(?!add|write|fill|document|describe|decide|define|list|complete|name|put|insert"
    r"|contact|steps?\b)[A-Za-z]+ \w+",
    re.IGNORECASE,
)
_BRACED_FIELD = re.compile(r"\{[A-Z][A-Z _/-]*\}")
_INCIDENT = re.compile(
    r"commit|sha\b|hash|tag\b|version|revision|release|deploy|previous|last|good|"
    r"back ?up|snapshot|timestamp|date|pr\b|pull|migration|image",
    re.IGNORECASE,
)
# What comes with the incident itself: no plan, however particular, can know it.
_COMES_WITH_IT = re.compile(
    r"\b(?:pid|time ?stamp|incident|affected|failed|failing|failure|corrupt\w*|broken|"
    r"current|outage|recovery|target time|user id|customer|order id|row|reason|who|"
    r"your name|new (?:db|host|ip|url|instance)\b|ids?$|what)\b",
    re.IGNORECASE,
)
_PARTICULAR = re.compile(
    r"\b(?:eliminat\w*|migrat\w*|phase|stage|story|cut ?over|upgrade|refactor\w*|"
    r"replacement|redesign|task|ticket|rfc|adr|v\d[\w.]*|v \d+)\b|[a-z]+ \d+"
)
# "Migration rollback runbook" is for every migration there will be; "Phase 4" is one.
_FOR_ANY = re.compile(
    r"\b(?:runbooks?|playbooks?|procedures?|guide|handbook|disaster|templates?|"
    r"emergency|how to|manual|proced\w+|guia)\b"
)
_GENERIC_WORDS = re.compile(
    r"\b(?:database|data|db|schema|sql|migrations?|roll ?backs?|rolling|back|plan|plano|"
    r"the|a|of|for|and|de|da|do|production|prod|emergency|strategy)\b"
)
_NUMBERED = re.compile(r"\b(?:phase|stage|story|task|ticket|rfc|adr) ?\w*\d|\bv ?\d")
_WITH_ARGUMENTS = re.compile(
    r"(?!(?:case|if|def|class|return|import|from|let|const|var|func|fn|type|where|and|or)\b)"
    r"[a-z./][\w./-]* "
)
# "configurable via `fly volumes update --retention <days>`": told, not asked for.
_SPOKEN_OF = re.compile(r"\b(?:via|through|like|such as|e\.g\.)\W*$", re.IGNORECASE)
_TEMPLATE = re.compile(r"\btemplates?\b|\bvorlage|\bsjabloon|\bmodele\b|\bplantilla")


class _Hole(NamedTuple):
    text: str
    place: Place
    mark: bool  # a name in marks, `<sha>`: a person puts something there


def _comes_with_it(hole: _Hole) -> bool:
    return hole.mark and _COMES_WITH_IT.search(words(hole.text)) is not None


@rule("unfilled-placeholder", "a placeholder was never filled in")
def unfilled_placeholder(plan: Plan, context: Context) -> Iterator[Found]:
    """In commands everywhere; in prose outside of messages, contacts and templates."""
    sought = outline(plan, context.policy)
    particular = context.migration is not None or _is_particular(plan)
    same: dict[str, list[_Hole]] = {}
    for hole in sorted(_in_steps(sought), key=lambda hole: hole.place.line):
        same.setdefault(hole.text, []).append(hole)
    for holes in same.values():
        yield _found(holes, particular)
    for snippet in plan.snippets:
        if snippet.command is None:
            yield from _never_formatted(plan, snippet)
    for text in plan.texts:
        if not plan.is_quoted(text.line):
            yield from _in_prose(sought, text)


def _in_steps(sought: Outline) -> Iterator[_Hole]:
    """The holes in blocks and in inline commands, but for texts that are sent."""
    plan = sought.plan
    for code in plan.codes:
        if not _is_message(sought, code.line, code.section.title):
            yield from _holes(plan, code)
    for span in plan.spans:
        found = _IN_COMMANDS.search(span.code[:LONG])
        is_step = span.text.kind == "item" and _WITH_ARGUMENTS.match(span.code)
        end = span.column - 1
        before = plan.lines[span.line - 1][max(0, end - 20) : end]
        if _SPOKEN_OF.search(before):
            continue
        if found and is_step and not _is_message(sought, span.line, ""):
            start = span.column + found.start()
            place = Place(plan.path, span.line, start, span.line, start + len(found[0]))
            yield _Hole(found[0], place, _is_mark(found[0]))


def _found(holes: list[_Hole], particular: bool) -> Found:
    first, *others = holes
    often = f" ({len(holes)} times in this plan)" if others else ""
    also = tuple((hole.place, "here too") for hole in others[:5])
    looked_up = all(hole.mark for hole in holes) and not particular
    if looked_up or _comes_with_it(first):
        known = bool(_INCIDENT.search(first.text)) or _comes_with_it(first)
        return Found(
            first.place,
            f"`{first.text}` is looked up at night{often}: this runbook cannot know it."
            if known
            else f"`{first.text}` is open{often}: if it is the same every time, it was "
            f"never filled in.",
            "Say by which command it is found, right above."
            if known
            else "Put the value there, or say right above how it is found.",
            Severity.WARNING,
            related=also,
        )
    return Found(
        first.place,
        f"`{first.text}` was never filled in{often}: pasted as it stands, the command "
        f"fails or does something else.",
        "Put the value there, or the command that prints it.",
        related=also,
    )


def _is_particular(plan: Plan) -> bool:
    """Whether this is the plan of one change, which could have been filled in."""
    title = next((s.title for s in plan.sections if s.level == 1), "")[:200]
    title = words(re.sub(r"\([^()]*\)", " ", title))
    if _NUMBERED.search(title):
        return True
    if _FOR_ANY.search(title) or not _GENERIC_WORDS.sub("", title).strip():
        return False
    return plan.is_phased or _PARTICULAR.search(title) is not None


def _is_message(sought: Outline, line: int, title: str) -> bool:
    """Whether `line` is part of a text that is sent: its fields are filled in then."""
    return sought.is_in(line, "communication") or bool(_TEMPLATE.search(words(title)))


def _holes(plan: Plan, code: Code) -> Iterator[_Hole]:
    if code.language in _SHELL:
        pattern = _IN_COMMANDS
    elif code.language in _CONFIGURATION:
        pattern = _IN_VALUES
    else:
        return
    if not code.language and not _looks_like_commands(code):
        return
    document = ""  # the word that ends the here-document, which is text, not command
    message = ""  # the quote that ends a commit's message, which is text as well
    for row, line in code_lines(code):
        if message:
            message = "" if message in line else message
            continue
        if document:
            document = "" if line.strip() == document else document
            continue
        if line.lstrip().startswith(("#", "--", "//", ";", "REM ")):
            continue
        if opened := _HERE.search(line):
            document = opened["word"]
        if told := _MESSAGE.search(line):
            message = "" if told["quote"] in line[told.end() :] else told["quote"]
            line = line[: told.start()]
        dates = [found.span() for found in _DATE_FORMAT.finditer(line)]
        bare = re.split(r"\s#\s", line, maxsplit=1)[0]
        for found in pattern.finditer(bare):
            if any(start <= found.start() < end for start, end in dates):
                continue
            if _is_sample(code, bare, found) or _SECRET.search(bare[: found.start()]):
                continue
            place = code.place(plan.path, row, found.start(), row, found.end())
            # How a thing is configured once is no step of the way back.
            is_set_up = _sets_up(code, line)
            yield _Hole(found[0], place, is_set_up or _is_mark(found[0]))


_SET_UP = re.compile(
    r"\b(?:configur\w*|set ?up|environment|install\w*|variables?|settings)\b",
    re.IGNORECASE,
)


def _sets_up(code: Code, line: str) -> bool:
    """Whether a line gives a setting a value, where no way back is told."""
    if code.language not in _CONFIGURATION and not _VALUE.match(line):
        return False
    return not goes_back(code.section) or _SET_UP.search(code.section.title) is not None


_VALUE = re.compile(r"\s*[A-Z][A-Z0-9_]*=\S*\s*$")
# `DB_PASSWORD=your-password`: what no plan may hold, and everybody looks up.
_SECRET = re.compile(
    r"\b\w*(?:PASS|PASSWORD|SECRET|TOKEN|API_KEY|ACCESS_KEY|ACCESS_KEY_ID)\w*\s*[=:]\s*[\"']?$",
    re.IGNORECASE,
)
# `"email": "test@example.com"`: what a smoke test sends, and to whom no mail shall go.
_SENT = re.compile(r"[\"'][\w-]+[\"']\s*:\s*[\"']?\s*$")
# `echo "Cancelled: <N>"`: read by a person, and sent nowhere.
_PRINTED = re.compile(
    r"^\s*(?:echo|printf)\s+[\"'][^|>;&$`]*(?:<[\w -]+>[^|>;&$`]*)+[\"']?\s*$"
)
_FORMATTED = re.compile(r"\bf(?:\"[^\"]*|'[^']*)$")
# `- name: webhook.example.com`: a name that nobody looks up.
_NAMED = re.compile(r"^\s*(?:-\s+)?name:\s*[\"']?$")


def _is_sample(code: Code, line: str, found: re.Match[str]) -> bool:
    """Whether it is printed for a person, or an address of the test's own data."""
    before = line[: found.start()]
    if _PRINTED.match(line) or (found[0][0] == "{" and _FORMATTED.search(before)):
        return True
    if "example." not in found[0]:
        return False
    return (
        _SENT.search(before) is not None
        if "@" in found[0]
        else code.language in ("yaml", "yml") and _NAMED.search(before) is not None
    )


def _is_mark(hole: str) -> bool:
    """Whether it is a name in marks. `/path/to/shop` and a secret's name never are.

    `<your-org>` is the same on every night, and could have been written down. The date
    in a backup's name comes with the night.
    """
    if re.match("YYYY|DD", hole):
        return True
    return hole[0] in "<{[" and re.match(r".(?:your|my)\b", hole, re.IGNORECASE) is None


_COMMAND = re.compile(
    r"^\s*(?:\$ |sudo |git |docker|kubectl |helm |npm |pip |python|psql |pg_|mysql|"
    r"redis-|curl |ssh |cd |cp |rm |mv |tar |systemctl |\./|make |aws |gcloud |az |"
    r"terraform |ansible|alembic |flyway |npx |pnpm |yarn |export )"
)


def _looks_like_commands(code: Code) -> bool:
    return any(_COMMAND.match(line) for _, line in code_lines(code))


def _never_formatted(plan: Plan, snippet: Snippet) -> Iterator[Found]:
    """A text with `{fields}` in Python that nothing in its block ever fills in."""
    if snippet.tree is None or "{" not in snippet.text:
        return
    import libcst as cst

    from ...symbols.nodes import children

    uses: set[str] = set()
    texts: list[tuple[str, str]] = []
    stack: list[cst.CSTNode] = [snippet.tree]
    while stack:
        node = stack.pop()
        if (
            isinstance(node, cst.Attribute)
            and isinstance(node.value, cst.Name)
            and node.attr.value in ("format", "format_map", "replace", "substitute")
        ):
            uses.add(node.value.value)
        elif isinstance(node, cst.Assign) and len(node.targets) == 1:
            target, value = node.targets[0].target, node.value
            if isinstance(target, cst.Name) and isinstance(value, cst.SimpleString):
                texts.append((target.value, value.raw_value))
        stack.extend(reversed([*children(node)]))
    for name, text in texts:
        fields = re.findall(r"(?<!\{)\{[a-z_]\w*\}(?!\})", text)
        if not fields or name in uses:
            continue
        listed = ", ".join(f"`{field}`" for field in dict.fromkeys(fields))
        found = re.search(rf"^\s*{re.escape(name)}\s*=", snippet.text, re.MULTILINE)
        row = 0 if found is None else snippet.text.count("\n", 0, found.end())
        yield Found(
            plan.place(snippet.code.line + row),
            f"Nothing fills in {listed}: the users get the braces.",
            f"Send `{name}.format(...)`, or write an f-string.",
        )


def _in_prose(sought: Outline, text: Text) -> Iterator[Found]:
    # Contacts have a rule of their own; in a message only what is still to be written
    # is a gap, its fields are not.
    if text.kind == "item" and sought.is_in(text.line, "contacts"):
        return
    pattern = _TO_DO if sought.is_in(text.line, "communication") else _IN_PROSE
    for offset, whole in enumerate(text.text.split("\n")):
        line = whole[:LONG]
        bare = re.sub(r"`[^`]*`", lambda found: " " * len(found[0]), line)
        for found in pattern.finditer(bare):
            if found[0].startswith("{") and not _BRACED_FIELD.fullmatch(found[0]):
                continue
            place = sought.plan.place(text.line + offset)
            if _TO_DO.match(found[0]):
                yield Found(
                    place,
                    f'"{_short(line[found.start() :])}" is still to be done.',
                    "Do it or write it down now; who reads this at night cannot ask.",
                    Severity.WARNING if _WORK.match(line, found.end()) else None,
                )
            else:
                yield Found(
                    place,
                    f'"{found[0]}" was never filled in.',
                    "Put the value there; who reads it at night cannot ask.",
                    Severity.WARNING,
                )
            break


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."


RULES = (unfilled_placeholder,)
