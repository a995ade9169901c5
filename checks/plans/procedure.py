"""Which steps belong together, what comes before what, and which files git keeps."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from .document import Plan, Section

if TYPE_CHECKING:
    from .rule import Context
    from .shell_command import Command, Script

_BACK = re.compile(
    r"\b(?:roll(?:ing|ed)?[- ]?back|rollbacks?|back[- ]?out|revert(?:ing)?|undo|"
    r"restor(?:e|ing|ation)|recover(?:y|ing)?|downgrade|emergency|fallback|"
    r"retour|reprise|r[üu]ckfall|zur[üu]ck)\b",
    re.IGNORECASE,
)
_FORWARD = re.compile(
    r"\b(?:re-?enabl\w+|re-?deploy\w*|re-?apply\w*|roll[- ]?forward|fix[- ]?forward|"
    r"roll[- ]?out|deploy(?:ment|ing)?|re-?land\w*|upgrad\w+|migrat(?:e|ing)|cut-?over|"
    r"installation|install|prevention|post-?rollback|next steps?|after (?:the )?fix)\b",
    re.IGNORECASE,
)
_AGAIN = re.compile(
    r"\b(?:re-?enabl\w+|re-?land\w*|re-?appl\w+|roll[- ]?forward|post-?rollback|"
    r"after (?:the |a )?rollback)\b",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"\b(?:before|pre-?\w+|prepar\w+|prerequisites?|back(?:ing)? ?up|backups?|snapshot|"
    r"prior)\b",
    re.IGNORECASE,
)


def goes_back(section: Section) -> bool:
    """Whether the section is about going back, and not about going on again.

    The innermost heading that says either decides; a title that says both is for going
    back ("Rollback of the deployment").
    """
    for around in section.lineage():
        if _AGAIN.search(around.title):
            return False
        if _BACK.search(around.title):
            return True
        if _FORWARD.search(around.title):
            return False
    return False


_TIDY = re.compile(
    r"\b(?:clean-?up|deprecat\w+|decommission\w*|deprovision\w*|sunset\w*)\b",
    re.IGNORECASE,
)


def tidies(section: Section) -> bool:
    """Whether the section takes the old code away for good, which is no rollback."""
    for around in section.lineage():
        if _BACK.search(around.title):
            return False
        if _TIDY.search(around.title):
            return True
    return False


def is_before(section: Section) -> bool:
    """Whether the section holds what is done before the change, like the backup."""
    for around in section.lineage():
        if _BEFORE.search(around.title) and not re.search(
            r"\brestor|\bfrom (?:a )?backup", around.title, re.IGNORECASE
        ):
            return True
        if _BACK.search(around.title):
            return False
    return False


_ASIDE = re.compile(
    r"\b(?:trouble-?shoot\w*|faq|issues?|problems?|examples?|references?|cheat|"
    r"commands|common|appendix)\b",
    re.IGNORECASE,
)


def is_aside(section: Section) -> bool:
    """Whether the section is no procedure: troubleshooting, examples, a cheat sheet."""
    return any(_ASIDE.search(around.title) for around in section.lineage())


# "Étape 4", "Schritt 2": a step where the plan has several of one procedure.
_STEP = re.compile(r"\W*(?:étape|etape|etapa|schritt)\b", re.IGNORECASE)


def procedure(section: Section) -> Section:
    """The whole procedure that a section is a step of.

    It is the nearest section that names a phase; without one, the outermost section
    below the plan's title, or the title's own where steps stand right below it.
    """
    chain = list(section.lineage())
    for around in chain:
        if around.phases and not _STEP.match(around.title):
            return around
    if not chain:
        return section
    top = chain[-1].parent
    has_title = top is not None and len(top.children) == 1 and not chain[-1].codes
    return chain[-2] if has_title and len(chain) > 1 else chain[-1]


def within(section: Section, whole: Section) -> bool:
    """Whether `section` is `whole` or lies in it."""
    return section is whole or any(around is whole for around in section.lineage())


class _Procedures:
    """The commands of each procedure, in order, and where each one stands."""

    def __init__(self, plan: Plan) -> None:
        self.steps: dict[int, list[Command]] = {}
        self.index: dict[int, int] = {}
        homes: dict[int, int] = {}
        for script in plan.scripts:
            section = script.code.section
            home = homes.get(id(section))
            if home is None:
                home = homes[id(section)] = id(procedure(section))
            commands = self.steps.setdefault(home, [])
            for command in script.commands:
                self.index[id(command)] = len(commands)
                commands.append(command)
        self._homes = homes

    def of(self, command: Command) -> tuple[list[Command], int]:
        """The commands of a command's procedure, and its own place among them."""
        home = self._homes[id(command.script.code.section)]
        return self.steps[home], self.index[id(command)]


