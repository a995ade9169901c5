"""Python in a plan: which names it uses that nothing defines. Parsed, never imported.

Blocks declared Python, here-documents and `-c` texts given to an interpreter are read
by libcst, which knows the syntax of every version, whatever runs this. It is recursive
and slow over what nests, and a chain of 8,000 operands ends the process; so what is
too long or too deep is set aside first, and said to be.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from ...core.finding import Place
from .document import Code, Plan

if TYPE_CHECKING:
    import libcst as cst

    from .shell_command import Command

LANGUAGES = frozenset({"python", "py", "python3"})
MAX_BLOCK = 20_000
MAX_PLAN = 40_000
_DEPTH = 30  # of brackets and of indentation; people write 8
_CHAIN = 150  # operators, dots and calls in one statement
_KNOWN = frozenset(dir(builtins)) | {
    "__file__", "__name__", "__doc__", "__builtins__", "__spec__", "__path__", "self",
    "cls", "reveal_type", "In", "Out", "get_ipython", "display", "_", "__class__",
}  # fmt: skip


class Name(NamedTuple):
    """A name and where it stands first."""

    name: str
    place: Place


class Snippet(NamedTuple):
    """One piece of Python: the names that it binds, and those it uses without.

    `code` is the block that it is, or stands in; `command` the one it is given to, None
    for a block. `tree` is None for what is not read: `why` says why, "" where it is no
    Python at all. `is_method` says that it is a piece of a class that is not shown,
    `is_design` that it shows a class: a design more often than a step.
    """

    code: Code
    text: str
    place: Place
    command: Command | None = None
    tree: cst.Module | None = None
    why: str = ""
    bound: frozenset[str] = frozenset()
    free: tuple[Name, ...] = ()
    is_method: bool = False
    is_design: bool = False


def snippets(plan: Plan) -> list[Snippet]:
    """All of it, in the plan's order."""
    left = MAX_PLAN
    found: list[Snippet] = []
    for source in sorted(_sources(plan), key=lambda source: source.place.line):
        left -= len(source.text)
        why = _too_much(source.text) if left >= 0 else "the plan has too much Python"
        found.append(source._replace(why=why) if why else _read(plan, source))
    return found


def _sources(plan: Plan) -> Iterator[Snippet]:
    for code in plan.codes:
        if code.language in LANGUAGES and code.text.strip():
            place = Place(plan.path, code.line)
            yield Snippet(code, code.text, place)
    for script in plan.scripts:
        for command in script.commands:
            if not re.fullmatch(r"python[\d.]*", command.name) or command.outer:
                continue
            for text in _given(command):
                yield Snippet(script.code, text, command.place, command)


def _given(command: Command) -> Iterator[str]:
    """The program in a here-document or after -c, where the shell changes nothing."""
    words = command.words
    for redirect in command.redirects:
        if redirect.body and not re.search(r"[$`\\]", redirect.body):
            yield redirect.body
    for flag, word in pairwise(words):
        if flag.text == "-c":
            if word.literal and not re.search(r"[$`\\<>{}]", word.raw):
                yield word.text
            return


def _too_much(text: str) -> str:
    """Why `text` is not read, "" if it is: by its letters alone, before any parser."""
    if len(text) > MAX_BLOCK:
        return f"it is too long (a block may have {MAX_BLOCK:,} characters)"
    chains = [0]  # for each open bracket, the operators since its last comma
    for token in _TOKEN.finditer(text):
        kind = token.lastgroup
        if kind == "opens":
            chains[-1] += 1
            chains.append(0)
        elif kind == "closes":
            if len(chains) > 1:
                chains.pop()
        elif kind == "comma":
            chains[-1] = 0
        elif kind == "chain":
            chains[-1] += 1
        elif len(chains) == 1:
            chains[-1] = 0
            if len(token["indent"].expandtabs(4)) > 4 * _DEPTH:
                return "it is nested too deeply"
        if len(chains) > _DEPTH:
            return "it is nested too deeply"
        if chains[-1] > _CHAIN:
            return "a statement of it is too long"
    return ""


