"""The body of the emergency pull request: all that those who must approve ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from . import aftermath, data, deciding, going, lists
from .facts import Facts
from .markup import SIZE, cut, length

__all__ = ["Facts", "body", "title"]

# In the order in which they are read, each with what it is called where it must go.
_SECTIONS: tuple[tuple[str, Callable[[Facts, int], Iterator[str]]], ...] = (
    ("", deciding.head),
    ("what does not work yet", going.troubles),
    ("the levels that are faster", deciding.faster),
    ("data", data.data),
    ("what is undone", going.targets),
    ("later work that goes too", going.lost),
    ("the files", going.files),
    ("what is done by hand", aftermath.by_hand),
    ("the checklists", lists.checklists),
    ("the notice", lists.notice),
    ("how it lands again", lists.again),
    ("", aftermath.foot),
)
# What goes first where there is no room: what is also in the diff or in the policy.
_DISPENSABLE = (
    "the files", "later work that goes too", "what is undone", "the notice",
    "how it lands again", "the checklists", "what is done by hand",
    "the levels that are faster", "data", "what does not work yet",
)  # fmt: skip
_ROWS = (1000, 300, 100, 30, 10, 3)


def title(facts: Facts) -> str:
    """The title, in text: GitHub shows no markup in it but code."""
    plan = facts.plan
    name = f"{plan.name} {plan.title}".strip()
    severity = f" ({facts.record.severity})" if facts.record.severity else ""
    return cut(f"EMERGENCY: Rollback {name}{severity}".replace("`", "'"), 250)


def body(facts: Facts, size: int = SIZE) -> str:
    """The body as Markdown, of at most `size` characters as GitHub counts them.

    Where there is no room, long lists are cut and then whole sections, the ones that can
    be read elsewhere first; what is missing is said.
    """
    text = ""
    for rows in _ROWS:
        text = _joined(facts, rows, ())
        if length(text) <= size:
            return text
    for number in range(1, len(_DISPENSABLE) + 1):
        text = _joined(facts, _ROWS[-1], _DISPENSABLE[:number])
        if length(text) <= size:
            return text
    return text


def _joined(facts: Facts, rows: int, without: tuple[str, ...]) -> str:
    parts: list[str] = []
    for name, section in _SECTIONS:
        if not name or name not in without:
            lines = "\n".join(section(facts, rows)).strip("\n")
            parts += [lines] if lines else []
    if without:
        left_out = ", ".join(without)
        parts.insert(1, f"> [!NOTE]\n> Too long for GitHub, so left out: {left_out}.")
    return "\n\n".join(parts) + "\n"
