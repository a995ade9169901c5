"""How every door ends: one place that turns what went wrong into an exit code."""

from __future__ import annotations

import atexit
import errno
import gc
import io
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn

from ..core.errors import BackoutError, ExitCode
from ..core.escape import printed

# `backout gate | head`: nobody reads any more. A full disk. Not told is not decided.
_UNWRITABLE = {errno.EPIPE, errno.ENOSPC}
_ISSUES = "https://github.com/backout/backout/issues"


def ended(run: Callable[[], int]) -> int:
    """The exit code of `run()`, or of what it raised.

    A BackoutError is one sentence, without a traceback. Anything else is a bug of ours:
    its traceback is shown, with what is needed to report it.
    """
    _speak_utf8()
    # What we make lives until the end: looking for garbage finds none and takes a tenth
    # of the time.
    gc.set_threshold(100_000, 50, 50)
    try:
        code = run()
        # What is still in the buffer may fail to be written: not after we are gone.
        sys.stdout.flush()
    except BackoutError as error:
        print(printed(f"{error.prefix}{error}"), file=sys.stderr)
        return ExitCode.UNDECIDED
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last wall
        if isinstance(error, OSError) and error.errno in _UNWRITABLE:
            # What is left in the buffer would fail again when the interpreter ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            if not isinstance(error, BrokenPipeError):
                print(f"backout: cannot write: {error.strerror}", file=sys.stderr)
            return ExitCode.UNDECIDED
        _bug()
        return ExitCode.BROKEN
    return code


def leave(code: int) -> NoReturn:
    """End this process, where `ended` said how.

    An interpreter that ends by itself takes everything apart first: a twentieth of a
    hook's time, for nothing.
    """
    atexit._run_exitfuncs()  # pyright: ignore[reportPrivateUsage]
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


def versions() -> str:
    """What a bug report needs: ours, Python's, git's, the system's."""
    import platform
    from importlib.metadata import version

    from ..core.git import version as git_version

    return (
        f"backout {version('backout')}, Python {platform.python_version()}, "
        f"{git_version() or 'no git'}, {platform.platform()}"
    )


def _speak_utf8() -> None:
    """Make what we print UTF-8, whatever the locale or the code page says.

    -I ignores PYTHONIOENCODING and PYTHONUTF8, so nobody else could ask for it.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _bug() -> None:
    import traceback

    # An exception quotes what it met, and that may be the repository's.
    print(printed(traceback.format_exc()), end="", file=sys.stderr)
    print(f"{versions()}\nThis is a bug in backout: {_ISSUES}", file=sys.stderr)
