"""forbidden-symbol: names in one file, and which of them mean the legacy class."""

from __future__ import annotations

import pytest

from support.symbols import judged, marked, stripped

INNOCENT = [
    ("an empty file", ""),
    ("a comment names it", "# services.ai_service.AIService is gone\nx = 1\n"),
    (
        "a docstring names it",
        '"""Like services.ai_service.AIService."""\n'
        "class C:\n"
        '    """services.ai_service.AIService"""\n'
        "    def f(self):\n"
        '        "services.ai_service.AIService"\n'
        "    async def g(self):\n"
        "        r'''services.ai_service.AIService'''\n",
    ),
    ("prose in a string mentions it", 'print("AIService of services.ai_service!")\n'),
    ("the replacement", "from services.v2 import AIService\nAIService()\n"),
    (
        "another package's class",
        "from other.ai_service import AIService\nAIService()\n",
    ),
    ("a longer package name", "import myservices.ai_service as s\ns.AIService\n"),
    ("a package inside another", "from vendor.services.ai_service import AIService\n"),
    ("a longer module name", "from services.ai_service_v2 import AIService\n"),
    (
        "a longer class name",
        "from services.ai_service import AIServiceV2\nAIServiceV2()",
    ),
    (
        "another name of the module",
        "from services.ai_service import helper\nhelper()\n",
    ),
    ("the module without the class", "import services.ai_service\n"),
    ("the package", "import services\nservices.v2.AIService()\n"),
    ("a class of the file itself", "class AIService: ...\nAIService()\n"),
    ("a function of the file itself", "def AIService(): ...\nAIService()\n"),
    ("a name that nothing binds", "AIService()\n"),
    ("an attribute of something", "def f(x): return x.AIService\n"),
    ("an attribute of an object", "self.services.ai_service.AIService()\n"),
    ("an attribute of a call", "services().ai_service.AIService()\n"),
    ("a keyword argument", "f(AIService=1)\n"),
    ("a dictionary's key", 'd = {"AIService": 1}\nd["AIService"]\n'),
    ("a parameter", "def f(AIService): return AIService()\n"),
    ("a keyword-only parameter", "def f(*, AIService=None): return AIService\n"),
    ("a positional-only parameter", "def f(AIService, /): return AIService\n"),
    ("*args of that name", "def f(*AIService): return AIService\n"),
    ("**kwargs of that name", "def f(**AIService): return AIService\n"),
    ("a lambda's parameter", "g = lambda AIService: AIService()\n"),
    (
        "a parameter shadows the package",
        "import services\ndef f(services): return services.ai_service.AIService\n",
    ),
    (
        "a local shadows the package",
        "import services\ndef f():\n"
        "    services = load()\n    return services.ai_service.AIService\n",
    ),
    (
        "a loop variable",
        "for AIService in (1, 2):\n    print(AIService)\nprint(AIService)\n",
    ),
    (
        "an exception's name, in a function that has no other left",
        "def f():\n    import services.ai_service as s\n    try:\n        return\n"
        "    except E as s:\n        pass\n    s.AIService()\n",
    ),
    ("an exception's name", "try: ...\nexcept E as AIService:\n    raise AIService\n"),
    ("a with target", "with f() as AIService:\n    AIService.x\n"),
    ("a with target in a tuple", "with f() as (a, AIService):\n    AIService.x\n"),
    ("a walrus", "if (AIService := f()):\n    AIService()\n"),
    ("a starred target", "a, *AIService = f()\nAIService\n"),
    ("a chained target", "a = AIService = f()\nAIService()\n"),
    ("an annotated target", "AIService: int = 1\nAIService\n"),
    ("a comprehension's variable", "print([AIService for AIService in x])\n"),
    ("a dict comprehension's", "print({AIService: b for AIService, b in x})\n"),
    ("a generator's", "print(any(AIService for AIService in x))\n"),
    ("another import under that name", "import other as AIService\nAIService()\n"),
    ("a module called so", "import AIService\nAIService.x()\n"),
    ("a match capture", "match f():\n    case AIService:\n        print(AIService)\n"),
    ("a match star", "match f():\n    case [_, *AIService]:\n        AIService()\n"),
    ("a match rest", "match f():\n    case {**AIService}:\n        AIService()\n"),
    ("a match as", "match f():\n    case 1 | 2 as AIService:\n        AIService()\n"),
    ("a match keyword", "match f():\n    case C(AIService=1): ...\n"),
    ("a Literal's text", 'from typing import Literal\nx: Literal["AIService"] = 1\n'),
    (
        "a Literal's text beside the import of V2",
        "from typing import Literal\nfrom services.v2 import AIService\n"
        'x: Literal["AIService"]\ny: "AIService"\n',
    ),
    (
        "a quoted name that means V2",
        'from services.v2 import AIService\nx: "AIService"\n',
    ),
    (
        "a type comment of V2",
        "from services.v2 import AIService\nx = f()  # type: AIService\n",
    ),
    ("type: ignore", "x = 1  # type: ignore[AIService]\n"),
    (
        "a class attribute inside its class",
        "class C:\n    AIService = 1\n    print(AIService)\n",
    ),
    (
        "a method called so",
        "class C:\n    def AIService(self): ...\n    def f(self): self.AIService()\n",
    ),
    ("an enum's member", "class E:\n    AIService = 1\nE.AIService\n"),
    (
        "a type parameter of a function",
        "def f[AIService](x: AIService) -> AIService: ...\n",
    ),
    ("a type parameter of a class", "class C[AIService]:\n    x: AIService\n"),
    ("a type parameter of an alias", "type X[AIService] = list[AIService]\n"),
    ("an alias statement of that name", "type AIService = int\nx: AIService\n"),
    ("the text of an f-string", 'x = f"AIService {y}"\n'),
    ("a string inside an f-string", "x = f\"{d['AIService']}\"\n"),
    (
        "a function that imports it says nothing of others",
        "from services.v2 import AIService\n"
        "def f():\n    from services.ai_service import «AIService»\n"
        "    return «AIService»()\n"
        "def g(): return AIService()\n",
    ),
    (
        "after it was replaced",
        "from services.ai_service import «AIService»\n"
        "from services.v2 import AIService\n"
        "AIService()\n"
        "def f(): return AIService()\n",
    ),
    (
        "a local that replaces it",
        "from services.ai_service import «AIService»\n"
        "def f():\n    AIService = g()\n    return AIService()\n",
    ),
    (
        "a nonlocal of the function around",
        "def f():\n    AIService = 1\n    def g():\n"
        "        nonlocal AIService\n        AIService = 2\n"
        "        return AIService\n    return g\n",
    ),
    (
        "a class body does not reach its methods",
        "class C:\n    from services.ai_service import «AIService»\n"
        "    x = «AIService»()\n"
        "    def f(self): return AIService()\n",
    ),
    (
        "aliases of the replacement",
        "from services.v2 import AIService as A\nB = A\nB()\n",
    ),
    ("getattr of something else", 'x = getattr(thing, "AIService")\n'),
    (
        "getattr does not normalise",
        'from services import ai_service\ngetattr(ai_service, "ＡＩＳｅｒｖｉｃｅ")\n',
    ),
    (
        "a parameter shadows the import",
        "from services.ai_service import «AIService»\n"
        "def f(AIService): return AIService()\n",
    ),
    (
        "a lambda's parameter shadows the import",
        "from services.ai_service import «AIService»\n"
        "f = lambda AIService: AIService.run\n",
    ),
    (
        "a comprehension's variable shadows the import",
        "from services.ai_service import «AIService»\n"
        "x = [AIService() for AIService in y]\n",
    ),
    (
        "a nested comprehension's variable shadows the import",
        "from services.ai_service import «AIService»\n"
        "x = [AIService for z in y for AIService in z]\n",
    ),
    (
        "a local import of V2 shadows the import",
        "from services.ai_service import «AIService»\n"
        "def f():\n"
        "    from services.v2 import AIService\n"
        "    return AIService()\n",
    ),
    (
        "a local class shadows the import",
        "from services.ai_service import «AIService»\n"
        "def f():\n"
        "    class AIService: ...\n"
        "    return AIService()\n",
    ),
    (
        "a local function shadows the import",
        "from services.ai_service import «AIService»\n"
        "def f():\n"
        "    def AIService(): ...\n"
        "    return AIService()\n",
    ),
    (
        "a local bound below its use",
        "from services.ai_service import «AIService»\n"
        "def f():\n"
        "    print(AIService)\n"
        "    AIService = 1\n",
    ),
    (
        "a loop's variable in a function shadows the import",
        "from services.ai_service import «AIService»\n"
        "def f():\n"
        "    for AIService in y:\n"
        "        AIService()\n",
    ),
    (
        "a with target in a function shadows the import",
        "from services.ai_service import «AIService»\n"
        "def f():\n"
        "    with y as AIService:\n"
        "        AIService()\n",
    ),
    (
        "an exception's name in a function shadows the import",
        "from services.ai_service import «AIService»\n"
        "def f():\n"
        "    try: ...\n"
        "    except E as AIService:\n"
        "        AIService.x\n",
    ),
    (
        "a walrus in a function shadows the import",
        "from services.ai_service import «AIService»\n"
        "def f():\n"
        "    if AIService := g():\n"
        "        AIService()\n",
    ),
    (
        "a walrus in a comprehension binds the function's name",
        "from services.ai_service import «AIService»\n"
        "def f():\n"
        "    [AIService := z for z in y]\n"
        "    AIService()\n",
    ),
    (
        "a match capture in a function shadows the import",
        "from services.ai_service import «AIService»\n"
        "def f(x):\n"
        "    match x:\n"
        "        case AIService:\n"
        "            AIService()\n",
    ),
    (
        "a local is deleted and stays local",
        "from services.ai_service import «AIService»\n"
        "def f():\n"
        "    AIService = 1\n"
        "    del AIService\n"
        "    AIService\n",
    ),
    (
        "V2 in both branches after the import",
        "from services.ai_service import «AIService»\n"
        "if x:\n"
        "    from services.v2 import AIService\n"
        "else:\n"
        "    AIService = None\n"
        "AIService()\n",
    ),
    (
        "V2 in a try and in its handler",
        "from services.ai_service import «AIService»\n"
        "try:\n"
        "    from services.v2 import AIService\n"
        "except E:\n"
        "    AIService = None\n"
        "AIService()\n",
    ),
    (
        "V2 in a finally",
        "from services.ai_service import «AIService»\n"
        "try: ...\n"
        "finally:\n"
        "    from services.v2 import AIService\n"
        "AIService()\n",
    ),
    (
        "a branch that raises holds the import",
        "if x:\n"
        "    from services.ai_service import «AIService»\n"
        "    raise E\n"
        "else:\n"
        "    from services.v2 import AIService\n"
        "AIService()\n",
    ),
    (
        "a class attribute of that name, by its class",
        "from services.ai_service import «AIService»\n"
        "class C:\n"
        "    AIService = 1\n"
        "C.AIService, C().AIService\n",
    ),
    (
        "an attribute stored over, by its path",
        "import services.ai_service as s\nself.AIService = 1\nself.AIService()\n",
    ),
    (
        "the package's other module of that name",
        "import services.v2 as ai_service\nai_service.AIService()\n",
    ),
    (
        "a renamed replacement called ai_service",
        "from services import v2 as ai_service\nai_service.AIService()\n",
    ),
    (
        "a module alias that was bound anew",
        "import services.ai_service as s\nimport services.v2 as s\ns.AIService()\n",
    ),
    (
        "an import in another function",
        "def f():\n"
        "    from services.ai_service import «AIService»\n"
        "def g():\n"
        "    return AIService\n",
    ),
    (
        "an import in another class",
        "class A:\n"
        "    from services.ai_service import «AIService»\n"
        "class B:\n"
        "    x = AIService\n",
    ),
    (
        "a keyword of the imported name",
        "from services.ai_service import «AIService»\nf(AIService=1)\n",
    ),
    (
        "an attribute of another object",
        "from services.ai_service import «AIService»\nx.AIService()\n",
    ),
    (
        "the name in an f-string's text after the import",
        'from services.ai_service import «AIService»\nx = f"AIService {y} AIService"\n',
    ),
    (
        "a Literal's text after the import",
        "from typing import Literal\n"
        "from services.ai_service import «AIService»\n"
        'x: Literal["AIService"]\n',
    ),
    (
        "a string that is only the name after the import",
        'from services.ai_service import «AIService»\nx = ["AIService"]\n',
    ),
    (
        "a comment after the import",
        "from services.ai_service import «AIService»\n"
        "# AIService()\n"
        "x = 1  # AIService\n",
    ),
    (
        "a type parameter shadows the import",
        "from services.ai_service import «AIService»\n"
        "def f[AIService](x: AIService) -> AIService: ...\n",
    ),
    (
        "a class pattern of V2",
        "from services.v2 import AIService\nmatch x:\n    case AIService(): ...\n",
    ),
    (
        "a decorator of V2",
        "from services.v2 import AIService\n@AIService\ndef f(): ...\n",
    ),
    (
        "a metaclass of V2",
        "from services.v2 import AIService\nclass C(metaclass=AIService): ...\n",
    ),
    (
        "an alias of V2 under the old module's name",
        "from services.v2 import AIService\nai_service = AIService\nai_service()\n",
    ),
    (
        "a type parameter of a class or an alias shadows the import",
        "from services.ai_service import «AIService»\n"
        "class C[AIService](B[AIService]):\n    x: AIService\n"
        "    def f(self) -> AIService: return AIService\n"
        "type X[AIService] = list[AIService]\n",
    ),
]

