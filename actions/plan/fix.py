"""`backout plan fix`: put right what has one right answer, and show the rest."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Iterator
from typing import cast

from ...checks.plans.correcting import Correction, corrected, corrections
from ...checks.plans.judge import judge
from ...checks.plans.reading import Unreadable, read
from ...core.errors import ExitCode, UsageError
from ...core.escape import visible
from ...core.finding import Severity
from ..whole_file import write_whole
from .desk import Sheet, laid_out, repository


def run(args: argparse.Namespace) -> int:
    """Correct each file, or with --diff print what would change; tell what is left.

    All files are read and judged before the first one is written.
    """
    git = repository()
    try:
        desk = laid_out(cast("list[str]", args.files), git)
        done = [(sheet, *_corrected(sheet)) for sheet in desk.sheets]
        for sheet, changes, content in done:
            if cast(bool, args.diff):
                for line in _difference(sheet, content):
                    print(visible(line))
                continue
            if changes:
                _write(sheet, content)
            for line in _told(sheet, changes, content):
                print(visible(line))
    finally:
        if git is not None:
            git.close()
    return ExitCode.CLEAN


def _corrected(sheet: Sheet) -> tuple[list[Correction], bytes]:
    try:
        plan = read(sheet.path, sheet.content)
    except Unreadable as error:
        where = f"{sheet.path}:{error.line}" if error.line else sheet.path
        raise UsageError(f"{where}: {error}") from error
    found = judge(sheet.path, sheet.content, sheet.context)
    changes = corrections(plan, sheet.context, found)
    return changes, corrected(sheet.content, changes)


def _write(sheet: Sheet, content: bytes) -> None:
    try:
        write_whole(sheet.file, content)
    except OSError as error:
        raise UsageError(f"{sheet.path} cannot be written: {error.strerror}") from error


def _difference(sheet: Sheet, content: bytes) -> Iterator[str]:
    before = sheet.content.decode("utf-8", "replace").splitlines()
    after = content.decode("utf-8", "replace").splitlines()
    return difflib.unified_diff(
        before, after, f"a/{sheet.path}", f"b/{sheet.path}", lineterm=""
    )


def _told(sheet: Sheet, changes: list[Correction], content: bytes) -> Iterator[str]:
    """What was done, then what is left for people, each with what to do about it."""
    for change in changes:
        yield f"{sheet.path}:{change.line}  {change.rule}: {change.what}"
    left = [
        finding
        for finding in judge(sheet.path, content, sheet.context)
        if finding.severity is not Severity.INFO
    ]
    count = len(changes)
    made = "1 correction" if count == 1 else f"{count or 'no'} corrections"
    if not left:
        yield f"{sheet.path}: {made}, nothing is left to do."
        return
    yield f"{sheet.path}: {made}; left for you:"
    for finding in left:
        line = f"line {finding.place.line}" if finding.place.line else "whole plan"
        yield f"  {line}, {finding.rule}: {finding.help or finding.message}"
