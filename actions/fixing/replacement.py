"""What stands in for a forbidden name, and whether it is there to be imported."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from keyword import iskeyword

import msgspec

from ...checks.forbidden_symbol import Ban
from ...checks.symbols.modules import modules_of
from ...checks.symbols.public import bound_names
from ...core.tree import Tree

_DOTTED = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")


class Replacement(msgspec.Struct, frozen=True):
    """One forbidden name and the dotted name to write in its place."""

    ban: Ban
    new: str

    @property
    def old(self) -> str:
        return self.ban.target.dotted

    @property
    def parent(self) -> str:
        """The module, or class, that holds the new name; "" for a package at the top."""
        return self.new.rpartition(".")[0]

    @property
    def last(self) -> str:
        return self.new.rpartition(".")[2]


class Offer:
    """The replacements of a policy against the modules of a tree."""

    def __init__(self, tree: Tree, roots: Sequence[str]) -> None:
        self._tree = tree
        self.roots = tuple(roots)
        self.modules = modules_of(tree, roots)
        self._bound: dict[str, frozenset[str] | None] = {}

    def wrong(self, one: Replacement) -> str:
        """Why the replacement cannot be written anywhere, as a clause; "" if it can."""
        kind = one.ban.target.kind
        if kind in ("keyword", "flag"):
            return f"a {kind} has no name that could stand in its place"
        names = one.new.split(".")
        if not _DOTTED.fullmatch(one.new) or any(map(iskeyword, names)):
            return f"`use: {one.new}` is no dotted name"
        if kind == "symbol" and not one.parent:
            return f"`use: {one.new}` does not say which module to import it from"
        files, rest = self.modules.split(one.new)
        if not files:
            return ""  # somebody else's package: taken at the policy's word
        if kind == "module":
            return f"there is no module {one.new}" if rest else ""
        if rest and not self.has(files, rest.split(".", 1)[0]):
            return f"{one.new.removesuffix('.' + rest)} has no {rest.split('.', 1)[0]}"
        return ""

    def homes(self, one: Replacement) -> Sequence[str]:
        """The files of the module in which the replacement lies."""
        return self.homes_of(one.new)

    def homes_of(self, dotted: str) -> Sequence[str]:
        """The files of the longest beginning of `dotted` that is a module."""
        return self.modules.split(dotted)[0]

    def is_member(self, one: Replacement) -> bool:
        """Whether it lies in a class, so that no import brings it alone."""
        files, rest = self.modules.split(one.new)
        return bool(files) and "." in rest

    def has(self, files: Sequence[str], name: str) -> bool:
        """Whether a module's files bind `name`, as far as one can tell."""
        found = [self._names(path) for path in files]
        return any(names is None or name in names for names in found)

    def _names(self, path: str) -> frozenset[str] | None:
        if path not in self._bound:
            try:
                tree = ast.parse(self._tree.read(path))
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                self._bound[path] = None
            else:
                self._bound[path] = bound_names(tree)
        return self._bound[path]
