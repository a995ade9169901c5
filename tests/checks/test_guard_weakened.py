"""Guards before and after: what may change about one, and what may not."""

from __future__ import annotations

import pytest

from backout.checks.guard_weakened import check
from backout.core.change import Change
from backout.core.policy import Migration, Policy
from backout.core.tree import MemoryTree

GUARDS = (".github/workflows/ci.yml", "tests/ci/", "ci/v1-allowlist.txt", "ci/check.sh")
POLICY = Policy(
    1,
    owners=("@acme/platform",),
    migrations={"v1": Migration(id="v1", guards=GUARDS)},
)
TEST = """\
import pytest

ALLOWED = ["tests/legacy/old.py"]


def test_no_v1_import():
    found = search("ai_service")
    assert found == []


class TestSymbols:
    def test_no_v1_name(self):
        assert "AIService" not in names()
        with pytest.raises(ImportError):
            import_v1()
"""
WORKFLOW = """\
on: [push, pull_request]
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: pip install -r requirements.txt
      - name: tests
        run: |
          pytest -q
          python scripts/check_v1.py
      - name: No V1 symbols
        run: "! grep -rn AIService src"
"""
STEPS = """\
    steps:
      - uses: actions/checkout@v4
      - run: tox -e ${{ matrix.python }} -- -k %s
"""
JOBS = f"""\
on: [push]
jobs:
  canvas:
    strategy:
      matrix: {{python: [a, b]}}
{STEPS % "canvas"}\
  worker:
    strategy:
      matrix: {{python: [a, b]}}
{STEPS % "worker"}"""
MATRIX = f"""\
on: [push]
jobs:
  smoke:
    strategy:
      matrix:
        python: [a, b]
        case: [canvas, worker]
{STEPS % "${{ matrix.case }}"}"""
GROUPS = """\
on: [push]
jobs:
  test:
    strategy:
      matrix: {group: [a, b]}
    steps:
%s"""
SPLIT = """\
      - if: matrix.group == 'a'
        run: nox -s test -- -k a
      - if: matrix.group == 'b'
        run: nox -s test -- -k b
"""
BRANCHES = """\
      - run: |
          if [ "$CASE" = stamping ]; then
            tox -e smoke -- --reruns 5
          else
            tox -e smoke
          fi
"""
INCLUDED = """\
on: [push]
jobs:
  test:
    strategy:
      matrix:
        include:
        - name: on Windows
          os: windows
        - name: on Linux
          os: ubuntu
        # - name: on BSD
    steps:
    - uses: actions/cache@v4
    - run: pytest
"""
SCRIPT = """\
#!/bin/sh
set -e
grep -rn AIService src && exit 1
scripts/deep_check.sh
"""
HOOKS = """\
repos:
- repo: https://github.com/astral-sh/ruff-pre-commit
  rev: v1
  hooks:
  - id: ruff
    args: [--fix]
- repo: local
  hooks:
  - id: no-v1
"""


