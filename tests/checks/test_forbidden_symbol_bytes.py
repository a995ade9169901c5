"""forbidden-symbol: encodings, line ends, old and new syntax, files that do not parse."""

from __future__ import annotations

import codecs

import pytest

from backout.core.finding import Finding, Severity
from support.symbols import judged, marked, stripped

# (what, encoding, text with marks): the text is stored in that encoding.
INNOCENT = [
    ("UTF-8 without the name", "utf-8", "x = 'é'\n"),
    ("latin-1 without the name", "latin-1", "# coding: latin-1\nx = 'é'\n"),
    (
        "a comment in latin-1",
        "latin-1",
        "# coding: latin-1\n# é AIService ai_service\n",
    ),
    (
        "V2 in cp1252",
        "cp1252",
        "# coding: cp1252\nfrom services.v2 import AIService\nx = '€', AIService\n",
    ),
    ("V2 behind a mark", "utf-8-sig", "from services.v2 import AIService\nAIService\n"),
    (
        "a comment that a form feed does not end",
        "utf-8",
        "# x \x0c from services.ai_service import AIService\n",
    ),
    (
        "a comment that U+2028 does not end",
        "utf-8",
        "# x \u2028from services.ai_service import AIService\n",
    ),
    (
        "a comment that a vertical tab does not end",
        "utf-8",
        "# x \x0bfrom services.ai_service import AIService\n",
    ),
    ("a comment that CR ends", "utf-8", "# services.ai_service.AIService\rx = 1\r"),
    (
        "utf-7 without the name",
        "utf-7",
        "# coding: utf-7\nx = 'AIService ai_service é'\n",
    ),
]

GUILTY = [
    ("a byte order mark", "utf-8-sig", "from services.ai_service import «AIService»\n"),
    (
        "a mark, then a cookie",
        "utf-8-sig",
        "# coding: utf-8\nfrom services.ai_service import «AIService»\nx = 'é', «AIService»\n",
    ),
    (
        "CRLF",
        "utf-8",
        "\r\nfrom services.ai_service import «AIService»\r\n«AIService»()\r\n",
    ),
    (
        "CR alone",
        "utf-8",
        "\rfrom services.ai_service import «AIService»\r«AIService»()\r",
    ),
    (
        "all line ends in one file",
        "utf-8",
        "x = 1\r\ny = 2\rz = 3\nfrom services.ai_service import «AIService»\r«AIService»",
    ),
    (
        "CRLF inside a string",
        "utf-8",
        'from services.ai_service import «AIService»\r\nx = """a\r\nb""", «AIService»\r\n',
    ),
    ("no line end", "utf-8", "from services.ai_service import «AIService»"),
    (
        "a form feed",
        "utf-8",
        "x = 1\n\x0c\nfrom services.ai_service import «AIService»\n\x0c«AIService»\n",
    ),
    (
        "U+2028, U+0085 and a vertical tab in a string",
        "utf-8",
        "from services.ai_service import «AIService»\n"
        "x = 'a\u2028b\u0085c\x0bd\x1ce', «AIService»\n«AIService»\n",
    ),
    (
        "tabs",
        "utf-8",
        "if x:\n\tfrom services.ai_service import «AIService»\n\t\n\t«AIService»\t(\t)\n",
    ),
    (
        "latin-1",
        "latin-1",
        "# -*- coding: latin-1 -*-\nx = 'é'\nfrom services.ai_service import «AIService»\n"
        "y = 'üü', «AIService»\n",
    ),
    (
        "a cookie in the second line",
        "cp1252",
        "#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\n"
        "x = '€'; from services.ai_service import «AIService»\n",
    ),
    (
        "koi8-r",
        "koi8-r",
        "# coding: koi8-r\nфыва = 'ж'; from services.ai_service import «AIService»\n",
    ),
    (
        "shift_jis",
        "shift_jis",
        "# coding: shift_jis\nx = 'ソ表'\nfrom services.ai_service import «AIService»\n",
    ),
    (
        "gbk",
        "gbk",
        "# coding: gbk\nx = '中文'; from services.ai_service import «AIService»\n",
    ),
    (
        "utf-8 said so",
        "utf-8",
        "# coding: UTF8\nfrom services.ai_service import «AIService»\n",
    ),
    (
        "an identifier that is not ASCII on the line",
        "utf-8",
        "from services.ai_service import «AIService»\nпеременная = «AIService»\n",
    ),
]


