"""The local branch: commits made in the scratch, brought over, and one ref created."""

from __future__ import annotations

from collections.abc import Iterator

from ...core.errors import UsageError
from ...core.escape import visible
from ...core.git import Git, GitError
from ...core.git import encode as encode_path
from ...core.reversal.scratch import Scratch
from ...core.reversal.undo import Undone
from ...core.tree import FILE, Entry
from .computing import Computed
from .plan import Plan
from .record import FOLDER, Record, encode, path_of


def check_form(git: Git, name: str) -> None:
    """Raises UsageError where no branch can be called `name`."""
    # With --branch it would take @{-1} for another name, and end with 128.
    if name.startswith("-") or not git.test("check-ref-format", f"refs/heads/{name}"):
        raise UsageError(f'"{name}" cannot be the name of a branch: give --branch NAME')


def check_name(git: Git, name: str) -> None:
    """Raises UsageError where no branch can be called `name`, or one is already."""
    check_form(git, name)
    if git.test("show-ref", "--verify", "--quiet", f"refs/heads/{name}"):
        raise UsageError(
            f"the branch {name} is here already. If it is an old one, delete it "
            f"(git branch -D {name}); or give this one another name: --branch NAME"
        )


def holds(git: Git, scratch: Scratch, plan: Plan) -> bool:
    """Whether the plan's branch is here, with just this result and records on it."""
    tree = git.find_object(f"refs/heads/{plan.branch}", "tree")
    if tree is None:
        return False
    different = scratch.run(
        "diff-tree", "-r", "-z", "--name-only", "--no-renames", plan.tree, tree
    ).split(b"\0")[:-1]
    folder = encode_path(f"{FOLDER}/")
    return bool(different) and all(name.startswith(folder) for name in different)


def create(
    git: Git, scratch: Scratch, computed: Computed, record: Record, *, squash: bool
) -> str:
    """Make the commits and the branch; the id of its newest commit.

    Neither HEAD, the index nor the work tree is touched. The ref is created, never
    moved: where somebody was faster, UsageError is raised and nothing is left but
    unreachable objects.
    """
    tip = computed.onto.commit
    for tree, message in _commits(scratch, computed, record, squash=squash):
        tip = _commit(git, scratch, tree, tip, message)
    _bring_over(git, scratch, tip, computed.onto.commit)
    ref = f"refs/heads/{computed.plan.branch}"
    try:
        git.run(
            "update-ref", "--create-reflog", "-m", f"backout: revert {record.name}",
            ref, tip, "0" * len(tip),
        )  # fmt: skip
    except GitError as error:
        raise UsageError(
            f"the branch {computed.plan.branch} cannot be created: "
            f"{error.stderr.strip()}. Give another name: --branch NAME"
        ) from error
    return tip


def advanced(
    git: Git, scratch: Scratch, computed: Computed, record: Record, tip: str
) -> str:
    """A merge of the base as it is now into `tip`, whose files are the new result.

    It stands on `tip`, so a branch can be moved on to it without a force. No ref is
    made; its id.
    """
    onto = computed.onto.commit
    blob = scratch.blob_of(encode(record))
    tree = scratch.edited(computed.reversal.tree, {path_of(record): Entry(FILE, blob)})
    subject = f"Compute the rollback of {record.name} again on {onto[:9]}"
    made = _commit(git, scratch, tree, tip, _message(subject, record), onto)
    _bring_over(git, scratch, made, tip, onto)
    return made


def _commits(
    scratch: Scratch, computed: Computed, record: Record, *, squash: bool
) -> Iterator[tuple[str, str]]:
    """The tree and the message of each commit, oldest first."""
    reversal = computed.reversal
    blob = scratch.blob_of(encode(record))
    final = scratch.edited(reversal.tree, {path_of(record): Entry(FILE, blob)})
    if squash:
        bodies = [_body(undone) for undone in reversal.undone]
        yield final, _message(f"Roll back {record.name}", record, *bodies)
        return
    tree = reversal.before
    for undone in reversal.undone:
        if undone.after != tree:
            subject = f'Revert "{undone.step.commit.subject}"'
            yield undone.after, _message(subject, record, _body(undone))
        tree = undone.after
    if reversal.tree != tree:
        subject = f"Restore files from {record.baseline[:12]}"
        restored = "\n".join(f"    {visible(glob)}" for glob in record.restore)
        yield reversal.tree, _message(subject, record, restored)
    yield final, _message(f"Record the rollback of {record.name}", record)


def _body(undone: Undone) -> str:
    """As git words it: other tools look for this sentence."""
    step = undone.step
    if len(step.commit.parents) < 2:
        return f"This reverts commit {step.commit.sha}."
    return (
        f"This reverts commit {step.commit.sha}, reversing\n"
        f"changes made to {step.parent}."
    )


def _message(subject: str, record: Record, *bodies: str) -> str:
    trailers = [f"Backout-Rollback: {record.name}"]
    if record.severity:
        trailers.append(f"Backout-Severity: {record.severity}")
    reason = [record.reason] if record.reason else []
    return "\n\n".join([subject, *reason, *bodies, "\n".join(trailers)]) + "\n"


def _commit(
    git: Git, scratch: Scratch, tree: str, parent: str, message: str, *merged: str
) -> str:
    """A commit by the person who runs this, signed where their git signs."""
    signs = git.run("config", "--type=bool", "--default=false", "commit.gpgSign")
    return (
        git.run(
            "-c", "i18n.commitEncoding=UTF-8", "commit-tree",
            *(["-S"] if signs.strip() == b"true" else []),
            "-p", parent, *(part for other in merged for part in ("-p", other)),
            "-F", "-", tree,
            data=message.encode("utf-8", "replace"),
            extra=scratch.seen_from_origin(),
        )
        .decode("ascii")
        .strip()
    )  # fmt: skip


def _bring_over(git: Git, scratch: Scratch, tip: str, *known: str) -> None:
    """Copy into the repository what `tip` needs and it does not have.

    Only what was made here: old files that come back are there, however large they are.
    """
    made = scratch.made()
    stops = (f"^{commit}" for commit in known)
    walk = scratch.run("rev-list", "--objects", tip, *stops, "--").split(b"\n")
    ids = [row[: len(tip)] for row in walk if row[: len(tip)].decode("ascii") in made]
    if not ids:
        return  # the same second, the same commits: all is there
    pack = scratch.run("pack-objects", "--stdout", "-q", data=b"\n".join(ids) + b"\n")
    git.run("unpack-objects", "-q", data=pack)


def put(
    git: Git, scratch: Scratch, name: str, onto: str, tree: str, message: str
) -> str:
    """A branch of one commit on `onto` with that tree; the commit's id.

    As with `create`, the ref is created and never moved.
    """
    tip = _commit(git, scratch, tree, onto, message)
    _bring_over(git, scratch, tip, onto)
    subject = message.partition("\n")[0]
    git.run(
        "update-ref", "--create-reflog", "-m", f"backout: {subject}",
        f"refs/heads/{name}", tip, "0" * len(tip),
    )  # fmt: skip
    return tip