def weakened(path: str, before: str, after: str | None, **more: str) -> list[str]:
    """What is said of a guard that is `before` in the base and `after` in the head;
    `more` are other files of the head, by a name without its dot."""
    others = {
        name.replace("__", "/").replace("_y", ".y"): t for name, t in more.items()
    }
    head = {"README.md": "", **others}
    if after is not None:
        head[path] = after
    base = MemoryTree({"README.md": "", path: before})
    found = check(Change(base, MemoryTree(head)), POLICY)
    return [
        f"{f.place.line} {f.message.removesuffix(' It guards v1, which is still open.')}"
        for f in found
    ]


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        pytest.param(
            "tests/ci/test_v1.py",
            TEST.replace(
                "    assert found == []\n",
                "    if sys.version_info[:2] >= (3, 10):\n        assert found == []\n"
                "    else:\n        assert found == [V1]\n",
            ),
            TEST,
            id="what it asserts on a Python that is no longer supported",
        ),
        pytest.param("tests/ci/test_v1.py", TEST, TEST, id="nothing changed"),
        pytest.param(
            "tests/ci/test_v1.py",
            TEST,
            TEST.replace("found", "hits"),
            id="other names within a test",
        ),
        pytest.param(
            "tests/ci/test_v1.py",
            TEST,
            TEST.replace("test_no_v1_import", "test_nobody_imports_v1"),
            id="a test has a better name",
        ),
        pytest.param(
            "tests/ci/test_v1.py",
            TEST,
            TEST + "\n\ndef test_more():\n    assert more()\n",
            id="a test more",
        ),
        pytest.param(
            "tests/ci/test_v1.py",
            TEST,
            TEST.replace('["tests/legacy/old.py"]', "[]"),
            id="the list of what is allowed shrinks",
        ),
        pytest.param(
            "tests/ci/test_v1.py",
            "import pytest\n\n@pytest.mark.skip\ndef test_a():\n    assert a()\n",
            "import pytest\n\n@pytest.mark.skip\ndef test_a():\n    assert b()\n",
            id="a test that was skipped before still is",
        ),
        pytest.param(
            "tests/ci/test_v1.py",
            TEST,
            TEST.replace("assert found == []", "assert not found, found"),
            id="an assertion is put in other words",
        ),
        pytest.param(
            "tests/ci/test_v1.py", "def x(:\n", "def y(:\n", id="it never parsed"
        ),
        pytest.param(
            ".github/workflows/ci.yml",
            WORKFLOW,
            WORKFLOW.replace("checkout@v4", "checkout@v5"),
            id="an action is updated",
        ),
        pytest.param(
            ".github/workflows/ci.yml",
            WORKFLOW,
            WORKFLOW.replace("pytest -q", "pytest -q -n auto --durations=5"),
            id="pytest has other options",
        ),
        pytest.param(
            ".github/workflows/ci.yml",
            WORKFLOW + "      - run: nox -s docs-${{ matrix.kind }}\n",
            WORKFLOW + "      - run: python -m nox -s docs-${{ matrix.other }}\n",
            id="the same program, started otherwise",
        ),
        pytest.param(
            ".github/workflows/ci.yml",
            WORKFLOW,
            WORKFLOW.replace("pip install -r requirements.txt", "pip install -e ."),
            id="what prepares is changed",
        ),
        pytest.param(
            ".github/workflows/ci.yml",
            WORKFLOW,
            WORKFLOW.replace("name: tests", "name: all tests"),
            id="a step has a better name",
        ),
        pytest.param(
            ".github/workflows/ci.yml",
            WORKFLOW,
            WORKFLOW.replace(
                "on: [push, pull_request]", "on:\n  pull_request:\n  push:"
            ),
            id="the same triggers, written otherwise",
        ),
        pytest.param(
            ".github/workflows/ci.yml",
            WORKFLOW,
            WORKFLOW.replace("steps:", "continue-on-error: false\n    steps:"),
            id="continue-on-error is said to be false",
        ),
        pytest.param(
            ".github/workflows/ci.yml",
            WORKFLOW + "      - with: {allowed-skips: 'docs, tests-unix, old'}\n",
            WORKFLOW + "      - with: {allowed-skips: 'docs, tests-unix'}\n",
            id="one name less in a text of names that may be skipped",
        ),
        pytest.param(
            "ci/v1-allowlist.txt", "a.py\nb.py\n", "a.py\n", id="fewer are let through"
        ),
        pytest.param(
            "ci/v1-allowlist.txt", "a.py\n", "# old\na.py\n\n", id="a comment in a list"
        ),
        pytest.param(
            "ci/check.sh",
            SCRIPT,
            SCRIPT.replace("grep -rn", "grep -rnw"),
            id="grep has another option",
        ),
        pytest.param(
            ".github/workflows/ci.yml",
            WORKFLOW,
            WORKFLOW + "      - with: {allow-prereleases: true}\n",
            id="a step may take a Python that is not released",
        ),
        pytest.param(
            "tests/ci/cases.test",
            "[case one]\nimport a\nwhile a: pass\n[case two]\nimport b\n",
            "[case one]\nimport a\n",
            id="data of tests has no commands",
        ),
        pytest.param(
            "tests/ci/hooks.yaml",
            HOOKS,
            HOOKS.replace("id: ruff", "id: ruff-check"),
            id="a repository has another name for its hook",
        ),
        pytest.param(
            ".github/workflows/ci.yml",
            WORKFLOW,
            WORKFLOW.replace("  test:\n", "  unit-tests:\n"),
            id="a job has a better name",
        ),
        pytest.param(
            ".github/workflows/ci.yml",
            JOBS,
            MATRIX,
            id="jobs that were written out are the values of a matrix",
        ),
        pytest.param(
            ".github/workflows/ci.yml",
            GROUPS % SPLIT,
            GROUPS % "      - run: nox -s test -- -k ${{ matrix.group }}\n",
            id="a step for each value of an axis is one step for all",
        ),
        pytest.param(
            ".github/workflows/ci.yml",
            WORKFLOW + BRANCHES,
            WORKFLOW + "      - run: tox -e smoke -- --reruns 5\n",
            id="two branches that do the same are one line",
        ),
        pytest.param(
            ".github/workflows/ci.yml",
            WORKFLOW + "      - run: docker pull redis\n",
            WORKFLOW,
            id="an image is not fetched beforehand",
        ),
        pytest.param(
            ".github/workflows/ci.yml",
            WORKFLOW + "      - uses: acme/setup-python@v1\n",
            WORKFLOW + "      - uses: actions/setup-python@v6\n",
            id="another action installs Python",
        ),
        pytest.param(
            ".github/workflows/ci.yml",
            WORKFLOW + "      - uses: PyO3/maturin-action@v1\n",
            WORKFLOW + "      - run: pip install git+https://git.example/acme/fast\n",
            id="pip builds what an action built",
        ),
        pytest.param(
            ".github/workflows/ci.yml",
            WORKFLOW + "      - uses: pypa/gh-action-pypi-publish@v1\n",
            WORKFLOW,
            id="nothing is published any more",
        ),
        pytest.param(
            ".github/workflows/ci.yml",
            WORKFLOW + "      - uses: acme/check-links-action@v1\n",
            WORKFLOW + "      - uses: acme/links@v1\n",
            id="an action goes on under another name of its owner's",
        ),
        pytest.param(
            "tests/ci/test_v1.py",
            TEST,
            TEST + "\n\nSKIPPED = ['a.c']\n\n\nclass TestMore:\n"
            "    def test_more(self):\n        assert more() - SKIPPED\n",
            id="a test comes with a list of its own",
        ),
        pytest.param(
            "tests/ci/test_v1.py",
            TEST,
            TEST + "\n\ndef test_more():\n    skipped = ['a.c']\n"
            "    assert more() - skipped\n",
            id="a test comes with a list in it",
        ),
        pytest.param(
            "tests/ci/test_v1.py",
            TEST,
            TEST + "\n\ndef test_more():\n    pytest.importorskip('redis')\n",
            id="a test more that needs something to be installed",
        ),
        pytest.param(
            "tests/ci/test_v1.py",
            TEST.replace("    found =", '    pytest.skip("later")\n    found ='),
            TEST.replace("    found =", "    pytest.skip(f'not {now}')\n    found ="),
            id="a test that skips itself says why in other words",
        ),
        pytest.param(
            "tests/ci/test_v1.py",
            TEST.replace(
                "class Test", "@pytest.mark.skipif(win, reason='x')\nclass Test"
            ).replace("    def test", "    @unittest.skipIf(old, 'x')\n    def test"),
            TEST.replace(
                "class Test", "@pytest.mark.skipif(win, reason='y')\nclass Test"
            ).replace("    def test", "    @unittest.skipIf(old, 'y')\n    def test"),
            id="tests skipped under the same conditions say why in other words",
        ),
        pytest.param(
            "tests/ci/test_v1.py",
            TEST.replace("ALLOWED", "v1 = pytest.importorskip('v1')\nALLOWED").replace(
                "search(", "v1.search("
            ),
            TEST.replace("ALLOWED", "v1 = pytest.importorskip('v1')\nALLOWED").replace(
                "search(", "v1.search("
            )
            + "\n\ndef test_more():\n    assert v1.more()\n",
            id="a new test needs what one test alone needed before",
        ),
        pytest.param(
            ".github/workflows/ci.yml",
            INCLUDED,
            INCLUDED.replace("# - name: on BSD", "# - name: on Solaris").replace(
                "- name: on Linux", "- name: on Ubuntu  # - name: on Linux"
            ),
            id="a job of a matrix has another name, and one that never was is a comment",
        ),
        pytest.param(
            ".github/workflows/ci.yml",
            INCLUDED,
            INCLUDED.replace("- uses", "# - uses").replace(
                "        # - name: on BSD", "        - name: on BSD\n          os: bsd"
            ),
            id="a cache is commented out, and a job of a matrix is not any more",
        ),
        pytest.param("src/app.py", "assert x\n", None, id="what is no guard may go"),
    ],
)
def test_a_guard_may_be_tidied(path: str, before: str, after: str | None) -> None:
    assert weakened(path, before, after) == []


