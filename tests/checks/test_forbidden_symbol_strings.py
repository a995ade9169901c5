"""forbidden-symbol: strings that name it, and calls that import by a string."""

from __future__ import annotations

import pytest

from support.symbols import judged, marked, stripped

M = "from importlib import import_module\n"

INNOCENT = [
    ("prose", 'x = "use services.ai_service.AIService no more"\n'),
    ("a longer name", 'x = "services.ai_service.AIServiceV2"\n'),
    ("a longer package", 'x = "my.services.ai_service.AIService"\n'),
    ("the last component alone", 'x = "AIService"\n'),
    ("the module alone", 'x = "services.ai_service"\n'),
    ("the replacement", 'x = "services.v2.AIService"\n'),
    (
        "a quoted annotation of the replacement, which nobody imports",
        'x: "services.v2.AIService" = None\n',
    ),
    ("a path", 'x = "services/ai_service/AIService"\n'),
    ("bytes", 'x = b"services.ai_service.AIService"\n'),
    ("a raw string whose escape is text", 'x = r"services.\\x61i_service.AIService"\n'),
    ("a doubled backslash", 'x = "services.\\\\x61i_service.AIService"\n'),
    ("an f-string of unknown parts", 'x = f"services.{m}.AIService"\n'),
    ("parts that are not one string", 'x = ["services.ai_service", "AIService"]\n'),
    (
        "the keys of a mapping joined, not what it holds",
        'd = {"0": "services.ai_service", "1": "AIService"}\nx = ".".join(d)\n',
    ),
    (
        "import_module of the replacement",
        M + 'import_module("services.v2").AIService\n',
    ),
    (
        "import_module of the module",
        M + 'import_module("services.ai_service").helper\n',
    ),
    ("import_module of the unknown", M + "import_module(x).AIService\n"),
    ("__import__ gives the package", '__import__("services.ai_service").AIService\n'),
    ("patching the replacement", 'patch("services.v2.AIService")\n'),
    (
        "patching another name of the module",
        "from services import ai_service\n"
        'monkeypatch.setattr(ai_service, "helper", 1)\n',
    ),
    (
        "getattr of V2",
        'from services import v2\ngetattr(v2, "AIService")\n',
    ),
    (
        "getattr with an unknown name",
        "from services import ai_service\ngetattr(ai_service, name)\n",
    ),
    (
        "an import_module of one's own",
        'def import_module(x): ...\nimport_module("services.ai_service").AIService\n',
    ),
    (
        "a class of one's own that is called like an importer",
        "class locate:\n    def __init__(self, x): ...\n"
        'locate("services.ai_service").AIService\n',
    ),
    (
        "something else imported as import_module",
        "from plugins import describe as import_module\n"
        'import_module("services.ai_service").AIService\n',
    ),
    (
        "an own method called like an importer",
        "class C:\n    def find_module(self, x): ...\n"
        '    def f(self): return self.find_module("services.ai_service").AIService\n',
    ),
    (
        "import_module under an alias, of the replacement",
        "from importlib import import_module as load\n"
        'm = load("services.v2")\nm.AIService()\n',
    ),
    (
        "load, which is nobody's alias",
        'from json import load\nm = load("services.ai_service")\nm.AIService()\n',
    ),
    (
        "a getattr of one's own",
        "from services import ai_service\ndef getattr(a, b): ...\n"
        'getattr(ai_service, "AIService")\n',
    ),
    (
        "a getattr that a function has for itself",
        "from services import ai_service\ndef f():\n"
        "    def getattr(a, b): ...\n"
        '    return getattr(ai_service, "AIService")\n',
    ),
    (
        "a setattr from elsewhere, by that name only here",
        "from services import ai_service\nfrom forms import field as setattr\n"
        'setattr(ai_service, "AIService", 1)\n',
    ),
    (
        "a patch of one's own",
        "from services import ai_service\nclass patch:\n"
        "    @staticmethod\n    def object(a, b): ...\n"
        'patch.object(ai_service, "AIService")\n',
    ),
    (
        "a patch of one's own, of several",
        "class patch:\n    @staticmethod\n    def multiple(a, **b): ...\n"
        'patch.multiple("services.ai_service", AIService=1)\n',
    ),
    (
        "a cast of one's own",
        "from services.ai_service import «AIService»\ndef cast(a, b): ...\n"
        'cast("AIService", 1)\n',
    ),
    ("a string after the docstring's place", '"""Doc."""\nx = 1\n'),
    (
        "a string statement is a docstring of an attribute",
        'class C:\n    x = 1\n    """services.ai_service.AIService"""\n',
    ),
]

