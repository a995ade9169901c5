"""One block of shell, parsed with error recovery into its commands, and never run.

tree-sitter goes on after an error, so the commands around a broken line are still seen.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from .document import Code

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

from .shell_command import Assignment, Command, Redirect, Script, Word
from .shell_foreign import covered, without_foreign, without_prompts
from .shell_wrappers import unwrap

# The parser takes time that grows faster than the text for some hostile input, so each
# block and each plan has a limit; what lies beyond is reported, not passed.
MAX_BLOCK = 32_000
MAX_PIPES = 1_000
MAX_HEREDOCS = 200


# `<commit-hash>`, `<your db>`: a shell sees two redirections. No blank inside the marks.
_PLACEHOLDER = re.compile(r"<(?=[A-Za-z_])[\w .,:/|'’&#@-]{0,60}[\w.)'…]>(?!>)")


_TEMPLATE = re.compile(r"\$?\{\{[^{}\n]*\}\}")


@cache
def _parser() -> Parser:
    import tree_sitter
    import tree_sitter_bash

    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_bash.language()))


def read(script: Script, within: bool) -> None:
    text = script.text
    tangled = text.count("|") > MAX_PIPES or text.count("<<") > MAX_HEREDOCS
    if not within or len(text) > MAX_BLOCK or tangled:
        script.too_long = True
        return
    # One character stays one byte: offsets in the tree are offsets in the text.
    plain = re.sub(r"[^\x00-\x7f]", "_", text)
    plain = _PLACEHOLDER.sub(_underscores, plain)
    plain = _TEMPLATE.sub(_underscores, plain)
    plain = without_prompts(script, plain)
    tree = _parser().parse(plain.encode("ascii"))
    cleaned = without_foreign(script, plain, covered(tree.root_node, plain))
    if cleaned != plain:
        tree = _parser().parse(cleaned.encode("ascii"))
    _Walk(script, cleaned).walk(tree.root_node)


def _underscores(match: re.Match[str]) -> str:
    return "_" * len(match[0])


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
        unwrap(command)
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
            unwrap(inner)
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
    read(script, True)
    return script.commands
