"""A Python file's text as Python reads it: encoding, byte order mark, line ends."""

from __future__ import annotations

import re

_COOKIE = re.compile(rb"[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_BLANK = re.compile(rb"[ \t\f]*(?:#|$)")
_BOM = b"\xef\xbb\xbf"


class NotPython(Exception):
    """The bytes are no Python source; the message is a clause that says why."""


def text_of(data: bytes) -> str:
    """The text, without its byte order mark, each line ended by LF alone.

    Lines and columns of the result are those of the file. Raises NotPython.
    """
    body = data.removeprefix(_BOM)
    encoding = cookie(body) or "utf-8"
    if body is not data and not re.fullmatch(r"utf[-_]?8.*", encoding, re.IGNORECASE):
        raise NotPython(f"it begins as UTF-8 and then says it is {encoding}")
    try:
        text = body.decode(encoding)
    except LookupError as error:
        raise NotPython(f"it says it is in {encoding!r}, unknown to Python") from error
    except UnicodeError as error:
        raise NotPython(f"it is not valid {encoding}: {_reason(error)}") from error
    if "\0" in text:
        raise NotPython("it holds a null character")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text


def cookie(body: bytes) -> str | None:
    """The encoding that one of the first two lines declares (PEP 263), if one does."""
    for line in re.split(rb"\r\n|\r|\n", body, maxsplit=2)[:2]:
        found = _COOKIE.match(line)
        if found:
            return found[1].decode("ascii", "replace")
        if not _BLANK.match(line):
            return None
    return None


def _reason(error: UnicodeError) -> str:
    if isinstance(error, UnicodeDecodeError):
        line = error.object[: error.start].count(b"\n") + 1
        return f"{error.reason} in line {line}"
    return str(error)
