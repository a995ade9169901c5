"""What commands do: what they read, write, destroy and need, and whether they return.

Rules ask here and know no option of any tool. One module is one family of tools; it
holds `TOOLS`, from a command's name to a function from the command to its effect.
To add a tool: a function in the module of its family, and its name in `TOOLS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from . import databases, files, git, migrations, processes, programs, remote
from .effect import NOTHING, Effect

if TYPE_CHECKING:
    from ..shell_command import Command

_TOOLS: Mapping[str, Callable[[Command], Effect]] = {
    **files.TOOLS,
    **git.TOOLS,
    **databases.TOOLS,
    **migrations.TOOLS,
    **processes.TOOLS,
    **programs.TOOLS,
    **remote.TOOLS,
}

# Names that tell a block of shell from prose or a listing.
KNOWN = frozenset(_TOOLS) | {"cd", "export", "source", "sudo", "echo", "set", "test"}

elsewhere = remote.elsewhere


def effect(command: Command) -> Effect:
    """What `command` does, as far as it can be told from its words."""
    if command.known is None:
        tool = _TOOLS.get(command.name)
        if tool is not None:
            command.known = tool(command)
        elif programs.is_script(command.name):
            command.known = Effect(runs=command.name)
        else:
            command.known = NOTHING
    return command.known
