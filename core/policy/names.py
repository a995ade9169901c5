"""Names that cannot be: refs, by git-check-ref-format(1), branches, and paths."""

from __future__ import annotations

import re
from string import Formatter

from ..nearest import did_you_mean
from .problem import quoted

BRANCH_FIELDS = ("migration", "phase", "date")

_RULES = (
    (r"^-", "begins with -, so git would take it for an option"),
    (r"\.\.", "holds .., which is a range and not one commit"),
    (r"@\{", "holds @{, which names another commit tomorrow"),
    (r"[~^:]", "holds ~, ^ or :, which names a commit only from another one"),
    (r"[?*\[\\]", "holds one of ? * [ \\, which no ref may"),
    (r"[\x00-\x20\x7f]", "holds a blank or a control character, which no ref may"),
    (r"^/|/$|//", "has an empty part: / begins or ends it, or stands twice"),
    (r"(^|/)\.", "has a part that begins with a dot, which no ref may"),
    (r"\.lock(/|$)", "has a part that ends with .lock, which no ref may"),
    (r"\.$", "ends with a dot, which no ref may"),
    (r"^@$", "is @ alone, which is HEAD, and HEAD moves"),
    (r"^(HEAD|FETCH_HEAD|ORIG_HEAD)$", "moves with every commit: name a tag"),
)


def wrong_ref(name: str) -> str:
    """Why `name` cannot be a ref that stays where it is, "" if it can."""
    for pattern, why in _RULES:
        if re.search(pattern, name):
            return f"{quoted(name)} {why}"
    return ""


def wrong_branch(pattern: str) -> str:
    """Why `pattern` cannot make names of branches, "" if it can."""
    try:
        pieces = list(Formatter().parse(pattern))
    except ValueError:
        return f"{quoted(pattern)} has a {{ or }} without its other half"
    for _, field, spec, conversion in pieces:
        if field is None:
            continue
        if field not in BRANCH_FIELDS or spec or conversion:
            known = ", ".join(f"{{{name}}}" for name in BRANCH_FIELDS)
            hint = did_you_mean(field, BRANCH_FIELDS)
            return f"{quoted(f'{{{field}}}')} is not one of {known}{hint}"
    return wrong_ref(pattern.format(**dict.fromkeys(BRANCH_FIELDS, "x")))


def wrong_path(path: str) -> str:
    """Why `path` cannot be a file or folder of the repository, "" if it can."""
    parts = path.removesuffix("/").split("/")
    if "\\" in path:
        return f"{quoted(path)} holds a backslash: write / between folders"
    if path.startswith(("/", "~")) or re.match(r"[A-Za-z]:/", path):
        return f"{quoted(path)} is a place on one machine: count from the top"
    if ".." in parts:
        return f"{quoted(path)} leads out of the repository"
    if "" in parts or "." in parts or not path.isprintable():
        return f"{quoted(path)} is not the path of a file"
    return ""
