"""Removed keywords: calls that still pass one to the callable that lost it."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from .expressions import Expressions
from .nodes import ident, inside, plain
from .values import Inherited, LocalClass, Named, Values, member


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
            for spot, name in _passed(arg):
                self._note(spot, name, lost)

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


def _passed(arg: cst.Arg) -> Iterator[tuple[cst.CSTNode, str]]:
    """The keywords that one argument passes, as far as they are written there."""
    if arg.keyword is not None:
        yield arg.keyword, ident(arg.keyword.value)
    if arg.star != "**":
        return
    match arg.value:
        case cst.Dict(elements=elements):
            for element in elements:
                key = (
                    plain(element.key) if isinstance(element, cst.DictElement) else None
                )
                if isinstance(element, cst.DictElement) and key is not None:
                    yield element.key, key
        case cst.Call(func=cst.Name(value="dict"), args=args):
            for inner in args:
                yield from _passed(inner)
        case _:
            pass
