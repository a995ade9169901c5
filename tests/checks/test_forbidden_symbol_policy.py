"""forbidden-symbol: modules, methods, keywords, flags, scopes, exceptions."""

from __future__ import annotations

import pytest

from backout.checks import forbidden_symbol
from backout.core import change as changes
from backout.core.change import Change
from backout.core.finding import Severity
from backout.core.policy import Forbid, Migration, Phase, Policy
from backout.core.tree import MemoryTree
from support.symbols import (
    LEGACY,
    METHOD,
    MODULE,
    WORLD,
    findings_of,
    judged,
    marked,
    stripped,
)

KEYWORD = Forbid(keyword="mode", of="services.ai_service.AIService")
FUNCTION_KEYWORD = Forbid(keyword="old", of="services.ai_service.helper")
METHOD_KEYWORD = Forbid(keyword="old", of="services.ai_service.AIService.run")
FLAG = Forbid(flag="USE_V2_ORCHESTRATOR")
IMPORT = "from services.ai_service import AIService\n"

INNOCENT: list[tuple[str, Forbid, str]] = [
    ("another module of the package", MODULE, "import services.v2\nservices.v2.x\n"),
    ("the package", MODULE, "import services\nservices.other\n"),
    ("a longer module name", MODULE, "import services.ai_service_v2\n"),
    ("a local of the module's name", MODULE, "ai_service = 1\nai_service.x\n"),
    ("a string with its last name", MODULE, 'x = "ai_service"\n'),
    ("the class without the method", METHOD, IMPORT + "AIService().run()\n"),
    (
        "an equally named method",
        METHOD,
        "from services.v2 import AIService\nAIService().set_mode(1)\n",
    ),
    ("a method of something unknown", METHOD, "def f(x): x.set_mode(1)\n"),
    ("a function of that name", METHOD, "def set_mode(): ...\nset_mode()\n"),
    (
        "a class of the file with that method",
        METHOD,
        IMPORT + "class C:\n    def set_mode(self): ...\n"
        "    def f(self): self.set_mode()\nC().set_mode()\n",
    ),
    (
        "a variable that became something else",
        METHOD,
        IMPORT + "x = AIService()\nx = Other()\nx.set_mode(1)\n",
    ),
    (
        "another object's attribute",
        METHOD,
        IMPORT + "class C:\n    def __init__(self):\n"
        "        self.a = AIService()\n        self.b = Other()\n"
        "    def f(self): self.b.set_mode(1)\n",
    ),
    (
        "another parameter",
        METHOD,
        IMPORT + "def f(a: AIService, b: Other): b.set_mode(1)\n",
    ),
    (
        "a method of what a method gives",
        METHOD,
        IMPORT + "AIService().run().set_mode()\n",
    ),
    ("another keyword", KEYWORD, IMPORT + "AIService(other=1)\n"),
    ("the keyword of another callable", KEYWORD, IMPORT + "f(mode=AIService())\n"),
    (
        "the keyword of V2",
        KEYWORD,
        "from services.v2 import AIService\nAIService(mode=1)\n",
    ),
    ("the keyword of a method", KEYWORD, IMPORT + "AIService().run(mode=1)\n"),
    (
        "a variable of the keyword's name",
        KEYWORD,
        IMPORT + "mode = 1\nAIService(mode)\n",
    ),
    (
        "a flag's longer name",
        FLAG,
        'import os\nos.environ["NOT_USE_V2_ORCHESTRATOR_2"]\n',
    ),
    ("a flag in a comment", FLAG, "# USE_V2_ORCHESTRATOR\n"),
    ("a flag in a docstring", FLAG, '"""USE_V2_ORCHESTRATOR is gone."""\n'),
    ("another flag", FLAG, 'import os\nos.getenv("USE_V3_ORCHESTRATOR")\n'),
    (
        "a method of a class between",
        METHOD,
        IMPORT + "class C(AIService):\n    def set_mode(self): ...\nC().set_mode()\n",
    ),
    (
        "a loop's variable of something else",
        METHOD,
        IMPORT + "for x in (Other(), 1):\n    x.set_mode(1)\n",
    ),
    (
        "a with target of something else",
        METHOD,
        IMPORT + "with Other() as x:\n    x.set_mode(1)\n",
    ),
    (
        "a parameter that shadows an object",
        METHOD,
        IMPORT + "x = AIService()\ndef f(x): x.set_mode(1)\n",
    ),
    (
        "an object that a comprehension's variable shadows",
        METHOD,
        IMPORT + "x = AIService()\n[x.set_mode(1) for x in y]\n",
    ),
    (
        "an object in another function",
        METHOD,
        IMPORT + "def f(): x = AIService()\ndef g(): x.set_mode(1)\n",
    ),
    ("a method's name as a keyword", METHOD, IMPORT + "AIService().run(set_mode=1)\n"),
    ("a method's name as a string", METHOD, IMPORT + 'AIService().run("set_mode")\n'),
    (
        "a longer method",
        METHOD,
        IMPORT + "AIService().set_mode_now(1)\nAIService.reset_mode\n",
    ),
    ("a getattr of another method", METHOD, IMPORT + 'getattr(AIService, "run")\n'),
    (
        "a patch of another method",
        METHOD,
        'patch("services.ai_service.AIService.run")\n',
    ),
    (
        "a quoted annotation of something else",
        METHOD,
        IMPORT + 'def f(x: "Other", y: "AIService"): x.set_mode(1)\n',
    ),
    (
        "a subclass with the keyword of its own",
        KEYWORD,
        IMPORT + "class C(AIService):\n    def __init__(self, mode): ...\nC(mode=1)\n",
    ),
    (
        "a dictionary of the keyword, not passed",
        KEYWORD,
        IMPORT + 'd = {"mode": 1}\nAIService(d)\n',
    ),
    (
        "the keyword of a partial of V2",
        KEYWORD,
        "from functools import partial\nfrom services.v2 import AIService\npartial(AIService, mode=1)\n",
    ),
    (
        "the keyword of a local that shadows",
        KEYWORD,
        IMPORT + "def f(AIService): AIService(mode=1)\n",
    ),
    (
        "the keyword of another function",
        FUNCTION_KEYWORD,
        "from services.v2 import helper\nhelper(old=1)\n",
    ),
    (
        "the keyword of an equally named method",
        METHOD_KEYWORD,
        "from services.v2 import AIService\nAIService().run(old=1)\n",
    ),
    ("a flag in lower case", FLAG, "use_v2_orchestrator = 1\nx.use_v2_orchestrator\n"),
    ("a flag within prose", FLAG, 'print("USE_V2_ORCHESTRATOR is gone")\n'),
    (
        "a module's name as a keyword",
        MODULE,
        "import services\nservices.load(ai_service=1)\n",
    ),
    (
        "a module of the same name in another package",
        MODULE,
        "from other import ai_service\nai_service.AIService()\n",
    ),
    (
        "a parameter that shadows the module",
        MODULE,
        "from services import «ai_service»\ndef f(ai_service): ai_service.x\n",
    ),
]

