"""Which of the policy's phases a heading is about: by id, by range, by title."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .meaning import words

if TYPE_CHECKING:
    from ...core.policy import Migration, Phase
    from .document import Section


def matched(section: Section, migration: Migration) -> tuple[Phase, ...]:
    """The phases of `migration` that the section's own heading names.

    An id counts with or without the word in front of it ("stage-7", "P7" and "7" are
    one); without any, the whole title of a phase among the heading's words does.
    """
    named = {_bare(id) for id in section.phases}
    if named:
        return tuple(p for p in migration.phases if _bare(p.id) in named)
    title = f" {words(section.title)} "
    return tuple(
        phase
        for phase in migration.phases
        if _is_name(words(phase.title)) and f" {words(phase.title)} " in title
    )


def _bare(id: str) -> str:
    """ "stage-07" and "Phase_7" and "P7" are "7"."""
    plain = words(id)
    found = re.fullmatch(
        r"(?:phase|stage|step|etape|etapa|fase|schritt|p|s)? ?0*(\d.*)", plain
    )
    return found[1] if found else plain


def _is_name(title: str) -> bool:
    """Whether a title is enough of a name to be looked for: "API" is, "" is not."""
    return len(title) > 2
