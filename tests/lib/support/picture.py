"""What a terminal shows, as an SVG: dark, so that it is readable on a page of any colour.

Nothing is fetched from anywhere: the font is the reader's own. Each piece of text says
how long it is, so that columns stand under one another whatever font that be.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

_CELL, _ROW, _MARGIN = 8.4, 20, 20

_STYLE = """\
text { font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace }
text { fill: #d1d7e0 }
.bold { font-weight: bold }
.dim { fill: #8b949e }
.red { fill: #ff7b72 }
.yellow { fill: #e3b341 }
.cyan { fill: #56d4dd }
.on-red { fill: #c93c37 }
"""

# What select-graphic-rendition turns on; whatever else comes is a mistake of ours.
_LOOKS = {"1": "bold", "2": "dim", "31": "red", "33": "yellow", "36": "cyan", "41": "on-red"}  # fmt: skip

_CODE = re.compile(r"\x1b\[([\d;]*)m")
_LINK = re.compile(r"\x1b\]8;;[^\x1b]*\x1b\\")
_WORDS = re.compile(r"\S+(?: \S+)*")


def svg(shown: str, title: str) -> str:
    """`shown` with its ANSI colours; the hyperlinks of a terminal go."""
    lines = _LINK.sub("", shown).rstrip("\n").split("\n")
    columns = max(len(_CODE.sub("", line)) for line in lines)
    width, height = columns * _CELL + 2 * _MARGIN, len(lines) * _ROW + 2 * _MARGIN
    rows = "".join(
        part for row, line in enumerate(lines) for part in _row(line, _MARGIN + row * _ROW)
    )  # fmt: skip
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height}"'
        f' width="{width:g}" height="{height}" role="img" aria-label={quoteattr(title)}>\n'
        f"<style>\n{_STYLE}</style>\n"
        f'<rect x="1" y="1" width="{width - 2:g}" height="{height - 2}" rx="8"'
        f' fill="#0d1117" stroke="#3d444d"/>\n{rows}</svg>\n'
    )


def _row(line: str, top: int) -> Iterator[str]:
    column = 0
    for text, looks in _runs(line):
        ground = looks & {"on-red"}
        for word in _WORDS.finditer(text):
            length = f"{len(word[0]) * _CELL:g}"
            x = f"{_MARGIN + (column + word.start()) * _CELL:g}"
            for name in ground:
                yield f'<rect class="{name}" x="{x}" y="{top}" width="{length}" height="{_ROW}"/>\n'
            names = " ".join(sorted(looks - ground))
            kind = f' class="{names}"' if names else ""
            yield (
                f'<text{kind} x="{x}" y="{top + 15}" textLength="{length}">'
                f"{escape(word[0])}</text>\n"
            )
        column += len(text)


def _runs(line: str) -> Iterator[tuple[str, set[str]]]:
    """Pieces of a line, each with how it looks."""
    looks: set[str] = set()
    # Text and codes take turns.
    for number, part in enumerate(_CODE.split(line)):
        if number % 2 == 0:
            yield part, looks
        elif part in ("", "0"):
            looks = set()
        else:
            looks = looks | {_LOOKS[code] for code in part.split(";")}
