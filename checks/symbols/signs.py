"""What git looks for: patterns without which a file cannot hold a word in any spelling.

The patterns are bytes, each for one line, in what basic PCRE, POSIX extended regular
expressions and Python's `re` have in common: a git without PCRE reads them too. None
repeats anything but blanks, and in a file's first two lines what is behind a comment sign,
so that no line can make them slow.

A spelling of a word that is not the word itself holds one of these:

- an escape for one of its letters, next to another letter of it, in a string;
- a beginning of it and a backslash at a line's end, in a string;
- a beginning of it at the end of a string, which another one may complete;
- a letter that Unicode folds into one of its letters (PEP 3131), next to another;
- other bytes altogether, below a `coding:` that is not UTF-8's (PEP 263).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import repeat
from typing import Literal

from ...core.patterns import FIRST_LINES, quoted

# With words of more first letters, one pattern looks for them all.
_MOST_FIRSTS = 16
# What stands right behind a field of `%` formats.
_BEHIND_FIELD = re.compile(rb"%(?:\([^()\n]*\))?[a-z]([0-9A-Za-z_]+)")
# All that is in no name as a blank.
_APART = bytes(c if bytes([c]).isalnum() or c == ord("_") else 0x20 for c in range(256))
_Form = Literal["NFC", "NFD", "NFKC", "NFKD"]

# Where the characters lie that may stand in an identifier and that NFKC turns into
# ASCII. tests/checks/symbols/test_signs.py holds it complete.
_FOLDED = (
    (0xAA, 0xBA), (0x132, 0x17F), (0x1C7, 0x1F3), (0x2B0, 0x2E3), (0x1D2C, 0x1DBB),
    (0x2071, 0x209C), (0x2102, 0x217F), (0x2C7C, 0x2C7D), (0xA7F2, 0xA7F4),
    (0xFB00, 0xFB06), (0xFE33, 0xFE4F), (0xFF10, 0xFF5A), (0x107A5, 0x107A5),
    (0x1CCD6, 0x1CCF9), (0x1D400, 0x1D7FF), (0x1FBF0, 0x1FBF9),
)  # fmt: skip

# A comment that names an encoding that is not UTF-8 by one of its usual names, or may not be.
_CODING = (
    FIRST_LINES
    + b"[ \t\f]*#[\x01-\x09\x0b\x0c\x0e-\xff]*coding[:=][ \t]*"
    + (b"([-.0-9A-TV-Za-tv-z_]|[uU][^tT]|[uU][tT][^fF]|[uU][tT][fF][-_]?[^-_8])")
)
_END = b"\\\\(\r|$)"  # a backslash that continues the line
_NAMED = b"\\\\N[{]"


def spelling(words: Iterable[str]) -> list[bytes]:
    """The patterns of files that may hold one of `words`, however spelled."""
    known = sorted(set(words))
    if not known:
        return []
    plain = [word for word in known if word.isascii()]
    found = [quoted(form) for word in known for form in forms(word)]
    if plain:
        found += [*map(_continued, _paired(plain)), *_hidden(plain)]
        found += [sign for some in _paired(plain) for sign in _begun(some)]
    if len(plain) < len(known):
        # Each of these letters has many spellings.
        found += [b"[\x80-\xff]", b"\\\\([xuUN0-7]|\r|$)"]
    return [*found, _CODING]


def _paired(words: Iterable[str]) -> list[list[str]]:
    """The words by what they begin with, two letters at a time.

    PCRE looks for one or two bytes many times as fast as for one of three. Many patterns
    take longer than a slow one.
    """
    known = list(words)
    firsts = sorted({word[0] for word in known})
    if len(firsts) > _MOST_FIRSTS:
        return [known]
    pairs = [set(firsts[at : at + 2]) for at in range(0, len(firsts), 2)]
    return [[word for word in known if word[0] in pair] for pair in pairs]


def forms(word: str) -> list[bytes]:
    """The bytes of a word, composed or not."""
    if word.isascii():
        return [word.encode()]
    kinds: tuple[_Form, ...] = ("NFC", "NFD", "NFKC", "NFKD")
    return sorted({unicodedata.normalize(kind, word).encode() for kind in kinds})


# A star import; which module it is from, the line before may say.
STAR = b"import[ \t\f]*([*]|" + _END + b")"


def _escaped_bytes(word: str) -> bytes:
    return quoted(word.encode())


def _continued(words: Iterable[str]) -> bytes:
    """A proper beginning of a word before a line's end within a string."""
    starts = {word[:length] for word in words for length in range(1, len(word))}
    return b"(" + b"|".join(map(_escaped_bytes, sorted(starts))) + b")" + _END


def _begun(words: Iterable[str]) -> Iterator[bytes]:
    """A string, or what a dot in one begins, that is a proper beginning of a word.

    A single letter only where a string or a plus follows: many a string is one.
    """
    alone = {word[:1] for word in words if len(word) > 1}
    starts = {word[:length] for word in words for length in range(2, len(word))}
    ways = [
        b"(" + b"|".join(map(_escaped_bytes, sorted(some))) + b")" + after
        for some, after in ((alone, b"[\"'][ \t]*[+\"']"), (starts, b"[\"'{%]"))
        if some
    ]
    if ways:
        yield b"[\"'.:](" + b"|".join(ways) + b")"


