"""forbidden-symbol: what flows through methods, generators and containers of a file."""

from __future__ import annotations

import pytest

from backout.core.policy import Forbid
from support.symbols import METHOD, WORLD, Files, judged, marked, stripped

INNOCENT: list[tuple[str, Forbid, Files]] = [
    (
        "a tuple and a dictionary of objects that stars collect",
        METHOD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "def f(*xs: AIService, **ks: AIService):\n"
            "    xs.set_mode(1)\n"
            "    ks.set_mode(1)\n",
        },
    ),
    (
        "a function that is inherited, or the subclass's own",
        Forbid(symbol="services.ai_service.AIService.run"),
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "class B(AIService):\n"
            "    def run(self): ...\n"
            "y = B.run\n"
            "y()\n",
        },
    ),
    (
        "a returned method of the replacement",
        METHOD,
        {
            "src/app.py": "from services.v2 import AIService\n"
            "def pick():\n"
            "    return AIService.set_mode\n"
            "f = pick()\n"
            "f(1)\n",
        },
    ),
    (
        "another method returned",
        METHOD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "def pick():\n"
            "    return AIService.run\n"
            "f = pick()\n"
            "f(1)\n",
        },
    ),
    (
        "a function that is not called",
        METHOD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "def pick():\n"
            "    return «AIService.set_mode»\n"
            "f = pick\n"
            "f\n",
        },
    ),
    (
        "a method that is not called",
        METHOD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "class C:\n"
            "    def svc(self) -> AIService: ...\n"
            "    def use(self):\n"
            "        self.svc.set_mode(1)\n",
        },
    ),
    (
        "a property of another class",
        METHOD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "class C:\n"
            "    @property\n"
            "    def svc(self) -> AIService: ...\n"
            "class D:\n"
            "    def use(self):\n"
            "        self.svc.set_mode(1)\n",
        },
    ),
    (
        "a property that is called",
        METHOD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "class C:\n"
            "    @property\n"
            "    def svc(self) -> AIService: ...\n"
            "    def use(self):\n"
            "        C.svc.set_mode(1)\n",
        },
    ),
    (
        "a method of the same name that gives the replacement",
        METHOD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "from services.v2 import AIService as New\n"
            "class C:\n"
            "    def svc(self): return New()\n"
            "    def use(self):\n"
            "        self.svc().set_mode(1)\n",
        },
    ),
    (
        "a list of the replacement",
        METHOD,
        {
            "src/app.py": "from services.v2 import AIService\n"
            "def f(xs: list[AIService]):\n"
            "    for i, x in enumerate(xs):\n"
            "        x.set_mode(1)\n",
        },
    ),
    (
        "the number of an enumeration",
        METHOD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "def f(xs: list[AIService]):\n"
            "    for i, x in enumerate(xs):\n"
            "        i.set_mode(1)\n",
        },
    ),
    (
        "the other half of a zip",
        METHOD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "from services.v2 import AIService as New\n"
            "def f(xs: list[AIService], ys: list[New]):\n"
            "    for y, x in zip(ys, xs):\n"
            "        y.set_mode(1)\n",
        },
    ),
    (
        "keys of a mapping",
        METHOD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "def f(xs: dict[str, AIService]):\n"
            "    for k in xs:\n"
            "        k.set_mode(1)\n"
            "    for k, v in xs.items():\n"
            "        k.set_mode(1)\n",
        },
    ),
    (
        "a generator itself",
        METHOD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "def each():\n"
            "    yield AIService()\n"
            "each().set_mode(1)\n",
        },
    ),
    (
        "a generator of the replacement",
        METHOD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "from services.v2 import AIService as New\n"
            "def each():\n"
            "    yield New()\n"
            "for x in each():\n"
            "    x.set_mode(1)\n",
        },
    ),
    (
        "a list filled with the replacement",
        METHOD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "from services.v2 import AIService as New\n"
            "xs = []\n"
            "xs.append(New())\n"
            "for x in xs:\n"
            "    x.set_mode(1)\n",
        },
    ),
    (
        "a list of its own method",
        METHOD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "xs = [AIService()]\n"
            "xs.set_mode(1)\n"
            "list(xs).set_mode(1)\n"
            "xs[:].set_mode(1)\n",
        },
    ),
    (
        "a partial of the replacement",
        METHOD,
        {
            "src/app.py": "from services.v2 import AIService as New\n"
            "from functools import partial\n"
            "make = partial(New)\n"
            "make().set_mode(1)\n",
        },
    ),
]

