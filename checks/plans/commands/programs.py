"""Interpreters and test runners: which program of the repository's a command starts."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from . import migrations
from .effect import NOTHING, Effect

if TYPE_CHECKING:
    from ..shell_command import Command

_SCRIPT = re.compile(r"^(?:\./|\.\./|[\w.-]+/)[\w./-]*$")
_VALUED = frozenset({"-W", "-X", "-c", "-m"})


def is_script(name: str) -> bool:
    """Whether a command's name is a path into the repository: `./deploy.sh`."""
    return _SCRIPT.match(name) is not None and not name.startswith("/")


def _python(command: Command) -> Effect:
    found = migrations.step(command)
    if found is not None:
        runs = command.args[0] if command.args[0].endswith(".py") else ""
        if found.way == "up":
            return Effect(database="up", runs=runs)
        return Effect(database="down", runs=runs, replaces=True)
    args = command.args
    if not args and not command.redirects and len(command.pipeline) < 2:
        return Effect(interactive="python opens a session")
    if "-c" in args[:2]:
        return NOTHING
    if "-m" in args[:2]:
        module = args[args.index("-m") + 1 :][:1]
        rest = args[args.index("-m") + 2 :]
        if module == ["pytest"]:
            return Effect(reads=_tests(rest))
        if module == ["http.server"]:
            return Effect(endless="http.server serves until it is interrupted")
        return NOTHING
    words = command.operands(_VALUED)
    if not words or words[0].text == "-":
        return NOTHING
    if words[0].text.rsplit("/", 1)[-1] == "manage.py":
        verb = words[1].text if len(words) > 1 else ""
        if verb in ("shell", "dbshell", "shell_plus") and not command.has(
            "-c", "--command"
        ):
            redirected = command.redirects or len(command.pipeline) > 1
            if not redirected:
                return Effect(
                    runs=words[0].text, interactive=f"manage.py {verb} opens a session"
                )
        if verb == "runserver" and not command.background:
            return Effect(runs=words[0].text, endless="runserver serves until stopped")
    return Effect(runs=words[0].text)


def _tests(args: list[str]) -> tuple[str, ...]:
    valued = {"-k", "-m", "-n", "-p", "-c", "--maxfail", "-o", "-W", "--cov", "--tb"}
    found: list[str] = []
    skip = False
    for arg in args:
        if skip:
            skip = False
        elif arg.startswith("-"):
            skip = arg in valued
        else:
            found.append(arg.split("::")[0])
    return tuple(found)


def _pytest(command: Command) -> Effect:
    return Effect(reads=_tests(command.args))


def _shell(command: Command) -> Effect:
    words = command.operands(frozenset({"-c", "-o"}))
    if command.has("-c") or not words:
        return NOTHING
    return Effect(runs=words[0].text)


def _pip(command: Command) -> Effect:
    if command.args[:1] != ["install"]:
        return NOTHING
    given = command.value("-r", "--requirement")
    return Effect(reads=(given,) if given else ())


def _make(command: Command) -> Effect:
    deploys = any(re.search(r"deploy|release|publish", arg) for arg in command.args)
    return Effect(publishes=deploys)


def _deploy(command: Command) -> Effect:
    args = command.args
    if command.name in ("aws", "gcloud", "az") and {"cp", "sync", "download"} & {*args}:
        words = [word.text for word in command.operands()]
        if len(words) > 1 and (words[-1] == "." or words[-1].endswith("/")):
            name = words[-2].rsplit("/", 1)[-1]
            return Effect(writes=(words[-1].removesuffix(".") + name,))
        return Effect(writes=(words[-1],)) if words else NOTHING
    return Effect(publishes=True)


def _openssl(command: Command) -> Effect:
    given = command.value("-out")
    return Effect(writes=(given,)) if given else NOTHING


def _download(command: Command) -> Effect:
    given = command.value("-o", "--output", "-O", "--output-document")
    return Effect(writes=(given,)) if given else NOTHING


def _nothing(command: Command) -> Effect:
    return NOTHING


def _source(command: Command) -> Effect:
    return Effect(reads=tuple(command.args[:1]))


TOOLS: Mapping[str, Callable[[Command], Effect]] = {
    **dict.fromkeys(("python", "python3", "python3.11", "python3.12", "php"), _python),
    "pytest": _pytest,
    "py.test": _pytest,
    "bash": _shell,
    "sh": _shell,
    "zsh": _shell,
    "pip": _pip,
    "pip3": _pip,
    "make": _make,
    "source": _source,
    ".": _source,
    **dict.fromkeys(
        ("ansible-playbook", "terraform", "cap", "fly", "flyctl", "heroku", "vercel",
         "netlify", "wrangler", "gcloud", "aws", "az", "eb", "serverless", "argocd",
         "flux", "skaffold", "railway", "firebase"),
        _deploy,
    ),
    **dict.fromkeys(
        ("npm", "pnpm", "yarn", "node", "go", "cargo", "mvn", "gradle", "gh", "apt-get",
         "apt", "yum", "brew", "mail", "date", "nginx", "consul", "etcdctl",
         "vault", "ruby", "perl", "java"),
        _nothing,
    ),
    "curl": _download,
    "openssl": _openssl,
    "wget": _download,
    "gsutil": _deploy,
}  # fmt: skip