GUILTY: list[tuple[str, Forbid, str]] = [
    ("a module", MODULE, "import «services.ai_service»\n"),
    (
        "a module under an alias",
        MODULE,
        "import «services.ai_service» as s\n«s».AIService\n",
    ),
    (
        "a module's path at each use",
        MODULE,
        "import «services.ai_service»\n«services.ai_service».AIService.run\n",
    ),
    (
        "a module from its package",
        MODULE,
        "from services import «ai_service»\n«ai_service».x\n",
    ),
    ("a submodule", MODULE, "import «services.ai_service».deep\n"),
    (
        "a module as a string",
        MODULE,
        'x = "«services.ai_service»"\ny = "«services.ai_service».x"\n',
    ),
    ("a method on the class", METHOD, IMPORT + "«AIService.set_mode»(x, 1)\n"),
    ("a method on an instance", METHOD, IMPORT + "x = AIService()\n«x.set_mode»(1)\n"),
    ("a method on a call", METHOD, IMPORT + "«AIService().set_mode»(1)\n"),
    ("a method not called", METHOD, IMPORT + "x = AIService()\nf = «x.set_mode»\n"),
    (
        "a method by module",
        METHOD,
        "import services.ai_service as s\n«s.AIService.set_mode»\n",
    ),
    ("a parameter", METHOD, IMPORT + "def f(x: AIService): «x.set_mode»(1)\n"),
    ("a quoted parameter", METHOD, IMPORT + 'def f(x: "AIService"): «x.set_mode»(1)\n'),
    (
        "an optional parameter",
        METHOD,
        IMPORT + "from typing import Optional\n"
        "def f(x: Optional[AIService], y: AIService | None):\n"
        "    «x.set_mode»(1)\n    «y.set_mode»(1)\n",
    ),
    (
        "an annotated variable",
        METHOD,
        IMPORT + "x: AIService = load()\n«x.set_mode»(1)\n",
    ),
    (
        "an attribute of self",
        METHOD,
        IMPORT + "class C:\n    def __init__(self):\n        self.a = AIService()\n"
        "    def f(self): «self.a.set_mode»(1)\n",
    ),
    (
        "an annotated attribute",
        METHOD,
        IMPORT + "class C:\n    a: AIService\n    def f(self): «self.a.set_mode»(1)\n",
    ),
    (
        "a subclass calls it",
        METHOD,
        IMPORT + "class C(AIService):\n    def f(self): «self.set_mode»(1)\n"
        "    def g(self): «super().set_mode»(1)\n«C().set_mode»(1)\n«C.set_mode»\n",
    ),
    ("a with target", METHOD, IMPORT + "with AIService() as x:\n    «x.set_mode»(1)\n"),
    ("a walrus", METHOD, IMPORT + "if x := AIService():\n    «x.set_mode»(1)\n"),
    (
        "a method as a string",
        METHOD,
        'patch("«services.ai_service.AIService.set_mode»")\n',
    ),
    (
        "a method by getattr",
        METHOD,
        IMPORT + 'x = AIService()\ngetattr(x, "«set_mode»")(1)\n'
        'patch.object(AIService, "«set_mode»")\n',
    ),
    ("a keyword", KEYWORD, IMPORT + "AIService(1, «mode»=2)\n"),
    (
        "a keyword by alias",
        KEYWORD,
        "import services.ai_service as s\nA = s.AIService\nA(«mode»=2)\n",
    ),
    (
        "a keyword through partial",
        KEYWORD,
        "from functools import partial\n" + IMPORT + "partial(AIService, «mode»=2)\n",
    ),
    ("a keyword in a dictionary", KEYWORD, IMPORT + 'AIService(**{"«mode»": 2})\n'),
    ("a keyword in dict()", KEYWORD, IMPORT + "AIService(**dict(«mode»=2))\n"),
    (
        "a keyword to the base's init",
        KEYWORD,
        IMPORT + "class C(AIService):\n"
        "    def __init__(self): super().__init__(«mode»=1)\nC(mode=2)\n",
    ),
    (
        "a keyword to a class that inherits its init",
        KEYWORD,
        IMPORT + "class C(AIService): ...\nC(«mode»=2)\n",
    ),
    (
        "a function's keyword",
        FUNCTION_KEYWORD,
        "from services.ai_service import helper\nhelper(«old»=1)\n",
    ),
    (
        "a method's keyword",
        METHOD_KEYWORD,
        IMPORT + "x = AIService()\nx.run(«old»=1)\nAIService.run(x, «old»=1)\n",
    ),
    ("a flag read", FLAG, 'import os\nos.environ["«USE_V2_ORCHESTRATOR»"]\n'),
    ("a flag got", FLAG, 'import os\nos.getenv("«USE_V2_ORCHESTRATOR»", "0")\n'),
    ("a flag set", FLAG, 'import os\nos.environ["«USE_V2_ORCHESTRATOR»"] = "1"\n'),
    ("a flag for a child", FLAG, 'run(env={"«USE_V2_ORCHESTRATOR»": "1"})\n'),
    ("a flag for a child by keyword", FLAG, "run(env=dict(«USE_V2_ORCHESTRATOR»=1))\n"),
    ("a flag of a settings object", FLAG, "settings.«USE_V2_ORCHESTRATOR»\n"),
    (
        "a flag as a setting",
        FLAG,
        "«USE_V2_ORCHESTRATOR» = True\nif «USE_V2_ORCHESTRATOR»: ...\n",
    ),
    ("a flag in a test", FLAG, 'monkeypatch.setenv("«USE_V2_ORCHESTRATOR»", "1")\n'),
]


