"""guard-weakened: what keeps legacy out or the way back open does less than before.

A guard is compared with itself in the base, by what it does and not by its text, so that
it may be tidied and moved about freely. What the change's title says is not looked at:
in one project both a guard's end and the return of legacy came in a commit called "style".
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from ..core.change import Change
from ..core.finding import Finding, Place, Rule, Severity
from ..core.paths import matcher
from ..core.policy import Migration, Policy
from ..core.policy.words import listed
from ..core.tree import Tree
from .guards import pipeline, python
from .guards.facts import LISTS_EXCEPTIONS, Facts

RULES = (Rule("guard-weakened", "a guard of an open migration does less than before"),)

# Larger files are not written by hand.
_LARGEST = 1_000_000
_YAML = (".yml", ".yaml")
_WORDS = re.compile(r"[^\W_]+")
# Where guards are called from.
_CALLERS = matcher(
    [
        ".github/workflows/",
        ".gitlab-ci.yml",
        "azure-pipelines.yml",
        "Jenkinsfile",
        ".circleci/",
        ".pre-commit-config.yaml",
        "Makefile",
        "justfile",
        "noxfile.py",
        "tox.ini",
        "scripts/",
    ]
)
# Where a test runner is told what to leave out, and how it is told.
_SETTINGS = matcher(
    ["pyproject.toml", "pytest.ini", "tox.ini", "setup.cfg", "**/conftest.py"]
)
_LEAVES_OUT = re.compile(
    r"--ignore|--deselect|collect_ignore|norecursedirs|--exclude|addopts.*-k\s*.?not"
)

# What holds commands, one in a line.
_SCRIPT = re.compile(
    r"[^.]+|.*\.(sh|bash|zsh|ksh|fish|ps1|bat|cmd|mk|just|ini|cfg|toml|groovy|bats)",
    re.IGNORECASE,
)


def check(change: Change, policy: Policy) -> Iterator[Finding]:
    """Each way in which a guard is weaker in the change's head than in its base."""
    if change.base is None:
        return
    guarded: dict[_Weaker, list[str]] = {}
    for migration in policy.migrations.values():
        if migration.status == "closed" or not migration.guards:
            continue
        for weaker in _Judged(change, change.base, migration).found():
            guarded.setdefault(weaker, []).append(migration.id)
    owners = ", ".join(policy.owners) or "an owner of the policy"
    for weaker, migrations in guarded.items():
        yield _finding(weaker, migrations, owners)


class _Weaker(NamedTuple):
    """Where and how a guard does less; the line is 0 where the whole file is meant."""

    path: str
    line: int
    what: str


