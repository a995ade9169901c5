"""forbidden-symbol: relative imports, source roots, re-exports, stars, across files."""

from __future__ import annotations

import pytest

from backout.core import change as changes
from backout.core.change import Change
from backout.core.policy import Forbid
from backout.core.tree import MemoryTree
from support.symbols import WORLD, Files, findings_of, judged, marked, stripped

INNOCENT: list[tuple[str, Files]] = [
    ("the home module", {}),
    (
        "a relative import of another package's module",
        {
            "src/other/__init__.py": "",
            "src/other/ai_service.py": "class AIService: ...\n",
            "src/other/user.py": "from .ai_service import AIService\nAIService()\n",
        },
    ),
    (
        "two dots that stop too early",
        {"src/services/sub/deep/x.py": "from ..ai_service import AIService\n"},
    ),
    (
        "more dots than there are packages",
        {"src/services/x.py": "from .....ai_service import AIService\nAIService\n"},
    ),
    (
        "one dot at the top",
        {"src/x.py": "from .ai_service import AIService\nfrom . import ai_service\n"},
    ),
    (
        "a relative import of the replacement",
        {
            "src/services/x.py": "from .v2 import AIService\nfrom . import v2\nv2.AIService"
        },
    ),
    (
        "a star of a module that does not have it",
        {
            "src/api.py": "from services.v2 import *\n",
            "src/app.py": "from api import *\nAIService()\n",
        },
    ),
    (
        "a star that __all__ keeps short",
        {
            "src/api.py": "from services.ai_service import «AIService» as A\n"
            '__all__ = ["other"]\nother = 1\n',
            "src/app.py": "from api import *\nA()\n",
        },
    ),
    (
        "a star that a tuple called __all__ keeps short",
        {
            "src/api.py": "from services.ai_service import «AIService» as A\n"
            '__all__ = ("other",)\nother = 1\n',
            "src/app.py": "from api import *\nA()\n",
        },
    ),
    (
        "a star leaves underscored names",
        {
            "src/api.py": "from services.ai_service import «AIService» as _A\n",
            "src/app.py": "from api import *\n_A()\n",
        },
    ),
    (
        "an underscored name that __all__ leaves shut",
        {
            "src/a.py": "from services.ai_service import «AIService» as _A\n"
            '__all__ = ["b"]\nb = 1\n',
            "src/b.py": "from a import *\n_A()\n",
        },
    ),
    (
        "__all__ opens an underscored name of V2",
        {
            "src/a.py": 'from services.v2 import AIService as _A\n__all__ = ["_A"]\n',
            "src/b.py": "from a import *\n_A()\n",
        },
    ),
    (
        "a module that a star brings, of V2",
        {
            "src/a.py": "import services.v2 as legacy\n",
            "src/b.py": "from a import *\nlegacy.AIService()\n",
        },
    ),
    (
        "a package's own module, called as one is that a star brings",
        {
            "src/services/__init__.py": "from . import ai_service\n",
            "src/mirror/__init__.py": "from services import *\n"
            "from .ai_service import AIService\n",
            "src/mirror/ai_service.py": "class AIService: ...\n",
            "src/mirror/user.py": "from .ai_service import AIService\nAIService()\n",
            "src/app.py": "import mirror.ai_service as m\n"
            "from mirror import AIService\nm.AIService(AIService())\n",
        },
    ),
    (
        "a module that __all__ keeps from a star",
        {
            "src/a.py": "import services.ai_service as legacy\n"
            '__all__ = ["b"]\nb = 1\n',
            "src/b.py": "from a import *\nlegacy.AIService()\n",
        },
    ),
    (
        "a module that a star brings, shadowed",
        {
            "src/a.py": "import services.ai_service as legacy\n",
            "src/b.py": "from a import *\nimport services.v2 as legacy\n"
            "legacy.AIService()\n",
        },
    ),
    (
        "a module that __all__ keeps from the star of another one",
        {
            "src/a.py": "import services.ai_service as legacy\n__all__ = ['f']\n",
            "src/b.py": "from a import *\n",
            "src/c.py": "import b\nb.legacy.AIService()\n",
        },
    ),
    (
        "a module imported within a function, which no star brings",
        {
            "src/a.py": "def f():\n    import services.ai_service as legacy\n",
            "src/b.py": "from a import *\nlegacy.AIService()\n",
        },
    ),
    (
        "a module under an underscore, which no star brings",
        {
            "src/a.py": "import services.ai_service as _legacy\n",
            "src/b.py": "from a import *\n_legacy.AIService()\n",
        },
    ),
    (
        "another name of a module that re-exports",
        {
            "src/api.py": "from services.ai_service import «AIService»\nother = 1\n",
            "src/app.py": "from api import other\nimport api\napi.other, other\n",
        },
    ),
    (
        "a module of the same name elsewhere re-exports",
        {
            "src/api.py": "from services.ai_service import «AIService»\n",
            "src/app.py": "from web.api import AIService\nAIService()\n",
        },
    ),
    (
        "re-exported for a while, V2 in the end",
        {
            "src/api.py": "from services.ai_service import «AIService»\n"
            "from services.v2 import AIService\n",
            "src/app.py": "from api import AIService\nAIService()\n",
        },
    ),
    (
        "an import inside a function is no re-export",
        {
            "src/api.py": "def f():\n    from services.ai_service import «AIService»\n",
            "src/app.py": "from api import AIService\n",
        },
    ),
    (
        "deleted again, so no re-export",
        {
            "src/api.py": "from services.ai_service import «AIService»\n"
            "del «AIService»\n",
            "src/app.py": "from api import AIService\nAIService\n",
        },
    ),
    (
        "deleted again, so no star brings it",
        {
            "src/a.py": "from services.ai_service import «AIService» as A\ndel «A»\n",
            "src/b.py": "from a import *\nA()\n",
        },
    ),
    (
        "stars in a circle",
        {
            "src/a.py": "from b import *\n",
            "src/b.py": "from c import *\n",
            "src/c.py": "from a import *\nAIService()\n",
        },
    ),
    (
        "a star of a file itself",
        {"src/a.py": "from a import *\nAIService()\n"},
    ),
    (
        "an outside star beside V2",
        {
            "src/a.py": "from numpy import *\nfrom services.v2 import AIService\n"
            "AIService()\n"
        },
    ),
    (
        "the same last two names in another root",
        {"lib/app.py": "from pkg.ai_service import AIService\nAIService()\n"},
    ),
    (
        "a Markdown file and a lock",
        {
            "README.md": "from services.ai_service import AIService\n",
            "notes.txt": "services.ai_service.AIService\n",
        },
    ),
    (
        "a star of V2 after a module of the legacy's name",
        {
            "src/a.py": "import services.v2 as ai_service\n",
            "src/b.py": "from a import *\nai_service.AIService()\n",
        },
    ),
    (
        "__all__ adds another name to a star",
        {
            "src/a.py": "from services.ai_service import «AIService» as A\n"
            '__all__ = ["x"]\n__all__ += ["y"]\n__all__.append("z")\n',
            "src/b.py": "from a import *\nA()\n",
        },
    ),
    (
        "a relative star of another package's module",
        {
            "src/other/ai_service.py": "class AIService: ...\n",
            "src/other/x.py": "from .ai_service import *\nAIService()\n",
        },
    ),
    (
        "a re-export that was bound to V2 under another name",
        {
            "src/a.py": "from services.v2 import AIService as Old\n",
            "src/b.py": "from a import Old as AIService\nAIService()\n",
        },
    ),
    (
        "a star of stars each of which __all__ keeps short",
        {
            "src/forms/__init__.py": "from forms.models import *\n"
            "from forms.fields import *\n",
            "src/forms/models.py": "from services.ai_service import «AIService»\n"
            "__all__ = ['Form']\n"
            "class Form:\n"
            "    service = «AIService»\n",
            "src/forms/fields.py": "class Field: ...\n",
            "src/gis/forms.py": "from forms import *\n",
        },
    ),
    (
        "a package takes stars that nobody has it from",
        {
            "src/one.py": "from services.ai_service import «AIService» as _A\n",
            "src/pkg/__init__.py": "from one import *\n",
        },
    ),
]

