"""What is read of a shell block: its commands, their words, and where they stand."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

from ...core.finding import Place
from .document import Code

if TYPE_CHECKING:
    from .commands.effect import Effect
    from .commands.git import Call


class Word(msgspec.Struct, frozen=True, eq=False):
    """One argument. `text` is without quotes, expansions as written; `raw` as written.

    `literal` says that the shell takes it as it stands: no expansion, no glob.
    """

    text: str
    raw: str
    start: int  # offset in the block's text
    end: int
    literal: bool = True

    @property
    def is_placeholder(self) -> bool:
        """Whether a person must fill it in: `<sha>`, `{SHA}`, `[sha]`, `YYYYMMDD`."""
        return _PLACEHOLDER_WORD.search(self.text) is not None


class Redirect(NamedTuple):
    """`operator` is `<`, `>`, `>>`, `<<`, `<<<` and so on; of a heredoc, `body`."""

    operator: str
    target: str
    body: str = ""


class Command(msgspec.Struct, eq=False):
    """One simple command.

    `name` is without folders and without transparent wrappers (sudo, env, time ...),
    which are in `wrappers`. `inside` names the constructs around it: "if", "condition",
    "for", "while", "case", "function", "subshell", "substitution", "negated". `next` is
    the operator after it. `outer` is the command that runs it elsewhere: ssh,
    docker exec. `comment` is the comment line right above it.
    """

    name: str
    words: tuple[Word, ...]
    script: Script
    start: int
    end: int
    path: str = ""
    assignments: tuple[tuple[str, str], ...] = ()
    redirects: list[Redirect] = []
    wrappers: tuple[str, ...] = ()
    inside: tuple[str, ...] = ()
    next: str = ""
    background: bool = False
    pipeline: list[Command] = []
    outer: Command | None = None
    # What `commands.effect` and `commands.git.call` have found out, once they have.
    known: Effect | None = None
    asked: Call | Literal["unknown"] | None = "unknown"

    @property
    def args(self) -> list[str]:
        """The arguments' texts."""
        return [word.text for word in self.words]

    @property
    def place(self) -> Place:
        """Where it stands in the file."""
        return self.script.place(self.start, self.end)

    @property
    def line(self) -> int:
        """Its first line in the file."""
        return self.place.line

    @property
    def text(self) -> str:
        """It as written, on one line."""
        return " ".join(self.script.text[self.start : self.end].split())

    def has(self, *flags: str) -> bool:
        """Whether one of `flags` is given: `-f` also in `-rf`, `--x` also as `--x=`."""
        for arg in self.args:
            if arg == "--":
                return False
            for flag in flags:
                if arg == flag or (
                    flag.startswith("--") and arg.startswith(flag + "=")
                ):
                    return True
                if (
                    len(flag) == 2
                    and flag[0] == "-"
                    and re.fullmatch(r"-[A-Za-z]{2,}", arg)
                    and flag[1] in arg[1:]
                ):
                    return True
        return False

    def value(self, *flags: str) -> str | None:
        """The value of an option, as `-d x`, `-dx`, `--db x` or `--db=x`."""
        args = self.args
        for index, arg in enumerate(args):
            for flag in flags:
                if arg == flag:
                    return args[index + 1] if index + 1 < len(args) else None
                if flag.startswith("--") and arg.startswith(flag + "="):
                    return arg[len(flag) + 1 :]
                if len(flag) == 2 and arg.startswith(flag) and not arg.startswith("--"):
                    return arg[2:].removeprefix("=")
        return None

    def operands(self, valued: frozenset[str] = frozenset()) -> list[Word]:
        """The arguments that are no options; `valued` options take the next one."""
        found: list[Word] = []
        skip = only = False
        for word in self.words:
            if skip:
                skip = False
            elif only or not word.text.startswith("-") or word.text == "-":
                found.append(word)
            elif word.text == "--":
                only = True
            else:
                skip = word.text in valued
        return found


class Foreign(NamedTuple):
    """Lines of a shell block that are no shell; `rows` from 0, the end exclusive."""

    kind: str
    row: int
    end_row: int


class Assignment(NamedTuple):
    """`NAME=value` as a statement of its own."""

    name: str
    value: str
    start: int


class Script:
    """One block of shell, read.

    `errors` are spans (offsets) the shell cannot parse. `comments` maps rows to texts
    without the mark. `judged` is false for a block that the plan warns against.
    """

    def __init__(self, code: Code, path: str) -> None:
        self.code = code
        self.text = code.text
        self.path = path
        self.commands: list[Command] = []
        self.assignments: list[Assignment] = []
        self.comments: dict[int, str] = {}
        self.errors: list[tuple[int, int]] = []
        self.foreign: list[Foreign] = []
        self.too_long = False
        self.depth = 0
        self._starts = [0]
        for line in code.text.split("\n"):
            self._starts.append(self._starts[-1] + len(line) + 1)

    def row(self, offset: int) -> int:
        """The row (from 0) that holds the character at `offset`."""
        return bisect_right(self._starts, offset) - 1

    def place(self, start: int, end: int) -> Place:
        """Where a span of offsets lies in the file."""
        row, end_row = self.row(start), self.row(end)
        return self.code.place(
            self.path, row, start - self._starts[row], end_row,
            end - self._starts[end_row],
        )  # fmt: skip

    def line_place(self, row: int, end_row: int = 0) -> Place:
        """Where whole rows lie in the file."""
        last = max(row, end_row - 1)
        begin = self._starts[row]
        text = self.text[begin : self._starts[row + 1] - 1]
        begin += len(text) - len(text.lstrip())
        return self.place(begin, self._starts[last + 1] - 1)

    def comment_above(self, command: Command) -> str:
        """The comments on the command's own row and the rows right above it."""
        row = self.row(command.start)
        found = [self.comments.get(row, "")]
        row -= 1
        while row in self.comments:
            found.append(self.comments[row])
            row -= 1
        return " ".join(reversed(found)).strip()

    @property
    def fails_fast(self) -> bool:
        """Whether a failing command ends the block: `set -e`, in one of its forms."""
        return any(
            (c.name == "set" and (c.has("-e") or "errexit" in c.args))
            for c in self.commands
        ) or bool(re.match(r"#!\S+ (?:\S+ )?-\w*e", self.text))

    @property
    def pipefail(self) -> bool:
        """Whether a failing part of a pipeline fails it."""
        return any(c.name == "set" and "pipefail" in c.args for c in self.commands)


_PLACEHOLDER_WORD = re.compile(
    r"<[A-Za-z_][^<>]*>|\{[A-Z][A-Z0-9_ -]*\}|(?<![\w$])\[[A-Za-z][\w -]*\]"
    r"|YYYY|\bXX+\b|\byour[-_]\w+|\.\.\."
)