GUILTY = [
    (
        "V1 in the branch that ends, V2 in the one that goes on",
        "def f(c):\n    if c:\n        from services.v2 import AIService\n"
        "    else:\n        from services.ai_service import «AIService»\n"
        "        return «AIService»\n    AIService()\n",
    ),
    (
        "V1 in one of two branches that end",
        "def f(c, d):\n    if c:\n        from services.v2 import AIService\n"
        "    elif d:\n        from services.ai_service import «AIService»\n"
        "        return «AIService»\n    else:\n        raise E\n    AIService()\n",
    ),
    (
        "a lambda in a comprehension of a function",
        "def f(xs):\n    from services.ai_service import «AIService»\n"
        "    return [lambda: «AIService»() for x in xs]\n",
    ),
    (
        "a lambda in a comprehension of a class, which does not see the class's names",
        "from services.ai_service import «AIService»\nclass C:\n    AIService = 1\n"
        "    fs = [lambda: «AIService»() for x in xs]\n",
    ),
    ("a plain import", "from services.ai_service import «AIService»\n"),
    (
        "stored by a function in what is not its own",
        "from services.ai_service import «AIService»\n"
        "def f():\n    app.service = «AIService»()\n    «app.service.run»()\n",
    ),
    ("an alias", "from services.ai_service import «AIService» as A\n«A»()\n"),
    (
        "among others, on many lines",
        "from services.ai_service import (\n    helper,\n    «AIService»,  # V1\n)\n",
    ),
    (
        "used as a bare name",
        "from services.ai_service import «AIService»\n«AIService»()\n",
    ),
    (
        "two on a line",
        "from services.ai_service import «AIService»; «AIService»; x = «AIService»\n",
    ),
    (
        "the whole path",
        "import services.ai_service\n«services.ai_service.AIService»()\n",
    ),
    ("only the package imported", "import services\n«services.ai_service.AIService»\n"),
    (
        "another module of the package imported",
        "import services.v2\n«services.ai_service.AIService»\n",
    ),
    ("the module renamed", "import services.ai_service as s\n«s.AIService»()\n"),
    ("the package renamed", "import services as s\n«s.ai_service.AIService»()\n"),
    (
        "the module from its package",
        "from services import ai_service\n«ai_service.AIService»\n",
    ),
    (
        "the module from its package, renamed",
        "from services import ai_service as s\n«s.AIService»\n",
    ),
    (
        "what hangs on it",
        "from services import ai_service\n«ai_service.AIService».make().run()\n",
    ),
    (
        "spread over lines",
        "import services.ai_service\nx = (services\n    . ai_service  # here\n    . AIService)\n".replace(
            "services\n    . ai", "«services\n    . ai"
        ).replace("AIService)", "AIService»)"),
    ),
    (
        "a backslash inside",
        "import services.ai_service\n«services \\\n  .ai_service. \\\n AIService»()\n",
    ),
    ("a star", "from services.ai_service import «*»\n«AIService»()\n"),
    (
        "a base class",
        "from services.ai_service import «AIService»\nclass C(«AIService»): ...\n",
    ),
    (
        "a decorator",
        "from services import ai_service\n@«ai_service.AIService».wrap\ndef f(): ...\n",
    ),
    (
        "annotations",
        "from services.ai_service import «AIService»\n"
        "x: «AIService»\n"
        "def f(a: «AIService», *b: «AIService», c: «AIService» = 1, **d: «AIService»)"
        " -> «AIService»: ...\n",
    ),
    (
        "a quoted annotation",
        "from services.ai_service import «AIService»\n"
        'x: "«AIService»"\ndef f(a: "list[«AIService»]") -> "«AIService» | None": ...\n',
    ),
    (
        "a quoted part of an annotation",
        "from typing import Optional\nfrom services.ai_service import «AIService»\n"
        'x: Optional["«AIService»"]\n',
    ),
    (
        "a quoted dotted annotation",
        'import services.ai_service\nx: "«services.ai_service.AIService»"\n',
    ),
    (
        "a cast and a bound",
        "from typing import TypeVar, cast\nfrom services.ai_service import «AIService»\n"
        'cast("«AIService»", x)\nT = TypeVar("T", bound="«AIService»")\n',
    ),
    (
        "a type comment",
        "from services.ai_service import «AIService»\nx = f()  # type: «AIService»\n",
    ),
    (
        "a function's type comment",
        "from services.ai_service import «AIService»\n"
        "def f(a, b):\n    # type: (int, «AIService») -> None\n    ...\n",
    ),
    (
        "type checking only",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n"
        "    from services.ai_service import «AIService»\n",
    ),
    (
        "an f-string",
        'from services.ai_service import «AIService»\nx = f"a {«AIService».name!r:>10} b"\n',
    ),
    (
        "an f-string's format",
        'from services.ai_service import «AIService»\nx = f"{y:{«AIService».width}}"\n',
    ),
    (
        "an f-string with its own text",
        'from services.ai_service import «AIService»\nx = f"{«AIService»=}"\n',
    ),
    (
        "an f-string inside an f-string",
        "from services.ai_service import «AIService»\nx = f\"{f'{«AIService»}'}\"\n",
    ),
    (
        "an f-string that reuses its quotes",
        'from services.ai_service import «AIService»\nx = f"{d["a"]} {f"{«AIService»}"}"\n',
    ),
    (
        "an f-string over lines",
        "from services.ai_service import «AIService»\n"
        'x = f"""é\n{\n  «AIService»\n}"""\n',
    ),
    (
        "a default",
        "from services.ai_service import «AIService»\ndef f(AIService=«AIService»): ...\n",
    ),
    (
        "a lambda's default",
        "from services.ai_service import «AIService»\ng = lambda x=«AIService»: 1\n",
    ),
    (
        "a parameter whose default it is may be it",
        "from services.ai_service import «AIService»\n"
        "def f(cls=«AIService»): return «cls»()\n",
    ),
    (
        "a comprehension",
        "from services.ai_service import «AIService»\n[«AIService»() for x in y]\n"
        "{«AIService»: 1 for x in y}\n[x for x in y if «AIService»]\n",
    ),
    (
        "the first iterable belongs to the outside",
        "from services.ai_service import «AIService»\n"
        "[AIService for AIService in «AIService».all()]\n",
    ),
    (
        "a comprehension in a class skips the class",
        "from services.ai_service import «AIService»\nclass C:\n"
        "    AIService = 1\n    y = [«AIService» for x in AIService]\n",
    ),
    (
        "a method skips its class",
        "from services.ai_service import «AIService»\nclass C:\n"
        "    AIService = 1\n    def f(self): return «AIService»\n",
    ),
    (
        "a match class",
        "from services.ai_service import «AIService»\nmatch x:\n"
        "    case «AIService»(a=1): ...\n    case [{'k': «AIService»()}]: ...\n",
    ),
    (
        "a match value",
        "from services import ai_service\nmatch x:\n"
        "    case «ai_service.AIService».MODE | «ai_service.AIService»(): ...\n",
    ),
    (
        "a match guard and subject",
        "from services.ai_service import «AIService»\nmatch «AIService»():\n"
        "    case 1 if «AIService»: ...\n",
    ),
    (
        "except, raise, with, for, del, assert, await, yield, return",
        "from services.ai_service import «AIService»\n"
        "async def f():\n"
        "    try: ...\n    except «AIService»: raise «AIService»()\n"
        "    with «AIService»() as a: ...\n"
        "    for x in «AIService»: assert «AIService», «AIService»\n"
        "    await «AIService»\n    yield «AIService»\n    return\n"
        "del «AIService»\n",
    ),
    (
        "except groups",
        "from services.ai_service import «AIService»\n"
        "try: ...\nexcept* (A, «AIService»): ...\n",
    ),
    (
        "operators, slices, stars, conditions",
        "from services.ai_service import «AIService»\n"
        "x = a[«AIService»:] + [*«AIService»] if «AIService» else {**«AIService»}\n"
        "f(*«AIService», k=«AIService», **«AIService»)\nnot «AIService» < «AIService»\n",
    ),
    (
        "an attribute that is set or deleted",
        "import services.ai_service\n«services.ai_service.AIService» = Fake\n"
        "del «services.ai_service.AIService»\n",
    ),
    (
        "the bound of a type parameter",
        "from services.ai_service import «AIService»\n"
        "def f[T: «AIService»](x: T): ...\nclass C[T: («AIService», int)]: ...\n"
        "type X = list[«AIService»]\n",
    ),
    (
        "the default of a type parameter",
        "from services.ai_service import «AIService»\nclass C[T = «AIService»]: ...\n",
    ),
    (
        "an alias of the name",
        "from services.ai_service import «AIService»\nService = «AIService»\n"
        "«Service»()\nOther = «Service»\n«Other».make()\n",
    ),
    (
        "an alias inside a function",
        "from services import ai_service\ndef f():\n"
        "    cls = «ai_service.AIService»\n    return «cls»()\n",
    ),
    (
        "an alias of the module",
        "import services.ai_service\nm = services.ai_service\n«m.AIService»\n",
    ),
    (
        "an alias by walrus",
        "from services.ai_service import «AIService»\n"
        "if (A := «AIService»):\n    «A»()\n",
    ),
    (
        "an alias in a tuple",
        "from services.ai_service import «AIService»\nA, n = «AIService», 1\n«A»()\nn\n",
    ),
    (
        "an alias with an annotation",
        "from services.ai_service import «AIService»\nA: type = «AIService»\n«A»()\n",
    ),
    (
        "V1 above and V2 below",
        "from services.ai_service import «AIService»\n«AIService»()\n"
        "from services.v2 import AIService\nAIService()\n",
    ),
    (
        "V2 above and V1 below",
        "from services.v2 import AIService\nAIService()\n"
        "from services.ai_service import «AIService»\n«AIService»()\n",
    ),
    (
        "one branch of two",
        "if old:\n    from services.ai_service import «AIService»\n"
        "else:\n    from services.v2 import AIService\n«AIService»()\n",
    ),
    (
        "a fallback",
        "try:\n    from services.v2 import AIService\nexcept ImportError:\n"
        "    from services.ai_service import «AIService»\n«AIService»()\n",
    ),
    (
        "bound later in a loop",
        "from services.v2 import AIService\nfor i in x:\n    «AIService»()\n"
        "    from services.ai_service import «AIService»\n",
    ),
    (
        "a function called before and after",
        "from services.v2 import AIService\ndef f(): return «AIService»()\n"
        "from services.ai_service import «AIService»\n",
    ),
    (
        "a global bound in a function",
        "def load():\n    global AIService\n"
        "    from services.ai_service import «AIService»\n"
        "def use(): return «AIService»()\n",
    ),
    (
        "a nonlocal bound in a function",
        "def f():\n    AIService = None\n    def load():\n"
        "        nonlocal AIService\n"
        "        from services.ai_service import «AIService»\n"
        "    load()\n    return «AIService»()\n",
    ),
    (
        "a local import",
        "def f():\n    import services.ai_service as s\n    return «s.AIService»()\n",
    ),
    (
        "a function uses what is imported further down",
        "def f(): return «AIService»()\nfrom services.ai_service import «AIService»\n",
    ),
    (
        "a nested function",
        "def f():\n    from services.ai_service import «AIService»\n"
        "    def g():\n        return lambda: «AIService»\n    return g\n",
    ),
    (
        "a loop that may be left early",
        "from services.v2 import AIService\nfor i in x:\n"
        "    from services.ai_service import «AIService»\n"
        "    if i: break\n    from services.v2 import AIService\n"
        "«AIService»()\n",
    ),
    (
        "a branch that ends decides what comes after",
        "def f():\n    if old:\n        from services.ai_service import «AIService»\n"
        "        return «AIService»()\n    else:\n"
        "        from services.v2 import AIService\n    return AIService()\n",
    ),
    (
        "elements of a loop",
        "from services.ai_service import «AIService»\n"
        "for cls in («AIService», int):\n    «cls»()\n",
    ),
    (
        "a generic class",
        "from services.ai_service import «AIService»\nA = «AIService»[int]\n«A»()\n",
    ),
    (
        "a keyword of a class statement",
        "from services.ai_service import «AIService»\n"
        "class C(metaclass=«AIService»): ...\n",
    ),
    (
        "a comment on a loop's and a with's target",
        "from services.ai_service import «AIService»\n"
        "for x in y:  # type: «AIService»\n    pass\n"
        "with f() as z:  # type: «AIService»\n    pass\n",
    ),
    (
        "a match class inside a sequence inside a mapping",
        "from services.ai_service import «AIService»\nmatch x:\n"
        "    case {'a': [(«AIService»() | 1) as y, *_], **z}: ...\n",
    ),
    (
        "a full-width spelling",
        "from services.ai_service import «ＡＩＳｅｒｖｉｃｅ»\n«ＡＩＳｅｒｖｉｃｅ»()\n"
        "«AIService»()\n",
    ),
    (
        "a module spelled with a long s",
        "import ſervices.ai_ſervice\n«services.ai_ſervice.AIService»()\n",
    ),
    (
        "another tool's noqa",
        "from services.ai_service import «AIService»  # noqa: TID251\n# ruff: noqa\n",
    ),
    (
        "columns count characters",
        "from services.ai_service import «AIService»\n"
        "x = 'é\N{GRINNING FACE}ü', «AIService», 'é', «AIService»\n",
    ),
    (
        "print of an old and a new Python's syntax together",
        "from services.ai_service import «AIService»\n"
        "def f(a, /, *, b): return (y := «AIService»)\n",
    ),
    (
        "a type parameter hides the import no longer than its scope",
        "from services.ai_service import «AIService»\n"
        "def f[AIService](x: AIService): ...\nclass C[AIService]: ...\n"
        "type X[AIService] = AIService\n«AIService»()\n",
    ),
]


