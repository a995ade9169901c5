"""Where answers come from: given beforehand, or asked for on a terminal."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import msgspec

from ...core.errors import UsageError
from ...core.escape import terminal, visible
from ...core.nearest import did_you_mean


class Question(msgspec.Struct, frozen=True):
    """A question. `key` is what `--answer KEY=` names it by; without `choices` its answer
    is a number. `hint` is shown beside it."""

    key: str
    ask: str
    choices: tuple[str, ...] = ()
    hint: str = ""


class Answers:
    """What is known, and whom to ask: `given` by key; `read` gives a line from a person,
    None at the end of input; `say` shows them a line. Without `read` nobody is asked. The
    questions `optional` may stay without an answer: `unanswered` are the others that did,
    `unknown` are all."""

    def __init__(
        self,
        given: Mapping[str, str],
        read: Callable[[], str | None] | None = None,
        say: Callable[[str], None] = print,
        optional: Iterable[str] = (),
    ) -> None:
        self._given = dict(given)
        self._read = read
        self._say = say
        self._optional = frozenset(optional)
        self.unknown: list[str] = []

    @property
    def unanswered(self) -> list[str]:
        """The keys of questions that matter and that nobody answered."""
        return [key for key in self.unknown if key not in self._optional]

    @property
    def asks(self) -> bool:
        """Whether there is a person to ask."""
        return self._read is not None

    def has(self, key: str) -> bool:
        """Whether the answer was given beforehand."""
        return key in self._given

    def word(self, question: Question) -> str | None:
        """One of the question's choices, None where nobody knows."""
        return self._answered(question, lambda text: _choice(question, text))

    def number(self, question: Question) -> float | None:
        """A number, None where nobody knows."""
        found = self._answered(question, _number)
        return None if found is None else float(found)

    def _answered(
        self, question: Question, parsed: Callable[[str], str | None]
    ) -> str | None:
        given = self._given.get(question.key)
        if given is not None:
            found = parsed(given)
            if found is None:
                raise UsageError(
                    f"{visible(question.key)}: {given!r} is not {_wanted(question)}"
                )
            return found
        found = None if self._read is None else self._asked(question, parsed)
        if found is None:
            self.unknown.append(question.key)
        return found

    def _asked(
        self, question: Question, parsed: Callable[[str], str | None]
    ) -> str | None:
        assert self._read is not None
        hint = f" ({terminal(question.hint)})" if question.hint else ""
        self._say(f"{terminal(question.ask)}{hint}")
        for number, choice in enumerate(question.choices, start=1):
            self._say(f"  {number}. {terminal(choice)}")
        while True:
            line = self._read()
            if line is None or not line.strip():
                return None
            found = parsed(line.strip())
            if found is not None:
                return found
            self._say(f"That is not {_wanted(question)}. Enter alone: not known.")


def given_answers(pairs: Iterable[str], known: Iterable[str]) -> dict[str, str]:
    """The answers of `--answer KEY=VALUE`. Raises UsageError for a key that nobody asks."""
    keys = {key.casefold(): key for key in known}
    found: dict[str, str] = {}
    for pair in pairs:
        key, equals, value = pair.rpartition("=")
        if not equals or not key.strip():
            raise UsageError(f"--answer {pair!r}: write KEY=VALUE")
        name = keys.get(key.strip().casefold())
        if name is None:
            there = ", ".join(keys.values()) or "none"
            hint = did_you_mean(key, keys.values())
            raise UsageError(f"--answer {key!r} answers no question ({there}){hint}")
        found[name] = value.strip()
    return found


def metrics(path: Path) -> dict[str, float]:
    """The numbers of a JSON or YAML file, by metric.

    Raises UsageError where it is something else.
    """
    import yaml

    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"--metrics {path}: {error.strerror}") from error
    try:
        raw = (
            msgspec.json.decode(data)
            if path.suffix == ".json"
            else yaml.safe_load(data.decode("utf-8"))
        )
        found = msgspec.convert(raw, dict[str, float])
    except (
        msgspec.MsgspecError,
        yaml.YAMLError,
        UnicodeDecodeError,
        RecursionError,
        ValueError,
    ) as error:
        said = " ".join(str(error).split())
        raise UsageError(
            f"--metrics {path}: {said}. Write one number for each metric: "
            f"error_rate: 0.07"
        ) from error
    for name, number in found.items():
        if not math.isfinite(number):
            raise UsageError(f"--metrics {path}: {name} is {number}, and is compared")
    return found


def _choice(question: Question, text: str) -> str | None:
    """The choice that `text` is, by its word, its beginning, or its number."""
    if text.isdecimal() and text not in question.choices:
        number = int(text)
        return (
            question.choices[number - 1]
            if 0 < number <= len(question.choices)
            else None
        )
    word = text.casefold()
    exact = [choice for choice in question.choices if choice.casefold() == word]
    near = [choice for choice in question.choices if choice.casefold().startswith(word)]
    found = exact or near
    return found[0] if len(found) == 1 else None


def _number(text: str) -> str | None:
    """A finite number; `7%` is 0.07."""
    is_percent = text.endswith("%")
    try:
        number = float(text.removesuffix("%").replace(",", "."))
    except ValueError:
        return None
    if not math.isfinite(number):
        return None
    return repr(number / 100 if is_percent else number)


def _wanted(question: Question) -> str:
    if not question.choices:
        return "a number"
    return f"one of {', '.join(map(visible, question.choices))}"
