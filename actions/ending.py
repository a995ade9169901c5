"""How every door ends: one place that turns what went wrong into an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from ..core.errors import BackoutError, ExitCode

_ISSUES = "https://github.com/backout/backout/issues"


def ended(run: Callable[[], int]) -> int:
    """The exit code of `run()`, or of what it raised.

    A BackoutError is one sentence, without a traceback. Anything else is a bug of ours:
    its traceback is shown, with what is needed to report it.
    """
    try:
        code = run()
        # What is still in the buffer may fail to be written: not after we are gone.
        sys.stdout.flush()
    except BackoutError as error:
        print(f"backout: {error}", file=sys.stderr)
        return ExitCode.UNDECIDED
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        # `backout gate | head`: nobody reads any more, and nothing was decided.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.UNDECIDED
    except Exception:  # noqa: BLE001 - the last wall
        _bug()
        return ExitCode.BROKEN
    return code


def _bug() -> None:
    import platform
    import traceback
    from importlib.metadata import version

    traceback.print_exc()
    print(
        f"backout {version('backout')}, Python {platform.python_version()}, "
        f"{platform.platform()}. This is a bug in backout: {_ISSUES}",
        file=sys.stderr,
    )
