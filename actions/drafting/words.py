"""Small readings of a plan's words: names, paths, values, ways to reach people."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...checks.plans.durations import policy_form, stretches
from ...checks.plans.meaning import words
from ...checks.plans.outline import plain
from ...core.policy.names import wrong_path

_REACH = re.compile(
    r"https?://[^\s)>\]|]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?<![\w.])@[A-Za-z][\w-]*"
    r"(?:/[\w-]+)?|(?<![\w&#/])#[a-z][a-z0-9_-]+|\+\d[\d ().-]{6,}\d",
    re.IGNORECASE,
)
_PATH = re.compile(
    r"(?<![\w./$<>{}:-])(?:\.github/|[A-Za-z_][\w-]*/)(?:[\w.*-]+/)*[\w.*-]*"
    r"(?![\w$<>{}(])|(?<![\w./-])[\w-]+\.(?:py|ini|ya?ml|toml|cfg|env)\b(?![\w/(])"
)
_OPPOSITE = {
    "0": "1", "1": "0", "false": "true", "true": "false", "off": "on", "on": "off",
    "no": "yes", "yes": "no", "disabled": "enabled", "enabled": "disabled",
    "legacy": "new", "old": "new", "v1": "v2", "False": "True", "True": "False",
}  # fmt: skip


def slug(text: str) -> str:
    """A name for a key: "Tech Lead" is tech-lead; "" where nothing is left."""
    return "-".join(words(plain(text)).split())[:60].strip("-")


def one_line(text: str) -> str:
    """The text of a paragraph or item, plain and on one line."""
    return " ".join(plain(text).split())


def reached(text: str) -> str:
    """The first way to reach somebody in `text`, "" where there is none."""
    found = _REACH.search(text)
    return found[0].rstrip(".,;") if found else ""


def paths(text: str) -> Iterator[str]:
    """The repository's paths that `text` names, folders with their last slash."""
    for found in _PATH.finditer(text):
        path = found[0].rstrip(".,;:")
        bare = path.rstrip("/")
        if bare and "*" not in bare and not wrong_path(bare) and "//" not in path:
            yield path


def opposite(value: str) -> str:
    """The other value of a switch, "" where it is not known."""
    return _OPPOSITE.get(value, "")


def longest(text: str) -> str:
    """The first length of time in `text` as a policy writes it, its upper end."""
    found = stretches(text)
    return policy_form(found[0].high) if found else ""
