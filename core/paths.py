"""Which paths a policy means: its globs, and what kind of file a path is.

Globs are read much as `.gitignore` reads them, against whole paths from the repository's
top with `/` between their parts:

- `*` is any run of characters but `/`, `?` is one of them, `[a-z]` and `[!a-z]` one of a
  set, and `**` between slashes any number of folders.
- What is named is meant with all beneath it: `src/old` is that file, or that folder and
  every file in it. With a `/` at its end only a folder is meant.
- One name with a wildcard (`*.md`, `test_?.py`) is meant at any depth. Everything else
  counts from the top: `setup.py` is one file, `**/setup.py` and `/*.md` say otherwise.

Upper and lower case differ on every platform. What would quietly match nothing (`!`,
`{a,b}`, `..`, a backslash, `**` within a name) is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from .errors import UsageError

if TYPE_CHECKING:
    from .policy import Policy, Scope

# By their usual names. A folder `docs` or `tools` deep in a package is part of it; a
# folder `tests` is tests wherever it lies.
SCOPES: Final[dict[Scope, tuple[str, ...]]] = {
    "docs": ("docs/", "doc/", "*.md", "*.rst"),
    "tests": ("**/tests/", "test/", "test_*.py", "*_test.py", "**/conftest.py"),
    "scripts": ("scripts/", "tools/"),
}


class GlobError(UsageError):
    """A glob that cannot be meant; the sentence says what to write instead."""

    def __init__(self, glob: str, why: str) -> None:
        from .escape import visible  # not on the way of a glob that is right

        super().__init__(visible(f'the glob "{glob}" {why}'))


@lru_cache(maxsize=1024)
def _compiled(globs: tuple[str, ...]) -> Callable[[str], bool]:
    if not globs:
        return lambda path: False
    match = re.compile("|".join(map(_regex, globs)), re.DOTALL).match
    return lambda path: match(path) is not None


def matcher(globs: Iterable[str]) -> Callable[[str], bool]:
    """Whether a path is meant by at least one of `globs`, as a function of the path.

    It takes time linear in the path's length, whatever the globs. Raises GlobError.
    """
    return _compiled(tuple(globs))


def check_glob(glob: str) -> None:
    """Raises GlobError as `matcher` does, in a fraction of its time."""
    _regex(glob)


def exactly(path: str) -> str:
    """The glob that means `path` and nothing else (all beneath it, if it is a folder).

    A backslash, which no glob can hold, becomes a `?`.
    """
    glob = re.sub(r"[*?\[{]", lambda sign: f"[{sign[0]}]", path).replace("\\", "?")
    return f"/{glob}" if ("/" not in path and glob != path) or path[:1] == "!" else glob


def scope_of(path: str, policy: Policy) -> Scope:
    """What kind of file `path` is, by the policy's `scopes:`, then by usual names.

    What the policy lists for a scope replaces the usual names of that scope; what it
    lists as `source` is source before all else. The first of source, docs, tests and
    scripts that matches is the answer, and source where none does.
    """
    given = policy.scopes
    if matcher(given.get("source", ()))(path):
        return "source"
    for scope, usual in SCOPES.items():
        if matcher(given.get(scope, usual))(path):
            return scope
    return "source"


def _regex(glob: str) -> str:
    """A regular expression for `re.match` that finds the paths `glob` means.

    A run of characters before a fixed text, and a run of folders before a fixed run of
    parts, may stop at the first place where what follows fits: no later place can do
    better. So each is an atomic group, and nothing is ever tried twice.
    """
    body, folder_only = _checked(glob)
    parts = body.split("/")
    anywhere = len(parts) == 1 and not glob.startswith("/") and _is_wild(body)
    if anywhere and parts != ["**"]:
        parts.insert(0, "**")
    if parts[-1] == "**":
        # `a/**`: what lies in a, not a itself. `**`: everything.
        parts.pop()
        folder_only = True
        if all(part == "**" for part in parts):
            return ""
    runs: list[list[str]] = [[]]
    for part in parts:
        if part == "**":
            runs.append([])
        else:
            runs[-1].append(_part(part, glob))
    first, *later = runs
    pieces = ["/".join(first)] if first else []
    closing = [""] if first else []
    for run in later:
        if run:
            pieces.append("(?>(?:[^/]+/)*?" + "/".join(run))
            closing.append(")")
    # Each piece takes along the boundary that ends its last name.
    ends = ["/"] * (len(pieces) - 1) + ["/" if folder_only else r"(?:/|\Z)"]
    return "".join(map("".join, zip(pieces, ends, closing, strict=True)))


def _is_wild(part: str) -> bool:
    return any(sign in part for sign in "*?[")


def _checked(glob: str) -> tuple[str, bool]:
    """The glob without the slashes at its ends, and whether a folder alone is meant."""

    def refuse(why: str) -> GlobError:
        return GlobError(glob, why)

    if glob.startswith("!"):
        raise refuse("begins with !, and nothing can be taken out of a list of globs")
    if "\\" in glob:
        raise refuse("holds a backslash: write / between folders, and [*] for a star")
    if re.search(r"(?<!\[)\{[^{}]*,[^{}]*\}", glob):
        raise refuse("holds {...,...}, which is not read: write one glob for each")
    body = glob.removeprefix("/").removesuffix("/")
    while body.startswith("./"):
        body = body[2:]
    if body in ("", "."):
        raise refuse('names nothing: "**" is every file')
    parts = body.split("/")
    if "" in parts:
        raise refuse("holds an empty name: two slashes in a row")
    if "." in parts or ".." in parts:
        raise refuse("holds . or ..: paths count from the repository's top")
    if any("**" in part and part != "**" for part in parts):
        raise refuse("holds ** within a name: it stands alone between slashes")
    return body, glob.endswith("/")


def _part(part: str, glob: str) -> str:
    """The regular expression of one name."""
    chunks = [""]  # what lies between the stars
    i = 0
    while i < len(part):
        sign = part[i]
        i += 1
        if sign == "*":
            chunks.append("")
        elif sign == "?":
            chunks[-1] += "[^/]"
        elif sign == "[":
            # A `]` that comes first is a member, as everywhere.
            close = part.find("]", i + 2 if part[i : i + 1] in ("!", "^") else i + 1)
            if close < 0:
                raise GlobError(glob, "has a [ that is never closed: [[] is the sign")
            chunks[-1] += _set(part[i:close], glob)
            i = close + 1
        else:
            chunks[-1] += re.escape(sign)
    first, *later = chunks
    if not later:
        return first
    *middle, last = later
    text = first + "".join(f"(?>[^/]*?{chunk})" for chunk in middle if chunk)
    # The last chunk ends the name, so here the run before it must be free to grow.
    return f"{text}(?>[^/]*{last}(?=/|\\Z))"


def _set(members: str, glob: str) -> str:
    negated = members[0] in "!^"
    body = members[1:] if negated else members
    pieces = ""
    i = 0
    while i < len(body):
        low = body[i]
        if body[i + 1 : i + 2] == "-" and i + 2 < len(body):
            high = body[i + 2]
            if high < low:
                raise GlobError(glob, f"has an empty range {low}-{high}")
            pieces += f"{re.escape(low)}-{re.escape(high)}"
            i += 3
        else:
            pieces += re.escape(low)
            i += 1
    return f"(?!/)[{'^' if negated else ''}{pieces}]"
