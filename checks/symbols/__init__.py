"""The symbol engine: where a tree's Python files use given dotted names.

It serves whoever asks "is this name used, and where": the forbidden-symbol check, the
ratchet, `--fix`, the way back that must not break, and the reversal's semantic check.

    for found in uses(tree, None, [Target("symbol", "shop.old.Cart")], roots=["src"]):
        match found:
            case Use(): ...         # a span that names the symbol
            case Unreadable(): ...  # a file that mentions it and cannot be judged

What counts. A use is a place that resolves to a target, or to something within one: a
resolved name that equals the target's or continues it with a dot. Imports of every
form, names and attributes (loaded, stored or deleted), `__all__`, annotations, quoted
or not, type comments, strings that name a target with dots (`"shop.old.Cart"`,
`"shop.old:Cart"`) or in a call that takes names (`getattr(old, "Cart")`), attributes
of an instance that the same file shows to be one. Other files' re-exports are followed
under whatever name. Where control flow decides, what may be the target counts. Innocent
are comments, docstrings, a shadowing local of the same name, another package's name.

Where. One use for a maximal dotted expression and target, on the shortest part of it
that names the target: in `old.Cart.add(x)` the span of `old.Cart`; in
`from shop.old import Cart as C` that of `Cart`; in a string the characters between the
quotes (the whole literal if it holds escapes); in `from shop.old import *` the star.

How. Bytes first: files that hold none of a few words are never read. Then the standard
library's `ast` clears files and statements that cannot reach a target. What is left is
judged on libcst's tree, in worker processes: a file that kills or stalls the parser is
an `Unreadable`, and the run goes on.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from .modules import Homes
from .target import Kind, Span, Target, Unreadable, Use, Via

__all__ = [
    "Homes",
    "Kind",
    "Span",
    "Target",
    "Unreadable",
    "Use",
    "Via",
    "prepare",
    "start_workers",
    "uses",
]

if TYPE_CHECKING:  # a worker, which is in this package, needs no tree
    from ...core.tree import Tree


def prepare() -> None:
    """Import what a search needs: git may list its files meanwhile."""
    from . import engine  # noqa: F401  # pyright: ignore[reportUnusedImport]


def start_workers(policy: bytes, read: Callable[[str], bytes]) -> None:
    """Start what judges files, where a whole tree will be searched that most likely uses
    what a policy's text forbids: it imports libcst while the rest is imported here.

    `read` gives what lies at a path, nothing for no file. Not where all would share one
    processor.
    """
    if (os.cpu_count() or 1) > 1 and _is_likely(policy, read):
        prepare()  # what is imported by now, a worker need not import
        from . import pool

        pool.prepare()


# What is forbidden, in a policy that is not parsed yet; of any bytes no more is asked than
# of a usual one.
_FORBIDDEN = re.compile(rb"\b(?:symbol|module)[\"']?: {0,9}[\"']?([\w.]{1,200})")
_MOST_ASKED = 50


def _is_likely(policy: bytes, read: Callable[[str], bytes]) -> bool:
    """Whether the file of something forbidden lies where most have it, and names it."""
    for found in islice(_FORBIDDEN.finditer(policy), _MOST_ASKED):
        parts = found[1].decode().split(".")[:20]
        last = parts[-1].encode()
        for end in range(len(parts), 0, -1):
            for root in ("", "src/"):
                file = root + "/".join(parts[:end])
                if any(last in read(file + kind) for kind in (".py", "/__init__.py")):
                    return True
    return False


def uses(
    tree: Tree,
    paths: Iterable[str] | None,
    targets: Sequence[Target],
    roots: Sequence[str] = (".",),
) -> Iterator[Use | Unreadable]:
    """Every use of `targets` in the Python files among `paths`, by path, then by place.

    The search of a whole tree begins at once, and goes on until the first is asked for.

    `paths` of None is every file of the tree. Whatever is judged, re-exports are
    resolved over the whole of `tree`. `roots` are the policy's source roots: a file
    `src/shop/old.py` under the root `src` is `shop.old` and `src.shop.old`. The home of
    a target (the file of the module that it lies in, or any file within a target
    module) is not exempt here: the caller leaves it out, see `Homes`.

    Raises CannotDecide where a file of the tree cannot be read at all.
    """
    from .engine import Engine
    from .pool import Pool

    pool = Pool()
    engine = Engine(tree, paths, targets, roots, pool)
    engine.begin()

    def found() -> Iterator[Use | Unreadable]:
        with pool:
            yield from engine.run()

    return found()
