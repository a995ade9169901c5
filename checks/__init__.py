"""What is verified: one check is one module, pure, from a change to its findings.

`ALL` is the whole list, each with the question whether it has anything to look at, so
that a hook imports no check in vain. A check's module holds `RULES`, the rules it may
report, and `check(change, policy)`, a generator of findings. To add one: the new file,
one line here, one table of cases in `tests/checks/`, one page for each rule in
`docs/rules/`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:  # a worker, which is below this package, needs none of them
    from ..core.change import Change
    from ..core.finding import Finding, Note, Rule
    from ..core.policy import Policy


def _forbids(change: Change, policy: Policy) -> bool:
    return any(migration.forbid for migration in policy.migrations.values())


def _forbids_a_path(change: Change, policy: Policy) -> bool:
    entries = (f for m in policy.migrations.values() for f in m.forbid)
    return any(forbid.path is not None for forbid in entries)


def _ratchets(change: Change, policy: Policy) -> bool:
    entries = (entry for m in policy.migrations.values() for entry in m.forbid)
    return any(entry.mode == "ratchet" for entry in entries)


def _has_data(change: Change, policy: Policy) -> bool:
    phases = (phase for m in policy.migrations.values() for phase in m.phases)
    return any(phase.data is not None for phase in phases)


def _has_guards(change: Change, policy: Policy) -> bool:
    guarded = any(migration.guards for migration in policy.migrations.values())
    return guarded and not change.is_whole


def _is_open(change: Change, policy: Policy) -> bool:
    return any(migration.status == "open" for migration in policy.migrations.values())


def _is_rolled_back(change: Change, policy: Policy) -> bool:
    return bool(change.rolled_back)


def _is_rollback(change: Change, policy: Policy) -> bool:
    if change.is_whole:
        return change.head.holds(".backout/rollbacks")
    records = [path for path in change.files if path.startswith(".backout/rollbacks/")]
    return any(change.files[path].new is not None for path in records)


def _merges(change: Change, policy: Policy) -> bool:
    return bool(change.base_tip) and not change.is_staged and _is_open(change, policy)


def _keeps(change: Change, policy: Policy) -> bool:
    return any(migration.keep for migration in policy.migrations.values())


def _has_flags(change: Change, policy: Policy) -> bool:
    return any(migration.flags for migration in policy.migrations.values())


def _touches_a_plan(change: Change, policy: Policy) -> bool:
    return any(
        path in change.files
        for migration in policy.migrations.values()
        for path in (migration.plan, *(phase.plan for phase in migration.phases))
    )


def _touches_the_policy(change: Change, policy: Policy) -> bool:
    from ..core.policy import FILE_NAME

    return FILE_NAME in change.files or policy.allowed_signers in change.files


ALL: Mapping[str, Callable[[Change, Policy], bool]] = {
    "forbidden_symbol": _forbids,
    "forbidden_path": _forbids_a_path,
    "ratchet": _ratchets,
    "policy_weakened": _touches_the_policy,
    "legacy_removed": _keeps,
    "legacy_alive": _keeps,
    "guard_weakened": _has_guards,
    "flag": _has_flags,
    "plan_kept": _is_open,
    "phase_order": _is_open,
    "phase_irreversible": _merges,
    "named_tests": _is_open,
    "backup": _has_data,
    "broken_rollback": _is_rollback,
    "landed_again": _is_rolled_back,
    "plan": _touches_a_plan,
}


# Checks that judge one file after the other: a run may deal them out to machines.
BY_FILE = frozenset({"forbidden_symbol"})


class Check(Protocol):
    """The shape of a check's module."""

    RULES: Sequence[Rule]

    def check(self, change: Change, policy: Policy) -> Iterator[Finding | Note]: ...


def load(name: str) -> Check:
    """The check called `name` (a member of `ALL`), imported now and not before."""
    return cast(Check, import_module(f".{name}", __name__))


def rules() -> dict[str, Rule]:
    """Every rule that may be reported, by its id, in the order of `ALL`."""
    return {rule.id: rule for name in ALL for rule in load(name).RULES}


def chosen(only: Sequence[str]) -> tuple[list[str], frozenset[str]]:
    """The checks to run and the rules to report for the words `only`.

    A word is a rule, or the name of a check, which stands for all its rules: with
    `forbidden-symbol` comes `unparsable-file`, so that no file is passed over in
    silence. No words mean every check, and no rules mean every rule. Raises UsageError
    for a word that is neither.
    """
    if not only:
        return list(ALL), frozenset()
    names: set[str] = set()
    ids: set[str] = set()
    for word in only:
        name = word.replace("-", "_")
        if name in ALL:
            names.add(name)
            ids.update(rule.id for rule in load(name).RULES)
            continue
        known = rules()
        if word not in known:
            from difflib import get_close_matches

            from ..core.errors import UsageError

            near = get_close_matches(word, known, n=1)
            hint = "`backout explain` lists all rules."
            raise UsageError(
                f"there is no rule {word!r}. "
                f"{f'Did you mean {near[0]}?' if near else hint}"
            )
        ids.add(word)
        names.update(n for n in ALL if any(r.id == word for r in load(n).RULES))
    return [name for name in ALL if name in names], frozenset(ids)
