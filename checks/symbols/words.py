"""The byte search: which files could mention a word at all, however they spell it.

`Words.signs` are what git looks for, in a whole tree; `Words.mentioned` then looks
closely at a file.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cached_property

from . import signs
from .signs import Pieced
from .source import NotPython, cookie, text_of

# Calls and mappings that turn text into a module: then a string may lead to a target.
BY_NAME = (
    "import_module", "__import__", "find_spec", "resolve_name", "import_string",
    "import_from_string", "importorskip", "locate", "run_module", "find_loader",
    "get_loader", "find_module", "load_module", "is_module_available", "sys.modules",
    "multiple",
)  # fmt: skip
_STAR = re.compile(rb"import[ \t\f\\\r\n]*\*")
_STAR_FROM = re.compile(
    r"from(?<!\wfrom)(?!\w)((?:[ \t\f.\w]|\\\n)+?)(?<!\w)import(?:[ \t\f]|\\\n)*\*"
)
_ASCII = bytes(range(128))
# The ones that are also words of English, by what else they need.
_ENGLISH = {"multiple": b"patch", "locate": b"pydoc"}
_BY_NAME = tuple(name.encode() for name in BY_NAME if name not in _ENGLISH)
_NO_LETTERS = bytes(c for c in range(256) if not bytes([c]).isalnum() and c != ord("_"))
# What gives the attribute that a string names.
_TAKERS = (b"attr", b"__dict__", b"vars(", b"patch")
_BLANKS = b" \t\f\\\r\n"
_AS = (b" as", b"\tas", b"\\as")
_ESCAPE = re.compile(
    rb"\\(?:x(..)|u(....)|U(........)|N\{([^}]*)\}|([0-7]{1,3})|\r?\n|\r)"
)


class Words:
    """The words to look for, as text."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words = frozenset(words)

    @property
    def signs(self) -> list[bytes]:
        """What a line of a file must match, each a pattern as `signs` makes them, for
        the file to be worth looking at closely."""
        return signs.spelling(self.words)

    def prepare(self) -> None:
        """Compile now what `mentioned` will need: git may search meanwhile."""
        _ = self._bytes, self._pieced, self._text, self._joined

    def mentioned(self, data: bytes) -> bool:
        """Whether a file may mention one of the words."""
        if self._bytes.search(data):
            return True
        if not self.words:
            return False
        if not data.isascii() and self._may_fold(data):
            if self._in_folded(data.decode("utf-8", "replace")):
                return True
        if any(map(self._text.search, map(_unescaped, self._escaping(data)))):
            return True
        if self._pieced.within(data):
            return True
        if cookie(data) is not None:
            try:
                return self._in_folded(text_of(data))
            except NotPython:
                return False
        return False

    def named(self, data: bytes, among: Words | None = None) -> Iterator[str]:
        """The words that a file may name without importing them by that name: in a
        string, or as an attribute. All of them where it takes names as text, or may put
        one together.

        `among` are more words, of which these are some: their patterns are made once.
        """
        if has_importer(data) or (
            any(taker in data for taker in _TAKERS)
            and (among or self)._pieced.within(data)
            and self._pieced.within(data)
        ):
            yield from self.words
            return
        if cookie(data) is not None:
            try:
                data = text_of(data).encode("utf-8", "surrogatepass")
            except NotPython:
                return
        if not data.isascii() and self._may_fold(data):
            text = data.decode("utf-8", "replace")
            data = unicodedata.normalize("NFKC", text).encode("utf-8", "replace")
        rest: list[str] = []
        for word in self.words:
            if _is_named(word.encode(), data):
                yield word
            else:
                rest.append(word)
        if rest and b"\\" in data and self._escaped.search(data):
            read = _escapes_read(data)
            yield from (word for word in rest if _is_named(word.encode(), read))

    def _escaping(self, data: bytes) -> Iterator[bytes]:
        """The lines of a file that hold an escape which matters, each with those that it
        goes on from and goes on in."""
        end = 0
        for found in self._joined.finditer(data):
            if found.start() < end:
                continue
            start = data.rfind(b"\n", end, found.start()) + 1 or end
            while start > end and _goes_on(data, start - 1):
                start = data.rfind(b"\n", end, start - 1) + 1 or end
            end = data.find(b"\n", found.end() - 1)
            while end >= 0 and _goes_on(data, end):
                end = data.find(b"\n", end + 1)
            end = len(data) if end < 0 else end + 1
            yield data[start:end]

    def tops(self, data: bytes) -> set[str]:
        """The first components of the dotted names in a file that hold, behind a dot or a
        colon, one of the words."""
        found = set(self._dotted.findall(data))
        if self._escaped.search(data):
            found.update(self._dotted.findall(_escapes_read(data)))
        return {name.decode("utf-8", "replace") for name in found}

    @cached_property
    def _bytes(self) -> re.Pattern[bytes]:
        literal = {form for word in self.words for form in signs.forms(word)}
        return re.compile(b"|".join(map(re.escape, sorted(literal))) or b"(?!)")

    @cached_property
    def _dotted(self) -> re.Pattern[bytes]:
        either = b"|".join(re.escape(word.encode()) for word in sorted(self.words))
        return re.compile(
            rb"(?<![\w.])(\w+)(?:[.:]\w+)*[.:](?:%s)(?!\w)" % (either or b"(?!)")
        )

    @cached_property
    def _pieced(self) -> Pieced:
        return Pieced(self.words)

    @cached_property
    def _text(self) -> re.Pattern[str]:
        return re.compile("|".join(map(re.escape, sorted(self.words))) or "(?!)")

    @cached_property
    def _escaped(self) -> re.Pattern[bytes]:
        """An escape for one of the letters, or a line continued behind one."""
        if not all(word.isascii() for word in self.words):
            return re.compile(rb"\\[xuUN0-7\r\n]")
        letters = {letter for word in self.words for letter in word}
        ended = b"|".join(re.escape(letter.encode()) for letter in sorted(letters))
        return re.compile(
            signs.escapes(letters) + rb"|\\N\{|\\(?<=(?:%s)\\)[\r\n]" % (ended or b"x")
        )

    @cached_property
    def _joined(self) -> re.Pattern[bytes]:
        """Like `_escaped`, where what is beside it may belong to the same word."""
        if not all(word.isascii() and len(word) > 1 for word in self.words):
            return self._escaped
        letters = {letter for word in self.words for letter in word}
        either = b"|".join(re.escape(letter.encode()) for letter in sorted(letters))
        before, after = rb"(?<=(?:%s)\\)" % either, rb"(?=\\|%s)" % either
        # All begin with the one byte: then `re` looks for it alone.
        any_one, last = (
            signs.escapes(some).removeprefix(rb"\\")
            for some in (letters, {word[-1] for word in self.words})
        )
        ways = (
            any_one + after,
            before + last,
            rb"N\{",
            before + rb"(?:\r\n?|\n)" + after,
        )
        return re.compile(rb"\\(?:%s)" % b"|".join(ways))

    def _may_fold(self, data: bytes) -> bool:
        return bool(self._folding(data))

    def _folding(self, data: bytes) -> set[str]:
        """The characters in UTF-8 by which a line may fold into a line with a word."""
        others = {*data.translate(None, _ASCII).decode("utf-8", "ignore")}
        if all(word.isascii() for word in self.words):
            others &= signs.folded().keys()
        return others

    def _in_folded(self, text: str) -> bool:
        if self._text.search(text):
            return True
        rows: set[tuple[int, int]] = set()
        for character in self._folding(text.encode("utf-8", "replace")):
            at = text.find(character)
            while at >= 0:
                end = text.find("\n", at)
                end = end if end >= 0 else len(text)
                rows.add((text.rfind("\n", 0, at) + 1, end))
                at = text.find(character, end)
        # To fold is slow, and no other line changes by it.
        folded = (unicodedata.normalize("NFKC", text[at:end]) for at, end in rows)
        return any(map(self._text.search, folded))


