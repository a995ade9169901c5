"""Cuts a file down to what must be judged of it: what was not cleared, line by line."""

from __future__ import annotations

import ast
from collections.abc import Collection, Sequence

from .clearing import RUN, TAKING, WORDS, Reading
from .interest import FILLING, arguments, is_typed, mentions
from .naming import Names
from .statements import (
    blocks,
    line_groups,
    lines_of,
    own_start,
    statements,
)

# Statements, and what each holds by itself.
_Read = Sequence[tuple[ast.stmt, list[ast.AST]]]
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
# Statements without blocks that do nothing but evaluate something, and store it.
_PASSING = {
    ast.Expr,
    ast.Assign,
    ast.AnnAssign,
    ast.AugAssign,
    ast.Return,
    ast.Raise,
    ast.Assert,
}
# Calls that use what they are given, or may give it back.
_USING = {*TAKING, *FILLING, *RUN, "", "isinstance", "partialmethod", "deque"}
_ENDS = (ast.Return, ast.Raise, ast.Break, ast.Continue)
_BRANCHES = (ast.If, ast.Try, ast.With, ast.AsyncWith, ast.For, ast.AsyncFor, ast.While)


# For each statement of a block on which line it begins, counted from 0, and of one that has
# one block the same for that, where it has lines to itself.
Rows = list[tuple[int, "Rows | None"]]


class Kept:
    """What is left of a file: its text, for each line of it which one it was, and where
    that is known on which of its lines its statements begin."""

    def __init__(
        self, text: str, lines: Sequence[int], rows: Rows | None = None
    ) -> None:
        self.text = text
        self.lines = lines
        self.rows = rows


def whole(text: str) -> Kept:
    """A file of which nothing is cleared."""
    return Kept(text, range(1, text.count("\n") + 3))


def kept(
    text: str,
    names: Names,
    file: str,
    is_package: bool,
    wants: set[str],
    exports: dict[str, str],
) -> Kept | None:
    """What must be judged of a file; None where nothing must.

    Adds to `wants` the names that would be uses if other files re-exported them so:
    all that it imports, and each dotted name that ends in a target's last word. Adds to
    `exports` its own names for importers.
    """
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        # No Python reads more brackets in brackets, which take libcst many seconds.
        if "too many nested parentheses" in str(error):
            raise RecursionError from error
        return whole(text)
    try:
        reading = _Reduction(text, tree, names, file, is_package)
        wants |= reading.wants
        exports |= reading.takers()
        if names.pieced(text):
            return whole(text)
        if not reading.reaches:
            return None
        return reading.reduced()
    except RecursionError:
        return whole(text)


