"""The patterns of `match`: classes and values that they name, names that they bind."""

from __future__ import annotations

import libcst as cst

from .expressions import Expressions
from .nodes import children, ident
from .values import NOTHING, Values


class Patterns(Expressions):
    """Reads patterns."""

    def pattern(self, node: cst.CSTNode, subject: Values) -> None:
        """Read a pattern that is matched against `subject`."""
        match node:
            case cst.MatchAs(pattern=inner, name=name):
                if isinstance(inner, cst.MatchClass):
                    subject = self.made_by(self._class_of(inner))
                elif inner is not None:
                    self.pattern(inner, subject)
                if name is not None:
                    self.bind(ident(name.value), subject)
            case cst.MatchValue(value=value):
                self.value(value)
            case cst.MatchClass():
                self._class_of(node)
            case cst.MatchStar(name=cst.Name(value=text)):
                self.bind(ident(text), NOTHING)
            case cst.MatchOr(patterns=choices):
                for choice in choices:
                    self.pattern(choice.pattern, subject)
            case cst.MatchMapping(elements=elements, rest=rest):
                for element in elements:
                    self.pattern(element.key, NOTHING)
                    self.pattern(element.pattern, NOTHING)
                if rest is not None:
                    self.bind(ident(rest.value), NOTHING)
            case cst.MatchSingleton():
                pass
            case _:
                for child in children(node):
                    self.pattern(child, NOTHING)

    def _class_of(self, node: cst.MatchClass) -> Values:
        values = self.value(node.cls)
        for element in node.patterns:
            self.pattern(element.value, NOTHING)
        for keyword in node.kwds:
            self.pattern(keyword.pattern, NOTHING)
        return values
