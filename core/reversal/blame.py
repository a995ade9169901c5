"""Who wrote which lines, counted by commit."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..git import Git

_HEADER = re.compile(rb"^([0-9a-f]{40,64}) [0-9]+ [0-9]+ ([0-9]+)$")
_BATCH = 500  # spans for one git: a command line has an end


def blamed(
    git: Git, commit: str, since: str, path: str, spans: Sequence[tuple[int, int]]
) -> dict[str, int]:
    """How many of the lines of `path` at `commit` each commit after `since` wrote.

    `spans` are first and last lines, both counted from 1 and included. Older lines are
    left out; `since` may be "" for none.
    """
    found: dict[str, int] = {}
    older: set[str] = set()
    for at in range(0, len(spans), _BATCH):
        said = git.run(
            "blame", "--incremental",
            *(f"-L{first},{last}" for first, last in spans[at : at + _BATCH]),
            commit, *([f"^{since}"] if since else []), "--", path,
        )  # fmt: skip
        sha = ""
        for line in said.split(b"\n"):
            if header := _HEADER.match(line):
                sha = header[1].decode("ascii")
                found[sha] = found.get(sha, 0) + int(header[2])
            elif line == b"boundary" and since:
                older.add(sha)  # said once for a commit, not for each of its spans
    return {sha: lines for sha, lines in found.items() if sha not in older}
