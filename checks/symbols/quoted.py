"""What a string, taken as a whole, names: a dotted name, an entry point, a flag."""

from __future__ import annotations

import re
from collections.abc import Iterator

_WORD = r"[^\W\d]\w*"
_DOTTED = re.compile(rf"{_WORD}(?:[.:]{_WORD})+")
# `app:create()`, of those who start servers; `ext://pkg.name`, of logging's settings.
_CALLED = re.compile(rf"({_DOTTED.pattern})\(.*\)", re.DOTALL)
_OUTSIDE = re.compile(rf"(?:ext|cfg)://({_DOTTED.pattern})")
# `run = pkg.module:attr [extra]`, a line of setuptools' entry points.
_ENTRY = re.compile(
    rf"^[^=\n]{{1,200}}=[ \t]*({_WORD}(?:\.{_WORD})*:{_WORD}(?:\.{_WORD})*)"
    r"[ \t]*(?:\[[^\]\n]*\])?[ \t]*$",
    re.MULTILINE,
)


def names_in(text: str) -> Iterator[tuple[str, int]]:
    """The dotted names, `:` as it is written, and where in `text` each begins."""
    if _DOTTED.fullmatch(text):
        yield text, 0
        return
    for pattern, sign in ((_CALLED, "("), (_OUTSIDE, "://")):
        found = pattern.fullmatch(text) if sign in text else None
        if found:
            yield found[1], found.start(1)
            return
    if "=" in text and ":" in text:
        for found in _ENTRY.finditer(text):
            yield found[1], found.start(1)


def flags_in(text: str, flag: str) -> Iterator[int]:
    """Where `flag` is read or set: it is all, `FLAG=1`, `$FLAG`, `env A=1 FLAG=1 run`."""
    if flag not in text:
        return
    if text == flag or text.startswith(f"{flag}="):
        yield 0
    name = rf"({re.escape(flag)})(?!\w)"
    for found in re.finditer(rf"\$\{{?{name}", text):
        yield found.start(1)
    before = r"(?:[;&|]|(?<!\w)(?:env|export|-e))[ \t]+(?:\w+=\S*[ \t]+)*"
    for found in re.finditer(rf"{before}{name}(?==)", text):
        yield found.start(1)