@pytest.mark.parametrize(
    ("encoding", "text"),
    [pytest.param(e, t, id=name) for name, e, t in INNOCENT + GUILTY],
)
def test_bytes_are_read_as_python_reads_them(encoding: str, text: str) -> None:
    plain = stripped({"src/app.py": text})
    found = judged({"src/app.py": plain["src/app.py"].encode(encoding)})
    assert marked(plain, found) == {"src/app.py": text}


IMPORT = "from services.ai_service import AIService\n"


def lines_of(findings: list[Finding]) -> list[tuple[str, int]]:
    return sorted({(found.rule, found.place.line) for found in findings})


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        pytest.param(
            b"# coding: utf-7\nfrom services.ai_service import +AEE-IService\n",
            [("forbidden-symbol", 2)],
            id="utf-7 that hides a letter",
        ),
        pytest.param(
            b"# coding: raw_unicode_escape\n"
            b"from services.ai_service import \\u0041IService\n",
            [("forbidden-symbol", 2)],
            id="a codec of escapes",
        ),
        pytest.param(
            b"# coding: unicode_escape\n\\x66rom services.ai_service import \\x41IService\n",
            [("forbidden-symbol", 2)],
            id="a codec of more escapes",
        ),
        pytest.param(
            codecs.BOM_UTF8 + b"# coding: latin-1\n" + IMPORT.encode(),
            [("unparsable-file", 0)],
            id="a mark and a cookie that disagree",
        ),
        pytest.param(
            b"# coding: no-such-codec\n" + IMPORT.encode(),
            [("unparsable-file", 0)],
            id="a codec that is none",
        ),
        pytest.param(
            b"x = '\xe9'\n" + IMPORT.encode(),
            [("unparsable-file", 0)],
            id="latin-1 that does not say so",
        ),
        pytest.param(
            b"# caf\xe9, AIService\n# \xed\xa0\x80 ai_service\nx = 1\n",
            [],
            id="latin-1 in comments alone",
        ),
        pytest.param(
            b"# \xff\r" + IMPORT.encode() + b"AIService() # \xe9 # \xe9",
            [("forbidden-symbol", 2), ("forbidden-symbol", 3)],
            id="latin-1 in comments beside it",
        ),
        pytest.param(
            codecs.BOM_UTF8 + b"# coding: utf8\n# \xff\n" + IMPORT.encode(),
            [("forbidden-symbol", 3)],
            id="no UTF-8 in a comment of a file that says it is",
        ),
        pytest.param(
            b"# coding: ascii\n# \xff\n" + IMPORT.encode(),
            [("unparsable-file", 0)],
            id="no ASCII in a comment of a file that says it is",
        ),
        pytest.param(
            IMPORT.encode() + b"x = ''' # \xff\n'''\n",
            [("unparsable-file", 0)],
            id="latin-1 after what is no comment",
        ),
        pytest.param(
            IMPORT.encode() + b"\xff = 1 # \xff\n",
            [("unparsable-file", 0)],
            id="latin-1 before a comment and in it",
        ),
        pytest.param(
            IMPORT.encode() + b"x = ( # \xff\n",
            [("unparsable-file", 0)],
            id="latin-1 in a comment within an open bracket",
        ),
    ],
)
def test_odd_codecs_are_found_or_told(
    source: bytes, lines: list[tuple[str, int]]
) -> None:
    assert lines_of(judged({"src/app.py": source})) == lines