@pytest.mark.parametrize(
    ("path", "before", "after", "said"),
    [
        pytest.param(
            "tests/ci/test_v1.py", TEST, None, ["0 It is deleted."], id="deleted"
        ),
        pytest.param(
            "tests/ci/test_v1.py", TEST, "\n", ["0 It is emptied."], id="emptied"
        ),
        pytest.param(
            "tests/ci/test_v1.py",
            TEST,
            TEST.replace("assert found == []", "assert True"),
            [
                "14 It lost assertion: 3 before, 2 now.",
                "8 It asserts nothing: assert True of test_no_v1_import.",
            ],
            id="its assertion became assert True",
        ),
        pytest.param(
            "tests/ci/test_v1.py",
            TEST,
            TEST[: TEST.index("class")],
            ["0 It lost test TestSymbols.test_no_v1_name."],
            id="a test is gone, and its assertions with it",
        ),
        pytest.param(
            "tests/ci/test_v1.py",
            TEST,
            TEST[: TEST.index("class")].replace("    assert found == []\n", ""),
            [
                "0 It lost test TestSymbols.test_no_v1_name.",
                "0 It lost assertion: 3 before, 0 now.",
            ],
            id="a test is gone, and an assertion of another one",
        ),
        pytest.param(
            "tests/ci/test_v1.py",
            TEST,
            TEST.replace(
                "def test_no_v1_i", '@pytest.mark.skip("x")\ndef test_no_v1_i'
            ),
            ["6 It is weaker: test_no_v1_import is skipped: @pytest.mark.skip('x')."],
            id="a test is skipped",
        ),
        pytest.param(
            "tests/ci/test_v1.py",
            TEST,
            TEST.replace("class Test", "@pytest.mark.xfail\nclass Test"),
            ["11 It is weaker: TestSymbols is skipped: @pytest.mark.xfail."],
            id="a class is expected to fail",
        ),
        pytest.param(
            "tests/ci/test_v1.py",
            TEST,
            TEST.replace("    found =", '    pytest.skip("later")\n    found ='),
            ["7 It is skipped: pytest.skip('later') of test_no_v1_import."],
            id="a test skips itself",
        ),
        pytest.param(
            "tests/ci/test_v1.py",
            TEST.replace("    found =", '    pytest.skip("a")\n    found ='),
            TEST.replace(
                "    found =",
                '    pytest.skip("b")\n    found = a()\n    pytest.skip("c")\n    found =',
            ),
            ["9 It is skipped: pytest.skip('c') of test_no_v1_import."],
            id="a test skips itself once more, and says why in other words",
        ),
        pytest.param(
            "tests/ci/test_v1.py",
            TEST.replace(
                "class Test", "@pytest.mark.skipif(a, reason='x')\nclass Test"
            ),
            TEST.replace(
                "class Test", "@pytest.mark.skipif(b, reason='x')\nclass Test"
            ),
            [
                "11 It is weaker: TestSymbols is skipped: "
                "@pytest.mark.skipif(b, reason='x')."
            ],
            id="a class is skipped under another condition for the same reason",
        ),
        pytest.param(
            "tests/ci/test_v1.py",
            TEST,
            TEST.replace("    found =", "    return\n    found ="),
            ["7 It is weaker: test_no_v1_import returns before it checks anything."],
            id="a test returns at once",
        ),
        pytest.param(
            "tests/ci/test_v1.py",
            TEST,
            TEST.replace("ALLOWED", "pytestmark = pytest.mark.skip\nALLOWED"),
            ["3 It is skipped: pytest.mark.skip."],
            id="the whole file is skipped",
        ),
        pytest.param(
            "tests/ci/test_v1.py",
            TEST,
            TEST.replace('old.py"]', 'old.py", "src/new.py"]'),
            ["3 It lets more through: 'src/new.py', in ALLOWED."],
            id="more is allowed",
        ),
        pytest.param(
            "tests/ci/test_v1.py",
            TEST,
            TEST.replace("ALLOWED", 'SKIPPED = ["a.py"]\nALLOWED').replace(
                "found ==", "found - SKIPPED =="
            )
            + "\n\ndef test_more():\n    assert more() - SKIPPED\n",
            ["3 It lets more through: 'a.py', in SKIPPED."],
            id="a test comes with a list that an old one looks at too",
        ),
        pytest.param(
            "tests/ci/test_v1.py",
            TEST,
            TEST + "def broken(:\n",
            ["0 It does not parse any more: invalid syntax (<unknown>, line 16)."],
            id="it parses no more",
        ),
        pytest.param(
            ".github/workflows/ci.yml",
            WORKFLOW,
            WORKFLOW[: WORKFLOW.index("      - name: No V1")],
            ["0 It lost grep: 1 before, 0 now."],
            id="a step is gone",
        ),
        pytest.param(
            ".github/workflows/ci.yml",
            WORKFLOW,
            WORKFLOW.replace("      - name: No V1", "#      - name: No V1").replace(
                '        run: "!', '#        run: "!'
            ),
            ["0 It lost grep: 1 before, 0 now."],
            id="a step is commented out",
        ),
        pytest.param(
            ".github/workflows/ci.yml",
            WORKFLOW,
            WORKFLOW.replace("          python scripts", "          # python scripts"),
            ["0 It lost scripts/check_v1.py: 1 before, 0 now."],
            id="a line of a step is commented out",
        ),
        pytest.param(
            ".github/workflows/ci.yml",
            GROUPS % SPLIT,
            GROUPS % SPLIT[: SPLIT.index("      - if: matrix.group == 'b'")],
            ["8 It lost nox test: 2 before, 1 now."],
            id="a step for one value of an axis is gone",
        ),
        pytest.param(
            "tests/ci/test_v1.py",
            TEST.replace(
                "    assert found == []\n",
                "    if sys.version_info[:2] >= (3, 10):\n        assert found == []\n"
                "    else:\n        assert found == [V1]\n",
            ),
            TEST.replace("    assert found == []\n", ""),
            ["13 It lost assertion: 3 before, 2 now."],
            id="what it asserts on any Python",
        ),
        pytest.param(
            "tests/ci/test_v1.py",
            "def test_imports__log(): search()\n\ndef test_get_names(): names()\n",
            "def test_log_imports(): search()\n",
            ["0 It lost test test_get_names."],
            id="a test is gone, and another has a new name",
        ),
        pytest.param(
            ".github/workflows/ci.yml",
            JOBS,
            JOBS[: JOBS.index("  worker:")],
            ["0 It lost job worker."],
            id="a job is gone, and the others have a matrix as before",
        ),
        pytest.param(
            ".github/workflows/ci.yml",
            WORKFLOW + BRANCHES,
            WORKFLOW
            + BRANCHES.replace("tox -e smoke -- --reruns 5", "true").replace(
                "tox -e smoke\n", "true\n"
            ),
            ["0 It lost tox smoke: 1 before, 0 now."],
            id="no branch runs it any more",
        ),
        pytest.param(
            "tests/ci/test_v1.py",
            TEST,
            TEST.replace(
                "def test_no_v1_import",
                "@pytest.mark.skip\ndef test_nobody_imports_v1",
            ).replace("    def test_no_v1_name(self):", "    def names(self):"),
            [
                "0 It lost test TestSymbols.test_no_v1_name.",
                "6 It is weaker: test_nobody_imports_v1 is skipped: @pytest.mark.skip.",
            ],
            id="a test is gone, and one with another name is skipped",
        ),
        pytest.param(
            ".github/workflows/ci.yml",
            WORKFLOW,
            WORKFLOW.replace("check_v1.py", "check_v1.py || true"),
            ["11 It lets failures pass: python scripts/check_v1.py || true."],
            id="or true",
        ),
        pytest.param(
            ".github/workflows/ci.yml",
            WORKFLOW,
            WORKFLOW.replace("    steps:", "    continue-on-error: true\n    steps:"),
            ["5 It lets failures pass: continue-on-error: true."],
            id="continue on error",
        ),
        pytest.param(
            ".github/workflows/ci.yml",
            WORKFLOW,
            WORKFLOW.replace("      - name: No", "      - if: false\n        name: No"),
            ["12 It never runs: if: false."],
            id="if false",
        ),
        pytest.param(
            ".github/workflows/ci.yml",
            WORKFLOW,
            WORKFLOW.replace("[push, pull_request]", "[push]"),
            ["0 It lost trigger pull_request: 1 before, 0 now."],
            id="it does not run on pull requests any more",
        ),
        pytest.param(
            ".github/workflows/ci.yml",
            WORKFLOW,
            WORKFLOW.replace("pytest -q", "pytest -q --deselect tests/ci/test_v1.py"),
            ["10 It looks at less: --deselect tests/ci/test_v1.py."],
            id="a test is deselected",
        ),
        pytest.param(
            ".github/workflows/ci.yml",
            INCLUDED,
            INCLUDED.replace("- name: on Windows", "# - name: on Windows").replace(
                "  os: windows", "#   os: windows"
            ),
            ["7 It switches a job off: name: on Windows."],
            id="a job of a matrix is commented out",
        ),
        pytest.param(
            ".github/workflows/ci.yml",
            WORKFLOW + "      - with: {allowed-skips: 'docs'}\n",
            WORKFLOW + "      - with: {allowed-skips: 'docs, tests'}\n",
            ["14 It lets more through: tests, in allowed-skips."],
            id="one name more in a text of names that may be skipped",
        ),
        pytest.param(
            "ci/v1-allowlist.txt",
            "a.py\n",
            "a.py\nsrc/new.py\n",
            ["2 It lets more through: src/new.py."],
            id="a list of what is let through grows",
        ),
        pytest.param(
            "ci/check.sh",
            SCRIPT,
            SCRIPT.replace("exit 1", "exit 0"),
            ["3 It lets failures pass: grep -rn AIService src && exit 0."],
            id="a script that found something ends well",
        ),
        pytest.param(
            "tests/ci/cases.test",
            "[case one]\n",
            "",
            ["0 It is emptied."],
            id="data of tests is emptied",
        ),
        pytest.param(
            "tests/ci/check",
            "#!/bin/sh\npytest tests/v1\n",
            "#!/bin/sh\ntrue\n",
            ["0 It lost pytest: 1 before, 0 now."],
            id="a script without a suffix does less",
        ),
        pytest.param(
            "tests/ci/hooks.yaml",
            HOOKS,
            HOOKS.replace("id: ruff", "id: flake"),
            ["0 It lost hook ruff: 1 before, 0 now."],
            id="a hook of the same repository in place of another",
        ),
        pytest.param(
            "tests/ci/hooks.yaml",
            HOOKS,
            HOOKS.replace("id: no-v1", "id: no-v1-later"),
            ["0 It lost hook no-v1: 1 before, 0 now."],
            id="one's own hook under another name",
        ),
        pytest.param(
            "ci/check.sh",
            SCRIPT,
            SCRIPT.replace("set -e", "set +e"),
            ["2 It lets failures pass: set +e."],
            id="a script goes on after an error",
        ),
    ],
)
def test_a_guard_may_not_do_less(
    path: str, before: str, after: str | None, said: list[str]
) -> None:
    assert weakened(path, before, after) == said


