"""Type comments (PEP 484): `x = None  # type: Cart`, `# type: (Cart) -> None`."""

from __future__ import annotations

import re
from collections.abc import Sequence

import libcst as cst

from .expressions import Expressions
from .nodes import comments, ident
from .values import NOTHING, Values

_FORM = re.compile(r"#\s*type:\s*(?!ignore\b)(?P<type>[^#\s][^#]*)")
_SIGNATURE = re.compile(r"(?P<given>\(.*\))\s*->\s*(?P<returns>.*)", re.DOTALL)


class TypeComments(Expressions):
    """Reads type comments, in a file that has any."""

    has_type_comments = False

    def line_type(self, node: cst.SimpleStatementLine) -> Values:
        """The type that the comment at a line's end gives to what the line binds."""
        comment = node.trailing_whitespace.comment
        if not self.has_type_comments or comment is None:
            return NOTHING
        return self._type(comment)

    def block_type(self, body: cst.BaseSuite) -> Values:
        """The same for the comment after the colon of `for` and `with`."""
        if not self.has_type_comments or not isinstance(body, cst.IndentedBlock):
            return NOTHING
        comment = body.header.comment
        return NOTHING if comment is None else self._type(comment)

    def signature_type(self, node: cst.FunctionDef, given: dict[str, Values]) -> Values:
        """What a function returns by its comment; its parameters' are added to `given`."""
        if not self.has_type_comments:
            return NOTHING
        params = [*node.params.posonly_params, *node.params.params]
        for param in params:
            for comment in comments(param):
                _add(given, param, self._type(comment))
        if not isinstance(node.body, cst.IndentedBlock):
            return NOTHING
        found: list[cst.Comment] = []
        if node.body.header.comment is not None:
            found.append(node.body.header.comment)
        lines = _lines_before(node.body)
        found += [line.comment for line in lines if line.comment is not None]
        for comment in found:
            form = _FORM.match(comment.value)
            if form is None:
                continue
            signature = _SIGNATURE.match(form["type"])
            if signature is not None:
                return self._signature(
                    comment, form.start("type"), signature, given, params
                )
        return NOTHING

    def _signature(
        self,
        comment: cst.Comment,
        offset: int,
        signature: re.Match[str],
        given: dict[str, Values],
        params: list[cst.Param],
    ) -> Values:
        # `*str` and `**Any` stand for the types of *args and **kwargs.
        text = signature["given"].replace("*", " ")
        types = self.quoted_list(comment, offset + signature.start("given"), text)
        # The type of `self` may be left out.
        for param, one in zip(reversed(params), reversed(types), strict=False):
            _add(given, param, one)
        at = offset + signature.start("returns")
        return self.quoted(comment, at, signature["returns"])

    def _type(self, comment: cst.Comment) -> Values:
        form = _FORM.match(comment.value)
        if form is None:
            return NOTHING
        return self.quoted(comment, form.start("type"), form["type"])


def _lines_before(body: cst.IndentedBlock) -> Sequence[cst.EmptyLine]:
    """The lines of comments between a head and its block's first statement."""
    first = body.body[0] if body.body else None
    if isinstance(first, cst.SimpleStatementLine):
        return first.leading_lines
    return getattr(first, "leading_lines", ())


def _add(given: dict[str, Values], param: cst.Param, values: Values) -> None:
    name = ident(param.name.value)
    given[name] = given.get(name, NOTHING) | values