@pytest.mark.parametrize(
    ("forbid", "source"),
    [pytest.param(f, s, id=name) for name, f, s in INNOCENT + GUILTY],
)
def test_what_a_policy_forbids(forbid: Forbid, source: str) -> None:
    files = stripped({"src/app.py": source})
    assert marked(files, judged(files, forbid)) == {"src/app.py": source}


@pytest.mark.parametrize(
    ("path", "severity"),
    [
        pytest.param("docs/conf.py", None, id="docs are ignored"),
        pytest.param("tests/test_x.py", Severity.WARNING, id="tests warn"),
        pytest.param("src/app/tests/x.py", Severity.WARNING, id="tests inside warn"),
        pytest.param("scripts/x.py", Severity.WARNING, id="scripts warn"),
        pytest.param("src/app/x.py", Severity.ERROR, id="source is an error"),
    ],
)
def test_how_bad_it_is_depends_on_where(path: str, severity: Severity | None) -> None:
    found = judged({path: IMPORT})
    assert [finding.severity for finding in found] == ([severity] if severity else [])


@pytest.mark.parametrize(
    ("path", "severity"),
    [
        pytest.param("src/app/x.py", None, id="source ignored"),
        pytest.param("tests/test_x.py", Severity.ERROR, id="tests an error"),
        pytest.param("docs/conf.py", Severity.INFO, id="docs told"),
        pytest.param("scripts/x.py", Severity.WARNING, id="scripts as ever"),
    ],
)
def test_the_policy_says_how_bad(path: str, severity: Severity | None) -> None:
    forbid = Forbid(
        symbol=LEGACY.symbol,
        severity={"source": "ignore", "tests": "error", "docs": "info"},
    )
    found = judged({path: IMPORT}, forbid)
    assert [finding.severity for finding in found] == ([severity] if severity else [])


