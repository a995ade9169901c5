"""A use's span holds its text, and agrees with libcst's own positions."""

from __future__ import annotations

import libcst as cst
import pytest
from libcst.metadata import MetadataWrapper, PositionProvider

from backout.checks.symbols import Target
from backout.checks.symbols.judging import convict
from backout.checks.symbols.naming import Names
from backout.checks.symbols.reducing import kept, whole

NAMES = Names([Target("symbol", "old.cart.Cart")], ())

SOURCE = '''\
"""Docs."""
from old . cart import (  # why
    Cart as C,  # here
)
import old.cart

class A(C):
    x: "C | None" = None

    @C
    def f(self, a: C = (old .
            cart).Cart, *, b=lambda: C):
        if a: return [C for _ in a], f"é{C!r:>{C}}" 'x' f"""
{C}"""
        return """
""", C
\x0c
async def g():
    async with C() as c, \\
            C(): await c.x
    match c:
        case C(y=1) | [C()]: pass
'''


def test_each_span_holds_the_text() -> None:
    answer = convict(whole(SOURCE), SOURCE, NAMES, "app", False, set())
    lines = SOURCE.split("\n")
    assert len(answer.uses) > 15
    for use in answer.uses:
        line, column, end_line, end_column = use.span
        text = "\n".join(lines[line - 1 : end_line])
        cut = len(lines[end_line - 1]) - end_column + 1
        assert text[column - 1 : len(text) - cut] == use.text


def test_each_name_lies_where_libcst_says() -> None:
    positions = MetadataWrapper(cst.parse_module(SOURCE)).resolve(PositionProvider)
    expected = {
        (p.start.line, p.start.column + 1, p.end.line, p.end.column + 1)
        for node, p in positions.items()
        if isinstance(node, cst.Name | cst.Attribute)
    }
    answer = convict(whole(SOURCE), SOURCE, NAMES, "app", False, set())
    plain = {tuple(u.span) for u in answer.uses if '"' not in SOURCE.split("\n")[7]}
    assert plain <= expected


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("x = \\\n  C\nC\n", id="within a statement"),
        pytest.param("def f():\n  x; \\\n\nC\n", id="after a statement"),
        pytest.param("def f():\n  1\n\\\n\nC\n", id="before an empty line"),
        pytest.param("class f:\n \\\n\n  1\n  x; C\n", id="below a head"),
        pytest.param("\\\nC\n", id="before everything"),
        pytest.param("if 1:\n  x\n  \\\n  x\nC\n", id="before a statement"),
        pytest.param("if 1:\n  x\n  \\\n  C\n\\\n\\\nC\nC\n", id="again and again"),
        pytest.param("if 1:\n  x\n  \\\n  \x0cx\n\x0cC\n", id="beside a form feed"),
    ],
)
def test_a_line_that_goes_on_in_the_next_moves_nothing(text: str) -> None:
    lines = ["from old.cart import Cart as C", *text.split("\n")]
    text = "\n".join(lines)
    for cut in (whole(text), kept(text, NAMES, "app", False, set(), {})):
        assert cut is not None
        uses = convict(cut, text, NAMES, "app", False, set()).uses
        found = [lines[u.span.line - 1][u.span.column - 1 :][:1] for u in uses]
        assert found == ["C"] * (1 + sum(line.count("C") for line in lines[1:]))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param('x: "C"', (2, 5, 2, 6), id="quoted"),
        pytest.param('x: " C"', (2, 6, 2, 7), id="quoted after a space"),
        pytest.param('x: "list[C]"', (2, 10, 2, 11), id="quoted within"),
        pytest.param(r'x: "\x43"', (2, 4, 2, 10), id="quoted and escaped"),
        pytest.param("x = y  # type: C", (2, 16, 2, 17), id="in a comment"),
        pytest.param("é = '𝒳', C", (2, 10, 2, 11), id="after wide characters"),
    ],
)
def test_columns_are_characters(line: str, expected: tuple[int, ...]) -> None:
    text = f"from old.cart import Cart as C\n{line}\n"
    answer = convict(whole(text), text, NAMES, "app", False, set())
    (use,) = [use for use in answer.uses if use.span.line == 2]
    assert tuple(use.span) == expected
    assert use.bound_at == 1
