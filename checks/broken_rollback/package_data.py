"""Patterns for files of a package of which a rollback leaves none."""

from __future__ import annotations

import configparser
import re
from collections.abc import Iterator, Mapping
from fnmatch import translate
from typing import Any, NamedTuple, cast

from ...core.change import Change


class Claim(NamedTuple):
    """What a settings file says of files: the text as it stands there, and the regular
    expression that whole paths of them match."""

    text: str
    matches: re.Pattern[str]


def unmet(change: Change, claims: Iterator[Claim]) -> Iterator[Claim]:
    """The claims that a file met which goes, and that no file meets afterwards."""
    gone = [path for path, file in change.files.items() if file.new is None]
    for claim in claims:
        if any(map(claim.matches.match, gone)) and not any(
            map(claim.matches.match, change.head.entries)
        ):
            yield claim


def of_pyproject(document: Mapping[str, Any]) -> Iterator[Claim]:
    """`[tool.setuptools.package-data]`."""
    value: Any = document
    for key in ("tool", "setuptools", "package-data"):
        value = (
            cast("dict[str, Any]", value).get(key) if isinstance(value, dict) else {}
        )
    for package, patterns in (value if isinstance(value, dict) else {}).items():  # pyright: ignore
        for pattern in patterns if isinstance(patterns, list) else ():  # pyright: ignore
            if isinstance(pattern, str):
                yield _of_package(str(package), pattern)  # pyright: ignore


def of_setup_cfg(parser: configparser.ConfigParser) -> Iterator[Claim]:
    """`[options.package_data]`."""
    section = "options.package_data"
    for package, patterns in (
        parser.items(section) if parser.has_section(section) else ()
    ):
        for pattern in re.split(r"[,\s]+", patterns.strip()):
            if pattern:
                yield _of_package(package, pattern)


def of_manifest(content: str) -> Iterator[Claim]:
    """The lines of a `MANIFEST.in` that take files in."""
    for line in content.splitlines():
        match line.split():
            case ["include", *patterns]:
                yield from (Claim(p, re.compile(_glob(p))) for p in patterns)
            case ["recursive-include", folder, *patterns]:
                inside = re.escape(folder.strip("/")) + "/(?:.*/)?"
                yield from (Claim(p, re.compile(inside + _glob(p))) for p in patterns)
            case ["graft", folder]:
                yield Claim(folder, re.compile(re.escape(folder.strip("/")) + "/"))
            case _:
                pass


def _of_package(package: str, pattern: str) -> Claim:
    """`package` may lie beneath any folder of sources; "*" or "" is every package."""
    folder = "" if package in ("*", "") else re.escape(package.replace(".", "/")) + "/"
    return Claim(pattern, re.compile(rf"(?:.*/)?{folder}{_glob(pattern)}"))


def _glob(pattern: str) -> str:
    return translate(pattern.strip("/"))
