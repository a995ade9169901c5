"""forbidden-symbol on real files, compared with a second, independent reading."""

from __future__ import annotations

import sysconfig
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

from support.reading import Reading, compared


def package(name: str) -> dict[str, str]:
    """The sources of an installed package, as they lie under its root."""
    spec = find_spec(name)
    assert spec is not None
    assert spec.submodule_search_locations
    folder = Path(spec.submodule_search_locations[0])
    return sources(folder, folder.parent, sorted(folder.rglob("*.py")))


def sources(folder: Path, root: Path, files: list[Path]) -> dict[str, str]:
    found: dict[str, str] = {}
    for file in files:
        inner = file.relative_to(folder).parts
        if not {"tests", "test", "__pycache__", "site-packages"} & set(inner):
            data = file.read_bytes()
            if b"coding:" not in data[:200]:
                found[file.relative_to(root).as_posix()] = data.decode()
    return found


def standard_library() -> dict[str, str]:
    folder = Path(sysconfig.get_path("stdlib"))
    files = [*folder.glob("*.py")]
    for name in ("asyncio", "collections", "concurrent", "email", "importlib", "json",
                 "logging", "multiprocessing", "re", "unittest", "xml"):  # fmt: skip
        files += (folder / name).rglob("*.py")
    return sources(folder, folder, sorted(files))


@cache
def reading_of(corpus: str) -> Reading:
    return Reading(standard_library() if corpus == "stdlib" else package(corpus))


@pytest.mark.parametrize(
    ("corpus", "symbol", "least"),
    [
        pytest.param("stdlib", "collections.OrderedDict", 9, id="many imports"),
        pytest.param("stdlib", "asyncio.events.Handle", 5, id="stars re-export"),
        pytest.param("stdlib", "warnings.warn", 100, id="attributes"),
        pytest.param("libcst", "libcst._nodes.base.CSTNode", 100, id="a base class"),
        pytest.param("mypy", "mypy.nodes.Var", 100, id="annotations"),
    ],
)
def test_two_readings_of_real_files_agree(corpus: str, symbol: str, least: int) -> None:
    result = compared(reading_of(corpus), symbol)
    assert result.missed == []
    assert result.unexplained == []
    assert result.agreed >= least
