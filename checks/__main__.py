"""`python -I -m backout.checks`: the index of the rules, `docs/rules/README.md`."""

from __future__ import annotations

from . import rules

INTRODUCTION = """\
# Rules: what each finds, why it hurts, what to do, how to waive it

One page for each rule that a finding may name. `backout explain RULE` prints it, and code
scanning shows it. This list is made from the code by `make generated`.

| rule | what it finds | by default |
|---|---|---|
"""


def index() -> str:
    """The whole file."""
    rows = (
        f"| [{rule.id}]({rule.id}.md) | {rule.summary} | {rule.severity.value} |\n"
        for rule in sorted(rules().values(), key=lambda rule: rule.id)
    )
    return INTRODUCTION + "".join(rows)


if __name__ == "__main__":
    print(index(), end="")
