"""git: what its subcommands do to the tree, the history and the remote."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import msgspec

from .effect import NOTHING, Effect

if TYPE_CHECKING:
    from ..shell_command import Command, Word

_GLOBAL = frozenset({"-C", "-c", "--git-dir", "--work-tree", "--namespace"})
_VALUED = frozenset(
    {
        "-m", "-b", "-B", "-c", "-s", "--source", "-F", "--mainline", "--message",
        "-n", "--author", "-X", "--strategy", "--since", "--until", "--grep",
        "--format", "-u", "--onto", "--depth", "-o", "--orphan", "-C",
    }
)  # fmt: skip


class Call(msgspec.Struct, frozen=True, eq=False):
    """One `git VERB ...`: `rest` are the words after the verb.

    `before` and `after` are the operands before and after `--`; `split` says whether
    there is one.
    """

    verb: str
    rest: tuple[Word, ...]
    before: tuple[Word, ...]
    after: tuple[Word, ...]
    split: bool
    folder: str | None


def call(command: Command) -> Call | None:
    """What `command` asks of git, None where it is no call of git."""
    if command.asked == "unknown":
        command.asked = _call(command) if command.name == "git" else None
    return command.asked


def _call(command: Command) -> Call | None:
    words = list(command.words)
    folder: str | None = None
    while words and words[0].text.startswith("-"):
        if words[0].text == "-C" and len(words) > 1:
            folder = words[1].text
        words = words[2 if words[0].text in _GLOBAL else 1 :]
    if not words:
        return None
    verb, rest = words[0].text, tuple(words[1:])
    if verb == "stash" and rest and not rest[0].text.startswith("-"):
        verb, rest = f"stash {rest[0].text}", rest[1:]
    valued = _VALUED - _FLAGS.get(verb, frozenset())
    before: list[Word] = []
    after: list[Word] = []
    skip = split = False
    for word in rest:
        if skip:
            skip = False
        elif split:
            after.append(word)
        elif word.text == "--":
            split = True
        elif word.text.startswith("-") and word.text != "-":
            skip = word.text in valued
        else:
            before.append(word)
    return Call(verb, rest, tuple(before), tuple(after), split, folder)


# Where a letter that takes a value elsewhere takes none.
_FLAGS: Mapping[str, frozenset[str]] = {
    "revert": frozenset({"-n", "-s"}),
    "push": frozenset({"-u", "-n", "-c"}),
    "clean": frozenset({"-n"}),
    "fetch": frozenset({"-n", "-u"}),
    "merge": frozenset({"-n"}),
    "branch": frozenset({"-m", "-c", "-C"}),
    "add": frozenset({"-n", "-u"}),
    "commit": frozenset({"-n", "-s", "-u"}),
    "tag": frozenset({"-n", "-s"}),
    "cherry-pick": frozenset({"-n", "-s"}),
    "stash": frozenset({"-u"}),
}


def has(call: Call, *flags: str) -> bool:
    """Whether one of `flags` is among the words of the verb: `-f` also in `-xdf`."""
    for word in call.rest:
        text = word.text
        if text == "--":
            return False
        for flag in flags:
            if text == flag or text.startswith(flag + "="):
                return True
            short = len(flag) == 2 and text.startswith("-") and text[1:2] != "-"
            if short and flag[1] in text[1:] and text[1:].isalpha():
                return True
    return False


def value(call: Call, *flags: str) -> str | None:
    """The value of one of `flags`."""
    texts = [word.text for word in call.rest]
    for index, text in enumerate(texts):
        for flag in flags:
            if text == flag and index + 1 < len(texts):
                return texts[index + 1]
            if flag.startswith("--") and text.startswith(flag + "="):
                return text[len(flag) + 1 :]
    return None


def _git(command: Command) -> Effect:
    asked = call(command)
    if asked is None:
        return NOTHING
    verb = asked.verb
    if verb in ("rm", "mv"):
        paths = tuple(word.text for word in (*asked.before, *asked.after))
        return Effect(removes=paths[: 1 if verb == "mv" else None])
    if verb == "restore" or (verb == "checkout" and asked.split):
        return NOTHING
    if verb == "revert":
        ends = has(asked, "-n", "--no-commit", "--abort", "--quit")
        return Effect(records=not ends)
    if verb in ("commit", "merge", "cherry-pick", "am"):
        if verb == "cherry-pick" and has(asked, "-n", "--no-commit"):
            return NOTHING
        return Effect(records=True)
    if verb in ("apply", "read-tree", "stash pop", "stash apply"):
        return NOTHING
    if verb == "push":
        return Effect(publishes=True)
    return NOTHING


TOOLS: Mapping[str, Callable[[Command], Effect]] = {"git": _git}
