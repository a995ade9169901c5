"""The byte search: which files could mention a word at all, however they spell it.

A file is a candidate if it holds one of the words as it is, or something that hides
one: letters that Unicode folds into others (PEP 3131), an encoding of its own (PEP
263), escapes in strings. `SIGNS` are a few bytes without which there is nothing of the
kind; `Words.mentioned` then looks closely.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from .source import NotPython, cookie, text_of

# The first bytes, in UTF-8, of every character that may stand in an identifier and that
# NFKC turns into ASCII. tests/checks/symbols/test_words.py holds it complete.
_FOLDED = tuple(
    bytes.fromhex(digits)
    for digits in [
        "c2aa",
        "c2ba",
        "c4b2",
        "c4b3",
        "c5bf",
        "c787",
        "c788",
        "c789",
        "c78a",
        "c78b",
        "c78c",
        "c7b1",
        "c7b2",
        "c7b3",
        "cab0",
        "cab2",
        "cab3",
        "cab7",
        "cab8",
        "cba1",
        "cba2",
        "cba3",
        "e1b4",
        "e1b5",
        "e1b6",
        "e281b1",
        "e281bf",
        "e28290",
        "e28291",
        "e28292",
        "e28293",
        "e28295",
        "e28296",
        "e28297",
        "e28298",
        "e28299",
        "e2829a",
        "e2829b",
        "e2829c",
        "e284",
        "e285",
        "e2b1bc",
        "e2b1bd",
        "ea9fb2",
        "ea9fb3",
        "ea9fb4",
        "efac",
        "efb8b3",
        "efb8b4",
        "efb98d",
        "efb98e",
        "efb98f",
        "efbc",
        "efbd",
        "f0909e",
        "f09cb3",
        "f09d",
        "f09faf",
    ]
)
_STARS = (b"import *", b"import*", b"import\t*", b"import  *", b"import \\")
_ESCAPES = (
    *(b"\\x%x" % n for n in range(3, 8)),
    *(b"\\1%d" % n for n in range(8)),
    b"\\u00", b"\\U0000", b"\\N{", b"\\06", b"\\07", b"\\6", b"\\7",
)  # fmt: skip
# Encodings that can write an ASCII letter with other bytes than its own.
_ENCODINGS = (
    b"utf-7", b"utf_7", b"utf7", b"UTF-7", b"unicode_escape", b"unicode-escape",
    b"hift_jis", b"hift-jis", b"sjis", b"euc", b"iso-2022", b"iso2022", b"gb2312",
    b"gbk", b"gb18030", b"big5", b"cp932", b"johab",
)  # fmt: skip

_STAR = re.compile(rb"\bimport[ \t\f\\\r\n]*\*")
_ESCAPE = re.compile(
    rb"\\(?:x(..)|u(....)|U(........)|N\{([^}]*)\}|([0-7]{1,3})|\r?\n|\r)"
)


class Words:
    """The words to look for, as text."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words = frozenset(words)
        forms = {
            unicodedata.normalize(form, word)
            for word in self.words
            for form in ("NFC", "NFD", "NFKC", "NFKD")
        }
        self.literal = sorted(form.encode() for form in forms)
        self._bytes = re.compile(b"|".join(map(re.escape, self.literal)) or b"(?!)")
        self._text = re.compile("|".join(map(re.escape, sorted(self.words))) or "(?!)")
        self._folded = re.compile(b"|".join(map(re.escape, _FOLDED)))

    @property
    def signs(self) -> list[bytes]:
        """What a file must hold, as bytes, to be worth looking at closely."""
        # A backslash at a line's end, in a string, continues a word on the next one.
        cut = [w[:end] + b"\\" for w in self.literal for end in range(1, len(w))]
        return [*self.literal, *cut, *_FOLDED, *_ESCAPES, *_STARS, *_ENCODINGS]

    def mentioned(self, data: bytes) -> bool:
        """Whether a file may mention one of the words."""
        if self._bytes.search(data):
            return True
        if not self.words:
            return False
        if not data.isascii() and self._folded.search(data):
            text = data.decode("utf-8", "replace")
            if self._text.search(unicodedata.normalize("NFKC", text)):
                return True
        if b"\\" in data and self._text.search(_unescaped(data)):
            return True
        if cookie(data) is not None:
            try:
                text = text_of(data)
            except NotPython:
                return False
            return self._text.search(unicodedata.normalize("NFKC", text)) is not None
        return False


def has_star(data: bytes) -> bool:
    """Whether a file may hold a star import."""
    return _STAR.search(data) is not None


def _unescaped(data: bytes) -> str:
    return _ESCAPE.sub(_character, data).decode("utf-8", "replace")


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
