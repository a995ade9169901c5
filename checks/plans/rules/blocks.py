"""Rules about the form of a plan's blocks: what Markdown and a shell make of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ....core.finding import Place, Severity
from ..document import Plan
from ..rule import Context, Found, rule
from ..shell import CONSOLES, SHELLS
from ..shell_command import Assignment, Script
from ..shell_reading import MAX_BLOCK
from ..sql import is_sql


@rule("nested-fence", "a fence is closed by the first one inside it", Severity.WARNING)
def nested_fence(plan: Plan, context: Context) -> Iterator[Found]:
    """A block declared Markdown ends at the end of the first block inside it."""
    for nested in plan.nested:
        yield Found(
            Place(plan.path, nested.line, 1),
            f"This block ends at line {nested.closes}, where the block of line "
            f"{nested.inner} inside it ends: the steps after it become text or code.",
            "Open and close the outer block with four back-ticks (````).",
        )


@rule("block-does-not-parse", "a block cannot be parsed as what it is declared")
def block_does_not_parse(plan: Plan, context: Context) -> Iterator[Found]:
    """A block that its shell refuses, or that is too long or too deep to be read."""
    from ..syntax import trouble

    for script in plan.scripts:
        if script.too_long:
            yield Found(
                Place(plan.path, script.code.line, 1),
                f"This block is too long to be read (a block may have {MAX_BLOCK:,} "
                f"characters), so nothing in it was checked.",
                "Put it in a script of the repository, and call that.",
            )
        elif script.code.language in SHELLS and (found := trouble(script)):
            offset, why = found
            yield Found(
                script.place(offset, offset + 1),
                f"A shell cannot parse this block: {why}. Run as a script, the lines "
                f"above this one have already run when it stops.",
                "Correct the line, or move what is no shell out of the block.",
            )

    reasons: set[str] = set()
    for snippet in plan.snippets:
        if snippet.why and snippet.why not in reasons:
            reasons.add(snippet.why)
            yield Found(
                Place(plan.path, snippet.place.line, 1),
                f"This Python is not read: {snippet.why}, so nothing in it was checked.",
                "Put it in a script of the repository, and call that.",
                Severity.WARNING,
            )


@rule("wrong-language", "lines of another language in a block of shell")
def wrong_language(plan: Plan, context: Context) -> Iterator[Found]:
    """SQL, a session of a prompt, Python or `.env` lines in a shell block."""
    for script in plan.scripts:
        if script.code.language in CONSOLES:
            continue
        sessions = [
            script.row(command.start)
            for command in script.commands
            if command.name in ("psql", "mysql", "mariadb", "sqlite3", "python", "ssh")
            and not command.inside
        ]
        for foreign in script.foreign:
            if foreign.kind == "an ellipsis":
                continue
            if any(row < foreign.row and _opens(script.text, row) for row in sessions):
                continue  # commands-after-remote-shell says it better
            yield Found(
                script.line_place(foreign.row, foreign.end_row),
                f"This is {foreign.kind} in a block of shell: a shell stops here with "
                f"a syntax error or looks for a program of that name. What stands "
                f"above has already run.",
                _MOVE.get(foreign.kind, "Give it a block of its own language."),
            )
    for code in plan.codes:
        found = _CLIENT.search(code.text) if is_sql(code) else None
        if found is not None and code.language != "psql":
            row = code.text.count("\n", 0, found.start())
            yield Found(
                code.place(plan.path, row, 0, row, len(found[0])),
                "This is a command of a shell in a block of SQL: the database takes it "
                "for a statement, and the ones after it for the rest of that.",
                "Put it in a ```bash block, and leave the statements in one of SQL.",
            )
    for script in plan.scripts:
        for row, text in script.comments.items():
            lines = _right_below(script, row)
            if re.search(r"(?<!\w)\.env\b", text) and lines:
                yield Found(
                    script.line_place(script.row(lines[0].start)),
                    "These lines are meant for a .env file. In a shell they set "
                    "variables that no program sees, because nothing exports them.",
                    "Put them in a ```dotenv block, and say which file it is.",
                )
                break


def _right_below(script: Script, row: int) -> list[Assignment]:
    """The assignments of fixed values in the rows that follow a comment at once."""
    rows = {script.row(a.start): a for a in script.assignments}
    found: list[Assignment] = []
    while row + 1 in rows or row + 1 in script.comments:
        row += 1
        if row in rows:
            found.append(rows[row])
    return [] if any("$(" in a.value or "`" in a.value for a in found) else found


def _opens(text: str, row: int) -> bool:
    """Whether the row's command is left open at a prompt: no -c, no -f, no heredoc."""
    line = text.split("\n")[row]
    return not re.search(r"\s-\w*[cfe]\b|<<|<|--command|--file|--execute", line)


_CLIENT = re.compile(
    r"^(?:\$ )?(?:psql|mysql|sqlite3|pg_dump|pg_restore|docker|kubectl|sudo|ssh)[ \t]+-?\w.*",
    re.MULTILINE,
)
_MOVE = {
    "SQL": "Put it in a ```sql block, or give it to the client: "
    "psql -v ON_ERROR_STOP=1 -c '...'.",
    "Python": 'Put it in a ```python block, or run it: python -c "...".',
}


@rule("command-outside-block", "a command stands outside any code block", Severity.INFO)
def command_outside_block(plan: Plan, context: Context) -> Iterator[Found]:
    """A step that is one inline command: no copy button, no language, no checks."""
    for script in plan.scripts:
        if script.code.inline and script.commands:
            yield Found(
                script.commands[0].place,
                "This step's command stands in the text, where it is easy to overlook "
                "and hard to copy whole.",
                "Give it a ```bash block of its own.",
            )


RULES = (nested_fence, block_does_not_parse, wrong_language, command_outside_block)
