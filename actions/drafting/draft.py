"""Rollback documents read from disk, and the policy that is drafted from them."""

from __future__ import annotations

from collections.abc import Sequence

from ...checks.plans.reading import Unreadable, read
from ...core.errors import UsageError
from ...core.git import Git
from ..plan.desk import read_plan, shown_path
from ..starting.survey import Found
from .drafted import drafted
from .gathered import Gathered


def draft(files: Sequence[str], git: Git, found: Found) -> str:
    """The text of a policy out of the documents `files`, one migration for each.

    `found` is what the repository itself tells. Raises UsageError for a document that
    cannot be read.
    """
    documents: list[Gathered] = []
    for name in files:
        path = shown_path(name, git.top)
        try:
            documents.append(Gathered(read(path, read_plan(name))))
        except Unreadable as error:
            where = f"{path}:{error.line}" if error.line else path
            raise UsageError(f"{where}: {error}") from error
    return drafted(documents, found.tags, found.branch)


def said(text: str) -> str:
    """What a draft holds, as one clause: "2 migrations, 12 phases, 9 gaps"."""
    from ...core.policy import FILE_NAME
    from ...core.policy_file import read_policy

    policy = read_policy(text.encode("utf-8"), FILE_NAME)
    phases = sum(len(m.phases) for m in policy.migrations.values())
    gaps = sum("not known" in line for line in text.splitlines()[4:])
    counts = (
        (len(policy.migrations), "migration"),
        (phases, "phase"),
        (gaps, "gap"),
    )
    return ", ".join(f"{n} {word}{'' if n == 1 else 's'}" for n, word in counts)
