"""What a worker answers about one file, as plain values that go through a pipe."""

from __future__ import annotations

from typing import NamedTuple

from .target import Span, Via


class Found(NamedTuple):
    """One use: which target, where, how, by what name, and which line imported it."""

    target: int
    span: Span
    via: Via
    dotted: str
    text: str
    bound_at: int


class Answer(NamedTuple):
    """What is known of a file once it is judged.

    `exports` says which of its names are a target or lead to one, `wants` which names
    would be uses if other files re-exported them so (`module.*` for a star import),
    `public` what a star import of it binds (`module.*` for all that one of that module
    does), None where that was not asked or cannot be said. `reason` is "" unless it could
    not be judged; `spot` is where the parser stopped then.
    """

    uses: list[Found]
    exports: dict[str, str]
    wants: list[str]
    reason: str = ""
    spot: tuple[int, int] = (0, 0)
    public: list[str] | None = None
