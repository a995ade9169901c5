"""What may go wrong that is not a finding.

BackoutError
├── UsageError        the asking is wrong: bad argument, bad policy
│   └── PolicyError   every problem of one policy file (core/policy/problem.py)
└── CannotDecide      the answer cannot be known from here: a missing base, a shallow
    │                 clone, an unreadable blob
    └── GitError      git said no (core/git.py)

Both end the program with exit code 2 and one sentence, never a traceback. Any other
exception is a bug in backout: exit code 3, with a traceback.
"""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """How the program ended; it never depends on the output format."""

    CLEAN = 0  # nothing was found
    FOUND = 1  # something was found
    UNDECIDED = 2  # we were asked wrongly, or cannot decide: the gate stays closed
    BROKEN = 3  # a bug in backout
    INTERRUPTED = 130  # the person pressed Ctrl-C


class BackoutError(Exception):
    """A sentence for the person who asked; it says what to do.

    `prefix` is what a terminal shows before it.
    """

    prefix = "backout: "


class UsageError(BackoutError):
    """We were asked wrongly."""


class CannotDecide(BackoutError):
    """What is needed to answer is not here."""
