"""guard-weakened: what keeps legacy out or the way back open does less than before.

A guard is compared with itself in the base, by what it does and not by its text, so that
it may be tidied and moved about freely. What the change's title says is not looked at:
in one project both a guard's end and the return of legacy came in a commit called "style".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ..core.change import Change
from ..core.finding import Finding, Place, Rule, Severity
from ..core.paths import matcher
from ..core.policy import Migration, Policy
from ..core.tree import Tree
from .guards import pipeline, python
from .guards.facts import LISTS_EXCEPTIONS, Facts

RULES = (Rule("guard-weakened", "a guard of an open migration does less than before"),)

# Larger files are not written by hand.
_LARGEST = 1_000_000
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
    for migration in policy.migrations.values():
        if migration.status == "closed" or not migration.guards:
            continue
        judged = _Judged(change, change.base, migration, policy)
        yield from judged.findings()


class _Judged:
    """The guards of one migration in one change."""

    def __init__(
        self, change: Change, base: Tree, migration: Migration, policy: Policy
    ) -> None:
        self.change, self.base, self.head = change, base, change.head
        self.migration = migration
        self.owners = ", ".join(policy.owners) or "an owner of the policy"
        self.is_guard = matcher(migration.guards)

    def findings(self) -> Iterator[Finding]:
        touched = [
            path
            for path, file in self.change.files.items()
            if file.old is not None and self.is_guard(path)
        ]
        gained = self._gained_elsewhere() if touched else Facts.none()
        for path in touched:
            yield from self._guard(path, gained)
        # To list the base's files takes time, so only where it may matter.
        if any(_CALLERS(path) or _SETTINGS(path) for path in self.change.files):
            guards = [path for path in self.base.entries if self.is_guard(path)]
            yield from self._left_out(guards)
            yield from self._never_called(guards)

    def _guard(self, path: str, gained: Facts) -> Iterator[Finding]:
        before = self._read(self.base, path)
        after = self._read(self.head, path)
        if before is None:  # a link or a submodule: it has no text to compare
            return
        if after is None:
            yield self._finding(path, 0, "It is deleted.")
            return
        if before.strip() and not after.strip():
            yield self._finding(path, 0, "It is emptied.")
            return
        try:
            old = _facts(path, before)
        except ValueError:
            return  # it did nothing before
        try:
            new = _facts(path, after)
        except ValueError as error:
            yield self._finding(path, 0, f"It does not parse any more: {error}.")
            return
        yield from self._lost(path, old, new, gained)
        known = {weakness.what for weakness in old.weaknesses}
        for weakness in new.weaknesses:
            if weakness.what not in known:
                known.add(weakness.what)
                yield self._finding(
                    path, weakness.line, f"It {_as_verb(weakness.what)}."
                )

    def _lost(
        self, path: str, old: Facts, new: Facts, gained: Facts
    ) -> Iterator[Finding]:
        lost = old.strengths - new.strengths - gained.strengths
        added = new.strengths - old.strengths
        tests = [what for what in lost if what.startswith("test ")]
        renamed = sum(what.startswith("test ") for what in added)
        # A test under a new name is the same test, as long as none is missing.
        for what in tests[: max(0, len(tests) - renamed)]:
            yield self._finding(path, 0, f"It lost {what}.")
        for what in sorted(set(lost) - set(tests)):
            if any(_is_renamed(what, other, old, new) for other in added):
                continue
            count = lost[what]
            many = f"{count} {what}s" if what == "assertion" and count > 1 else what
            lines = new.lines.get(what, 0)
            yield self._finding(
                path,
                lines,
                f"It lost {many}: {old.strengths[what]} before, "
                f"{new.strengths[what]} now.",
            )

    def _gained_elsewhere(self) -> Facts:
        """What files of this change that are no guards do now and did not before: a
        step that moved to another workflow is not lost."""
        gained = Facts.none()
        for path in self.change.present:
            if self.is_guard(path) or not path.endswith((".py", ".yml", ".yaml")):
                continue
            try:
                new = _facts(path, self._read(self.head, path) or b"")
                old = _facts(path, self._read(self.base, path) or b"")
            except ValueError:
                continue
            gained.strengths.update(new.strengths - old.strengths)
        return gained

    def _left_out(self, guards: Sequence[str]) -> Iterator[Finding]:
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
                    yield self._finding(
                        path, number, f"The guard {named} is left out here."
                    )

    def _never_called(self, guards: Sequence[str]) -> Iterator[Finding]:
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
                yield self._finding(
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

    def _finding(self, path: str, line: int, what: str) -> Finding:
        migration = self.migration.id
        place = Place(path, line, 1, line, 1) if line else Place(path)
        return Finding(
            "guard-weakened",
            Severity.ERROR,
            place,
            f"{what} It guards {migration}, which is still open.",
            f"Put it back. If it is wrong, change it alone, with the approval of "
            f"{self.owners}; if the migration is over, close it in backout.yaml first.",
            migration=migration,
        )


def _is_renamed(what: str, other: str, old: Facts, new: Facts) -> bool:
    """Whether a hook of pre-commit goes on under a name that its own repository, and
    none on this machine, gave it: `ruff` became `ruff-check`."""
    source = old.sources.get(what, "local")
    return (
        source not in ("local", "meta")
        and source == new.sources.get(other)
        and (other.startswith(f"{what}-") or what.startswith(f"{other}-"))
    )


def _facts(path: str, data: bytes) -> Facts:
    if len(data) > _LARGEST:
        raise ValueError("larger than anything written by hand")
    if path.endswith((".yml", ".yaml")):
        return pipeline.facts(data)
    if path.endswith(".py"):
        return python.facts(data)
    return _plain(path, data)


def _plain(path: str, data: bytes) -> Facts:
    """Any other text: a script's lines, or a list of what is let through. Of what is
    neither (data of tests, another language) only its end would be told."""
    found = Facts.none()
    name = path.rpartition("/")[2]
    rows = enumerate(data.decode("utf-8", "replace").splitlines(), start=1)
    is_list = LISTS_EXCEPTIONS.search(name)
    is_script = data.startswith(b"#!") or _SCRIPT.fullmatch(name)
    for number, row in rows:
        text = row.strip()
        if not text or text.startswith("#"):
            continue
        if is_list:
            found.weak(f"lets more through: {text[:80]}", number)
        elif is_script:
            pipeline.command(text, number, found)
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
