"""The plans that somebody asked about, each with what the repository knows of it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from ...checks.plan import plans
from ...checks.plans.reading import MAX_BYTES
from ...checks.plans.rule import Context
from ...core.errors import UsageError
from ...core.git import Git
from ...core.policy import FILE_NAME, Policy
from ...core.policy_file import read_policy
from ...core.work_tree import WorkTree


class Sheet(NamedTuple):
    """One plan: where it lies, what a report calls it, its bytes, its context."""

    file: Path
    path: str
    content: bytes
    context: Context


class Desk(NamedTuple):
    """All of them. `policy` is None where there is no repository, or it has none."""

    sheets: list[Sheet]
    policy: Policy | None
    top: Path | None


def laid_out(files: Sequence[str], git: Git | None) -> Desk:
    """The plans `files`, or those that the policy names where there are none.

    A file is judged as the plan of the migration or phase that names it, any other as
    a runbook of nobody's. Raises UsageError for what cannot be read, a directory, a
    wrong policy, and where nothing is named at all.
    """
    top = None if git is None else git.top
    policy = None if top is None else _policy(top)
    named = {} if policy is None else {p.path: p for p in plans(policy)}
    if not files and not named:
        raise UsageError(
            f"name a file: no {FILE_NAME} here names a plan"
            if policy is None
            else f"name a file: {FILE_NAME} names no plan of an open migration"
        )
    tree = None if git is None or top is None else WorkTree(git)
    # Before its first commit a repository has files, but no history to ask.
    head = ("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    history = git if git is not None and git.test(*head) else None
    chosen = [Path(file) for file in files]
    if not chosen and top is not None:
        chosen = [top / path for path in named]
    now = datetime.now(UTC)
    sheets: list[Sheet] = []
    for file in chosen:
        path = shown_path(file, top)
        plan = named.get(path)
        context = Context(
            tree=tree,
            git=history,
            policy=policy,
            migration=None if plan is None else plan.migration,
            only=None if plan is None else plan.phase,
            now=now,
        )
        sheets.append(Sheet(file, path, read_plan(file), context))
    return Desk(sheets, policy, top)


def repository() -> Git | None:
    """The repository around the current folder, None where there is none."""
    try:
        return Git.find()
    except UsageError:
        return None


def _policy(top: Path) -> Policy | None:
    try:
        data = (top / FILE_NAME).read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UsageError(f"{FILE_NAME} cannot be read: {error.strerror}") from error
    return read_policy(data, FILE_NAME)


def read_plan(file: str | Path) -> bytes:
    """The bytes of a plan. Raises UsageError where they cannot be had."""
    file = Path(file)
    try:
        with file.open("rb") as stream:
            # One byte more than a plan may have: the reader says that it is too long.
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from error


def shown_path(file: str | Path, top: Path | None) -> str:
    """A file's path from the repository's top; as it was given for a file elsewhere."""
    file = Path(file)
    if top is None:
        return file.as_posix()
    # The folder may be a link, the file itself is taken as it is named.
    whole = Path(os.path.realpath(file.parent)) / file.name
    try:
        return whole.relative_to(os.path.realpath(top)).as_posix()
    except ValueError:
        return file.as_posix()
