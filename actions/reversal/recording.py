"""The record of a plan that is carried out: by whom, when, why, with what."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.metadata import version

from ...core.errors import UsageError
from ...core.git import Git, GitError
from ...core.reversal.scratch import require_git
from .arguments import Request
from .computing import Computed
from .record import Record, Undone


def recorded(git: Git, computed: Computed, request: Request) -> Record:
    """The record of `computed`, made now. Raises UsageError where git knows no name."""
    plan, options = computed.plan, request.options
    try:
        who = git.run("var", "GIT_AUTHOR_IDENT").decode("utf-8", "replace")
    except GitError as error:
        raise UsageError(
            "git does not know who you are, and the commits must say: git config "
            "--global user.name NAME; git config --global user.email ADDRESS"
        ) from error
    return Record(
        name=plan.name,
        onto=plan.onto,
        tree=plan.tree,
        undone=tuple(Undone(t.commit.sha, t.mainline) for t in plan.targets),
        started=datetime.now(UTC).replace(microsecond=0),
        reason=request.reason,
        by=who.rpartition(" ")[0].rpartition(" ")[0],
        migration=plan.migration,
        phases=plan.phases,
        severity=request.severity,
        paths=options.paths,
        leave=options.leave,
        restore=computed.choices.restore,
        baseline=computed.choices.baseline,
        adjacent=options.adjacent,
        conflicts=plan.conflicts,
        draft=options.draft,
        tool=f"backout {version('backout')}",
        git=require_git(git),
    )