GUILTY: list[tuple[str, Files]] = [
    (
        "a class that a star brings, called as a module is beside it",
        {
            "src/mirror/__init__.py": "from services.ai_service import «*»\n",
            "src/mirror/AIService.py": "",
            "src/app.py": "from mirror import «AIService»\n"
            "import mirror.AIService\n«AIService»()\n",
        },
    ),
    (
        "one dot",
        {"src/services/x.py": "from .ai_service import «AIService»\n«AIService»()\n"},
    ),
    (
        "one dot, the module",
        {"src/services/x.py": "from . import ai_service\n«ai_service.AIService»()\n"},
    ),
    (
        "one dot, the module renamed",
        {"src/services/x.py": "from . import ai_service as s\n«s.AIService»()\n"},
    ),
    (
        "one dot in an __init__",
        {"src/services/__init__.py": "from .ai_service import «AIService»\n"},
    ),
    (
        "two dots",
        {"src/services/sub/x.py": "from ..ai_service import «AIService»\n"},
    ),
    (
        "two dots in an __init__",
        {"src/services/sub/__init__.py": "from ..ai_service import «AIService»\n"},
    ),
    (
        "two dots and nothing",
        {
            "src/services/sub/x.py": "from .. import ai_service\n«ai_service.AIService»\n"
        },
    ),
    (
        "three dots",
        {
            "src/services/a/b/x.py": "from ...ai_service import «AIService»\n"
            "from ... import ai_service as s\n«s.AIService»\n"
        },
    ),
    (
        "dots with spaces",
        {"src/services/a/x.py": "from . . ai_service import «AIService»\n"},
    ),
    (
        "the ellipsis token",
        {"src/services/a/b/x.py": "from ... ai_service import («AIService»)\n"},
    ),
    (
        "a namespace package",
        {
            "src/services/nowhere/x.py": "from ..ai_service import «AIService»\n",
            "src/services/nowhere/y.py": "from services.ai_service import «AIService»\n",
        },
    ),
    (
        "a star with a dot",
        {"src/services/x.py": "from .ai_service import «*»\n«AIService»()\n"},
    ),
    (
        "the source root's name in front",
        {
            "src/app.py": "from src.services.ai_service import «AIService»\n",
            "tool.py": "import src.services.ai_service as s\n«s.AIService»\n",
        },
    ),
    (
        "two dots up to the source root",
        {"src/web/x.py": "from ..services.ai_service import «AIService»\n"},
    ),
    (
        "a re-export by the package",
        {
            "src/services/__init__.py": "from .ai_service import «AIService»\n",
            "src/app.py": "from services import «AIService»\n«AIService»()\n",
            "src/b.py": "import services\n«services.AIService»()\n",
            "src/services/c.py": "from . import «AIService»\n",
        },
    ),
    (
        "a re-export under another name",
        {
            "src/api.py": "from services.ai_service import «AIService» as Service\n",
            "src/app.py": "from api import «Service»\n«Service»()\n",
        },
    ),
    (
        "a chain of re-exports",
        {
            "src/a.py": "from services.ai_service import «AIService»\n",
            "src/b.py": "from a import «AIService» as B\n",
            "src/c.py": "from b import «B»\n",
            "src/d.py": "import c\n«c.B»()\n",
        },
    ),
    (
        "a chain of stars",
        {
            "src/a.py": "from services.ai_service import «*»\n",
            "src/b.py": "from a import «*»\n",
            "src/c.py": "from b import «*»\n«AIService»()\n",
        },
    ),
    (
        "a star of a module that re-exports",
        {
            "src/a.py": "from services.ai_service import «AIService» as Old\n",
            "src/b.py": "from a import «*»\n«Old»()\n",
        },
    ),
    (
        "a re-exported module",
        {
            "src/a.py": "from services import ai_service as legacy\n",
            "src/b.py": "from a import legacy\n«legacy.AIService»()\n",
            "src/c.py": "import a\n«a.legacy.AIService»()\n",
        },
    ),
    (
        "a module that a star brings",
        {
            "src/a.py": "import services.ai_service as legacy\n",
            "src/b.py": "from a import *\n«legacy.AIService»()\n",
        },
    ),
    (
        "a package that a star brings",
        {
            "src/a.py": "import services.ai_service\n",
            "src/b.py": "from a import *\n«services.ai_service.AIService»()\n",
        },
    ),
    (
        "a module that a chain of stars brings",
        {
            "src/a.py": "from services import ai_service as legacy\n",
            "src/b.py": "from a import *\n",
            "src/c.py": "from b import *\n",
            "src/d.py": "from c import *\n«legacy.AIService»()\n",
        },
    ),
    (
        "a re-exported name that a string puts together, in a file that was judged",
        {
            "src/a.py": "from services.ai_service import «AIService» as Old\n",
            "src/b.py": "import a\nfrom services import ai_service\n"
            "«ai_service.AIService»\ngetattr(a, «'O' + 'ld'»)()\n",
        },
    ),
    (
        "another file's name for it, in a string that is put together",
        {
            "src/a.py": "from services.ai_service import «AIService»\n",
            "src/b.py": "from unittest.mock import patch\n"
            "patch(«'a.' + 'AIService'»)\n",
        },
    ),
    (
        "a setting that is put together, where the top is the source root",
        {"app.py": "LOAD = [«'services.ai_' + 'service.AIService'»]\n"},
    ),
    (
        "a module that another one has from a star",
        {
            "src/a.py": "from services import ai_service as legacy\n",
            "src/b.py": "from a import *\n",
            "src/c.py": "import b\n«b.legacy.AIService»()\n",
            "src/d.py": "from b import legacy as old\n«old.AIService»()\n",
        },
    ),
    (
        "a module that another one has from a chain of stars",
        {
            "src/a.py": "from services import ai_service as legacy\n",
            "src/b.py": "from a import *\n",
            "src/c.py": "from b import *\n",
            "src/d.py": "import c\n«c.legacy.AIService»()\n",
        },
    ),
    (
        "__all__ opens an underscored name to a star",
        {
            "src/a.py": "from services.ai_service import «AIService» as _A\n"
            '__all__ = ["«_A»"]\n',
            "src/b.py": "from a import «*»\n«_A»()\n",
        },
    ),
    (
        "__all__ opens an underscored module to a star",
        {
            "src/a.py": "import services.ai_service as _legacy\n"
            '__all__ = ["_legacy"]\n',
            "src/b.py": "from a import *\n«_legacy.AIService»()\n",
        },
    ),
    (
        "a star of what is added to __all__",
        {
            "src/a.py": "from services.ai_service import «AIService» as A\n"
            '__all__ = ["x"]\nx = 1\n__all__ += ["«A»"]\n',
            "src/b.py": "from a import «*»\n«A»()\n",
            "src/c.py": "from services.ai_service import «AIService» as _B\n"
            'from json import *\n__all__ = ["x"] + ["y"]\n__all__.append("«_B»")\n',
            "src/d.py": "from c import «*»\n«_B»()\n",
        },
    ),
    (
        "an alias of a re-export",
        {
            "src/a.py": "import services.ai_service\n"
            "Old = «services.ai_service.AIService»\n",
            "src/b.py": "from a import «Old»\n",
        },
    ),
    (
        "named in __all__",
        {
            "src/a.py": "from services.ai_service import «AIService»\n"
            '__all__ = ["«AIService»", "x"]\n',
        },
    ),
    (
        "added to __all__",
        {
            "src/a.py": "from services.ai_service import «AIService» as A\n"
            '__all__ = ("x",)\n__all__ += ("«A»",)\n__all__.extend(["«A»"])\n'
            '__all__.append("«A»")\n',
        },
    ),
    (
        "a re-export in one branch",
        {
            "src/a.py": "try:\n    from services.v2 import AIService\n"
            "except ImportError:\n    from services.ai_service import «AIService»\n",
            "src/b.py": "from a import «AIService»\n",
        },
    ),
    (
        "deleted in one branch",
        {
            "src/a.py": "from services.ai_service import «AIService» as A\n"
            "if x:\n    del «A»\n",
            "src/b.py": "from a import «*»\n«A»()\n",
        },
    ),
    (
        "re-exports in a circle",
        {
            "src/a.py": "from b import «AIService»\n"
            "from services.ai_service import «AIService»\n",
            "src/b.py": "from a import «AIService»\n",
        },
    ),
    (
        "a stub re-exports",
        {
            "src/a.pyi": "from services.ai_service import «AIService» as «AIService»\n".replace(
                "as «AIService»", "as AIService"
            ),
            "src/b.py": "from a import «AIService»\n",
        },
    ),
    ("a stub uses it", {"src/b.pyi": "from services.ai_service import «AIService»\n"}),
    (
        "a windowed script",
        {"src/b.pyw": "from services.ai_service import «AIService»\n"},
    ),
    (
        "a script with a shebang",
        {
            "bin/run": "#!/usr/bin/env python3\n"
            "from services.ai_service import «AIService»\n",
            "bin/old": "#!/usr/bin/python -I\nimport services.ai_service as s\n"
            "«s.AIService»\n",
        },
    ),
    (
        "two roots",
        {
            "lib/services/x.py": "from .ai_service import «AIService»\n",
            "src/b.py": "from lib.services.ai_service import «AIService»\n",
        },
    ),
    (
        "a package takes it by a star and nobody uses it",
        {
            "src/one.py": "from services.ai_service import «AIService»\n",
            "src/pkg/__init__.py": "from one import «*»\n",
        },
    ),
    (
        "a star of a star that nobody uses",
        {
            "src/one.py": "from services.ai_service import «AIService»\n",
            "src/two.py": "from one import «*»\n",
            "src/pkg/__init__.py": "from two import «*»\n",
        },
    ),
    (
        "a package takes it by a star and another file uses it",
        {
            "src/one.py": "from services.ai_service import «AIService»\n",
            "src/pkg/__init__.py": "from one import «*»\n",
            "src/app.py": "import pkg\n«pkg.AIService»()\n",
        },
    ),
]

