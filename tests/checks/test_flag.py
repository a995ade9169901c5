"""Flags: the switch back to the old path, in code as people write it."""

from __future__ import annotations

import pytest

from backout.checks.flag import check
from backout.core.change import Change, whole
from backout.core.policy import Flag, Migration, Phase, Policy
from backout.core.tree import MemoryTree

FLAG = Flag(legacy="0", new="1", env="USE_NEW", until_phase="2")
WORDS = Flag(legacy="false", new="true", env="USE_NEW")
KEY = Flag(
    legacy="false", new="true", file="config.ini", section="sim", key="use_new_path"
)
GATE = "\n\ndef run():\n    if USE:\n        new()\n    else:\n        old()\n"


def said(
    files: dict[str, str] | str, flag: Flag = FLAG, final: bool = False
) -> list[str]:
    """What is said of a whole tree; a text alone is the file `app.py`."""
    tree = {"app.py": files} if isinstance(files, str) else files
    phases = (Phase("1"), Phase("2", final=final))
    migration = Migration(id="v2", flags=(flag,), phases=phases)
    policy = Policy(1, migrations={"v2": migration})
    found = check(whole(MemoryTree({"backout.yaml": "", **tree})), policy)
    return [f"{f.rule} {f.place.path}:{f.place.line} {f.message}" for f in found]


@pytest.mark.parametrize(
    ("code", "flag"),
    [
        pytest.param(
            'import os\nUSE = os.environ["USE_NEW"] == "1"' + GATE,
            FLAG,
            id="read from the environment",
        ),
        pytest.param(
            'import os\nUSE = os.getenv("USE_NEW", "0") == "1"' + GATE,
            FLAG,
            id="read with a default",
        ),
        pytest.param(
            'import os\nUSE = os.environ.get("USE_NEW", "false").lower() == "true"'
            + GATE,
            WORDS,
            id="in small letters",
        ),
        pytest.param(
            'import os\nUSE = os.getenv("USE_NEW") in ("1", "true", "yes")' + GATE,
            FLAG,
            id="one of several spellings",
        ),
        pytest.param(
            'import os\nUSE = bool(int(os.getenv("USE_NEW", "0")))' + GATE,
            FLAG,
            id="a number that is true",
        ),
        pytest.param(
            'import os\nUSE = os.getenv("USE_NEW") not in ("0", "", None)' + GATE,
            FLAG,
            id="not one of the spellings of no",
        ),
        pytest.param(
            'import os\nNAME = "USE_NEW"\nUSE = os.getenv(NAME) == "1"' + GATE,
            FLAG,
            id="by a constant that holds its name",
        ),
        pytest.param(
            'import os\n\ndef run():\n    raw = os.getenv("USE_NEW", "0")\n'
            '    if raw == "1":\n        new()\n    else:\n        old()\n',
            FLAG,
            id="compared later",
        ),
        pytest.param(
            'import os\n\ndef use():\n    return os.getenv("USE_NEW") == "1"\n',
            FLAG,
            id="returned by a function",
        ),
        pytest.param(
            'from environs import env\nUSE = env.bool("USE_NEW", default=False)' + GATE,
            WORDS,
            id="parsed by environs",
        ),
        pytest.param(
            'from decouple import config\nUSE = config("USE_NEW", cast=bool)' + GATE,
            WORDS,
            id="parsed by decouple",
        ),
        pytest.param(
            "from pydantic_settings import BaseSettings\n\n\n"
            "class Settings(BaseSettings):\n    use_new: bool = False\n",
            WORDS,
            id="a field of a settings class",
        ),
        pytest.param(
            "class Settings(BaseSettings):\n"
            '    model_config = SettingsConfigDict(env_prefix="USE_")\n'
            "    new: bool = False\n",
            WORDS,
            id="a field of a settings class with a prefix",
        ),
        pytest.param(
            "class Settings(BaseSettings):\n"
            '    orchestrated: bool = Field(False, alias="USE_NEW")\n',
            WORDS,
            id="a field of a settings class by another name",
        ),
        pytest.param(
            'FLAGS = ["USE_OTHER", "USE_NEW"]\n\nfor name in FLAGS:\n    load(name)\n',
            FLAG,
            id="one of a list of names",
        ),
        pytest.param(
            'USE = cfg.getboolean("sim", "use_new_path")' + GATE,
            KEY,
            id="a key read by configparser",
        ),
        pytest.param(
            'USE = cfg["sim"]["use_new_path"] == "true"' + GATE,
            KEY,
            id="a key of a mapping",
        ),
        pytest.param(
            "def run(cfg):\n    if cfg.sim.use_new_path:\n        new()\n    else:\n"
            "        old()\n",
            Flag(legacy="", new="true", file="c.toml", key="use_new_path"),
            id="a key read as an attribute",
        ),
        pytest.param(
            "def run(self):\n    if self.options.use_new_path:\n        new()\n"
            "    else:\n        old()\n",
            KEY,
            id="a key that is an attribute of options, which somebody has parsed",
        ),
        pytest.param(
            'import os\nos.environ.setdefault("USE_NEW", "0")\n'
            'USE = os.getenv("USE_NEW") == "1"' + GATE,
            FLAG,
            id="a default is not an override",
        ),
        pytest.param(
            'import os\nif "USE_NEW" not in os.environ:\n    os.environ["USE_NEW"] = "1"\n'
            'USE = os.getenv("USE_NEW") == "1"' + GATE,
            FLAG,
            id="a default where nobody set it",
        ),
        pytest.param(
            'import os\n\n\ndef main(use_new):\n    os.environ["USE_NEW"] = use_new\n\n\n'
            'USE = os.getenv("USE_NEW") == "1"' + GATE,
            FLAG,
            id="what the caller says is passed on",
        ),
        pytest.param(
            "import os\n\n\ndef main(args):\n    if args.use_new:\n"
            '        os.environ["USE_NEW"] = "1"\n\n\n'
            'USE = os.getenv("USE_NEW") == "1"' + GATE,
            FLAG,
            id="an option of the command line sets it",
        ),
        pytest.param(
            'import os\nUSE = parse(os.getenv("USE_NEW"))' + GATE,
            FLAG,
            id="parsed by a function we do not know",
        ),
        pytest.param(
            'import os\nraw = os.getenv("USE_NEW", "")\nUSE = 0\nif raw.strip():\n'
            "    USE = int(raw)\nif USE:\n    new()\nelse:\n    old()\n",
            FLAG,
            id="asked whether it is set, and parsed then",
        ),
        pytest.param(
            "import os\ndef f(options):\n"
            '    options.new_path = os.getenv("USE_NEW") == "1"\n',
            FLAG,
            id="given to an object that others look at",
        ),
        pytest.param(
            'import os\nclass Settings:\n    new_path = os.getenv("USE_NEW") == "1"\n',
            FLAG,
            id="an attribute of a class that others look at",
        ),
    ],
)
def test_a_switch_that_works(code: str, flag: Flag) -> None:
    assert said(code, flag) == []


