"""Dotted names in settings, entry points, workflows and notebooks."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backout.checks.symbols import notebooks, texts

NAME = "services.ai_service.AIService"


def marked(path: str, text: str) -> str:
    """The text with marks around each mention of the class."""
    spans = [
        m for m in texts.mentions(path, text) if f"{m.name}.".startswith(f"{NAME}.")
    ]
    for mention in sorted(spans, key=lambda m: m.start, reverse=True):
        start, end = mention.start, mention.end
        text = f"{text[:start]}«{text[start:end]}»{text[end:]}"
    return text


INNOCENT = [
    ("a comment in TOML", "pyproject.toml", f'# "{NAME}"\nx = 1 # {NAME}\n'),
    ("a hash in a TOML string ends nothing", "a.toml", f'x = "#" # {NAME}\n'),
    ("a TOML description", "pyproject.toml", f'description = "uses {NAME} no more"\n'),
    (
        "ruff's own list of what is banned",
        "pyproject.toml",
        f'[tool.ruff.lint.flake8-tidy-imports.banned-api]\n"{NAME}".msg = "gone"\n',
    ),
    (
        "ruff's own list behind another entry",
        "pyproject.toml",
        "[tool.ruff.lint.flake8-tidy-imports.banned-api]\n"
        f'os = {{msg = "no"}}\n"{NAME}".msg = "gone"\n',
    ),
    ("a longer name in TOML", "a.toml", f'x = "{NAME}V2"\ny = "my.{NAME}"\n'),
    ("a path in TOML", "a.toml", f'x = "/{NAME}"\ny = "{NAME}/x"\n'),
    ("a comment in YAML", "a.yaml", f"# {NAME}\nx: 1 # {NAME}\n"),
    ("a YAML description", "a.yml", f"description: {NAME} is gone\nx: 1\n"),
    ("a longer name in YAML", "a.yml", f"x: my-{NAME}\ny: {NAME}_v2\nz: a@{NAME}\n"),
    (
        "a comment in an INI file",
        "setup.cfg",
        f"[a]\n; {NAME}\n# {NAME}\nx = 1 # {NAME}\n",
    ),
    (
        "a description in an INI file",
        "setup.cfg",
        f"description = {NAME}\n  of {NAME}\n",
    ),
    (
        "a contract of import-linter",
        ".importlinter",
        f"forbidden_modules =\n  {NAME}\n",
    ),
    ("JSON prose", "a.json", json.dumps({"description": NAME, "x": f"my{NAME}"})),
    ("a comment in a Dockerfile", "Dockerfile", f"# {NAME}\nRUN x\n"),
    ("an empty file", "a.yaml", ""),
    ("YAML of no sense", "a.yaml", "{{ x }}: [\n\t- }\n"),
]

GUILTY = [
    (
        "an entry point in pyproject.toml",
        "pyproject.toml",
        '[project.scripts]\nrun = "«services.ai_service:AIService.run»"\n',
    ),
    (
        "a TOML list over lines",
        "pyproject.toml",
        f'x = [\n  "a.b", # no\n  "«{NAME}»",\n]\n',
    ),
    ("a quoted TOML key", "a.toml", f'["«{NAME}»"]\n"«{NAME}»" = 1\n'),
    ("a hash in a Pipfile's string", "Pipfile", f'x = "a # «{NAME}»" # {NAME}\n'),
    ("a literal TOML string", "a.toml", f"x = '«{NAME}»'\n"),
    (
        "long TOML strings",
        "a.toml",
        f"x = \"\"\"\n«{NAME}»\n\"\"\"\ny = '''«{NAME}»'''\n",
    ),
    ("an escape in TOML", "a.toml", 'x = «"services.\\u0061i_service.AIService"»\n'),
    (
        "an entry point in setup.cfg",
        "setup.cfg",
        "[options.entry_points]\nconsole_scripts =\n"
        "    run = «services.ai_service:AIService.run»\n    b = b:c\n",
    ),
    ("a class in logging.conf", "logging.conf", f"[handler_a]\nclass=«{NAME}»\n"),
    ("several in one INI value", "a.ini", f"x = a.b, «{NAME}»,c.d ; {NAME}\n"),
    ("a YAML value", "a.yaml", f"x: «{NAME}»\ny: '«{NAME}»'\nz: \"«{NAME}»\"\n"),
    ("a YAML list", "a.yaml", f"x:\n  - «{NAME}»\ny: [a.b, «{NAME}»]\n"),
    ("a name with a dot in front", "a.yaml", f"x: «.{NAME}»\n"),
    ("a YAML key", "a.yaml", f"«{NAME}»: 1\n"),
    ("a YAML block", "a.yaml", f"run: |\n  python -c «{NAME}»\n  echo\n"),
    ("an escape in YAML", "a.yaml", 'é: «"services.\\x61i_service.AIService"»\n'),
    ("a YAML template", "a.yaml", f"x: {{{{ y }}}}\nz: [\n# {NAME}\na: «{NAME}»\n"),
    ("after a description", "a.yaml", f"description: x\nclass: «{NAME}»\n"),
    ("a JSON value", "a.json", f'{{"é": ["«{NAME}»", 1]}}'),
    ("a JSON key", "a.json", f'{{"«{NAME}»": {{}}}}'),
    ("an escape in JSON", "a.json", '{"x": «"services.ai\\u005fservice.AIService"»}'),
    ("a Procfile", "Procfile", "web: gunicorn «services.ai_service:AIService»\n"),
    ("an option's value", "Dockerfile", f'CMD ["run", "--class=«{NAME}»"]\n'),
    ("a shell script", "run.sh", f"#!/bin/sh\npython -m «{NAME}» # {NAME}\n"),
    (
        "Windows line ends",
        "a.ini",
        f"[a]\r\n; {NAME}\r\nx = «{NAME}»\r\n",
    ),
]


@pytest.mark.parametrize(
    ("path", "text"), [pytest.param(p, t, id=name) for name, p, t in INNOCENT + GUILTY]
)
def test_which_dotted_names_a_file_holds(path: str, text: str) -> None:
    assert marked(path, text.replace("«", "").replace("»", "")) == text


@pytest.mark.parametrize(
    ("path", "head", "kind"),
    [
        ("a.txt", b"", None),
        ("README.md", b"# python", None),
        ("poetry.lock", b"", None),
        ("bin/x", b"\x7fELF python", None),
        ("bin/x", b"#!/usr/bin/perl\n# python", None),
        ("a.PY", b"", "python"),
        ("a.pyi", b"", "python"),
        ("bin/x", b"#!/usr/bin/env python3.12", "python"),
        ("bin/x", b"#! /usr/bin/env -S uv run --script\n", "python"),
        ("bin/x.cgi", b"#!/usr/bin/pypy\n", "python"),
        ("bin/x", b"#!/bin/bash\n", "text"),
        ("a.ipynb", b"", "notebook"),
        ("deploy/Dockerfile.web", b"", "text"),
        (".env.local", b"", "text"),
        ("Makefile", b"", "text"),
        ("Containerfile", b"", "text"),
        ("Pipfile", b"", "text"),
        ("x.egg-info/entry_points.txt", b"", "text"),
        (".flake8", b"", "text"),
        (".coveragerc", b"", "text"),
        (".pylintrc", b"", "text"),
        (".importlinter", b"", "text"),
        ("my.Makefile/x", b"", None),
        ("setup.cfg", b"", "text"),
    ],
)
def test_how_a_file_is_read(path: str, head: bytes, kind: str | None) -> None:
    assert texts.kind_of(path, head) == kind


def test_a_word_is_found_outside_of_comments() -> None:
    text = "A_B: 1 # A_B\nx: MY_A_B\ny: $A_B\n"
    found = [text[start:end] for start, end in texts.words("a.yaml", text, "A_B")]
    assert found == ["A_B", "A_B"]


def notebook(*cells: str | list[str], language: str = "python", **more: object) -> str:
    return json.dumps(
        {
            "cells": [
                {"cell_type": "code", "source": cell, "outputs": ["x"]}
                for cell in cells
            ]
            + [{"cell_type": "markdown", "source": "not this"}],
            "metadata": {"language_info": {"name": language}},
            **more,
        },
        indent=1,
    )


@pytest.mark.parametrize(
    ("cells", "source"),
    [
        pytest.param([], "", id="nothing"),
        pytest.param(
            ["a = 1", ["b\n", "c"]], "a = 1\nb\nc\n", id="a string and a list"
        ),
        pytest.param(["%%bash\nx", "a"], "a\n", id="a cell of another language"),
        pytest.param(["%%time\na"], "0     \na\n", id="a cell that is timed"),
        pytest.param(["%cd x\n!ls\na"], "0    \n0  \na\n", id="magics of lines"),
        pytest.param(["%time a()"], "if 1: a()\n", id="a line that is timed"),
        pytest.param(
            ["x = %timeit -n 3 a()"],
            "x =              a()\n",
            id="a result that is timed",
        ),
        pytest.param(["x = !ls"], "x = 0  \n", id="a result of the shell"),
        pytest.param(["a.b?\n?a"], "a.b \n0 \n", id="questions"),
        pytest.param(["a.b?  "], "a.b   \n", id="a question and blanks"),
        pytest.param(["if x:\n  %cd y"], "if x:\n  0    \n", id="an indented magic"),
        pytest.param(
            ['"""\n%cd\n"""\nx % y'], '"""\n%cd\n"""\nx % y\n', id="a string's lines"
        ),
        pytest.param(
            ['x = """?\n"""'], 'x = """?\n"""\n', id="a string with a question"
        ),
        pytest.param(
            ["x = 'é\N{GRINNING FACE}\"\\\\'"],
            "x = 'é\N{GRINNING FACE}\"\\\\'\n",
            id="escapes",
        ),
    ],
)
def test_the_code_of_a_notebook(cells: list[str | list[str]], source: str) -> None:
    assert notebooks.code_of(notebook(*cells)).source == source


def test_each_character_of_a_notebook_keeps_its_place() -> None:
    text = notebook(["x = 'é'\n", "from a import B\n"], "\tB\n")
    code = notebooks.code_of(text)
    assert len(code.offsets) == len(code.source) + 1
    for name in ("from", "B"):
        at = code.source.rindex(name)
        assert text[code.offsets[at] :].startswith(name)


def test_a_notebook_of_another_language_holds_no_python() -> None:
    assert notebooks.code_of(notebook("a", language="julia")).source == ""


def test_a_notebook_of_the_old_format_is_read() -> None:
    cell = {"cell_type": "code", "input": ["a"]}
    text = json.dumps({"worksheets": [{"cells": [cell]}]})
    assert notebooks.code_of(text).source == "a\n"


def test_a_cell_of_no_kind_is_left_out() -> None:
    text = json.dumps({"cells": [{"source": "a"}, "b"]})
    assert notebooks.code_of(text).source == ""


@pytest.mark.parametrize("text", ["", "[]", "{", "1", '{"cells": ' + "[" * 100_000])
def test_what_is_no_notebook_is_told(text: str) -> None:
    with pytest.raises(notebooks.NotebookError):
        notebooks.code_of(text)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(JSON, st.lists(st.text() | st.lists(st.text())), st.booleans())
def test_any_notebook_is_read_with_its_places(
    more: object, cells: list[str | list[str]], ascii_only: bool
) -> None:
    data = json.loads(notebook(*cells, more=more))
    text = json.dumps(data, ensure_ascii=ascii_only, indent=1)
    code = notebooks.code_of(text)
    assert len(code.offsets) == len(code.source) + 1
    assert code.offsets == sorted(code.offsets)


@given(st.sampled_from(["a.toml", "a.yaml", "a.json", "a.ini"]), st.text())
def test_any_text_is_read_without_a_crash(path: str, text: str) -> None:
    for mention in texts.mentions(path, text):
        assert 0 <= mention.start < mention.end <= len(text)
