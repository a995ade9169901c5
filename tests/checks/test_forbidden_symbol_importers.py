"""forbidden-symbol: what imports by a string, under the names that files give it."""

from __future__ import annotations

import pytest

from backout.core.policy import Forbid
from support.symbols import LEGACY, WORLD, Files, judged, marked, stripped

# A function that itself looks up a name.
GETTER = Forbid(symbol="shop.api.mode")
GETTING = """\
from shop import api
def mode(x): return getattr(x, "mode", None)
def rate(x): return getattr(x, "rate", None)
"""

INNOCENT: list[tuple[str, Forbid, Files]] = [
    (
        "an importer through two files, of the replacement",
        LEGACY,
        {
            "src/one.py": "from importlib import import_module as load\n",
            "src/two.py": "from one import load as fetch\n",
            "src/app.py": 'from two import fetch\nfetch("services.v2").AIService()\n',
        },
    ),
    (
        "an importer that the second file replaces",
        LEGACY,
        {
            "src/one.py": "from importlib import import_module as load\n",
            "src/two.py": "from one import load as fetch\n"
            "def fetch(name): return open(name)\n",
            "src/app.py": "from two import fetch\n"
            'fetch("services.ai_service").AIService()\n',
        },
    ),
    (
        "an importer that the second file binds to something else",
        LEGACY,
        {
            "src/one.py": "from importlib import import_module as load\n",
            "src/two.py": "from one import load as fetch\nfetch = open\n",
            "src/app.py": "from two import fetch\n"
            'fetch("services.ai_service").AIService()\n',
        },
    ),
    (
        "hasattr through two files, asked of the replacement",
        LEGACY,
        {
            "src/one.py": "has = hasattr\n",
            "src/two.py": "from one import has as holds\n",
            "src/app.py": "from services import v2\n"
            "from two import holds\n"
            "holds(v2, 'AIService')\n",
        },
    ),
    (
        "a function beside a forbidden one, that hands on to getattr too",
        GETTER,
        {
            "src/shop/api.py": GETTING,
            "src/one.py": "import shop.api\nshop.api.rate(mode=1)\n",
            "src/two.py": "from shop.api import rate, more as mode\nmode(rate(2))\n",
        },
    ),
    (
        "a function through two files that imports nothing",
        LEGACY,
        {
            "src/one.py": "def load(name): return open(name)\n",
            "src/two.py": "from one import load as fetch\n",
            "src/app.py": "from two import fetch\n"
            'fetch("services.ai_service").AIService()\n',
        },
    ),
    (
        "a function that hands on more than it was given",
        LEGACY,
        {
            "src/one.py": "from importlib import import_module as load\n",
            "src/two.py": "from one import load\n"
            "def fetch(name):\n"
            "    return load('other.' + name)\n",
            "src/app.py": "from two import fetch\n"
            'fetch("services.ai_service").AIService()\n',
        },
    ),
    (
        "two files that have a name from one another",
        LEGACY,
        {
            "src/one.py": "from two import fetch as load\n",
            "src/two.py": "from one import load as fetch\n",
            "src/app.py": "from two import fetch\n"
            'fetch("services.ai_service").AIService()\n',
        },
    ),
    (
        "a name that is given to itself",
        LEGACY,
        {
            "src/two.py": "fetch = fetch\nother = third = fetch\n",
            "src/app.py": "from two import fetch\n"
            'fetch("services.ai_service").AIService()\n',
        },
    ),
    (
        "an importer from a file that is no Python",
        LEGACY,
        {
            "src/two.py": "from one import (\n",
            "src/app.py": "from two import fetch\n"
            'fetch("services.ai_service").AIService()\n',
        },
    ),
    (
        "an importer from beyond the top",
        LEGACY,
        {
            "src/two.py": "from ....one import load as fetch\n",
            "src/app.py": "from two import fetch\n"
            'fetch("services.ai_service").AIService()\n',
        },
    ),
    (
        "a module that a string names hands on the replacement",
        LEGACY,
        {
            "src/shop.py": "from services import v2 as old\n",
            "src/app.py": "from importlib import import_module\n"
            'import_module("shop").old.AIService()\n',
        },
    ),
    (
        "a file of a module's name that is opened",
        LEGACY,
        {
            "src/shop.py": "from services import ai_service as old\n",
            "src/app.py": "from importlib import import_module\n"
            'open("shop").old.AIService()\nimport_module("json")\n',
        },
    ),
    (
        "a module of the same name elsewhere that a string names",
        LEGACY,
        {
            "src/shop.py": "from services import ai_service as old\n",
            "src/app.py": "from importlib import import_module\n"
            'import_module("web.shop").old.AIService()\n',
        },
    ),
    (
        "a module that a string names, bound to something else later",
        LEGACY,
        {
            "src/shop.py": "from services import ai_service as old\n",
            "src/app.py": "import importlib\nfrom services import v2\n"
            'shop = importlib.import_module("shop")\nshop = v2\n'
            "shop.old.AIService()\n",
        },
    ),
    (
        "an entry of another mapping than that of all modules",
        LEGACY,
        {
            "src/shop.py": "from services import ai_service as old\n",
            "src/app.py": "import sys\nmodules = {}\nsys.modules.clear()\n"
            'modules["shop"].old.AIService()\n',
        },
    ),
    (
        "attrgetter renamed in another file, asked for the replacement",
        LEGACY,
        {
            "src/ours.py": "from operator import attrgetter as grab\n",
            "src/app.py": "import services\nfrom ours import grab\n"
            'grab("v2.AIService")(services)()\n',
        },
    ),
    (
        "attrgetter renamed in another file, for another object",
        LEGACY,
        {
            "src/ours.py": "from operator import attrgetter as grab\n",
            "src/app.py": "import services\nfrom ours import grab\nfrom web import page\n"
            'grab("ai_service.AIService")(page)()\nprint(services)\n',
        },
    ),
    (
        "another file's function that gives what it likes",
        LEGACY,
        {
            "src/ours.py": "def grab(name):\n    return name.title\n",
            "src/app.py": "import services\nfrom ours import grab\n"
            'grab("ai_service.AIService")(services)\n',
        },
    ),
    (
        "another file's attrgetter that was replaced there",
        LEGACY,
        {
            "src/ours.py": "from operator import attrgetter as grab\ngrab = print\n",
            "src/app.py": "from services import ai_service\nfrom ours import grab\n"
            'grab("AIService")(ai_service)\n',
        },
    ),
]

