"""Real reverts, replayed: what backout computes, beside `git revert` and the human.

    python -m benchmarks.replay path/to/pip path/to/mypy

Every commit of HEAD that says which commits it reverts is taken back to its parent and
computed again. The repositories are full clones; nothing is written to them.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from backout.actions.reversal.broken import findings
from backout.core.errors import BackoutError
from backout.core.git import Git
from backout.core.reversal import blockers, commits, history, hunks, mainline
from backout.core.reversal.commits import Commit
from backout.core.reversal.differences import differences
from backout.core.reversal.overlay import Present
from backout.core.reversal.scratch import Scratch
from backout.core.reversal.undo import Reversal, Step, reverse

_NAMED = re.compile(r"^This reverts commit ([0-9a-f]{7,64})", re.MULTILINE)


def main(paths: Sequence[str]) -> int:
    """Replay each repository and print the counts; 1 where one differs from git's."""
    total: Counter[str] = Counter()
    for path in paths:
        counts = Counter(replayed(Path(path)))
        print(path, dict(sorted(counts.items())), sep="\n  ", flush=True)
        total += counts
    print("all", dict(sorted(total.items())), sep="\n  ")
    return 1 if total["differs from git"] else 0


def replayed(path: Path) -> Iterator[str]:
    """One word for each thing that happened."""
    with (
        Git.find(path, bare=True) as git,
        Scratch(git) as scratch,
        tempfile.TemporaryDirectory(prefix="backout-replay-") as folder,
    ):
        clone = Path(folder) / "clone"
        _run("clone", "-q", "--shared", "--no-checkout", str(path), str(clone))
        tip = git.resolve("HEAD")
        found: dict[str, tuple[Commit, list[Step]]] = {}
        for sha, message in history.saying(git, ["This reverts commit "], tip):
            revert = commits.read(git, [sha])[0]
            steps = _steps(git, revert, _NAMED.findall(message))
            if not steps:
                yield "cannot be replayed"
                continue
            found[sha] = (revert, steps)
            yield from _one(git, scratch, clone, revert, steps)
        for run in _runs(found):
            yield from _as_one(git, scratch, run)


def _runs(
    found: dict[str, tuple[Commit, list[Step]]],
) -> Iterator[list[tuple[Commit, list[Step]]]]:
    """Reverts that were made one directly after the other: a phase that went by hand.

    Newest first, each of them and of the runs."""
    parents = {revert.parents[0] for revert, _ in found.values()}
    for sha, one in found.items():
        if sha in parents:
            continue  # inside a run
        run = [one]
        while run[-1][0].parents[0] in found:
            run.append(found[run[-1][0].parents[0]])
        if len(run) > 1:
            yield run


def _as_one(
    git: Git, scratch: Scratch, run: Sequence[tuple[Commit, list[Step]]]
) -> Iterator[str]:
    """All that a run reverts, undone at once on what was there before its first one."""
    (parent,) = commits.read(git, run[-1][0].parents)
    steps = {step.commit.sha: step for _, some in run for step in some}
    if mainline.on_branch(git, list(steps), parent.sha):
        return  # one of them reverts another
    order = [steps[sha] for sha in mainline.ordered(git, steps)]
    yield "run of reverts"
    newest = reverse(scratch, parent.tree, order)
    if not newest.clashes:
        yield "run clean"
        if newest.tree == run[0][0].tree:
            yield "run identical to the humans'"
    if not reverse(scratch, parent.tree, order[::-1]).clashes:
        yield "run clean if undone oldest first"


def _steps(git: Git, revert: Commit, names: Sequence[str]) -> list[Step]:
    if len(revert.parents) != 1 or not names:
        return []
    try:
        ids = [git.resolve(name) for name in names]
    except BackoutError:
        return []
    if mainline.on_branch(git, ids, revert.parents[0]):
        return []
    return [mainline.step_of(c) for c in commits.read(git, mainline.ordered(git, ids))]


def _one(
    git: Git, scratch: Scratch, clone: Path, revert: Commit, steps: Sequence[Step]
) -> Iterator[str]:
    parent = commits.read(git, revert.parents)[0]
    reversal = reverse(scratch, parent.tree, steps)
    yield "replayed"
    if len(steps) > 1:
        yield "several at once"
    tree, files = _by_git(clone, parent.sha, steps)
    ours = {clash.path for _, clash in reversal.clashes}
    # git stops at the first step that conflicts.
    first = {c.path for u in reversal.undone if u.clashes for c in u.clashes}
    same = (tree == reversal.tree) if not ours else bool(files) and files <= first
    yield "same as git" if same else "differs from git"
    if not same:
        print(f"  {revert.short} differs: {sorted(ours)} {sorted(files)}", flush=True)
    if ours:
        yield "conflict"
        yield from _blocked(scratch, parent.sha, reversal, steps)
        return
    yield "clean"
    if reversal.tree == revert.tree:
        yield "identical to the human's"
    changed = differences(scratch, reversal.before, reversal.tree)
    if findings(Present(scratch, reversal.before), changed, None):
        print(f"  {revert.short} would break: {revert.subject}", flush=True)
        yield "flagged"


def _blocked(
    scratch: Scratch, tip: str, reversal: Reversal, steps: Sequence[Step]
) -> Iterator[str]:
    going = {step.commit.sha for step in steps}
    for undone in reversal.undone:
        files = hunks.marked(
            scratch, undone.base, undone.before, undone.theirs, undone.clashes
        )
        for clash in undone.clashes:
            file = files.get(clash.path)
            found = blockers.blockers(scratch, tip, undone, clash, file, going)
            yield "file in conflict"
            yield "blocker named" if found else "blocker not found"
            if not found:
                at = f"{undone.step.commit.short} on {tip[:9]}"
                print(f"  {at}: {clash.path} ({clash.kind}) has no blocker", flush=True)


def _by_git(clone: Path, parent: str, steps: Sequence[Step]) -> tuple[str, set[str]]:
    """The tree that git makes ("" with conflicts), and what conflicts."""
    _run("-C", str(clone), "reset", "-q", "--hard", parent)
    _run("-C", str(clone), "clean", "-fdxq")
    for step in steps:
        merge = ["-m", str(step.mainline)] if len(step.commit.parents) > 1 else []
        done = _run(
            "-C", str(clone), "revert", "--no-commit", *merge, step.commit.sha,
            check=False,
        )  # fmt: skip
        if done.returncode:
            break
    listing = _run(
        "-C", str(clone), "diff", "--name-only", "-z", "--diff-filter=U"
    ).stdout
    files = {os.fsdecode(name) for name in listing.split(b"\0") if name}
    tree = "" if files else _run("-C", str(clone), "write-tree").stdout.decode().strip()
    _run("-C", str(clone), "reset", "-q", "--hard")
    return tree, files


def _run(*args: str, check: bool = True) -> subprocess.CompletedProcess[bytes]:
    plain = ("-c", "core.hooksPath=/dev/null", "-c", "core.autocrlf=false")
    return subprocess.run(["git", *plain, *args], capture_output=True, check=check)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
