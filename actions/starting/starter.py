"""The text of a first policy: what is known filled in, the rest as examples."""

from __future__ import annotations

import json
import re

from ...core.schema_address import ADDRESS
from .survey import Found

# A release's tag says nothing of a migration: only such a name is taken for its start.
_TAG = re.compile(r"migrat|baseline|legacy|before[-_]|pre[-_]", re.IGNORECASE)
_GATE = re.compile(r"/(ci|test|check|gate|lint|main|build|python)[^/]*$", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z][\w./-]*")
_TRUTHS = frozenset(["y", "yes", "n", "no", "on", "off", "true", "false", "null"])


def starter(found: Found) -> str:
    """A policy that loads as it is and demands nothing before something is named."""
    tag = next(filter(_TAG.search, found.tags), "")
    plan = found.plans[0] if found.plans else ""
    owners = ", ".join(map(_yaml, found.owners))
    lines = [
        f"# yaml-language-server: $schema={ADDRESS}",
        "# What this repository's migrations promise, so that each phase can be undone",
        "# until it is final. Every field: docs/reference/policy.md of backout.",
        "version: 1",
        "",
        "# Whose approval weakens this file.",
        f"owners: [{owners}]"
        if owners
        else '# owners: ["@your-organisation/platform"]',
        "",
        "# Where rollbacks are merged, and the folders that modules are imported from.",
        _line("default-branch", found.branch),
        f"source-roots: [{', '.join(map(_yaml, found.roots))}]",
        "",
        "# The decision matrix: what `backout decide` answers, and who must agree.",
        "severities:",
        "  P0: {action: revert, within: 5m}",
        "  P1: {action: revert, within: 1h}",
        "  P2: {action: revert, within: 24h}",
        "  P3: {action: fix-forward}",
        "",
        "# Who can be reached: a handle, mail address, phone number, #channel or URL.",
        "# contacts:",
        '#   on-call: "https://pager.example/rota"',
        "",
        "migrations:",
        "  first-migration:  # rename it: people type this name at three in the morning",
        "    title: What is replaced by what",
        "    status: open",
        "    # direct-replacement, feature-flag, parallel-run or staged",
        "    strategy: staged",
        _plan(plan, found.plans),
        "    # A tag from before the first phase: files are restored from it.",
        _line("baseline", tag, "    ", "migration-start"),
        "    # How long a shipped phase must stay cleanly revertible.",
        "    window: 30d",
        "    # Files that keep the old path out; nobody may weaken them unseen.",
        _guards(found.workflows),
        "    # What may not come back, in any spelling.",
        "    # forbid:",
        "    #   - {symbol: shop.orders.OrderServiceV1, use: shop.orders.OrderService}",
        "    #   - {module: shop.legacy, mode: ratchet}  # uses may only become fewer",
        "    #   - {path: src/shop/legacy.py}  # a deleted file stays deleted",
        "    # What must stay until the phase is final: the way back.",
        "    # keep:",
        "    #   - {paths: [src/shop/orders_v1.py], until-phase: 1}",
        "    # The phases, each one a shippable unit.",
        "    # phases:",
        "    #   - id: 1",
        "    #     title: Read through the new service",
        "    #     risk: medium  # low, medium, high or critical",
        "    #     paths: [src/shop/orders/**]",
        "    #     recovery-time: 15m",
        "    #     verify: {now: [{run: pytest -q}]}",
    ]
    return "\n".join(lines) + "\n"


def _line(field: str, value: str, indent: str = "", example: str = "main") -> str:
    if value:
        return f"{indent}{field}: {_yaml(value)}"
    return f"{indent}# {field}: {example}"


def _plan(plan: str, plans: tuple[str, ...]) -> str:
    others = "".join(f"\n    # plan: {_yaml(other)}" for other in plans[1:])
    head = "    # The rollback plan; it must exist while the migration is open.\n"
    return head + _line("plan", plan, "    ", "docs/rollback.md") + others


def _guards(workflows: tuple[str, ...]) -> str:
    likely = [path for path in workflows if _GATE.search(path)]
    if not likely:
        return "    # guards: [.github/workflows/ci.yml]"
    return f"    guards: [{', '.join(map(_yaml, likely))}]"


def _yaml(value: str) -> str:
    """A text as YAML has it in a list or alone: plain where nobody could misread it."""
    if value == "." or (_WORD.fullmatch(value) and value.lower() not in _TRUTHS):
        return value
    return json.dumps(value, ensure_ascii=False)
