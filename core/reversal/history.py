"""What the history says of itself: phases landed, commits reverted, landed again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from ..git import Git
from . import commits
from .commits import Commit
from .merge import three_way
from .scratch import Scratch
from .undo import Step, parent_trees

# A squash puts the messages of its commits one after the other, so a trailer may stand
# in the middle of a message.
_PHASE = re.compile(r"^Backout-Phase:[ \t]*(\S+)[ \t]*$", re.MULTILINE)
_REVERTS = re.compile(r"^This reverts commit ([0-9a-f]{7,64})\b", re.MULTILINE)
_REVERTS_PULL = re.compile(
    r"^Reverts (?:[\w.-]+/[\w.-]+)?#([0-9]+)\.?\s*$", re.MULTILINE
)
_PICKED = re.compile(r"\(cherry picked from commit ([0-9a-f]{7,64})\)")


class Said(NamedTuple):
    """A commit's id and its whole message."""

    sha: str
    message: str


def saying(
    git: Git, words: Sequence[str], tip: str, without: Iterable[str] = ()
) -> list[Said]:
    """The commits of `tip` that hold one of `words` in their message, newest first.

    Those reachable from a commit of `without` are left out.
    """
    answer = git.run(
        "log", "-z", "--topo-order", "--encoding=UTF-8", "--format=%H%n%B", "-F",
        *(f"--grep={word}" for word in words),
        tip, *(f"^{commit}" for commit in without), "--",
    ).decode("utf-8", "replace")  # fmt: skip
    found: list[Said] = []
    for record in answer.split("\0"):
        sha, _, message = record.partition("\n")
        if sha:
            found.append(Said(sha, message))
    return found


def landed(
    git: Git, migration: str, tip: str, without: Iterable[str] = ()
) -> dict[str, list[str]]:
    """The commits of each phase of `migration`, by their trailers, newest first."""
    phases: dict[str, list[str]] = {}
    prefix = f"{migration}/"
    for sha, message in saying(git, [f"Backout-Phase: {prefix}"], tip, without):
        for address in dict.fromkeys(_PHASE.findall(message)):
            if address.startswith(prefix):
                phases.setdefault(address.removeprefix(prefix), []).append(sha)
    return phases


def picked(git: Git, sha: str, tip: str) -> list[str]:
    """The cherry-picks of `sha` on `tip` that say what they were picked from."""
    return [
        said.sha
        for said in saying(git, [f"cherry picked from commit {sha[:7]}"], tip)
        if any(sha.startswith(origin) for origin in _PICKED.findall(said.message))
    ]


def of_pulls(git: Git, numbers: Iterable[int], tip: str) -> dict[int, list[str]]:
    """The commits of `tip` whose message says that they are a pull request's, for each
    of `numbers`: all of the history is read once for them."""
    found: dict[int, list[str]] = {number: [] for number in numbers}
    if not found:
        return found
    words = [w for n in found for w in (f"(#{n})", f"request #{n}", f"!{n}")]
    shas = [said.sha for said in saying(git, words, tip)]
    for commit in commits.read(git, shas):
        if commit.pull in found:
            found[commit.pull].append(commit.sha)
    return found


class State(msgspec.Struct, frozen=True):
    """What became of a commit since.

    `chain` are the commits that took it back, landed it again by reverting that, took it
    back once more, and so on; `partly` is one that took a part of it back, "" if none;
    `others` are further commits that say that they reverted it.
    """

    chain: tuple[str, ...] = ()
    partly: str = ""
    others: tuple[str, ...] = ()

    @property
    def reverted(self) -> str:
        """The commit after which nothing was left of it, "" if it is there."""
        return self.chain[-1] if len(self.chain) % 2 else ""

    @property
    def relanded(self) -> str:
        """The commit that landed it again, "" if none or taken back since."""
        return self.chain[-1] if self.chain and not self.reverted else ""


def states(git: Git, scratch: Scratch, steps: Sequence[Step], tip: str) -> list[State]:
    """What became of each commit on the way to `tip`.

    `steps` are newest first. A message may claim what is not so, so every claim is
    computed again: after a revert, undoing the commit once more changes nothing.
    """
    if not steps:
        return []
    said = saying(
        git, ["This reverts commit ", "Reverts "], tip, [steps[-1].commit.sha]
    )
    made = {commit.sha: commit for commit in commits.read(git, [s.sha for s in said])}
    claims = _claims(said, made)
    trees = parent_trees(scratch, steps)
    return [
        _state(scratch, step, theirs, claims, made)
        for step, theirs in zip(steps, trees, strict=True)
    ]


class _Claims(NamedTuple):
    by_id: list[tuple[str, str]]  # the beginning of an id, and who says so
    by_pull: dict[int, list[str]]

    def on(self, commit: Commit) -> list[str]:
        """Who says that it reverts `commit`, newest first."""
        found = [who for start, who in self.by_id if commit.sha.startswith(start)]
        found += self.by_pull.get(commit.pull, []) if commit.pull else []
        return list(dict.fromkeys(found))


def _claims(said: Sequence[Said], made: dict[str, Commit]) -> _Claims:
    claims = _Claims([], {})
    for sha, message in said:
        claims.by_id.extend((start, sha) for start in _REVERTS.findall(message))
        if made[sha].subject.startswith(("Revert ", "Reapply ")):
            for number in _REVERTS_PULL.findall(message):
                claims.by_pull.setdefault(int(number), []).append(sha)
    return claims


def _state(
    scratch: Scratch, step: Step, theirs: str, claims: _Claims, made: dict[str, Commit]
) -> State:
    chain: list[str] = []
    commit = step.commit
    others = tuple(claims.on(commit)[1:])
    while True:
        # Numbers may claim each other in a circle.
        reverts = [sha for sha in claims.on(commit) if sha not in chain]
        if not reverts:
            return State(tuple(chain), others=others)
        revert = made[reverts[0]]
        again = [r for r in claims.on(revert) if _undoes(scratch, revert, made[r])]
        if not again or again[0] in chain:
            break
        chain += [revert.sha, again[0]]
        commit = made[again[0]]
        (theirs,) = parent_trees(scratch, [Step(commit, min(len(commit.parents), 1))])
    if _is_whole(scratch, commit, theirs, revert):
        return State((*chain, revert.sha), others=others)
    return State(tuple(chain), revert.sha, others)


def _is_whole(scratch: Scratch, reverted: Commit, theirs: str, revert: Commit) -> bool:
    """Whether `revert` left nothing of `reverted` to undo; `theirs` is the tree that
    undoing it goes back to.

    Either it is just what undoing gives, or undoing once more changes nothing. The
    second alone does not do: an equal file elsewhere looks like a rename.
    """
    for parent in commits.read(scratch, revert.parents[:1]):
        merged = three_way(scratch, reverted.tree, parent.tree, theirs)
        if not merged.clashes and merged.tree == revert.tree:
            return True
    merged = three_way(scratch, reverted.tree, revert.tree, theirs)
    return not merged.clashes and merged.tree == revert.tree


def _undoes(scratch: Scratch, revert: Commit, again: Commit) -> bool:
    """Whether `again` took a revert back as a whole."""
    (theirs,) = parent_trees(scratch, [Step(revert, min(len(revert.parents), 1))])
    return _is_whole(scratch, revert, theirs, again)
