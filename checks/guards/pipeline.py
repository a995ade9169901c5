"""A guard in YAML: a workflow of a CI, a configuration of pre-commit.

Read by what the field's tools have in common rather than by one vendor's schema: keys
that hold commands, keys that name something to run, keys that say that failure is fine.
"""

from __future__ import annotations

import re
import shlex
from collections import Counter
from collections.abc import Iterator

import yaml

from .facts import LISTS_EXCEPTIONS, Facts

_COMMANDS = ("run", "script", "before_script", "after_script", "command", "commands")
# What prepares and what tells does not guard.
_PREPARES = frozenset(
    [
        "apt",
        "apt-get",
        "brew",
        "cd",
        "chmod",
        "choco",
        "conda",
        "cp",
        "curl",
        "echo",
        "export",
        "ls",
        "mkdir",
        "mv",
        "pip",
        "pip3",
        "printf",
        "pwd",
        "rm",
        "set",
        "source",
        "sudo",
        "tar",
        "touch",
        "unzip",
        "wget",
        "fi",
        "done",
        "else",
    ]
)
_STARTERS = frozenset(
    [
        "python",
        "python3",
        "uv",
        "poetry",
        "pipx",
        "hatch",
        "pdm",
        "npx",
        "exec",
        "time",
        "env",
    ]
)
# Keys that only sound like a list of exceptions; the last one is of actions/setup-python.
_NO_LISTS = ("if", "except", "allow-prereleases")
# Programs of many deeds: the deed belongs to the name, and some deeds only prepare.
_MANY = frozenset(
    [
        "make",
        "tox",
        "nox",
        "just",
        "task",
        "pre-commit",
        "prek",
        "backout",
        "npm",
        "yarn",
        "pnpm",
        "git",
        "docker",
    ]
)
_PREPARING = frozenset(
    [
        "install",
        "ci",
        "sync",
        "fetch",
        "clone",
        "checkout",
        "config",
        "pull",
        "push",
        "add",
        "commit",
        "update",
        "login",
    ]
)
# Actions that fetch, install, pack, keep or hand out what the others need or made.
_PREPARES_TOO = re.compile(
    r"(setup|install|upload|download|cache|login|maturin|build-push)\b.*"
    r"|.*\b(checkout|cache|artifacts?|publish|release)"
)
_AXIS = re.compile(r"\bmatrix\.([\w-]+)[\w.-]*\s*==")
_COMMENTED = re.compile(r"\s*#\s*-\s*(.*\S)\s*")
_EXPRESSION = re.compile(r"\$\{\{.*?\}\}")
_SWALLOWS = re.compile(r"\|\|\s*(?:true|:|exit\s+0|echo\b[^|&;]*)\s*$|--exit-zero\b")
_UNGUARDED = re.compile(r"^\s*set\s+\+e\b|(?:;|&&)\s*exit\s+0\s*$|^\s*exit\s+0\s*$")
_NARROWS = re.compile(
    r"--(?:ignore|deselect|exclude|skip)(?:-\w+)?[= ]\S+|-k\s+.?not\s.*"
)


def facts(data: bytes) -> Facts:
    """What the pipeline in `data` runs. Raises ValueError where it is no YAML."""
    found = Facts.none()
    try:
        root = _root(data)
        if root is not None:
            _walk(root, (), found, set())
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ValueError(str(error).splitlines()[0]) from error
    return found


def switched_off(before: bytes, after: bytes) -> Iterator[tuple[int, str]]:
    """What a job's matrix included and what is a comment now: its line, and its first
    words. Both texts were read as facts."""
    gone = _included(before) - _included(after)
    if gone:
        rows = after.decode("utf-8", "replace").splitlines()
        for line, row in enumerate(rows, start=1):
            comment = _COMMENTED.fullmatch(row)
            if comment and comment[1] in gone:
                yield line, comment[1]


def _included(data: bytes) -> set[str]:
    """The first row of each entry under `include` of a job's matrix."""
    rows = data.decode("utf-8", "replace").splitlines()
    found: set[str] = set()
    for job in _values(_field(_root(data), "jobs")):
        include = _field(_field(_field(job, "strategy"), "matrix"), "include")
        for entry in _entries(include):
            line = entry.start_mark.line
            if line < len(rows):
                found.add(rows[line].strip().removeprefix("-").strip())
    return found


