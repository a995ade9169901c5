"""The way back runs: it imports nothing that goes, and needs nothing that is gone."""

from __future__ import annotations

import pytest

from backout.checks.legacy_alive import check
from backout.core.change import Change, whole
from backout.core.policy import Keep, Migration, Phase, Policy
from backout.core.tree import MemoryTree

POLICY = Policy(
    1,
    source_roots=("src",),
    migrations={
        "v2": Migration(
            id="v2",
            keep=(
                Keep(
                    ("src/old/", "scripts/batch.py"),
                    until_phase="9",
                    must_not_import=("core.agents", "core.new"),
                ),
            ),
            phases=(Phase("9"),),
        )
    },
)
FILES = {
    "src/old/__init__.py": "",
    "src/old/run.py": "from core import shared\n\nshared.work(mode=1)\n",
    "src/core/__init__.py": "",
    "src/core/shared.py": (
        "class Store:\n    def save(self, item, fast=False): ...\n"
        "    def load(self): ...\n\n\ndef work(mode=0, size=1): ...\n\n\nLIMIT = 3\n"
    ),
    "src/core/agents/__init__.py": "",
    "src/core/agents/profiler.py": "from core import shared\n",
    "src/core/new.py": "from core.agents import profiler\n",
    "scripts/batch.py": "import old.run\n",
}


def but(**changes: str | None) -> dict[str, str]:
    """The files with some changed; `__` is `/`, and `.py` is added."""
    files: dict[str, str | None] = dict(FILES)
    files.update({f"{n.replace('__', '/')}.py": text for n, text in changes.items()})
    return {path: text for path, text in files.items() if text is not None}


def said(head: dict[str, str], base: dict[str, str] | None = None) -> list[str]:
    change = Change(MemoryTree(FILES if base is None else base), MemoryTree(head))
    return [
        f"{f.rule} {f.place.path}:{f.place.line} {f.message.partition('. A roll')[0]}"
        for f in check(change, POLICY)
    ]


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(FILES, id="nothing changed"),
        pytest.param(
            but(src__core__new="import old.run\n"), id="the new code imports the old"
        ),
        pytest.param(
            but(
                src__old__run="try:\n    import core.new\nexcept ImportError:\n    pass\n"
            ),
            id="an import that may fail",
        ),
        pytest.param(
            but(
                src__old__run="from typing import TYPE_CHECKING\n"
                "if TYPE_CHECKING:\n    from core.new import New\n"
            ),
            id="an import for types alone",
        ),
        pytest.param(
            but(src__old__run="import core.newer\nimport agents\n"),
            id="names that begin alike",
        ),
        pytest.param(
            but(
                src__core__shared=FILES["src/core/shared.py"] + "\n\ndef more(): ...\n"
            ),
            id="more in a module that it uses",
        ),
        pytest.param(
            but(
                src__core__shared=FILES["src/core/shared.py"].replace("LIMIT = 3\n", "")
            ),
            id="a name goes that it does not use",
        ),
        pytest.param(
            but(
                src__core__shared="from core.elsewhere import work\n",
                src__core__elsewhere=FILES["src/core/shared.py"],
            ),
            id="a function moves, and its old place still names it",
        ),
        pytest.param(
            but(
                src__core__shared=FILES["src/core/shared.py"].replace(
                    "mode=0, size=1", "**options"
                )
            ),
            id="any keyword is taken",
        ),
        pytest.param(
            but(
                src__core__shared=FILES["src/core/shared.py"].replace(
                    "size=1", "count=1"
                )
            ),
            id="a keyword goes that it does not use",
        ),
    ],
)
def test_the_way_back_runs(head: dict[str, str]) -> None:
    assert said(head) == []


