"""forbidden-symbol: spellings of who wants the name back unseen, and their innocent twins."""

from __future__ import annotations

import pytest

from backout.core.policy import Forbid
from support.symbols import (
    LEGACY,
    METHOD,
    MODULE,
    WORLD,
    Files,
    judged,
    marked,
    stripped,
)

KEYWORD = Forbid(keyword="mode", of="services.ai_service.AIService")
FLAG = Forbid(flag="USE_V2")
TOP = Forbid(module="legacy")

INNOCENT: list[tuple[str, Forbid, Files]] = [
    (
        "a keyword of another callable that is given the class",
        KEYWORD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "register(AIService, mode=1)\n",
        },
    ),
    (
        "a re-exported json.load",
        LEGACY,
        {
            "src/util.py": "from json import load\n",
            "src/app.py": "from util import load\n"
            'load("services.ai_service").AIService\n',
        },
    ),
    (
        "a project's own load that imports nothing",
        LEGACY,
        {
            "src/util.py": "def load(name): return open(name)\n",
            "src/app.py": "from util import load\n"
            'load("services.ai_service").AIService\n',
        },
    ),
    (
        "a re-exported importer of the replacement",
        LEGACY,
        {
            "src/util.py": "from importlib import import_module as load\n",
            "src/app.py": 'from util import load\nload("services.v2").AIService()\n',
        },
    ),
    (
        "getattr kept, then bound anew",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            "g = getattr\n"
            "g = print\n"
            'g(ai_service, "AIService")\n',
        },
    ),
    (
        "getattr kept, of V2",
        LEGACY,
        {
            "src/app.py": 'from services import v2\ng = getattr\ng(v2, "AIService")\n',
        },
    ),
    (
        "another function kept",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            "g = print\n"
            'g(ai_service, "AIService")\n',
        },
    ),
    (
        "a parameter called like the kept getattr",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            "g = getattr\n"
            "def f(g):\n"
            '    return g(ai_service, "AIService")\n',
        },
    ),
    (
        "a constant name of something else",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            'NAME = "helper"\n'
            "getattr(ai_service, NAME)\n"
            'x = "AIService"\n',
        },
    ),
    (
        "a constant that was bound anew",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            'NAME = "AIService"\n'
            'NAME = "helper"\n'
            "getattr(ai_service, NAME)\n",
        },
    ),
    (
        "a parameter of the constant's name",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            'NAME = "AIService"\n'
            "def f(NAME):\n"
            "    return getattr(ai_service, NAME)\n",
        },
    ),
    (
        "sys.modules of V2",
        LEGACY,
        {
            "src/app.py": 'import sys\nsys.modules["services.v2"].AIService\n',
        },
    ),
    (
        "a dictionary called modules",
        LEGACY,
        {
            "src/app.py": 'modules = {}\nmodules["services.ai_service"].AIService\n',
        },
    ),
    (
        "attrgetter of something else",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            "import operator\n"
            'operator.attrgetter("AIService")(thing)\n',
        },
    ),
    (
        "reload of V2",
        LEGACY,
        {
            "src/app.py": "import importlib\n"
            "from services import v2\n"
            "importlib.reload(v2).AIService\n",
        },
    ),
    (
        "__getattribute__ of something else",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            'thing.__getattribute__("AIService")\n',
        },
    ),
    (
        "an assignment in prose",
        LEGACY,
        {
            "src/app.py": 'x = "say services.ai_service = AIService"\n',
        },
    ),
    (
        "entry points of V2",
        LEGACY,
        {
            "setup.py": "from setuptools import setup\n"
            'setup(entry_points={"console_scripts": ["run = services.v2:AIService"]})\n',
        },
    ),
    (
        "exec of V2",
        LEGACY,
        {
            "src/app.py": 'exec("from services.v2 import AIService")\n',
        },
    ),
    (
        "joined differently",
        LEGACY,
        {
            "src/app.py": 'x = "-".join(["services", "ai_service", "AIService"])\n',
        },
    ),
    (
        "a continued string of V2",
        LEGACY,
        {
            "src/app.py": 'x = "services.v2.AI\\\nService"\n',
        },
    ),
    (
        "a URL",
        LEGACY,
        {
            "src/app.py": 'x = "https://services.ai_service.AIService/"\n',
        },
    ),
    (
        "a file name",
        LEGACY,
        {
            "src/app.py": 'x = "services.ai_service.AIService.log.txt/x"\n',
        },
    ),
    (
        "prose with brackets",
        LEGACY,
        {
            "src/app.py": 'x = "see services.ai_service.AIService (gone)"\n',
        },
    ),
    (
        "a type parameter of a nested function",
        LEGACY,
        {
            "src/app.py": "from services.ai_service import «AIService»\n"
            "def f():\n"
            "    def g[AIService](x: AIService) -> AIService:\n"
            "        return AIService\n"
            "    return g\n",
        },
    ),
    (
        "a type parameter of a method",
        LEGACY,
        {
            "src/app.py": "from services.ai_service import «AIService»\n"
            "class C:\n"
            "    def g[AIService](self, x: AIService) -> AIService:\n"
            "        return AIService\n",
        },
    ),
    (
        "a type parameter of a nested class",
        LEGACY,
        {
            "src/app.py": "from services.ai_service import «AIService»\n"
            "def f():\n"
            "    class C[AIService]:\n"
            "        x: AIService\n"
            "        def m(self) -> AIService: return AIService\n"
            "    return C\n",
        },
    ),
    (
        "a class's type parameter in its methods",
        LEGACY,
        {
            "src/app.py": "from services.ai_service import «AIService»\n"
            "class C[AIService]:\n"
            '    def m(self, x: AIService) -> "AIService": return AIService\n'
            "    class D:\n"
            "        def n(self): return AIService\n",
        },
    ),
    (
        "a Literal",
        LEGACY,
        {
            "src/app.py": "from typing import Literal\n"
            "from services.ai_service import «AIService»\n"
            'x: Literal["AIService"]\n',
        },
    ),
    (
        "a comment that looks like a type",
        LEGACY,
        {
            "src/app.py": "# type: AIService\nx = 1  # types: AIService\n",
        },
    ),
    (
        "a function gives V2's module",
        LEGACY,
        {
            "src/app.py": "from services import v2, ai_service\n"
            "def mod(): return v2\n"
            "mod().AIService()\n",
        },
    ),
    (
        "a dictionary of V2",
        LEGACY,
        {
            "src/app.py": "from services import v2\n"
            'MODS = {"old": v2}\n'
            'MODS["old"].AIService()\n',
        },
    ),
    (
        "a loop over V2",
        LEGACY,
        {
            "src/app.py": "from services import v2, ai_service\n"
            "for m in (v2,):\n"
            "    m.AIService()\n",
        },
    ),
    (
        "a match capture of the module's name",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            "match f():\n"
            "    case ai_service:\n"
            "        ai_service.AIService\n",
        },
    ),
    (
        "an except name over the module",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            "try: ...\n"
            "except E as ai_service:\n"
            "    ai_service.AIService\n",
        },
    ),
    (
        "a comprehension over the module's name",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            "[ai_service.AIService for ai_service in x]\n",
        },
    ),
    (
        "a for over the module's name in a function",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            "def f():\n"
            "    for ai_service in x:\n"
            "        ai_service.AIService\n",
        },
    ),
    (
        "a name deleted before the star",
        LEGACY,
        {
            "src/a.py": "import services.ai_service as legacy\ndel legacy\n",
            "src/app.py": "from a import *\nlegacy.AIService()\n",
        },
    ),
    (
        "an except's name, gone after it",
        LEGACY,
        {
            "src/a.py": "try: ...\nexcept E as legacy: ...\n",
            "src/app.py": "from a import *\nlegacy.AIService()\n",
        },
    ),
    (
        "V2 bound by with, by a star",
        LEGACY,
        {
            "src/a.py": "from services import v2\nwith v2 as legacy: ...\n",
            "src/app.py": "from a import *\nlegacy.AIService()\n",
        },
    ),
    (
        "a star of a package that lists another module",
        LEGACY,
        {
            "src/services/__init__.py": '__all__ = ["v2"]\n',
            "src/app.py": "from services import *\n"
            "ai_service = v2\n"
            "ai_service.AIService()\n",
        },
    ),
    (
        "a shell script's comment",
        LEGACY,
        {
            "bin/x": "#!/bin/sh\n# services.ai_service.AIService\n",
        },
    ),
    (
        "a perl script",
        LEGACY,
        {
            "bin/x": "#!/usr/bin/perl\nuse services.ai_service.AIService;\n",
        },
    ),
    (
        "a module of equal name in a namespace package",
        LEGACY,
        {
            "src/ns/services/ai_service.py": "class AIService: ...\n",
            "src/app.py": "from ns.services.ai_service import AIService\n",
        },
    ),
    (
        "a re-export shadowed by the module's own class",
        LEGACY,
        {
            "src/api.py": "from services.ai_service import «AIService» as Old\n"
            "class Old: ...\n",
            "src/app.py": "from api import Old\nOld()\n",
        },
    ),
    (
        "a method of V2's object",
        METHOD,
        {
            "src/app.py": "from services.v2 import AIService\n"
            "AIService().set_mode(1)\n"
            "a: AIService = f()\n"
            "a.set_mode(1)\n",
        },
    ),
    (
        "the method's name on a subclass that has its own",
        METHOD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "class B(AIService):\n"
            "    def set_mode(self, m): ...\n"
            "B().set_mode(1)\n",
        },
    ),
    (
        "after isinstance, elsewhere",
        METHOD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "def f(a):\n"
            "    if isinstance(a, AIService):\n"
            "        pass\n"
            "    else:\n"
            "        a.set_mode(1)\n",
        },
    ),
    (
        "methodcaller on something else",
        METHOD,
        {
            "src/app.py": "from operator import methodcaller\n"
            'methodcaller("set_mode", 1)(thing)\n',
        },
    ),
    (
        "an element of V2's list",
        METHOD,
        {
            "src/app.py": "from services.v2 import AIService\n"
            "def f(all: list[AIService]):\n"
            "    for a in all:\n"
            "        a.set_mode(1)\n",
        },
    ),
    (
        "a keyword in a dictionary passed elsewhere",
        KEYWORD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            'kw = {"mode": 1}\n'
            "other(**kw)\n"
            "AIService()\n",
        },
    ),
    (
        "a keyword of a method of its object",
        KEYWORD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "AIService().run(mode=1)\n",
        },
    ),
    (
        "another dictionary by that name",
        KEYWORD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            'kw = {"mode": 1}\n'
            'kw = {"model": 1}\n'
            "AIService(**kw)\n",
        },
    ),
    (
        "a longer flag",
        FLAG,
        {
            "src/app.py": "import os\n"
            'os.environ["USE_V2_NOW"], os.environ["NOT_USE_V2"], os.environ["use_v2"]\n',
        },
    ),
    (
        "a flag in prose",
        FLAG,
        {
            "src/app.py": 'print("USE_V2 is gone")\nlog("set use_v2=1")\n',
        },
    ),
    (
        "a longer flag in settings",
        FLAG,
        {
            "docker-compose.yml": "a:\n  - USE_V2_NOW=1\n  - MY_USE_V2=1\n",
            "run.sh": "#!/bin/sh\n# USE_V2=1\nexport XUSE_V2=1\n",
        },
    ),
    (
        "a module next to it",
        MODULE,
        {
            "src/app.py": "import services.ai_service_v2, services.v2\n"
            "from services import ai_services\n",
        },
    ),
    (
        "the module's file",
        MODULE,
        {
            "src/app.py": 'x = "src/services/ai_service.py"\n',
        },
    ),
    (
        "YAML comments and keys of V2",
        LEGACY,
        {
            "a.yaml": "# services.ai_service.AIService\n"
            "x: services.v2.AIService  # services.ai_service.AIService\n",
        },
    ),
    (
        "a notebook's outputs",
        LEGACY,
        {
            "a.ipynb": '{"cells": [{"cell_type": "code", "outputs": [{"text": "services.ai_service.AIService"}], "source": "1"}], "nbformat": 4, "metadata": {}}',
        },
    ),
    (
        "an f-string of V2 beside another",
        LEGACY,
        {
            "src/app.py": "from services.v2 import AIService\n"
            'x = "services.ai_service" f"{AIService} b"\n',
        },
    ),
    (
        "what a package takes from another module",
        MODULE,
        {
            "src/services/__init__.py": "from .v2 import helper as assist\n",
            "src/app.py": "import services as s\ns.assist()\nx = 'ai_service'\n",
        },
    ),
    (
        "a method of a mapping's keys",
        METHOD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "def f(all: dict[str, AIService]):\n"
            "    for a in all:\n"
            "        a.set_mode(1)\n",
        },
    ),
    (
        "annotations that are no expressions",
        LEGACY,
        {
            "src/app.py": "from services.ai_service import «AIService»\n"
            'x: "AIService +" = 1\n'
            'def f(a: "list[AIService"): ...\n',
        },
    ),
    (
        "after a try that never ends well",
        LEGACY,
        {
            "src/app.py": "if x:\n"
            "    from services.ai_service import «AIService»\n"
            "    try:\n"
            "        raise E\n"
            "    except E:\n"
            "        raise\n"
            "else:\n"
            "    AIService = None\n"
            "AIService()\n",
        },
    ),
    (
        "the home names itself",
        LEGACY,
        {
            "src/services/ai_service.py": "import services.ai_service as me\n"
            "class AIService: ...\n"
            "me.AIService()\n"
            "x = 'services.ai_service.AIService'\n",
        },
    ),
    (
        "the rest of a sequence in a pattern",
        LEGACY,
        {
            "src/app.py": "from services.ai_service import «AIService»\n"
            "match x:\n"
            "    case [_, *AIService]:\n"
            "        AIService()\n",
        },
    ),
    (
        "a type within a comment",
        LEGACY,
        {
            "src/app.py": "from services.ai_service import «AIService»\n"
            "x = f()  # like # type: AIService\n"
            "def g(a):  # like # type: (AIService) -> None\n"
            "    pass\n",
        },
    ),
    (
        "lists that are no __all__",
        LEGACY,
        {
            "src/app.py": "from services.ai_service import «AIService»\n"
            'names = ["AIService"]\n'
            'more: list[str] = ["AIService"]\n'
            'more += ["AIService"]\n'
            'more.append("AIService")\n',
        },
    ),
    (
        "the class of a class",
        LEGACY,
        {
            "src/app.py": "from services.ai_service import «AIService»\n"
            "class C(«AIService»): ...\n"
            "C.__class__, C().__class__\n",
        },
    ),
    (
        "a keyword's mapping as an argument",
        KEYWORD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            'options = {"mode": 1}\n'
            "AIService(options, *options)\n",
        },
    ),
    (
        "calls of getters with one argument",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            "getattr(ai_service), mock.object(ai_service)\n"
            'mocker.stub("AIService")\n',
        },
    ),
]

