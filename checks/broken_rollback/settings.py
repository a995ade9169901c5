"""Settings of the package that name what is not there any more."""

from __future__ import annotations

import configparser
import tomllib
from collections.abc import Iterator
from typing import Any, cast

from ...core.change import Change
from ...core.finding import Finding, Place, Severity
from ...core.tree import Tree
from . import package_data

_TABLES = (
    ("project", "scripts"),
    ("project", "gui-scripts"),
    ("tool", "poetry", "scripts"),
)


def findings(change: Change, gone: set[str]) -> Iterator[Finding]:
    """Entry points and paths in `pyproject.toml` and `setup.cfg` that point nowhere.

    `gone` are the modules, and names of modules, that the rollback takes away.
    """
    assert change.base is not None
    paths = {path for path, file in change.files.items() if file.new is None}
    if not gone and not paths:
        return
    folders = _folders(change.base) - _folders(change.head)
    for name in ("pyproject.toml", "setup.cfg", "MANIFEST.in"):
        entry = change.head.entries.get(name)
        if entry is None or not entry.is_file:
            continue
        content = change.head.read(name).decode("utf-8", "replace")
        points, strings, claims = _read(name, content)
        for claim in package_data.unmet(change, claims):
            yield _finding(name, content, claim.text, f"every file of {claim.text}")
        for point in sorted(set(points)):
            target = point.partition("[")[0].strip().replace(":", ".")
            module = point.partition(":")[0].strip()
            if module in gone or target in gone:
                yield _finding(name, content, point, f"the entry point {point}")
        for text in sorted(set(strings)):
            if text.strip("./") in paths or text.strip("./") in folders:
                yield _finding(name, content, text, text)


def _folders(tree: Tree) -> set[str]:
    found: set[str] = set()
    for path in tree.entries:
        while "/" in path:
            path = path.rpartition("/")[0]
            if path in found:
                break
            found.add(path)
    return found


def _read(
    name: str, content: str
) -> tuple[list[str], list[str], Iterator[package_data.Claim]]:
    """The entry points of a file of settings, all other texts in it, and the files that
    it takes into a package."""
    if name == "MANIFEST.in":
        return [], [], package_data.of_manifest(content)
    if name == "setup.cfg":
        parser = configparser.ConfigParser(interpolation=None, strict=False)
        try:
            parser.read_string(content)
        except configparser.Error:
            return [], [], iter(())
        section = "options.entry_points"
        lines = parser.items(section) if parser.has_section(section) else []
        rows = [row for _, block in lines for row in block.splitlines() if "=" in row]
        named = [row.partition("=")[2].strip() for row in rows]
        return named, [], package_data.of_setup_cfg(parser)
    try:
        document = tomllib.loads(content)
    except tomllib.TOMLDecodeError:
        return [], [], iter(())
    points: list[str] = []
    for keys in _TABLES:
        points += _texts(_at(document, keys))
    points += _texts(_at(document, ("project", "entry-points")))
    return points, list(_texts(document)), package_data.of_pyproject(document)


def _at(document: dict[str, Any], keys: tuple[str, ...]) -> Any:
    value: Any = document
    for key in keys:
        if not isinstance(value, dict):
            return None
        value = cast("dict[str, Any]", value).get(key)
    return value


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():  # pyright: ignore
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:  # pyright: ignore
            yield from _texts(item)


def _finding(name: str, content: str, text: str, what: str) -> Finding:
    line = next((n for n, row in enumerate(content.split("\n"), 1) if text in row), 0)
    return Finding(
        "rollback-dangling-path",
        Severity.ERROR,
        Place(name, line),
        f"{what} is named here and is not there after this rollback.",
        f"Undo the change of {name} too, or restore it with the rest.",
    )