@pytest.mark.parametrize(
    ("path", "excepted"),
    [
        pytest.param("src/compat/a.py", True, id="in an excepted folder"),
        pytest.param("src/compat/deep/a.py", True, id="deep in it"),
        pytest.param("src/one.py", True, id="an excepted file"),
        pytest.param("src/compatible/a.py", False, id="a folder with a longer name"),
        pytest.param("src/two.py", False, id="another file"),
    ],
)
def test_excepted_paths_may_use_it(path: str, excepted: bool) -> None:
    forbid = Forbid(symbol=LEGACY.symbol, except_=("src/compat/**", "src/one.py"))
    assert bool(judged({path: IMPORT}, forbid)) is not excepted


@pytest.mark.parametrize(
    ("use", "lines"),
    [
        pytest.param("compat.toml", [], id="the way that the policy names"),
        pytest.param("compat.json", [1, 2], id="another way"),
        pytest.param(None, [1, 2], id="no way is named"),
    ],
)
def test_a_use_by_the_way_that_is_asked_for(use: str | None, lines: list[int]) -> None:
    files = {
        "compat.py": "try:\n  import toml\nexcept E:\n  from old import toml\n",
        "a.py": "from compat import toml\ntoml.loads(x)\n",
    }
    forbid = Forbid(symbol="old.toml", use=use, except_=("compat.py",))
    assert sorted(found.place.line for found in judged(files, forbid)) == lines