def _is_named(word: bytes, data: bytes) -> bool:
    """Whether a whole word stands behind a dot, or behind a quote on its line."""
    for at in _places(word, data):
        start = data.rfind(b"\n", 0, at) + 1
        before = data[start:at]
        if b'"' in before or b"'" in before:
            return True
        blank = before.rstrip(_BLANKS)
        if (blank or data[:start].rstrip(_BLANKS)).endswith(b"."):
            return True
        # A comment may stand between the dot and the word.
        if not blank and b"#" in data[data.rfind(b"\n", 0, start - 1) + 1 : start]:
            return True
    return False


def may_bind(word: bytes, data: bytes) -> bool:
    """Whether an import, or a statement that begins a line, may bind a word."""
    for at in _places(word, data):
        before = data[data.rfind(b"\n", 0, at) + 1 : at].strip(_BLANKS)
        if not before or before == b"as" or before.endswith(_AS):
            return True
        if before.endswith((b",", b"(", b"import")):
            between = data[data.rfind(b"import", 0, at) : at]
            is_open = b"(" in between and b")" not in between
            is_begun = between.startswith(b"import") and b";" not in between
            if is_begun and (is_open or b"\n" not in between):
                return True
    return False


def _places(word: bytes, data: bytes) -> Iterator[int]:
    """Where a word stands as a whole."""
    at = data.find(word)
    while at >= 0:
        end = at + len(word)
        beside = data[at - 1 : at] + data[end : end + 1]
        if not beside.translate(None, _NO_LETTERS):
            yield at
        at = data.find(word, end)


def has_importer(data: bytes) -> bool:
    """Whether a file may import what a string names."""
    return any(name in data for name in _BY_NAME) or any(
        name.encode() in data and other in data for name, other in _ENGLISH.items()
    )


def has_star(data: bytes) -> bool:
    """Whether a file may hold a star import."""
    return _STAR.search(data) is not None


def star_sources(data: bytes) -> Iterator[tuple[str, int]]:
    """What the star imports in a file are from: the name after the dots, and how many
    dots there are. Nothing for bytes that are no Python."""
    if not has_star(data):
        return
    try:
        text = text_of(data)
    except NotPython:
        return
    for found in _STAR_FROM.finditer(text):
        spelled = "".join(found[1].replace("\\\n", "").split())
        name = unicodedata.normalize("NFKC", spelled.lstrip("."))
        yield name, len(spelled) - len(spelled.lstrip("."))


def _goes_on(data: bytes, end: int) -> bool:
    """Whether the line that ends at `end` ends with a backslash."""
    return data[end - 1 : end] == b"\\" or data[end - 2 : end] == b"\\\r"


def _unescaped(data: bytes) -> str:
    return _escapes_read(data).decode("utf-8", "replace")


def _escapes_read(data: bytes) -> bytes:
    return _ESCAPE.sub(_character, data)


def _character(found: re.Match[bytes]) -> bytes:
    hexadecimal = found[1] or found[2] or found[3]
    try:
        if hexadecimal:
            return chr(int(hexadecimal, 16)).encode()
        if found[5]:
            return chr(int(found[5], 8)).encode()
        if found[4]:
            return unicodedata.lookup(found[4].decode()).encode()
    except (ValueError, KeyError, OverflowError):
        return b" "
    return b""
