"""What the runner of GitHub Actions would take for a command, in what we print.

https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs. It
compares by culture, so characters without weight are skipped; being strict, we count any
name as a command, not only those that it has registered.
"""

from __future__ import annotations

import unicodedata

# Ignored by default though of no category that says so (DerivedCoreProperties.txt).
_WEIGHTLESS = {
    0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180C, 0x180D, 0x180F, 0x3164,
    0xFFA0, *range(0xFE00, 0xFE10), *range(0xFFF0, 0xFFF9), *range(0xE0000, 0xE1000),
    0x2065,
}  # fmt: skip


def is_hidden(character: str) -> bool:
    """Whether it cannot be seen, or changes what is seen."""
    hidden = unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp")
    return hidden or ord(character) in _WEIGHTLESS


def commands(output: str) -> list[str]:
    """The lines of `output` that a runner would obey."""
    lines = output.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return [line for line in lines if _is_command(line)]


def _is_command(line: str) -> bool:
    for seen in (line, "".join(c for c in line if not is_hidden(c))):
        if seen.lstrip().startswith("::") or "##[" in seen:
            return True
    return False
