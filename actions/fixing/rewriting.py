"""Rewrites a tree's files, and keeps of each rewrite only what proves to be right."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec

from ...checks.forbidden_symbol import Ban, bans, strength
from ...checks.symbols import Homes, Target, Unreadable, Use, uses
from ...checks.symbols.naming import physical, root_prefixes, without_root
from ...checks.symbols.source import NotPython
from ...core.policy import FILE_NAME, Policy
from ...core.tree import Tree
from .file_names import Bound, FileNames
from .leftovers import doubles, idle, without
from .overlay import Overlay
from .planning import Left, Plan, Planner
from .replacement import Offer, Replacement
from .rewriting_imports import Imports
from .source import Source

NOT_PYTHON = "only Python files are rewritten"
LOOKED_UP = "a text that is put together or looked up at run time"
NOT_DIRECT = "it is reached through an object or another name, not by an import"
DIRTY = "something in this file would still use it after the rewrite"
LEADS_BACK = "{new} is {old} under another name"
TOO_DEEP = "it is nested too deeply"


class Rewrite(msgspec.Struct):
    """What a policy's replacements make of a tree. `changed` holds the new bytes of
    each file that changes, `replaced` how many uses each loses."""

    changed: dict[str, bytes] = {}
    replaced: dict[str, int] = {}
    left: list[Left] = []


def rewrite(tree: Tree, paths: Iterable[str], policy: Policy) -> Rewrite:
    """Rewrite the files `paths` of `tree` (in memory alone).

    A file keeps a name where one of its uses cannot be rewritten: half a rewrite would
    be neither old nor new. The result is scanned again by the engine that found the
    uses, and what is not clean then is left as it was.
    """
    return Rewriting(tree, paths, policy).run()


class Rewriting:
    """One run."""

    def __init__(self, tree: Tree, paths: Iterable[str], policy: Policy) -> None:
        self.tree = tree
        self.policy = policy
        self.roots = policy.source_roots
        self.prefixes = root_prefixes(tuple(self.roots))
        self.paths = [path for path in paths if path != FILE_NAME]
        self.bans: dict[Target, list[Ban]] = {}
        for ban in bans(policy):
            if ban.forbid.use:
                self.bans.setdefault(ban.target, []).append(ban)
        self.homes = Homes(tree, self.roots)
        self.offer = Offer(tree, self.roots)
        self.left: dict[tuple[str, Target], list[Left]] = {}
        self.kept: dict[str, set[str]] = {}
        self._files: dict[str, tuple[Source, FileNames]] = {}

    def run(self) -> Rewrite:
        result = Rewrite()
        found = self._uses(self.tree, self.paths)
        active = {path: self._possible(path, of) for path, of in found.items()}
        plans = self._planned(active)
        asked = self._asked_by_others(plans)
        if asked:
            self.kept = asked
            plans = self._planned(active)
        while True:
            changed = self._results(plans, active)
            dirty = self._dirty(changed, active)
            if not dirty:
                break
            for path, target in dirty:
                del active[path][target]
            plans = self._planned(active)
        result.changed = self._tidied(changed)
        for path, of in active.items():
            if path in changed:
                result.replaced[path] = sum(map(len, of.values()))
        # A use that follows another file's rewrite needs none of its own.
        result.left = [left for lefts in self.left.values() for left in lefts]
        result.left.sort(key=lambda left: (left.use.path, left.use.span))
        return result

    # The uses that the policy names a replacement for

    def _uses(
        self, tree: Tree, paths: Collection[str]
    ) -> dict[str, dict[Target, list[Use]]]:
        found: dict[str, dict[Target, list[Use]]] = {}
        for use in uses(tree, paths, list(self.bans), self.roots):
            if isinstance(use, Unreadable) or use.path == FILE_NAME:
                continue
            if self.homes.hold(use.target, use.path):
                continue
            if self._ban(use) is not None:
                found.setdefault(use.path, {}).setdefault(use.target, []).append(use)
        return found

    def _ban(self, use: Use) -> Ban | None:
        for ban in self.bans[use.target]:
            if strength(ban, use.path, self.policy) is not None:
                return ban
        return None

    def _possible(
        self, path: str, of: dict[Target, list[Use]]
    ) -> dict[Target, list[Use]]:
        kept: dict[Target, list[Use]] = {}
        for target, found in of.items():
            reason = self._against(path, found[0])
            if reason:
                self.left[path, target] = [Left(use, reason) for use in found]
            else:
                kept[target] = found
        return kept

    def _against(self, path: str, use: Use) -> str:
        """Why nothing of this kind can be rewritten in the file; "" if it may."""
        wrong = self.offer.wrong(self._replacement(use))
        if wrong:
            return wrong
        if not path.endswith((".py", ".pyi", ".pyw")):
            return NOT_PYTHON
        try:
            self._file(path)
        except NotPython as why:
            return str(why)
        except RecursionError:
            return TOO_DEEP
        return ""

    def _replacement(self, use: Use) -> Replacement:
        ban = self._ban(use)
        assert ban is not None
        assert ban.forbid.use is not None
        return Replacement(ban, ban.forbid.use)

    def _file(self, path: str) -> tuple[Source, FileNames]:
        if path not in self._files:
            import libcst as cst

            source = Source(self.tree.read(path))
            try:
                names = FileNames(source, *physical(path))
            except cst.ParserSyntaxError as error:
                raise NotPython("it does not parse") from error
            self._files[path] = (source, names)
        return self._files[path]

    # Plans and what they make

    def _planned(
        self, active: Mapping[str, Mapping[Target, list[Use]]]
    ) -> dict[str, Plan]:
        plans: dict[str, Plan] = {}
        for path, of in active.items():
            dropped = True
            while dropped and of:
                plan = self._plan(path, of)
                dropped = False
                for left in plan.left:
                    self.left.setdefault((path, left.use.target), []).append(left)
                for target in {left.use.target for left in plan.left}:
                    del active[path][target]  # type: ignore[attr-defined]
                    dropped = True
                plans[path] = plan
            if not of:
                plans.pop(path, None)
        return plans

    def _plan(self, path: str, of: Mapping[Target, list[Use]]) -> Plan:
        source, names = self._file(path)
        replacements = {t: self._replacement(found[0]) for t, found in of.items()}
        kept = self.kept.get(path, set())
        planner = Planner(path, source, names, replacements, self.offer, kept)
        return planner.run([use for found in of.values() for use in found])

    def _asked_by_others(self, plans: Mapping[str, Plan]) -> dict[str, set[str]]:
        """The names that files would lose by their plans and that others import."""
        wanted = {
            Target("symbol", f"{self._module(path)}.{name}"): (path, name)
            for path, plan in plans.items()
            for name in plan.renamed
        }
        kept: dict[str, set[str]] = {}
        for use in uses(self.tree, None, list(wanted), self.roots):
            if isinstance(use, Use):
                path, name = wanted[use.target]
                if use.path != path:
                    kept.setdefault(path, set()).add(name)
        return kept

    def _module(self, path: str) -> str:
        return without_root(physical(path)[0], self.prefixes)

    def _results(
        self,
        plans: Mapping[str, Plan],
        active: Mapping[str, Mapping[Target, list[Use]]],
    ) -> dict[str, bytes]:
        changed: dict[str, bytes] = {}
        for path, plan in plans.items():
            if plan.edits and active[path]:
                try:
                    changed[path] = self._file(path)[0].edited(plan.edits)
                except UnicodeError:
                    continue  # what its encoding does not hold
        return changed

    def _dirty(
        self,
        changed: Mapping[str, bytes],
        active: Mapping[str, Mapping[Target, list[Use]]],
    ) -> set[tuple[str, Target]]:
        """Which of the rewritten names files would still use."""
        paths = [path for path, of in active.items() if of]
        result = Overlay(self.tree, changed)
        still = self._uses(result, paths)
        broken = {path for path in paths if not _parses(path, changed)}
        dirty: set[tuple[str, Target]] = set()
        for path in paths:
            for target in active[path]:
                remaining = still.get(path, {}).get(target, [])
                if remaining or path in broken:
                    dirty.add((path, target))
                    self.left[path, target] = self._why(
                        active[path][target], remaining, path
                    )
        return dirty

    # What is left over

    def _tidied(self, changed: Mapping[str, bytes]) -> dict[str, bytes]:
        """The files without the imports that the rewrite made idle, or doubled."""
        done = dict(changed)
        files = {
            path: (source, FileNames(source, *physical(path)))
            for path, source in ((p, Source(data)) for p, data in changed.items())
        }
        gone: dict[str, list[Bound]] = {}
        wanted: dict[Target, tuple[str, Bound]] = {}
        for path, (source, names) in files.items():
            before = self._file(path)[1]
            gone[path] = doubles(before, names, source.text)
            for bound in idle(before, names, source.text):
                name = f"{self._module(path)}.{bound.local}"
                wanted[Target("symbol", name)] = (path, bound)
        asked = {
            use.target
            for use in uses(self.tree, None, list(wanted), self.roots)
            if isinstance(use, Use) and use.path != wanted[use.target][0]
        }
        for target, (path, bound) in wanted.items():
            if target not in asked:
                gone[path].append(bound)
        for path, (source, names) in files.items():
            imports = Imports(source, names, physical(path), self.prefixes)
            edits = without(source, names, imports, gone[path])
            tidy = source.edited(edits) if edits else changed[path]
            if _parses(path, {path: tidy}):
                done[path] = tidy
        return done

    def _why(
        self, before: Sequence[Use], remaining: Sequence[Use], path: str
    ) -> list[Left]:
        """The uses that stand in a rewrite's way, at their place before it."""
        one = self._replacement(before[0])
        if any(use.alias == without_root(one.new, self.prefixes) for use in remaining):
            return [Left(before[0], LEADS_BACK.format(new=one.new, old=one.old))]
        seen = {(use.via, use.text) for use in remaining}
        lefts = [
            Left(use, LOOKED_UP if use.via == "string" else NOT_DIRECT)
            for use in before
            if (use.via, use.text) in seen
        ]
        return lefts or [Left(before[0], DIRTY)]


def _parses(path: str, changed: Mapping[str, bytes]) -> bool:
    if path not in changed:
        return True
    import libcst as cst

    try:
        cst.parse_module(Source(changed[path]).normal)
    except (cst.ParserSyntaxError, NotPython, RecursionError):
        return False
    return True
