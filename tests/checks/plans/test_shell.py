"""Reading shell: every command with its words and its place, whatever stands around."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backout.checks.plans.commands import effect
from backout.checks.plans.judge import judge
from backout.checks.plans.reading import read
from backout.checks.plans.rule import Context
from backout.checks.plans.shell_command import Command, Script
from support.plans import bash


def scripts(plan: str) -> list[Script]:
    return read("plan.md", plan.encode()).scripts


def commands(text: str) -> list[Command]:
    (script,) = scripts(bash(text))
    return script.commands


def calls(text: str) -> list[list[str]]:
    return [[command.name, *command.args] for command in commands(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("ls -l a", [["ls", "-l", "a"]], id="plain"),
        pytest.param("sudo -u x env A=1 ls a", [["ls", "a"]], id="wrappers"),
        pytest.param("timeout 5 /usr/bin/ls a", [["ls", "a"]], id="a time limit"),
        pytest.param("poetry run pytest", [["pytest"]], id="a runner"),
        pytest.param("poetry install", [["poetry", "install"]], id="no runner"),
        pytest.param("a 'b c' \"d $e\"f", [["a", "b c", "d $ef"]], id="quotes"),
        pytest.param("a | b && c; d &", [["a"], ["b"], ["c"], ["d"]], id="operators"),
        pytest.param("x=$(date +%Y)", [["date", "+%Y"]], id="a substitution"),
        pytest.param("a \\\n  b", [["a", "b"]], id="a line that goes on"),
        pytest.param("cat <<E | psql db\nx\nE\nls", [["cat"], ["psql", "db"], ["ls"]],
                     id="a heredoc into a pipe"),
        pytest.param("ssh h 'ls a; b'", [["ssh", "h", "ls a; b"], ["ls", "a"], ["b"]],
                     id="on another host"),
        pytest.param("docker exec -it c ls a",
                     [["docker", "exec", "-it", "c", "ls", "a"], ["ls", "a"]],
                     id="in a container"),
        pytest.param("kubectl exec p -n x -- ls", [
            ["kubectl", "exec", "p", "-n", "x", "--", "ls"], ["ls"]], id="in a pod"),
        pytest.param("bash -c 'ls a'", [["bash", "-c", "ls a"], ["ls", "a"]],
                     id="in a shell"),
        pytest.param("git revert <commit hash> -m 1",
                     [["git", "revert", "<commit hash>", "-m", "1"]],
                     id="a placeholder is a word"),
        pytest.param("sort <in >out", [["sort"]], id="redirections are none"),
        pytest.param("ls\nSELECT COUNT(*)\nFROM a;\nrm b", [["ls"], ["rm", "b"]],
                     id="around SQL"),
        pytest.param("$ ls a\nfile\n$ rm b", [["ls", "a"], ["rm", "b"]], id="prompts"),
        pytest.param("if x; then y; fi", [["x"], ["y"]], id="a condition"),
        pytest.param("A=1 ls", [["ls"]], id="an assignment before"),
        pytest.param("docker run a:{{ tag }}", [["docker", "run", "a:{{ tag }}"]],
                     id="a template"),
    ],
)  # fmt: skip
def test_commands_are_read(text: str, expected: list[list[str]]) -> None:
    assert calls(text) == expected


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        pytest.param("ls\n  rm b", 7, 3, id="indented"),
        pytest.param("echo é❌; rm b", 6, 10, id="after other letters"),
        pytest.param("SELECT '❌'\nFROM a;\nrm b", 8, 1, id="after SQL"),
        pytest.param("git revert <é h>\nrm b", 7, 1, id="after a placeholder"),
    ],
)
def test_places_are_true(text: str, line: int, column: int) -> None:
    command = commands(text)[-1]
    assert command.name == "rm"
    assert (command.place.line, command.place.column) == (line, column)


def test_the_place_in_a_list_counts_from_the_file() -> None:
    (script,) = scripts("1. Stop\n   ```sh\n   ls\n     rm b\n   ```\n")
    place = script.commands[1].place
    assert (place.line, place.column, place.end_column) == (4, 6, 10)


@pytest.mark.parametrize(
    ("plan", "count"),
    [
        pytest.param("```\n$ git status\nOn branch main\n```\n", 1, id="a prompt"),
        pytest.param("```\ngit fetch origin\ngit status -s\n```\n", 1, id="plainly"),
        pytest.param("```\nIssue\n  | git\n  +-- rm -rf\n```\n", 0, id="a drawing"),
        pytest.param("```yaml\nrun: git fetch x\n```\n", 0, id="another language"),
        pytest.param("```text\nThe git push failed\n```\n", 0, id="prose"),
        pytest.param("- **Command:** `git fetch a`\n", 1, id="an inline step"),
        pytest.param("`git fetch a` is what CI does\n", 0, id="inline, but no step"),
        pytest.param("❌ Wrong:\n```bash\ngit push -f\n```\n", 0, id="warned against"),
    ],
)
def test_what_counts_as_shell(plan: str, count: int) -> None:
    assert len(scripts(plan)) == count


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("rm -rf a b", {"removes": ("a", "b")}),
        ("mv a b", {"reads": ("a",), "writes": ("b",), "removes": ("a",)}),
        ("tar -czf a.tgz b", {"writes": ("a.tgz",)}),
        ("tar xzf a.tgz", {"reads": ("a.tgz",), "replaces": True}),
        ("pg_dump -Fc x > a", {"database": "dump", "writes": ("a",), "target": "x"}),
        ("pg_restore -d x a", {"database": "restore", "reads": ("a",), "target": "x"}),
        ("psql postgres://u:p@h/shop -c 'DROP TABLE a'",
         {"database": "destroy", "target": "shop"}),
        ("psql x < backup.sql", {"database": "restore", "reads": ("backup.sql",)}),
        ("psql -f down_7.sql x", {"database": "query", "reads": ("down_7.sql",)}),
        ("psql x", {"interactive": "psql opens a session"}),
        ("mysql x < dump.sql", {"database": "restore", "engine": "mysql"}),
        ("sqlite3 a.db '.backup b.db'", {"database": "dump", "writes": ("b.db",)}),
        ("redis-cli --rdb a.rdb", {"database": "dump", "writes": ("a.rdb",)}),
        ("redis-cli FLUSHALL", {"database": "destroy"}),
        ("mongorestore --archive=a", {"database": "restore", "reads": ("a",)}),
        ("docker compose stop web", {"stops": ("web",)}),
        ("docker compose up -d", {"starts": ("all services",), "endless": ""}),
        ("docker compose up", {"endless": "docker compose up without -d stays attached"}),
        ("kubectl apply -f a.yaml", {"reads": ("a.yaml",), "publishes": True}),
        ("systemctl stop a.service b", {"stops": ("a", "b")}),
        ("service a restart", {"starts": ("a",)}),
        ("crontab -e", {"interactive": "crontab -e opens an editor"}),
        ("alembic downgrade -1", {"database": "down"}),
        ("alembic -c a.ini upgrade head", {"database": "up"}),
        ("python manage.py migrate app 0012", {"database": "down", "runs": "manage.py"}),
        ("flyway migrate", {"database": "up"}),
        ("git rm a", {"removes": ("a",)}),
        ("git revert a", {"records": True}),
        ("git revert -n a", {"records": False}),
        ("git push", {"publishes": True}),
        ("pip install -r a.txt", {"reads": ("a.txt",)}),
        ("pytest -k x a.py::t", {"reads": ("a.py",)}),
        ("./deploy.sh now", {"runs": "./deploy.sh"}),
        ("bash a.sh", {"runs": "a.sh"}),
        ("aws s3 cp s3://b/a a", {"writes": ("a",)}),
        ("curl -o a http://x", {"writes": ("a",)}),
        ("unheard-of a", {"reads": (), "writes": ()}),
    ],
)  # fmt: skip
def test_the_model_of_commands(text: str, facts: dict[str, object]) -> None:
    told = effect(commands(text)[-1])
    assert {name: getattr(told, name) for name in facts} == facts


PIECES = ["git ", "revert ", "<sha>", "\n", "'", '"', "$(", ")", "`", "|", "&&", "{", "(",
          "rm ", "-rf ", "a/b ", "#", "<<E\n", "E\n", "SELECT * FROM a;\n", "if ", "; ",
          "psql ", "-c ", "ssh h ", "docker exec a ", "export A=1\n", "é", "\\", "sudo ",
          "cd x\n", "```\n", "tar ", "cp ", "git -C ", "alembic ", "=", "--", "[", "*"]  # fmt: skip


@settings(max_examples=settings().max_examples * 3 // 2)
@given(
    st.lists(st.sampled_from(PIECES), max_size=25), st.sampled_from(["bash", "python"])
)
def test_whatever_a_block_holds_it_is_judged(pieces: list[str], language: str) -> None:
    plan = f"# Rollback\n\n```{language}\n{''.join(pieces)}\n```\n"
    lines = plan.split("\n")
    for finding in judge("plan.md", plan.encode(), Context()):
        assert 0 <= finding.place.line <= len(lines)


@pytest.mark.parametrize(
    "piece",
    ["a|", "a&&b ", "$(", "<<A\n", "x() ", "cd a\n", "git revert a\n", "rm a/b\n", '"',
     "<a> ", "pg_restore -d x a\n"],
)  # fmt: skip
def test_hostile_shell_takes_bounded_time(piece: str) -> None:
    plan = bash(piece * (20_000 // len(piece)))
    start = time.process_time()
    assert list(judge("plan.md", plan.encode(), Context()))
    assert time.process_time() - start < 10


def test_nothing_of_a_plan_is_run(tmp_path: object) -> None:
    mark = f"{tmp_path}/mark"
    plan = bash(f"touch {mark}\necho $(touch {mark})\n`touch {mark}`")
    plan += f"\n```python\nopen('{mark}', 'w')\n```\n"
    list(judge("plan.md", plan.encode(), Context()))
    from pathlib import Path

    assert not Path(mark).exists()