@pytest.mark.parametrize(
    ("head", "messages"),
    [
        pytest.param(
            but(src__old__run="from core.agents.profiler import Profiler\n"),
            [
                "legacy-imports-new src/old/run.py:1 The way back of v2 imports "
                "core.agents.profiler",
                "legacy-imports-new scripts/batch.py:1 The way back of v2 imports "
                "core.agents.profiler, by way of old.run -> core.agents.profiler",
            ],
            id="a module that goes",
        ),
        pytest.param(
            but(src__old__run="def run():\n    import core.new as new\n"),
            [
                "legacy-imports-new src/old/run.py:2 The way back of v2 imports core.new",
                "legacy-imports-new scripts/batch.py:1 The way back of v2 imports "
                "core.new, by way of old.run -> core.new",
            ],
            id="within a function",
        ),
        pytest.param(
            but(src__core__shared=FILES["src/core/shared.py"] + "from . import new\n"),
            [
                "legacy-imports-new src/old/run.py:1 The way back of v2 imports core.new, "
                "by way of core.shared -> core.new",
                "legacy-imports-new scripts/batch.py:1 The way back of v2 imports "
                "core.new, by way of old.run -> core.shared -> core.new",
            ],
            id="around another module",
        ),
        pytest.param(
            but(src__core__shared=None),
            [
                "legacy-broken src/old/run.py:1 The way back of v2 needs core.shared, "
                "which this change removes: falling back would fail here."
            ],
            id="a module it needs is deleted",
        ),
        pytest.param(
            but(
                src__core__shared=FILES["src/core/shared.py"].replace(
                    "def work", "def do_work"
                )
            ),
            [
                "legacy-broken src/old/run.py:3 The way back of v2 needs "
                "core.shared.work, which this change removes: falling back would fail "
                "here."
            ],
            id="a function it calls has another name",
        ),
        pytest.param(
            but(src__core__shared=FILES["src/core/shared.py"].replace("mode=0, ", "")),
            [
                "legacy-broken src/old/run.py:3 The way back of v2 needs the keyword "
                "mode of core.shared.work, removed by this change: falling back would "
                "fail here."
            ],
            id="a keyword it passes is gone",
        ),
    ],
)
def test_the_way_back_would_fail(head: dict[str, str], messages: list[str]) -> None:
    assert sorted(said(head)) == sorted(messages)


PLAIN = "class Point:\n    def __init__(self, x, y):\n        self.x = x\n        {y}\n"


@pytest.mark.parametrize(
    ("point", "gone"),
    [
        pytest.param(PLAIN.format(y="self.y: int = y"), [], id="set in __init__"),
        pytest.param(PLAIN.format(y="self.y, self.z = y"), [], id="set with another"),
        pytest.param(
            "class Base:\n    def move(this):\n        this.y = 1\n\n"
            "class Point(Base):\n    x = 1\n",
            [],
            id="set by a method of a base",
        ),
        pytest.param(PLAIN.format(y="self.size = y"), ["y"], id="set no more"),
        pytest.param(PLAIN.format(y="y.y = self.y"), ["y"], id="set on something else"),
    ],
)
def test_a_field_that_becomes_an_attribute(point: str, gone: list[str]) -> None:
    old = "from typing import NamedTuple\n\n\nclass Point(NamedTuple):\n    x: int\n    y: int\n"
    run = "from core.point import Point\n\n\ndef f(p: Point):\n    return p.x + p.y\n"
    base = but(src__old__run=run, src__core__point=old)
    messages = said({**base, "src/core/point.py": point}, base)
    assert messages == [
        f"legacy-broken src/old/run.py:5 The way back of v2 needs core.point.Point.{name}, "
        f"which this change removes: falling back would fail here."
        for name in gone
    ]


def test_a_method_that_it_calls_on_an_instance_is_gone() -> None:
    store = "from core.shared import Store\n\nstore = Store()\nstore.load()\n"
    base = but(src__old__run=store)
    head = {
        **base,
        "src/core/shared.py": FILES["src/core/shared.py"].replace(
            "    def load(self): ...\n", ""
        ),
    }
    assert said(head, base) == [
        "legacy-broken src/old/run.py:4 The way back of v2 needs core.shared.Store.load, "
        "which this change removes: falling back would fail here."
    ]


