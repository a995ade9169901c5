"""Commits as facts: read in batches, by id."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec

from ..errors import CannotDecide
from ..git import Git

_PULL = (
    re.compile(r"\(#([0-9]+)\)\s*$"),  # a squash: "Speed up (#12)"
    re.compile(r"^Merge pull request #([0-9]+) "),
    re.compile(r"^Merged in .* \(pull request #([0-9]+)\)$"),  # Bitbucket
)
_MERGE_REQUEST = re.compile(r"^See merge request \S*!([0-9]+)$", re.MULTILINE)


class Commit(msgspec.Struct, frozen=True):
    """One commit. `when` is the committer's time (UTC), `message` all of its text."""

    sha: str
    tree: str
    parents: tuple[str, ...]
    author: str
    mail: str
    when: datetime
    message: str

    @property
    def subject(self) -> str:
        """The first paragraph as one line, as git shows it."""
        lines: list[str] = []
        for line in self.message.lstrip("\n").split("\n"):
            if not line.strip():
                break
            lines.append(line.strip())
        return " ".join(lines)

    @property
    def pull(self) -> int:
        """The number of the pull or merge request that its message names; 0 if none."""
        subject = self.subject
        for pattern in _PULL:
            if found := pattern.search(subject):
                return int(found[1])
        found = _MERGE_REQUEST.search(self.message) if len(self.parents) > 1 else None
        return int(found[1]) if found else 0

    @property
    def short(self) -> str:
        """The id as people read it."""
        return self.sha[:9]


def read(git: Git, ids: Iterable[str]) -> list[Commit]:
    """The commits of these full ids, in order. Raises CannotDecide if not here."""
    wanted = list(ids)
    return [
        _parsed(oid, data) for oid, data in zip(wanted, git.blobs(wanted), strict=True)
    ]


def read_one(git: Git, name: str) -> Commit:
    """The commit that git calls `name`."""
    return read(git, [git.resolve(name)])[0]


def _parsed(oid: str, data: bytes) -> Commit:
    head, _, body = data.partition(b"\n\n")
    fields: dict[bytes, list[bytes]] = {}
    for line in head.split(b"\n"):
        if not line.startswith(b" "):  # the lines of a signature go on like this
            name, _, value = line.partition(b" ")
            fields.setdefault(name, []).append(value)
    if b"tree" not in fields or b"committer" not in fields:
        raise CannotDecide(f"object {oid} is not a commit")
    encoding = fields.get(b"encoding", [b"utf-8"])[0].decode("ascii", "replace")
    try:
        message = body.decode(encoding, "replace")
    except LookupError:
        message = body.decode("utf-8", "replace")
    who = fields.get(b"author", [b""])[0].decode("utf-8", "replace")
    author, _, rest = who.partition(" <")
    return Commit(
        sha=oid,
        tree=fields[b"tree"][0].decode("ascii"),
        parents=tuple(p.decode("ascii") for p in fields.get(b"parent", [])),
        author=author,
        mail=rest.partition(">")[0],
        when=_time(fields[b"committer"][0]),
        message=message,
    )


def _time(who: bytes) -> datetime:
    try:
        return datetime.fromtimestamp(int(who.split(b" ")[-2]), UTC)
    except (ValueError, OverflowError, OSError, IndexError):
        return datetime.fromtimestamp(0, UTC)  # some histories hold impossible times
