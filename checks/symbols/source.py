"""A Python file's text as Python reads it: encoding, byte order mark, line ends."""

from __future__ import annotations

import re

_COOKIE = re.compile(rb"[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_BLANK = re.compile(rb"[ \t\f]*(?:#|$)")
_UTF8 = re.compile(r"utf[-_]?8.*", re.IGNORECASE)
_ESCAPED = re.compile("[\udc80-\udcff]")
_BOM = b"\xef\xbb\xbf"


class NotPython(Exception):
    """The bytes are no Python source; the message is a clause that says why."""


def text_of(data: bytes) -> str:
    """The text, without its byte order mark, each line ended by LF alone.

    Lines and columns of the result are those of the file. Bytes that are no UTF-8 are
    read as U+FFFD in comments, where they stop no import (only `python FILE`, and that
    not always). Raises NotPython.
    """
    body = data.removeprefix(_BOM)
    encoding = cookie(body) or "utf-8"
    is_utf8 = _UTF8.fullmatch(encoding) is not None
    if body is not data and not is_utf8:
        raise NotPython(f"it begins as UTF-8 and then says it is {encoding}")
    try:
        text = _with_line_feeds(body.decode(encoding))
    except LookupError as error:
        raise NotPython(f"it says it is in {encoding!r}, unknown to Python") from error
    except UnicodeError as error:
        text = _with_line_feeds(body.decode("utf-8", "surrogateescape"))
        if not is_utf8 or not _is_odd_in_comments_only(text):
            raise NotPython(f"it is not valid {encoding}: {_reason(error)}") from error
        text = _ESCAPED.sub("\ufffd", text)
    if "\0" in text:
        raise NotPython("it holds a null character")
    return text


def _with_line_feeds(text: str) -> str:
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text


def _is_odd_in_comments_only(text: str) -> bool:
    """Whether every byte that could not be decoded lies in a comment."""
    import tokenize
    from io import StringIO

    code = _ESCAPED.sub("\ufffd", text)
    comments: dict[int, int] = {}
    try:
        for token in tokenize.generate_tokens(StringIO(code).readline):
            if token.type == tokenize.COMMENT:
                comments[token.start[0]] = token.start[1]
    except (tokenize.TokenError, SyntaxError):
        return False
    return all(
        comments.get(number, len(line)) < found.start()
        for number, line in enumerate(text.split("\n"), 1)
        for found in _ESCAPED.finditer(line)
    )


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