def test_a_module_without_a_name_in_it_is_deleted() -> None:
    base = but(src__old__run="import core.marker\n", src__core__marker="")
    head = {path: text for path, text in base.items() if "marker" not in path}
    assert said(head, base) == [
        "legacy-broken src/old/run.py:1 The way back of v2 needs core.marker, which this "
        "change removes: falling back would fail here."
    ]


def test_a_method_that_a_base_class_may_still_have() -> None:
    store = "from core.shared import Store\n\nstore = Store()\nstore.load()\n"
    base = but(src__old__run=store)
    head = {
        **base,
        "src/core/shared.py": "from elsewhere import Base\n\n\n"
        "class Store(Base):\n    def save(self, item, fast=False): ...\n\n\n"
        "def work(mode=0, size=1): ...\n",
    }
    assert said(head, base) == []


def test_what_was_wrong_before_is_told_of_a_whole_tree() -> None:
    files = but(src__old__run="import core.new\n")
    change = Change(MemoryTree(files), MemoryTree({**files, "README.md": "x"}))
    assert list(check(change, POLICY)) == []
    assert list(check(whole(MemoryTree(files)), POLICY)) != []


def test_another_way_to_what_it_imported_before_is_no_news() -> None:
    base = but(src__old__run="import core.new\n")
    head = {**base, "src/old/run.py": "import json\nimport core.new\n"}
    assert said(head, base) == []


def test_a_final_phase_ends_it() -> None:
    migration = POLICY.migrations["v2"]
    final = Migration(id="v2", keep=migration.keep, phases=(Phase("9", final=True),))
    policy = Policy(1, source_roots=("src",), migrations={"v2": final})
    change = whole(MemoryTree(but(src__old__run="import core.new\n")))
    assert list(check(change, policy)) == []


LAZY = "def main():\n    from core.agents import profiler\n\n    return profiler\n"
CLASS = "class Lazy:\n    def main(self):\n        import core.new\n"


@pytest.mark.parametrize(
    ("package", "run", "way"),
    [
        pytest.param(LAZY, "from core import shared\n", "", id="from it"),
        pytest.param(LAZY, "from core.shared import work\n", "", id="past it"),
        pytest.param(
            LAZY,
            "import core.shared\n\ncore.shared.work(mode=1)\n",
            "",
            id="by its full name",
        ),
        pytest.param(
            f"VERSION = 1\n\n\n{LAZY}",
            "from core import VERSION, shared\n",
            "",
            id="beside another name of it",
        ),
        pytest.param(CLASS, "from core import shared\n", "", id="a method of it"),
        pytest.param(
            "def a():\n    return b()\n\n\ndef b():\n    import core.new\n",
            "from core import shared\n",
            "",
            id="a function that only an idle one calls",
        ),
        pytest.param(
            LAZY, "from core import main\n", "core", id="the function is asked for"
        ),
        pytest.param(
            LAZY,
            "import core.shared\n\ncore.main()\n",
            "core",
            id="the function is called by its full name",
        ),
        pytest.param(
            LAZY,
            "import core.shared\n\nprint(core)\n",
            "core",
            id="the package is handed on",
        ),
        pytest.param(
            LAZY, "import core\n\ncore.main()\n", "core", id="the package is imported"
        ),
        pytest.param(LAZY, "from core import *\n", "core", id="all of it is asked for"),
        pytest.param(
            f"{LAZY}\n\nmain()\n",
            "from core import shared\n",
            "core",
            id="the package calls it",
        ),
        pytest.param(
            f"@at_once\n{LAZY}", "from core import shared\n", "core", id="decorated"
        ),
        pytest.param(
            f"{CLASS}\n\nLazy().main()\n",
            "from core import shared\n",
            "core",
            id="the package calls the method",
        ),
        pytest.param(
            f"{LAZY}\n\ndef run():\n    main()\n",
            "from core import run\n",
            "core",
            id="a function is asked for that calls it",
        ),
        pytest.param(
            "def __getattr__(name):\n    import core.new\n",
            "from core import New\n",
            "core",
            id="a name that the package makes when asked",
        ),
        pytest.param(
            "import core.new\n",
            "from core import shared\n",
            "core",
            id="outside of any function",
        ),
        pytest.param(
            "try:\n    pass\nfinally:\n    import core.new\n",
            "from core import shared\n",
            "core",
            id="in a block that is no function",
        ),
        pytest.param(
            "class Lazy:\n    import core.new\n",
            "from core import shared\n",
            "core",
            id="in the body of a class",
        ),
    ],
)
def test_a_package_around_what_it_imports_leads_further(
    package: str, run: str, way: str
) -> None:
    base = {**FILES, "src/old/run.py": run}
    head = {**base, "src/core/__init__.py": package}
    found = [message.partition("src/old/run.py")[2] for message in said(head, base)]
    ways = [message.partition(", by way of ")[2].split(" ->")[0] for message in found]
    assert [one for one in ways if one] == ([way] if way else [])


