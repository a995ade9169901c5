"""Imports libcst for reading alone: in half the time, and its parser is a third faster.

libcst's nodes are frozen dataclasses that check themselves when they are made, which is
what most of its import and a third of its parser's time go into. A worker changes no
node, and makes none but by the parser: there they are plain dataclasses without checks.
Nothing else in this program may see such nodes, so only a worker calls this.
"""

from __future__ import annotations

import dataclasses
import sys
from importlib import import_module
from typing import Any


def import_libcst() -> None:
    """Import libcst so; as anybody does where it is imported already, or not made for
    this."""
    if "libcst" in sys.modules:
        return
    usual = dataclasses.dataclass
    # Typed as Any: no type says "another function in its place".
    module: Any = dataclasses
    module.dataclass = _plain
    try:
        import_module("libcst")
    except Exception:  # noqa: BLE001  # a newer libcst: then slowly, as it wants to be
        # What is compiled can be imported once.
        for name in [n for n in sys.modules if n.partition(".")[0] == "libcst"]:
            if name != "libcst.native":
                del sys.modules[name]
    finally:
        module.dataclass = usual


_usual = dataclasses.dataclass


def _plain(cls: Any = None, /, **options: Any) -> Any:
    """`dataclasses.dataclass` for libcst's nodes: what is only read is left out."""

    def made(cls: Any) -> Any:
        if cls.__name__ == "CSTNode" and "__post_init__" in cls.__dict__:
            del cls.__post_init__
        left_out = {"frozen": False, "eq": False, "repr": False, "match_args": False}
        return _usual(cls, **{**options, **left_out})

    return made if cls is None else made(cls)
