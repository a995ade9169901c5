"""What a policy of the right shape may still get wrong: one field against another."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from ..nearest import did_you_mean
from . import Flag, Forbid, Keep, Migration, Policy
from .claims import (
    Said,
    about_date,
    about_glob,
    about_globs,
    about_path,
    about_paths,
    about_phase_id,
    about_ref,
)
from .decisions import about_rehearsal, about_tree, about_triggers
from .names import wrong_branch
from .phases import about_order, about_phase
from .problem import FieldPath, quoted

_FORBIDDEN = ("symbol", "module", "keyword", "flag", "path")
# A handle, a mail address, a phone number, a channel, an address with a scheme.
_REACHABLE = re.compile(
    r"@[\w.-]+(/[\w.-]+)?|[^@\s]+@[\w-]+(\.[\w-]+)+|\+?[0-9][0-9 ()/.-]{4,}"
    r"|#[\w.-]+|[a-z][a-z0-9+.-]*:\S+"
)
_OWNER = re.compile(r"@[\w.-]+(/[\w.-]+)?|[^@\s]+@[\w-]+(\.[\w-]+)+")


def contradictions(policy: Policy) -> Iterator[Said]:
    """Each place where the policy says what cannot be, with a sentence."""
    yield from _top(policy)
    yield from about_triggers(policy.triggers, policy, ("triggers",))
    yield from about_tree(policy.decision_tree, policy, ("decision-tree",))
    for id, migration in policy.migrations.items():
        yield from _migration(migration, policy, ("migrations", id))


def _top(policy: Policy) -> Iterator[Said]:
    for i, owner in enumerate(policy.owners):
        if not _OWNER.fullmatch(owner):
            yield (
                ("owners", i),
                f"{quoted(owner)} is no owner: write @user, @organisation/team or a "
                f"mail address",
            )
    if policy.default_branch is not None:
        yield from about_ref(policy.default_branch, ("default-branch",))
    yield from about_ref(policy.remote, ("remote",))
    yield from about_globs(policy.release_branches, ("release-branches",))
    for i, root in enumerate(policy.source_roots):
        if root != ".":
            yield from about_path(root, ("source-roots", i))
    for scope, globs in policy.scopes.items():
        yield from about_globs(globs, ("scopes", scope))
    yield from about_path(policy.allowed_signers, ("allowed-signers",))
    for name, contact in policy.contacts.items():
        if not _REACHABLE.fullmatch(contact):
            yield (
                ("contacts", name),
                f"{quoted(contact)} reaches nobody: write a handle (@name), a mail "
                f"address, a phone number, a channel (#name) or a URL",
            )
    for i, name in enumerate(policy.escalation):
        if name not in policy.contacts and not _REACHABLE.fullmatch(name):
            yield (
                ("escalation", i),
                f"{quoted(name)} is not among the contacts"
                f"{did_you_mean(name, policy.contacts)}",
            )
    for i, waiver in enumerate(policy.waivers):
        at: FieldPath = ("waivers", i)
        yield from about_date(waiver.until, (*at, "until"))
        for field in ("owner", "reason"):
            if not str(getattr(waiver, field)).strip():
                yield (*at, field), "is blank"
        if waiver.path is not None:
            yield from about_glob(waiver.path, (*at, "path"))
    yield from about_rehearsal(policy, ())


def _migration(migration: Migration, policy: Policy, at: FieldPath) -> Iterator[Said]:
    ids = dict.fromkeys(phase.id for phase in migration.phases)
    for field in ("record", "plan"):
        path = getattr(migration, field)
        if path is not None:
            yield from about_path(path, (*at, field))
    yield from about_paths(migration.documents, (*at, "documents"))
    if migration.baseline is not None:
        yield from about_ref(migration.baseline, (*at, "baseline"))
    why = wrong_branch(migration.branch)
    if why:
        yield (*at, "branch"), why
    yield from about_globs(migration.guards, (*at, "guards"))
    for i, flag in enumerate(migration.flags):
        yield from _flag(flag, ids, (*at, "flags", i))
    for i, forbid in enumerate(migration.forbid):
        yield from _forbid(forbid, ids, (*at, "forbid", i))
    for i, keep in enumerate(migration.keep):
        yield from _keep(keep, ids, (*at, "keep", i))
    yield from about_triggers(migration.triggers, policy, (*at, "triggers"))
    yield from about_tree(migration.decision_tree, policy, (*at, "decision-tree"))
    yield from about_rehearsal(migration, at)
    yield from about_order(migration, (*at, "phases"))
    for i, phase in enumerate(migration.phases):
        yield from about_phase(phase, migration, policy, (*at, "phases", i))


def _flag(flag: Flag, ids: Collection[str], at: FieldPath) -> Iterator[Said]:
    if (flag.env is None) == (flag.file is None):
        yield at, "names exactly one of env and file"
    elif flag.file is not None:
        yield from about_path(flag.file, (*at, "file"))
        if flag.key is None:
            yield at, "has a file and no key"
    elif flag.env is not None:
        if re.search(r"[=\0\s]", flag.env):
            yield (*at, "env"), f"{quoted(flag.env)} cannot be an environment variable"
        if flag.section is not None or flag.key is not None:
            yield at, "has a section or a key and no file to hold it"
    if flag.legacy == flag.new:
        yield (*at, "new"), f"{quoted(flag.new)} is the legacy value too"
    yield from about_phase_id(flag.until_phase, ids, (*at, "until-phase"))


def _forbid(forbid: Forbid, ids: Collection[str], at: FieldPath) -> Iterator[Said]:
    given = [name for name in _FORBIDDEN if getattr(forbid, name) is not None]
    if len(given) != 1:
        found = ", ".join(given) or "none of them"
        yield at, f"names exactly one of {', '.join(_FORBIDDEN)}; found {found}"
    if "keyword" in given and forbid.of is None:
        yield at, "has a keyword and no of: whose parameter is it?"
    if "keyword" not in given and forbid.of is not None:
        yield at, "has of and no keyword: which parameter of it?"
    if forbid.path is not None:
        yield from about_glob(forbid.path, (*at, "path"))
        if forbid.mode == "ratchet":
            yield (*at, "mode"), "a path is there or not: only uses can be a ratchet"
    yield from about_globs(forbid.except_, (*at, "except"))
    yield from about_phase_id(forbid.from_phase, ids, (*at, "from-phase"))


def _keep(keep: Keep, ids: Collection[str], at: FieldPath) -> Iterator[Said]:
    if not keep.paths:
        yield (*at, "paths"), "is empty: name what must stay"
    yield from about_globs(keep.paths, (*at, "paths"))
    yield from about_phase_id(keep.until_phase, ids, (*at, "until-phase"))
