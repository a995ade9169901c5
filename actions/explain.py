"""`backout explain`: the page of a rule, as it lies in `docs/rules/`, or all rules."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Iterator
from typing import cast

from .. import checks
from ..core import rule_pages
from ..core.errors import UsageError
from ..core.formats.paint import paint
from .console import is_colored

_EXAMPLES = """\
examples:
  backout explain                  every rule in a line
  backout explain flag-overridden  what it finds, why it hurts, what to do
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command line of `backout explain`."""
    parser.epilog = _EXAMPLES
    parser.add_argument(
        "rules",
        metavar="RULE",
        nargs="*",
        help="a rule, as findings name it; without one, all are listed",
    )


def run(args: argparse.Namespace) -> int:
    """Print the pages of the rules that were named, or the list of all rules."""
    names = cast("list[str]", args.rules)
    color = is_colored(sys.stdout, os.environ)
    pages = [_page(name) for name in names]
    for number, page in enumerate(pages):
        if number:
            print()
        print("\n".join(rendered(page)) if color else page.rstrip("\n"))
    if not names:
        known = checks.rules()
        wide = max(map(len, known))
        for rule in known.values():
            print(f"{paint(rule.id.ljust(wide), 'bold', color)}  {rule.summary}")
    return 0


def rendered(page: str) -> Iterator[str]:
    """The lines of a Markdown page for a terminal that knows colours."""
    fenced = False
    for line in page.rstrip("\n").split("\n"):
        if line.lstrip().startswith("```"):
            fenced = not fenced
        elif fenced:
            yield paint(f"    {line}", "cyan", True) if line else ""
        elif line.startswith("#"):
            yield paint(line.lstrip("# "), "bold", True)
        else:
            line = re.sub(r"\[([^\]]+)\]\(([^)]+)\)", r"\1 (\2)", line)
            yield _MARKED.sub(_painted, line)


# Code, in which a star is a star, and what is emphasized.
_MARKED = re.compile(r"`(?P<cyan>[^`]+)`|(?P<stars>\*\*?)(?P<bold>\w.*?)(?P=stars)")


def _painted(found: re.Match[str]) -> str:
    kind = "bold" if found["bold"] else "cyan"
    return paint(found[kind], kind, True)


def _page(rule: str) -> str:
    page = rule_pages.page(rule)
    if page is not None:
        return page
    from difflib import get_close_matches

    near = get_close_matches(rule, rule_pages.ids(), n=1)
    hint = f"Did you mean {near[0]}?" if near else "`backout explain` lists all rules."
    raise UsageError(f"there is no rule {rule!r}. {hint}")