def test_only_changed_files_are_judged_but_all_are_known() -> None:
    old = {
        **WORLD,
        "src/api.py": "from services.ai_service import AIService as Old\n",
        "src/a.py": "",
    }
    new = {**old, "src/a.py": "from api import Old\n"}
    found = findings_of(Change(MemoryTree(old), MemoryTree(new)))
    assert [(f.place.path, f.place.line, f.place.column) for f in found] == [
        ("src/a.py", 1, 17)
    ]


def test_a_deleted_user_is_no_use() -> None:
    base = MemoryTree({**WORLD, "src/a.py": IMPORT})
    assert findings_of(Change(base, MemoryTree(WORLD))) == []


def test_the_finding_says_what_why_and_what_instead() -> None:
    (found,) = judged({"src/app.py": IMPORT})
    assert found.symbol == "services.ai_service.AIService"
    assert (found.migration, found.phase) == ("ai-v2", "3")
    assert "ai-v2" in found.message
    assert "services.v2.AIService" in found.message + found.help


@pytest.mark.parametrize(
    ("symbol", "source"),
    [
        pytest.param("src.services.ai_service.AIService", IMPORT, id="root in policy"),
        pytest.param(
            "services.ai_service.AIService",
            "from src." + IMPORT.removeprefix("from "),
            id="root in code",
        ),
    ],
)
def test_a_source_root_in_front_is_the_same_name(symbol: str, source: str) -> None:
    (found,) = judged({"src/app.py": source}, Forbid(symbol=symbol))
    assert found.place.line == 1


def test_two_prohibitions_of_one_name_are_two_findings_at_most() -> None:
    found = judged(
        {"src/app.py": "from services.ai_service import AIService\n"}, LEGACY, MODULE
    )
    assert {f.symbol for f in found} == {
        "services.ai_service.AIService",
        "services.ai_service",
    }


def test_a_name_that_several_migrations_forbid_is_told_once() -> None:
    name = "services.ai_service.AIService"
    mild = Forbid(symbol=name, severity={"source": "warning"}, except_=("src/b.py",))
    migrations = {
        "ai-v1": Migration(id="ai-v1", forbid=(mild,)),
        "ai-v3": Migration(id="ai-v3", title="Third", forbid=(Forbid(symbol=name),)),
        "ai-v2": Migration(id="ai-v2", forbid=(mild, LEGACY), phases=(Phase(id="3"),)),
    }
    policy = Policy(version=1, source_roots=("src",), migrations=migrations)
    tree = MemoryTree({**WORLD, "src/a.py": IMPORT, "src/b.py": IMPORT})
    first, second = forbidden_symbol.check(changes.whole(tree), policy)
    assert (first.severity, first.migration, first.phase) == (
        Severity.ERROR,
        "ai-v2",
        "3",
    )
    assert first.also == ("ai-v3", "ai-v1")
    assert first.message.endswith(
        " It is gone since phase 3 of ai-v2, went with ai-v3 (Third) and went with ai-v1."
    )
    assert "services.v2.AIService" in first.help
    assert second.also == ("ai-v3",)


def test_a_migration_without_a_title_is_called_by_its_id() -> None:
    migration = Migration(id="ai-v2", forbid=(LEGACY,), phases=(Phase(id="3"),))
    policy = Policy(version=1, source_roots=("src",), migrations={"ai-v2": migration})
    change = changes.whole(MemoryTree({**WORLD, "src/a.py": IMPORT}))
    (found,) = forbidden_symbol.check(change, policy)
    assert found.message.endswith("It is gone since phase 3 of ai-v2.")
