"""Jupyter notebooks: their code as one Python source, each character's place kept."""

from __future__ import annotations

import json
import re
from typing import NamedTuple


class NotebookError(ValueError):
    """The bytes are no notebook; the sentence says why."""


class Code(NamedTuple):
    """The code cells of a notebook, in order, as one source: they share their names.

    `offsets[i]` is where the character `source[i]` begins in the notebook's own text;
    one more stands for the end.
    """

    source: str
    offsets: list[int]


class _Text(NamedTuple):
    """A JSON string: what it says, and where each of its characters begins."""

    value: str
    offsets: list[int]


_Value = dict[str, "_Value"] | list["_Value"] | _Text | None

# A cell that begins with one of these holds another language. Every other magic of
# cells (%%time, %%capture, %%px) runs what follows as Python, or may.
_FOREIGN = re.compile(
    r"\s*%%(?:!|(?:bash|sh|script|system|cmd|perl|ruby|R|sql|html|HTML|svg|SVG|latex"
    r"|javascript|js|markdown|md|file)\b)"
)
# Magics of a line that run the rest of it as Python.
_TIMER = re.compile(r"%(?:time|timeit|prun|memit)\s+(?:-\w+(?:\s+\d+)?\s+)*(?=\S)")
_MAGIC = re.compile(r"(?P<indent>\s*)(?P<head>(?:[\w, .]+=\s*)?)(?P<magic>[%!].*)")


def code_of(text: str) -> Code:
    """The Python code of a notebook of format 3 or 4, without magics and outputs.

    Empty where the notebook says that it is of another language. Raises NotebookError.
    """
    try:
        json.loads(text)
        notebook = _Reader(text).value()
    except (ValueError, RecursionError) as error:
        raise NotebookError(f"it is not JSON: {error}") from error
    if not isinstance(notebook, dict):
        raise NotebookError("it is not a notebook: a JSON object is expected")
    source: list[str] = []
    offsets: list[int] = []
    for cell in _cells(notebook) if _is_python(notebook) else ():
        value, places = _lines(cell.get("source", cell.get("input")))
        if not value or _FOREIGN.match(value):
            continue
        source.append(_without_magics(value) + "\n")
        offsets += [*places, places[-1] + 1]
    return Code("".join(source), [*offsets, len(text)])


def _is_python(notebook: dict[str, _Value]) -> bool:
    metadata = _mapping(notebook.get("metadata"))
    for part, key in (("language_info", "name"), ("kernelspec", "language")):
        language = _mapping(metadata.get(part)).get(key)
        if isinstance(language, _Text):
            return "python" in language.value.lower()
    return True


def _cells(notebook: dict[str, _Value]) -> list[dict[str, _Value]]:
    found = notebook.get("cells")
    cells = list(found) if isinstance(found, list) else []
    worksheets = notebook.get("worksheets")  # format 3
    for sheet in worksheets if isinstance(worksheets, list) else ():
        inner = _mapping(sheet).get("cells")
        cells += inner if isinstance(inner, list) else []
    kinds = [(_mapping(cell), _mapping(cell).get("cell_type")) for cell in cells]
    return [c for c, kind in kinds if isinstance(kind, _Text) and kind.value == "code"]


def _mapping(value: _Value) -> dict[str, _Value]:
    return value if isinstance(value, dict) else {}


def _lines(source: _Value) -> _Text:
    """A cell's source: one string, or a list of lines that keep their ends."""
    pieces = source if isinstance(source, list) else [source]
    texts = [piece for piece in pieces if isinstance(piece, _Text)]
    return _Text(
        "".join(text.value for text in texts),
        [offset for text in texts for offset in text.offsets],
    )


def _without_magics(cell: str) -> str:
    """The cell as Python, each character that stays in its old place."""
    lines = cell.split("\n")
    text_before = ""
    for number, line in enumerate(lines):
        if not _within_string(text_before):
            lines[number] = _without_magic(line)
        text_before += lines[number] + "\n"
    return "\n".join(lines)