GUILTY: list[tuple[str, Forbid, Files]] = [
    (
        "an object under a key that is put together, and none under another",
        METHOD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "d = {'a' + 'b': AIService()}\n"
            "«d['ab'].set_mode»(1)\n"
            "d['c'].set_mode(1)\n",
        },
    ),
    (
        "a method that a function returns",
        METHOD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "def pick():\n"
            "    return «AIService.set_mode»\n"
            "f = pick()\n"
            "«f»(1)\n",
        },
    ),
    (
        "an object's method that a function returns",
        METHOD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "def pick(s: AIService):\n"
            "    return «s.set_mode»\n"
            "f = pick(x)\n"
            "«f»(1)\n",
        },
    ),
    (
        "a method that a lambda gives",
        METHOD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "pick = lambda: «AIService.set_mode»\n"
            "f = pick()\n"
            "«f»(1)\n",
        },
    ),
    (
        "a method that a method returns",
        METHOD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "class C:\n"
            "    def pick(self):\n"
            "        return «AIService.set_mode»\n"
            "    def use(self):\n"
            "        f = self.pick()\n"
            "        «f»(1)\n",
        },
    ),
    (
        "an object that a method returns",
        METHOD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "class C:\n"
            "    def svc(self): return AIService()\n"
            "    def use(self):\n"
            "        «self.svc().set_mode»(1)\n",
        },
    ),
    (
        "an object that a method promises",
        METHOD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "class C:\n"
            "    def svc(self) -> AIService: ...\n"
            "    def use(self):\n"
            "        «self.svc().set_mode»(1)\n",
        },
    ),
    (
        "a property of an object",
        METHOD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "class C:\n"
            "    @property\n"
            "    def svc(self) -> AIService: ...\n"
            "    def use(self):\n"
            "        «self.svc.set_mode»(1)\n",
        },
    ),
    (
        "a cached property without a type",
        METHOD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "from functools import cached_property\n"
            "class C:\n"
            "    @cached_property\n"
            "    def svc(self): return AIService()\n"
            "def use(c: C):\n"
            "    «c.svc.set_mode»(1)\n",
        },
    ),
    (
        "an inherited property",
        METHOD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "class B:\n"
            "    @property\n"
            "    def svc(self) -> AIService: ...\n"
            "class C(B):\n"
            "    def use(self):\n"
            "        «self.svc.set_mode»(1)\n",
        },
    ),
    (
        "items of a mapping",
        METHOD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "def f(xs: dict[str, AIService]):\n"
            "    for k, x in xs.items():\n"
            "        «x.set_mode»(1)\n",
        },
    ),
    (
        "an enumeration",
        METHOD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "def f(xs: list[AIService]):\n"
            "    for i, x in enumerate(xs):\n"
            "        «x.set_mode»(1)\n",
        },
    ),
    (
        "a zip",
        METHOD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "def f(xs: list[AIService]):\n"
            "    for i, x in zip(range(3), xs):\n"
            "        «x.set_mode»(1)\n",
        },
    ),
    (
        "the next of an iterator",
        METHOD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "def f(xs: list[AIService]):\n"
            "    «next(iter(xs)).set_mode»(1)\n",
        },
    ),
    (
        "a sorted list",
        METHOD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "def f(xs: list[AIService]):\n"
            "    for x in sorted(xs):\n"
            "        «x.set_mode»(1)\n",
        },
    ),
    (
        "a slice",
        METHOD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "xs = [AIService()]\n"
            "for x in xs[:]:\n"
            "    «x.set_mode»(1)\n",
        },
    ),
    (
        "a list that is filled",
        METHOD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "xs = []\n"
            "xs.append(AIService())\n"
            "for x in xs:\n"
            "    «x.set_mode»(1)\n",
        },
    ),
    (
        "a list that is extended",
        METHOD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "xs = []\n"
            "xs.extend([AIService()])\n"
            "for x in xs:\n"
            "    «x.set_mode»(1)\n",
        },
    ),
    (
        "a list that grew",
        METHOD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "xs = []\n"
            "xs += [AIService()]\n"
            "for x in xs:\n"
            "    «x.set_mode»(1)\n",
        },
    ),
    (
        "a copied list and a copied object",
        METHOD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "import copy\n"
            "xs = [AIService()]\n"
            "for x in xs.copy():\n"
            "    «x.set_mode»(1)\n"
            "«copy.copy(AIService()).set_mode»(1)\n",
        },
    ),
    (
        "a generator",
        METHOD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "def each():\n"
            "    yield AIService()\n"
            "for x in each():\n"
            "    «x.set_mode»(1)\n",
        },
    ),
    (
        "a generator of a generator",
        METHOD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "def each():\n"
            "    yield AIService()\n"
            "def every():\n"
            "    yield from each()\n"
            "for x in every():\n"
            "    «x.set_mode»(1)\n",
        },
    ),
    (
        "a context manager that is a generator",
        METHOD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "from contextlib import contextmanager\n"
            "@contextmanager\n"
            "def each():\n"
            "    yield AIService()\n"
            "with each() as x:\n"
            "    «x.set_mode»(1)\n",
        },
    ),
    (
        "a partial of the class",
        METHOD,
        {
            "src/app.py": "from services.ai_service import AIService\n"
            "from functools import partial\n"
            "make = partial(AIService)\n"
            "«make().set_mode»(1)\n",
        },
    ),
    (
        "a function that is the class's own, or inherited from it",
        Forbid(symbol="services.ai_service.AIService"),
        {
            "src/app.py": "from services.ai_service import «AIService»\n"
            "class B(«AIService»):\n"
            "    pass\n"
            "if B:\n"
            "    y = B.run\n"
            "else:\n"
            "    y = «AIService».run\n"
            "«y»()\n",
        },
    ),
]