class Pieced:
    """Whether strings of a file may be put together to one of some words."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words = sorted({w for w in words if w.isascii() and len(w) > 1})
        letters = sorted({word[0] for word in self.words})
        # A string that ends as a word begins, and one that begins as it ends.
        begun = "|".join(map(_begun_by, letters, repeat(self.words))) or "(?!)"
        tails = {word[end:] for word in self.words for end in range(1, len(word))}
        either = "|".join(map(re.escape, sorted(tails))) or "(?!)"
        self._begun = re.compile(begun.encode())
        self._ended = re.compile(rf"[\"'}})s]({either})[\"'.:(\[ ]".encode())

    def within(self, data: bytes) -> bool:
        """Whether a file holds the pieces of a word, each standing alone: the first one at
        the end of a string, the last one at the beginning of one."""
        if self._begun.search(data) is None or self._ended.search(data) is None:
            return False
        first = {found[0].rstrip(_BEHIND) for found in self._begun.finditer(data)}
        behind_field = _BEHIND_FIELD.findall(data)
        last = {*self._last(data), *behind_field}
        pieces: set[bytes] = set()
        for word in map(str.encode, self.words):
            if any(map(word.startswith, first)) and any(map(word.endswith, last)):
                pieces = pieces or {*data.translate(_APART).split(), *behind_field}
                if _is_made_of(word, first, pieces, last):
                    return True
        return False

    def _last(self, data: bytes) -> Iterator[bytes]:
        """Every piece that begins a string; one may begin within another: `"%sset"`."""
        found = self._ended.search(data)
        while found is not None:
            yield found[1]
            found = self._ended.search(data, found.start() + 1)


# What `_begun_by` finds behind a piece.
_BEHIND = b"\"'{%+ \t"


def _is_made_of(
    word: bytes, first: set[bytes], middle: set[bytes], last: set[bytes]
) -> bool:
    """Whether pieces can be put together to `word`.

    A single letter counts at its ends alone: otherwise whoever has the alphabet could
    spell anything.
    """
    size = len(word)
    reached: set[int] = set()
    for start in range(size):
        if start and start not in reached:
            continue
        if start and word[start:] in last:
            return True
        given = middle if start else first
        shortest = start + 2 if start else 1
        reached.update(e for e in range(shortest, size) if word[start:e] in given)
    return False


def _begun_by(letter: str, words: Iterable[str]) -> str:
    """What `_begun` says of the words that begin with a letter, that letter first: then
    Python's `re` looks for it alone, many times as fast."""
    starts = {w[1:end] for w in words if w[0] == letter for end in range(2, len(w))}
    either = "|".join(map(re.escape, sorted(starts))) or "(?!)"
    return (
        rf"{letter}(?<=[\"'.:]{letter})"
        rf"(?:[\"'][ \t]*[+\"']|(?:{either})[\"'{{%])"
    )


def _hidden(words: Sequence[str]) -> Iterator[bytes]:
    """An escape for a letter of a word, followed by another or by what hides one, or
    preceded by one; a character that folds into one."""
    letters = {letter for word in words for letter in word}
    escape = escapes(letters)
    if all(len(word) > 1 for word in words):
        yield _one_of(letters) + escapes({word[-1] for word in words})
        escape += _one_of({*letters, "\\"})
    yield b"|".join([escape, _NAMED])
    yield from _folded(words)


def escapes(letters: Iterable[str]) -> bytes:
    """A pattern of every escape that may stand for one of these ASCII letters."""
    pairs: set[bytes] = set()
    octal: set[bytes] = set()
    for letter in letters:
        digits = f"{ord(letter):02x}"
        pairs.add(b"".join(_either_case(digit) for digit in digits))
        octal.add(b"%03o" % ord(letter))
        octal.add(b"%o" % ord(letter))
    hexadecimal = b"(" + b"|".join(sorted(pairs)) + b")"
    # Longer ones first is not needed: what follows decides between them.
    digits_of = b"|".join(sorted(octal))
    return b"\\\\((x|u00|U000000)" + hexadecimal + b"|" + digits_of + b")"


def _either_case(digit: str) -> bytes:
    return f"[{digit}{digit.upper()}]".encode() if digit.isalpha() else digit.encode()


def _folded(words: Sequence[str]) -> Iterator[bytes]:
    """A character that folds into letters of a word."""
    # One that stands for several letters stands for all of them.
    meanings = set(folded().values())
    within = {each for each in meanings if any(each in word for word in words)}
    tails: dict[bytes, set[int]] = {}
    for character, meaning in folded().items():
        if meaning in within:
            code = character.encode()
            tails.setdefault(code[:-1], set()).add(code[-1])
    leads = sorted({head[0] for head in tails})
    for at in range(0, len(leads), 2):  # see `_paired`
        yield b"|".join(
            head + b"[" + bytes(sorted(tail)) + b"]"
            for head, tail in sorted(tails.items())
            if head[0] in leads[at : at + 2]
        )


@lru_cache(maxsize=1)
def folded() -> dict[str, str]:
    """Each character that may stand for ASCII letters in an identifier, and for which."""
    found: dict[str, str] = {}
    for first, last in _FOLDED:
        for point in range(first, last + 1):
            meaning = unicodedata.normalize("NFKC", chr(point))
            if meaning.isascii() and f"a{meaning}".isidentifier():
                found[chr(point)] = meaning
    return found


def _one_of(letters: Iterable[str]) -> bytes:
    """A pattern of one of these ASCII letters."""
    rest = set(letters)
    first = b"]" if "]" in rest else b""
    last = (b"^" if "^" in rest else b"") + (b"-" if "-" in rest else b"")
    middle = "".join(sorted(rest - {"]", "^", "-"})).replace("\\", "\\\\")
    if not first and not middle and last[:1] == b"^":
        last = last[1:] + b"^" if len(last) > 1 else b"\\^"
    return b"[" + first + middle.encode() + last + b"]"
