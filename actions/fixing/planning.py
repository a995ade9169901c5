"""Plans the rewrite of one file: which characters become which, and what is left.

Every use that an import in the file binds directly is rewritten; whatever follows from
those (a variable, a subclass, another file's re-export) follows by itself, and the
symbol engine says afterwards whether it did.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

import msgspec

from ...checks.symbols.naming import physical, root_prefixes, without_root
from ...checks.symbols.target import Target, Use
from .file_names import Bound, FileNames, Statement
from .replacement import Offer, Replacement
from .rewriting_imports import Imports
from .source import Edit, Source

_PATH = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_LAYOUT = re.compile(r"\\\r?\n|\s")

STAR = "a star import does not say which names it brings"
PART = "it imports a part of what is forbidden, and no replacement names that part"
BOUND_AGAIN = "{name} is bound again at line {line}: which one it is shows at run time"
GLOBAL = "{name} is declared global or nonlocal: others may bind it"
AT_HOME = "this file is the home of {new}"
MEMBER = "{new} lies in a class and cannot be imported alone"
TAKEN = "{name} means something else in this file"
BY_ALIAS = "it is imported through a name that another file gave it"
NO_IMPORT = "it imports a module that the replacement takes the place of only in part"


class Left(msgspec.Struct, frozen=True):
    """A use that stays as it is, and why, as a clause."""

    use: Use
    reason: str


class Plan(msgspec.Struct):
    """What one file becomes. `renamed` are the names that the module would no longer
    have, for whoever imports them from it; `left` says what stands against it."""

    edits: list[Edit] = []
    left: list[Left] = []
    renamed: set[str] = set()
    direct: set[Use] = set()


class Planner:
    """Plans one file. `kept` are names that it must go on having."""

    def __init__(
        self,
        path: str,
        source: Source,
        names: FileNames,
        replacements: Mapping[Target, Replacement],
        offer: Offer,
        kept: Collection[str],
    ) -> None:
        self.path = path
        self.source = source
        self.names = names
        self.replacements = replacements
        self.offer = offer
        self.kept = kept
        self.prefixes = root_prefixes(offer.roots)
        self.plan = Plan()
        self.imports = Imports(source, names, physical(path), self.prefixes)
        self._where = {
            (part, statement.start): (statement, index)
            for statement in names.statements
            for part, index in names.parts_of(statement)
        }

    def run(self, uses: Sequence[Use]) -> Plan:
        """The plan for all uses of the file that are to go."""
        bare: dict[str, list[tuple[Use, Bound]]] = {}
        dotted: list[tuple[Use, Bound, str]] = []
        imported: list[tuple[Use, Statement, int]] = []
        for use in uses:
            one = self.replacements[use.target]
            if self.path in self.offer.homes(one):
                self._leave(use, AT_HOME.format(new=one.new))
            elif use.via == "star":
                self._leave(use, STAR)
            elif use.via == "import":
                found = self._statement(use)
                if found is not None:
                    imported.append((use, *found))
            elif use.via == "string":
                self._string(use, one)
            else:
                self._sort(use, one, bare, dotted)
        self._import_names(imported, bare)
        self._rename(bare)
        gone = {self.source.range(use.span)[0] for use, _, _ in dotted}
        for use, bound, text in dotted:
            self._attribute(use, bound, text, gone)
        self.plan.edits += self.imports.edits(gone)
        return self.plan

    def _leave(self, use: Use, reason: str) -> None:
        self.plan.left.append(Left(use, reason))

    def _put(self, use: Use, text: str) -> None:
        self.plan.direct.add(use)
        self.plan.edits.append(Edit(*self.source.range(use.span), text))

    def rooted(self, dotted: str) -> str:
        return without_root(dotted, self.prefixes)

    def _spelled(self, new: str, as_in: str) -> str:
        """`new`, with the source root in front that the file writes too."""
        for prefix in self.prefixes:
            if as_in.startswith(prefix) and not new.startswith(prefix):
                if self.offer.homes_of(new):
                    return prefix + new
        return new

    # What each use is

    def _statement(self, use: Use) -> tuple[Statement, int] | None:
        at = self.source.range(use.span)
        for statement in self.names.statements:
            if statement.start <= at[0] and at[1] <= statement.end:
                found = self._where.get((at, statement.start))
                if found is not None:
                    return found
        return None

    def _sort(
        self,
        use: Use,
        one: Replacement,
        bare: dict[str, list[tuple[Use, Bound]]],
        dotted: list[tuple[Use, Bound, str]],
    ) -> None:
        """Find the import by which a name or attribute means what it means."""
        text = _LAYOUT.sub("", use.text)
        # A part of it under another file's name is not the thing itself.
        if not _PATH.fullmatch(text) or (use.alias and use.name != one.old):
            return
        local, _, rest = text.partition(".")
        line = use.bound_at or use.span.line
        meant = use.alias or self.rooted(one.old)
        for bound in self.names.imports_of(local):
            full = f"{bound.meaning}.{rest}" if rest else bound.meaning
            if bound.line == line and self.rooted(full) == meant:
                if rest:
                    dotted.append((use, bound, text))
                else:
                    bare.setdefault(local, []).append((use, bound))
                return

    # Strings

    def _string(self, use: Use, one: Replacement) -> None:
        name = use.text.replace(":", ".")
        if use.alias or self.rooted(name) != self.rooted(one.old) or "." not in name:
            return
        new = self._spelled(one.new, name)
        if ":" in use.text:
            # `package.module:name`: the colon stands after the module.
            after = use.text.rpartition(":")[2].count(".") + 1
            parts = new.split(".")
            if after >= len(parts):
                return
            new = f"{'.'.join(parts[:-after])}:{'.'.join(parts[-after:])}"
        self._put(use, new)

    # Imports

    def _import_names(
        self,
        imported: Sequence[tuple[Use, Statement, int]],
        bare: dict[str, list[tuple[Use, Bound]]],
    ) -> None:
        for use, statement, index in imported:
            one = self.replacements[use.target]
            if index < 0:
                self._module(use, one, statement)
                continue
            bound = statement.names[index]
            if statement.module is None and not hasattr(statement.node, "module"):
                self._plain(use, one, bound)
            elif use.name != one.old:
                # What another file took from it follows when that file is rewritten.
                if not use.alias:
                    self._leave(use, PART)
            elif self.offer.is_member(one):
                self._leave(use, MEMBER.format(new=one.new))
            else:
                bare.setdefault(bound.local, []).append((use, bound))

    def _module(self, use: Use, one: Replacement, statement: Statement) -> None:
        """`from MODULE import ...`: the names that it brings must be there too."""
        if use.alias:
            self._leave(use, BY_ALIAS)
            return
        assert statement.module is not None
        rest = self.rooted(statement.module)[len(self.rooted(one.old)) :]
        files, beyond = self.offer.modules.split(one.new + rest)
        if files and beyond:
            self._leave(use, f"there is no module {one.new}{rest}")
            return
        if not statement.names:
            self._leave(use, STAR)
            return
        for bound in statement.names:
            inner = self.offer.modules.split(f"{one.new}{rest}.{bound.written}")
            is_there = not files or not inner[1] or self.offer.has(files, bound.written)
            if not is_there:
                self._leave(use, f"{one.new}{rest} has no {bound.written}")
                return
        self.plan.direct.add(use)
        new = self._spelled(one.new + rest, statement.module)
        self.imports.change_module(statement, new)

    def _plain(self, use: Use, one: Replacement, bound: Bound) -> None:
        """`import MODULE`, or `import MODULE.more`."""
        if use.alias or one.ban.target.kind != "module":
            self._leave(use, BY_ALIAS if use.alias else NO_IMPORT)
            return
        files, beyond = self.offer.modules.split(
            one.new + self.rooted(bound.written)[len(self.rooted(one.old)) :]
        )
        if files and beyond:
            self._leave(use, f"there is no module {beyond} in {one.new}")
            return
        self.plan.direct.add(use)
        self.imports.change_plain(
            bound, len(use.text), self._spelled(one.new, bound.written)
        )

    # Names that an import binds to the very thing

    def _rename(self, bare: Mapping[str, Sequence[tuple[Use, Bound]]]) -> None:
        for local, found in bare.items():
            bounds = list({id(bound): bound for _, bound in found}.values())
            reason = self._ambiguous(local, bounds)
            if reason:
                for use, _ in found:
                    self._leave(use, reason)
                continue
            one = self.replacements[found[0][0].target]
            new = local if self._must_stay(local, one, found) else one.last
            if any(bound.has_alias for bound in bounds):
                new = local
            if new != local and any(
                bound.statement.scope is self.names.top for bound in bounds
            ):
                self.plan.renamed.add(local)
            for use, bound in found:
                if use.via == "import":
                    self.plan.direct.add(use)
                    module = self._spelled(one.parent, bound.meaning)
                    self.imports.change_name(bound, module, one.last, new)
                elif new != local:
                    self._put(use, new)
                else:
                    self.plan.direct.add(use)

    def _ambiguous(self, local: str, bounds: Sequence[Bound]) -> str:
        if local in self.names.declared:
            return GLOBAL.format(name=local)
        scopes = {id(bound.statement.scope) for bound in bounds}
        for bound in bounds:
            again = bound.statement.scope.bound.get(local)
            if again is not None:
                return BOUND_AGAIN.format(name=local, line=again)
        for other in self.names.imports_of(local):
            if other not in bounds and id(other.statement.scope) in scopes:
                return BOUND_AGAIN.format(name=local, line=other.statement.line)
        return ""

    def _must_stay(
        self, local: str, one: Replacement, found: Sequence[tuple[Use, Bound]]
    ) -> bool:
        """Whether others rely on the old name, or the new one is taken."""
        uses = [use for use, _ in found if use.via != "import"]
        if local == one.last or local in self.kept or not uses:
            return True  # without a use here it is imported for others
        known = {self.source.range(use.span)[0] for use in uses}
        for start, end, text in self.names.strings:
            if text == local and not any(start <= at < end for at in known):
                return True
        outer = [bound.statement.scope for _, bound in found]
        for at, scope in self.names.mentions.get(local, ()):
            if at not in known and not any(scope.binds_below(local, o) for o in outer):
                return True
        return not self.names.is_free(one.last) and not self._is_imported(one)

    def _is_imported(self, one: Replacement) -> bool:
        """Whether all that is called so in the file is the replacement already."""
        found = self.names.imports_of(one.last)
        return (
            bool(found)
            and self.names.is_only_imported(one.last)
            and all(
                self.rooted(bound.meaning) == self.rooted(one.new) for bound in found
            )
        )

    # Attributes of an imported module

    def _attribute(self, use: Use, bound: Bound, text: str, gone: set[int]) -> None:
        one = self.replacements[use.target]
        reason = self._ambiguous(bound.local, self._same(bound))
        if reason:
            self._leave(use, reason)
            return
        old_parent = self.rooted(one.old).rpartition(".")[0]
        written = _LAYOUT.sub("", use.text)
        if not use.alias and self.rooted(one.parent) == old_parent and "." in text:
            is_plain = one.ban.target.kind == "symbol"
            if is_plain:
                last = written.rpartition(".")[2]
                self._put(use, use.text[: len(use.text) - len(last)] + one.last)
                return
        if self.offer.is_member(one):
            self._leave(use, MEMBER.format(new=one.new))
            return
        is_module = one.ban.target.kind == "module"
        if not bound.has_alias and not hasattr(bound.statement.node, "module"):
            root = one.new.split(".", 1)[0]
            new = self._spelled(one.new, written)
            root = new.split(".", 1)[0]
            if root != bound.local and not self._is_package(root):
                self._leave(use, TAKEN.format(name=root))
                return
            wanted = new if is_module else new.rpartition(".")[0]
            self.imports.want_plain(bound, wanted, written.rpartition(".")[0])
            self._put(use, new)
            return
        for name in (one.last, f"{one.parent.rpartition('.')[2]}_{one.last}"):
            if self.names.is_free(name) or (
                name == one.last and self._is_imported(one)
            ):
                module = self._spelled(one.parent, bound.meaning)
                self.imports.want_from(bound, module, one.last, name)
                self._put(use, name)
                return
        self._leave(use, TAKEN.format(name=one.last))

    def _same(self, bound: Bound) -> list[Bound]:
        """The imports that bind the same name to the same thing."""
        return [
            other
            for other in self.names.imports_of(bound.local)
            if other.meaning == bound.meaning
        ]

    def _is_package(self, root: str) -> bool:
        """Whether `root` can be bound by `import root.more` without harm."""
        found = self.names.imports_of(root)
        if not found:
            return self.names.is_free(root)
        return self.names.is_only_imported(root) and all(
            bound.meaning == root for bound in found
        )