@pytest.mark.parametrize(
    ("forbid", "files"),
    [pytest.param(b, f, id=name) for name, b, f in INNOCENT + GUILTY],
)
def test_what_flows_where(forbid: Forbid, files: Files) -> None:
    plain = stripped(files)
    found = judged(plain, forbid)
    assert marked({**WORLD, **plain}, found) == {**WORLD, **files}


@pytest.mark.parametrize(
    "container",
    [
        "list", "List", "tuple", "Tuple", "set", "Set", "frozenset", "FrozenSet",
        "deque", "Deque", "Sequence", "MutableSequence", "Collection", "Iterable",
        "Iterator", "AsyncIterable", "AsyncIterator", "Generator", "AsyncGenerator",
    ],
)  # fmt: skip
def test_a_container_holds_what_its_annotation_says(container: str) -> None:
    source = (
        "from services.ai_service import AIService\n"
        f"def f(xs: {container}[AIService]):\n"
        "    for x in xs:\n"
        "        «x.set_mode»(1)\n"
    )
    files = stripped({"src/app.py": source})
    assert marked(files, judged(files, METHOD)) == {"src/app.py": source}


@pytest.mark.parametrize(
    "mapping",
    [
        "dict", "Dict", "Mapping", "MutableMapping", "defaultdict", "DefaultDict",
        "OrderedDict",
    ],
)  # fmt: skip
def test_a_mapping_holds_the_last_of_its_annotation(mapping: str) -> None:
    source = (
        "from services.ai_service import AIService\n"
        f"def f(xs: {mapping}[str, AIService], ys: {mapping}[AIService, str]):\n"
        "    «xs['a'].set_mode»(1)\n"
        "    ys['a'].set_mode(1)\n"
        "    for x in xs.values():\n"
        "        «x.set_mode»(1)\n"
    )
    files = stripped({"src/app.py": source})
    assert marked(files, judged(files, METHOD)) == {"src/app.py": source}


@pytest.mark.parametrize(
    "wrapper",
    [
        "Optional", "Union", "Final", "ClassVar", "Annotated", "Required",
        "NotRequired", "ReadOnly", "TypeGuard", "TypeIs", "Awaitable",
    ],
)  # fmt: skip
def test_an_annotation_stands_for_what_it_wraps(wrapper: str) -> None:
    source = (
        "from services.ai_service import AIService\n"
        f"def f(x: {wrapper}[AIService]):\n"
        "    «x.set_mode»(1)\n"
    )
    files = stripped({"src/app.py": source})
    assert marked(files, judged(files, METHOD)) == {"src/app.py": source}