ROOTS = {
    "two roots": ("src", "lib"),
    "a setting that is put together, where the top is the source root": (".",),
}


@pytest.mark.parametrize(
    ("name", "files"), [pytest.param(n, f, id=n) for n, f in INNOCENT + GUILTY]
)
def test_what_a_name_means_across_files(name: str, files: Files) -> None:
    plain = stripped(files)
    found = judged(plain, roots=ROOTS.get(name, ("src",)))
    assert marked({**WORLD, **plain}, found) == {**WORLD, **files}


# A function that is called as its module is, and that the package takes from there.
NAMESAKE = Forbid(symbol="shop.cart.cart")
NAMESAKES: list[tuple[str, Files]] = [
    ("what else the module holds", {"src/a.py": "from shop.cart import Error\nError"}),
    ("the module itself", {"src/a.py": "import shop.cart\n"}),
    ("the module relatively", {"src/shop/a.py": "from .cart import Error\nError\n"}),
    ("the package", {"src/a.py": "import shop\nshop.other\n"}),
    ("the module in a text", {"src/a.py": "import_module('shop.cart')\n"}),
    ("the module in settings", {"a.yaml": "module: shop.cart\n"}),
    (
        "a patched name of the module",
        {"src/a.py": "import mock\nmock.patch('shop.cart.Error')\n"},
    ),
    ("it from its module", {"src/a.py": "from shop.cart import «cart»\n«cart»()\n"}),
    ("it from the package", {"src/a.py": "from shop import «cart»\n«cart»()\n"}),
    ("it as the package's", {"src/a.py": "import shop\n«shop.cart»()\n"}),
    (
        "both ways beside another name",
        {
            "src/a.py": "from shop.cart import Error, «cart»\n"
            "from shop import «cart» as c\n«cart»(«c», Error)\n"
        },
    ),
    ("it from the package relatively", {"src/shop/a.py": "from . import «cart»\n"}),
    ("it in settings", {"a.yaml": "call: «shop.cart.cart»\n"}),
]