def test_a_step_that_moves_to_another_workflow_is_not_lost() -> None:
    cut = WORKFLOW.index("      - name: No V1")
    moved = "on: [pull_request]\njobs:\n  v1:\n    steps:\n" + WORKFLOW[cut:]
    path = ".github/workflows/ci.yml"
    assert (
        weakened(
            path, WORKFLOW, WORKFLOW[:cut], **{".github__workflows__v1_yml": moved}
        )
        == []
    )


def said(base: dict[str, str], head: dict[str, str]) -> list[str]:
    change = Change(MemoryTree(base), MemoryTree(head))
    return [f"{f.place.path} {f.message}" for f in check(change, POLICY)]


def test_a_guard_that_nothing_calls_any_more() -> None:
    base = {"Makefile": "v1:\n\tsh ci/check.sh\n", "ci/check.sh": SCRIPT}
    head = {**base, "Makefile": "v1:\n\t# sh ci/check.sh\n"}
    assert said(base, head) == [
        "Makefile Nothing calls the guard ci/check.sh any more. It guards v1, which is "
        "still open."
    ]


def test_a_guard_that_something_else_calls_now() -> None:
    base = {"Makefile": "v1:\n\tsh ci/check.sh\n", "ci/check.sh": SCRIPT}
    head = {"Makefile": "", "noxfile.py": "run('ci/check.sh')", "ci/check.sh": SCRIPT}
    assert said(base, head) == []


