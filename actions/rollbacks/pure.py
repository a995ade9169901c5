"""A change that says it is a rollback: proven to be one, or an ordinary change."""

from __future__ import annotations

from ...core.change import Change
from ...core.errors import UsageError
from ...core.git import Git
from ...core.policy import Policy
from ...core.reversal.merge import three_way
from ...core.reversal.scratch import Scratch
from ..reversal.record import FOLDER, decode
from . import messages
from .impure import Impure
from .proof import Proof, prove

_LARGEST = 1_000_000  # bytes of a record


def claims_to_be_one(change: Change) -> bool:
    """Whether the change brings the record of a rollback."""
    return bool(_records(change))


def proof_of(git: Git, change: Change, policy: Policy) -> Proof:
    """The proof that the change is a pure rollback and nothing else.

    `policy` is the base's. Raises Impure with the reason why it is none.
    """
    records = _records(change)
    if len(records) > 1:
        raise Impure(f"it brings {len(records)} records")
    (path,) = records
    data = change.head.read(path)
    if len(data) > _LARGEST:
        raise Impure(f"its record {path} is too large")
    try:
        record = decode(data, path)
    except UsageError as error:
        raise Impure(str(error)) from error
    base, head = change.base_tip, change.head_tip
    messages.check(git, record, base, head)
    with Scratch(git) as scratch:
        result = _merged(git, scratch, base, head)
        return prove(git, scratch, policy, base, result, path, record)


def _records(change: Change) -> list[str]:
    return [
        path
        for path, file in change.files.items()
        if path.startswith(f"{FOLDER}/")
        and file.old is None
        and file.new is not None
        and file.new.is_file
    ]


def _merged(git: Git, scratch: Scratch, base: str, head: str) -> str:
    """The tree that merging `head` into `base` gives."""
    common = git.run("merge-base", base, head).split()[0].decode("ascii")
    ours, theirs = git.resolve(base, "tree"), git.resolve(head, "tree")
    if common == base:
        return theirs
    merged = three_way(scratch, git.resolve(common, "tree"), ours, theirs)
    if merged.clashes:
        raise Impure(f"it conflicts with the base in {merged.clashes[0].path}")
    return merged.tree
