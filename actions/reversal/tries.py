"""What would come out if something were added to the command: computed, not guessed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ...core.finding import Finding, Severity
from ...core.paths import exactly
from ...core.policy import Policy
from ...core.reversal.differences import differences
from ...core.reversal.overlay import Present
from ...core.reversal.scratch import Scratch
from ...core.reversal.trees import listed
from ...core.reversal.undo import Choices, Reversal, Step, reverse
from .broken import findings
from .plan import CommitFacts, Way

_MOST = 12  # commits that a restored file may lose


def errors_among(found: Sequence[Finding]) -> int:
    """How many findings say that something would break."""
    return sum(finding.severity is Severity.ERROR for finding in found)


class Tries(NamedTuple):
    """The computation that was made on the tree `present`, to be made again otherwise.

    `known` says of results, by the ids of their trees, how much would break.
    """

    scratch: Scratch
    present: Present
    steps: Sequence[Step]
    choices: Choices
    policy: Policy | None
    known: dict[str, int]

    def leaving(self, globs: Sequence[str]) -> Reversal:
        """With `--leave` for these globs too."""
        chosen = self.choices
        return self._with((*chosen.leave, *globs), chosen.restore, chosen.adjacent)

    def restored(self, paths: Sequence[str], lost: Sequence[CommitFacts] = ()) -> Way:
        """The way out of restoring these files, which loses the commits `lost` there."""
        globs = tuple(map(exactly, paths))
        result = self.restoring(globs)
        return Way(
            "--restore",
            globs,
            tuple(lost),
            deletes=len({*paths} - {*listed(self.scratch, result.tree, paths)}),
            conflicts=len(result.clashes),
            # So large a way out is none at night, and to look at it takes long.
            errors=self.errors(result) if len(lost) <= _MOST else -1,
        )

    def restoring(self, globs: Sequence[str]) -> Reversal:
        """With `--restore` for these globs too."""
        chosen = self.choices
        return self._with(chosen.leave, (*chosen.restore, *globs), chosen.adjacent)

    def adjacent(self) -> Reversal:
        """With `--adjacent`."""
        return self._with(self.choices.leave, self.choices.restore, True)

    def undoing(self, steps: Sequence[Step]) -> Reversal:
        """With these steps, newest first, in place of those that were asked for."""
        return reverse(self.scratch, self.present.oid, steps, self.choices)

    def errors(self, result: Reversal) -> int:
        """How much would break."""
        if result.tree not in self.known:
            files = differences(self.scratch, self.present.oid, result.tree)
            found = findings(self.present, files, self.policy)
            self.known[result.tree] = errors_among(found)
        return self.known[result.tree]

    def _with(
        self, leave: tuple[str, ...], restore: tuple[str, ...], adjacent: bool
    ) -> Reversal:
        choices = Choices(
            self.choices.paths, leave, restore, self.choices.baseline, adjacent
        )
        return reverse(self.scratch, self.present.oid, self.steps, choices)