def _values(node: yaml.Node | None) -> list[yaml.Node]:
    pairs: list[tuple[yaml.Node, yaml.Node]] = []
    if isinstance(node, yaml.MappingNode):
        pairs = node.value
    return [value for _, value in pairs]


def _entries(node: yaml.Node | None) -> list[yaml.Node]:
    entries: list[yaml.Node] = []
    if isinstance(node, yaml.SequenceNode):
        entries = node.value
    return entries


def _root(data: bytes) -> yaml.Node | None:
    # Not the loader in C: nested deep enough, it ends the process.
    return yaml.compose(data, Loader=yaml.SafeLoader)


def _walk(node: yaml.Node, keys: tuple[str, ...], found: Facts, seen: set[int]) -> None:
    if id(node) in seen:  # an alias: it was read where its anchor stands
        return
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        _hooks_of(node, found)
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                inner = Facts.none() if keys == ("jobs",) else found
                _pair((*keys, key.value), value, inner)
                _walk(value, (*keys, key.value), inner, seen)
                if inner is not found:
                    _take_in(f"job {key.value}", inner, _axes(value), found)
    elif isinstance(node, yaml.SequenceNode):
        walk = _step if keys[-1:] == ("steps",) else _walk
        for child in node.value:
            walk(child, keys, found, seen)


def _axes(job: yaml.Node) -> dict[str, int]:
    """How many values each axis of a job's matrix lists."""
    matrix = _field(_field(job, "strategy"), "matrix")
    return {
        key.value: len(value.value)
        for key, value in (matrix.value if isinstance(matrix, yaml.MappingNode) else ())
        if isinstance(key, yaml.ScalarNode) and isinstance(value, yaml.SequenceNode)
        if key.value not in ("include", "exclude")
    }


def _field(node: yaml.Node | None, name: str) -> yaml.Node | None:
    pairs: list[tuple[yaml.Node, yaml.Node]] = []
    if isinstance(node, yaml.MappingNode):
        pairs = node.value
    return next((v for k, v in pairs if getattr(k, "value", "") == name), None)


def _take_in(name: str, job: Facts, axes: dict[str, int], found: Facts) -> None:
    """Note what a job does, and how often its matrix has it done."""
    job.parts[name] = job.strengths.copy()
    for axis, values in axes.items():
        often = job.strengths - job.split.get(axis, Counter())
        job.fanned[axis] = Counter({w: n * (values - 1) for w, n in often.items()})
    found.take_in(job)


def _step(node: yaml.Node, keys: tuple[str, ...], found: Facts, seen: set[int]) -> None:
    """What a step does, and for which axis of the matrix one value alone has it done."""
    step = Facts.none()
    _walk(node, keys, step, seen)
    condition = _field(node, "if")
    asked = _AXIS.search(condition.value) if condition is not None else None
    if asked:
        step.split[asked[1]] = step.strengths.copy()
    found.take_in(step)


def _hooks_of(node: yaml.MappingNode, found: Facts) -> None:
    """Note which repository the hooks of pre-commit come from."""
    fields = {getattr(key, "value", ""): value for key, value in node.value}
    repo, hooks = fields.get("repo"), fields.get("hooks")
    if isinstance(repo, yaml.ScalarNode) and isinstance(hooks, yaml.SequenceNode):
        for hook in hooks.value:
            pairs = hook.value if isinstance(hook, yaml.MappingNode) else ()
            for key, value in pairs:
                if getattr(key, "value", "") == "id":
                    found.sources[f"hook {getattr(value, 'value', '')}"] = repo.value