@pytest.mark.parametrize(
    "files", [pytest.param(files, id=name) for name, files in NAMESAKES]
)
@pytest.mark.parametrize("whole", [True, False], ids=["all files", "one file"])
def test_a_namesake_of_its_module(files: Files, whole: bool) -> None:
    world = {
        "src/shop/__init__.py": "from .cart import «cart»\n",
        "src/shop/cart.py": "class Error(Exception): ...\ndef cart(): ...\n",
    }
    before = MemoryTree(stripped(world))
    head = MemoryTree({**stripped(world), **stripped(files)})
    change = changes.whole(head) if whole else Change(before, head)
    found = findings_of(change, NAMESAKE)
    given = {**(world if whole else stripped(world)), **files}
    assert marked({**stripped(world), **stripped(files)}, found) == given
    assert {each.symbol for each in found} <= {"shop.cart.cart"}
    assert not any("cart.cart.cart" in each.message for each in found)


# Modules that each hand on only the next one; the last file uses what comes through them.
CHAINS: list[tuple[str, Files]] = [
    (
        "to the replacement",
        {
            "src/a.py": "import b\n",
            "src/b.py": "import c\n",
            "src/c.py": "from services.v2 import AIService\n",
            "src/user.py": "import a\na.b.c.AIService()\n",
        },
    ),
    (
        "of which one hands on something else",
        {
            "src/a.py": "import b\n",
            "src/b.py": "import c\nc = print\n",
            "src/c.py": "from services.ai_service import «AIService»\n",
            "src/user.py": "import a\na.b.c.AIService()\n",
        },
    ),
    (
        "of which one is imported within a function",
        {
            "src/a.py": "def f():\n    import b\n",
            "src/b.py": "from services.ai_service import «AIService»\n",
            "src/user.py": "import a\na.b.AIService()\n",
        },
    ),
    (
        "in a circle",
        {
            "src/a.py": "import b\nx = a.x.x\nimport a\n",
            "src/b.py": "import a\n",
            "src/user.py": "import a\na.b.a.b.AIService(a.x.AIService)\n",
        },
    ),
    (
        "that ends outside",
        {
            "src/a.py": "import b\n",
            "src/b.py": "import json as c\n",
            "src/user.py": "import a\na.b.c.AIService()\n",
        },
    ),
    (
        "to one that hands on the class",
        {
            "src/a.py": "import b\n",
            "src/b.py": "import c\n",
            "src/c.py": "from services.ai_service import «AIService»\n",
            "src/user.py": "import a\n«a.b.c.AIService»()\n",
        },
    ),
    (
        "to one that hands on the class, all under other names",
        {
            "src/a.py": "import b as x\n",
            "src/b.py": "import c as y\n",
            "src/c.py": "from services.ai_service import «AIService» as Z\n",
            "src/user.py": "from a import x\n«x.y.Z»()\n",
        },
    ),
    (
        "in packages",
        {
            "src/a/__init__.py": "from .. import b\n",
            "src/b/__init__.py": "from .inner import c as y\n",
            "src/b/inner/__init__.py": "",
            "src/b/inner/c.py": "from services.ai_service import «AIService»\n",
            "src/user.py": "import a\n«a.b.y.AIService»()\n",
        },
    ),
    (
        "to its module",
        {
            "src/a.py": "import b\n",
            "src/b.py": "import c as d\n",
            "src/c.py": "import services as old\n",
            "src/user.py": "import a\n«a.b.d.old.ai_service.AIService»()\n",
        },
    ),
    (
        "by a star",
        {
            "src/a.py": "from b import *\n",
            "src/b.py": "import c\n",
            "src/c.py": "from services.ai_service import «AIService»\n",
            "src/user.py": "import a\n«a.c.AIService»()\n",
        },
    ),
    (
        "from one that a string names",
        {
            "src/a.py": "import b\n",
            "src/b.py": "from services import ai_service as c\n",
            "src/user.py": "from importlib import import_module\n"
            "«import_module('a').b.c.AIService»()\n",
        },
    ),
]