def test_a_guard_that_the_runners_settings_leave_out() -> None:
    base = {"pytest.ini": "[pytest]\n", "tests/ci/test_v1.py": TEST}
    head = {**base, "pytest.ini": "[pytest]\naddopts = --ignore=tests/ci/test_v1.py\n"}
    assert said(base, head) == [
        "pytest.ini The guard tests/ci/test_v1.py is left out here. It guards v1, which "
        "is still open."
    ]


def test_a_step_that_another_guard_does_now() -> None:
    base = {".github/workflows/ci.yml": WORKFLOW}
    head = {
        ".github/workflows/ci.yml": WORKFLOW.replace("          pytest -q\n", ""),
        "tests/ci/tests.yml": "jobs:\n  test:\n    steps:\n    - run: pytest -q\n",
    }
    assert said(base, head) == []


def test_assertions_of_other_tests_make_up_for_nothing() -> None:
    base = {"tests/ci/test_v1.py": TEST}
    head = {
        "tests/ci/test_v1.py": TEST.replace("    assert found == []\n", ""),
        "tests/test_shop.py": "def test_shop():\n    assert shop()\n",
    }
    assert said(base, head) == [
        "tests/ci/test_v1.py It lost assertion: 3 before, 2 now. It guards v1, which is "
        "still open."
    ]


