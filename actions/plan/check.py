"""`backout plan check`: what is wrong with plans."""

from __future__ import annotations

import argparse
import time
from typing import cast

from ... import checks
from ...checks.plans.judge import judge
from ...core.excerpt import with_excerpts
from ...core.policy import FILE_NAME
from ...core.report import PolicySource, Report, in_order
from ...core.tree import MemoryTree
from .. import console, gate
from .desk import laid_out, repository


def run(args: argparse.Namespace) -> int:
    """Judge the plans and write the report; the exit code says the verdict."""
    started = time.perf_counter()
    _, rules = checks.chosen(cast("list[str]", args.only))
    git = repository()
    try:
        desk = laid_out(cast("list[str]", args.files), git)
        found = [
            finding
            for sheet in desk.sheets
            for finding in judge(sheet.path, sheet.content, sheet.context)
            if not rules or finding.rule in rules
        ]
    finally:
        if git is not None:
            git.close()
    texts = MemoryTree({sheet.path: sheet.content for sheet in desk.sheets})
    count = len(desk.sheets)
    report = Report(
        judged="1 plan" if count == 1 else f"{count} plans",
        policy=PolicySource(FILE_NAME, "the work tree")
        if desk.policy is not None
        else PolicySource("built-in", "the usual demands"),
        findings=tuple(with_excerpts(in_order(found), texts)),
    )
    console.show(
        report,
        cast(str, args.format),
        output=cast("str | None", args.output),
        top=None if desk.top is None else str(desk.top),
        elapsed=time.perf_counter() - started,
    )
    return gate.exit_code(report)