def _procedures(plan: Plan) -> _Procedures:
    known = plan.memo.get("procedures")
    if not isinstance(known, _Procedures):
        known = plan.memo["procedures"] = _Procedures(plan)
    return known


# Nobody puts a step and what it needs further apart; a hostile plan has thousands.
NEAR = 60


def earlier(plan: Plan, command: Command) -> list[Command]:
    """The commands of the same procedure that begin before `command`, the NEAR ones."""
    steps, index = _procedures(plan).of(command)
    return steps[max(0, index - NEAR) : index]


def later(plan: Plan, command: Command) -> list[Command]:
    """The commands of the same procedure that begin after `command`, the NEAR ones."""
    steps, index = _procedures(plan).of(command)
    return steps[index + 1 : index + 1 + NEAR]


def words_about(command: Command) -> str:
    """The comment above a command and the text before its block."""
    script = command.script
    lead = "" if script.code.lead is None else script.code.lead.text
    return f"{script.comment_above(command)} {lead}"


_GENERATED = re.compile(
    r"(?:^|/)(?:node_modules|dist|build|target|out|tmp|temp|logs?|venv|\.venv|\.next|"
    r"\.cache|\.terraform|__pycache__|\.pytest_cache|coverage|\.git)(?:/|$)|"
    r"\.(?:log|pid|sock|lock|pyc|tmp|bak|dump|gz|zip|tar)$|\*\.pyc|^/|^~|^\$|^-|^[\"']|^\.env"
)
_SOURCE = re.compile(
    r"^(?:\./)?(?:src|lib|app|apps|core|pkg|internal|cmd|api|sdk|server|client|services?|"
    r"tests?|scripts|config|docs|migrations|db|backend|frontend|packages|\.github)/"
)


def is_tracked(context: Context, path: str) -> bool:
    """Whether `path` as written is a file or folder that git keeps.

    Without a repository: whether it looks like one.
    """
    path = path.removeprefix("./")
    if not path or _GENERATED.search(path):
        return False
    if _SOURCE.match(path):
        return True
    if context.tree is None:
        return False
    return exists(context, path)


def exists(context: Context, path: str) -> bool:
    """Whether `path`, from the top, is a file or a folder of the tree."""
    assert context.tree is not None
    entries = context.tree.entries
    path = path.removeprefix("./").rstrip("/")
    return path in ("", ".") or path in entries or path in folders(context)


def folders(context: Context) -> frozenset[str]:
    """Every folder of the tree, as a path without a `/` at its end."""
    known = context.memo.get("folders")
    if not isinstance(known, _Folders):
        assert context.tree is not None
        known = context.memo["folders"] = _Folders(context.tree.entries)
    return known.paths


class _Folders:
    def __init__(self, entries: Iterable[str]) -> None:
        found: set[str] = set()
        for path in entries:
            while "/" in path:
                path = path.rsplit("/", 1)[0]
                if path in found:
                    break
                found.add(path)
        self.paths = frozenset(found)


def last_comments(script: Script) -> list[tuple[int, str]]:
    """The comments at the end of a block, after which nothing comes."""
    rows = [
        *(script.row(command.start) for command in script.commands),
        *(script.row(assignment.start) for assignment in script.assignments),
        *(foreign.end_row - 1 for foreign in script.foreign),
    ]
    last = max(rows, default=-1)
    return [(row, text) for row, text in sorted(script.comments.items()) if row > last]
