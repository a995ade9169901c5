"""forbidden-symbol on anything: no crash, no silent pass, and a second reading agrees."""

from __future__ import annotations

import ast
import textwrap

from hypothesis import example, given
from hypothesis import strategies as st

from support.reading import Reading, compared
from support.symbols import judged

SYMBOL = "services.ai_service.AIService"
IMPORT = b"from services.ai_service import AIService\n"
HOME = {
    "services/__init__.py": "",
    "services/ai_service.py": "class AIService: ...\n",
    "services/v2.py": "class AIService: ...\n",
}

PIECES = [
    b"AIService", b"services", b"ai_service", b".", b",", b"import ", b"from ", b"as ",
    b"\n", b"\r", b"\r\n", b"    ", b"\t", b"\x0c", b"\xef\xbb\xbf", b"\0", b"\xff",
    b"# coding: latin-1\n", b"# coding: utf-7\n", b"# coding: x\n", b"(", b")", b"[",
    b"{", b"}", b'"', b"'", b'"""', b"f'", b"\\", b"=", b":", b"def ", b"class ",
    b"*", b"lambda ", b"for ", b"in ", b"match ", b"case ", b"# type: ", b"@", b"1",
    "é".encode(), "Ａ".encode(), b"__all__", b"getattr(", b"import_module(", b"+AEE-",
]  # fmt: skip
JUNK = st.lists(st.sampled_from(PIECES) | st.binary(max_size=4), max_size=30).map(
    b"".join
)


@given(JUNK)
def test_any_bytes_are_judged(junk: bytes) -> None:
    for finding in judged({"src/app.py": junk}):
        assert finding.place.path == "src/app.py"
        assert finding.rule in ("forbidden-symbol", "unparsable-file")


@given(JUNK)
def test_whatever_follows_an_import_does_not_hide_it(junk: bytes) -> None:
    found = judged({"src/app.py": IMPORT + junk})
    rules = {finding.rule for finding in found}
    assert "unparsable-file" in rules or (
        "forbidden-symbol" in rules and found[0].place.line == 1
    )


@given(JUNK)
# Whoever imports a file reads its comments whatever their bytes are.
@example(b"# type: \x80")
def test_what_python_reads_we_read(junk: bytes) -> None:
    try:
        ast.parse(junk)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    found = judged({"src/app.py": junk + b"\n# AIService ai_service services\n"})
    assert [finding for finding in found if finding.rule == "unparsable-file"] == []


NAMES = st.sampled_from(["AIService", "A", "m", "services"])
DOTTED = st.sampled_from(
    [
        "AIService", "AIService.run", "A", "m", "m.AIService", "m.AIService.run", "services",
        "services.ai_service.AIService", "services.v2.AIService", "A.AIService", "x",
    ]
)  # fmt: skip
IMPORTS = st.sampled_from(
    [
        "from services.ai_service import AIService",
        "from services.ai_service import AIService as A",
        "from services.v2 import AIService",
        "from services import ai_service as m",
        "from services import v2 as m",
        "import services.ai_service",
        "import services.ai_service as m",
        "import services.v2 as services",
        "import other as AIService, services",
    ]
)


def indented(text: str) -> str:
    return textwrap.indent(text, "    ")


EXPRESSIONS = st.recursive(
    DOTTED,
    lambda inner: st.one_of(
        st.builds("f({}, {})".format, inner, inner),
        st.builds("({} if {} else 1)".format, inner, inner),
        st.builds("[{} for {} in {}]".format, inner, NAMES, inner),
        st.builds("(lambda {}={}: {})".format, NAMES, inner, inner),
        st.builds("({} := {})".format, NAMES, inner),
    ),
    max_leaves=4,
)
SIMPLE = st.one_of(
    IMPORTS,
    EXPRESSIONS,
    st.builds("{} = {}".format, NAMES, EXPRESSIONS),
    st.builds("{}: {} = {}".format, NAMES, DOTTED, EXPRESSIONS),
    st.builds("del {}".format, NAMES),
)


def compound(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    body = st.lists(inner, min_size=1, max_size=3).map("\n".join).map(indented)
    return st.one_of(
        st.builds("def {}({}={}):\n{}".format, NAMES, NAMES, EXPRESSIONS, body),
        st.builds("class {}({}):\n{}".format, NAMES, DOTTED, body),
        st.builds("if {}:\n{}\nelse:\n{}".format, EXPRESSIONS, body, body),
        st.builds("for {} in {}:\n{}".format, NAMES, EXPRESSIONS, body),
        st.builds("try:\n{}\nexcept {} as {}:\n{}".format, body, DOTTED, NAMES, body),
        st.builds(
            "match {}:\n    case {}:\n{}".format, DOTTED, NAMES, body.map(indented)
        ),
        st.builds("with {} as {}:\n{}".format, DOTTED, NAMES, body),
    )


PROGRAMS = st.lists(st.recursive(SIMPLE, compound, max_leaves=6), max_size=6).map(
    lambda statements: "\n".join(statements) + "\n"
)


def parses(source: str) -> bool:
    try:
        compile(source, "", "exec", dont_inherit=True)
    except SyntaxError:
        return False
    return True


@given(PROGRAMS.filter(parses))
@example(
    "class C:\n"
    "    if x:\n        from services.ai_service import AIService\n"
    "    else:\n        y: AIService = 1\n"
)
def test_a_second_reading_finds_the_same(source: str) -> None:
    files = {**HOME, "app.py": source}
    result = compared(Reading(files), SYMBOL)
    assert result.missed == []
    assert result.unexplained == []