def test_a_package_is_asked_for_more_by_a_file_further_on() -> None:
    base = but(src__old__run="from core import shared\n")
    head = {
        **base,
        "src/core/__init__.py": LAZY,
        "src/core/shared.py": "from core import main\n",
    }
    assert [message for message in said(head, base) if "src/old" in message] == [
        "legacy-imports-new src/old/run.py:1 The way back of v2 imports "
        "core.agents.profiler, by way of core.shared -> core -> core.agents.profiler"
    ]


NEW = {
    **FILES,
    "src/old/run.py": "import core.shared\n",
    "src/core/__init__.py": LAZY,
}


@pytest.mark.parametrize(
    ("base", "run", "is_new"),
    [
        pytest.param(NEW, "import json\nimport core.shared\n", False, id="not ours"),
        pytest.param(
            NEW, "import core.shared\nimport core.far\n", False, id="leads nowhere"
        ),
        pytest.param(
            NEW,
            "import core.shared\n\ncore.main()\n",
            True,
            id="another name, without an import",
        ),
        pytest.param(
            {
                **FILES,
                "src/old/run.py": "try:\n    import core.new\n"
                "except ImportError:\n    pass\n",
            },
            "import core.new\n",
            True,
            id="an import that may fail no more",
        ),
    ],
)
def test_what_is_new_is_told(base: dict[str, str], run: str, is_new: bool) -> None:
    base = {**base, "src/core/far.py": ""}
    found = said({**base, "src/old/run.py": run}, base)
    assert any("src/old/run.py" in message for message in found) == is_new


def test_a_package_calls_a_function_that_it_had() -> None:
    base = {**NEW, "src/core/__init__.py": LAZY}
    head = {**base, "src/core/__init__.py": f"{LAZY}\n\nmain()\n"}
    assert [message for message in said(head, base) if "src/old" in message] == [
        "legacy-imports-new src/old/run.py:1 The way back of v2 imports "
        "core.agents.profiler, by way of core -> core.agents.profiler"
    ]


def test_a_module_that_cannot_matter_is_not_read() -> None:
    read: list[str] = []

    class Tree(MemoryTree):
        def read(self, path: str) -> bytes:
            read.append(path)
            return super().read(path)

    head = {**FILES, "src/old/run.py": "import json\n" + FILES["src/old/run.py"]}
    change = Change(MemoryTree(FILES), Tree(head))
    assert list(change.files) == ["src/old/run.py"]
    read.clear()
    assert list(check(change, POLICY)) == []
    assert set(read) == {"src/old/run.py"}
