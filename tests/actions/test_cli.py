"""The whole program: what stands in the terminal, beside the arguments that made it."""

from __future__ import annotations

import argparse
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from backout.actions import cli, command_line
from backout.actions.reference import inner
from support.program import COMMAND, backout
from support.repository import Repository, clean_environment


def test_help_names_every_verb() -> None:
    done = backout("--help")
    assert done.code == 0
    assert done.out.startswith(
        "usage: backout [-h] [--version] [-C DIRECTORY] VERB ...\n\n"
        "Keep every phase of a staged replacement reversible until it is final.\n"
    )
    for verb in cli.VERBS:
        assert re.search(rf"^ +{verb}\s+\w", done.out, re.MULTILINE)


@pytest.mark.parametrize("verb", cli.VERBS)
def test_each_verb_has_help(verb: str) -> None:
    done = backout(verb, "--help")
    assert done.code == 0
    assert done.out.startswith(f"usage: backout {verb} ")
    assert max(map(len, done.out.splitlines())) <= 80


def _help(parser: argparse.ArgumentParser) -> Iterator[str]:
    """The help of a command, and of the verbs and deeds inside it."""
    yield parser.format_help()
    for verb in inner(parser).values():
        yield from _help(verb)


def _examples() -> list[str]:
    helps = "\n".join(_help(command_line.parser(cli.VERBS)))
    helps = re.sub(r"\\\n +", "", helps)
    found = re.findall(r"^  (backout .+?)(?:  +.*| [>|] .*)?$", helps, re.MULTILINE)
    return list(dict.fromkeys(found))


@pytest.mark.parametrize("verb", cli.VERBS)
def test_each_verb_shows_how_it_is_used(verb: str) -> None:
    assert any(shlex.split(example)[1] == verb for example in _examples())


@pytest.mark.parametrize("example", _examples())
def test_each_example_of_the_help_is_a_command_line(example: str) -> None:
    arguments = shlex.split(example)[1:]
    args = command_line.parser([arguments[0]]).parse_args(arguments)
    assert callable(args.run)


def test_version_says_what_a_bug_report_needs() -> None:
    done = backout("--version")
    assert done.code == 0
    assert re.fullmatch(
        r"backout \d+\.\d+\.\d+\S*, Python 3\.\d+\.\d+\S*, git version \S+, .+\n",
        done.out,
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(
            ["gaet"],
            "backout: there is no verb 'gaet'. Did you mean gate?\n",
            id="a verb with a slip",
        ),
        pytest.param(
            ["-C", ".", "gaet", "--all"],
            "backout: there is no verb 'gaet'. Did you mean gate?\n",
            id="after a folder",
        ),
        pytest.param(
            ["explain", "forbiden-symbol"],
            "backout: there is no rule 'forbiden-symbol'. Did you mean "
            "forbidden-symbol?\n",
            id="a rule with a slip",
        ),
        pytest.param(
            ["explain", "zzz"],
            "backout: there is no rule 'zzz'. `backout explain` lists all rules.\n",
            id="a rule like none",
        ),
        pytest.param(
            ["gate", "a.py"],
            "backout: `backout gate` does not take 'a.py': `backout gate --help` says "
            "what it takes\n",
            id="a file where none is taken",
        ),
        pytest.param(
            ["gate", "--al1"],
            "backout: `backout gate` does not take '--al1': `backout gate --help` says "
            "what it takes\n",
            id="an option with a slip",
        ),
        pytest.param(
            ["-C", "no/such", "gate"],
            "backout: -C no/such: No such file or directory\n",
            id="a folder that is not there",
        ),
        pytest.param(
            ["gate", "--to", "main"],
            "backout: --to needs --from: what is it compared with?\n",
            id="half a range",
        ),
        pytest.param(
            ["-C", "caf\xe9\x1b[2J::\n::error::x", "gate"],
            "backout: -C caf\xe9\\x1b[2J::\n:\\x3aerror::x: No such file or directory\n",
            id="a name that is a trick",
        ),
    ],
)
def test_wrongly_asked(repo: Repository, arguments: list[str], said: str) -> None:
    assert backout(*arguments, folder=repo.path) == (2, "", said)


def test_no_verb_at_all_shows_the_usage() -> None:
    done = backout()
    assert done.code == 2
    assert done.out == ""
    assert done.err.startswith("usage: backout ")


def test_a_folder_is_where_it_runs(repo: Repository) -> None:
    repo.commit({"backout.yaml": "version: 1\n"})
    done = backout("-C", str(repo.path), "gate")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("no findings in 0 staged files (")


@pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh", "fish"])
def test_completion_knows_verbs_and_their_options(shell: str) -> None:
    done = backout("completion", shell)
    assert done.code == 0
    for word in ("gate", "explain", "from", "tree"):
        assert word in done.out


def test_the_completion_of_bash_completes(tmp_path: Path) -> None:
    script = tmp_path / "completion"
    script.write_text(backout("completion", "bash").out)
    asked = (
        f"source {script}; COMP_WORDS=(backout ex); COMP_CWORD=1; "
        "_shtab_backout backout ex backout; echo ${COMPREPLY[@]}"
    )
    made = subprocess.run(
        ["bash", "--norc", "-c", asked], stdout=subprocess.PIPE, check=True
    )
    assert made.stdout == b"explain\n"


def test_nobody_reads_any_more() -> None:
    process = subprocess.Popen(
        [*COMMAND, "explain", "forbidden-symbol"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=clean_environment(),
    )
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait() == 2


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a full device")
def test_a_full_disk_is_said_and_is_no_pass() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*COMMAND, "explain"],
            stdout=full,
            stderr=subprocess.PIPE,
            env=clean_environment(),
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr == b"backout: cannot write: No space left on device\n"


ENDED = (
    "from backout.actions.ending import ended, leave; import atexit, os, signal, sys; "
)


def _ending(code: str, *options: str, **environment: str) -> tuple[int, bytes, bytes]:
    done = subprocess.run(
        [sys.executable, "-I", *options, "-c", f"{ENDED}leave(ended({code}))"],
        capture_output=True,
        env=clean_environment(**environment),
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def test_our_own_bug_says_where_to_report_it_and_commands_no_runner() -> None:
    code, out, err = _ending(r"lambda: {}['\n::error::forged ##[error]x']")
    assert code == 3
    assert out == b""
    text = err.decode()
    assert text.startswith("Traceback (most recent call last):\n")
    assert "KeyError" in text
    assert re.search(r"\nbackout \S+, Python \S+, git version ", text)
    assert text.endswith(
        "\nThis is a bug in backout: https://github.com/backout/backout/issues\n"
    )
    assert "##[" not in text
    assert "\n::" not in text


def test_what_was_printed_and_what_was_put_off_are_there_in_the_end() -> None:
    code = "lambda: atexit.register(print, 'last') and print('first', end=' ') or 1"
    assert _ending(code) == (1, b"first last\n", b"")


def test_interrupted() -> None:
    code, out, err = _ending("lambda: os.kill(os.getpid(), signal.SIGINT) or 0")
    assert (code, out, err) == (130, b"", b"")


@pytest.mark.parametrize("locale", ["C", "POSIX", "en_US.ISO-8859-1"])
def test_output_is_utf8_in_every_locale(locale: str) -> None:
    code = "lambda: print('caf\\xe9') or print('\\u65e5', file=sys.stderr) or 0"
    off = {"LC_ALL": locale, "PYTHONCOERCECLOCALE": "0"}
    done = _ending(code, "-X", "utf8=0", **off)
    assert done == (0, "café\n".encode(), "日\n".encode())
