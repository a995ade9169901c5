"""The lines of a clash: what each side has where they cannot both be kept."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from .merge import Clash, three_way
from .scratch import Scratch
from .trees import listed

_LINE = re.compile(rb"[^\n]*\n|[^\n]+")  # a carriage return alone ends no line
_HEADER = re.compile(
    rb"^@@ -([0-9]+)(?:,([0-9]+))? \+([0-9]+)(?:,([0-9]+))? @@", re.MULTILINE
)


class Hunk(msgspec.Struct, frozen=True):
    """Lines that clash, with their line ends. `first` is the number of the first one in
    the present file, where they would begin if there are none."""

    first: int
    ours: tuple[bytes, ...]
    base: tuple[bytes, ...]
    theirs: tuple[bytes, ...]

    @property
    def last(self) -> int:
        """The number of the last of our lines; `first` - 1 where there are none."""
        return self.first + len(self.ours) - 1

    def trimmed(self) -> Hunk:
        """Without the lines at both ends that all three sides share."""
        sides = (self.ours, self.base, self.theirs)
        head = 0
        while all(len(s) > head for s in sides) and len({s[head] for s in sides}) == 1:
            head += 1
        tail = 0
        while (
            all(len(s) > head + tail for s in sides)
            and len({s[-1 - tail] for s in sides}) == 1
        ):
            tail += 1
        ours, base, theirs = (side[head : len(side) - tail] for side in sides)
        return Hunk(self.first + head, ours, base, theirs)


class Marked(msgspec.Struct, frozen=True):
    """A merged file in pieces: lines that are settled, and hunks."""

    pieces: tuple[tuple[bytes, ...] | Hunk, ...]

    @property
    def hunks(self) -> list[Hunk]:
        """The clashes, from top to bottom."""
        return [piece for piece in self.pieces if isinstance(piece, Hunk)]


def marked(
    scratch: Scratch, base: str, ours: str, theirs: str, clashes: Sequence[Clash]
) -> dict[str, Marked]:
    """The text files among the clashes of a merge, by path, cut where they clash."""
    texts = [clash.path for clash in clashes if _is_text(clash)]
    if not texts:
        return {}
    size = _marker_size(scratch, clashes)
    merged = three_way(scratch, base, ours, theirs, markers=size)
    present = {clash.path: clash.stages for clash in clashes}
    found: dict[str, Marked] = {}
    for path, entry in listed(scratch, merged.tree, texts).items():
        if path in present:
            cut = _cut(scratch.blob(entry.oid), size)
            if cut.hunks:
                found[path] = _numbered(scratch, cut, present[path][2].oid)
    return found


def _is_text(clash: Clash) -> bool:
    return clash.kind != "binary" and all(
        stage in clash.stages and clash.stages[stage].is_file for stage in (2, 3)
    )


def _marker_size(scratch: Scratch, clashes: Sequence[Clash]) -> int:
    """A length of markers that no line of the files has."""
    entries = [entry for clash in clashes for entry in clash.stages.values()]
    blobs = [scratch.blob(e.oid) for e in entries if e.is_file]
    size = 40
    while any(
        sign * size in blob for blob in blobs for sign in (b"<", b"|", b"=", b">")
    ):
        size *= 2
    return size


def _cut(content: bytes, size: int) -> Marked:
    """Cut at markers of this size, in the style that shows the base too."""
    pieces: list[tuple[bytes, ...] | Hunk] = []
    settled: list[bytes] = []
    sides: dict[bytes, list[bytes]] = {}
    side = b""
    number = 1  # of the next line, were our side chosen everywhere
    for line in _LINE.findall(content):
        sign = line[:1]
        is_marker = sign in b"<|=>" and line.startswith(sign * size) and sign != b""
        if is_marker and sign == b"<" and not side:
            pieces.append(tuple(settled))
            settled = []
            sides = {sign: [] for sign in (b"<", b"|", b"=")}
            side = b"<"
        elif is_marker and sign == b">" and side:
            ours = tuple(sides[b"<"])
            pieces.append(Hunk(number, ours, tuple(sides[b"|"]), tuple(sides[b"="])))
            number += len(ours)
            side = b""
        elif is_marker and side:
            side = sign
        elif side:
            sides[side].append(line)
        else:
            settled.append(line)
            number += 1
    pieces.append(tuple(settled))
    return Marked(tuple(pieces))


def _numbered(scratch: Scratch, file: Marked, ours: str) -> Marked:
    """The same with the numbers that lines have in the present file, the blob `ours`.

    Between clashes the merge has taken their changes already, so lines have moved.
    """
    chosen = [p.ours if isinstance(p, Hunk) else p for p in file.pieces]
    merged = scratch.blob_of(b"".join(line for piece in chosen for line in piece))
    diff = scratch.run("diff", "-U0", merged, ours)
    shifts: list[tuple[int, int]] = []  # from this line on, by so much
    for found in _HEADER.finditer(diff):
        old, new = int(found[1]), int(found[3])
        old_count = 1 if found[2] is None else int(found[2])
        new_count = 1 if found[4] is None else int(found[4])
        # Where there are no lines, git names the line before.
        end = old + (old_count or 1)
        shifts.append((end, new + (new_count or 1) - end))
    return Marked(
        tuple(
            Hunk(
                piece.first + _shift(shifts, piece.first),
                piece.ours,
                piece.base,
                piece.theirs,
            )
            if isinstance(piece, Hunk)
            else piece
            for piece in file.pieces
        )
    )


def _shift(shifts: Sequence[tuple[int, int]], line: int) -> int:
    return next((by for start, by in reversed(shifts) if start <= line), 0)