GUILTY: list[tuple[str, Forbid, Files]] = [
    (
        "a function that hands on to getattr, taken from its module in one file",
        GETTER,
        {
            "src/shop/api.py": GETTING,
            "src/one.py": "import shop.api\n«shop.api.mode»(1)\nshop.api.rate(1)\n",
            "src/two.py": "from shop.api import «mode», rate\nx = «mode»(rate(2))\n",
        },
    ),
    (
        "a function of a forbidden module that hands on to getattr",
        Forbid(module="shop.api"),
        {
            "src/shop/api.py": GETTING,
            "src/one.py": "import «shop.api»\n«shop.api».mode(1)\n",
            "src/two.py": "from «shop.api» import mode, rate\n«mode»(«rate»(2))\n",
        },
    ),
    (
        "a keyword of a function that hands on to getattr",
        Forbid(keyword="old", of="shop.api.mode"),
        {
            "src/shop/api.py": GETTING,
            "src/one.py": "import shop.api\nshop.api.mode(1, «old»=2)\n",
            "src/two.py": "from shop.api import mode, rate\nmode(rate(2), «old»=3)\n",
        },
    ),
    (
        "an importer renamed in two files",
        LEGACY,
        {
            "src/one.py": "from importlib import import_module as load\n",
            "src/two.py": "from one import load as fetch\n",
            "src/app.py": "from two import fetch\n"
            '«fetch("services.ai_service").AIService»()\n',
        },
    ),
    (
        "an importer renamed in the second file only",
        LEGACY,
        {
            "src/one.py": "from importlib import import_module\n",
            "src/two.py": "from one import import_module as fetch\n",
            "src/app.py": "from two import fetch\n"
            '«fetch("services.ai_service").AIService»()\n',
        },
    ),
    (
        "an importer renamed in three files",
        LEGACY,
        {
            "src/one.py": "from importlib import import_module as load\n",
            "src/two.py": "from one import load as fetch\n",
            "src/three.py": "from two import fetch as bring\n",
            "src/app.py": "from three import bring\n"
            '«bring("services.ai_service").AIService»()\n',
        },
    ),
    (
        "an importer assigned in two files",
        LEGACY,
        {
            "src/one.py": "import importlib\nload = importlib.import_module\n",
            "src/two.py": "import one\nfetch = one.load\n",
            "src/app.py": "import two\n"
            '«two.fetch("services.ai_service").AIService»()\n',
        },
    ),
    (
        "an importer that is a relative import of its package",
        LEGACY,
        {
            "src/tools/__init__.py": "from .loading import load\n",
            "src/tools/loading.py": "from importlib import import_module as load\n",
            "src/app.py": "from tools import load\n"
            '«load("services.ai_service").AIService»()\n',
        },
    ),
    (
        "an importer that comes by a star",
        LEGACY,
        {
            "src/one.py": "from importlib import import_module as load\n",
            "src/two.py": "from one import *\n",
            "src/app.py": "from two import load\n"
            '«load("services.ai_service").AIService»()\n',
        },
    ),
    (
        "a function that hands on to another file's importer",
        LEGACY,
        {
            "src/one.py": "from importlib import import_module as load\n",
            "src/two.py": "from one import load\n"
            "def fetch(name):\n"
            "    return load(name)\n",
            "src/app.py": "from two import fetch\n"
            '«fetch("services.ai_service").AIService»()\n',
        },
    ),
    (
        "getattr renamed in two files",
        LEGACY,
        {
            "src/one.py": "pick = getattr\n",
            "src/two.py": "from one import pick as take\n",
            "src/app.py": "from services import ai_service\n"
            "from two import take\n"
            'take(ai_service, "«AIService»")()\n',
        },
    ),
    (
        "__import__ renamed in two files",
        LEGACY,
        {
            "src/one.py": "imp = __import__\n",
            "src/two.py": "from one import imp as bring\n",
            "src/app.py": "from two import bring\n"
            '«bring("services.ai_service").ai_service.AIService»()\n',
        },
    ),
    (
        "a module that a string names hands on another one",
        LEGACY,
        {
            "src/shop.py": "from services import ai_service as old\n",
            "src/app.py": "import importlib\n"
            '«importlib.import_module("shop").old.AIService»()\n',
        },
    ),
    (
        "a module that a string names hands on the class",
        LEGACY,
        {
            "src/web/shop.py": "from services.ai_service import «AIService» as Old\n",
            "src/app.py": "from importlib import import_module as load\n"
            '«load("web.shop").Old»()\n',
        },
    ),
    (
        "a module that a string names is kept, and hands on another one",
        LEGACY,
        {
            "src/shop.py": "from services import ai_service as old\n",
            "src/app.py": "import importlib\n"
            "def make():\n"
            '    shop = importlib.import_module("shop")\n'
            "    return «shop.old.AIService»()\n",
        },
    ),
    (
        "what __import__ gives hands on another module",
        LEGACY,
        {
            "src/shop/__init__.py": "from services import ai_service\n",
            "src/app.py": '«__import__("shop").ai_service.AIService»()\n',
        },
    ),
    (
        "an entry of all modules hands on another one",
        LEGACY,
        {
            "src/shop.py": "from services import ai_service as old\n",
            "src/app.py": 'import sys\n«sys.modules["shop"].old.AIService»()\n',
        },
    ),
    (
        "the class by a string, of what a module hands on that a string names",
        LEGACY,
        {
            "src/shop.py": "from services import ai_service as old\n",
            "src/app.py": "from importlib import import_module\n"
            'getattr(import_module("shop").old, "«AIService»")()\n',
        },
    ),
    (
        "attrgetter renamed in another file",
        LEGACY,
        {
            "src/ours.py": "from operator import attrgetter as grab\n",
            "src/app.py": "import services\nfrom ours import grab\n"
            'grab("«ai_service.AIService»")(services)()\n',
        },
    ),
    (
        "attrgetter renamed in two files, and what it gives kept",
        LEGACY,
        {
            "src/one.py": "import operator\npick = operator.attrgetter\n",
            "src/two.py": "from one import pick as grab\n",
            "src/app.py": "import services\nimport two\n"
            'get = two.grab("«ai_service.AIService»")\nget(services)()\n',
        },
    ),
]


