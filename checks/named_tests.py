"""named-test-untracked: a test that a rollback is verified by is not in git.

In one of the real plans the very test that was to prove the rollback was git-ignored:
there on the author's machine, and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ..core.change import Change
from ..core.finding import Finding, Place, Rule, Severity
from ..core.policy import FILE_NAME, Phase, Policy
from ..core.policy.words import listed

RULES = (
    Rule("named-test-untracked", "a test named for verification is not tracked by git"),
)

_FILE = re.compile(r"(?<![\w./-])[\w./-]+\.py\b")


def check(change: Change, policy: Policy) -> Iterator[Finding]:
    """Test files that `verify:` of an open migration names and the head has not, each
    once."""
    missing: dict[str, list[tuple[str, str]]] = {}
    for migration in policy.migrations.values():
        if migration.status == "closed":
            continue
        for phase in migration.phases:
            for path in _named(phase):
                if change.head.get(path) is not None:
                    continue
                if change.is_whole or path in change.files or FILE_NAME in change.files:
                    missing.setdefault(path, []).append((migration.id, phase.id))
    for path, phases in missing.items():
        yield _finding(path, phases)


def _finding(path: str, phases: Sequence[tuple[str, str]]) -> Finding:
    addresses = ["/".join(phase) for phase in phases]
    what = "a rollback" if len(phases) == 1 else "rollbacks"
    migration, phase = phases[0]
    return Finding(
        "named-test-untracked",
        Severity.ERROR,
        Place(FILE_NAME),
        f"{path} verifies {what} of {listed(addresses)}, and git does not track it.",
        f"git add --force {path}, or name a test that is there.",
        migration=migration,
        phase=phase,
        also=tuple(addresses[1:]),
    )


def _named(phase: Phase) -> list[str]:
    """Paths of Python files that the phase's verification names, each once."""
    commands = (*phase.verify.now, *phase.verify.legacy_active)
    found = [path for c in commands for path in _FILE.findall(c.run)]
    paths = [path.removeprefix("./") for path in (*phase.verify.tests, *found)]
    return list(dict.fromkeys(p for p in paths if not p.startswith(("/", "../"))))
