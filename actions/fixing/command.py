"""`backout gate --fix`: what is judged is rewritten in the work tree, the rest is said."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

import msgspec

from ...core.errors import CannotDecide, ExitCode
from ...core.escape import visible
from ...core.git import Git
from ...core.policy import Policy
from ...core.work_tree import WorkTree
from ..gate import Asked
from ..whole_file import write_whole
from .planning import Left
from .rewriting import Rewrite, rewrite

UNSTAGED = "it has changes that are not staged: stage or stash them, then try again"
REENCODED = "git writes it to disk in another encoding (working-tree-encoding)"
MEANWHILE = "it changed while it was being rewritten"


class Kept(msgspec.Struct, frozen=True):
    """A file that could not be rewritten as a whole, and why, as a clause."""

    path: str
    reason: str


def run(asked: Asked, policy: Policy, git: Git, *, diff: bool) -> int:
    """Rewrite the judged files, or with `diff` print what would change.

    Everything is planned before the first file is written. CLEAN where nothing is left
    for a person to do; with `diff`, where nothing would change either.
    """
    work = WorkTree(git)
    change = asked.change
    made = rewrite(change.head, change.present, policy)
    kept: list[Kept] = []
    before: dict[str, bytes] = {}
    for path in sorted(made.changed):
        try:
            before[path] = _work_file(path, change.head.read(path), work)
        except CannotDecide as why:
            kept.append(Kept(path, str(why)))
    after = {
        path: _ended_as(before[path], made.changed[path]) for path in sorted(before)
    }
    if diff:
        for path, content in after.items():
            for line in _difference(path, before[path], content):
                print(visible(line))
        told = _left(made, kept)
    else:
        written = [p for p in after if _write(p, before[p], after[p], work, git, kept)]
        told = [*_done(made, written), *_left(made, kept)]
        told.append(_summary(made, written, kept, staged=change.is_staged))
    for line in told:
        print(visible(line))
    is_open = bool(made.left or kept or (diff and after))
    return ExitCode.FOUND if is_open else ExitCode.CLEAN


def _work_file(path: str, judged: bytes, work: WorkTree) -> bytes:
    """The bytes of a file on disk, if they are what was judged.

    Line ends may be those that git gives it on disk. Raises CannotDecide.
    """
    entry = work.entries.get(path)
    if entry is None or not entry.is_file or entry.oid:
        raise CannotDecide("it is not a file of the work tree")
    if work.encoding(path):
        raise CannotDecide(REENCODED)
    found = work.read(path)
    if found not in (judged, judged.replace(b"\n", b"\r\n")):
        raise CannotDecide(UNSTAGED)
    return found


def _ended_as(before: bytes, content: bytes) -> bytes:
    """`content` with the line ends that git gave the file on disk."""
    if b"\r\n" in before and b"\r" not in content:
        return content.replace(b"\n", b"\r\n")
    return content


def _write(
    path: str,
    before: bytes,
    after: bytes,
    work: WorkTree,
    git: Git,
    kept: list[Kept],
) -> bool:
    assert git.top is not None
    try:
        if work.read(path) != before:
            raise CannotDecide(MEANWHILE)
        write_whole(git.top / path, after)
    except OSError as error:
        kept.append(Kept(path, f"it cannot be written: {error.strerror}"))
    except CannotDecide as why:
        kept.append(Kept(path, str(why)))
    else:
        return True
    return False


def _difference(path: str, before: bytes, after: bytes) -> Iterator[str]:
    old, new = (data.decode("utf-8", "replace").split("\n") for data in (before, after))
    return difflib.unified_diff(old, new, f"a/{path}", f"b/{path}", lineterm="")


def _done(made: Rewrite, written: list[str]) -> Iterator[str]:
    for path in written:
        number = made.replaced[path]
        yield f"{path}: rewritten, {number} {'use' if number == 1 else 'uses'}"


def _left(made: Rewrite, kept: list[Kept]) -> list[str]:
    """What is left, in the order of files and lines."""
    if not made.left and not kept:
        return []
    said = [(left.use.path, left.use.span[0], _told(left)) for left in made.left]
    said += [(one.path, 0, f"  {one.path}  {one.reason}") for one in kept]
    return ["Left for you:", *(text for _, _, text in sorted(said))]


def _told(left: Left) -> str:
    use = left.use
    line, column = use.span[:2]
    return f"  {use.path}:{line}:{column}  {use.target.dotted}: {left.reason}"


def _summary(
    made: Rewrite, written: list[str], kept: list[Kept], *, staged: bool
) -> str:
    files = {left.use.path for left in made.left} | {one.path for one in kept}
    if not written and not files:
        return "Nothing to rewrite: no use has a replacement under `forbid:`."
    next_step = ""
    if written:
        next_step = " Look at them, then git add." if staged else " Look at them."
    count = f"{len(written)} file{'' if len(written) == 1 else 's'} rewritten"
    return f"{count}, something is left in {len(files)}.{next_step}"
