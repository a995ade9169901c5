"""The gate: a change, judged under a policy that the change itself cannot loosen."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import NamedTuple
from zlib import crc32

import msgspec

from .. import checks
from ..checks import symbols
from ..core import change as changes
from ..core.change import Change
from ..core.errors import CannotDecide, ExitCode, UsageError
from ..core.finding import Finding, Note
from ..core.git import Git, encode
from ..core.policy import FILE_NAME, Policy
from ..core.policy_file import PolicyError, prepare, read_policy
from ..core.report import PolicySource, Report, Section, WaiverInForce, in_order, merge
from ..core.tree import CommitTree, IndexTree
from ..core.work_tree import WorkTree, peek


class Asked(NamedTuple):
    """What is to be judged, and what people call it: the noun of its files, and where
    they are."""

    change: Change
    noun: str
    where: str = ""

    @property
    def judged(self) -> str:
        """As in "2 staged files"."""
        count = len(self.change.files)
        return f"{count} {self.noun}{'' if count == 1 else 's'}{self.where}"


def staged(git: Git) -> Asked:
    """What `git commit` would record now, under the staged policy."""
    change = changes.staged(git)
    return Asked(change, "staged file")


def between(git: Git, base: str, head: str) -> Asked:
    """What `head` brings to `base`, two commits, under the policy of `base`.

    Compared is from their merge base, so that what `base` gained meanwhile is not
    taken for something that `head` removed.
    """
    start = changes.merge_base(git, base, head)
    change = changes.between(git, start, head, tip=base)
    return Asked(change, "changed file")


def tree(git: Git, name: str) -> Asked:
    """Every file of a commit, under its own policy."""
    head = CommitTree(git, name)
    head.begin()
    change = changes.whole(head, git)
    change.head_tip = git.resolve(name)
    return Asked(change, "file", f" in {head.label}")


def index(git: Git) -> Asked:
    """Every file that the next commit would hold, changed or not."""
    change = changes.whole(IndexTree(git), git)
    return Asked(change, "file", " in the index")


def work_tree(git: Git, files: WorkTree | None = None) -> Asked:
    """Every tracked or new file of the work tree, under the policy that lies there.

    `files` is that work tree, where git was told to list it already.
    """
    if files is None:
        files = WorkTree(git)
        files.begin()
    return Asked(changes.whole(files, git), "tracked or new file")


class Shard(NamedTuple):
    """One part of a run that is spread over several machines: the `number`th `of` so
    many, counted from 1."""

    number: int
    of: int

    def holds(self, path: str) -> bool:
        """Whether a file is dealt to this part: by its name, so the same everywhere."""
        return crc32(encode(path)) % self.of == self.number - 1


def judge(asked: Asked, only: Sequence[str] = (), shard: Shard | None = None) -> Report:
    """Run each check that has something to look at; with `only`, report these rules, or
    those of these checks.

    With `shard`, checks that judge file by file look at their share of the files, and
    the first part does the rest; the parts merged are the report of one run. Raises
    UsageError where there is no policy, or it is wrong, or a rule is unknown. A check
    that cannot decide does not stop the others: the report says so, and its verdict is
    never clean.
    """
    names, rules = checks.chosen(only)
    policy, source = policy_of(asked.change, names)
    if _has_rollbacks(asked.change):
        from .rollbacks import allowing

        asked.change.rolled_back = allowing.in_force(asked.change)
    if not asked.change.is_staged:
        from .inline_waivers import MARK

        asked.change.head.expect(MARK)
    empty = Report("", source, whole=asked.change.is_whole)
    parts = [(asked.change, names)]
    if shard is not None:
        files = {p: f for p, f in asked.change.files.items() if shard.holds(p)}
        dealt = [name for name in names if name in checks.BY_FILE]
        rest = [name for name in names if name not in checks.BY_FILE]
        parts = [(asked.change.part(files), dealt)]
        if shard.number == 1:
            parts.append((asked.change, rest))
    reports = [
        _judged(asked, part, chosen, rules, policy, empty) for part, chosen in parts
    ]
    report = msgspec.structs.replace(merge(reports), judged=asked.judged)
    if shard is None and report.waivers:
        from .waivers import with_unused

        report = with_unused(report)
    return report


def _judged(
    asked: Asked,
    change: Change,
    names: Sequence[str],
    rules: Collection[str],
    policy: Policy,
    empty: Report,
) -> Report:
    """What the checks `names` say of `change`, all or a part of what is asked."""
    findings: list[Finding] = []
    notes: list[str] = []
    undecided: list[str] = []
    ran: list[str] = []
    begun: list[Callable[[], Iterable[Finding | Note]]] = []
    for name in names:
        if checks.ALL[name](change, policy):
            ran.append(name)
            begun.append(_begun(name, change, policy))
    if not change.is_staged:
        # They will be asked, and a search may still go on elsewhere.
        from . import demands, inline_waivers  # noqa: F401  # pyright: ignore[reportUnusedImport]
    for said_by in begun:
        try:
            for said in said_by():
                if isinstance(said, Note):
                    notes.append(said.sentence)
                else:
                    findings.append(said)
        except CannotDecide as why:
            undecided.append(str(why))
    if _has_rollbacks(asked.change):
        from .rollbacks import allowing

        findings, said_of_rollbacks = allowing.allowed(asked.change, policy, findings)
        notes += said_of_rollbacks
    waivers: tuple[WaiverInForce, ...] = ()
    sections: tuple[Section, ...] = ()
    if policy.waivers:
        from .waivers import apply_waivers

        findings, waivers = apply_waivers(findings, policy, change.now.date())
    if findings or not change.is_staged:
        from .demands import sections as demanded
        from .inline_waivers import apply_inline

        judged = (rule.id for name in ran for rule in checks.load(name).RULES)
        findings, held = apply_inline(findings, change, policy, judged)
        waivers += held
        sections = demanded(asked.change, policy, findings, bool(undecided))
    if findings:
        from ..core.excerpt import with_excerpts

        findings = list(with_excerpts(_reported(findings, rules), change.head))
    return msgspec.structs.replace(
        empty,
        findings=tuple(findings),
        notes=tuple(notes),
        undecided=tuple(undecided),
        sections=sections,
        waivers=waivers,
    )


def _begun(
    name: str, change: Change, policy: Policy
) -> Callable[[], Iterable[Finding | Note]]:
    """A check, begun: what is returned gives what it says, or raises that it cannot."""
    check = checks.load(name).check
    try:
        said = check(change, policy)
    except CannotDecide as error:
        why = error

        def cannot() -> Iterable[Finding | Note]:
            raise why

        return cannot
    return lambda: said


def exit_code(report: Report) -> ExitCode:
    """How a program that made this report ends."""
    return {
        "clean": ExitCode.CLEAN,
        "found": ExitCode.FOUND,
        "undecided": ExitCode.UNDECIDED,
    }[report.verdict]


def _has_rollbacks(change: Change) -> bool:
    """Whether there is any rollback that the judgement may depend on."""
    folder = ".backout/rollbacks"
    if change.is_whole:
        return change.head.holds(folder)
    tree = change.head if change.is_staged else change.trusted
    return tree.holds(folder) or any(p.startswith(f"{folder}/") for p in change.files)


def _reported(
    findings: Iterable[Finding], rules: Collection[str]
) -> tuple[Finding, ...]:
    """The findings of the rules asked for, in the order in which one reads files."""
    return in_order(f for f in findings if not rules or f.rule in rules)


def policy_of(
    change: Change, names: Collection[str] = ()
) -> tuple[Policy, PolicySource]:
    """The policy that a change is judged by, and where it was read.

    The checks `names` will be run: what they need is imported while git lists files.

    Raises UsageError where there is none, or it is wrong.
    """
    # On a developer's machine the hook helps, by the policy as it will be committed.
    tree = change.head if change.is_staged else change.trusted
    if tree is change.head and change.git is not None:
        _expect(change.git, names)
    entry = tree.get(FILE_NAME)
    if entry is None:
        where = f"{change.base_label} or " if change.base_label else ""
        raise UsageError(
            f"there is no {FILE_NAME} in {where}{tree.label}. `backout init` writes one "
            f"to start from; then git add it"
        )
    if not entry.is_file:
        raise UsageError(f"{FILE_NAME} in {tree.label} is not a regular file")
    note = ""
    if tree is change.head and change.base_label:
        note = f"{change.base_label} has no {FILE_NAME} yet: this change brings its own"
    policy = read_policy(tree.read(FILE_NAME), FILE_NAME)
    return policy, PolicySource(FILE_NAME, tree.label, note)


def _expect(git: Git, names: Collection[str]) -> None:
    """While git lists files: read the policy that lies in the work tree, which most
    often will be the one, and import what it will ask for. Nothing is decided by it."""
    prepare()
    try:
        policy = read_policy(peek(git, FILE_NAME), FILE_NAME)
    except PolicyError:
        return
    forbids = any(migration.forbid for migration in policy.migrations.values())
    if forbids and "forbidden_symbol" in names:
        checks.load("forbidden_symbol")
        symbols.prepare()
