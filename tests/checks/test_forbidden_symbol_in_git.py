"""forbidden-symbol in real repositories: what is staged is judged, whatever it is called."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from backout.actions import gate
from backout.core.git import Git
from support.repository import Repository
from support.symbols import WORLD

POLICY = """\
version: 1
source-roots: [src]
migrations:
  ai-v2:
    title: AI service V2
    forbid:
      - {symbol: services.ai_service.AIService, use: services.v2.AIService}
"""
RULES = ("forbidden-symbol", "unparsable-file")
IMPORT = "from services.ai_service import AIService\n"


@pytest.fixture
def project(repo: Repository) -> Repository:
    """A repository with the legacy class at home, its replacement and a policy."""
    repo.commit({**WORLD, "backout.yaml": POLICY, "src/app.py": "x = 1\n"})
    return repo


def found(repo: Repository) -> list[tuple[str, str, int]]:
    """Rule, path and line of every finding in what is staged."""
    with Git.find(repo.path) as git:
        report = gate.judge(gate.staged(git), RULES)
    return [(f.rule, f.place.path, f.place.line) for f in report.findings]


INNOCENT: list[tuple[str, dict[str, str | bytes | None]]] = [
    ("nothing", {}),
    ("another file", {"src/b.py": "from services.v2 import AIService\nAIService()\n"}),
    (
        "the home module edited",
        {"src/services/ai_service.py": "class AIService: ...\n"},
    ),
    ("the home module deleted", {"src/services/ai_service.py": None}),
    ("documentation", {"docs/a.md": IMPORT, "CHANGELOG.md": IMPORT, "a.txt": IMPORT}),
    ("a binary file", {"a.bin": b"\0\xff" + IMPORT.encode()}),
    ("a lock file", {"uv.lock": IMPORT}),
    ("a shell script's comment", {"run.sh": "#!/bin/sh\n# " + IMPORT}),
    ("an ignored file's rule", {".gitignore": "services.ai_service.AIService\n"}),
    ("the policy itself", {"backout.yaml": POLICY + "# more\n"}),
]

SPELLINGS = [
    ("an import", IMPORT),
    ("an alias", "import services.ai_service as s\nx = s.AIService()\n"),
    ("a relative import", None),
    ("a source root in front", "from src.services.ai_service import AIService\n"),
    ("a star", "from services.ai_service import *\n"),
    ("import_module", "import importlib\nimportlib.import_module('services.ai_service')"
     ".AIService\n"),
    ("getattr", "from services import ai_service\ngetattr(ai_service, 'AIService')\n"),
    ("a string", "X = 'services.ai_service.AIService'\n"),
    ("full-width letters", "from services.ai_service import ＡＩＳｅｒｖｉｃｅ\n"),
    ("an escape", "X = 'services.ai\\x5fservice.AIService'\n"),
    ("lines in between", "import services\nservices . \\\n ai_service . \\\n AIService\n"),
]  # fmt: skip


@pytest.mark.parametrize("files", [pytest.param(f, id=name) for name, f in INNOCENT])
def test_what_is_innocent_passes(
    project: Repository, files: dict[str, str | bytes | None]
) -> None:
    project.stage(files)
    assert found(project) == []


@pytest.mark.parametrize("source", [pytest.param(s, id=name) for name, s in SPELLINGS])
def test_each_spelling_is_stopped(project: Repository, source: str | None) -> None:
    path = "src/app.py"
    if source is None:
        path, source = "src/services/other.py", "from .ai_service import AIService\n"
    project.stage({path: source})
    assert {(rule, where) for rule, where, _ in found(project)} == {
        ("forbidden-symbol", path)
    }


def test_what_is_only_in_the_work_tree_is_not_judged(project: Repository) -> None:
    project.stage({"src/app.py": "x = 2\n"})
    project.write({"src/app.py": IMPORT, "src/new.py": IMPORT})
    assert found(project) == []


def test_what_is_only_in_the_index_is_judged(project: Repository) -> None:
    project.stage({"src/app.py": IMPORT})
    project.write({"src/app.py": "x = 2\n"})
    assert found(project) == [("forbidden-symbol", "src/app.py", 1)]


def test_a_re_export_in_an_unchanged_file_is_followed(project: Repository) -> None:
    project.commit({"src/api.py": IMPORT.rstrip() + " as Old\n"})
    project.stage({"src/app.py": "\nfrom api import Old\n"})
    assert found(project) == [("forbidden-symbol", "src/app.py", 2)]


def test_attributes_that_call_it_binary_hide_nothing(project: Repository) -> None:
    project.stage({".gitattributes": "*.py binary -diff\n", "src/app.py": IMPORT})
    assert found(project) == [("forbidden-symbol", "src/app.py", 1)]


def test_a_link_is_not_followed(project: Repository) -> None:
    (project.path / "src" / "link.py").symlink_to("services/ai_service.py")
    project.stage({})
    assert found(project) == []


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("src/a b.py", id="a space"),
        pytest.param("src/é\N{SNOWMAN}.py", id="letters that are not ASCII"),
        pytest.param("src/a\nb.py", id="a line end"),
        pytest.param('src/"!\\x.py', id="quotes and a backslash"),
        pytest.param("src/-rf.py", id="an option"),
        pytest.param("src/::error::x.py", id="a workflow command"),
        pytest.param("src/\udcff.py", id="no UTF-8"),
    ],
)
def test_a_file_of_any_name_is_judged(project: Repository, path: str) -> None:
    blob = project.git("hash-object", "-w", "--stdin", data=IMPORT.encode())
    entry = f"100644 {blob}\t{path}\0".encode("utf-8", "surrogateescape")
    project.git("update-index", "-z", "--index-info", data=entry)
    assert found(project) == [("forbidden-symbol", path, 1)]


def test_every_kind_of_tree_finds_the_same(project: Repository) -> None:
    project.commit({"src/app.py": IMPORT})
    project.write({"src/new.py": IMPORT})
    asked: dict[str, Callable[[Git], gate.Asked]] = {
        "HEAD": lambda git: gate.tree(git, "HEAD"),
        "a range": lambda git: gate.between(git, "HEAD~", "HEAD"),
        "the index": gate.index,
        "the work tree": gate.work_tree,
    }
    with Git.find(project.path) as git:
        seen = {
            name: [f.place.path for f in gate.judge(ask(git), RULES).findings]
            for name, ask in asked.items()
        }
    assert seen == {
        "HEAD": ["src/app.py"],
        "a range": ["src/app.py"],
        "the index": ["src/app.py"],
        "the work tree": ["src/app.py", "src/new.py"],
    }