@pytest.mark.parametrize(
    ("forbid", "files"),
    [pytest.param(b, f, id=name) for name, b, f in INNOCENT + GUILTY],
)
def test_who_imports_by_a_string(forbid: Forbid, files: Files) -> None:
    plain = stripped(files)
    found = judged(plain, forbid)
    assert marked({**WORLD, **plain}, found) == {**WORLD, **files}


# By what takes a name as text: how it is used to get the class.
TAKEN = {
    **dict.fromkeys(
        [
            "import_module", "find_spec", "resolve_name", "import_string",
            "import_from_string", "importorskip", "locate", "run_module",
            "find_loader", "get_loader", "find_module", "load_module",
        ],
        '«take("services.ai_service").AIService»\n',
    ),
    **dict.fromkeys(
        ["getattr", "setattr", "delattr", "hasattr", "getattr_static"],
        'take(ai_service, "«AIService»")\n',
    ),
    **dict.fromkeys(
        ["attrgetter", "methodcaller"], 'take("«AIService»")(ai_service)\n'
    ),
}  # fmt: skip


@pytest.mark.parametrize("taker", TAKEN)
def test_whatever_takes_names_is_followed_through_two_files(taker: str) -> None:
    files = {
        "src/one.py": f"from tools import {taker} as load\n",
        "src/two.py": "from one import load as fetch\n",
        "src/app.py": "from services import ai_service\n"
        f"from two import fetch as take\n{TAKEN[taker]}",
    }
    plain = stripped(files)
    assert marked({**WORLD, **plain}, judged(plain)) == {**WORLD, **files}
