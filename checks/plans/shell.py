"""Shell blocks as commands: parsed with error recovery, never run.

tree-sitter goes on after an error, so the commands around a broken line are still seen.
What people mix into shell blocks (SQL, prompts, `<placeholders>`) is set aside first,
character by character, so that every position stays true.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

from ...core.finding import Place
from .document import Code, Plan

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

    from .commands.effect import Effect
    from .commands.git import Call

SHELLS = frozenset({"bash", "sh", "shell", "zsh", "ksh", "shellscript"})
CONSOLES = frozenset(
    {"console", "shell-session", "shellsession", "sh-session", "terminal", "session"}
)

# The parser takes time that grows faster than the text for some hostile input, so each
# block and each plan has a limit; what lies beyond is reported, not passed.
MAX_BLOCK = 32_000
MAX_PIPES = 1_000
MAX_HEREDOCS = 200
MAX_PLAN = 600_000


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

    @property
    def is_guarded(self) -> bool:
        """Whether its failure leads somewhere: `||`, a condition, a negation."""
        return self.next == "||" or "condition" in self.inside


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


# `<commit-hash>`, `<your db>`: a shell sees two redirections. No blank inside the marks.
_PLACEHOLDER = re.compile(r"<(?=[A-Za-z_])[\w .,:/|'’&#@-]{0,60}[\w.)'…]>(?!>)")
_PLACEHOLDER_WORD = re.compile(
    r"<[A-Za-z_][^<>]*>|\{[A-Z][A-Z0-9_ -]*\}|(?<![\w$])\[[A-Za-z][\w -]*\]"
    r"|YYYY|\bXX+\b|\byour[-_]\w+|\.\.\."
)
_TEMPLATE = re.compile(r"\$?\{\{[^{}\n]*\}\}")

_SQL = re.compile(
    r"^\s*(?:SELECT\s+(?!.*\bin\b.*;\s*do\b).+|INSERT\s+INTO\s|UPDATE\s+\S+\s+SET\b|"
    r"DELETE\s+FROM\s|ALTER\s+(?:TABLE|DATABASE|ROLE|USER|INDEX|SYSTEM)\s|"
    r"CREATE\s+(?:TABLE|INDEX|UNIQUE|DATABASE|VIEW|EXTENSION|TEMP|USER|OR\s+REPLACE)\b|"
    r"DROP\s+(?:TABLE|INDEX|DATABASE|VIEW|COLUMN|SCHEMA|FUNCTION|TRIGGER)\s|"
    r"TRUNCATE\s+\w|(?:BEGIN|COMMIT|ROLLBACK|START\s+TRANSACTION)\s*;|"
    r"WITH\s+\w+\s+AS\s*\()",
    re.IGNORECASE,
)
_REPL = re.compile(
    r"^\s*(?:>>> |mysql> |MariaDB \[\S*\]> |sqlite> |[\w.-]+[=-][#>] |"
    r"[\w.-]+:\d+(?:\[\d+\])?> |redis> |In \[\d+\]: |irb\S*> |\\(?:dt?|q|c|l|copy)\b)"
)
_PYTHON = re.compile(
    r"^(?:from\s+[\w.]+\s+import\s+[\w(*]|import\s+[\w.]+(?:\s+as\s+\w+)?\s*$|"
    r"def\s+\w+\(.*\).*:\s*$|class\s+\w+.*:\s*$|print\(.*\)\s*$)"
)
_PROMPT = re.compile(r"^(\s*(?:[\w.-]+@[\w.-]+[^$#\n]{0,40})?\$ )(?=\S)")
_SQL_KEYWORD = re.compile(r"^\s*[A-Za-z(]")


def is_shell(code: Code) -> bool:
    """Whether a block is meant for a shell, declared or plainly so."""
    if code.language in SHELLS or code.language in CONSOLES:
        return True
    if code.language not in ("", "text", "txt", "plaintext"):
        return False
    from .commands import KNOWN

    lines = [line.strip() for line in code.text.split("\n") if line.strip()]
    lines = [line.removeprefix("$ ") for line in lines if not line.startswith("#")]
    if not lines or any(ch in code.text for ch in "│├└┌→►▼"):
        return False
    # `git` alone, or "git push failed" in a log, would not do: a command with arguments
    # on the first line, and words of a shell on most.
    first = lines[0].split()
    return (
        first[0] in KNOWN
        and len(first) > 1
        and sum(line.split()[0] in KNOWN for line in lines) * 2 >= len(lines)
    )


_STEP = re.compile(
    r"^(?:[\w /()-]{0,40}\W{0,4}:\W{0,4}\s*|(?:run|execute|then run|use)\b\W*)?$",
    re.IGNORECASE,
)


def scripts(plan: Plan) -> list[Script]:
    """Every block of shell in `plan`, and every item that is one inline command."""
    from .commands import KNOWN

    found: list[Script] = []
    left = MAX_PLAN
    for code in plan.codes:
        if not code.text.strip() or warned_against(code) or not is_shell(code):
            continue
        script = Script(code, plan.path)
        left -= len(code.text)
        _read(script, left >= 0)
        found.append(script)
    for span in plan.spans:
        first = span.code.split(" ", 1)
        if first[0] not in KNOWN or len(first) == 1 or span.text.kind != "item":
            continue
        before = plan.lines[span.line - 1][: span.column - 1].rstrip("` ")
        before = re.sub(r"^\s*(?:[-*+]|\d+[.)])\s+(?:\[[ xX]\]\s+)?", "", before)
        if not _STEP.match(re.sub(r"[*_]", "", before)):
            continue
        left -= len(span.code)
        code = Code(
            "", span.code, span.line, (span.column - 1,), span.text.section, span.text,
            inline=True,
        )  # fmt: skip
        script = Script(code, plan.path)
        _read(script, left >= 0)
        found.append(script)
    return sorted(found, key=lambda script: script.code.line)


_WARNED = re.compile(
    r"(?:\b(?:never|do\s+not|don['’]t|avoid)\b|❌|🚫|\bwrong\b|\bincorrect\b|"
    r"\bbad\s+example|\banti-?pattern|\bexample\s+output|\boutput\s+(?:is|looks)\b)"
    r"[^.!?]*[:.]?\W*$",
    re.IGNORECASE,
)


def warned_against(code: Code) -> bool:
    """Whether the plan shows the block as what one must not do, or as an output."""
    lead = "" if code.lead is None else code.lead.text
    first = code.text.lstrip().split("\n", 1)[0]
    return bool(
        _WARNED.search(lead.split("\n")[-1])
        or re.match(
            r"#\s*(?:❌|🚫|(?:never|wrong|bad|don['’]t|do not)\b)", first, re.IGNORECASE
        )
    )


@cache
def _parser() -> Parser:
    import tree_sitter
    import tree_sitter_bash

    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_bash.language()))


def _read(script: Script, within: bool) -> None:
    text = script.text
    tangled = text.count("|") > MAX_PIPES or text.count("<<") > MAX_HEREDOCS
    if not within or len(text) > MAX_BLOCK or tangled:
        script.too_long = True
        return
    # One character stays one byte: offsets in the tree are offsets in the text.
    plain = re.sub(r"[^\x00-\x7f]", "_", text)
    plain = _PLACEHOLDER.sub(_underscores, plain)
    plain = _TEMPLATE.sub(_underscores, plain)
    plain = _without_prompts(script, plain)
    tree = _parser().parse(plain.encode("ascii"))
    cleaned = _without_foreign(script, plain, _covered(tree.root_node, plain))
    if cleaned != plain:
        tree = _parser().parse(cleaned.encode("ascii"))
    _Walk(script, cleaned).walk(tree.root_node)


def _underscores(match: re.Match[str]) -> str:
    return "_" * len(match[0])


def _without_prompts(script: Script, plain: str) -> str:
    """Prompts become blanks; where there are prompts, the other lines are output."""
    rows = plain.split("\n")
    prompts = [_PROMPT.match(row) for row in rows]
    if not any(prompts):
        return plain
    kept: list[str] = []
    goes_on = False
    for row, prompt in zip(rows, prompts, strict=True):
        if prompt is not None:
            kept.append(" " * prompt.end() + row[prompt.end() :])
        elif goes_on or row.lstrip().startswith("#"):
            kept.append(row)
        else:
            kept.append(" " * len(row))
        goes_on = kept[-1].rstrip().endswith("\\")
    return "\n".join(kept)


def _covered(root: Node, text: str) -> set[int]:
    """The rows that begin inside a string or a heredoc: text, whatever they look like."""
    found: set[int] = set()
    stack = [root]
    while stack:
        node = stack.pop()
        if node.type in ("string", "raw_string", "heredoc_body", "ansi_c_string"):
            first = node.start_point.row + (node.type != "heredoc_body")
            last = node.end_point.row + (node.type != "heredoc_body")
            found.update(range(first, last))
        elif node.end_point.row > node.start_point.row:
            stack.extend(node.children)
    mark = ""
    for row, line in enumerate(text.split("\n")):
        # The parser gives up on some heredocs, like one that holds a `${x:.2f}`.
        if mark:
            found.add(row)
            mark = "" if line.strip() == mark else mark
        elif opened := _HEREDOC.search(line):
            mark = opened[1]
    return found


_HEREDOC = re.compile(r"(?<!<)<<-?\s*[\"'\\]?([A-Za-z_]\w*)[\"']?")


def _without_foreign(script: Script, plain: str, covered: set[int]) -> str:
    rows = plain.split("\n")
    row = 0
    while row < len(rows):
        kind = "" if row in covered else _foreign(rows[row])
        if not kind:
            row += 1
            continue
        end = row + 1
        if kind == "SQL":
            while end <= len(rows):
                if rows[end - 1].rstrip().endswith((";", "\\g")) or end == len(rows):
                    break
                if not rows[end].strip() or rows[end].lstrip().startswith("#"):
                    break
                end += 1
        script.foreign.append(Foreign(kind, row, end))
        for index in range(row, end):
            rows[index] = " " * len(rows[index])
        row = end
    return "\n".join(rows)


def _foreign(line: str) -> str:
    if _SQL.match(line):
        # `select x in` is a loop of the shell; `update-rc.d`, `drop database` scripts.
        return "" if re.match(r"^\s*select\s+\w+\s+in\b", line) else "SQL"
    if _REPL.match(line):
        return "an interactive session"
    if _PYTHON.match(line):
        return "Python"
    if re.match(r"\s*(?:\.\.\.|…)(?:\s|$)", line) or line.strip() in ("___", "_"):
        return "an ellipsis"
    return ""


_CONSTRUCTS = {
    "if_statement": "if",
    "elif_clause": "if",
    "else_clause": "if",
    "for_statement": "for",
    "c_style_for_statement": "for",
    "while_statement": "while",
    "case_statement": "case",
    "function_definition": "function",
    "subshell": "subshell",
    "command_substitution": "substitution",
    "process_substitution": "substitution",
    "negated_command": "negated",
}
_HEADS = {"if_statement": "then", "elif_clause": "then", "while_statement": "do_group"}


class _Step(NamedTuple):
    node: Node
    beside: tuple[Node, ...]  # arguments that stand beside the command
    inside: tuple[str, ...]
    pipeline: list[Command] | None


class _Walk:
    """Collects the commands of one tree, without recursion: hostile trees are deep."""

    def __init__(self, script: Script, plain: str) -> None:
        self._script = script
        self._plain = plain
        self._nodes: dict[int, Command] = {}

    def walk(self, root: Node) -> None:
        stack = [_Step(root, (), (), None)]
        groups: list[Node] = []
        while stack:
            step = stack.pop()
            node = step.node
            if node.is_error or node.is_missing:
                self._script.errors.append((node.start_byte, node.end_byte))
            if node.type == "comment":
                row = self._script.row(node.start_byte)
                self._script.comments[row] = self._slice(node).lstrip("#").strip()
                continue
            inside, pipeline = step.inside, step.pipeline
            construct = _CONSTRUCTS.get(node.type)
            if construct is not None and inside[-1:] != (construct,):
                inside = (*inside, construct)
            if construct == "substitution":
                pipeline = None
            if node.type == "pipeline":
                pipeline = pipeline if pipeline is not None else []
            elif node.type in _COMMANDS:
                self._command(node, inside, pipeline, step.beside)
                pipeline = None
            elif node.type == "variable_assignment":
                self._assign(node)
            elif node.type == "redirected_statement":
                pipeline = pipeline if pipeline is not None else []
            if node.type in (
                "redirected_statement",
                "list",
                "program",
                "do_group",
            ) or node.type in ("compound_statement", "if_statement", "subshell"):
                groups.append(node)
            head = _HEADS.get(node.type)
            in_head = head is not None
            steps: list[_Step] = []
            children = node.children
            if node.type in _COMMANDS:  # `A=1 cmd` assigns for the command alone
                children = [
                    part
                    for child in children
                    for part in (
                        child.children
                        if child.type == "variable_assignment"
                        else (child,)
                    )
                ]
            for child in children:
                if in_head and child.type == head:
                    in_head = False
                if not child.is_named and not child.children and not child.is_missing:
                    continue
                where = (*inside, "condition") if in_head else inside
                joined = pipeline
                if node.type in ("list", "program") or child.type == "list":
                    joined = None
                beside: tuple[Node, ...] = ()
                if node.type == "pipeline" and child.type == "command":
                    # In `cat <<X | psql db` the arguments stand beside the command.
                    beside = tuple(c for c in node.children if c.type in _ARGUMENTS)
                steps.append(_Step(child, beside, where, joined))
            stack.extend(reversed(steps))
        self._connect(groups)
        self._script.commands.sort(key=lambda command: command.start)
        self._script.errors.sort()
        for command in list(self._script.commands):
            self._inner(command, self._script.depth)
        self._script.commands.sort(key=lambda command: command.start)

    def _slice(self, node: Node) -> str:
        return self._script.text[node.start_byte : node.end_byte]

    def _command(
        self,
        node: Node,
        inside: tuple[str, ...],
        pipeline: list[Command] | None,
        beside: tuple[Node, ...],
    ) -> None:
        words: list[Word] = []
        assignments: list[tuple[str, str]] = []
        redirects: list[Redirect] = []
        children = [*node.children, *beside]
        if node.type == "test_command":
            words = [Word(self._slice(node), self._slice(node), node.start_byte,
                          node.end_byte)]  # fmt: skip
            children = []
        for child in children:
            if child.type == "variable_assignment" and node.type == "command":
                name, _, value = self._slice(child).partition("=")
                assignments.append((name, value.strip("\"'")))
            elif child.type == "command_name":
                words.append(self._word(child.children[0] if child.children else child))
            elif child.type.endswith("_redirect"):
                redirects.append(self._redirect(child))
            elif child.type != "comment":
                words.append(self._word(child))
        if not words:
            return
        if node.type == "test_command":
            name, rest = "test", words
            words = []
        else:
            name, rest = words[0].text, words[1:]
        command = Command(
            name, tuple(rest), self._script, node.start_byte, node.end_byte,
            name, tuple(assignments), redirects, (), inside,
        )  # fmt: skip
        _unwrap(command)
        line = pipeline if pipeline is not None else []
        line.append(command)
        command.pipeline = line
        self._nodes[node.id] = command
        self._script.commands.append(command)

    def _assign(self, node: Node) -> None:
        name, _, value = self._slice(node).partition("=")
        self._script.assignments.append(
            Assignment(name.rstrip("+"), value.strip("\"'"), node.start_byte)
        )

    def _word(self, node: Node) -> Word:
        text, literal = self._unquoted(node)
        return Word(text, self._slice(node), node.start_byte, node.end_byte, literal)

    def _unquoted(self, node: Node) -> tuple[str, bool]:
        raw = self._slice(node)
        if node.type in ("word", "number"):
            literal = not re.search(r"(?<!\\)[*?]|(?<!\\)\[", raw)
            return re.sub(r"\\(.)", r"\1", raw), literal
        if node.type == "raw_string":
            return raw[1:-1], True
        if node.type == "ansi_c_string":
            return raw[2:-1], True
        if node.type == "string":
            inner = re.sub(r'\\(["\\$`])', r"\1", raw[1:-1])
            literal = all(c.type in ("string_content", '"') for c in node.children)
            return inner, literal
        if node.type == "concatenation":
            parts = [self._unquoted(child) for child in node.children]
            return "".join(part for part, _ in parts), all(ok for _, ok in parts)
        return raw, False

    def _redirect(self, node: Node) -> Redirect:
        operator = target = body = ""
        for child in node.children:
            if child.type == "heredoc_body":
                body = self._slice(child)
            elif child.type == "file_descriptor":
                operator = self._slice(child) + operator
            elif not child.is_named and not target:
                operator += child.type
            elif not target and child.type != "heredoc_end":
                target = self._unquoted(child)[0]
        return Redirect(operator.lstrip("1") or ">", target, body)

    def _connect(self, groups: list[Node]) -> None:
        """Operators between commands, and redirections of whole statements."""
        for group in groups:
            previous: Node | None = None
            for child in group.children:
                if child.type in ("&&", "||", "&", ";", "|"):
                    command = self._last(previous)
                    if command is not None:
                        command.next = child.type
                        for part in command.pipeline if child.type == "&" else ():
                            part.background = True
                        if child.type in ("||", "&&"):
                            for part in command.pipeline:
                                part.next = child.type
                elif child.type.endswith("_redirect"):
                    command = self._last(previous)
                    if command is not None:
                        command.redirects.append(self._redirect(child))
                elif child.is_named and child.type != "comment":
                    previous = child

    def _last(self, node: Node | None) -> Command | None:
        while node is not None:
            if node.id in self._nodes:
                return self._nodes[node.id]
            named = [
                c
                for c in node.children
                if c.is_named
                and c.type != "comment"
                and not c.type.endswith("_redirect")
            ]
            node = named[-1] if named else None
        return None

    def _inner(self, command: Command, depth: int) -> None:
        """What a command runs elsewhere becomes a command of its own."""
        from .commands import elsewhere

        if depth > 3:
            return
        found = elsewhere(command)
        if found is None:
            return
        if isinstance(found, tuple):
            inner = Command(
                found[0].text, found[1:], self._script, found[0].start, command.end,
                found[0].text, (), [], (), command.inside, command.next,
                command.background, command.pipeline, command,
            )  # fmt: skip
            _unwrap(inner)
            self._script.commands.append(inner)
            self._inner(inner, depth + 1)
            return
        for inner in parse(found, depth + 1):
            inner.start, inner.end = command.start, command.end
            inner.script = self._script
            inner.outer = command
            inner.inside = (*command.inside, *inner.inside)
            self._script.commands.append(inner)


_ARGUMENTS = frozenset(
    {"word", "string", "raw_string", "concatenation", "number", "simple_expansion"}
)
_COMMANDS = frozenset(
    {"command", "declaration_command", "unset_command", "test_command"}
)


def parse(text: str, depth: int = 0) -> list[Command]:
    """The commands of a text that stands in no plan: a script named by one, a string.

    `depth` says how many commands around it hand it on: `ssh a 'ssh b "..."'`.
    """
    from .document import Section

    rows = tuple(0 for _ in text.split("\n"))
    script = Script(Code("bash", text, 1, rows, Section("", 0, 1)), "")
    script.depth = depth
    _read(script, True)
    return script.commands


_TRANSPARENT: dict[str, frozenset[str]] = {
    "sudo": frozenset({"-u", "-g", "-h", "-p", "-C", "--user", "--group"}),
    "doas": frozenset({"-u"}),
    "env": frozenset({"-u", "--unset"}),
    "time": frozenset(),
    "nohup": frozenset(),
    "exec": frozenset(),
    "command": frozenset(),
    "nice": frozenset({"-n"}),
    "ionice": frozenset({"-c", "-n"}),
    "stdbuf": frozenset({"-o", "-e", "-i"}),
    "timeout": frozenset({"-s", "-k", "--signal", "--kill-after"}),
    "xargs": frozenset({"-I", "-n", "-P", "-L", "-d", "-a", "-s", "-E"}),
    "setsid": frozenset(),
    "poetry": frozenset(),
    "pipenv": frozenset(),
    "uv": frozenset(),
    "bundle": frozenset(),
    "npx": frozenset(),
    "op": frozenset(),
}
_RUNNERS = {
    "poetry": "run",
    "pipenv": "run",
    "uv": "run",
    "bundle": "exec",
    "op": "run",
}


def _unwrap(command: Command) -> None:
    """Take `sudo -u x`, `env A=1`, `timeout 5` and their like off the front."""
    while True:
        base = command.name.rsplit("/", 1)[-1]
        if "/" in command.name and command.name.rsplit("/", 2)[0] in _BINARIES:
            command.name = base
        valued = _TRANSPARENT.get(base)
        words = list(command.words)
        if valued is None or command.name != base:
            return
        if base in _RUNNERS:
            if not words or words[0].text != _RUNNERS[base]:
                return
            words = words[1:]
        assigned: list[tuple[str, str]] = []
        while words:
            text = words[0].text
            if text == "--":
                words = words[1:]
                break
            if text.startswith("-") and base == "command" and text in ("-v", "-V"):
                return
            if text.startswith("-"):
                words = words[2 if text in valued else 1 :]
            elif base in ("env", "sudo") and re.match(r"[A-Za-z_]\w*=", text):
                name, _, value = text.partition("=")
                assigned.append((name, value))
                words = words[1:]
            else:
                break
        if base == "timeout" and words:
            words = words[1:]
        if not words:
            return
        command.wrappers = (*command.wrappers, base)
        command.assignments = (*command.assignments, *assigned)
        command.name = command.path = words[0].text
        command.words = tuple(words[1:])


_BINARIES = frozenset(
    {"/bin", "/usr/bin", "/sbin", "/usr/sbin", "/usr/local/bin", "/usr", "/usr/local"}
)


def flat(scripts: list[Script]) -> Iterator[Command]:
    """Every command of every script, in the plan's order."""
    for script in scripts:
        yield from script.commands
