"""Schema migration tools: which way a call goes, and how far."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import msgspec

from .effect import NOTHING, Effect

if TYPE_CHECKING:
    from ..shell_command import Command


class Step(msgspec.Struct, frozen=True):
    """`way` is "up" or "down"; `to` is the revision named, "" for all or the last."""

    way: str
    to: str = ""


def step(command: Command) -> Step | None:
    """What a command does to the schema, None where it is no migration tool."""
    args = command.args
    if {"--check", "--plan", "--list", "--dry-run", "--sql", "status"} & {*args}:
        return None
    name = command.name.rsplit("/", 1)[-1]
    if name in ("python", "python3", "python3.11", "python3.12", "php"):
        if args[:1] == ["-m"] and len(args) > 1:
            name, args = args[1], args[2:]
        elif args and args[0].rsplit("/", 1)[-1] in ("manage.py", "artisan"):
            name, args = args[0].rsplit("/", 1)[-1], args[1:]
    if name == "django-admin":
        name = "manage.py"
    words = [arg for arg in args if not arg.startswith("-") or re.match(r"-\d", arg)]
    if name in ("alembic",) or (name == "flask" and words[:1] == ["db"]):
        words = words[1:] if name == "flask" else words
        # `-c alembic.ini` stands before the verb.
        words = words[1:] if words and words[0].endswith(".ini") else words
        if words[:1] == ["upgrade"]:
            return Step("up", "" if words[1:2] in ([], ["head"]) else words[1])
        if words[:1] == ["downgrade"]:
            return Step("down", words[1] if len(words) > 1 else "-1")
    if name == "manage.py" and words[:1] == ["migrate"]:
        # `migrate APP NAME` goes to NAME, which in a rollback is behind.
        return Step("down", words[2]) if len(words) > 2 else Step("up")
    if name == "artisan" and words:
        if words[0] == "migrate":
            return Step("up")
        if words[0].startswith("migrate:rollback"):
            return Step("down", command.value("--step", "--batch") or "-1")
    if name in ("flyway", "liquibase"):
        if any(word in ("migrate", "update") for word in words):
            return Step("up")
        if any(word == "undo" or word.startswith("rollback") for word in words):
            to = [word for word in words if not word.startswith(("rollback", "undo"))]
            return Step("down", to[0] if to else "-1")
    if name in ("rails", "rake") and words:
        if words[0] == "db:migrate":
            return Step("up")
        if words[0] in ("db:rollback", "db:migrate:down"):
            known = any(n in ("VERSION", "STEP") for n, _ in command.assignments)
            told = [w for w in words[1:] if w.startswith(("VERSION=", "STEP="))]
            return Step("down", told[0] if told else ("VERSION" if known else "-1"))
    if name == "npx":
        words = words[1:] if words[:1] else words
    if name in ("knex", "sequelize", "prisma", "typeorm", "goose", "migrate", "dbmate"):
        joined = " ".join(words)
        if re.search(r"\b(?:down|undo|rollback|revert)\b|migrate:(?:rollback|undo|down)",
                     joined):  # fmt: skip
            return Step("down", "-1" if len(words) < 2 else words[-1])
        if re.search(r"\b(?:up|latest|deploy)\b|db:migrate\b|migration:run", joined):
            return Step("up")
    return None


def _tool(command: Command) -> Effect:
    found = step(command)
    if found is None:
        return NOTHING
    if found.way == "up":
        return Effect(database="up")
    return Effect(database="down", replaces=True)


TOOLS: Mapping[str, Callable[[Command], Effect]] = dict.fromkeys(
    ("alembic", "flask", "flyway", "liquibase", "rails", "rake", "knex", "sequelize",
     "prisma", "typeorm", "goose", "migrate", "dbmate", "django-admin", "npx"),
    _tool,
)  # fmt: skip
