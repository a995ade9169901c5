"""forbidden-symbol: strings that name something once they are put together."""

from __future__ import annotations

import pytest

from backout.core.policy import Forbid
from support.symbols import LEGACY, WORLD, Files, judged, marked, stripped

FLAG = Forbid(flag="USE_V2")

INNOCENT: list[tuple[str, Forbid, Files]] = [
    (
        "a sum for the replacement",
        LEGACY,
        {
            "src/app.py": 'from services import v2\ngetattr(v2, "AI" + "Service")()\n',
        },
    ),
    (
        "a sum that is only printed",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            'x = "AI" + "Service"\n'
            "print(x)\n",
        },
    ),
    (
        "a percent sign with another piece",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            'getattr(ai_service, "%sService" % "BI")\n',
        },
    ),
    (
        "fields in another order",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            'getattr(ai_service, "{1}{0}".format("AI", "Service"))\n',
        },
    ),
    (
        "pieces joined by something",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            'getattr(ai_service, "_".join(["AI", "Service"]))\n',
        },
    ),
    (
        "a piece that nobody knows",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            "def f(x):\n"
            "    return getattr(ai_service, 'AI' + x), 'Service'\n",
        },
    ),
    (
        "a field that nobody knows",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            "def f(x):\n"
            "    return getattr(ai_service, f'{x}Service'), 'AI'\n",
        },
    ),
    (
        "a key that is not given",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            'getattr(ai_service, "%(x)sService" % {"y": "AI"})\n',
        },
    ),
    (
        "a name that is not given",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            'getattr(ai_service, "{x}Service".format(y="AI"))\n',
        },
    ),
    (
        "too few values",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            'getattr(ai_service, "%s%sService" % ("AI",))\n',
        },
    ),
    (
        "a width that would take all memory",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            'getattr(ai_service, "%999999999sService" % "AI", "{:>999999999}Service".format("AI"))\n',
        },
    ),
    (
        "a string that grew into another one",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            "N = 'AI'\n"
            "N += 'Other'\n"
            "getattr(ai_service, N, 'Service')\n",
        },
    ),
    (
        "parts joined of which one is unknown",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            "def f(x):\n"
            "    PARTS = ['AI', x, 'Service']\n"
            "    getattr(ai_service, ''.join(PARTS))\n",
        },
    ),
    (
        "pieces of another flag",
        FLAG,
        {
            "src/app.py": 'import os\nos.environ.get("USE_" + "V3"), "V2"\n',
        },
    ),
]

GUILTY: list[tuple[str, Forbid, Files]] = [
    (
        "a sum",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            'getattr(ai_service, «"AI" + "Service"»)()\n',
        },
    ),
    (
        "a sum of which the first piece is one letter",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            'getattr(ai_service, «"A" + "IServ" + "ice"»)()\n',
        },
    ),
    (
        "a sum of constants",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            'A = "AI"\n'
            'B = "Service"\n'
            "getattr(ai_service, «A + B»)()\n",
        },
    ),
    (
        "a sum that names a module",
        LEGACY,
        {
            "src/app.py": "import importlib\n"
            '«importlib.import_module("services.ai_ser" + "vice").AIService»()\n',
        },
    ),
    (
        "pieces side by side",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            'getattr(ai_service, «"AI" "Service"»)()\n',
        },
    ),
    (
        "pieces side by side as a key",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            'vars(ai_service)[«"AI" "Service"»]()\n',
        },
    ),
    (
        "a joined list",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            'getattr(ai_service, «"".join(["AI", "Service"])»)()\n',
        },
    ),
    (
        "a joined tuple",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            'getattr(ai_service, «"".join(("AI", "Service"))»)()\n',
        },
    ),
    (
        "a joined constant",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            'PARTS = ["AI", "Service"]\n'
            'getattr(ai_service, «"".join(PARTS)»)()\n',
        },
    ),
    (
        "a constant in a field",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            "getattr(ai_service, «f\"{'AI'}Service\"»)()\n",
        },
    ),
    (
        "names of constants in fields",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            'A = "AI"\n'
            'B = "Service"\n'
            'getattr(ai_service, «f"{A}{B!s}"»)()\n',
        },
    ),
    (
        "a percent sign",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            'getattr(ai_service, «"%sService" % "AI"»)()\n',
        },
    ),
    (
        "percent signs and a tuple",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            'getattr(ai_service, «"%s%s" % ("AI", "Service")»)()\n',
        },
    ),
    (
        "a percent sign and a dictionary",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            'getattr(ai_service, «"%(x)sService" % {"x": "AI", "y": 1}»)()\n',
        },
    ),
    (
        "fields by order",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            'getattr(ai_service, «"{}{}".format("AI", "Service")»)()\n',
        },
    ),
    (
        "fields by number",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            'getattr(ai_service, «"{1}{0}".format("Service", "AI")»)()\n',
        },
    ),
    (
        "fields by name",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            'getattr(ai_service, «"{x}Service".format(x="AI")»)()\n',
        },
    ),
    (
        "a string that grew",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            'N = "AI"\n'
            'N += "Service"\n'
            "getattr(ai_service, «N»)()\n",
        },
    ),
    (
        "a whole name in a string",
        LEGACY,
        {
            "src/app.py": 'x = «"services.ai_service.AI" + "Service"»\n',
        },
    ),
    (
        "a method of pieces",
        LEGACY,
        {
            "src/app.py": "from services import ai_service\n"
            "from operator import attrgetter\n"
            'attrgetter(«"AI" + "Service"»)(ai_service)\n',
        },
    ),
    (
        "pieces of a flag",
        FLAG,
        {
            "src/app.py": 'import os\nos.environ.get(«"USE_" + "V2"»)\n',
        },
    ),
]


@pytest.mark.parametrize(
    ("forbid", "files"),
    [pytest.param(b, f, id=name) for name, b, f in INNOCENT + GUILTY],
)
def test_what_pieces_say(forbid: Forbid, files: Files) -> None:
    plain = stripped(files)
    found = judged(plain, forbid)
    assert marked({**WORLD, **plain}, found) == {**WORLD, **files}