def _without_magic(line: str) -> str:
    stripped = line.rstrip()
    bare = stripped.rstrip("?")
    if stripped.lstrip().startswith("?"):
        return _nothing(line)
    if bare != stripped and "#" not in line and not bare.endswith(("'", '"')):
        return bare.ljust(len(line))
    found = _MAGIC.fullmatch(line)
    if found is None:
        return line
    indent, head, magic = found.group("indent", "head", "magic")
    timer = _TIMER.match(magic)
    if timer and not head:
        width = timer.end()
        return indent + "if 1:".ljust(width) + magic[width:]
    if timer:
        return indent + head + " " * timer.end() + magic[timer.end() :]
    if head:
        return indent + head + "0".ljust(len(magic))
    return indent + _nothing(magic)


def _nothing(text: str) -> str:
    """A statement without effect, as long as `text`."""
    return "0".ljust(len(text)) if text else text


def _within_string(text: str) -> bool:
    """Whether a triple-quoted string is still open at the end of `text`."""
    opened = ""
    for found in re.finditer(r"\\.|'''|\"\"\"|#[^\n]*|'|\"|\n", text):
        mark = found.group()
        if mark.startswith("#"):
            if opened:
                return _within_string_after_hash(text, found.start() + 1, opened)
        elif mark == "\n":
            opened = "" if len(opened) == 1 else opened
        elif not opened and mark in ("'''", '"""', "'", '"'):
            opened = mark
        elif mark == opened or (len(opened) == 1 and mark[0] == opened):
            opened = ""
    return len(opened) == 3


def _within_string_after_hash(text: str, start: int, opened: str) -> bool:
    rest = text[start:]
    if len(opened) == 3:
        end = rest.find(opened)
        return end < 0 or _within_string(rest[end + 3 :])
    end = min((i for i in (rest.find(opened), rest.find("\n")) if i >= 0), default=-1)
    return end >= 0 and _within_string(rest[end + 1 :])


_DECODER = json.JSONDecoder()


class _Reader:
    """Reads JSON that is known to be right, and keeps the places of its strings."""

    _SPACE = re.compile(r"[ \t\r\n]*")
    _OTHER = re.compile(r"[^\s,\]}]+")

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def value(self) -> _Value:
        sign = self._sign()
        if sign == '"':
            return self._string()
        if sign == "{":
            return self._object()
        if sign == "[":
            return self._array()
        found = self._OTHER.match(self._text, self._at)
        self._at = found.end() if found else len(self._text)
        return None

    def _sign(self) -> str:
        found = self._SPACE.match(self._text, self._at)
        self._at = found.end() if found else self._at
        return self._text[self._at : self._at + 1]

    def _object(self) -> dict[str, _Value]:
        found: dict[str, _Value] = {}
        self._at += 1
        while self._sign() != "}":
            key = self._string()
            self._sign()
            self._at += 1  # the colon
            found[key.value] = self.value()
            if self._sign() == ",":
                self._at += 1
        self._at += 1
        return found

    def _array(self) -> list[_Value]:
        found: list[_Value] = []
        self._at += 1
        while self._sign() != "]":
            found.append(self.value())
            if self._sign() == ",":
                self._at += 1
        self._at += 1
        return found

    def _string(self) -> _Text:
        self._sign()
        start = self._at + 1
        decoded, self._at = _DECODER.raw_decode(self._text, self._at)
        value = str(decoded)
        if self._at - 1 - start == len(value):
            return _Text(value, list(range(start, self._at - 1)))
        offsets: list[int] = []
        at = start
        for letter in value:
            offsets.append(at)
            if self._text[at] != "\\":
                at += 1
            elif self._text[at + 1] != "u":
                at += 2
            else:
                at += 12 if ord(letter) > 0xFFFF else 6
        return _Text(value, offsets)
