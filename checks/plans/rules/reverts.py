"""Rules about reverts, tried on the repository: merges, conflicts, ranges, what goes too."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ....core.errors import BackoutError
from ....core.finding import Place
from ....core.paths import matcher
from ..commands import effect
from ..commands.git import Call, has, value
from ..document import Plan, Section
from ..history import History, history
from ..procedure import procedure, words_about
from ..rule import Context, Found, rule
from ..shell_command import Command, Word
from .history import calls_here, is_open, resolved


def _reverts(plan: Plan) -> Iterator[tuple[Command, Call]]:
    for command, asked in calls_here(plan):
        if asked.verb == "revert" and not has(
            asked, "--abort", "--continue", "--quit", "--skip"
        ):
            yield command, asked


@rule(
    "revert-merge-without-mainline",
    "git revert of a merge without -m, or with -m of a commit that is none",
)
def revert_merge_without_mainline(plan: Plan, context: Context) -> Iterator[Found]:
    """By the commit itself where it is named, else by what the plan calls it."""
    past = history(context)
    for command, asked in _reverts(plan):
        mainline = has(asked, "-m", "--mainline")
        for word in asked.before:
            sha = None if past is None or not word.literal else _one(past, word)
            if past is not None and sha is not None:
                merge = len(past.read(sha).parents) > 1
                if merge and not mainline:
                    yield _no_mainline(command, f"{word.text} is a merge")
                elif mainline and not merge:
                    yield Found(
                        command.place,
                        f"{word.text} has one parent: git stops with `mainline was "
                        f"specified but commit is not a merge`.",
                        "Leave -m out.",
                    )
            elif word.is_placeholder and not mainline:
                about = f"{words_about(command).split('/')[0]} {word.text}"
                if re.search(r"\bmerge[- ](?:commit|sha|hash)\b", about, re.IGNORECASE):
                    yield _no_mainline(command, "The plan calls it a merge commit")
                    break


def _one(past: History, word: Word) -> str | None:
    if word.is_placeholder or ".." in word.text:
        return None
    return resolved(past, word.text)


def _no_mainline(command: Command, why: str) -> Found:
    return Found(
        command.place,
        f"{why}: git stops with `is a merge but no -m option was given`.",
        "Pin the commit; where it has two parents, write `git revert -m 1 <sha>`.",
    )


@rule("revert-not-clean", "a revert that the plan counts on conflicts today")
def revert_not_clean(plan: Plan, context: Context) -> Iterator[Found]:
    """The reverts of a plan, done in memory on HEAD, newest first."""
    past = history(context)
    if past is None:
        return
    for command, asked in _reverts(plan):
        words = [w for w in asked.before if w.literal and not w.is_placeholder]
        shas = [sha for w in words for sha in _shas(past, w.text)]
        if not shas or len(words) < len(asked.before):
            continue
        clashes = _simulated(past, shas, value(asked, "-m", "--mainline"))
        if clashes:
            files = ", ".join(clashes[:3]) + (" ..." if len(clashes) > 3 else "")
            yield Found(
                command.place,
                f"Done today, this revert conflicts in {len(clashes)} "
                f"{'file' if len(clashes) == 1 else 'files'}: {files}.",
                "Name what stands in the way and what to do about it "
                "(`backout revert --dry-run` shows it), or go back by a flag.",
            )


def _shas(past: History, text: str) -> list[str]:
    """The commits that one operand of git revert means, newest first."""
    if ".." not in text:
        sha = resolved(past, text)
        return [] if sha is None else [sha]
    first, _, last = text.partition("..")
    start, end = resolved(past, re.sub(r"\^$", "", first)), resolved(past, last)
    if start is None or end is None:
        return []
    told = f"{start}^" if first.endswith("^") else start
    found = past.git.run("rev-list", "--max-count=200", end, f"^{told}", "--")
    return found.decode("ascii").split()


def _simulated(past: History, shas: list[str], mainline: str | None) -> list[str]:
    from ....core.reversal.scratch import Scratch
    from ....core.reversal.undo import Step, reverse

    number = int(mainline) if mainline and mainline.isdigit() else 1
    with Scratch(past.git) as scratch:
        steps: list[Step] = []
        for sha in shas:
            commit = past.read(sha)
            parents = len(commit.parents)
            if parents > 1 and mainline is None:
                return []  # revert-merge-without-mainline says so
            if number > max(parents, 1):
                return []
            steps.append(Step(commit, number if parents else 0))
        try:
            head = past.git.resolve("HEAD", "tree")
            undone = reverse(scratch, head, steps)
        except BackoutError:
            return []
    return list(dict.fromkeys(clash.path for _, clash in undone.clashes))


@rule("wrong-revert-range", "a revert names one commit of many, or no commit at all")
def wrong_revert_range(plan: Plan, context: Context) -> Iterator[Found]:
    """One id where the plan speaks of commits; a range whose ends are exchanged."""
    past = history(context)
    for command, asked in _reverts(plan):
        words = asked.before
        if len(words) == 1 and words[0].is_placeholder and ".." not in words[0].text:
            about = command.script.comment_above(command)
            many = re.search(
                r"\b(?:commits|changes of phases?)\b", about, re.IGNORECASE
            )
            if many and not re.search(r"s\d*>$|commits|hashes|range", words[0].text):
                yield Found(
                    command.place,
                    "The step speaks of commits, and reverts one: the others stay in.",
                    "Pin them all, newest first, or a range: "
                    "`git revert --no-edit <oldest>^..<newest>`.",
                )
        if past is None:
            continue
        for word in words:
            first, dots, last = word.text.partition("..")
            if not dots or not word.literal or word.is_placeholder:
                continue
            start = resolved(past, re.sub(r"[\^~]\d*$", "", first))
            end = resolved(past, last or "HEAD")
            if start is None or end is None or start == end:
                continue
            if past.git.test("merge-base", "--is-ancestor", end, start):
                yield Found(
                    command.place,
                    f"{last or 'HEAD'} is older than {first}, so the range is empty "
                    f"and nothing is reverted.",
                    f"Exchange the ends: {last}^..{first}",
                )


@rule("plan-deletes-itself", "the plan was added by the commit that it reverts")
def plan_deletes_itself(plan: Plan, context: Context) -> Iterator[Found]:
    """The revert removes the plan in the middle of the procedure."""
    past = history(context)
    if past is None:
        return
    reverts = list(_reverts(plan))
    if not reverts:
        return
    adding = past.added_by(plan.path)
    if adding is None:
        return
    for command, asked in reverts:
        words = [w for w in asked.before if w.literal and not w.is_placeholder]
        if any(adding in _shas(past, word.text) for word in words):
            yield _deletes_itself(command.place, adding)
            return
    if all(word.literal and not word.is_placeholder
           for _, asked in reverts for word in asked.before):  # fmt: skip
        return
    # The commit is not named. It is the one whose files the plan is about.
    files = {path for _, path in past.files_of(adding)}
    named = {span.code for span in plan.spans} & files - {plan.path}
    globs = [glob for phase in context.phases() for glob in phase.paths]
    owned = {path for path in files - {plan.path} if globs and matcher(globs)(path)}
    if len(named) > 1 or owned:
        yield _deletes_itself(reverts[0][0].place, adding)


def _deletes_itself(place: Place, adding: str) -> Found:
    return Found(
        place,
        f"Commit {adding[:9]} brought both the change and this plan, so its revert "
        f"deletes the plan in the middle of the procedure.",
        "Commit the plan before the change, on its own.",
    )


@rule("removes-later-phase", "rolling back one phase removes code of a later one")
def removes_later_phase(plan: Plan, context: Context) -> Iterator[Found]:
    """Paths that a phase's procedure removes, and that a later phase owns."""
    removals = list(_removals(plan))
    below: dict[str, list[tuple[Section, Command]]] = {}
    for section, command, path in removals:
        parts = path.split("/")[:30]
        for depth in range(1, len(parts) + 1):
            below.setdefault("/".join(parts[:depth]), []).append((section, command))
    reported: set[int] = set()
    for section, command, folder in removals:
        if section.line in reported:
            continue
        owner = _owner_by_policy(context, section, folder)
        place: Place | None = None
        if owner is None:
            for other, remover in reversed(below.get(folder, ())):
                if other.line > section.line and other.parent is section.parent:
                    owner, place = other.phases[0], remover.place
                break
        if owner is None:
            continue
        reported.add(section.line)
        yield Found(
            command.place,
            f"{folder} also holds code of phase {owner}, which ships later: going back "
            f"here breaks it.",
            "Remove only the files that this phase added, and stop if a later phase is "
            "in.",
            phase=section.phases[0],
            related=() if place is None else ((place, f"phase {owner}"),),
        )


def _removals(plan: Plan) -> Iterator[tuple[Section, Command, str]]:
    """Each path that a phase's procedure removes, with the phase's section."""
    for script in plan.scripts:
        section = procedure(script.code.section)
        if not section.phases:
            continue
        for command in script.commands:
            for path in effect(command).removes if command.outer is None else ():
                if not is_open(path):
                    yield section, command, path.removeprefix("./").rstrip("/")


def _owner_by_policy(context: Context, section: Section, folder: str) -> str | None:
    if context.migration is None:
        return None
    phases = context.migration.phases
    ids = [phase.id for phase in phases]
    mine = [ids.index(id) for id in section.phases if id in ids]
    for phase in phases[max(mine) + 1 :] if mine else ():
        for glob in phase.paths:
            start = re.split(r"[*?\[]", glob)[0].rstrip("/")
            if start == folder or start.startswith(folder + "/"):
                return phase.id
    return None


RULES = (
    revert_merge_without_mainline,
    revert_not_clean,
    wrong_revert_range,
    plan_deletes_itself,
    removes_later_phase,
)