NEW_AND_OLD = [
    ("3.8's positional-only", "def f(a, /): ...\n"),
    ("3.9's decorator", "@a[0].b(1)\ndef f(): ...\n"),
    (
        "3.10's with and match",
        "with (a as b, c as d,): ...\nmatch x:\n    case {}: ...\n",
    ),
    ("3.11's except*", "try: ...\nexcept* E: ...\nx[*a]\n"),
    ("3.12's type and f-strings", 'type X[T] = T\nf"{f"{1}"}"\nf"{a["b"]}"\n'),
    ("3.12's escapes in braces", "f\"{'\\n'.join(x)}\"\n"),
    ("3.13's defaults", "class C[T = int, *U = *tuple[int], **P = []]: ...\n"),
    ("3.14's t-string", 'x = t"{a} b"\n'),
    ("3.14's except without brackets", "try: ...\nexcept A, B: ...\n"),
    ("names that became keywords", "match = case = type = _ = 1\nprint(match, type)\n"),
    ("an invalid escape", "x = '\\d'\n"),
    ("numbers of all kinds", "0x_f, 0b1, 1_0, 1e5j, 0o7, .5\n"),
]


@pytest.mark.parametrize(
    "source", [pytest.param(s, id=name) for name, s in NEW_AND_OLD]
)
def test_the_syntax_of_every_python_is_read(source: str) -> None:
    assert lines_of(judged({"src/app.py": source})) == []
    assert lines_of(judged({"src/app.py": source + IMPORT})) == [
        ("forbidden-symbol", source.count("\n") + 1)
    ]


UNPARSABLE = [
    ("a Python 2 print", b"print 'x'\n"),
    ("a missing bracket", b"x = (\n"),
    ("a bad indent", b"if x:\npass\n"),
    ("a NUL", b"x = '\0'\n"),
    ("a merge conflict", b"<<<<<<< HEAD\nx = 1\n=======\nx = 2\n>>>>>>> b\n"),
    ("an open string", b'x = """\n'),
    ("tabs against spaces", b"if x:\n        a\n\tb\n   c\n"),
]


@pytest.mark.parametrize("body", [pytest.param(b, id=name) for name, b in UNPARSABLE])
def test_what_does_not_parse_is_told_if_it_mentions_the_name(body: bytes) -> None:
    assert judged({"src/app.py": body}) == []
    mention = b"# AIService of ai_service, services\n"
    (found,) = judged({"src/app.py": mention + body, "src/ok.py": "x = 1\n"})
    assert found.rule == "unparsable-file"
    assert found.severity is Severity.ERROR
    assert found.place.path == "src/app.py"


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(
            IMPORT + "x = " + " + ".join(["1"] * 12_000) + "\n",
            id="a chain that kills the parser",
        ),
        pytest.param(IMPORT + "x = " + "(" * 500 + ")" * 500, id="deep brackets"),
        pytest.param(IMPORT + "x = " + "-" * 30_000 + "1\n", id="a row of signs"),
        pytest.param(
            IMPORT + "x = a" + ".b" * 30_000 + "\n", id="attributes without end"
        ),
        pytest.param(
            IMPORT + "".join(" " * i + "if x:\n" for i in range(150)) + " " * 150 + "y",
            id="deep blocks",
        ),
    ],
)
def test_what_kills_the_parser_is_told_and_the_run_goes_on(source: str) -> None:
    found = judged({"src/app.py": source, "src/then.py": IMPORT})
    assert {f.place.path for f in found} == {"src/app.py", "src/then.py"}
    assert {f.rule for f in found if f.place.path == "src/then.py"} == {
        "forbidden-symbol"
    }


def test_more_brackets_than_any_python_reads_are_not_for_the_parser() -> None:
    source = IMPORT + "x = " + "f(" * 300 + ")" * 300
    (found,) = judged({"src/app.py": source})
    assert found.message.endswith("cannot be judged: it is nested too deeply.")
