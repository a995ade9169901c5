"""Removed keywords: calls that still pass one to the callable that lost it."""

from __future__ import annotations

import libcst as cst

from .expressions import Expressions
from .nodes import ident, inside
from .values import Inherited, LocalClass, Named, Passed, Values, member


class Keywords(Expressions):
    """Reads the arguments of calls."""

    def keyword_uses(self, node: cst.Call, callee: Values, last: str) -> None:
        if not self.names.keywords:
            return
        if last in ("partial", "partialmethod") and node.args:
            callee |= self.seen_value(node.args[0].value)
        lost = self._lost(callee)
        if not lost:
            return
        for arg in node.args:
            if arg.keyword is not None:
                self._note(arg.keyword, ident(arg.keyword.value), lost)
            if arg.star == "**":
                for value in self.seen_value(arg.value):
                    if isinstance(value, Passed):
                        self._note(value.node, value.name, lost)

    def _lost(self, callee: Values) -> dict[str, dict[int, Named | Inherited]]:
        """For each keyword the targets that one of `callee` lost."""
        found: dict[str, dict[int, Named | Inherited]] = {}
        for value in callee:
            if isinstance(value, LocalClass):
                ways = [*member(frozenset([value]), "__init__")]
            else:
                ways = [value]
            for way in ways:
                if isinstance(way, (Named, Inherited)):
                    for target in self.names.callables(way.dotted):
                        name = self.names.targets[target].name
                        found.setdefault(name, {})[target] = way
        return found

    def _note(
        self,
        node: cst.CSTNode,
        name: str,
        lost: dict[str, dict[int, Named | Inherited]],
    ) -> None:
        offset = inside(node)
        part = (0, -1) if offset is None else (offset, offset + len(name))
        for target, value in lost.get(name, {}).items():
            self.hit(node, target, "keyword", value, part)
