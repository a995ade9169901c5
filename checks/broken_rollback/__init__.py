"""A rollback that merges cleanly and still breaks: text goes back, meaning does not.

What is judged is the tree that a rollback gives, against the tree that it starts from.
Told are only things that the rollback breaks: what was broken before stays unsaid.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...core.change import Change
from ...core.finding import Finding, Rule
from ...core.policy import Policy

RULES = (
    Rule("rollback-unparsable", "a file that the rollback changes does not parse"),
    Rule("rollback-dangling-import", "an import of what the rollback takes away"),
    Rule(
        "rollback-dangling-member", "a method or keyword that the rollback takes away"
    ),
    Rule("rollback-undefined-name", "a name that the rollback leaves undefined"),
    Rule("rollback-dangling-path", "a setting that names what the rollback takes away"),
)


def check(change: Change, policy: Policy) -> Iterator[Finding]:
    """Everything that works in the tree before and not in the tree after."""
    from . import imports, members, names, settings
    from .python import Sources

    if change.base is None:
        return
    before = Sources(change.base, policy.source_roots)
    after = Sources(change.head, policy.source_roots)
    touched = [path for path in change.present if path.endswith((".py", ".pyi"))]
    after.load(touched)
    known = [path for path in touched if change.files[path].old is not None]
    before.load(known)
    yield from names.findings(touched, frozenset(known), before, after)
    gone = imports.taken_away(change, before, after)
    yield from imports.findings(touched, frozenset(known), gone, before, after)
    yield from members.findings(change, before, after, policy.source_roots)
    yield from settings.findings(change, gone)