@pytest.mark.parametrize(
    ("files", "flag"),
    [
        pytest.param({"run.sh": 'if [ "$USE_NEW" = 1 ]; then\n'}, FLAG, id="shell"),
        pytest.param({"a.ts": "if (process.env.USE_NEW === '1') {"}, FLAG, id="node"),
        pytest.param(
            {"app.py": "USE_NEW = (\n"}, FLAG, id="a file that does not parse"
        ),
    ],
)
def test_what_python_cannot_tell_is_not_called_unread(
    files: dict[str, str], flag: Flag
) -> None:
    assert said(files, flag) == []


def test_tests_may_set_it() -> None:
    files = {
        "app.py": 'import os\nUSE = os.getenv("USE_NEW") == "1"' + GATE,
        "tests/test_app.py": 'import os\nos.environ["USE_NEW"] = "1"\n',
    }
    assert said(files) == []


UNREAD = (
    "flag-unread backout.yaml:0 No code reads USE_NEW, the switch of v2 back to the old "
    "path."
)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        pytest.param({"app.py": "run()\n"}, UNREAD, id="no file names it"),
        pytest.param(
            {"tests/test_app.py": 'import os\nassert os.getenv("USE_NEW")\n'},
            UNREAD,
            id="only a test reads it",
        ),
        pytest.param(
            {"run.sh": "export USE_NEW=0\n", "Dockerfile": "ENV USE_NEW=1\n"},
            UNREAD,
            id="it is set and never read",
        ),
        pytest.param(
            {"app.py": '"""USE_NEW=0 goes back."""\n# os.getenv("USE_NEW")\n'},
            UNREAD,
            id="words about it",
        ),
        pytest.param(
            {"app.py": 'import os\nUSE = os.getenv("FUSION_USE_NEW") == "1"\n'},
            UNREAD + " app.py:2 reads FUSION_USE_NEW.",
            id="code reads another name",
        ),
    ],
)
def test_a_switch_that_nothing_reads(files: dict[str, str], message: str) -> None:
    assert said(files) == [message]


