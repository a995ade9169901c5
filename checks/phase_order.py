"""phase-out-of-order, baseline-missing: what a phase stands on is there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ..core.change import Change
from ..core.errors import CannotDecide
from ..core.finding import Finding, Note, Place, Rule, Severity
from ..core.git import Git
from ..core.paths import matcher
from ..core.policy import FILE_NAME, Migration, Phase, Policy

if TYPE_CHECKING:
    from ..core.reversal.phases import Landed

RULES = (
    Rule("phase-out-of-order", "a phase comes before one that it stands on"),
    Rule("baseline-missing", "the commit a migration started from cannot be found"),
)


_PATIENCE = 10.0  # seconds for a remote that may be asleep


def check(change: Change, policy: Policy) -> Iterator[Finding | Note]:
    """For each open migration that the change touches: its baseline, and the order.

    A whole tree has no order; only the baselines are looked at. Where a merge is judged
    the remote is asked too whether it has them, in one round trip; at a commit never.
    """
    git = change.git
    if git is None:
        return
    here: dict[str, tuple[Migration, str]] = {}
    for migration in policy.migrations.values():
        if migration.status == "closed":
            continue
        touched = _touched(change, migration)
        if not touched and FILE_NAME not in change.files:
            continue
        tip = change.base_tip or "HEAD"
        baseline = ""
        if migration.baseline is not None:
            why, baseline = _baseline(git, migration.baseline, tip)
            if why:
                yield _missing(
                    migration,
                    f"{why}: no file can be restored from it.",
                    f"git tag {migration.baseline} COMMIT, and push the tag; or name "
                    f"another baseline.",
                )
                continue
            here[migration.id] = (migration, baseline)
        if not change.is_whole:
            yield from _order(git, migration, touched, tip, baseline)
    if here and change.base_tip and not change.is_staged:
        yield from _not_there(git, policy.remote, list(here.values()))


def _missing(migration: Migration, why: str, help: str) -> Finding:
    return Finding(
        "baseline-missing",
        Severity.ERROR,
        Place(FILE_NAME),
        f"The baseline {migration.baseline} of {migration.id} {why}",
        help,
        migration=migration.id,
    )


def _not_there(
    git: Git, name: str, here: Sequence[tuple[Migration, str]]
) -> Iterator[Finding | Note]:
    """Baselines of this clone that the remote called `name` does not have."""
    from ..core.remote import Remote, Unreachable, names

    wanted: dict[str, list[tuple[Migration, str]]] = {}
    for migration, sha in here:
        assert migration.baseline is not None
        full = git.run("rev-parse", "--symbolic-full-name", migration.baseline).decode()
        ref = full.strip().replace(f"refs/remotes/{name}/", "refs/heads/")
        # A commit's own id is asked of nobody: it is an ancestor of the branch.
        if ref.startswith(("refs/tags/", "refs/heads/")):
            wanted.setdefault(ref, []).append((migration, sha))
    if not wanted or name not in names(git):
        return
    remote = Remote(git, name)
    try:
        there = remote.ids(list(wanted), _PATIENCE)
    except Unreachable as why:
        refs = ", ".join(str(m.baseline) for ms in wanted.values() for m, _ in ms)
        yield Note(f"Not asked whether {name} has the baseline {refs}: {why}")
        return
    for ref, migrations in wanted.items():
        for migration, sha in migrations:
            push = f"git push {name} {ref}"
            if ref not in there:
                yield _missing(
                    migration,
                    f"is not on {name}: whoever clones that cannot restore from it.",
                    f"{push}; or name another baseline.",
                )
            elif ref.startswith("refs/tags/") and there[ref] != sha:
                yield _missing(
                    migration,
                    f"is {there[ref][:9]} on {name} and {sha[:9]} here: they would "
                    f"restore different files.",
                    f"Fetch the right one (git fetch {name} tag {migration.baseline} "
                    f"--force), or push it.",
                )


def _touched(change: Change, migration: Migration) -> dict[str, str]:
    """The phases that the change touches, by id, each with the first of its files."""
    found: dict[str, str] = {}
    for phase in migration.phases:
        touches = matcher(phase.paths)
        first = min((path for path in change.files if touches(path)), default="")
        if first:
            found[phase.id] = first
    return found


def _baseline(git: Git, name: str, tip: str) -> tuple[str, str]:
    """What is wrong with a baseline ("" if nothing), and its id.

    Raises CannotDecide in a shallow clone: what is not here may well be there.
    """
    try:
        sha = git.resolve(name)
    except CannotDecide:
        if git.is_shallow():
            raise
        return "is not in this repository", ""
    if not git.test("rev-parse", "--verify", "--quiet", f"{tip}^{{commit}}"):
        return "", sha  # nothing has been committed yet
    if git.test("merge-base", "--is-ancestor", sha, tip):
        return "", sha
    if git.is_shallow():
        raise CannotDecide(
            f"this clone is shallow and does not reach back to the baseline {name}. In "
            f"GitHub Actions: actions/checkout with fetch-depth: 0."
        )
    return f"is no ancestor of {tip[:9]}", ""


def _order(
    git: Git, migration: Migration, touched: dict[str, str], tip: str, baseline: str
) -> Iterator[Finding]:
    """Touched phases that stand on one of which the base holds no commit."""
    waiting = {
        phase.id: [id for id in phase.after if id not in touched]
        for phase in migration.phases
        if phase.id in touched and phase.after
    }
    if not any(waiting.values()) or not git.test(
        "rev-parse", "--verify", "--quiet", f"{tip}^{{commit}}"
    ):
        return
    from ..core.reversal.phases import has_landed, landed

    known = landed(git, migration, tip, baseline)
    for id, before in waiting.items():
        for earlier in map(migration.phase, before):
            if earlier is None or not _can_be_known(earlier, known, baseline):
                continue
            if not has_landed(git, earlier, known, tip, baseline):
                title = f" {earlier.title}" if earlier.title else ""
                yield Finding(
                    "phase-out-of-order",
                    Severity.ERROR,
                    Place(touched[id]),
                    f"This belongs to {migration.id}/{id}, which comes after "
                    f"{earlier.id}{title}: nothing of that has landed yet.",
                    f"Land {migration.id}/{earlier.id} first; or take it out of "
                    f"`after:` in backout.yaml if {id} does not need it.",
                    migration=migration.id,
                    phase=id,
                )


def _can_be_known(phase: Phase, known: Landed, baseline: str) -> bool:
    """Whether the history can tell if a phase has landed: by trailers, named commits,
    or its paths since the baseline."""
    by_paths = bool(phase.paths and baseline)
    return bool(phase.commits) or phase.id in known or by_paths
