"""Services, processes, containers, schedules: what stops, what starts, what waits."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import msgspec

from .effect import NOTHING, Effect
from .files import bounded

if TYPE_CHECKING:
    from ..shell_command import Command, Word

_STOPS = frozenset({"stop", "kill", "mask"})
_STARTS = frozenset({"start", "restart", "reload", "reload-or-restart", "try-restart"})


def _systemctl(command: Command) -> Effect:
    words = [w.text for w in command.operands(frozenset({"-t", "-n", "-H", "-M"}))]
    if not words:
        return NOTHING
    verb, units = words[0], tuple(u.removesuffix(".service") for u in words[1:])
    now = command.has("--now")
    if verb in _STOPS or (verb == "disable" and now):
        return Effect(stops=units)
    if verb in _STARTS or (verb == "enable" and now):
        return Effect(starts=units, publishes=True)
    if verb == "edit":
        return Effect(interactive="systemctl edit opens an editor")
    return NOTHING


def _service(command: Command) -> Effect:
    words = [word.text for word in command.operands()]
    if len(words) < 2:
        return NOTHING
    unit, verb = words[0], words[1]
    if verb == "stop":
        return Effect(stops=(unit,))
    return Effect(starts=(unit,), publishes=True) if verb in _STARTS else NOTHING


def _supervisor(command: Command) -> Effect:
    words = [word.text for word in command.operands(frozenset({"-c"}))]
    if not words:
        return Effect(interactive=f"{command.name} opens a session")
    if words[0] in ("stop", "delete"):
        return Effect(stops=tuple(words[1:]))
    if words[0] in ("start", "restart", "reload", "update"):
        return Effect(starts=tuple(words[1:]), publishes=True)
    if words[0] == "logs" and command.name == "pm2" and not command.has("--nostream"):
        return _endless(command, "pm2 logs follows until it is interrupted")
    return NOTHING


def _journalctl(command: Command) -> Effect:
    if command.has("-f", "--follow"):
        return _endless(command, "journalctl -f follows until it is interrupted")
    return NOTHING


def _endless(command: Command, why: str) -> Effect:
    return NOTHING if bounded(command) else Effect(endless=why)


class Compose(msgspec.Struct, frozen=True, eq=False):
    """One call of docker compose: the old tool or the new one, files, verb, services."""

    old: bool
    files: tuple[str, ...]
    verb: str
    words: tuple[Word, ...]


_COMPOSE_VALUED = frozenset(
    {"-f", "--file", "-p", "--project-name", "--env-file", "--profile"}
)


def compose(command: Command) -> Compose | None:
    """The call of docker compose that `command` is, None where it is none."""
    words = list(command.words)
    if command.name == "docker" and words and words[0].text == "compose":
        words = words[1:]
    elif command.name != "docker-compose":
        return None
    files: list[str] = []
    while words and words[0].text.startswith("-"):
        if words[0].text in ("-f", "--file") and len(words) > 1:
            files.append(words[1].text)
        elif words[0].text.startswith("--file="):
            files.append(words[0].text.partition("=")[2])
        words = words[2 if words[0].text in _COMPOSE_VALUED else 1 :]
    verb = words[0].text if words else ""
    return Compose(
        command.name == "docker-compose", tuple(files), verb, tuple(words[1:])
    )


def _docker(command: Command) -> Effect:
    call = compose(command)
    if call is not None:
        services = tuple(
            w.text for w in call.words if not w.text.startswith("-") and w.literal
        )
        everything = services or ("all services",)
        if call.verb in ("stop", "down", "kill", "pause", "rm"):
            return Effect(reads=call.files, stops=everything)
        if call.verb in ("start", "up", "restart", "unpause"):
            attached = call.verb == "up" and not command.has(
                "-d", "--detach", "--wait", "--no-start"
            )
            if attached and not bounded(command):
                return Effect(
                    reads=call.files, starts=everything, publishes=True,
                    endless="docker compose up without -d stays attached",
                )  # fmt: skip
            return Effect(reads=call.files, starts=everything, publishes=True)
        follows = any(w.text in ("-f", "--follow") for w in call.words)
        if call.verb == "logs" and follows:
            return _endless(command, "docker compose logs -f follows")
        return Effect(reads=call.files)
    words = [word.text for word in command.words]
    verb = words[0] if words else ""
    if verb == "container" and len(words) > 1:
        verb, words = words[1], words[1:]
    names = tuple(w for w in words[1:] if not w.startswith("-"))
    if verb in ("stop", "kill", "pause", "rm"):
        return Effect(stops=names)
    if verb in ("start", "restart", "unpause"):
        return Effect(starts=names, publishes=True)
    if verb == "run":
        found = command.value("--name")
        if command.has("-d", "--detach"):
            return Effect(starts=(found,) if found else ("a container",))
        return Effect(publishes=True)
    if verb == "logs" and command.has("-f", "--follow"):
        return _endless(command, "docker logs -f follows")
    if verb == "attach":
        return Effect(interactive="docker attach takes the terminal")
    if verb in ("stack", "service", "push"):
        return Effect(publishes=True)
    if verb == "stats" and not command.has("--no-stream"):
        return _endless(command, "docker stats goes on until it is interrupted")
    return NOTHING


def _kubectl(command: Command) -> Effect:
    words = [
        w.text
        for w in command.operands(
            frozenset({"-n", "--namespace", "-l", "-o", "-c", "--context", "-f"})
        )
    ]
    verb = words[0] if words else ""
    if verb == "edit":
        return Effect(interactive="kubectl edit opens an editor")
    if verb == "logs" and command.has("-f", "--follow"):
        return _endless(command, "kubectl logs -f follows")
    if verb == "port-forward":
        return _endless(command, "kubectl port-forward stays until it is interrupted")
    if verb == "get" and command.has("-w", "--watch"):
        return _endless(command, "kubectl get -w watches until it is interrupted")
    files = command.value("-f", "--filename")
    reads = (files,) if files and verb in ("apply", "replace", "delete") else ()
    if verb == "scale" and (command.value("--replicas") or "") == "0":
        return Effect(stops=tuple(words[1:]))
    if verb == "scale":
        return Effect(starts=tuple(words[1:]), publishes=True)
    if verb in ("apply", "replace", "rollout", "set", "patch", "delete"):
        return Effect(reads=reads, publishes=True)
    return NOTHING


def _helm(command: Command) -> Effect:
    words = [word.text for word in command.operands(frozenset({"-n", "-f"}))]
    if words and words[0] in ("rollback", "upgrade", "install", "uninstall"):
        return Effect(publishes=True)
    return NOTHING


def _crontab(command: Command) -> Effect:
    if command.has("-e"):
        return Effect(interactive="crontab -e opens an editor")
    if command.has("-l", "-r"):
        return NOTHING
    return Effect(reads=tuple(w.text for w in command.operands(frozenset({"-u"}))))


def _editor(command: Command) -> Effect:
    if command.name in ("vim", "vi", "nvim", "ex") and command.has("-c", "-s", "-es"):
        return NOTHING
    return Effect(
        interactive=f"{command.name} opens an editor",
        reads=tuple(w.text for w in command.operands()),
    )


def _pager(command: Command) -> Effect:
    if len(command.pipeline) > 1 and command.name in ("less", "more"):
        return Effect(interactive=f"{command.name} waits for keys")
    if command.name == "watch":
        return _endless(command, "watch repeats until it is interrupted")
    if command.name in ("top", "htop") and command.has("-b", "-n"):
        return NOTHING
    return Effect(interactive=f"{command.name} waits for keys")


def _sleep(command: Command) -> Effect:
    if command.args[:1] == ["infinity"]:
        return Effect(endless="sleep infinity does not return")
    return NOTHING


def _nothing(command: Command) -> Effect:
    return NOTHING


def killed(command: Command) -> str:
    """The program name that a killall or pkill is after, "" where it is no such call."""
    if command.name not in ("killall", "pkill"):
        return ""
    words = command.operands(
        frozenset({"-u", "-U", "-s", "--signal", "-t", "-g", "-P"})
    )
    return words[0].text if words else ""


def is_script_name(name: str) -> bool:
    """Whether a name is that of a script, which runs under its interpreter's name."""
    return re.search(r"\.(?:py|sh|rb|pl|js|ts|php|jar)$", name) is not None


TOOLS: Mapping[str, Callable[[Command], Effect]] = {
    "systemctl": _systemctl,
    "service": _service,
    "supervisorctl": _supervisor,
    "pm2": _supervisor,
    "journalctl": _journalctl,
    "docker": _docker,
    "docker-compose": _docker,
    "kubectl": _kubectl,
    "helm": _helm,
    "crontab": _crontab,
    "vim": _editor,
    "vi": _editor,
    "nvim": _editor,
    "nano": _editor,
    "emacs": _editor,
    "visudo": _editor,
    "less": _pager,
    "more": _pager,
    "top": _pager,
    "htop": _pager,
    "watch": _pager,
    "sleep": _sleep,
    "kill": _nothing,
    "killall": _nothing,
    "pkill": _nothing,
}