class _Judged:
    """The guards of one migration in one change."""

    def __init__(self, change: Change, base: Tree, migration: Migration) -> None:
        self.change, self.base, self.head = change, base, change.head
        self.is_guard = matcher(migration.guards)

    def found(self) -> Iterator[_Weaker]:
        touched = [
            path
            for path, file in self.change.files.items()
            if file.old is not None and self.is_guard(path)
        ]
        for path in touched:
            yield from self._guard(path)
        # To list the base's files takes time, so only where it may matter.
        if any(_CALLERS(path) or _SETTINGS(path) for path in self.change.files):
            guards = [path for path in self.base.entries if self.is_guard(path)]
            yield from self._left_out(guards)
            yield from self._never_called(guards)

    def _guard(self, path: str) -> Iterator[_Weaker]:
        before = self._read(self.base, path)
        after = self._read(self.head, path)
        if before is None:  # a link or a submodule: it has no text to compare
            return
        if after is None:
            yield _Weaker(path, 0, "It is deleted.")
            return
        if before.strip() and not after.strip():
            yield _Weaker(path, 0, "It is emptied.")
            return
        try:
            old = _facts(path, before)
        except ValueError:
            return  # it did nothing before
        try:
            new = _facts(path, after)
        except ValueError as error:
            yield _Weaker(path, 0, f"It does not parse any more: {error}.")
            return
        yield from self._lost(path, old, new)
        if path.endswith(_YAML):
            for line, entry in pipeline.switched_off(before, after):
                yield _Weaker(path, line, f"It switches a job off: {entry[:80]}.")
        known = {weakness.what for weakness in old.weaknesses}
        same = Counter(w.kind for w in new.weaknesses if w.what in known)
        reworded = Counter(weakness.kind for weakness in old.weaknesses) - same
        fresh = new.strengths - old.strengths
        is_whole = not any(_is_test(what) for what in old.strengths - new.strengths)
        for weakness in new.weaknesses:
            # What a test lacks that came with this change was not there before either.
            if is_whole and fresh[f"test {weakness.test}"]:
                continue
            if weakness.what in known:
                continue
            known.add(weakness.what)
            if reworded[weakness.kind] > 0:
                reworded[weakness.kind] -= 1
            else:
                yield _Weaker(path, weakness.line, f"It {_as_verb(weakness.what)}.")

    def _lost(self, path: str, old: Facts, new: Facts) -> Iterator[_Weaker]:
        now = new.strengths + _fanned_out(old, new)
        lost = old.strengths - now
        if not lost:
            return  # most changes end here, and need not be read as a whole
        gained = [facts for other, facts in self._gained.items() if other != path]
        tests = set(filter(_is_test, lost))
        for other in gained:
            moved = not tests.isdisjoint(other.strengths)
            # Assertions come along with their tests; others make up for nothing.
            lost -= Counter(
                {w: n for w, n in other.strengths.items() if moved or w != "assertion"}
            )
        lost -= _handed_over(old, new, gained)
        added = now - old.strengths
        # A test or a job under a new name is the same one, as long as none is missing:
        # then it is the one whose name is least like a new one.
        for is_one, names in (
            (_is_test, list(added)),
            (_is_job, [*added.elements(), *(w for g in gained for w in g.strengths)]),
        ):
            named = list(filter(is_one, names))
            gone = sorted(filter(is_one, lost), key=lambda what: _nearest(what, named))
            for what in gone[: max(0, len(gone) - len(named))]:
                yield _Weaker(path, 0, f"It lost {what}.")
                # What it held went with it: that is one thing, not two.
                lost.subtract(old.parts.get(what, {}))
        for what in sorted(+lost):
            if _is_test(what) or _is_job(what):
                continue
            if any(_is_renamed(what, other, old, new) for other in added):
                continue
            count = lost[what]
            many = f"{count} {what}s" if what == "assertion" and count > 1 else what
            yield _Weaker(
                path,
                new.lines.get(what, 0),
                f"It lost {many}: {old.strengths[what]} before, "
                f"{new.strengths[what]} now.",
            )

    @cached_property
    def _gained(self) -> dict[str, Facts]:
        """What each changed file does now and did not before: a step that moved to
        another workflow is not lost."""
        gained: dict[str, Facts] = {}
        for path in self.change.present:
            if not path.endswith((".py", *_YAML)):
                continue
            try:
                new = _facts(path, self._read(self.head, path) or b"")
                old = _facts(path, self._read(self.base, path) or b"")
            except ValueError:
                continue
            more = Facts.none()
            more.strengths.update(new.strengths - old.strengths)
            for name in new.parts.keys() - old.parts.keys():
                more.parts[name] = new.parts[name]
            gained[path] = more
        return gained

    def _left_out(self, guards: Sequence[str]) -> Iterator[_Weaker]:
        """Settings of a test runner that leave a guard out now."""
        names = {part for path in guards for part in _names(path)}
        for path in self.change.present:
            if not _SETTINGS(path) or self.is_guard(path):
                continue
            old = (self._read(self.base, path) or b"").decode("utf-8", "replace")
            new = (self._read(self.head, path) or b"").decode("utf-8", "replace")
            known = set(old.splitlines())
            for number, line in enumerate(new.splitlines(), start=1):
                named = next((n for n in names if n in line), None)
                if line not in known and named and _LEAVES_OUT.search(line):
                    yield _Weaker(path, number, f"The guard {named} is left out here.")

    def _never_called(self, guards: Sequence[str]) -> Iterator[_Weaker]:
        """Guards that something called by name, and that nothing calls any more."""
        touched = [path for path in self.change.files if _CALLERS(path)]
        if not touched:
            return
        for guard in guards:
            if guard not in self.head.entries or _CALLERS(guard):
                continue
            names = _names(guard)
            before = [p for p in touched if self._mentions(self.base, p, names)]
            if not before or any(self._mentions(self.head, p, names) for p in touched):
                continue
            if not any(
                self._mentions(self.head, path, names)
                for path in self.head.containing([name.encode() for name in names])
                if _CALLERS(path)
            ):
                yield _Weaker(
                    before[0], 0, f"Nothing calls the guard {guard} any more."
                )

    def _mentions(self, tree: Tree, path: str, names: list[str]) -> bool:
        text = (self._read(tree, path) or b"").decode("utf-8", "replace")
        live = "\n".join(r for r in text.splitlines() if not r.lstrip().startswith("#"))
        return any(name in live for name in names)

    def _read(self, tree: Tree, path: str) -> bytes | None:
        """A file's bytes; None where it is not there, or is no regular file."""
        entry = tree.entries.get(path)
        if entry is None or not entry.is_file:
            return None
        return tree.read(path)


