"""`sudo -u x`, `env A=1`, `timeout 5` and their like, taken off the front of a command."""

from __future__ import annotations

import re

from .shell_command import Command

_TRANSPARENT: dict[str, frozenset[str]] = {
    "sudo": frozenset({"-u", "-g", "-h", "-p", "-C", "--user", "--group"}),
    "doas": frozenset({"-u"}),
    "env": frozenset({"-u", "--unset"}),
    "time": frozenset(),
    "nohup": frozenset(),
    "exec": frozenset(),
    "command": frozenset(),
    "nice": frozenset({"-n"}),
    "ionice": frozenset({"-c", "-n"}),
    "stdbuf": frozenset({"-o", "-e", "-i"}),
    "timeout": frozenset({"-s", "-k", "--signal", "--kill-after"}),
    "xargs": frozenset({"-I", "-n", "-P", "-L", "-d", "-a", "-s", "-E"}),
    "setsid": frozenset(),
    "poetry": frozenset(),
    "pipenv": frozenset(),
    "uv": frozenset(),
    "bundle": frozenset(),
    "npx": frozenset(),
    "op": frozenset(),
}
_RUNNERS = {
    "poetry": "run",
    "pipenv": "run",
    "uv": "run",
    "bundle": "exec",
    "op": "run",
}


def unwrap(command: Command) -> None:
    """Take `sudo -u x`, `env A=1`, `timeout 5` and their like off the front."""
    while True:
        base = command.name.rsplit("/", 1)[-1]
        if "/" in command.name and command.name.rsplit("/", 2)[0] in _BINARIES:
            command.name = base
        valued = _TRANSPARENT.get(base)
        words = list(command.words)
        if valued is None or command.name != base:
            return
        if base in _RUNNERS:
            if not words or words[0].text != _RUNNERS[base]:
                return
            words = words[1:]
        assigned: list[tuple[str, str]] = []
        while words:
            text = words[0].text
            if text == "--":
                words = words[1:]
                break
            if text.startswith("-") and base == "command" and text in ("-v", "-V"):
                return
            if text.startswith("-"):
                words = words[2 if text in valued else 1 :]
            elif base in ("env", "sudo") and re.match(r"[A-Za-z_]\w*=", text):
                name, _, value = text.partition("=")
                assigned.append((name, value))
                words = words[1:]
            else:
                break
        if base == "timeout" and words:
            words = words[1:]
        if not words:
            return
        command.wrappers = (*command.wrappers, base)
        command.assignments = (*command.assignments, *assigned)
        command.name = command.path = words[0].text
        command.words = tuple(words[1:])


_BINARIES = frozenset(
    {"/bin", "/usr/bin", "/sbin", "/usr/sbin", "/usr/local/bin", "/usr", "/usr/local"}
)
