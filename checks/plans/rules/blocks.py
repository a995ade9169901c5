"""Rules about the form of a plan's blocks: what Markdown and a shell make of them."""

from __future__ import annotations

from collections.abc import Iterator

from ....core.finding import Place, Severity
from ..document import Plan
from ..rule import Context, Found, rule


@rule("nested-fence", "a fence is closed by the first one inside it", Severity.WARNING)
def nested_fence(plan: Plan, context: Context) -> Iterator[Found]:
    """A block declared Markdown ends at the end of the first block inside it."""
    for nested in plan.nested:
        yield Found(
            Place(plan.path, nested.line),
            f"This block ends at line {nested.closes}, where the block of line "
            f"{nested.inner} inside it ends: the steps after it become text or code.",
            "Open and close the outer block with four back-ticks (````).",
        )


RULES = (nested_fence,)
