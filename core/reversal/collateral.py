"""Collateral: later work, of commits that are not undone, that a reversal also undoes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import msgspec

from ..git import Git
from . import commits
from .blame import blamed
from .commits import Commit
from .differences import Difference
from .scratch import Scratch

_HEADER = re.compile(rb"^@@ -([0-9]+)(?:,([0-9]+))? ", re.MULTILINE)
_BATCH = 200  # paths for one git: a command line has an end


class Lost(msgspec.Struct, frozen=True):
    """What goes of a commit that is not undone: lines by file, -1 for a binary one."""

    commit: Commit
    files: dict[str, int]


def collateral(
    scratch: Scratch,
    tip: str,
    since: str,
    files: Sequence[Difference],
    going: Iterable[str],
) -> list[Lost]:
    """The later work that goes, newest commit first.

    `files` are the differences between the tip's tree and the result, `since` is the
    commit after which work is later, `going` are the commits that are meant to go.
    """
    gone = set(going)
    losing = {
        file.path: file for file in files if file.old is not None and file.removed != 0
    }
    touched = _later(scratch, tip, since, list(losing))
    lost: dict[str, dict[str, int]] = {}
    for path, shas in touched.items():
        others = [sha for sha in shas if sha not in gone]
        if not others:
            continue
        file = losing[path]
        old = file.old
        if old is None or not old.is_file or file.removed < 0:
            for sha in others:
                lost.setdefault(sha, {})[path] = -1
            continue
        new = file.new.oid if file.new is not None and file.new.is_file else ""
        for sha, lines in _blamed(scratch, tip, since, path, old.oid, new).items():
            if sha not in gone:
                lost.setdefault(sha, {})[path] = lines
    found = sorted(
        commits.read(scratch, lost), key=lambda commit: commit.when, reverse=True
    )
    return [Lost(commit, lost[commit.sha]) for commit in found]


def _later(
    git: Git, tip: str, since: str, paths: Sequence[str]
) -> dict[str, list[str]]:
    """The commits after `since` that change each of `paths`; those without are left out."""
    wanted = set(paths)
    found: dict[str, list[str]] = {}
    end = [f"^{since}"] if since else []
    for at in range(0, len(paths), _BATCH):
        some = paths[at : at + _BATCH]
        rows = git.run(
            "log", "-z", "--raw", "--no-renames", "--no-abbrev", "--format=%H",
            tip, *end, "--", *some,
        ).split(b"\0")  # fmt: skip
        sha = ""
        rest = iter(rows)
        for row in rest:
            if row.lstrip(b"\n").startswith(b":"):
                path = next(rest).decode("utf-8", "surrogateescape")
                if path in wanted:
                    found.setdefault(path, []).append(sha)
            elif row:
                sha = row.decode("ascii")
    return found


def _blamed(
    scratch: Scratch, tip: str, since: str, path: str, old: str, new: str
) -> dict[str, int]:
    """Who wrote the lines of `path` that go: from the blob `old` to `new`, "" if none."""
    diff = scratch.run("diff", "-U0", old, new or scratch.blob_of(b""))
    spans: list[tuple[int, int]] = []
    for found in _HEADER.finditer(diff):
        first, count = int(found[1]), 1 if found[2] is None else int(found[2])
        if count:
            spans.append((first, first + count - 1))
    return blamed(scratch, tip, since, path, spans)
