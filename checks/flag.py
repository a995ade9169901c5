"""flag-*: the kill switch works: code reads it, its values differ, nothing overrides it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator
from typing import NamedTuple

from ..core.change import Change
from ..core.finding import Finding, Place, Rule, Severity
from ..core.paths import scope_of
from ..core.policy import FILE_NAME, Flag, Migration, Policy
from ..core.tree import Tree
from .flags.deciding import Fault, dead_ends, set_again, unused, wrongly_parsed
from .flags.reads import Found, find

RULES = (
    Rule("flag-unread", "no code reads a declared flag under its name"),
    Rule("flag-gates-nothing", "a flag is read, and its value decides nothing"),
    Rule("flag-parsed-wrongly", "code takes a flag's two values for the same"),
    Rule("flag-overridden", "code sets a flag that people are to set"),
    Rule(
        "flag-outlived",
        "a flag is still read after the phase that ends it",
        Severity.WARNING,
    ),
)
_SEVERITIES = {rule.id: rule.severity for rule in RULES}

_SHELL = (".sh", ".bash", ".zsh")
_OTHERS = (
    ".js",
    ".mjs",
    ".ts",
    ".tsx",
    ".jsx",
    ".rb",
    ".go",
    ".java",
    ".kt",
    ".rs",
    ".php",
)


class _Reader(NamedTuple):
    path: str
    found: Found


def check(change: Change, policy: Policy) -> Iterator[Finding]:
    """Each declared flag of an open migration that the change has to do with."""
    for migration in policy.migrations.values():
        if migration.status == "open":
            for flag in migration.flags:
                yield from _flag(change, policy, migration, flag)


def _flag(
    change: Change, policy: Policy, migration: Migration, flag: Flag
) -> Iterator[Finding]:
    name = flag.env or flag.key or ""
    asked = change.is_whole or FILE_NAME in change.files
    # A word as common as the end of a name says little: what the change has to do with
    # the flag is seen by its name, or by a class that may read it under a prefix.
    telling = (name.encode(), name.lower().encode(), b"env_prefix")
    mentioned = set[str]() if asked else set(_mentioning(change, telling))
    if asked:
        yield from _faults(change.head, policy, migration, flag, None)
    elif mentioned:
        found = list(_faults(change.head, policy, migration, flag, mentioned))
        if found and change.base is not None:
            # What was wrong before is not this change's doing: --all tells it.
            known = Counter(
                map(_fact, _faults(change.base, policy, migration, flag, mentioned))
            )
            for one in found:
                if known[_fact(one)]:
                    known[_fact(one)] -= 1
                else:
                    yield one


def _fact(finding: Finding) -> tuple[str, str, str]:
    """What a finding says, wherever in its file; nobody reads a flag in one way only."""
    if finding.rule == "flag-unread":
        return finding.rule, "", ""
    return finding.rule, finding.place.path, finding.message


def _faults(
    tree: Tree,
    policy: Policy,
    migration: Migration,
    flag: Flag,
    mentioned: Container[str] | None,
) -> Iterator[Finding]:
    """What is wrong with a flag in `tree`, in the files `mentioned`, in all if None."""
    name = flag.env or flag.key or ""
    words = _words(name)

    def finding(rule: str, place: Place, message: str, help: str) -> Finding:
        return Finding(
            rule, _SEVERITIES[rule], place, message, help, name, migration.id
        )

    readers, elsewhere, unparsed = _readers(tree, policy, flag, words)
    reading = [reader for reader in readers if reader.found.reads]
    if not reading and not elsewhere and not unparsed:
        yield finding(
            "flag-unread",
            Place(FILE_NAME),
            f"No code reads {_called(flag)}, the switch of {migration.id} back to the "
            f"old path.{_meant(name, readers)}",
            "Name the flag that the code reads, or read this one.",
        )
        return
    idle = [(r.path, fault) for r in reading for fault in unused(r.found)]
    if reading and not elsewhere and all(unused(r.found) for r in reading):
        path, fault = idle[0]
        yield finding(
            "flag-gates-nothing",
            _place(path, fault),
            f"{_called(flag)} is read here, and {fault.what}: setting it to "
            f'"{flag.legacy}" changes nothing.',
            "Let it choose between the old path and the new one.",
        )
        return
    for path, found in readers:
        if mentioned is not None and path not in mentioned:
            continue
        for fault in dead_ends(found, flag.legacy):
            yield finding(
                "flag-gates-nothing",
                _place(path, fault),
                f"This {fault.what} of {_called(flag)}: the old path cannot be reached.",
                "Call the old path here; if it is gone for good, take the flag out of "
                "backout.yaml.",
            )
        for fault in wrongly_parsed(found, flag.legacy, flag.new):
            yield finding(
                "flag-parsed-wrongly",
                _place(path, fault),
                f"This {fault.what}, the values of {_called(flag)}.",
                f'Let it hold for "{flag.new}" and not for "{flag.legacy}", as '
                f"backout.yaml says.",
            )
        for fault in set_again(found):
            yield finding(
                "flag-overridden",
                _place(path, fault),
                f"This {fault.what}: whoever sets {_called(flag)} to "
                f'"{flag.legacy}" at night is overruled.',
                "Let the environment decide; give a default where it is read.",
            )
        yield from _outlived(migration, flag, path, found)


def _mentioning(change: Change, words: tuple[bytes, ...]) -> Iterator[str]:
    """The changed files that hold one of `words`, before or after. Only they are read:
    to search a whole tree for every commit would be felt."""
    before = [p for p, f in change.files.items() if f.old is not None and f.old.is_file]
    sides = [(change.head, change.present)]
    if change.base is not None:
        sides.append((change.base, before))
    for tree, paths in sides:
        for path, data in tree.read_all(paths):
            if any(word in data for word in words):
                yield path


def _outlived(
    migration: Migration, flag: Flag, path: str, found: Found
) -> Iterator[Finding]:
    end = migration.phase(flag.until_phase) if flag.until_phase else None
    if end is None or not end.final:
        return
    for read in found.reads:
        yield Finding(
            "flag-outlived",
            Severity.WARNING,
            Place(path, read.line, read.column, read.line, read.column),
            f"{_called(flag)} is still read, and phase {end.id} of {migration.id}, "
            f"which ends it, is final.",
            "Take the flag out, and the old path with it.",
            flag.env or flag.key or "",
            migration.id,
            end.id,
        )


def _readers(
    tree: Tree, policy: Policy, flag: Flag, words: list[bytes]
) -> tuple[list[_Reader], bool, bool]:
    """The files of a tree that have to do with the flag, tests left out; whether code
    of another language reads it; and whether a file could not be parsed."""
    name = flag.env or flag.key or ""
    readers: list[_Reader] = []
    elsewhere = unparsed = False
    paths = [
        path
        for path in tree.containing(words)
        if scope_of(path, policy) in ("source", "scripts")
    ]
    for path, data in tree.read_all(paths):
        if path.endswith((".py", ".pyi")):
            try:
                found = find(data, name, key=flag.env is None)
            except ValueError:
                unparsed = True
                continue
            readers.append(_Reader(path, found))
        elif path.endswith(_SHELL):
            elsewhere |= (
                re.search(rf"\$\{{?{re.escape(name)}\b".encode(), data) is not None
            )
        elif path.endswith(_OTHERS):
            elsewhere |= name.encode() in data
    return readers, elsewhere, unparsed


def _words(name: str) -> list[bytes]:
    """What a file holds that has to do with the flag: its name, or the end of it in
    small letters, which is what a field of a settings class is called, or a prefix."""
    parts = name.lower().split("_")
    ends = ["_".join(parts[i:]) for i in range(len(parts))]
    long = [end for end in ends if "_" in end or len(end) > 5]
    return [
        word.encode()
        for word in dict.fromkeys([name, "env_prefix", *(long or ends[:1])])
    ]


def _meant(name: str, readers: Iterable[_Reader]) -> str:
    """The variable that code reads instead, as a sentence; "" if none is like it."""
    import ast

    for path, found in readers:
        for node in ast.walk(found.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                text = node.value
                if text != name and name in text and re.fullmatch(r"\w+", text):
                    return f" {path}:{node.lineno} reads {text}."
    return ""


def _called(flag: Flag) -> str:
    if flag.env:
        return flag.env
    section = f"[{flag.section}] " if flag.section else ""
    return f"{section}{flag.key} of {flag.file}"


def _place(path: str, fault: Fault) -> Place:
    return Place(path, fault.line, fault.column, fault.line, fault.column)
