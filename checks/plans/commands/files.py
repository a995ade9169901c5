"""Tools that copy, move, remove and show files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from .effect import NOTHING, Effect

if TYPE_CHECKING:
    from ..shell_command import Command


def _rm(command: Command) -> Effect:
    paths = tuple(word.text for word in command.operands())
    return Effect(removes=paths)


def _copy(command: Command) -> Effect:
    words = [word.text for word in command.operands(frozenset({"-t", "-S"}))]
    if len(words) < 2:
        return NOTHING
    moved = tuple(words[:-1]) if command.name == "mv" else ()
    writes = (words[-1],)
    return Effect(tuple(words[:-1]), writes, moved)


def _tar(command: Command) -> Effect:
    args = command.args
    mode = args[0] if args else ""
    archive = command.value("-f", "--file")
    rest = args[1:]
    bundled = mode.lstrip("-") if not mode.startswith("--") else ""
    if archive is None or archive == "" or "f" in bundled:
        archive = rest[0] if rest else None
    if archive is None or archive == "-":
        return NOTHING
    if "c" in bundled or command.has("--create"):
        return Effect(writes=(archive,))
    if "t" in bundled or "--list" in args:
        return Effect(reads=(archive,))
    return Effect(reads=(archive,), replaces=True)


def _rsync(command: Command) -> Effect:
    words = [w.text for w in command.operands(frozenset({"-e", "--exclude", "--rsh"}))]
    if len(words) < 2:
        return NOTHING
    return Effect(tuple(words[:-1]), (words[-1],))


def _edit_in_place(command: Command) -> Effect:
    if not any(arg.startswith(("-i", "--in-place")) for arg in command.args):
        return _shows(command)
    valued = frozenset({"-e", "-f", "--expression"})
    words = [word.text for word in command.operands(valued)]
    files = words if command.has("-e", "--expression") else words[1:]
    return Effect(reads=tuple(files), writes=tuple(files))


def _shows(command: Command) -> Effect:
    if command.name in ("grep", "egrep", "fgrep", "rg", "sed", "awk", "jq"):
        valued = frozenset(
            {"-e", "-A", "-B", "-C", "-m", "-f", "-F", "-v", "--arg", "--argjson"}
        )
        words = [word.text for word in command.operands(valued)]
        return Effect(reads=tuple(words if command.has("-e") else words[1:]))
    valued = frozenset({"-n", "-c", "--lines", "-d", "-f"})
    return Effect(reads=tuple(word.text for word in command.operands(valued)))


def _tail(command: Command) -> Effect:
    effect = _shows(command)
    if not command.has("-f", "-F", "--follow") or _bounded(command):
        return effect
    return Effect(reads=effect.reads, endless="follows a file until it is interrupted")


def _bounded(command: Command) -> bool:
    """Whether something ends the command: timeout, `--pid`, `grep -m1`, head, &."""
    if "timeout" in command.wrappers or command.background or command.has("--pid"):
        return True
    for part in command.pipeline:
        if part is not command and (
            part.name == "head"
            or (part.name in ("grep", "sed") and part.has("-m", "-q", "--max-count"))
            or any(arg.startswith("-m") for arg in part.args)
        ):
            return True
    return False


bounded = _bounded


def _compress(command: Command) -> Effect:
    paths = tuple(word.text for word in command.operands())
    if command.has("-t", "--test", "-c", "--stdout", "-l"):
        return Effect(reads=paths)
    unpacks = command.name in ("gunzip", "unzip", "bunzip2", "unxz", "unzstd")
    if unpacks or command.has("-d", "--decompress"):
        plain = tuple(p.removesuffix(".gz").removesuffix(".zst") for p in paths)
        return Effect(reads=paths, writes=plain)
    return Effect(reads=paths, writes=tuple(p + ".gz" for p in paths))


def _makes(command: Command) -> Effect:
    return Effect(writes=tuple(word.text for word in command.operands()))


def _link(command: Command) -> Effect:
    words = [word.text for word in command.operands()]
    return Effect(writes=(words[-1],)) if words else NOTHING


def _nothing(command: Command) -> Effect:
    return NOTHING


TOOLS: Mapping[str, Callable[[Command], Effect]] = {
    "rm": _rm,
    "rmdir": _rm,
    "unlink": _rm,
    "cp": _copy,
    "mv": _copy,
    "install": _copy,
    "rsync": _rsync,
    "tar": _tar,
    "sed": _edit_in_place,
    "cat": _shows,
    "zcat": _shows,
    "head": _shows,
    "wc": _shows,
    "grep": _shows,
    "egrep": _shows,
    "jq": _shows,
    "diff": _shows,
    "sha256sum": _shows,
    "md5sum": _shows,
    "tail": _tail,
    "gzip": _compress,
    "gunzip": _compress,
    "zstd": _compress,
    "tee": _makes,
    "touch": _makes,
    "mkdir": _makes,
    "ln": _link,
    "ls": _nothing,
    "find": _nothing,
    "chmod": _nothing,
    "chown": _nothing,
    "df": _nothing,
    "du": _nothing,
}
