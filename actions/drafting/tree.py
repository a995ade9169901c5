"""A decision tree drawn with lines, read into questions and answers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from ...checks.plans.document import Plan
from .words import slug

_BRANCH = re.compile(r"^[\s|+│├└─>-]*")
_ANSWER = re.compile(r"^(?P<word>[^-→>?]{1,40}?)\s*(?:-+>|→|=>)\s*(?P<does>.+)$")
_ASKED = re.compile(r"^(?P<ask>[^?]{3,80}\?)\s*$")


class Answer(NamedTuple):
    """Where an answer leads: to the question `ask`, or to an action."""

    line: int
    word: str
    ask: str
    action: str
    level: str
    note: str


class Question(NamedTuple):
    """A question, its id, and its answers."""

    line: int
    id: str
    ask: str
    answers: list[Answer]


def decision_tree(plan: Plan, levels: Sequence[str]) -> list[Question]:
    """The questions of the first drawn tree of the plan, in its order.

    "Continue" leads to the next question; any other end is an action. "Level 2" is the
    second of `levels`.
    """
    for code in plan.codes:
        if code.language in ("", "text") and "?" in code.text:
            drawn = _questions(code.text.split("\n"), code.line, levels)
            if drawn:
                return drawn
    return []


def _questions(lines: list[str], first: int, levels: Sequence[str]) -> list[Question]:
    found: list[Question] = []
    for number, line in enumerate(lines, first):
        text = _BRANCH.sub("", line).strip()
        if asked := _ASKED.match(text):
            found.append(Question(number, slug(asked["ask"]), asked["ask"], []))
        elif found and (answer := _ANSWER.match(text)):
            found[-1].answers.append(
                _answer(number, answer["word"], answer["does"], levels)
            )
    full = [question for question in found if question.answers]
    ids = {question.id for question in full}
    if len(ids) != len(full):
        return []
    linked: list[Question] = []
    for index, question in enumerate(full):
        after = full[index + 1].id if index + 1 < len(full) else ""
        answers = [
            answer._replace(ask=after, action="") if answer.ask and after else answer
            for answer in question.answers
        ]
        answers = [
            a._replace(ask="", action="investigate") if a.ask and not after else a
            for a in answers
        ]
        linked.append(question._replace(answers=answers))
    return linked


def _answer(line: int, word: str, does: str, levels: Sequence[str]) -> Answer:
    plain_word = slug(re.sub(r"\(.*?\)", "", word))
    said = does.casefold()
    action = "revert"
    if "continue" in said or "next" in said:
        return Answer(line, plain_word, "next", "", "", does.strip())
    if "fix forward" in said:
        action = "fix-forward"
    elif re.search(r"monitor|investigat|assess", said):
        action = "investigate"
    level = ""
    numbered = re.search(r"\blevel (\d)", said)
    if numbered and 0 < int(numbered[1]) <= len(levels):
        level = levels[int(numbered[1]) - 1]
    elif action == "revert":
        for name, pattern in (
            ("flag", r"\bflags?\b"),
            ("data", r"restore|backup"),
            ("code", r"\bcode\b|git revert"),
            ("config", r"config"),
        ):
            if re.search(pattern, said):
                level = name
                break
    aside = re.search(r"\(([^)]*)\)", word)
    note = f"{does.strip()} ({aside[1]})" if aside else does.strip()
    return Answer(line, plain_word, "", action, level, note)