GUILTY = [
    (
        "sys.modules in a file that does not import sys itself",
        'from tools import *\n«sys.modules["services.ai_service"].AIService»()\n',
    ),
    (
        "code that is put together",
        "exec(«'from services.ai_service ' + 'import AIService'»)\n",
    ),
    ("a setting", 'BACKEND = "«services.ai_service.AIService»"\n'),
    ("what hangs on it", 'x = "«services.ai_service.AIService».run"\n'),
    ("an object reference", 'x = "«services.ai_service:AIService»"\n'),
    ("single quotes, raw", "x = r'«services.ai_service.AIService»'\n"),
    ("three quotes", 'x = """«services.ai_service.AIService»"""\n'),
    ("in a list", 'x = ["a.b", "«services.ai_service.AIService»",]\n'),
    ("in a dictionary", 'x = {"«services.ai_service.AIService»": 1}\n'),
    ("a logger's name", 'log = getLogger("«services.ai_service.AIService»")\n'),
    (
        "a quoted annotation of which nothing is imported",
        'x: "«services.ai_service.AIService»" = None\n'
        'def f(a: "«services.ai_service.AIService»"): ...\n',
    ),
    ("a source root in front", 'x = "«src.services.ai_service.AIService»"\n'),
    ("mock.patch", 'patch("«services.ai_service.AIService»")\n'),
    (
        "mock.patch of a method",
        '@mock.patch("«services.ai_service.AIService».run")\ndef f(): ...\n',
    ),
    ("monkeypatch", 'monkeypatch.setattr("«services.ai_service.AIService»", 1)\n'),
    ("an f-string of plain text", 'x = «f"services.ai_service.AIService"»\n'),
    ("strings side by side", 'x = «"services." "ai_service" ".AIService"»\n'),
    ("strings added", 'x = «"services.ai_service" + ".AIService"»\n'),
    ("an escape", 'x = «"services.\\x61i_service.AIService"»\n'),
    ("a unicode escape", 'x = «"services.ai_service.\\u0041IService"»\n'),
    ("a named escape", 'x = «"services\\N{FULL STOP}ai_service.AIService"»\n'),
    (
        "import_module",
        M + '«import_module("services.ai_service").AIService»()\n',
    ),
    (
        "importlib.import_module",
        "import importlib\n"
        '«importlib.import_module("services.ai_service").AIService»()\n',
    ),
    (
        "import_module by keyword",
        M + '«import_module(name="services.ai_service").AIService»\n',
    ),
    (
        "import_module, relative",
        M + '«import_module(".ai_service", "services").AIService»\n'
        '«import_module(".ai_service", package="services").AIService»\n',
    ),
    ("__import__", '«__import__("services.ai_service").ai_service.AIService»\n'),
    (
        "__import__ with a list",
        '«__import__("services.ai_service", fromlist=["x"]).AIService»\n',
    ),
    (
        "import_module, relative to this file",
        M + '«import_module("..services.ai_service", __package__).AIService»\n',
    ),
    (
        "import_module under an alias",
        "from importlib import import_module as load\n"
        '«load("services.ai_service").AIService»()\n',
    ),
    (
        "import_module under an alias, kept",
        "from importlib import import_module as load\n"
        'm = load("services.ai_service")\n«m.AIService»()\n',
    ),
    (
        "import_module under an alias of an alias",
        "import importlib as i\nload = i.import_module\n"
        'def f():\n    m = load("services.ai_service")\n    return «m.AIService»()\n',
    ),
    (
        "import_module, or what stands in for it",
        "try:\n    from importlib import import_module\n"
        "except ImportError:\n    def import_module(name): ...\n"
        '«import_module("services.ai_service").AIService»\n',
    ),
    (
        "an import_module of one's own that hands on",
        "import importlib\ndef import_module(name):\n"
        "    return importlib.import_module(name)\n"
        '«import_module("services.ai_service").AIService»\n',
    ),
    (
        "an importer of one's class that hands on",
        "import importlib\nclass C:\n    def find_module(self, name):\n"
        "        return importlib.import_module(name)\n"
        '    def f(self): return «self.find_module("services.ai_service").AIService»\n',
    ),
    (
        "a getattr that is only the builtin, as a default",
        "from services import ai_service\ndef f(getattr=getattr):\n"
        '    return getattr(ai_service, "«AIService»")\n',
    ),
    (
        "getattr under an alias",
        "from builtins import getattr as g\nfrom services import ai_service\n"
        'x = g(ai_service, "«AIService»")\n«x»()\n',
    ),
    (
        "cast under an alias",
        "from typing import cast as c\nfrom services.ai_service import «AIService»\n"
        'x = c("«AIService»", y)\n',
    ),
    (
        "patch under an alias",
        "from unittest.mock import patch as p\nfrom services import ai_service\n"
        'p.object(ai_service, "«AIService»")\n'
        'p.multiple("services.ai_service", «AIService»=1)\n',
    ),
    (
        "importorskip",
        'm = pytest.importorskip("services.ai_service")\n«m.AIService»\n',
    ),
    (
        "import_string of a framework",
        'x = import_string("«services.ai_service.AIService»")\n'
        'y = import_from_string("«services.ai_service:AIService»")\n',
    ),
    (
        "sys.modules",
        'import sys\n«sys.modules["services.ai_service"].AIService»\n',
    ),
    (
        "getattr",
        'from services import ai_service\ngetattr(ai_service, "«AIService»")()\n',
    ),
    (
        "getattr with a default",
        'import services.ai_service as s\ngetattr(s, "«AIService»", None)\n',
    ),
    (
        "getattr of import_module",
        M + 'getattr(import_module("services.ai_service"), "«AIService»")\n',
    ),
    (
        "getattr of a package, step by step",
        'import services\n«getattr(services, "ai_service").AIService»\n',
    ),
    (
        "getattr, escaped",
        'from services import ai_service\ngetattr(ai_service, «"\\x41IService"»)\n',
    ),
    (
        "setattr, hasattr and delattr",
        "from services import ai_service\n"
        'setattr(ai_service, "«AIService»", 1)\n'
        'hasattr(ai_service, "«AIService»")\ndelattr(ai_service, "«AIService»")\n',
    ),
    (
        "patch.object",
        "from unittest import mock\nfrom services import ai_service\n"
        'mock.patch.object(ai_service, "«AIService»")\n',
    ),
    (
        "monkeypatch.setattr of a module",
        "from services import ai_service\n"
        'def test(monkeypatch):\n    monkeypatch.setattr(ai_service, "«AIService»", 1)\n',
    ),
    (
        "vars and __dict__",
        "from services import ai_service\n"
        'vars(ai_service)["«AIService»"]\nai_service.__dict__["«AIService»"]\n',
    ),
    (
        "the default of an argument",
        'def f(cls="«services.ai_service.AIService»"): ...\n',
    ),
    (
        "in an f-string's braces",
        "x = f\"{load('«services.ai_service.AIService»')}\"\n",
    ),
]


@pytest.mark.parametrize(
    "source", [pytest.param(s, id=name) for name, s in INNOCENT + GUILTY]
)
def test_what_a_string_means(source: str) -> None:
    files = stripped({"src/app.py": source})
    assert marked(files, judged(files)) == {"src/app.py": source}
