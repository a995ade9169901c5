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

type A[T: int = str, *U, **V] = list[T]
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


DUMP = """
import libcst as cst, sys
def dumped(node):
    if isinstance(node, cst.CSTNode):
        names = [n for n in node.__dataclass_fields__ if n[0] != "_"]
        return type(node).__name__, [(n, dumped(getattr(node, n))) for n in names]
    if isinstance(node, (tuple, list)):
        return [dumped(part) for part in node]
    return str(node)
"""


@pytest.mark.parametrize(
    "tree",
    [
        pytest.param("cst.parse_module(sys.argv[1])", id="of a module"),
        pytest.param("cst.parse_module(sys.argv[1] * 50)", id="of many nodes"),
        pytest.param(
            "cst.parse_expression('(a . b)[1:2, ...](*c)')", id="of an expression"
        ),
        # What libcst itself makes where nothing is given.
        pytest.param("cst.Parameters()", id="of defaults"),
        pytest.param("cst.ParamStar()", id="of a default that is a node with another"),
        pytest.param("cst.SimpleWhitespace(' ')", id="of a value without its name"),
    ],
)
def test_the_tree_is_the_same(tree: str) -> None:
    dump = f"{DUMP}\ntree = {tree}\nprint(dumped(tree))"
    light = said(LIGHT + dump)
    assert light == said(dump)
    assert len(light) > 20


def test_the_tree_writes_its_source() -> None:
    program = f"{LIGHT}{DUMP}\nprint(cst.parse_module(sys.argv[1]).code, end='')"
    assert said(program) == SOURCE


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        pytest.param("hash(cst.Name(value='x')) != 0", "True", id="hash"),
        pytest.param(
            "cst.Name('x') == cst.Name('x')", "False", id="no equality by parts"
        ),
        pytest.param(
            "cst.Param(cst.Name('x')).whitespace_after_star"
            " is cst.Param(cst.Name('y')).whitespace_after_star",
            "False",
            id="each its own default",
        ),
        pytest.param("cst.Name('').value", "", id="no check"),
        pytest.param("hasattr(cst.Name('x'), '__dict__')", "False", id="slots"),
        pytest.param(
            "[type(m).__name__ for m in usual] == ['module'] * 3"
            " and usual == [sys.modules[name] for name in NAMES]",
            "True",
            id="the modules that were replaced are what they were",
        ),
        pytest.param(
            "'libcst.metadata' in sys.modules", "False", id="nothing for writers"
        ),
    ],
)
def test_what_a_worker_has(question: str, expected: str) -> None:
    program = (
        "import abc, dataclasses, inspect, sys\n"
        "NAMES = ('abc', 'dataclasses', 'inspect')\n"
        f"usual = [sys.modules[name] for name in NAMES]\n{LIGHT}\n"
        f"import libcst as cst\nprint({question})"
    )
    assert said(program).strip() == expected


def test_what_everybody_else_has() -> None:
    with pytest.raises(cst.CSTValidationError, match="empty"):
        cst.Name("")


@pytest.mark.parametrize(
    "other",
    [
        pytest.param("light._NODES = ('elsewhere',)", id="nodes elsewhere"),
        pytest.param(
            "light._REPLACED['libcst._types'] = {}",
            id="another type variable is imported",
        ),
        pytest.param(
            "light._REPLACED['dataclasses']['dataclass'] = None", id="made otherwise"
        ),
        pytest.param("del sys.modules['tokenize']", id="it imports something else"),
    ],
)
def test_a_libcst_that_is_not_made_for_it_is_imported_slowly(other: str) -> None:
    program = (
        "import abc, sys\n"
        "import backout.checks.symbols.light as light\n"
        f"{other}\n"
        "light.import_libcst()\n"
        "import libcst as cst, libcst.metadata\n"
        "assert issubclass(type(cst.CSTNode), abc.ABCMeta)\n"
        "try: cst.Name('')\n"
        "except cst.CSTValidationError: print(cst.parse_module('x\\n').code)"
    )
    assert said(program).strip() == "x"
