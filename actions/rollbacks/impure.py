"""Why a rollback is not a pure one."""

from __future__ import annotations


class Impure(Exception):
    """What claims to be a rollback is not what undoing gives; the sentence's clause says
    where it differs. It never leaves this room: such a change is an ordinary one."""