@pytest.mark.parametrize(
    ("code", "flag", "messages"),
    [
        pytest.param(
            'import os\nUSE = bool(os.getenv("USE_NEW"))' + GATE,
            FLAG,
            [
                'flag-parsed-wrongly app.py:2 This is true for "0" (legacy) and for "1" '
                "(new) alike, the values of USE_NEW."
            ],
            id="bool of a text",
        ),
        pytest.param(
            'import os\nif os.getenv("USE_NEW"):\n    new()\nelse:\n    old()\n',
            FLAG,
            [
                'flag-parsed-wrongly app.py:2 This is true for "0" (legacy) and for "1" '
                "(new) alike, the values of USE_NEW."
            ],
            id="any text is true",
        ),
        pytest.param(
            'import os\nraw = os.getenv("USE_NEW")\nif raw:\n    new()\nelse:\n'
            "    old()\n",
            FLAG,
            [
                'flag-parsed-wrongly app.py:3 This is true for "0" (legacy) and for "1" '
                "(new) alike, the values of USE_NEW."
            ],
            id="any text is true, by way of a name",
        ),
        pytest.param(
            'import os\nUSE = os.getenv("USE_NEW") == "True"' + GATE,
            WORDS,
            [
                'flag-parsed-wrongly app.py:2 This is false for "false" (legacy) and '
                'for "true" (new) alike, the values of USE_NEW.'
            ],
            id="one spelling alone, and another one",
        ),
        pytest.param(
            'import os\nUSE = int(os.getenv("USE_NEW", "0")) == 1' + GATE,
            WORDS,
            [
                'flag-parsed-wrongly app.py:2 This fails for "false", the values of '
                "USE_NEW."
            ],
            id="a word that is no number",
        ),
        pytest.param(
            'import os\n\ndef run():\n    raw = os.getenv("USE_NEW")\n    if raw:\n'
            "        new()\n    else:\n        old()\n",
            FLAG,
            [
                'flag-parsed-wrongly app.py:5 This is true for "0" (legacy) and for "1" '
                "(new) alike, the values of USE_NEW."
            ],
            id="a variable with any text in it",
        ),
        pytest.param(
            'USE = cfg.getboolean("sim", "use_new_path")' + GATE,
            Flag(legacy="legacy", new="v2", file="c.ini", key="use_new_path"),
            [
                'flag-parsed-wrongly app.py:1 This fails for "legacy", the values of '
                "use_new_path of c.ini."
            ],
            id="words that are no boolean",
        ),
        pytest.param(
            'import os\nos.getenv("USE_NEW")\nnew()\n',
            FLAG,
            [
                "flag-gates-nothing app.py:2 USE_NEW is read here, and its value is "
                'thrown away: setting it to "0" changes nothing.'
            ],
            id="thrown away",
        ),
        pytest.param(
            'import os\n\ndef run():\n    use = os.getenv("USE_NEW") == "1"\n    new()\n',
            FLAG,
            [
                "flag-gates-nothing app.py:4 USE_NEW is read here, and use is never "
                'looked at: setting it to "0" changes nothing.'
            ],
            id="a variable that nobody looks at",
        ),
        pytest.param(
            'import os\nif os.getenv("USE_NEW") == "1":\n    new()\nelse:\n    new()\n',
            FLAG,
            [
                "flag-gates-nothing app.py:2 USE_NEW is read here, and both branches do "
                'the same: setting it to "0" changes nothing.'
            ],
            id="both branches alike",
        ),
        pytest.param(
            'import os\nif os.getenv("USE_NEW") == "1" or True:\n    new()\nelse:\n'
            "    old()\n",
            FLAG,
            [
                "flag-gates-nothing app.py:2 USE_NEW is read here, and `os.getenv("
                "'USE_NEW') == '1' or True` is always true: setting it to \"0\" changes "
                "nothing."
            ],
            id="or True",
        ),
        pytest.param(
            'import os\nif os.getenv("USE_NEW") == "1":\n    new()\nelse:\n'
            '    raise RuntimeError("the old path is gone")\n',
            FLAG,
            [
                "flag-gates-nothing app.py:5 This only ends the program for the legacy "
                "value of USE_NEW: the old path cannot be reached."
            ],
            id="the old path only raises",
        ),
        pytest.param(
            'import os\nos.environ["USE_NEW"] = "1"\nUSE = os.getenv("USE_NEW") == "1"'
            + GATE,
            FLAG,
            [
                "flag-overridden app.py:2 This sets it in the environment: whoever sets "
                'USE_NEW to "0" at night is overruled.'
            ],
            id="set in the environment",
        ),
        pytest.param(
            'import os\n\n\ndef main(app):\n    os.environ["USE_NEW"] = "1"\n\n\n'
            'USE = os.getenv("USE_NEW") == "1"' + GATE,
            FLAG,
            [
                "flag-overridden app.py:5 This sets it in the environment: whoever sets "
                'USE_NEW to "0" at night is overruled.'
            ],
            id="set by a function, whatever it was told",
        ),
        pytest.param(
            'import os\nos.environ.update({"USE_NEW": "1"})\n'
            'USE = os.getenv("USE_NEW") == "1"' + GATE,
            FLAG,
            [
                "flag-overridden app.py:2 This sets it in the environment: whoever sets "
                'USE_NEW to "0" at night is overruled.'
            ],
            id="set with others",
        ),
        pytest.param(
            'import os\nUSE = os.getenv("USE_NEW") == "1"\nUSE = True' + GATE,
            FLAG,
            [
                "flag-overridden app.py:3 This sets USE to a constant after it was read: "
                'whoever sets USE_NEW to "0" at night is overruled.'
            ],
            id="set right after it was read",
        ),
    ],
)
def test_a_switch_that_does_not_work(
    code: str, flag: Flag, messages: list[str]
) -> None:
    assert said(code, flag) == messages