# Quotes are not told apart: an f-string nests as well.
_TOKEN = re.compile(
    r"(?P<opens>[(\[{])|(?P<closes>[)\]}])|(?P<comma>,)"
    r"|(?P<chain>[-+*/%&|^~.@]|\b(?:and|or|not|if|else|elif|lambda|await)\b"
    r"|[\"']\s*[bfru]{0,2}[\"'])"
    r"|\n(?P<indent>[ \t]*)(?=[^\s])(?!elif\b)"
)


def _read(plan: Plan, source: Snippet) -> Snippet:
    import libcst as cst

    try:
        tree = cst.parse_module(source.text)
        bound, used, shape = _names(tree)
    except cst.ParserSyntaxError:
        return source
    except Exception as error:  # noqa: BLE001  # what a parser raises is no bug of ours
        return source._replace(why=f"the parser fails at it ({type(error).__name__})")
    free = {name: node for name, node in used.items() if name not in bound | _KNOWN}
    if "*" in bound:
        free = {}
    return source._replace(
        tree=tree,
        bound=bound,
        free=tuple(sorted(_placed(plan, source, tree, free), key=_stands)),
        is_method="method" in shape,
        is_design="class" in shape,
    )


def _names(
    tree: cst.Module,
) -> tuple[frozenset[str], dict[str, cst.Name], frozenset[str]]:
    """The names bound anywhere, each name used and where first, what stands on top.

    Scopes are not told apart: a name that one function binds and another uses is not
    reported. What is reported is bound nowhere at all.
    """
    import libcst as cst

    from ..symbols.bindings import bound_by, targets
    from ..symbols.nodes import children, ident

    bound: set[str] = set()
    used: dict[str, cst.Name] = {}
    stack: list[cst.CSTNode] = [tree]
    while stack:
        node = stack.pop()
        bound.update(bound_by(node))
        if isinstance(node, cst.Name):
            used.setdefault(ident(node.value), node)
        elif isinstance(node, (cst.Attribute, cst.Arg)):
            stack.append(node.value)  # without the attribute, the keyword
            continue
        elif isinstance(node, cst.Param):
            bound.update(targets(node.name))
        elif isinstance(node, cst.CompFor):
            bound.update(targets(node.target))
        elif isinstance(node, (cst.Import, cst.ImportFrom)):
            bound.update(_imported(node))
            continue
        elif isinstance(node, cst.MatchKeywordElement):
            stack.append(node.pattern)
            continue
        elif isinstance(node, cst.TypeVar):
            bound.update(targets(node.name))
        stack.extend(reversed([*children(node)]))
    shape: set[str] = set()
    for part in tree.body:
        if isinstance(part, cst.ClassDef):
            shape.add("class")
        elif isinstance(part, cst.FunctionDef):
            first = [param.name.value for param in part.params.params[:1]]
            if first in (["self"], ["cls"]):
                shape.add("method")
    return frozenset(bound), used, frozenset(shape)


def _imported(node: cst.Import | cst.ImportFrom) -> Iterator[str]:
    import libcst as cst

    from ..symbols.bindings import bound_by

    if isinstance(node.names, cst.ImportStar):
        yield "*"
        return
    for alias in node.names:
        yield from bound_by(alias if alias.asname is None else alias.asname)


def _stands(name: Name) -> tuple[int, int]:
    return name.place.line, name.place.column


def _placed(
    plan: Plan, source: Snippet, tree: cst.Module, names: dict[str, cst.Name]
) -> Iterator[Name]:
    """Where the names stand in the file; of what a command is given, the command."""
    if source.command is not None or not names:
        yield from (Name(name, source.place) for name in names)
        return
    from libcst.metadata import MetadataWrapper, PositionProvider

    places = MetadataWrapper(tree, unsafe_skip_copy=True).resolve(PositionProvider)
    for name, node in names.items():
        row, column = places[node].start.line - 1, places[node].start.column
        yield Name(
            name, source.code.place(plan.path, row, column, row, column + len(name))
        )