HELPED = """\
def assert_gone(name):
    assert name not in names()


def test_no_v1():
    assert_gone("AIService")
"""


@pytest.mark.parametrize(
    ("guard", "helper", "is_less"),
    [
        pytest.param(
            "from lib import assert_gone\n\n\n" + HELPED[HELPED.index("def test") :],
            "def assert_gone(name):\n    assert name not in names()\n",
            False,
            id="a helper that asserts moves to another file",
        ),
        pytest.param(
            HELPED[HELPED.index("def test") :].replace("assert_gone", "shop.assert_no"),
            "class Shop:\n    def assert_no(self, name):\n        assert name not in self.all\n",
            False,
            id="a method of another file asserts in a helper's place",
        ),
        pytest.param(
            "from lib import assert_gone\n\n\n" + HELPED[HELPED.index("def test") :],
            "def assert_gone(name):\n    pass\n",
            True,
            id="a helper that moves asserts nothing any more",
        ),
        pytest.param(
            HELPED.replace("assert name not in names()", "pass"),
            "def assert_gone(name):\n    assert name not in names()\n",
            True,
            id="a helper that stays asserts nothing any more",
        ),
        pytest.param(
            HELPED[HELPED.index("def test") :].replace("assert_gone", "print"),
            "def assert_gone(name):\n    assert name not in names()\n",
            True,
            id="nobody calls the helper that moved",
        ),
    ],
)
def test_helpers_that_assert(guard: str, helper: str, is_less: bool) -> None:
    base = {"tests/ci/test_v1.py": HELPED, "tests/lib.py": "import names\n"}
    head = {"tests/ci/test_v1.py": guard, "tests/lib.py": helper}
    assert bool(said(base, head)) is is_less