@pytest.mark.parametrize(
    "files", [pytest.param(files, id=name) for name, files in CHAINS]
)
@pytest.mark.parametrize("whole", [True, False], ids=["all files", "one file"])
def test_a_chain_of_modules(files: Files, whole: bool) -> None:
    plain = {**WORLD, **stripped(files)}
    head = MemoryTree(plain)
    before = MemoryTree({path: plain[path] for path in plain if path != "src/user.py"})
    found = findings_of(changes.whole(head) if whole else Change(before, head))
    shown = files if whole else {"src/user.py": files["src/user.py"]}
    assert marked(plain, found) == {**plain, **shown}


# What the `__all__` of a package repeats, of `src/pkg/sub.py`; `src/pkg/user.py` imports all.
SUB = "__all__ = ['x']\nx = 1\n"
TAKES = "from services.ai_service import «AIService»\n"
USES = "from . import *\nAIService()\n"
USES_IT = "from . import «*»\n«AIService»()\n"
REPEATED: list[tuple[str, Files]] = [
    (
        "the module's, and no more",
        {
            "src/pkg/__init__.py": f"from . import sub\n{TAKES}__all__ = sub.__all__\n",
            "src/pkg/sub.py": SUB,
            "src/pkg/user.py": USES,
        },
    ),
    (
        "the module's, which a star bound to its name",
        {
            "src/pkg/__init__.py": f"from .sub import *\n{TAKES}__all__ = sub.__all__\n",
            "src/pkg/sub.py": SUB,
            "src/pkg/user.py": USES,
        },
    ),
    (
        "the module's and its own",
        {
            "src/pkg/__init__.py": f"import pkg.sub\n{TAKES}y = 2\n"
            "__all__ = ['y'] + list(pkg.sub.__all__)\n",
            "src/pkg/sub.py": SUB,
            "src/pkg/user.py": USES,
        },
    ),
    (
        "its own, the module's and another one's added",
        {
            "src/pkg/__init__.py": f"from . import sub, more\n{TAKES}y = 2\n"
            "__all__ = ('y', *sub.__all__)\n__all__ += more.__all__\n",
            "src/pkg/sub.py": SUB,
            "src/pkg/more.py": "__all__ = []\n__all__.extend(['z'])\nz = 3\n",
            "src/pkg/user.py": USES,
        },
    ),
    (
        "the module's, imported",
        {
            "src/pkg/__init__.py": f"{TAKES}from .sub import __all__\n",
            "src/pkg/sub.py": SUB,
            "src/pkg/user.py": USES,
        },
    ),
    (
        "the module's, imported under another name",
        {
            "src/pkg/__init__.py": f"{TAKES}from .sub import __all__ as names\n"
            "__all__ = [*names]\n",
            "src/pkg/sub.py": SUB,
            "src/pkg/user.py": USES,
        },
    ),
    (
        "the module's, which repeats another one's",
        {
            "src/pkg/__init__.py": f"from . import sub\n{TAKES}__all__ = sub.__all__\n",
            "src/pkg/sub.py": "from . import more\n__all__ = more.__all__\n",
            "src/pkg/more.py": SUB,
            "src/pkg/user.py": USES,
        },
    ),
    (
        "the module's, of a module that hands on another one",
        {
            "src/pkg/__init__.py": "from . import sub\nfrom services import ai_service\n"
            "__all__ = sub.__all__\n",
            "src/pkg/sub.py": SUB,
            "src/pkg/user.py": "from . import *\nai_service.AIService()\n",
        },
    ),
    (
        "the module's, which names it",
        {
            "src/pkg/__init__.py": "from . import sub\nfrom .sub import «*»\n"
            "__all__ = sub.__all__\n",
            "src/pkg/sub.py": f"{TAKES}__all__ = ['«AIService»']\n",
            "src/pkg/user.py": USES_IT,
        },
    ),
    (
        "the modules', of which one names it",
        {
            "src/pkg/__init__.py": "from .sub import *\nfrom .more import «*»\n"
            "__all__ = sub.__all__ + more.__all__\n",
            "src/pkg/sub.py": SUB,
            "src/pkg/more.py": f"{TAKES}__all__ = ['«AIService»']\n",
            "src/pkg/user.py": USES_IT,
        },
    ),
    (
        "the module's and its own, under an underscore",
        {
            "src/pkg/__init__.py": "from . import sub\n"
            "from services.ai_service import «AIService» as _A\n"
            "__all__ = ['«_A»'] + sub.__all__\n",
            "src/pkg/sub.py": SUB,
            "src/pkg/user.py": "from . import «*»\n«_A»()\n",
        },
    ),
    (
        "one that cannot be read",
        {
            "src/pkg/__init__.py": f"from . import sub\n{TAKES}__all__ = sub.__all__\n",
            "src/pkg/sub.py": "__all__ = [name for name in dir()]\n",
            "src/pkg/user.py": USES_IT,
        },
    ),
    (
        "one from outside",
        {
            "src/pkg/__init__.py": f"import json\n{TAKES}__all__ = json.__all__\n",
            "src/pkg/user.py": USES_IT,
        },
    ),
    (
        "that of one of two modules",
        {
            "src/pkg/__init__.py": "try:\n    from . import sub\nexcept ImportError:\n"
            f"    from . import more as sub\n{TAKES}__all__ = sub.__all__\n",
            "src/pkg/sub.py": SUB,
            "src/pkg/more.py": "__all__ = ['AIService']\n",
            "src/pkg/user.py": USES_IT,
        },
    ),
    (
        "its own, in a circle",
        {
            "src/pkg/__init__.py": f"from . import sub\n{TAKES}"
            "__all__ = sub.__all__ + ['«AIService»']\n",
            "src/pkg/sub.py": "import pkg\n__all__ = pkg.__all__\n",
            "src/pkg/user.py": USES_IT,
        },
    ),
]


