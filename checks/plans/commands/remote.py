"""Commands that run other commands elsewhere: ssh, containers, shells with -c."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from .effect import NOTHING, Effect

if TYPE_CHECKING:
    from ..shell_command import Command, Word

_SSH_VALUED = frozenset(
    {"-b", "-c", "-D", "-E", "-e", "-F", "-I", "-i", "-J", "-L", "-l", "-m", "-O", "-o",
     "-p", "-Q", "-R", "-S", "-W", "-w"}
)  # fmt: skip
_EXEC_VALUED = frozenset(
    {"-e", "--env", "-u", "--user", "-w", "--workdir", "--env-file", "--index",
     "--detach-keys", "-v", "--volume", "--name", "--network", "-p", "--entrypoint"}
)  # fmt: skip


def elsewhere(command: Command) -> tuple[Word, ...] | str | None:
    """What `command` runs elsewhere: its words, or a text for a shell; None if nothing.

    The words are not empty, nor is the text.
    """
    if command.name == "ssh":
        words = _after_target(command.words, _SSH_VALUED)
        if not words:
            bodies = [r.body for r in command.redirects if r.body]
            return bodies[0] if bodies else None
        return " ".join(word.text for word in words)
    if command.name in ("bash", "sh", "zsh", "su"):
        words = command.words
        for index, word in enumerate(words[:-1]):
            flags = word.text
            if flags.startswith("-") and flags[1:2] != "-" and flags.endswith("c"):
                return words[index + 1].text or None
        return None
    inner = _container(command)
    if not inner:
        return None
    return inner


def _container(command: Command) -> tuple[Word, ...]:
    words = command.words
    texts = command.args
    if command.name == "kubectl" and "exec" in texts[:4] and "--" in texts:
        return words[texts.index("--") + 1 :]
    if command.name == "docker" and texts[:1] == ["exec"]:
        return _after_target(words[1:], _EXEC_VALUED)
    if command.name in ("docker", "docker-compose"):
        for verb in ("exec", "run"):
            if verb in texts[:6] and (
                command.name == "docker-compose" or texts[:1] == ["compose"]
            ):
                return _after_target(words[texts.index(verb) + 1 :], _EXEC_VALUED)
    return ()


def _after_target(words: tuple[Word, ...], valued: frozenset[str]) -> tuple[Word, ...]:
    """What stands after the options and the first operand."""
    index = 0
    while index < len(words) and words[index].text.startswith("-"):
        index += 2 if words[index].text in valued else 1
    return words[index + 1 :]


def _scp(command: Command) -> Effect:
    words = [word.text for word in command.operands(_SSH_VALUED)]
    return Effect(writes=(words[-1],)) if len(words) > 1 else NOTHING


def _ssh(command: Command) -> Effect:
    if command.name == "ssh" and elsewhere(command) is None:
        tunnel = command.has("-N", "-f", "-V")
        if not tunnel and len(command.pipeline) < 2 and not command.redirects:
            return Effect(interactive="ssh opens a session on another machine")
    return NOTHING


TOOLS: Mapping[str, Callable[[Command], Effect]] = {
    "ssh": _ssh,
    "scp": _scp,
    "su": _ssh,
}
