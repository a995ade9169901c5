"""`backout merge-reports`: one report out of the parts of a run (`gate --shard I/N`)."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import cast

from ..core import formats
from ..core.errors import UsageError
from ..core.formats import json
from ..core.report import Report, merge
from . import console
from .gate import exit_code
from .waivers import with_unused

_EXAMPLES = """\
examples:
  backout gate --all --shard 1/2 --format json --output 1.json
  backout gate --all --shard 2/2 --format json --output 2.json
  backout merge-reports 1.json 2.json
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command line of `backout merge-reports`."""
    parser.epilog = _EXAMPLES
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument(
        "reports", metavar="FILE", nargs="+", type=Path, help="reports in JSON"
    )
    parser.add_argument("--format", choices=formats.NAMES, default="text")
    parser.add_argument("--output", metavar="FILE", help="write the report there")


def run(args: argparse.Namespace) -> int:
    """Write the merged report; the exit code is that of one run over everything."""
    read = [_read(path) for path in cast("list[Path]", args.reports)]
    report = with_unused(merge(read))
    output = cast("str | None", args.output)
    console.show(report, cast(str, args.format), output=output)
    return exit_code(report)


def _read(path: Path) -> Report:
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from error
    try:
        return json.read(text)
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from error
