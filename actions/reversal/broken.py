"""What would break: the result of a rollback, checked, and who wrote what breaks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ...checks import broken_rollback
from ...core.change import Change, FileChange
from ...core.finding import Finding
from ...core.policy import Policy
from ...core.reversal.differences import Difference
from ...core.reversal.scratch import Scratch
from ...core.tree import CommitTree, Entry

_USUAL_ROOTS = (".", "src", "lib")
_MOST = 5


def findings(
    scratch: Scratch,
    before: str,
    after: str,
    files: Sequence[Difference],
    policy: Policy | None,
) -> tuple[Finding, ...]:
    """What works in the tree `before` and not in the tree `after`; `files` differ."""
    if policy is None:
        policy = Policy(version=1, source_roots=_USUAL_ROOTS)
    old = {file.path: file.old for file in files if file.old is not None}
    new = {file.path: file.new for file in files if file.new is not None}
    change = Change(
        _Known(scratch, before, old),
        _Known(scratch, after, new),
        {file.path: FileChange(file.old, file.new) for file in files},
        scratch,
    )
    return tuple(broken_rollback.check(change, policy))


class _Known(CommitTree):
    """A tree of which some files are known already: reading them lists nothing."""

    def __init__(self, git: Scratch, tree: str, known: Mapping[str, Entry]) -> None:
        super().__init__(git, tree)
        self._known = known

    def read_all(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        wanted = list(paths)
        if any(path not in self._known for path in wanted):
            return super().read_all(wanted)
        contents = self._git.blobs(self._known[path].oid for path in wanted)
        return zip(wanted, contents, strict=True)