class _Reduction(Reading):
    """A file, and the text that is left of it."""

    def reduced(self) -> Kept:
        read = [(node, self._nodes(node)) for node in self._at(self.hits)]
        if objects := self._objects(read):
            read = [
                (statement, nodes)
                for statement, nodes in read
                if not self._passes_over(statement, nodes, objects)
            ]
        self.flows = self._flows(read)
        out: list[str] = []
        numbers: list[int] = []
        rows = self._groups(self.tree.body, out, numbers)
        numbers += [len(self.lines), len(self.lines)]
        return Kept("\n".join([*out, ""]), numbers, rows)

    def _objects(self, read: _Read) -> set[str]:
        """Of the names of interest, those that are all bound to objects of imported
        classes, or to nothing: such an object is no use where it is only passed on."""
        given = [
            (arg, default)
            for function in self.functions
            for arg, default in arguments(function.args)
            if arg.arg in self.interest
        ]
        found = {arg.arg for arg, _ in given if arg.annotation is not None}
        if not found or self.matches or is_typed(self.text):
            return set()
        copied: list[tuple[str, str]] = []
        bound = {node.name for node in (*self.functions, *self.classes)}
        declared: list[tuple[str, ast.expr]] = []
        for statement, nodes in read:
            for node in nodes:
                match node:
                    case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                        if isinstance(statement, ast.AnnAssign) and (
                            _says_nothing(statement.value)
                        ):
                            declared.append((name, statement.annotation))
                        else:
                            bound.add(name)
                    case ast.Attribute(attr=name, ctx=ast.Store() | ast.Del()):
                        match statement:
                            case ast.Assign(targets=[_], value=ast.Name(id=source)):
                                copied.append((name, source))
                            case _:
                                bound.add(name)
                    case ast.alias(name="*") | ast.Global() | ast.Nonlocal():
                        return set()
                    case ast.arg(arg=name) if not isinstance(statement, _FUNCTIONS):
                        bound.add(name)
                    case _:
                        pass
        for function in self.functions:
            stars = (function.args.vararg, function.args.kwarg)
            bound.update(star.arg for star in stars if star is not None)
        for arg, default in given:
            if not _says_nothing(default):
                bound.add(arg.arg)
            elif arg.annotation is not None:
                declared.append((arg.arg, arg.annotation))
        for name, kind in declared:
            if not self._is_kind(kind, bound) and mentions(kind, self.interest):
                bound.add(name)
        found -= bound.union(self.bound, self.names.words, self.names.way_words, TAKING)
        while lost := {name for name, source in copied if source not in found} & found:
            found -= lost
        return found

    def _is_kind(self, node: ast.expr, bound: set[str]) -> bool:
        """Whether an annotation is the name of an imported class, or says `None` too."""
        match node:
            case ast.Name(id=name):
                return name in self.bound and name not in bound
            case ast.Attribute(value=inner):
                return self._is_kind(inner, bound)
            case ast.BinOp(left=one, op=ast.BitOr(), right=other):
                sides = [each for each in (one, other) if not _says_nothing(each)]
                return all(self._is_kind(each, bound) for each in sides)
            case _:
                return False

    def _passes_over(
        self, statement: ast.stmt, nodes: list[ast.AST], objects: set[str]
    ) -> bool:
        """Take the lines of a statement out of `hits` where all that it mentions of
        interest are `objects`, as arguments of calls of which nothing else is known."""
        if type(statement) not in _PASSING:
            return False
        passed: set[int] = set()
        for node in nodes:
            if isinstance(node, ast.Call) and _last(node.func) not in _USING:
                for arg in (*node.args, *(each.value for each in node.keywords)):
                    match arg:
                        case ast.Name(id=name) if name in objects:
                            passed.add(id(arg))
                        case ast.Attribute(value=ast.Name(), attr=name) if (
                            name in objects
                        ):
                            passed.add(id(arg))
                        case _:
                            pass
        if not passed:
            return False
        for node in nodes:
            match node:
                case ast.Name(id=name) | ast.Attribute(attr=name):
                    if name in self.interest and id(node) not in passed:
                        return False
                case ast.keyword(arg=str(name)):
                    if name in self.names.keywords or name in self.names.flags:
                        return False
                case ast.Constant(value=str(text)):
                    if any(word in text for word in self.interest):
                        return False
                case ast.Constant(value=bytes()):
                    return False
                case _:
                    pass
        if not self._is_alone(statement):
            return False
        self.hits.difference_update(range(*lines_of(statement)))
        return True

    def _flows(self, read: _Read) -> bool:
        """Whether it may depend on the flow of control what a name is: not where each is
        bound in one place, in no branch. Then no block's end needs to be known."""
        seen: set[str] = set()
        straight = {id(node) for node in self.tree.body}
        for holder in (*self.functions, *self.classes):
            straight.update(map(id, holder.body))
        parameters: set[str] = set()
        # A class binds its methods whatever happens before.
        methods = {id(node) for each in self.classes for node in each.body}
        for statement in self.statements:
            if isinstance(statement, (ast.Try, ast.TryStar)):
                names = {each.name for each in statement.handlers if each.name}
                if not names.isdisjoint(self.interest):
                    return True
        for statement, nodes in read:
            if isinstance(statement, (ast.Match, ast.Global, ast.Nonlocal)):
                return True
            for node in nodes:
                match node:
                    case ast.Name(id="isinstance") | ast.alias(name="*"):
                        return True
                    case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                        pass
                    case ast.Attribute(attr=name, ctx=ast.Store() | ast.Del()):
                        pass
                    case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                        if id(node) in methods:
                            continue
                        name = node.name
                    case ast.alias(name=name, asname=asname):
                        name = asname or name.split(".", 1)[0]
                    case ast.arg(arg=name):
                        parameters.add(name)
                        continue
                    case _:
                        continue
                if name in self.interest:
                    if name in seen or id(statement) not in straight:
                        return True
                    seen.add(name)
        return not seen.isdisjoint(parameters)

    def _take(self, start: int, end: int, out: list[str], numbers: list[int]) -> None:
        out.extend(self.lines[start - 1 : end])
        numbers.extend(range(start, end + 1))

    def _suite(
        self, body: Sequence[ast.stmt], out: list[str], numbers: list[int]
    ) -> Rows:
        """What is left of a block: never nothing."""
        rows = self._groups(body, out, numbers)
        if not rows:
            rows.append((len(out), None))
            out.append(self._indent(body[0]) + "pass")
            numbers.append(own_start(body[0]))
        return rows

    def _groups(
        self, body: Sequence[ast.stmt], out: list[str], numbers: list[int]
    ) -> Rows:
        rows: Rows = []
        for group in line_groups(body):
            row = len(out)
            inner = self._group(group, out, numbers)
            if len(out) > row:
                rows.append((row, inner))
        return rows

    def _group(
        self, group: Sequence[ast.stmt], out: list[str], numbers: list[int]
    ) -> Rows | None:
        first, last = group[0], group[-1]
        start, end = own_start(first), last.end_lineno or last.lineno
        if len(group) == 1 and not self._is_joined(start):
            return self._statement(first, start, end, out, numbers)
        if self._has_hit(start, end) or (
            self.flows and any(isinstance(node, _ENDS) for node in group)
        ):
            self._take(start, end, out, numbers)
        return None

    def _statement(
        self, node: ast.stmt, start: int, end: int, out: list[str], numbers: list[int]
    ) -> Rows | None:
        if not self._has_hit(start, end):
            if not self.flows:
                return None
            if isinstance(node, _ENDS):
                # Where a block ends decides what may reach the lines after it.
                word = type(node).__name__.lower()
                out.append(self._indent(node) + word)
                numbers.append(start)
            elif isinstance(node, _BRANCHES) and any(
                isinstance(inner, _ENDS) for inner in statements([node])
            ):
                return self._compound(node, start, end, out, numbers)
            return None
        return self._compound(node, start, end, out, numbers)

    def _compound(
        self, node: ast.stmt, start: int, end: int, out: list[str], numbers: list[int]
    ) -> Rows | None:
        """A statement with blocks: each of its heads, and what is left of each block."""
        inner = blocks(node)
        if not inner or isinstance(node, ast.Match):
            passed = self._passed_over(node) if start < end else ()
            for line in range(start, end + 1):
                if line not in passed:
                    self._take(line, line, out, numbers)
            return None
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            self._blank_parameters(node.args)
        at = start
        rows: Rows | None = None
        for block in inner:
            first = own_start(block[0])
            if first <= at or self._is_joined(first) or self._shares(block[0]):
                # A block on the line of its head, or a line continued into it.
                self._take(at, end, out, numbers)
                return None
            self._take(at, first - 1, out, numbers)
            rows = self._suite(block, out, numbers)
            at = (block[-1].end_lineno or 0) + 1
        # A comment after the last block belongs to nothing.
        return rows if len(inner) == 1 else None

    def _passed_over(self, node: ast.stmt) -> Collection[int]:
        """The lines of a statement that hold nothing but named arguments of calls and
        items of dictionaries, of no interest.

        Not in what an attribute is asked of: that is shown whole if it is a use. Nor where
        a call may import: its arguments say from where.
        """
        found: set[int] = set()
        value = getattr(node, "value", None)
        todo: list[ast.expr] = [value] if isinstance(value, ast.expr) else []
        while todo and not self.by_name:
            one = todo.pop()
            if one.lineno == one.end_lineno:
                continue
            match one:
                case ast.Await(value=inner):
                    todo.append(inner)
                case ast.List(elts=parts) | ast.Tuple(elts=parts):
                    todo += parts
                case ast.Call(func=func) if _last(func) not in _USING:
                    todo += one.args
                    for named in one.keywords:
                        if lines := self._lines_alone(named, named.value):
                            found.update(lines)
                        else:
                            todo.append(named.value)
                case ast.Dict(keys=keys, values=values):
                    for key, each in zip(keys, values, strict=True):
                        if lines := self._lines_alone(key or each, each):
                            found.update(lines)
                        else:
                            todo.append(each)
                case _:
                    pass
        return found

    def _lines_alone(self, first: ast.expr | ast.keyword, last: ast.expr) -> range:
        """The lines from one node to another if nothing else is there but a comma, and
        nothing of interest."""
        end = last.end_lineno or last.lineno
        before = self.lines[first.lineno - 1].encode()[: first.col_offset].strip()
        after = self.lines[end - 1].encode()[last.end_col_offset :].strip()
        if before or after != b"," or self._has_hit(first.lineno, end):
            return range(0)
        return range(first.lineno, end + 1)

    def _blank_parameters(self, args: ast.arguments) -> None:
        """Put blanks for the last parameters of a function that say nothing of interest:
        its head takes a parser longer than all that is left of its body."""
        if args.posonlyargs or args.kwonlyargs or not args.args:
            return
        missing: list[ast.expr | None] = [None] * (len(args.args) - len(args.defaults))
        pairs = [*zip(args.args, [*missing, *args.defaults], strict=True)]
        pairs += [(arg, None) for arg in (args.vararg, args.kwarg) if arg is not None]
        last = pairs[-1][1] or pairs[-1][0]
        row, column = last.end_lineno or 0, last.end_col_offset or 0
        end: ast.expr | ast.arg = last
        # The first one is `self`, in a method.
        for arg, default in reversed(pairs):
            end = default or arg
            words = set(WORDS.findall(self._between(arg.lineno, arg.col_offset, end)))
            if arg is pairs[0][0] or not words.isdisjoint(self.interest):
                break
        if end is last:
            return
        first, start = end.end_lineno or 0, end.end_col_offset or 0
        if not all(line.isascii() for line in self.lines[first - 1 : row]):
            return  # where columns are not what `ast` says
        while ")" not in self.lines[row - 1][column:]:
            row, column = row + 1, 0
        column = self.lines[row - 1].index(")", column)
        rows = range(first, row + 1)
        lines = [self.lines[number - 1] for number in rows]
        if any("#" in line or "\\" in line for line in lines):
            return
        for number, line in zip(rows, lines, strict=True):
            left = start if number == first else 0
            right = column if number == row else len(line)
            self.lines[number - 1] = line[:left] + " " * (right - left) + line[right:]

    def _between(self, row: int, column: int, end: ast.expr | ast.arg) -> str:
        """The text from a place to the end of a node, counted in bytes: near enough."""
        last = end.end_lineno or row
        lines = self.lines[row - 1 : last]
        lines[-1] = lines[-1][: end.end_col_offset]
        lines[0] = lines[0][column:]
        return "\n".join(lines)

    def _indent(self, node: ast.stmt) -> str:
        line = self.lines[own_start(node) - 1]
        return line[: len(line) - len(line.lstrip())]


def _last(node: ast.expr) -> str:
    """By what last name something goes; "" for none."""
    return getattr(node, "attr", "") or getattr(node, "id", "")


def _says_nothing(node: ast.expr | None) -> bool:
    return node is None or (isinstance(node, ast.Constant) and node.value is None)