GUILTY: list[tuple[str, Forbid, Files]] = [
    (
        "a keyword by the method that a call goes through",
        KEYWORD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "AIService.__call__(«mode»=1)\n"
            "AIService.__init__(x, «mode»=1)\n"
            "AIService.__new__(AIService, «mode»=1)\n",
        },
    ),
    (
        "getattr kept in a name",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            "g = getattr\n"
            'g(ai_service, "«AIService»")\n',
        },
    ),
    (
        "getattr kept, in a function",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            "def f():\n"
            "    g = getattr\n"
            '    return g(ai_service, "«AIService»")()\n',
        },
    ),
    (
        "getattr from builtins",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            "import builtins\n"
            'builtins.getattr(ai_service, "«AIService»")\n'
            "b = builtins.getattr\n"
            'b(ai_service, "«AIService»")\n',
        },
    ),
    (
        "getattr as a default",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            "def f(get=getattr):\n"
            '    return get(ai_service, "«AIService»")\n',
        },
    ),
    (
        "setattr in a tuple",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            "s, d = setattr, delattr\n"
            's(ai_service, "«AIService»", 1)\n'
            'd(ai_service, "«AIService»")\n',
        },
    ),
    (
        "__import__ kept in a name",
        LEGACY,
        {
            "src/app.py": "load = __import__\n"
            '«load("services.ai_service").ai_service.AIService»\n',
        },
    ),
    (
        "an importer chosen",
        LEGACY,
        {
            "src/app.py": "import importlib\n"
            "load = importlib.import_module if x else __import__\n"
            '«load("services.ai_service").AIService»\n',
        },
    ),
    (
        "a class keeps an importer",
        LEGACY,
        {
            "src/app.py": "import importlib\n"
            "class C:\n"
            "    load = importlib.import_module\n"
            '«C.load("services.ai_service").AIService»\n',
        },
    ),
    (
        "a re-exported importer",
        LEGACY,
        {
            "src/a/__init__.py": "",
            "src/a/util.py": "from importlib import import_module as load\n",
            "src/app.py": "from a.util import load\n"
            '«load("services.ai_service").AIService»()\n',
        },
    ),
    (
        "a re-exported importer, by its module",
        LEGACY,
        {
            "src/util.py": "from importlib import import_module as load\n",
            "src/app.py": "import util\n"
            'm = util.load("services.ai_service")\n'
            "«m.AIService»()\n",
        },
    ),
    (
        "an importer by a star",
        LEGACY,
        {
            "src/util.py": "from importlib import import_module as load\n",
            "src/app.py": "from util import *\n"
            '«load("services.ai_service").AIService»()\n',
        },
    ),
    (
        "a re-exported getattr",
        LEGACY,
        {
            "src/util.py": "get = getattr\n",
            "src/app.py": "from services import ai_service\n"
            "from util import get\n"
            'get(ai_service, "«AIService»")\n',
        },
    ),
    (
        "a project's own loader that hands on",
        LEGACY,
        {
            "src/util.py": "import importlib\n"
            "def import_module(name):\n"
            "    return importlib.import_module(name)\n",
            "src/app.py": "from util import import_module\n"
            '«import_module("services.ai_service").AIService»()\n',
        },
    ),
    (
        "a constant name",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            'NAME = "AIService"\n'
            "getattr(ai_service, «NAME»)\n",
        },
    ),
    (
        "a constant module",
        LEGACY,
        {
            "src/app.py": "from importlib import import_module\n"
            'MODULE = "services.ai_service"\n'
            "«import_module(MODULE).AIService»()\n",
        },
    ),
    (
        "a constant part",
        LEGACY,
        {
            "src/app.py": "from importlib import import_module\n"
            'PKG = "services"\n'
            '«import_module(f"{PKG}.ai_service").AIService»()\n',
        },
    ),
    (
        "__getattribute__",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            'ai_service.__getattribute__("«AIService»")\n'
            'object.__getattribute__(ai_service, "«AIService»")\n',
        },
    ),
    (
        "getattr_static",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            "import inspect\n"
            'inspect.getattr_static(ai_service, "«AIService»")\n',
        },
    ),
    (
        "attrgetter",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            "import operator\n"
            'operator.attrgetter("«AIService»")(ai_service)\n',
        },
    ),
    (
        "attrgetter kept",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            "from operator import attrgetter\n"
            'get = attrgetter("«AIService»")\n'
            "get(ai_service)\n",
        },
    ),
    (
        "__dict__.get",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            'ai_service.__dict__.get("«AIService»")\n'
            'vars(ai_service).get("«AIService»")\n',
        },
    ),
    (
        "__dict__.__getitem__",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            'ai_service.__dict__.__getitem__("«AIService»")\n',
        },
    ),
    (
        "sys.modules.get",
        LEGACY,
        {
            "src/app.py": "import sys\n"
            '«sys.modules.get("services.ai_service").AIService»\n',
        },
    ),
    (
        "modules from sys",
        LEGACY,
        {
            "src/app.py": "from sys import modules\n"
            '«modules["services.ai_service"].AIService»\n',
        },
    ),
    (
        "reload",
        LEGACY,
        {
            "src/app.py": "import importlib, services.ai_service\n"
            "«importlib.reload(services.ai_service).AIService»\n",
        },
    ),
    (
        "importlib's __import__",
        LEGACY,
        {
            "src/app.py": "import importlib\n"
            '«importlib.__import__("services.ai_service").ai_service.AIService»\n',
        },
    ),
    (
        "import of a package with a list",
        LEGACY,
        {
            "src/app.py": '«__import__("services", fromlist=["ai_service"]).ai_service.AIService»\n',
        },
    ),
    (
        "resolve_name",
        LEGACY,
        {
            "src/app.py": "import pkgutil\n"
            'pkgutil.resolve_name("«services.ai_service:AIService»")\n',
        },
    ),
    (
        "globals",
        LEGACY,
        {
            "src/app.py": "import services.ai_service as m\n"
            '«globals()["m"].AIService»\n',
        },
    ),
    (
        "a string continued",
        LEGACY,
        {
            "src/app.py": 'x = «"services.ai_ser\\\nvice.AIService"»\n',
        },
    ),
    (
        "a string continued, the last name",
        LEGACY,
        {
            "src/app.py": 'x = «"services.ai_service.AI\\\nService"»\n',
        },
    ),
    (
        "a continued name for getattr",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            'getattr(ai_service, «"AI\\\n'
            'Service"»)\n',
        },
    ),
    (
        "an f-string with constant parts",
        LEGACY,
        {
            "src/app.py": "x = «f\"services.{'ai_service'}.AIService\"»\n",
        },
    ),
    (
        "joined",
        LEGACY,
        {
            "src/app.py": 'x = «".".join(["services", "ai_service", "AIService"])»\n',
        },
    ),
    (
        "joined for an importer",
        LEGACY,
        {
            "src/app.py": "from importlib import import_module\n"
            '«import_module(".".join(("services", "ai_service"))).AIService»\n',
        },
    ),
    (
        "percent",
        LEGACY,
        {
            "src/app.py": 'x = «"services.%s.AIService" % "ai_service"»\n',
        },
    ),
    (
        "format",
        LEGACY,
        {
            "src/app.py": 'x = «"services.{}.AIService".format("ai_service")»\n',
        },
    ),
    (
        "setup.py entry points",
        LEGACY,
        {
            "setup.py": "from setuptools import setup\n"
            'setup(entry_points={"console_scripts": ["run = «services.ai_service:AIService»", "go=«services.ai_service:AIService».make [extra]"]})\n',
        },
    ),
    (
        "setup.py entry points as a text",
        LEGACY,
        {
            "setup.py": "from setuptools import setup\n"
            'setup(entry_points="""\n'
            "[console_scripts]\n"
            "run = «services.ai_service:AIService»\n"
            '""")\n',
        },
    ),
    (
        "ext:// of logging",
        LEGACY,
        {
            "src/app.py": 'x = {"stream": "ext://«services.ai_service.AIService»"}\n',
        },
    ),
    (
        "a factory call in a string",
        LEGACY,
        {
            "src/app.py": 'run("«services.ai_service:AIService»()")\n',
        },
    ),
    (
        "eval",
        LEGACY,
        {
            "src/app.py": 'eval("«services.ai_service.AIService»()")\n',
        },
    ),
    (
        "exec",
        LEGACY,
        {
            "src/app.py": 'exec(«"from services.ai_service import AIService"»)\n',
        },
    ),
    (
        "a quote within a quote",
        LEGACY,
        {
            "src/app.py": "from services.ai_service import «AIService»\n"
            "x: «\"list['AIService']\"» = []\n",
        },
    ),
    (
        "a quoted generic",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            'def f(x: "dict[str, «ai_service.AIService»]") -> "«ai_service.AIService» | None": ...\n',
        },
    ),
    (
        "a type comment of a with",
        LEGACY,
        {
            "src/app.py": "from services.ai_service import «AIService»\n"
            "with f() as x:  # type: «AIService»\n"
            "    pass\n",
        },
    ),
    (
        "a type comment of a for",
        LEGACY,
        {
            "src/app.py": "from services.ai_service import «AIService»\n"
            "for x in y:  # type: «AIService»\n"
            "    pass\n",
        },
    ),
    (
        "type comments of arguments",
        LEGACY,
        {
            "src/app.py": "from services.ai_service import «AIService»\n"
            "def f(a,  # type: «AIService»\n"
            "      b):\n"
            "    # type: (...) -> «AIService»\n"
            "    pass\n",
        },
    ),
    (
        "Annotated",
        LEGACY,
        {
            "src/app.py": "from typing import Annotated\n"
            "from services.ai_service import «AIService»\n"
            "x: Annotated[int, «AIService»()]\n",
        },
    ),
    (
        "typing.get_type_hints strings",
        LEGACY,
        {
            "src/app.py": "from services.ai_service import «AIService»\n"
            "from typing import TypeVar, NewType, ForwardRef\n"
            'T = TypeVar("T", "«AIService»", int)\n'
            'N = NewType("N", "«AIService»")\n'
            'F = ForwardRef("«AIService»")\n',
        },
    ),
    (
        "a type parameter with bounds of several",
        LEGACY,
        {
            "src/app.py": "from services.ai_service import «AIService»\n"
            "def f[T: («AIService», int)](x: T) -> T: ...\n",
        },
    ),
    (
        "a class's type parameter",
        LEGACY,
        {
            "src/app.py": "from services.ai_service import «AIService»\n"
            "class C[T: «AIService»]:\n"
            "    x: T\n"
            "    y: «AIService»\n",
        },
    ),
    (
        "a type parameter's default",
        LEGACY,
        {
            "src/app.py": "from services.ai_service import «AIService»\n"
            "type X[T = «AIService»] = list[T]\n",
        },
    ),
    (
        "after a type parameter's scope",
        LEGACY,
        {
            "src/app.py": "from services.ai_service import «AIService»\n"
            "def f[AIService](x: AIService): return AIService\n"
            "x = «AIService»\n",
        },
    ),
    (
        "after a nested function's type parameter",
        LEGACY,
        {
            "src/app.py": "from services.ai_service import «AIService»\n"
            "def f():\n"
            "    def g[AIService](x: AIService): return AIService\n"
            "    return «AIService»\n",
        },
    ),
    (
        "a t-string",
        LEGACY,
        {
            "src/app.py": "from services.ai_service import «AIService»\n"
            'x = t"{«AIService»} {y:{«AIService».w}}"\n',
        },
    ),
    (
        "an f-string that says its name",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            'x = f"{«ai_service.AIService»=}"\n',
        },
    ),
    (
        "excepts without brackets",
        LEGACY,
        {
            "src/app.py": "from services.ai_service import «AIService»\n"
            "try: ...\n"
            "except A, «AIService»: ...\n",
        },
    ),
    (
        "nested f-strings with equal quotes",
        LEGACY,
        {
            "src/app.py": "from services.ai_service import «AIService»\n"
            'x = f"{f"{«AIService»}"}"\n',
        },
    ),
    (
        "a metaclass and class keywords",
        LEGACY,
        {
            "src/app.py": "from services.ai_service import «AIService»\n"
            "class C(B, metaclass=«AIService», k=«AIService»): ...\n",
        },
    ),
    (
        "semicolons",
        LEGACY,
        {
            "src/app.py": "import services.ai_service as s; x = «s.AIService»; del s\n",
        },
    ),
    (
        "a backslash in an import",
        LEGACY,
        {
            "src/app.py": "from services.\\\n"
            "    ai_service import \\\n"
            "    «AIService»\n",
        },
    ),
    (
        "NFKC in the module",
        LEGACY,
        {
            "src/app.py": "from ſervices.ai_service import «AIService»\n",
        },
    ),
    (
        "async everything",
        LEGACY,
        {
            "src/app.py": "from services.ai_service import «AIService»\n"
            "async def f():\n"
            "    async with «AIService»() as a, b: ...\n"
            "    async for x in «AIService»(): ...\n"
            "    return [x async for x in «AIService»()]\n",
        },
    ),
    (
        "a match on a dotted class",
        LEGACY,
        {
            "src/app.py": "import services.ai_service\n"
            "match x:\n"
            '    case [«services.ai_service.AIService»(), *_] | {"k": «services.ai_service.AIService»(a=1)}: ...\n',
        },
    ),
    (
        "a slice, a starred index",
        LEGACY,
        {
            "src/app.py": "from services.ai_service import «AIService»\n"
            "x[*«AIService», 1:«AIService»]\n",
        },
    ),
    (
        "a nested function's default",
        LEGACY,
        {
            "src/app.py": "from services.ai_service import «AIService»\n"
            "def f():\n"
            "    def g(x=«AIService»): return «x»\n"
            "    return g\n",
        },
    ),
    (
        "an if-else chain ends",
        LEGACY,
        {
            "src/app.py": "try:\n"
            "    from services.v2 import AIService\n"
            "except ImportError:\n"
            "    from services.ai_service import «AIService»\n"
            "finally:\n"
            "    pass\n"
            "«AIService»()\n",
        },
    ),
    (
        "a loop over a module",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            "for m in (ai_service,):\n"
            "    «m.AIService»()\n",
        },
    ),
    (
        "a walrus of the module",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            "if (m := ai_service) is not None:\n"
            "    «m.AIService»()\n",
        },
    ),
    (
        "a module in a class",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            "class C:\n"
            "    mod = ai_service\n"
            "    def f(self): return «self.mod.AIService»()\n"
            "«C.mod.AIService»\n",
        },
    ),
    (
        "a function gives the module",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            "def mod(): return ai_service\n"
            "«mod().AIService»()\n",
        },
    ),
    (
        "a lambda gives the module",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            "mod = lambda: ai_service\n"
            "«mod().AIService»()\n",
        },
    ),
    (
        "a dictionary holds the module",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            'MODS = {"old": ai_service}\n'
            '«MODS["old"].AIService»()\n',
        },
    ),
    (
        "a tuple holds the module",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            "«(ai_service, 1)[0].AIService»()\n",
        },
    ),
    (
        "a starred assignment",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            "m, *rest = ai_service, 1, 2\n"
            "«m.AIService»()\n",
        },
    ),
    (
        "a conditional module",
        LEGACY,
        {
            "src/app.py": "from services import ai_service, v2\n"
            "«(ai_service if old else v2).AIService»()\n"
            "«(v2 or ai_service).AIService»()\n",
        },
    ),
    (
        "a star of a package that lists its module",
        LEGACY,
        {
            "src/services/__init__.py": '__all__ = ["ai_service"]\n',
            "src/app.py": "from services import *\n«ai_service.AIService»()\n",
        },
    ),
    (
        "a star of a package that imports its module",
        LEGACY,
        {
            "src/services/__init__.py": "from . import ai_service\n",
            "src/app.py": "from services import *\n«ai_service.AIService»()\n",
        },
    ),
    (
        "a package of another file",
        LEGACY,
        {
            "src/a.py": "import services.ai_service\n",
            "src/app.py": "import a\n"
            "«a.services.ai_service.AIService»()\n"
            "from a import services as s\n"
            "«s.ai_service.AIService»\n",
        },
    ),
    (
        "bound by with",
        LEGACY,
        {
            "src/a.py": "from services import ai_service\n"
            "with open(x) as f, ai_service as legacy: ...\n",
            "src/app.py": "from a import legacy\n«legacy.AIService»\n",
        },
    ),
    (
        "bound by a walrus, by a star",
        LEGACY,
        {
            "src/a.py": "from services.ai_service import «AIService»\n"
            "if (Old := «AIService»): ...\n",
            "src/app.py": "from a import «*»\n«Old»()\n",
        },
    ),
    (
        "bound by for, by a star",
        LEGACY,
        {
            "src/a.py": "from services import ai_service\n"
            "for legacy in [ai_service]: ...\n",
            "src/app.py": "from a import *\n«legacy.AIService»()\n",
        },
    ),
    (
        "bound by match, by a star",
        LEGACY,
        {
            "src/a.py": "from services import ai_service\n"
            "match ai_service:\n"
            "    case legacy: ...\n",
            "src/app.py": "from a import *\n«legacy.AIService»()\n",
        },
    ),
    (
        "bound by with, by a star",
        LEGACY,
        {
            "src/a.py": "from services import ai_service\n"
            "with ai_service as legacy: ...\n",
            "src/app.py": "from a import *\n«legacy.AIService»()\n",
        },
    ),
    (
        "bound in a try, by a star",
        LEGACY,
        {
            "src/a.py": "try:\n"
            "    from services import ai_service as legacy\n"
            "except ImportError:\n"
            "    legacy = None\n",
            "src/app.py": "from a import *\n«legacy.AIService»()\n",
        },
    ),
    (
        "a global bound by a function, by a star",
        LEGACY,
        {
            "src/a.py": "legacy = None\n"
            "def f():\n"
            "    global legacy\n"
            "    import services.ai_service as legacy\n",
            "src/app.py": "from a import *\n«legacy.AIService»()\n",
        },
    ),
    (
        "a string that names a re-export",
        LEGACY,
        {
            "src/api.py": "from services.ai_service import «AIService» as Old\n",
            "src/app.py": 'patch("«api.Old».run")\nx = "«api:Old»"\n',
        },
    ),
    (
        "getattr of a re-export",
        LEGACY,
        {
            "src/api.py": "from services.ai_service import «AIService» as Old\n",
            "src/app.py": 'import api\ngetattr(api, "«Old»")\n',
        },
    ),
    (
        "a re-exported package, by a string",
        LEGACY,
        {
            "src/api.py": "import services.ai_service as legacy\n",
            "src/app.py": 'patch("«api.legacy.AIService»")\n',
        },
    ),
    (
        "__main__ of the package",
        LEGACY,
        {
            "src/services/__main__.py": "from .ai_service import «AIService»\n"
            "from . import ai_service\n"
            "«ai_service.AIService»()\n",
        },
    ),
    (
        "a relative import in a script's folder",
        LEGACY,
        {
            "src/services/tool": "#!/usr/bin/env -S python3 -O\n"
            "from services.ai_service import «AIService»\n",
        },
    ),
    (
        "a shebang with uv",
        LEGACY,
        {
            "bin/x": "#!/usr/bin/env -S uv run --script\n"
            "from services.ai_service import «AIService»\n",
        },
    ),
    (
        "a shebang with CRLF and a blank",
        LEGACY,
        {
            "bin/x": "#! /usr/bin/python3.12\r\n"
            "from services.ai_service import «AIService»\r\n",
        },
    ),
    (
        "a wsgi file",
        LEGACY,
        {
            "deploy/app.wsgi": "from services.ai_service import «AIService»\n",
        },
    ),
    (
        "a stub beside its module",
        LEGACY,
        {
            "src/a.py": "x = 1\n",
            "src/a.pyi": "from services.ai_service import «AIService»\n",
            "src/b.py": "from a import «AIService»\n",
        },
    ),
    (
        "a method of a subclass",
        METHOD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "class B(AIService): ...\n"
            "«B().set_mode»(1)\n",
        },
    ),
    (
        "a method by super with arguments",
        METHOD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "class B(AIService):\n"
            "    def f(self): «super(B, self).set_mode»(1)\n",
        },
    ),
    (
        "a method overridden by whoever calls the old one",
        METHOD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "class B(AIService):\n"
            "    def set_mode(self, m): «AIService.set_mode»(self, m)\n",
        },
    ),
    (
        "a method by methodcaller",
        METHOD,
        {
            "src/app.py": "from operator import methodcaller\n"
            "from services.ai_service import AIService\n"
            'methodcaller("«set_mode»", 1)(AIService())\n',
        },
    ),
    (
        "a method in a with",
        METHOD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "with AIService() as a:\n"
            "    «a.set_mode»(1)\n",
        },
    ),
    (
        "a method of a parameter by its comment",
        METHOD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "def f(a):\n"
            "    # type: (AIService) -> None\n"
            "    «a.set_mode»(1)\n",
        },
    ),
    (
        "a method of a list's element",
        METHOD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "for a in [AIService(), AIService()]:\n"
            "    «a.set_mode»(1)\n",
        },
    ),
    (
        "a method of an optional walrus",
        METHOD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "if (a := AIService()) is not None:\n"
            "    «a.set_mode»(1)\n",
        },
    ),
    (
        "a method after isinstance",
        METHOD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "def f(a):\n"
            "    if isinstance(a, AIService):\n"
            "        «a.set_mode»(1)\n",
        },
    ),
    (
        "a method in a match",
        METHOD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "match x:\n"
            "    case AIService() as a:\n"
            "        «a.set_mode»(1)\n",
        },
    ),
    (
        "a method of a function's result",
        METHOD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "def make() -> AIService: ...\n"
            "«make().set_mode»(1)\n",
        },
    ),
    (
        "a method of a function's result, not annotated",
        METHOD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "def make(): return AIService()\n"
            "«make().set_mode»(1)\n",
        },
    ),
    (
        "a method of an element by annotation",
        METHOD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "def f(all: list[AIService]):\n"
            "    for a in all:\n"
            "        «a.set_mode»(1)\n",
        },
    ),
    (
        "a method of an awaited one",
        METHOD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "async def make() -> AIService: ...\n"
            "async def f():\n"
            "    «(await make()).set_mode»(1)\n",
        },
    ),
    (
        "a method as a patch target",
        METHOD,
        {
            "src/app.py": "from unittest.mock import patch\n"
            "from services.ai_service import AIService\n"
            'patch.object(AIService, "«set_mode»")\n'
            'patch("«services.ai_service.AIService.set_mode»")\n',
        },
    ),
    (
        "a keyword in a dictionary kept",
        KEYWORD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            'kw = {"«mode»": 1}\n'
            "AIService(**kw)\n",
        },
    ),
    (
        "a keyword in dict() kept",
        KEYWORD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "AIService(**dict(«mode»=1))\n",
        },
    ),
    (
        "a keyword by the class's own new",
        KEYWORD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "class B(AIService):\n"
            "    def __init__(self):\n"
            "        super(B, self).__init__(«mode»=1)\n"
            "        AIService.__init__(self, «mode»=1)\n",
        },
    ),
    (
        "a keyword through type(self)",
        KEYWORD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "class B(AIService):\n"
            "    def copy(self): return type(self)(«mode»=1)\n"
            "    @classmethod\n"
            "    def make(cls): return cls(«mode»=1)\n",
        },
    ),
    (
        "a keyword by a re-export",
        KEYWORD,
        {
            "src/api.py": "from services.ai_service import AIService as Old\n",
            "src/app.py": "import api\napi.Old(«mode»=1)\n",
        },
    ),
    (
        "a keyword through getattr",
        KEYWORD,
        {
            "src/app.py": "from services import ai_service\n"
            'getattr(ai_service, "AIService")(«mode»=1)\n',
        },
    ),
    (
        "a keyword merged",
        KEYWORD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            'AIService(**{**x, "«mode»": 1})\n'
            'AIService(**(x | {"«mode»": 1}))\n',
        },
    ),
    (
        "a keyword of a quoted class",
        KEYWORD,
        {
            "src/app.py": "from importlib import import_module\n"
            'import_module("services.ai_service").AIService(«mode»=1)\n',
        },
    ),
    (
        "a flag in bytes",
        FLAG,
        {
            "src/app.py": 'import os\nos.environb[b"«USE_V2»"]\n',
        },
    ),
    (
        "a flag asked for",
        FLAG,
        {
            "src/app.py": "import os\n"
            'if "«USE_V2»" in os.environ: ...\n'
            'os.environ.setdefault("«USE_V2»", "1")\n'
            'os.getenv(key="«USE_V2»")\n',
        },
    ),
    (
        "a flag in a class of settings",
        FLAG,
        {
            "src/app.py": "class Settings(BaseSettings):\n    «USE_V2»: bool = True\n",
        },
    ),
    (
        "a flag by an alias",
        FLAG,
        {
            "src/app.py": 'x = Field(alias="«USE_V2»")\n'
            'monkeypatch.setenv("«USE_V2»", "1")\n'
            'os.environ.update(«USE_V2»="1")\n'
            'os.environ.update({"«USE_V2»": "1"})\n'
            'os.environ |= {"«USE_V2»": "1"}\n',
        },
    ),
    (
        "a flag in a command",
        FLAG,
        {
            "src/app.py": 'subprocess.run("«USE_V2»=1 python app.py", shell=True)\n',
        },
    ),
    (
        "a flag in a command after env",
        FLAG,
        {
            "src/app.py": 'subprocess.run(["env", "«USE_V2»=1", "python"])\n'
            'subprocess.run("env «USE_V2»=1 python app.py", shell=True)\n'
            'subprocess.run("export «USE_V2»=1; python app.py")\n',
        },
    ),
    (
        "a flag in f-string text",
        FLAG,
        {
            "src/app.py": 'x = f"$«USE_V2» {y}"\nx = "${«USE_V2»:-0}"\n',
        },
    ),
    (
        "a flag in compose, Docker, shell, make",
        FLAG,
        {
            "docker-compose.yml": "services:\n"
            "  a:\n"
            "    environment:\n"
            "      - «USE_V2»=1\n"
            "      - name: «USE_V2»\n",
            "Dockerfile": "ENV «USE_V2» 1\nENV A=1 «USE_V2»=1\n",
            "run.sh": '#!/bin/sh\nexport «USE_V2»=1\n[ -n "${«USE_V2»:-}" ]\n',
            "Makefile": "run:\n\t«USE_V2»=1 python app.py\n",
            ".env": "«USE_V2»=1\n",
            "tox.ini": "[testenv]\nsetenv =\n    «USE_V2» = 1\n",
        },
    ),
    (
        "a flag in a notebook",
        FLAG,
        {
            "a.ipynb": '{"cells": [{"cell_type": "code", "source": ["import os\\n", "os.environ[\'«USE_V2»\']"]}], "nbformat": 4, "metadata": {}}',
        },
    ),
    (
        "a module started by runpy",
        MODULE,
        {
            "src/app.py": 'import runpy\nrunpy.run_module("«services.ai_service»")\n',
        },
    ),
    (
        "a module with -m",
        MODULE,
        {
            "src/app.py": 'subprocess.run([sys.executable, "-m", "«services.ai_service»"])\n',
        },
    ),
    (
        "a module in settings",
        MODULE,
        {
            "a.yaml": "run: python -m «services.ai_service» --x\n",
            "Procfile": "web: gunicorn «services.ai_service»:app\n",
            "tox.ini": "[pytest]\naddopts = -p «services.ai_service»\n",
        },
    ),
    (
        "a module's pytest plugin",
        MODULE,
        {
            "src/app.py": 'pytest_plugins = ("«services.ai_service»",)\n',
        },
    ),
    (
        "deep within the module",
        MODULE,
        {
            "src/app.py": "from «services.ai_service».sub import deep\n«deep».x\n",
        },
    ),
    (
        "YAML tags",
        LEGACY,
        {
            "a.yaml": "x: !!python/object:«services.ai_service.AIService»\n"
            "  a: 1\n"
            "y: !!python/name:«services.ai_service.AIService» ''\n",
        },
    ),
    (
        "YAML ext",
        LEGACY,
        {
            "a.yaml": "x: ext://«services.ai_service.AIService»\n",
        },
    ),
    (
        "YAML block and anchors",
        LEGACY,
        {
            "a.yaml": "x: &a |\n"
            "  run «services.ai_service.AIService» now\n"
            "y: [*a, '«services.ai_service.AIService»']\n",
        },
    ),
    (
        "a setup.cfg of several",
        LEGACY,
        {
            "setup.cfg": "[options.entry_points]\n"
            "console_scripts =\n"
            "    run = «services.ai_service:AIService».main\n"
            "    go=«services.ai_service:AIService» [x]\n",
        },
    ),
    (
        "a poetry plugin",
        LEGACY,
        {
            "pyproject.toml": '[tool.poetry.plugins."a.b"]\n'
            'x = "«services.ai_service:AIService»"\n'
            "[project.gui-scripts]\n"
            "y = '«services.ai_service:AIService».run'\n"
            "[tool.x]\n"
            'k = {c = "«services.ai_service.AIService»"}\n',
        },
    ),
    (
        "a quoted TOML key",
        LEGACY,
        {
            "pyproject.toml": '[tool.x]\n"«services.ai_service.AIService»" = 1\n',
        },
    ),
    (
        "a TOML table's name",
        LEGACY,
        {
            "pyproject.toml": '[tool."«services.ai_service.AIService»"]\nx = 1\n',
        },
    ),
    (
        "a notebook's cells share names",
        LEGACY,
        {
            "a.ipynb": '{"cells": [{"cell_type": "code", "source": "from services import ai_service as s"}, {"cell_type": "markdown", "source": "services.ai_service.AIService"}, {"cell_type": "code", "source": ["%time\\n", "x = «s.AIService»()\\n", "!ls {x}\\n"]}], "nbformat": 4, "metadata": {}}',
        },
    ),
    (
        "an f-string beside another string",
        LEGACY,
        {
            "src/app.py": "from services.ai_service import «AIService»\n"
            'x = "a" f"{«AIService»} b" "c"\n'
            'raise E(f"{«AIService».x}"\n'
            '        f"is {y}")\n',
        },
    ),
    (
        "a Literal of its members",
        LEGACY,
        {
            "src/app.py": "from typing import Literal\n"
            "from services import ai_service as s\n"
            'x: Literal[«s.AIService».A, "AIService"]\n',
        },
    ),
    (
        "a method of a class re-exported twice",
        METHOD,
        {
            "src/c.py": "from services.ai_service import AIService\n",
            "src/b.py": "from c import AIService\n",
            "src/a.py": "from b import AIService\n",
            "src/app.py": "from a import AIService\n"
            "«AIService.set_mode»\n"
            "import a\n"
            "«a.AIService.set_mode»\n",
        },
    ),
    (
        "what a package takes from a forbidden module",
        MODULE,
        {
            "src/services/__init__.py": "from .«ai_service» import helper as assist\n",
            "src/app.py": "import services as s\n«s.assist»()\nx = 'ai_service'\n",
        },
    ),
    (
        "getattr in a partial",
        LEGACY,
        {
            "src/app.py": "from functools import partial\n"
            "from services import ai_service\n"
            'partial(getattr, ai_service, "«AIService»")()\n',
        },
    ),
    (
        "a method of a mapping's values",
        METHOD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "def f(all: dict[str, AIService]):\n"
            "    «all['a'].set_mode»(1)\n"
            "    for a in all.values():\n"
            "        «a.set_mode»(1)\n",
        },
    ),
    (
        "a method of a keyword-only parameter",
        METHOD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "def f(*, a: AIService, b=AIService()):\n"
            "    «a.set_mode»(1)\n"
            "    «b.set_mode»(1)\n",
        },
    ),
    (
        "a walrus in a comprehension",
        LEGACY,
        {
            "src/app.py": "from services.ai_service import «AIService»\n"
            "[(A := «AIService») for z in y]\n"
            "«A»()\n",
        },
    ),
    (
        "settings in no UTF-8",
        LEGACY,
        {
            "a.yaml": "x: «services.ai_service.AIService»\n",
        },
    ),
    (
        "a whole package by import_module",
        TOP,
        {
            "src/app.py": "from importlib import import_module\n"
            'import_module("«legacy»")\n',
        },
    ),
    (
        "a comment beside a type comment",
        LEGACY,
        {
            "src/app.py": "from services.ai_service import «AIService»\n"
            "x = f()  # type: «AIService»\n"
            "y = «AIService»()  # as ever\n",
        },
    ),
    (
        "blocks in one line beside a type comment",
        LEGACY,
        {
            "src/app.py": "from services.ai_service import «AIService»\n"
            "x = f()  # type: «AIService»\n"
            "for y in x: «AIService»()\n"
            "with x: «AIService»()\n"
            "def g(a): «AIService»()\n",
        },
    ),
    (
        "a class by its name, called later",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            'C = getattr(ai_service, "«AIService»")\n'
            "«C»()\n",
        },
    ),
    (
        "a method of a global, asked for in a function",
        METHOD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "a = None\n"
            "def f():\n"
            "    global a\n"
            "    if isinstance(a, AIService):\n"
            "        «a.set_mode»(1)\n",
        },
    ),
    (
        "a method of what either of two patterns binds",
        METHOD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "match AIService():\n"
            "    case (1 as a) | (2 as a):\n"
            "        «a.set_mode»(1)\n",
        },
    ),
    (
        "a method of classes that inherit in a circle",
        METHOD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "A = AIService\n"
            "while x:\n"
            "    class B(A): ...\n"
            "    class A(B): ...\n"
            "    «A().set_mode»(1)\n",
        },
    ),
    (
        "a method of the second parameter by its comment",
        METHOD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "class C:\n"
            "    def f(self, a, b):\n"
            "        # type: (int, AIService) -> None\n"
            "        «b.set_mode»(1)\n"
            "        a.set_mode(1)\n",
        },
    ),
    (
        "an escape of no character",
        LEGACY,
        {
            "src/app.py": "from services.ai_service import «AIService»\n"
            'x = "\\N{NO SUCH THING}"\n',
        },
    ),
    (
        "annotated stars' parameters",
        LEGACY,
        {
            "src/app.py": "from services.ai_service import «AIService»\n"
            "def f(*a: «AIService», **b: «AIService»): ...\n",
        },
    ),
    (
        "an exception that lies in the class",
        LEGACY,
        {
            "src/app.py": "import services.ai_service\n"
            "try: ...\n"
            "except «services.ai_service.AIService».Error: ...\n",
        },
    ),
    (
        "a method after a negated isinstance",
        METHOD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "def f(a):\n"
            "    if not isinstance(a, AIService):\n"
            "        return a.set_mode(1)\n"
            "    «a.set_mode»(1)\n"
            "def g(a):\n"
            "    if not isinstance(a, AIService) or x:\n"
            "        a.set_mode(1)\n"
            "    else:\n"
            "        «a.set_mode»(1)\n",
        },
    ),
    (
        "code that runs with the file's names",
        LEGACY,
        {
            "src/app.py": "import services.ai_service as s\n"
            "eval(«'s.AIService()'»)\n"
            "def f():\n"
            "    import services.ai_service as t\n"
            "    exec(«'t.AIService()'»)\n",
        },
    ),
    (
        "a class by inspect, called later",
        LEGACY,
        {
            "src/app.py": "import inspect\n"
            "from services import ai_service\n"
            'C = inspect.getattr_static(ai_service, "«AIService»")\n'
            "«C»()\n",
        },
    ),
    (
        "a method of what a match left bound",
        METHOD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "match AIService():\n"
            "    case a: ...\n"
            "b = a\n"
            "«b.set_mode»(1)\n",
        },
    ),
    (
        "a method of a result by its comment, kept",
        METHOD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "def make():\n"
            "    # type: () -> AIService\n"
            "    return x\n"
            "m = make()\n"
            "«m.set_mode»(1)\n",
        },
    ),
]


@pytest.mark.parametrize(
    ("forbid", "files"),
    [pytest.param(b, f, id=name) for name, b, f in INNOCENT + GUILTY],
)
def test_what_a_spelling_means(forbid: Forbid, files: Files) -> None:
    plain = stripped(files)
    found = judged(plain, forbid)
    assert marked({**WORLD, **plain}, found) == {**WORLD, **files}
    assert {finding.rule for finding in found} <= {"forbidden-symbol"}


def test_settings_that_are_no_utf_8_are_read_all_the_same() -> None:
    text = "x: services.ai_service.AIService # caf\xe9\n"
    (found,) = judged({"a.yaml": text.encode("latin-1")})
    assert found.rule == "forbidden-symbol"


def test_a_file_that_cannot_be_judged_hides_no_other() -> None:
    use = "from services.ai_service import AIService\n"
    found = judged({"src/a.py": "AIService(", "src/b.py": use})
    assert {each.place.path for each in found} == {"src/a.py", "src/b.py"}


def test_a_path_is_no_name() -> None:
    path = Forbid(path="src/services/ai_service.py")
    assert judged({"src/a.py": "x = None\n"}, path) == []
    assert len(judged({"src/a.py": "import services.ai_service\n"}, path, MODULE)) == 1