def test_a_test_that_moved_takes_its_assertions_along() -> None:
    base = {"tests/ci/test_v1.py": TEST}
    head = {
        "tests/ci/test_v1.py": TEST[: TEST.index("class")],
        "tests/v1/test_names.py": "import pytest\n\n" + TEST[TEST.index("class") :],
    }
    assert said(base, head) == []


def test_a_guard_of_two_migrations_is_told_once() -> None:
    migrations = {
        name: Migration(id=name, guards=("ci/check.sh",)) for name in ("v1", "v2", "v3")
    }
    change = Change(MemoryTree({"ci/check.sh": SCRIPT}), MemoryTree({}))
    [finding] = check(change, Policy(1, migrations=migrations))
    assert finding.message == (
        "It is deleted. It guards v1, v2 and v3, which are still open."
    )
    assert finding.migrations == {"v1", "v2", "v3"}


def test_a_closed_migration_needs_no_guards() -> None:
    policy = Policy(
        1, migrations={"v1": Migration(id="v1", status="closed", guards=GUARDS)}
    )
    change = Change(MemoryTree({"ci/check.sh": SCRIPT}), MemoryTree({}))
    assert list(check(change, policy)) == []


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param("[" * 100_000, id="nested a hundred thousand deep"),
        pytest.param("a: &a [*a]", id="a list that holds itself"),
        pytest.param("\0", id="a NUL"),
        pytest.param("a: b: c", id="no YAML"),
    ],
)
def test_a_guard_that_is_no_yaml_any_more(bad: str) -> None:
    assert weakened(".github/workflows/ci.yml", WORKFLOW, bad)
