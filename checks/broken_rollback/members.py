"""Uses of methods and keywords that are not there any more, by the symbol engine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...core.change import Change
from ...core.finding import Finding, Place, Severity
from ...core.tree import Tree
from ..removed import removed
from ..symbols import Target, Use, uses
from .python import Sources

# Bytes. The engine takes seconds for a larger file, and the night has none.
_LARGEST = 120_000


def findings(
    change: Change, before: Sources, after: Sources, roots: Sequence[str]
) -> Iterator[Finding]:
    """Whoever calls a method, or gives a keyword, that the rollback takes away."""
    assert change.base is not None
    targets = list(removed(change, before, after))
    if not targets:
        return
    for use in uses(change.head, _mentioning(change.head, targets), targets, roots):
        if not isinstance(use, Use):
            continue
        target = use.target
        what = target.name
        if target.kind == "keyword":
            what = f"the keyword {target.name} of {target.of}"
        yield Finding(
            "rollback-dangling-member",
            Severity.ERROR,
            Place(use.path, *use.span),
            f"{what} is used here and is not there after this rollback.",
            "Undo the commit that brought this line too, or restore this file with it.",
            symbol=target.name,
        )


def _mentioning(tree: Tree, targets: Sequence[Target]) -> list[str]:
    """The files that hold both words: the member's, and that of its class or function.

    The engine knows whose method is called only where the file says the class's name.
    """
    pairs: set[tuple[bytes, bytes]] = set()
    for target in targets:
        owner, _, last = target.name.rpartition(".")
        if target.kind == "keyword":
            owner, last = target.of, target.name
        pairs.add((owner.rpartition(".")[2].encode(), last.encode()))
    files = tree.containing(sorted({member for _, member in pairs}))
    python = [path for path in files if path.endswith((".py", ".pyi"))]
    return [
        path
        for path, content in tree.read_all(python)
        if len(content) <= _LARGEST
        and any(owner in content and member in content for owner, member in pairs)
    ]
