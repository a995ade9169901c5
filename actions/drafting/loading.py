"""A draft that loads: lines that the policy's reader refuses become comments."""

from __future__ import annotations

from ...core.policy import FILE_NAME
from ...core.policy_file import PolicyError, read_policy


def loading(lines: list[str]) -> str:
    """The lines, what the reader refuses in comments with its reason."""
    while True:  # each turn puts a line aside: there is an end
        text = "\n".join(lines) + "\n"
        try:
            read_policy(text.encode("utf-8"), FILE_NAME)
        except PolicyError as error:
            problem = error.problems[0]
            first = problem.line - 1
            if lines[first].lstrip().startswith("#"):
                raise
            why = " ".join(problem.sentence.split())
            lines[first] += f"  # not taken: {why}"
            # What stands below it goes with it.
            deep = _indent(lines[first])
            last = first + 1
            while last < len(lines) and _indent(lines[last]) > deep:
                last += 1
            lines[first:last] = [f"# {line}" for line in lines[first:last]]
            continue
        return text


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" -"))
