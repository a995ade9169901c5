"""Dotted names in files that are not Python: settings, entry points, workflows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

Kind = Literal["python", "notebook", "text"]


class Mention(NamedTuple):
    """A dotted name, `:` read as a dot, and its span, counted in characters."""

    name: str
    start: int
    end: int


class _Region(NamedTuple):
    """Text that is no comment. Where an escape was resolved, it has one span only."""

    text: str
    start: int
    end: int
    exact: bool = True


_PYTHON = (".py", ".pyi", ".pyw", ".wsgi")
_YAML = (".yaml", ".yml")
_JSON = (".json", ".jsonc", ".json5", ".webmanifest")
_LINES = (
    ".cfg", ".ini", ".conf", ".env", ".properties", ".service", ".sh", ".bash",
    ".mk", ".dockerfile", ".tf", ".hcl",
)  # fmt: skip
_NAMES = re.compile(
    r"(?:Procfile|Dockerfile|Containerfile|Makefile|Pipfile|entry_points\.txt"
    r"|\.env|\.flake8|\.coveragerc|\.pylintrc|\.importlinter)(?:\..*)?"
)
_SHEBANG = re.compile(
    rb"#![^\r\n]*?(?:\b(?:python|pypy)[\d.]*\b|\buv run\b|pipx run\b)"
)
_SHELL = re.compile(rb"#![^\r\n]*?\b(?:ba|da|z|k)?sh\b")

# A name, as it is written where a program reads it: not inside a longer name, path or
# address. A colon is that of an entry point (`pkg.mod:attr`).
_WORD = r"[^\W\d]\w*"
_DOTTED = re.compile(
    rf"(?:(?<![\w.:/@\\-])|(?<=\b(?:ext|cfg)://))(?:\.(?=\w))?{_WORD}(?:[.:]{_WORD})+(?![\w/@])"
)

# What people read and no program resolves.
_PROSE = frozenset(
    {"description", "summary", "title", "comment", "help", "doc", "because", "reason"}
)
# A peer's list of what is forbidden names it for the same reason as ours.
_BANS = re.compile(r"banned-api|banned-module|forbidden_modules|ban-relative|disallow")


def kind_of(path: str, head: bytes) -> Kind | None:
    """How a file is to be read, by its name, or else by its first line; None: not."""
    name = path.rpartition("/")[2]
    lower = name.lower()
    if lower.endswith(_PYTHON):
        return "python"
    if lower.endswith(".ipynb"):
        return "notebook"
    if lower.endswith((*_YAML, *_JSON, *_LINES, ".toml")) or _NAMES.fullmatch(name):
        return "text"
    if _SHEBANG.match(head):
        return "python"
    return "text" if _SHELL.match(head) else None


def mentions(path: str, text: str) -> Iterator[Mention]:
    """Every dotted name in what is not a comment and not prose."""
    for region in _regions(path, text):
        for found in _DOTTED.finditer(region.text):
            name = found.group().lstrip(".").replace(":", ".")
            yield Mention(name, *_span(region, found))


def words(path: str, text: str, word: str) -> Iterator[tuple[int, int]]:
    """Where `word` stands on its own in what is not a comment and not prose."""
    pattern = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)")
    for region in _regions(path, text):
        for found in pattern.finditer(region.text):
            yield _span(region, found)


def decoded(data: bytes) -> str:
    """The text of a file, one character per byte where it is not UTF-8: names that we
    look for are mostly ASCII, and what cannot be read must not be passed over."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _span(region: _Region, found: re.Match[str]) -> tuple[int, int]:
    if region.exact:
        return region.start + found.start(), region.start + found.end()
    return region.start, region.end


def _regions(path: str, text: str) -> Iterable[_Region]:
    lower = path.lower()
    if lower.endswith(_YAML):
        return _yaml(text)
    if lower.endswith(_JSON):
        return _json(text)
    if lower.endswith(".toml") or lower.rpartition("/")[2] == "pipfile":
        return _toml(text)
    return _lines(text)