def test_a_flag_past_its_phase() -> None:
    code = 'import os\nUSE = os.getenv("USE_NEW") == "1"' + GATE
    assert said(code, final=True) == [
        "flag-outlived app.py:2 USE_NEW is still read, and phase 2 of v2, which ends it, "
        "is final."
    ]


def test_a_change_elsewhere_is_not_asked() -> None:
    files = {"app.py": "import os\nif os.getenv('USE_NEW'):\n    new()\n", "b.py": ""}
    migration = Migration(id="v2", flags=(FLAG,), phases=(Phase("2"),))
    policy = Policy(1, migrations={"v2": migration})
    head = {**files, "b.py": "1\n"}
    assert list(check(Change(MemoryTree(files), MemoryTree(head)), policy)) == []


def test_what_nothing_read_before_is_not_the_changes_doing() -> None:
    base = {"app.py": "run()\n"}
    head = {"app.py": "# USE_NEW is of no use\nrun()\n"}
    migration = Migration(id="v2", flags=(FLAG,), phases=(Phase("2"),))
    policy = Policy(1, migrations={"v2": migration})
    assert list(check(Change(MemoryTree(base), MemoryTree(head)), policy)) == []


WRONG = 'import os\nUSE = bool(os.getenv("USE_NEW"))' + GATE


@pytest.mark.parametrize(
    ("before", "after", "rules"),
    [
        pytest.param(WRONG, "# USE_NEW\n" + WRONG, [], id="it was so before"),
        pytest.param("", WRONG, ["flag-parsed-wrongly"], id="it is so now"),
        pytest.param(
            WRONG,
            WRONG + 'if bool(os.getenv("USE_NEW")):\n    more()\n',
            ["flag-parsed-wrongly"],
            id="it is so once more",
        ),
    ],
)
def test_what_is_told_of_a_change_is_new(
    before: str, after: str, rules: list[str]
) -> None:
    migration = Migration(id="v2", flags=(FLAG,), phases=(Phase("2"),))
    policy = Policy(1, migrations={"v2": migration})
    change = Change(MemoryTree({"app.py": before}), MemoryTree({"app.py": after}))
    assert [finding.rule for finding in check(change, policy)] == rules


def test_a_change_that_takes_the_reading_away() -> None:
    files = {"app.py": 'import os\nUSE = os.getenv("USE_NEW") == "1"' + GATE}
    migration = Migration(id="v2", flags=(FLAG,), phases=(Phase("2"),))
    policy = Policy(1, migrations={"v2": migration})
    change = Change(MemoryTree(files), MemoryTree({"app.py": "new()\n"}))
    [finding] = check(change, policy)
    assert finding.rule == "flag-unread"