@pytest.mark.parametrize(
    "source", [pytest.param(s, id=name) for name, s in INNOCENT + GUILTY]
)
def test_what_a_name_means(source: str) -> None:
    files = stripped({"src/app.py": source})
    assert marked(files, judged(files)) == {"src/app.py": source}


@pytest.mark.parametrize(
    "statement",
    [
        "match x:\n  case [AIService, _] as y: ...",
        "match x:\n  case C(AIService): ...",
        "match x:\n  case C(a=AIService): ...",
        "match x:\n  case {'a': AIService}: ...",
        "match x:\n  case (1, AIService): ...",
        "match x:\n  case [AIService] | (_, AIService): ...",
        "match x:\n  case [*AIService]: ...",
        "match x:\n  case {**AIService}: ...",
        "for a, AIService in x: ...",
        "for a in x: AIService = a",
        "for a in x: ...\n else: AIService = 1",
        "while x: AIService = 1",
        "if x: AIService = 1",
        "if x: ...\n else: AIService = 1",
        "if x:\n  AIService = 1",
        "with x as AIService: ...",
        "with x: AIService = 1",
        "try: AIService = 1\n except E: ...",
        "try: ...\n except E as AIService: ...",
        "try: ...\n except E: AIService = 1",
        "try: ...\n except* E as AIService: ...",
        "try: ...\n except E: ...\n else: AIService = 1",
        "try: ...\n finally: AIService = 1",
        "import AIService",
        "import AIService.x",
        "import a as AIService",
        "from a import AIService",
        "from a import b as AIService",
        "[AIService, a] = x",
        "a, *AIService = x",
        "AIService: int",
        "AIService += 1",
        "del AIService",
        "print(AIService := x)",
        "def AIService(): ...",
        "class AIService: ...",
    ],
)
def test_what_a_function_binds_is_its_own(statement: str) -> None:
    source = (
        "from services.ai_service import «AIService»\ndef f(x):\n"
        f" if AIService: ...\n {statement}\n AIService()\n"
    )
    files = stripped({"src/app.py": source})
    assert marked(files, judged(files)) == {"src/app.py": source}
