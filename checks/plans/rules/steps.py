"""Rules about steps: is there a command, does it end, does a failure stop the next."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ....core.finding import Place, Severity
from ..commands import effect
from ..document import Plan
from ..procedure import NEAR, is_aside, last_comments
from ..rule import Context, Found, rule
from ..shell_command import Command, Script

_TELLS = re.compile(
    r"^(?:\d+[.)]\s*)?(?:verify|check|confirm|ensure|restart|redeploy|deploy|edit|open|"
    r"run|create|notify|update|remove|delete|disable|enable|comment out|set|switch|stop|"
    r"start|restore|revert|wait|monitor|repeat|then)\b|implementation[- ]dependent",
    re.IGNORECASE,
)
_NOTHING = re.compile(
    r"\b(?:no\b.*\bneeded|not needed|nothing to|expected|should|output|returns?)\b",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"^\**(?:commands?|run|execute)\**\s*:\**\s*(?P<rest>\S.*)$", re.IGNORECASE
)


@rule("prose-only-step", "a step says what to do but not how", Severity.WARNING)
def prose_only_step(plan: Plan, context: Context) -> Iterator[Found]:
    """A block or the end of a block that is only comments; a `Command:` without one."""
    for script in plan.scripts:
        comments = last_comments(script)
        if script.too_long or script.code.inline:
            continue
        telling = [row for row, text in comments if _TELLS.search(text)]
        if any(_NOTHING.search(text) for _, text in comments) and script.commands:
            continue
        is_all = len(comments) == len(script.comments) and not script.foreign
        if comments and is_all and not script.commands and not script.assignments:
            if all(not line.strip() for line in _without_comments(script)):
                yield _prose(script.line_place(comments[0][0], comments[-1][0] + 1))
        elif telling:
            yield _prose(script.line_place(telling[0], comments[-1][0] + 1))
    spans = {span.line for span in plan.spans if _looks_like_command(span.code)}
    commands = {script.code.line for script in plan.scripts if script.code.inline}
    for text in plan.texts:
        label = _LABEL.match(text.text.split("\n")[0])
        if label is None or text.line in commands or text.line in spans:
            continue
        following = [
            c for c in text.section.codes if text.line < c.line <= text.end_line + 2
        ]
        if text.kind == "item" and not following:
            yield _prose(plan.place(text.line))


def _without_comments(script: Script) -> list[str]:
    return [
        "" if row in script.comments else line
        for row, line in enumerate(script.text.split("\n"))
    ]


def _looks_like_command(code: str) -> bool:
    return re.match(r"(?:\./|[a-z][\w.-]*\s+[\w./-])", code) is not None


def _prose(place: Place) -> Found:
    return Found(
        place,
        "This step is words, not a command: whoever is called at night has to invent "
        "it.",
        "Write the command that does it and the one that shows it is done, or say "
        "who does it by hand and where.",
    )


_OR = re.compile(
    r"^(?:or\b|alternatively\b|alternative\b|either\b|option\s+(?:b|2|two)\b)",
    re.IGNORECASE,
)


@rule(
    "alternatives-in-one-block",
    "alternatives stand in one runnable block",
    Severity.WARNING,
)
def alternatives_in_one_block(plan: Plan, context: Context) -> Iterator[Found]:
    """`# Or ...` between commands: pasted or run as a script, both run."""
    for script in plan.scripts:
        starts = [
            *(script.row(c.start) for c in script.commands),
            *(script.row(a.start) for a in script.assignments),
        ]
        for row, text in script.comments.items():
            if not _OR.match(text) or row in starts:
                continue
            above = script.comments.get(row - 1, "")
            if above.count("(") > above.count(")"):
                continue  # the second line of a sentence
            if _tells_all(script, row, starts):
                continue
            if any(s < row for s in starts) and any(s > row for s in starts):
                yield Found(
                    script.line_place(row),
                    "Alternatives in one block: pasted, or run as a script, both run, "
                    "one on top of the other.",
                    "Give each alternative a block of its own, and say when it is the "
                    "one.",
                )
                break


def _tells_all(script: Script, row: int, starts: list[int]) -> bool:
    """Whether the comment tells the other way itself: the next step is another one's.

    `# Or click "Run now".`, then `# 2. Copy the archive` and its command.
    """
    after = min((start for start in starts if start > row), default=row)
    return any(
        re.match(
            r"(?:step\s*)?\d+[.):]", script.comments.get(between, ""), re.IGNORECASE
        )
        for between in range(row + 1, after)
    )


_SUCCESS = re.compile(
    r"\b(?:complete[d]?|success(?:ful(?:ly)?)?|done|finished|rolled back|restored|ok)\b",
    re.IGNORECASE,
)
_SHOWS = frozenset(
    {"echo", "printf", "cd", "set", "export", "test", "read", "date", "sleep", "ls",
     "cat", "grep", "curl", "head", "wc", "source", ".", "true", "mkdir", "tail", "[",
     "which", "whoami", "exit", "local", "trap", "declare", "readonly", "break",
     "continue", "return", "false", ":", "jq", "awk", "ps", "sort", "uniq",
     "cut", "tr", "watch", "free", "df", "du", "top", "wait", "lsof", "netstat", "ss",
     "journalctl", "pgrep", "find", "env", "printenv", "seq", "bc", "wget", "stat"}
)  # fmt: skip
_READS = frozenset(
    {"status", "log", "show", "diff", "fetch", "branch", "rev-parse", "ps", "get",
     "describe", "logs", "is-active", "version", "images", "list", "history", "ls",
     "inspect", "stats", "item-list", "view", "top", "info"}
)  # fmt: skip


_WRITES = re.compile(
    r"\b(?:insert|update|delete|alter|create|drop|truncate|grant|set)\b|<|\s-f\b|--file",
    re.IGNORECASE,
)


def changes(command: Command) -> bool:
    """Whether a command, as far as it can be told, changes anything."""
    if command.name in _SHOWS or "substitution" in command.inside:
        return False
    # `docker compose -p shop -f a.yml logs`: the verb comes after the options.
    far = 12 if command.name in ("docker", "docker-compose", "kubectl") else 3
    if any(word.text in _READS for word in command.words[:far]):
        return False
    if effect(command).database == "query" and not _WRITES.search(command.text):
        return False
    return "condition" not in command.inside


def _guards(script: Script) -> bool:
    """Whether a script looks at its steps itself, and leaves where one failed."""
    left = [
        c for c in script.commands if c.name == "exit" and c.args[:1] not in ([], ["0"])
    ]
    return len(left) > 1 and all(command.inside for command in left)


@rule("no-fail-fast", "a block of several steps goes on after a failure")
def no_fail_fast(plan: Plan, context: Context) -> Iterator[Found]:
    """A script without `set -e` that ends in success, or restores between changes."""
    for script in plan.scripts:
        steps = [c for c in script.commands if changes(c) and c.outer is None]
        loose = [c for c in steps[:-1] if c.next not in ("&&", "||")]
        if script.fails_fast or len(steps) < 2 or not loose:
            continue
        last = script.commands[-1]
        told = last.name in ("echo", "printf") and _SUCCESS.search(" ".join(last.args))
        guarded = last.inside and last.inside[0] in ("if", "condition", "case")
        if told and not guarded and steps[-1].next != "&&":
            yield Found(
                last.place,
                "This says that it worked whatever happened: nothing above stops the "
                "block when it fails.",
                "Begin the block with `set -Eeuo pipefail`, and let its last line test "
                "the end state.",
            )
        elif script.text.startswith("#!") and len(steps) > 2 and not _guards(script):
            yield Found(
                steps[0].place,
                "This script goes on after a step that failed, on whatever state that "
                "left.",
                "Begin it with `set -Eeuo pipefail`.",
            )
        else:
            restores = [
                c
                for c in loose
                if effect(c).database == "restore" and c is not steps[0]
            ]
            if restores and effect(steps[0]).removes:
                yield Found(
                    restores[0].place,
                    "A restore in the middle of a block that does not stop when it "
                    "fails: what comes after runs on a database half restored, what "
                    "came before is already gone.",
                    "Begin the block with `set -Eeuo pipefail`; stop the writers, "
                    "restore and check the data first, then change the code.",
                )


@rule("interactive-command", "a step needs a person at an editor", Severity.WARNING)
def interactive_command(plan: Plan, context: Context) -> Iterator[Found]:
    """Editors, pagers and `git rebase -i` in a block."""
    for script in plan.scripts:
        for command in script.commands:
            why = effect(command).interactive
            if command.name == "git" and _interactive_git(command):
                why = f"git {command.args[0]} opens an editor"
            if why and ("editor" in why or "keys" in why or "terminal" in why):
                yield Found(
                    command.place,
                    f"Here {why}: the step is in somebody's head and "
                    f"cannot be rehearsed or repeated.",
                    "Write the change as a command: `sed -i`, `crontab FILE`, "
                    "`kubectl patch`, a commit.",
                )


def _interactive_git(command: Command) -> bool:
    verb = command.args[:1]
    return (verb == ["rebase"] and command.has("-i", "--interactive")) or (
        verb in (["add"], ["checkout"], ["restore"]) and command.has("-p", "--patch")
    )


@rule("command-never-returns", "a command that does not end stands before later steps")
def command_never_returns(plan: Plan, context: Context) -> Iterator[Found]:
    """`tail -f`, `logs -f`, `watch`, a server in the foreground, then more steps."""
    for script in plan.scripts:
        for index, command in enumerate(script.commands):
            why = effect(command).endless
            if not why or command.background or "timeout" in command.wrappers:
                continue
            if command.outer is not None and "timeout" in command.outer.wrappers:
                continue
            after = [
                c
                for c in script.commands[index + 1 : index + 1 + NEAR]
                if c.start > command.end and c not in command.pipeline
            ]
            if after:
                # A list of ways to look is not a sequence of steps.
                looks = not any(_matters(c) for c in after)
                looks = looks or is_aside(script.code.section)
                yield Found(
                    command.place,
                    f"`{command.name}` does not return ({why}), so the steps after it, "
                    f"from line {after[0].line} on, are never reached.",
                    "Bound it: `timeout 60 ...`, `grep -m1`, `--no-pager -n 100`; or "
                    "make it the last step.",
                    Severity.WARNING if looks else None,
                )


def _matters(command: Command) -> bool:
    """Whether the rollback is not done, or not told, without this command."""
    return changes(command) and not effect(command).endless


_SHELL_NAMES = frozenset({"bash", "sh", "zsh", "ash", "/bin/bash", "/bin/sh"})


@rule(
    "commands-after-remote-shell",
    "commands meant for the far side of a session follow it",
    Severity.WARNING,
)
def commands_after_remote_shell(plan: Plan, context: Context) -> Iterator[Found]:
    """`ssh host`, `psql`, `docker exec -it x bash`, and then the commands for there."""
    for script in plan.scripts:
        for index, command in enumerate(script.commands):
            if not _opens_session(command):
                continue
            row = script.row(command.end)
            after = [
                c
                for c in script.commands[index + 1 : index + 1 + NEAR]
                if c.start > command.end
            ]
            foreign = [f for f in script.foreign if f.row > row]
            if after or foreign:
                yield Found(
                    command.place,
                    f"`{command.name}` opens a session. Run as a script, what follows "
                    f"does not run in it but here, after it ends.",
                    "Give the commands to it: `ssh host 'cmd'`, a here-document, "
                    "`psql -c`; or give them a block that says where it is run.",
                )
                break


def _opens_session(command: Command) -> bool:
    if command.inside or command.background or command.redirects:
        return False
    if command.outer is not None and command.outer.redirects:
        return False
    if command.name in _SHELL_NAMES and not command.words:
        return command.outer is not None and command.outer.has("-t", "-i", "--tty")
    if command.name == "su" and "-c" not in command.args:
        return True
    why = effect(command).interactive
    return "opens a session" in why and len(command.pipeline) < 2


_RISKY = frozenset({"rm", "rsync", "mv", "tar", "unlink"})


@rule("unguarded-cd", "a change of folder that may fail stands before changes")
def unguarded_cd(plan: Plan, context: Context) -> Iterator[Found]:
    """`cd X` without `|| exit`, then commands that delete or replace where one is."""
    for script in plan.scripts:
        if script.fails_fast:
            continue
        risky = [c for c in script.commands if _is_risky(c, script)]
        for command in script.commands if risky else ():
            if command.name != "cd" or command.next in ("&&", "||"):
                continue
            if command.inside or command.args in ([], ["-"]):
                continue
            if risky[-1].start < command.start:
                break
            if _made_above(script, command):
                continue
            first = next(c for c in risky if c.start > command.start)
            yield Found(
                command.place,
                f"If this folder is not there, the block goes on where it is: line "
                f"{first.line} (`{first.name}`) then works on the wrong one.",
                f"Write `cd {command.args[-1]} || exit 1`.",
            )
            break


def _made_above(script: Script, command: Command) -> bool:
    """Whether the block makes the very folder before it goes there."""
    return any(
        c.name == "mkdir" and c.start < command.start and command.args[-1] in c.args
        for c in script.commands
    )


def _is_risky(command: Command, script: Script) -> bool:
    if command.outer is not None or "if" in command.inside:
        return False
    relative = [w for w in command.words if not w.text.startswith(("-", "/", "~", "$"))]
    if command.name in _RISKY and relative:
        return command.name != "tar" or bool(effect(command).replaces)
    if command.name == "git" and command.args[:1]:
        verb = command.args[0]
        if verb in ("clean",) or (verb == "reset" and command.has("--hard")):
            return True
        return script.text.startswith("#!") and verb in (
            "checkout",
            "restore",
            "revert",
        )
    return False


RULES = (
    prose_only_step,
    alternatives_in_one_block,
    no_fail_fast,
    interactive_command,
    command_never_returns,
    commands_after_remote_shell,
    unguarded_cd,
)
