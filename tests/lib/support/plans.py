"""Plans as tests write them, and what one rule finds in them."""

from __future__ import annotations

import re
from pathlib import Path

from backout.checks.plans.judge import judge
from backout.checks.plans.rule import Context
from backout.core.finding import Finding
from backout.core.git import Git
from backout.core.tree import CommitTree
from support.repository import Repository

PATH = "docs/rollback.md"


def bash(text: str, title: str = "Rollback", lead: str = "") -> str:
    """A plan with one section that holds one block of shell."""
    return f"# {title}\n\n{lead}\n\n```bash\n{text}\n```\n"


def found(rule: str, plan: str, context: Context | None = None) -> list[Finding]:
    """What `rule` finds in a plan."""
    findings = judge(PATH, plan.encode(), context or Context())
    return [finding for finding in findings if finding.rule == rule]


def found_in(repo: Repository, rule: str, plan: str) -> list[Finding]:
    """What `rule` finds in a plan beside the repository's last commit."""
    with Git.find(repo.path) as git:
        return found(rule, plan, Context(CommitTree(git, "HEAD"), git))


def page(docs: Path, rule: str, kind: str) -> str:
    """What stands under "Bad" or "Good" on a rule's page, without its fence."""
    text = (docs / f"{rule}.md").read_text("utf-8")
    part = re.search(
        rf"^## {kind}\n\n(.*?)\n\n## (?=[A-Z])", text, re.MULTILINE | re.DOTALL
    )
    assert part is not None
    whole = re.fullmatch(r"(`{4,})markdown\n(.*?)\n\1", part[1], re.DOTALL)
    return part[1] if whole is None else whole[2]
