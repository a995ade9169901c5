"""Colour and hyperlinks of terminals, in the few codes that every terminal knows."""

from __future__ import annotations

_CODES = {
    "bold": "1",
    "dim": "2",
    "red": "1;31",
    "yellow": "1;33",
    "cyan": "36",
}


def paint(text: str, kind: str, on: bool) -> str:
    """`text` in a colour (`red`, `yellow`, `cyan`) or as `bold` or `dim`, if `on`."""
    return f"\x1b[{_CODES[kind]}m{text}\x1b[0m" if on and text else text


def link(text: str, folder: str, path: str) -> str:
    """`text` as a hyperlink (OSC 8) to a file: `path` under `folder`, "" for no link.

    https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda
    """
    if not folder:
        return text
    from ..escape import uri

    target = uri(folder.replace("\\", "/")).replace("%3A", ":").strip("/")
    return f"\x1b]8;;file:///{target}/{uri(path)}\x1b\\{text}\x1b]8;;\x1b\\"
