"""libcst, imported for reading alone: the same trees, and nobody else's dataclasses."""

from __future__ import annotations

import subprocess
import sys

import libcst as cst
import pytest

SOURCE = '''"""A text."""
from __future__ import annotations
import a.b as c, d


@c.deco(1, *x, **y)
async def f(p, /, q: "int" = 1, *, r=None, **s) -> d.E[int]:
    with c as e, (yield):
        return [i async for i in q if i] or {**s} or f"{p!r:>{q}}" or (lambda: 1)
    try:
        x: int = (y := 2) ; del x
    except* E as g:
        raise ValueError from g
    match p:
        case {"a": [1, *rest], **kw} | C(x=1) if q: pass
'''


def said(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program, SOURCE],
        capture_output=True,
        check=True,
        text=True,
    )
    return done.stdout


LIGHT = "from backout.checks.symbols.light import import_libcst as load; load()"


def test_the_tree_is_the_same() -> None:
    dump = (
        "\nfrom libcst.tool import dump; import libcst as cst, sys"
        "\ntree = cst.parse_module(sys.argv[1])"
        "\nprint(dump(tree), tree.code == sys.argv[1])"
    )
    assert said(LIGHT + dump) == said(dump)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        pytest.param(
            "type(cst.Name('x')).__hash__(cst.Name('x')) > 0", "True", id="hash"
        ),
        pytest.param(
            "cst.Name('x') == cst.Name('x')", "False", id="no equality by parts"
        ),
        pytest.param("cst.Name('').value", "", id="no check"),
        pytest.param(
            "dataclasses.dataclass is usual and dataclasses.replace(cst.Name('x')).value",
            "x",
            id="dataclasses are what they were",
        ),
    ],
)
def test_what_a_worker_has(question: str, expected: str) -> None:
    program = (
        f"import dataclasses\nusual = dataclasses.dataclass\n{LIGHT}\n"
        f"import libcst as cst\nprint({question})"
    )
    assert said(program).strip() == expected


def test_what_everybody_else_has() -> None:
    with pytest.raises(cst.CSTValidationError, match="empty"):
        cst.Name("")


def test_a_libcst_that_is_not_made_for_it_is_imported_slowly() -> None:
    program = (
        "import backout.checks.symbols.light as light\n"
        "def broken(*_, **__): raise TypeError\n"
        "light._plain = broken\n"
        "light.import_libcst()\n"
        "import libcst as cst\n"
        "try: cst.Name('')\n"
        "except cst.CSTValidationError: print(cst.parse_module('x\\n').code)"
    )
    assert said(program).strip() == "x"
