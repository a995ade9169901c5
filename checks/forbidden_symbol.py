"""forbidden-symbol: a legacy name that may no longer be used is used.

The work is the symbol engine's (`symbols/`); this says what its uses mean under the
policy: where a use is allowed, how bad it is, why, and what to write instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from sys import intern
from typing import NamedTuple

from ..core.change import Change
from ..core.finding import Finding, Place, Rule, Severity
from ..core.paths import matcher, scope_of
from ..core.policy import FILE_NAME, Forbid, Migration, Policy
from ..core.policy.words import listed
from .symbols import Homes, Target, Unreadable, Use, uses

SYMBOL = Rule("forbidden-symbol", "uses a legacy name that may not come back")
UNPARSABLE = Rule(
    "unparsable-file", "a file that mentions a forbidden name cannot be judged"
)
RULES = (SYMBOL, UNPARSABLE)


class Ban(NamedTuple):
    """One entry under `forbid:`, and where its migration and its own home lie."""

    migration: Migration
    forbid: Forbid
    target: Target
    is_excepted: Callable[[str], bool]

    @property
    def address(self) -> str:
        """Its migration, and the phase since which it holds."""
        phase = self.forbid.from_phase
        return f"{self.migration.id}/{phase}" if phase else self.migration.id


def check(change: Change, policy: Policy) -> Iterator[Finding]:
    """Every use of a forbidden name in the judged files."""
    banned = [ban for ban in bans(policy) if ban.forbid.mode == "ban"]
    if not banned:
        return iter(())
    by_target: dict[Target, list[Ban]] = {}
    for ban in banned:
        by_target.setdefault(ban.target, []).append(ban)
    paths = None if change.is_everything else judged(change.present, banned, policy)
    # It begins here, while other checks do their work.
    found = uses(change.head, paths, list(by_target), policy.source_roots)
    return _findings(change, policy, by_target, found)


def _findings(
    change: Change,
    policy: Policy,
    by_target: Mapping[Target, list[Ban]],
    uses: Iterable[Use | Unreadable],
) -> Iterator[Finding]:
    banned = [ban for some in by_target.values() for ban in some]
    roots = policy.source_roots
    homes = Homes(change.head, roots)
    used: list[tuple[Use, list[tuple[Ban, Severity]]]] = []
    meaning: dict[tuple[Target, str, str], list[tuple[Ban, Severity]]] = {}
    for found in uses:
        if found.path == FILE_NAME:
            continue
        if isinstance(found, Unreadable):
            yield from unreadable(found, banned, policy)
            continue
        if homes.hold(found.target, found.path):
            continue
        key = (found.target, found.path, found.alias)
        if key not in meaning:
            levels = [
                (ban, severity)
                for ban in by_target[found.target]
                if (severity := told(ban, found, policy)) is not None
            ]
            meaning[key] = _worst_first(levels)
        if meaning[key]:
            used.append((found, meaning[key]))
    named = [(use, ban.forbid.use) for use, [(ban, _), *_] in used if ban.forbid.use]
    sure: set[Use] = set()
    if named:
        from .fixable import fixable

        sure = fixable(change.head, roots, named)
    fix = "backout gate --fix" if change.is_staged else "backout gate --all --fix"
    for use, meant in used:
        yield _finding(use, meant, fix if use in sure else "")


def bans(policy: Policy) -> Iterator[Ban]:
    """What the policy forbids that the symbol engine can look for, entry by entry."""
    for migration in policy.migrations.values():
        for forbid in migration.forbid:
            target = target_of(forbid)
            if target is not None:
                yield Ban(migration, forbid, target, matcher(forbid.except_))


def target_of(forbid: Forbid) -> Target | None:
    """What an entry under `forbid:` asks the symbol engine for; None for a path."""
    if forbid.keyword is not None:
        return Target("keyword", forbid.keyword, forbid.of or "")
    if forbid.symbol is not None:
        return Target("symbol", forbid.symbol)
    if forbid.module is not None:
        return Target("module", forbid.module)
    return None if forbid.flag is None else Target("flag", forbid.flag)


def strength(ban: Ban, path: str, policy: Policy) -> Severity | None:
    """How bad a use in `path` is; None where it is allowed."""
    if ban.is_excepted(path):
        return None
    given = ban.forbid.strength(scope_of(path, policy))
    return None if given == "ignore" else Severity(given)


def told(ban: Ban, use: Use, policy: Policy) -> Severity | None:
    """How bad a use is; None where it is allowed, or takes the name by the very way that
    the policy names: a module that gives the new thing, and the old one where there is
    none."""
    instead = ban.forbid.use
    if instead and f"{use.alias}.".startswith(f"{instead}."):
        return None
    return strength(ban, use.path, policy)


def _worst_first(bans: Iterable[tuple[Ban, Severity]]) -> list[tuple[Ban, Severity]]:
    """One entry of each migration, the worst first, and of these one that says what to
    use instead."""
    order = list(Severity)

    def rank(each: tuple[Ban, Severity]) -> tuple[int, bool]:
        return order.index(each[1]), each[0].forbid.use is None

    first: dict[str, tuple[Ban, Severity]] = {}
    for ban, severity in sorted(bans, key=rank):
        first.setdefault(ban.migration.id, (ban, severity))
    return list(first.values())


def _finding(use: Use, bans: Sequence[tuple[Ban, Severity]], fix: str) -> Finding:
    (ban, severity), *others = bans
    return Finding(
        rule=SYMBOL.id,
        severity=severity,
        place=Place(use.path, *use.span),
        # Thousands of uses say the same.
        message=intern(f"{_what(use)} It {listed(_why(each) for each, _ in bans)}."),
        help=intern(_instead(use, ban.forbid, fix)),
        symbol=ban.forbid.name,
        migration=ban.migration.id,
        phase=ban.forbid.from_phase or "",
        also=tuple(each.address for each, _ in others),
    )


def _what(use: Use) -> str:
    name = use.target.name
    if use.target.kind == "keyword":
        return f"{use.target.of} has no parameter {name} any more."
    if use.target.kind == "flag":
        return f"The flag {name} is neither read nor set any more."
    through = f", by way of {use.alias}" if use.alias else ""
    return f"This is {use.name}{through}, which may not be used any more."


def _why(ban: Ban) -> str:
    migration, phase = ban.migration, ban.forbid.from_phase
    titled = f"{migration.id} ({migration.title})" if migration.title else migration.id
    if phase is None:
        return f"went with {titled}"
    return f"is gone since phase {phase} of {titled}"


def _instead(use: Use, forbid: Forbid, fix: str) -> str:
    said: list[str] = []
    if forbid.use:
        said.append(f"Use {forbid.use}.")
    elif use.target.kind == "keyword":
        said.append("Leave the argument out.")
    else:
        said.append("Remove this use.")
    if use.bound_at:
        said.append(f"It is imported at line {use.bound_at}.")
    if fix:
        said.append(f"`{fix}` rewrites it.")
    return " ".join(said)


def judged(paths: Iterable[str], bans: Sequence[Ban], policy: Policy) -> list[str]:
    """Those of `paths` in which a use of any of the names would be told: where all are
    allowed, as in a README, there is nothing to search for."""
    # The policy has to name what it forbids.
    return [
        path
        for path in paths
        if path != FILE_NAME
        and any(strength(ban, path, policy) is not None for ban in bans)
    ]


def unreadable(found: Unreadable, bans: list[Ban], policy: Policy) -> Iterator[Finding]:
    """A file that mentions a name and cannot be judged is as bad as a use in it."""
    order = [Severity.ERROR, Severity.WARNING, Severity.INFO]
    levels = {strength(ban, found.path, policy) for ban in bans}
    worst = next((level for level in order if level in levels), None)
    if worst is not None:
        yield Finding(
            rule=UNPARSABLE.id,
            severity=worst,
            place=Place(found.path, *found.span),
            message=f"{found.path} mentions a forbidden name and cannot be judged: "
            f"{found.reason}.",
            help="Repair the file, or except it from the entry under `forbid:`.",
        )
