"""Files that git keeps in UTF-8 and writes to disk in another encoding.

https://git-scm.com/docs/gitattributes, `working-tree-encoding`.
"""

from __future__ import annotations

import codecs
import re

from .errors import CannotDecide

ATTRIBUTE = "working-tree-encoding"
# What says that there is none: no value, or the one that git keeps text in.
_NONE = re.compile(r"unspecified|unset||utf-?8", re.IGNORECASE)
_MARKS = {
    "utf-16": (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE),
    "utf-16-le": (codecs.BOM_UTF16_LE,),
    "utf-16-be": (codecs.BOM_UTF16_BE,),
    "utf-32": (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE),
    "utf-32-le": (codecs.BOM_UTF32_LE,),
    "utf-32-be": (codecs.BOM_UTF32_BE,),
}
# What Python calls an encoding, and no git does; the first takes any time.
_STRANGE = {"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape"}


def is_other(value: str) -> bool:
    """Whether a value of the attribute means another encoding than git's own."""
    return _NONE.fullmatch(value) is None


def as_git_keeps_it(path: str, data: bytes, encoding: str) -> bytes:
    """What git would take a file on disk for. Raises CannotDecide where git would refuse
    it, or where Python does not know the encoding."""
    if not data:
        return data
    # git reads this as the other, and differs where it writes.
    asked = "utf-16" if encoding.lower() == "utf-16le-bom" else encoding
    try:
        name = codecs.lookup(asked).name
        if name in _STRANGE or not _is_whole(name, data):
            raise LookupError(name)
        return data.decode(name).encode()
    except (LookupError, ValueError) as error:
        raise CannotDecide(
            f"{path} cannot be read as {encoding}, which .gitattributes says it is in on "
            f"disk ({ATTRIBUTE}). Correct one of them, or judge what git holds: "
            f"backout gate --tree HEAD"
        ) from error


def _is_whole(name: str, data: bytes) -> bool:
    """Whether there is a byte order mark if git demands one, and none if it forbids it;
    and, for text in any of these, a null: UTF-8 would pass for text of other letters."""
    marks = _MARKS.get(name)
    if marks is None:
        return True
    is_free = name in ("utf-16", "utf-32")
    return data.startswith(marks) == is_free and (b"\0" in data or data in marks)