@pytest.mark.parametrize(
    "files", [pytest.param(files, id=name) for name, files in REPEATED]
)
@pytest.mark.parametrize("whole", [True, False], ids=["all files", "one file"])
def test_a_star_of_a_package_whose_all_repeats(files: Files, whole: bool) -> None:
    plain = {**WORLD, **stripped(files)}
    user = "src/pkg/user.py"
    head = MemoryTree(plain)
    before = MemoryTree({path: plain[path] for path in plain if path != user})
    found = findings_of(changes.whole(head) if whole else Change(before, head))
    shown = files if whole else {user: files[user]}
    assert marked(plain, found) == {**plain, **shown}


def test_a_re_export_beside_many_judged_files_is_followed() -> None:
    alias = {"src/api.py": "from services.ai_service import AIService as Old\n"}
    many = {f"src/m{n}.py": "from api import Old\nOld()\n" for n in range(201)}
    head = MemoryTree({**WORLD, **alias, **many})
    change = Change(MemoryTree({**WORLD, **alias}), head)
    assert {f.place.path for f in findings_of(change)} == {*many}


UNION = Forbid(symbol="typing.Union")
TYPES: list[tuple[str, Files]] = [
    (
        "a type that it made",
        {
            "src/a.py": "import typing\nText = «typing.Union»[str, bytes]\n",
            "src/b.py": "from a import Text\ndef f(x: Text) -> Text: ...\n",
        },
    ),
    (
        "a type of its types",
        {
            "src/a.py": "from typing import «Union»\nText = «Union»[str, bytes]\n"
            "Texts = «Union»[Text, list[Text]]\n",
            "src/b.py": "import a\nx: a.Texts = a.Text\n",
        },
    ),
    (
        "itself under another name",
        {
            "src/a.py": "from typing import «Union» as Either\n",
            "src/b.py": "from a import «Either»\nText = «Either»[str, bytes]\n",
        },
    ),
]


@pytest.mark.parametrize(
    "files", [pytest.param(files, id=name) for name, files in TYPES]
)
def test_what_a_type_with_brackets_hands_on(files: Files) -> None:
    assert marked(stripped(files), judged(stripped(files), UNION, world={})) == files
