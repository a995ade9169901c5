"""ratchet-grown: uses of a name that may only get fewer have become more.

`mode: ratchet` needs no file of numbers: the base of a change is the number. Uses are
counted, not located, so moving a line or a file is no growth.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from ..core.change import Change
from ..core.finding import Finding, Note, Place, Rule, Severity
from ..core.policy import FILE_NAME, Policy
from ..core.policy.words import listed
from ..core.tree import Tree
from .forbidden_symbol import UNPARSABLE, Ban, bans, judged, told, unreadable
from .symbols import Homes, Target, Unreadable, Use, uses

RULES = (
    Rule("ratchet-grown", "uses of a name that may only get fewer have become more"),
    UNPARSABLE,
)

# So many new uses are named in one finding.
_NAMED = 20


def check(change: Change, policy: Policy) -> Iterator[Finding | Note]:
    """For each ratcheted name whether its uses grew, and how many there are.

    Only changed files are counted before and after: the others are the same. All uses
    are counted where a merge is judged or a whole tree.
    """
    held = [ban for ban in bans(policy) if ban.forbid.mode == "ratchet"]
    targets = list(dict.fromkeys(ban.target for ban in held))
    lost: list[Unreadable] = []
    asked = judged(change.present, held, policy) if change.is_staged else None
    found = _uses(change.head, asked, targets, policy, lost)
    counted = [(ban, _counted(found[ban.target], ban, policy)) for ban in held]
    if change.base is None:
        for ban, uses_now in counted:
            yield Note(f"{ban.forbid.name}: {_many(len(uses_now))}")
        return
    old_paths = (p for p, f in change.files.items() if f.old is not None)
    before = _uses(change.base, judged(old_paths, held, policy), targets, policy)
    present = set(change.present)
    for file in lost:
        if file.path in present:
            yield from unreadable(file, held, policy)
    grown: dict[tuple[Target, tuple[Use, ...], tuple[Use, ...]], list[Ban]] = {}
    for ban, uses_now in counted:
        was = tuple(_counted(before[ban.target], ban, policy))
        grown.setdefault((ban.target, was, tuple(uses_now)), []).append(ban)
    for (_, old, all_now), same in grown.items():
        ban = same[0]
        new = [use for use in all_now if use.path in present]
        more = len(new) - len(old)
        if more > 0:
            yield _grown(same, old, new, change)
        if not change.is_staged and (more or old):
            number = len(all_now)
            differs = (
                f"{more} more than" if more > 0
                else f"{-more} fewer than" if more < 0
                else "as many as"
            )  # fmt: skip
            yield Note(f"{ban.forbid.name}: {_many(number)}, {differs} {_base(change)}")


def _uses(
    tree: Tree,
    paths: Iterable[str] | None,
    targets: Sequence[Target],
    policy: Policy,
    lost: list[Unreadable] | None = None,
) -> dict[Target, list[Use]]:
    """The uses of each target, those in its own home left out. Files that cannot be
    judged count for nothing; they are put into `lost`."""
    roots = policy.source_roots
    homes = Homes(tree, roots)
    found: dict[Target, list[Use]] = {target: [] for target in targets}
    for use in uses(tree, paths, targets, roots):
        if isinstance(use, Unreadable):
            if lost is not None:
                lost.append(use)
        elif use.path != FILE_NAME and not homes.hold(use.target, use.path):
            found[use.target].append(use)
    return found


def _counted(found: Iterable[Use], ban: Ban, policy: Policy) -> list[Use]:
    """Those of the uses that the entry is about."""
    return [use for use in found if told(ban, use, policy) is not None]


def _grown(
    bans: Sequence[Ban], old: Sequence[Use], new: Sequence[Use], change: Change
) -> Finding:
    known = Counter(use.path for use in old)
    fresh: list[Use] = []
    for path, number in Counter(use.path for use in new).items():
        more = number - known[path]
        if more > 0:
            here = [use for use in new if use.path == path]
            fresh += sorted(_newest_last(here, change)[-more:], key=lambda u: u.span)
    first, ban = fresh[0], bans[0]
    others = {each.migration.id: each for each in bans}
    del others[ban.migration.id]
    more = len(new) - len(old)
    told = "once" if more == 1 else f"{more} times"
    related = tuple(
        (Place(use.path, *use.span), "used here too") for use in fresh[1:_NAMED]
    )
    instead = f"Use {ban.forbid.use}." if ban.forbid.use else "Do without it here"
    return Finding(
        "ratchet-grown",
        Severity.ERROR,
        Place(first.path, *first.span),
        f"{ban.forbid.name} is used {told} more than in {_base(change)}. It is on its "
        f"way out with {listed([ban.migration.id, *others])}: its uses may only get fewer.",
        f"{instead.rstrip('.')}, or take another use away in the same change.",
        ban.forbid.name,
        ban.migration.id,
        ban.forbid.from_phase or "",
        related,
        also=tuple(each.address for each in others.values()),
    )


def _newest_last(uses: Sequence[Use], change: Change) -> Sequence[Use]:
    """The uses in one file, those in lines that the base does not have at the end:
    which of the others are new nobody can say."""
    path = uses[0].path
    entry = change.base.get(path) if change.base is not None else None
    if change.base is None or entry is None or not entry.is_file:
        return uses
    old = set(change.base.read(path).splitlines())
    lines = change.head.read(path).splitlines()
    return sorted(
        uses,
        key=lambda use: use.span[0] <= len(lines) and lines[use.span[0] - 1] not in old,
    )


def _base(change: Change) -> str:
    if change.base_label:
        return change.base_label
    return change.base.label if change.base is not None else "nothing"


def _many(number: int) -> str:
    return "1 use" if number == 1 else f"{number} uses"