def _finding(weaker: _Weaker, migrations: Sequence[str], owners: str) -> Finding:
    path, line, what = weaker
    one = len(migrations) == 1
    return Finding(
        "guard-weakened",
        Severity.ERROR,
        Place(path, line, 1, line, 1) if line else Place(path),
        f"{what} It guards {listed(migrations)}, which {'is' if one else 'are'} still "
        f"open.",
        f"Put it back. If it is wrong, change it alone, with the approval of {owners}; "
        f"if {'the migration is' if one else 'these migrations are'} over, close "
        f"{'it' if one else 'them'} in backout.yaml first.",
        migration=migrations[0],
        also=tuple(migrations[1:]),
    )


def _is_test(what: str) -> bool:
    return what.startswith("test ")


def _is_job(what: str) -> bool:
    return what.startswith("job ")


def _nearest(what: str, names: Iterable[str]) -> float:
    """How much of its words the likest of the names has: 1 for all, 0 for none."""
    mine = set(_WORDS.findall(what))
    others = (set(_WORDS.findall(name)) for name in names)
    return max((len(mine & its) / len(mine | its) for its in others), default=0)


def _fanned_out(old: Facts, new: Facts) -> Counter[str]:
    """What the values of an axis have done that was written out before: jobs one after
    the other are one job then, and steps for one value each are one step."""
    more = Counter[str]()
    for axis, counts in new.fanned.items():
        if axis not in old.fanned or axis in old.split:
            more.update(counts)
    return more


def _handed_over(old: Facts, new: Facts, gained: Sequence[Facts]) -> Counter[str]:
    """The assertions of helpers (`def assert_gone(...)`) that went, up to those of the
    helpers new in other files that the guard calls in their place: each call still
    asserts."""
    helpers = [
        part
        for function, part in old.parts.items()
        if function not in new.parts and _last_name(function).startswith("assert")
    ]
    instead = [
        part
        for facts in gained
        for function, part in facts.parts.items()
        if _last_name(function) in new.called
    ]
    return Counter(assertion=min(_assertions(helpers), _assertions(instead)))


def _last_name(function: str) -> str:
    return function.removeprefix("test ").rpartition(".")[2]


def _assertions(parts: Iterable[Counter[str]]) -> int:
    return sum(part["assertion"] for part in parts)


def _is_renamed(what: str, other: str, old: Facts, new: Facts) -> bool:
    """Whether an action goes on under another name of its owner's, or a hook of
    pre-commit under a name that its own repository, and none on this machine, gave it:
    `ruff` became `ruff-check`."""
    owner = what.removeprefix("uses ").partition("/")[0]
    if what.startswith("uses ") and owner not in ("actions", "github", "."):
        return other.startswith(f"uses {owner}/")
    source = old.sources.get(what, "local")
    return (
        source not in ("local", "meta")
        and source == new.sources.get(other)
        and (other.startswith(f"{what}-") or what.startswith(f"{other}-"))
    )


def _facts(path: str, data: bytes) -> Facts:
    if len(data) > _LARGEST:
        raise ValueError("larger than anything written by hand")
    if path.endswith(_YAML):
        return pipeline.facts(data)
    if path.endswith(".py"):
        return python.facts(data)
    return _plain(path, data)


def _plain(path: str, data: bytes) -> Facts:
    """Any other text: a script's lines, or a list of what is let through. Of what is
    neither (data of tests, another language) only its end would be told."""
    found = Facts.none()
    name = path.rpartition("/")[2]
    text = data.decode("utf-8", "replace")
    if LISTS_EXCEPTIONS.search(name):
        for number, row in enumerate(text.splitlines(), start=1):
            entry = row.strip()
            if entry and not entry.startswith("#"):
                found.weak(f"lets more through: {entry[:80]}", number)
    elif data.startswith(b"#!") or _SCRIPT.fullmatch(name):
        pipeline.command(text, 1, found)
    return found


def _names(path: str) -> list[str]:
    """What a caller may write for a guard: its path, or its dotted name."""
    module = path.removesuffix(".py").replace("/", ".")
    return [path, module] if path.endswith(".py") else [path]


def _as_verb(what: str) -> str:
    """A weakness as what the guard does now: its clause begins with a verb, or with the
    name of the test that it is about."""
    verbs = ("asserts", "is ", "lets", "looks", "switches", "never", "does")
    return what if what.startswith(verbs) else f"is weaker: {what}"
