"""forbidden-symbol outside of modules: notebooks, scripts, settings, workflows."""

from __future__ import annotations

import json

import pytest

from backout.core.policy import Forbid
from support.symbols import judged, marked, stripped

NAME = "services.ai_service.AIService"
FLAG = Forbid(flag="USE_V2_ORCHESTRATOR")


def notebook(*cells: str, kind: str = "code") -> str:
    """A notebook as Jupyter writes it: each line of a cell is a string of its own."""
    return json.dumps(
        {
            "cells": [
                {"cell_type": kind, "source": cell.splitlines(keepends=True)}
                for cell in cells
            ],
            "metadata": {"language_info": {"name": "python"}},
        },
        indent=1,
        ensure_ascii=False,
    )


INNOCENT = [
    ("a notebook's prose", "a.ipynb", notebook(f"# {NAME}", kind="markdown")),
    ("a notebook with V2", "a.ipynb", notebook("from services.v2 import AIService")),
    ("the shell in a notebook", "a.ipynb", notebook(f"%%bash\npython -m {NAME}")),
    ("a comment in YAML", "a.yaml", f"x: 1 # {NAME}\n"),
    ("another name in TOML", "pyproject.toml", f'x = "my.{NAME}"\n'),
    ("a file of no known kind", "data.csv", f"{NAME},1\n"),
    ("a perl script", "bin/x", f"#!/usr/bin/perl\n{NAME}\n"),
]

GUILTY = [
    (
        "a notebook's cell",
        "a.ipynb",
        notebook("%matplotlib inline\nfrom services.ai_service import «AIService»\n"),
    ),
    (
        "cells share their names",
        "a.ipynb",
        notebook(
            "from services.ai_service import «AIService» as A",
            "x = 'é\"\\n'\ny = [«A»(),\n  «A»]",
        ),
    ),
    ("a Python script", "bin/x", "#!/usr/bin/env python3\nimport services\n"
     "services.v2, «services.ai_service.AIService»\n"),
    ("an entry point", "pyproject.toml",
     '[project.scripts]\nx = "«services.ai_service:AIService».main"\n'),
    ("a workflow", ".github/workflows/a.yml", f"run: python -m «{NAME}»\n"),
    ("a source root in front", "a.json", f'{{"x": "«src.{NAME}»"}}\n'),
]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "text"), [pytest.param(p, t, id=name) for name, p, t in INNOCENT + GUILTY]
)
def test_what_a_text_names(path: str, text: str) -> None:
    files = stripped({path: text})
    assert marked(files, judged(files)) == {path: text}


def test_a_re_export_is_followed_into_settings() -> None:
    api = "from services.ai_service import «AIService» as Old\n"
    settings = 'backend: "«api.Old»"\n'
    expected = {"src/api.py": api, "a.yaml": settings}
    files = stripped(expected)
    assert marked(files, judged(files)) == expected


@pytest.mark.parametrize(
    ("path", "text"),
    [
        pytest.param("a.yml", "# USE_V2_ORCHESTRATOR\n", id="a comment"),
        pytest.param("a.yml", "env: NOT_USE_V2_ORCHESTRATOR\n", id="a longer name"),
        pytest.param("a.yml", "env: {«USE_V2_ORCHESTRATOR»: 1}\n", id="YAML"),
        pytest.param(".env", "«USE_V2_ORCHESTRATOR»=1\n", id="an environment file"),
        pytest.param(
            "run.sh",
            'export «USE_V2_ORCHESTRATOR»=1\necho "$«USE_V2_ORCHESTRATOR»"\n',
            id="a shell script",
        ),
        pytest.param("Dockerfile", "ENV «USE_V2_ORCHESTRATOR» 1\n", id="a Dockerfile"),
        pytest.param("a.toml", "«USE_V2_ORCHESTRATOR» = true\n", id="a TOML key"),
    ],
)
def test_a_flag_is_found_where_it_is_set(path: str, text: str) -> None:
    files = stripped({path: text})
    assert marked(files, judged(files, FLAG)) == {path: text}


@pytest.mark.parametrize("text", ["{", f'{{"x": "{NAME}"', f"[{NAME}]"])
def test_a_notebook_that_is_none_is_told(text: str) -> None:
    (found,) = judged({"a.ipynb": text + f"\n{NAME}"})
    assert found.rule == "unparsable-file"
    assert found.place.path == "a.ipynb"
