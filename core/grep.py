"""Searching a whole tree: one `git grep` that names the files."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from .git import Git, GitError, decode
from .patterns import FIRST_LINES

# -a: a file that .gitattributes calls binary is searched too, and no attribute is looked
# up. -f -: the patterns are no options.
_GREP = ("grep", "-l", "-a", "-z", "--no-color", "-f", "-")
# git takes 8 threads, which on two processors get in each other's way (a third longer). One
# more than processors: git's first thread only hands out what to search.
_THREADS = f"--threads={min(8, (os.cpu_count() or 1) + 1)}"


def searching(
    git: Git, patterns: Sequence[bytes], source: Sequence[str]
) -> Callable[[], list[str]]:
    """Start to look for lines that match a pattern; what is returned gives the paths.

    `source` says where: nothing for the work tree, `--cached`, or a tree's id.
    """
    begun = _begun(git, patterns, source, "-P")

    def found() -> list[str]:
        try:
            return begun()
        except GitError as error:
            # Some builds of git have no PCRE. It is several times as fast as the other.
            if "Perl" not in error.stderr:
                raise
            plain = [pattern.removeprefix(FIRST_LINES) for pattern in patterns]
            return _begun(git, plain, source, "-E")()

    return found


def _begun(
    git: Git, patterns: Sequence[bytes], source: Sequence[str], kind: str
) -> Callable[[], list[str]]:
    end = git.begin(
        *_GREP, _THREADS, kind, *source,
        data=b"".join(pattern + b"\n" for pattern in patterns),
        codes=(0, 1),
    )  # fmt: skip
    prefix = b"".join(b"" if s == "--cached" else s.encode() + b":" for s in source)
    return lambda: [
        decode(path.removeprefix(prefix)) for path in end().split(b"\0")[:-1]
    ]
