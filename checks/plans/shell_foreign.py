"""What people mix into shell blocks: prompts, outputs, SQL, Python. It is set aside,
character by character, so that every position stays true.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node

from .shell_command import Foreign, Script

_SQL = re.compile(
    r"^\s*(?:SELECT\s+(?!.*\bin\b.*;\s*do\b).+|INSERT\s+INTO\s|UPDATE\s+\S+\s+SET\b|"
    r"DELETE\s+FROM\s|ALTER\s+(?:TABLE|DATABASE|ROLE|USER|INDEX|SYSTEM)\s|"
    r"CREATE\s+(?:TABLE|INDEX|UNIQUE|DATABASE|VIEW|EXTENSION|TEMP|USER|OR\s+REPLACE)\b|"
    r"DROP\s+(?:TABLE|INDEX|DATABASE|VIEW|COLUMN|SCHEMA|FUNCTION|TRIGGER)\s|"
    r"TRUNCATE\s+\w|(?:BEGIN|COMMIT|ROLLBACK|START\s+TRANSACTION)\s*;|"
    r"WITH\s+\w+\s+AS\s*\()",
    re.IGNORECASE,
)
_REPL = re.compile(
    r"^\s*(?:>>> |mysql> |MariaDB \[\S*\]> |sqlite> |[\w.-]+[=-][#>] |"
    r"[\w.-]+:\d+(?:\[\d+\])?> |redis> |In \[\d+\]: |irb\S*> |\\(?:dt?|q|c|l|copy)\b)"
)
_PYTHON = re.compile(
    r"^(?:from\s+[\w.]+\s+import\s+[\w(*]|import\s+[\w.]+(?:\s+as\s+\w+)?\s*$|"
    r"def\s+\w+\(.*\).*:\s*$|class\s+\w+.*:\s*$|print\(.*\)\s*$)"
)
_PROMPT = re.compile(r"^(\s*(?:[\w.-]+@[\w.-]+[^$#\n]{0,40})?\$ )(?=\S)")


def without_prompts(script: Script, plain: str) -> str:
    """Prompts become blanks; where there are prompts, the other lines are output."""
    rows = plain.split("\n")
    prompts = [_PROMPT.match(row) for row in rows]
    if not any(prompts):
        return plain
    kept: list[str] = []
    goes_on = False
    for row, prompt in zip(rows, prompts, strict=True):
        if prompt is not None:
            kept.append(" " * prompt.end() + row[prompt.end() :])
        elif goes_on or row.lstrip().startswith("#"):
            kept.append(row)
        else:
            kept.append(" " * len(row))
        goes_on = kept[-1].rstrip().endswith("\\")
    return "\n".join(kept)


def covered(root: Node, text: str) -> set[int]:
    """The rows that begin inside a string or a heredoc: text, whatever they look like."""
    found: set[int] = set()
    stack = [root]
    while stack:
        node = stack.pop()
        if node.type in ("string", "raw_string", "heredoc_body", "ansi_c_string"):
            first = node.start_point.row + (node.type != "heredoc_body")
            last = node.end_point.row + (node.type != "heredoc_body")
            found.update(range(first, last))
        elif node.end_point.row > node.start_point.row:
            stack.extend(node.children)
    mark = ""
    for row, line in enumerate(text.split("\n")):
        # The parser gives up on some heredocs, like one that holds a `${x:.2f}`.
        if mark:
            found.add(row)
            mark = "" if line.strip() == mark else mark
        elif opened := _HEREDOC.search(line):
            mark = opened[1]
    return found


_HEREDOC = re.compile(r"(?<!<)<<-?\s*[\"'\\]?([A-Za-z_]\w*)[\"']?")


def without_foreign(script: Script, plain: str, covered: set[int]) -> str:
    rows = plain.split("\n")
    row = 0
    while row < len(rows):
        kind = "" if row in covered else _foreign(rows[row])
        if not kind:
            row += 1
            continue
        end = row + 1
        if kind == "SQL":
            while end <= len(rows):
                if rows[end - 1].rstrip().endswith((";", "\\g")) or end == len(rows):
                    break
                if not rows[end].strip() or rows[end].lstrip().startswith("#"):
                    break
                end += 1
        script.foreign.append(Foreign(kind, row, end))
        for index in range(row, end):
            rows[index] = " " * len(rows[index])
        row = end
    return "\n".join(rows)


def _foreign(line: str) -> str:
    if _SQL.match(line):
        # `select x in` is a loop of the shell; `update-rc.d`, `drop database` scripts.
        return "" if re.match(r"^\s*select\s+\w+\s+in\b", line) else "SQL"
    if _REPL.match(line):
        return "an interactive session"
    if _PYTHON.match(line):
        return "Python"
    if re.match(r"\s*(?:\.\.\.|…)(?:\s|$)", line) or line.strip() in ("___", "_"):
        return "an ellipsis"
    return ""