def _pair(keys: tuple[str, ...], value: yaml.Node, found: Facts) -> None:
    key, line = keys[-1], value.start_mark.line + 1
    if key in _COMMANDS:
        for at, text in _texts(value):
            command(text, at, found)
    elif key == "uses" and isinstance(value, yaml.ScalarNode):
        action = value.value.split("@")[0]
        if not _PREPARES_TOO.fullmatch(action.rpartition("/")[2]):
            found.strong(f"uses {action}", line)
    elif len(keys) == 2 and keys[0] == "jobs":
        found.strong(f"job {key}", line)
    elif len(keys) > 1 and keys[-2] == "hooks" and key == "id":
        found.strong(f"hook {getattr(value, 'value', '')}", line)
    elif keys[:1] in (("on",), ("true",)) or key == "on":
        _triggers(keys, value, found)
    scalar = value.value.strip() if isinstance(value, yaml.ScalarNode) else ""
    if key in ("continue-on-error", "allow_failure") and scalar not in ("false", ""):
        found.weak(f"lets failures pass: {key}: {scalar}", line)
    elif key == "if" and re.fullmatch(r"(\$\{\{\s*)?false(\s*\}\})?", scalar):
        found.weak(f"never runs: if: {scalar}", line)
    elif key == "when" and scalar in ("manual", "never"):
        found.weak(f"does not run by itself: when: {scalar}", line)
    elif key == "stages" and [text for _, text in _texts(value)] == ["manual"]:
        found.weak("does not run by itself: stages: [manual]", line)
    elif LISTS_EXCEPTIONS.search(key) and key not in _NO_LISTS:
        for at, text in _texts(value):
            # One text may hold several: `a, b`, `^(a|b)`. What is left of it is no news.
            for entry in filter(None, re.split(r"[,\s|]+", text)):
                found.weak(f"lets more through: {entry[:80]}, in {key}", at)


def _triggers(keys: tuple[str, ...], value: yaml.Node, found: Facts) -> None:
    """What starts a workflow. Only the events themselves: `on:`, one level below it."""
    if len(keys) != 1:
        return
    line = value.start_mark.line + 1
    if isinstance(value, yaml.MappingNode):
        names = [key.value for key, _ in value.value]
    else:
        names = [text for _, text in _texts(value)]
    for name in names:
        found.strong(f"trigger {name}", line)


def command(text: str, first: int, found: Facts) -> None:
    """Note what the shell commands of `text` check; its first line is line `first`."""
    # Of the branches of an `if` one is run: what each of them does is done once.
    branches: list[list[Counter[str]]] = [[Counter()]]
    for offset, row in enumerate(text.splitlines() or [text]):
        line, row = first + offset, row.strip()
        if not row or row.startswith("#"):
            continue
        if _SWALLOWS.search(row) or _UNGUARDED.search(row):
            found.weak(f"lets failures pass: {row[:80]}", line)
        for narrowing in _NARROWS.findall(row):
            found.weak(f"looks at less: {narrowing[:80]}", line)
        word = re.split(r"[\s;]", row)[0]
        if word == "if" and not re.search(r"\bfi\b", row):
            branches.append([Counter()])
        elif word in ("elif", "else") and len(branches) > 1:
            branches[-1].append(Counter())
        elif word == "fi" and len(branches) > 1:
            _close(branches)
        program = _program(row)
        if program:
            branches[-1][-1][program] += 1
            found.lines[program] = line
    while len(branches) > 1:
        _close(branches)
    found.strengths.update(branches[0][0])


def _close(branches: list[list[Counter[str]]]) -> None:
    """End an `if`: the most that one of its branches does is what is done."""
    most = Counter[str]()
    for branch in branches.pop():
        most |= branch
    branches[-1][-1].update(most)


def _program(row: str) -> str:
    """What a line runs, by its telling words: `pytest`, `scripts/check.py`, `make x`."""
    row = _EXPRESSION.sub("x", row)
    try:
        words = shlex.split(row, comments=True)
    except ValueError:  # a quote that ends on a later line
        words = row.split()
    words = [w for w in words if not re.fullmatch(r"[A-Za-z_]\w*=.*", w)]
    while words and words[0] in ("if", "!", "then", "{", "("):
        words.pop(0)
    # What starts a program is not the program: `python -m nox -s docs` is `nox -s docs`.
    while words and words[0] in _STARTERS:
        words = [w for w in words[1:] if not w.startswith("-") and w != "run"]
    if not words or words[0] in _PREPARES:
        return ""
    rest = [w for w in words[1:] if not w.startswith("-") and w != "run"]
    deed = rest[:1] if words[0] in _MANY else []
    if _PREPARING & {words[0], *deed}:
        return ""
    return " ".join([words[0], *deed]) if re.fullmatch(r"[\w./-]+", words[0]) else ""


def _texts(node: yaml.Node) -> Iterator[tuple[int, str]]:
    """Each scalar of a scalar or a list, with the line that its text begins in."""
    if isinstance(node, yaml.ScalarNode):
        below = 1 if node.style in ("|", ">") else 0
        yield node.start_mark.line + 1 + below, node.value
    elif isinstance(node, yaml.SequenceNode):
        for child in node.value:
            yield from _texts(child)
