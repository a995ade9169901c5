"""How often forbidden-symbol agrees with a second, independent reading of real files.

    python -I benchmarks/agreement.py FOLDER [--names 40] [SYMBOL...]

FOLDER holds packages as `site-packages` does; the benchmarks' own are fetched with
`corpus.build`. Without names some are drawn from what the folder defines and imports.
Not a test: thousands of files take minutes. Each name has a line; each place that is
not agreed on and not explained follows it. Exits with 1 where there is any.
"""

from __future__ import annotations

import argparse
import ast
import random
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "lib"))

from support.reading import Comparison, Reading, Span, compared


def sources(folder: Path) -> dict[str, str]:
    """The Python files below `folder`, path to text; no UTF-8, no file."""
    found: dict[str, str] = {}
    for path in sorted(folder.rglob("*.py")):
        data = path.read_bytes()
        if b"coding:" in data[:200]:
            continue
        try:
            found[path.relative_to(folder).as_posix()] = data.decode()
        except UnicodeDecodeError:
            continue
    return found


def drawn(reading: Reading, count: int) -> list[str]:
    """So many names that other files import: classes, functions, methods, modules,
    names re-exported by packages; always the same ones."""
    imported: Counter[str] = Counter()
    for source in reading.sources.values():
        for node in source.naming:
            if isinstance(node, ast.ImportFrom):
                module = source.absolute(node)
                imported.update(f"{module}.{alias.name}" for alias in node.names)
    kinds: dict[str, list[str]] = {"class": [], "function": [], "module": []}
    kinds |= {"method": [], "constant": [], "re-export": []}
    for name in sorted(name for name, times in imported.items() if times > 2):
        home, _, last = name.rpartition(".")
        if name in reading.sources:
            kinds["module"].append(name)
        elif home in reading.sources:
            tree = reading.sources[home].tree
            kind = kind_of(tree, last)
            kinds[kind].append(name)
            if kind == "class":
                kinds["method"] += [f"{name}.{m}" for m in methods(tree, last)]
    chosen = random.Random(1)
    each = -(-count // len(kinds))
    return sorted(
        name
        for names in kinds.values()
        for name in chosen.sample(names, min(each, len(names)))
    )


def kind_of(tree: ast.Module, name: str) -> str:
    for node in tree.body:
        match node:
            case ast.ClassDef(name=found) if found == name:
                return "class"
            case ast.FunctionDef(name=found) | ast.AsyncFunctionDef(name=found) if (
                found == name
            ):
                return "function"
            case ast.ImportFrom(names=aliases):
                if any(name == (a.asname or a.name) for a in aliases):
                    return "re-export"
            case _:
                pass
    return "constant"


def methods(tree: ast.Module, name: str) -> list[str]:
    """The public methods of a class."""
    return [
        inner.name
        for node in tree.body
        if isinstance(node, ast.ClassDef) and node.name == name
        for inner in node.body
        if isinstance(inner, ast.FunctionDef) and not inner.name.startswith("_")
    ]


def row(symbol: str, result: Comparison) -> str:
    return (
        f"{symbol:70} agreed {result.agreed:5} strings {len(result.beyond):4} "
        f"flowing {len(result.flowing):4} passed {len(result.passed):4} "
        f"missed {len(result.missed):3} unexplained {len(result.unexplained):3}"
    )


def shown(reading: Reading, what: str, spans: Sequence[Span]) -> None:
    for path, line, column, *_ in spans:
        text = reading.files[path].split("\n")[line - 1].strip()
        print(f"    {what} {path}:{line}:{column}  {text[:90]}")


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--names", type=int, default=40)
    parser.add_argument("symbols", nargs="*")
    given = parser.parse_args(argv)
    reading = Reading(sources(given.folder))
    print(f"{len(reading.files)} files, {len(reading.unread)} not for this Python")
    totals: Counter[str] = Counter()
    for symbol in given.symbols or drawn(reading, given.names):
        result = compared(reading, symbol)
        print(row(symbol, result), flush=True)
        shown(reading, "missed", result.missed)
        shown(reading, "unexplained", result.unexplained)
        totals["agreed"] += result.agreed
        for kind in ("beyond", "flowing", "passed", "missed", "unexplained"):
            totals[kind] += len(getattr(result, kind))
    print(dict(totals))
    return 1 if totals["missed"] or totals["unexplained"] else 0


if __name__ == "__main__":
    raise SystemExit(main())