def _yaml(text: str) -> Iterator[_Region]:
    """The scalars; of a file that is no YAML (a template) the lines."""
    import yaml

    tokens: list[_Region] = []
    key = ""
    awaiting_key = False
    try:
        for token in yaml.scan(text, Loader=yaml.SafeLoader):
            if isinstance(token, yaml.KeyToken):
                awaiting_key = True
            elif isinstance(token, yaml.ScalarToken):
                start, end = token.start_mark.index, token.end_mark.index
                if awaiting_key:
                    key, awaiting_key = token.value, False
                elif key.lower() in _PROSE:
                    continue
                tokens += _scalar(text[start:end], token.value, start)
            elif isinstance(token, yaml.TagToken):
                tokens += _tag(token.start_mark.index, token.value[1])
            elif isinstance(token, yaml.BlockEntryToken | yaml.FlowEntryToken):
                key = "" if key.lower() in _PROSE else key
    except yaml.YAMLError:
        yield from _lines(text)
        return
    yield from tokens


def _tag(start: int, suffix: str) -> Iterator[_Region]:
    """`!!python/object:pkg.Class` of YAML: the name after the colon."""
    kind, colon, name = suffix.partition(":")
    if colon and kind.startswith("python/"):
        at = start + len(f"!!{kind}:")
        yield _Region(name, at, at + len(name))


_STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"')


def _json(text: str) -> Iterator[_Region]:
    """The strings, keys too: settings are often maps from names."""
    import json

    key = ""
    for found in _STRING.finditer(text):
        raw = found.group()
        is_key = re.compile(r"\s*:").match(text, found.end()) is not None
        try:
            value = str(json.loads(raw))
        except ValueError:
            value = raw
        if is_key:
            key = value
        elif key.lower() in _PROSE:
            continue
        yield from _scalar(raw, value, found.start())


_TOML = re.compile(
    r'"""(?:[^\\]|\\.)*?"""|\'\'\'.*?\'\'\'|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|#[^\n]*'
    r"|^[ \t]*\[[^\n]*?\][ \t]*$|^[ \t]*[\w-]+(?=[ \t]*=)",
    re.DOTALL | re.MULTILINE,
)


def _toml(text: str) -> Iterator[_Region]:
    table = key = ""
    at = 0
    for found in _TOML.finditer(text):
        raw = found.group()
        if raw.lstrip().startswith("[") and raw.rstrip().endswith("]"):
            table, key = raw, ""
        elif raw[0] not in "\"'#":
            key = raw.strip()
        elif raw[0] == "#" or key.lower() in _PROSE or _BANS.search(table + key):
            yield _Region(text[at : found.start()], at, found.start())
            at = found.end()
        elif raw[0] == '"' and "\\" in raw:
            yield _Region(text[at : found.start()], at, found.start())
            yield from _scalar(raw, _unescaped(raw), found.start())
            at = found.end()
    yield _Region(text[at:], at, len(text))


def _unescaped(raw: str) -> str:
    """A basic string of TOML, its escapes of letters resolved."""
    return re.sub(
        r"\\u([0-9A-Fa-f]{4})|\\U000([0-9A-Fa-f]{5})",
        lambda found: chr(int(found.group(1) or found.group(2), 16)),
        raw,
    )


_COMMENT = re.compile(r"(?:^[ \t]*[#;!]|[ \t][#;]).*$", re.MULTILINE)
_KEY = re.compile(r"^([\w-]+)[ \t]*[=:].*(?:\n[ \t]+.*)*", re.MULTILINE)


def _lines(text: str) -> Iterator[_Region]:
    """What lies outside of comments, each kept by spaces of its length."""

    def blank(found: re.Match[str]) -> str:
        return re.sub(r"[^\r\n]", " ", found.group())

    def unless_read(found: re.Match[str]) -> str:
        key = found.group(1)
        skip = key.lower() in _PROSE or _BANS.search(key)
        return blank(found) if skip else found.group()

    first = text.split("\n", 1)[0]
    bare = _COMMENT.sub(blank, text)
    if first.startswith("#!"):
        bare = first + bare[len(first) :]
    yield _Region(_KEY.sub(unless_read, bare), 0, len(text))


def _scalar(raw: str, value: str, start: int) -> Iterator[_Region]:
    """One scalar: as it is written, or, where escapes hide something, as it is meant."""
    end = start + len(raw)
    yield _Region(raw, start, end)
    if "\\" in raw:
        written = {found.group() for found in _DOTTED.finditer(raw)}
        for found in _DOTTED.finditer(value):
            if found.group() not in written:
                yield _Region(found.group(), start, end, exact=False)
