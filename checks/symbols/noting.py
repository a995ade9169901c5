"""Notes the uses of a file as its tree is read: which node, which target, how."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import libcst as cst

from .naming import Names
from .nodes import inside
from .scopes import Scope
from .target import Via
from .values import Inherited, Named, Value, Values


class Quote(NamedTuple):
    """An expression read from within a string or a comment of the file.

    `holder` is the string's or comment's node, `offset` where in its text the
    expression `tree` begins; -1 where characters do not correspond one by one.
    """

    holder: cst.CSTNode
    offset: int
    tree: cst.CSTNode


class Hit(NamedTuple):
    """One use: a node, or the characters `start:end` of the node's own text."""

    node: cst.CSTNode
    target: int
    via: Via
    dotted: str
    origin: cst.CSTNode | None
    start: int = 0
    end: int = -1
    quote: Quote | None = None


class Noting:
    """The state of one file's reading that everything else builds on."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.scope = Scope("module")
        self.hits: dict[tuple[int, int, int, int], Hit] = {}
        self.wants: set[str] = set()  # names that another file may have re-exported
        self.stars: set[str] = set()  # the modules of star imports
        self.news = False  # something learned that an earlier line should have known
        self.quote: Quote | None = None
        # The statement that is being read, of the file's or in a class or a function of
        # these; and by a node's id in which one it was met: its place is looked for there.
        self.statement: cst.CSTNode | None = None
        self.met: dict[int, cst.CSTNode | None] = {}
        self._turns: dict[int, int] = {}  # by a node's id: how many imports came before
        # The targets already noted within an expression: a longer one is not noted too.
        self._noted: dict[int, frozenset[int]] = {}

    def use(
        self,
        node: cst.CSTNode,
        values: Iterable[Value],
        via: Via,
        *,
        below: cst.CSTNode | None = None,
        part: tuple[int, int] = (0, -1),
    ) -> None:
        """Note `node` for each target that one of `values` names.

        Targets that were noted within `below`, a part of `node`, are left out.
        """
        within: frozenset[int] = frozenset()
        if below is not None:
            within = self._noted.get(id(below), within)
        noted = within
        for value in values:
            if not isinstance(value, (Named, Inherited)):
                continue
            found = self.matching(value)
            if not found and isinstance(value, Named):
                self.want(value.dotted)
            for target in found:
                noted |= {target}
                if target not in within:
                    self.hit(node, target, via, value, part)
        if noted:
            self._noted[id(node)] = noted

    def hit(
        self,
        node: cst.CSTNode,
        target: int,
        via: Via,
        value: Named | Inherited,
        part: tuple[int, int] = (0, -1),
    ) -> None:
        """Note one use."""
        if self.quote is not None and via in ("name", "attribute"):
            via = "comment" if isinstance(self.quote.holder, cst.Comment) else via
        self._meet(node if self.quote is None else self.quote.holder)
        key = (id(node), *part, target)
        found = Hit(node, target, via, value.dotted, value.origin, *part, self.quote)
        # Of all that it may be, the same is told in every run.
        if key not in self.hits or self._rank(found) < self._rank(self.hits[key]):
            self.hits[key] = found

    def _meet(self, node: cst.CSTNode) -> None:
        self.met[id(node)] = self.statement

    def _rank(self, hit: Hit) -> tuple[str, int]:
        return hit.dotted, self._turns.get(id(hit.origin), -1)

    def brought_by(self, node: cst.CSTNode) -> cst.CSTNode:
        """`node`, an import's part, its turn among all of the file's noted."""
        self._turns.setdefault(id(node), len(self._turns))
        self._meet(node)
        return node

    def flag(self, node: cst.CSTNode, name: str) -> None:
        """Note a name that is a removed flag, as settings and `dict(FLAG=1)` spell it.

        Only one in capitals: `verbose` may be anybody's.
        """
        for target in self.names.flags.get(name, ()) if name.isupper() else ():
            self.hit(node, target, "flag", Named(name))

    def note(self, node: cst.CSTNode, targets: Iterable[int]) -> None:
        """Let these targets count as noted within `node`."""
        self._noted[id(node)] = frozenset(targets)

    def pass_on(self, node: cst.CSTNode, part: cst.CSTNode) -> None:
        """What was noted within `part` counts as noted within `node`."""
        noted = self._noted.get(id(part))
        if noted:
            self._noted[id(node)] = noted

    def matching(self, value: Named | Inherited) -> Sequence[int]:
        """The targets that the value names or lies in."""
        found = self.names.matches(value.dotted)
        if isinstance(value, Inherited) and found:
            outer = self.names.matches(value.dotted.rpartition(".")[0])
            return [target for target in found if target not in outer]
        return found

    def want(self, dotted: str) -> None:
        """Remember a name that would be a use if another file re-exports it so."""
        if self._is_word(dotted):
            self.wants.add(dotted)

    def import_wanted(self, dotted: str) -> None:
        """Remember an import: another file may re-export a target by that name."""
        # A module on the way may have lent its name to what is in it.
        is_open = self._is_word(dotted) and not self.names.matches_any(dotted)
        if is_open or not self.names.leads(dotted):
            self.wants.add(dotted)

    def _is_word(self, dotted: str) -> bool:
        return "." in dotted and dotted.rpartition(".")[2] in self.names.words

    def use_chain(self, parts: Sequence[tuple[cst.CSTNode, str]], via: Via) -> None:
        """Note the shortest of `parts`, a dotted name's beginnings, for each target."""
        noted: set[int] = set()
        for node, dotted in parts:
            for target in self.names.matches(dotted, as_module=via == "import"):
                if target not in noted:
                    noted.add(target)
                    self.hit(node, target, via, Named(dotted))
        if parts and not noted:
            self.want(parts[-1][1])

    def use_string(self, node: cst.CSTNode, ends: Iterable[tuple[int, Value]]) -> None:
        """Note a string; each value with how many of the string's characters name it."""
        offset = inside(node)
        for end, value in ends:
            part = (0, -1) if offset is None else (offset, offset + end)
            self.use(node, [value], "string", part=part)

    def bind(self, name: str, values: Values) -> None:
        """Bind a name where we are."""
        self.news = self.scope.bind(name, values) or self.news
