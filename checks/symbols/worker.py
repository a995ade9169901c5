"""A process that judges files for the engine: `python -I -m backout.checks.symbols.worker`.

What a hostile file can do to a parser, it does to this process and not to the gate.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from contextlib import suppress
from typing import IO, Any

from . import judging
from .light import import_libcst
from .naming import Names
from .pipe import receive, send
from .target import Target

# After a file of so many bytes the C library is asked to give back what it holds on to: it
# would keep all that was needed for one tree, for good.
_LARGE = 50_000
# What cycles there are is let go after so many files: memory keeps below what libcst takes.
_COLLECTED = 20


def main() -> int:
    """Serve the engine at the other end of the standard streams."""
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    # What a parser may print must not get between the answers.
    os.dup2(2, 1)
    serve(requests, answers)
    return 0


def prepare() -> None:
    """Import now what judging will need: libcst takes its time."""
    judging.load = import_libcst
    judging.prepare()


def serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    """Answer requests until the engine closes the pipe."""
    # Collecting costs a tenth of the time, and trees hold no cycles that it would find.
    gc.disable()
    judging.load = import_libcst
    wanted: Any = ()
    names: Names | None = None
    judged = 0
    while True:
        try:
            kind, seconds, payload = receive(requests)
        except EOFError:
            return
        if kind == "names":
            wanted, names = payload, None
        elif kind == "prepare":
            prepare()
        else:
            for path, data, public in payload:
                _end_after(seconds)
                try:
                    if names is None:
                        names = _names(*wanted)
                    answer = _plain(judging.judge(path, data, names, public))
                except Exception:  # noqa: BLE001  # ours: told and raised over there
                    import traceback

                    answer = traceback.format_exc()
                _end_after(0)
                send(answers, answer)
                if len(data) > _LARGE:
                    _give_back()
            judged += len(payload)
            if judged > _COLLECTED:
                judged = 0
                gc.collect(0)


def _end_after(seconds: float) -> None:
    """Let this process end once it has computed for so long; 0: let it live."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, seconds)


def _give_back() -> None:
    if sys.platform != "linux":
        return
    with suppress(Exception):  # another C library has no such thing
        from ctypes import CDLL

        CDLL(None).malloc_trim(0)


def _plain(answer: Any) -> Any:
    return (
        [(use[0], tuple(use[1]), *use[2:]) for use in answer.uses],
        answer.exports,
        answer.wants,
        answer.reason,
        answer.spot,
        answer.public,
    )


def _names(
    targets: list[tuple[Any, str, str]],
    prefixes: list[str],
    aliases: dict[str, str],
    public: dict[str, list[str]],
    words: list[str],
    modules: list[str],
) -> Names:
    wanted = [Target(*each) for each in targets]
    return Names(wanted, prefixes, aliases, public, words, modules)


if __name__ == "__main__":
    raise SystemExit(main())
