"""Whether a shell really cannot parse a block.

The parser with error recovery also stumbles over correct code (it did over one in six
of a distribution's own scripts). Its errors are believed where a second, simple look
says the same: an open quote, a bracket where none may stand, a block without its end.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .shell_command import Script

_PAIRS = (("if", "fi"), ("do", "done"), ("case", "esac"))
_BRACKET = re.compile(r"(?P<before>[\w\])}'\"./-])(?P<gap>[ \t]*)\((?!\s*\))")


def trouble(script: Script) -> tuple[int, str] | None:
    """Where (an offset) the block cannot be parsed, and why; None if all is well."""
    if not script.errors:
        return None
    bare, quote = _without_quotes(script.text)
    if quote is not None:
        return quote, "a quote is opened and never closed"
    rows = bare.split("\n")
    blamed = {
        row
        for start, end in script.errors
        for row in range(script.row(start), script.row(end) + 1)
    }
    offset = 0
    for row, line in enumerate(rows):
        found = _bracket(line) if row in blamed else None
        if found is not None:
            return offset + found, "a bracket stands where a shell expects none"
        offset += len(line) + 1
    words = re.findall(r"[^\s;&|()]+", bare)
    for opening, closing in _PAIRS:
        if words.count(opening) > words.count(closing):
            return script.errors[0][0], f"`{opening}` has no `{closing}`"
    return None


def _bracket(line: str) -> int | None:
    """The column of a `(` after a word: `COUNT(*)`, `echo done (really)`."""
    if re.search(
        r"\bcase\b|\[\[|=\(|;;|\bfunction\b|\(\(|\$\(|<\(|>\(|[@?*+!]\(", line
    ):
        return None
    for found in _BRACKET.finditer(line):
        word = line[: found.end("before")].split()[-1]
        if word not in ("if", "while", "until", "then", "do", "else", "time", "!", "{"):
            return found.end() - 1
    return None


def _without_quotes(text: str) -> tuple[str, int | None]:
    """`text` with what is quoted, commented or escaped made blank; lines stay.

    Also the offset of a quote that never ends. Heredocs are left out whole.
    """
    out = list(text)
    stack: list[tuple[str, int]] = []  # the quotes and substitutions that are open
    heredocs: list[str] = []
    doubles = 0  # how many of the open ones are double quotes
    i = 0

    def blank(start: int, end: int) -> None:
        for at in range(start, min(end, len(out))):
            if out[at] != "\n":
                out[at] = " "

    while i < len(text):
        ch = text[i]
        top = stack[-1][0] if stack else ""
        if top == "'":
            if ch == "'":
                stack.pop()
            blank(i, i + 1)
        elif ch == "\\":
            blank(i, i + 2)
            i += 1
        elif top == '"' and ch == '"':
            stack.pop()
            doubles -= 1
            blank(i, i + 1)
        elif ch == "$" and text[i + 1 : i + 2] == "(":
            stack.append((")", i))
            if doubles:
                blank(i, i + 2)
            i += 1
        elif top == ")" and ch == "(":
            stack.append((")", i))
        elif top == ")" and ch == ")":
            if doubles:
                blank(i, i + 1)
            stack.pop()
        elif top == '"':
            blank(i, i + 1)
        elif ch in "'\"":
            stack.append((ch, i))
            doubles += ch == '"'
            blank(i, i + 1)
        elif ch == "#" and (i == 0 or text[i - 1] in " \t\n;"):
            end = text.find("\n", i)
            end = len(text) if end < 0 else end
            blank(i, end)
            i = end - 1
        elif text.startswith("<<", i) and not text.startswith("<<<", i):
            found = re.compile(r"<<-?\s*[\"'\\]?(\w+)[\"']?").match(text, i)
            if found is not None:
                heredocs.append(found[1])
                i = found.end() - 1
        elif ch == "\n" and heredocs:
            for mark in heredocs:
                ending = re.compile(rf"^\s*{mark}\s*$", re.MULTILINE).search(
                    text, i + 1
                )
                end = len(text) if ending is None else ending.end()
                blank(i + 1, end)
                i = end - 1
            heredocs = []
        elif doubles:
            blank(i, i + 1)
        i += 1
    opened = [at for kind, at in stack if kind in "'\""]
    return "".join(out), opened[0] if opened else None
