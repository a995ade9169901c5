"""What a flag's value decides in one file: which branches, and for which values."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from .reads import Found, Read
from .value import Fails, Unknown, Value, evaluate, strtobool


class Fault(NamedTuple):
    """Something wrong with how a flag is used: a clause about it, and its place."""

    what: str
    line: int
    column: int


def wrongly_parsed(found: Found, legacy: str, new: str) -> Iterator[Fault]:
    """Reads and tests that take the flag's two values for the same, or fail on one."""
    for read in found.reads:
        if read.node is None:
            continue
        if read.parses:
            if isinstance(read.node, ast.Call) and _says_boolean(read.node):
                yield from _compared(
                    read.node, _parsed(legacy), _parsed(new), legacy, new
                )
            continue
        for test, part in _tests(read.node, found):
            if not _only_asks_if_set(test, part, found):
                of_legacy, of_new = _truth(test, part, legacy), _truth(test, part, new)
                yield from _compared(test, of_legacy, of_new, legacy, new)


def unused(found: Found) -> list[Fault]:
    """Why none of the reads decides anything; empty where one of them does, or may."""
    faults: list[Fault] = []
    for read in found.reads:
        why = _idle(read, found)
        if not why:
            return []
        faults.append(Fault(why, read.line, read.column))
    return faults


def dead_ends(found: Found, legacy: str) -> Iterator[Fault]:
    """Branches for the legacy value that only raise: there is no way back in them."""
    for read in found.reads:
        if read.node is None or read.parses:
            continue
        for test, part in _tests(read.node, found):
            parent = found.parents.get(test)
            if isinstance(parent, ast.If) and parent.test is test:
                truth = _truth(test, part, legacy)
                body = parent.body if truth is True else parent.orelse
                if truth in (True, False) and body and all(map(_ends, body)):
                    yield Fault(
                        "only ends the program for the legacy value",
                        body[0].lineno,
                        body[0].col_offset + 1,
                    )


def set_again(found: Found) -> Iterator[Fault]:
    """Places that set the flag's variable, or what was read from it, to a constant."""
    for node in found.sets:
        if _is_told(node, found):
            continue
        line, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 0) + 1
        yield Fault("sets it in the environment", line, column)
    for read in found.reads:
        if read.node is None:
            continue
        name, home = _variable(read.node, found)
        for statement in home:
            match statement:
                case ast.Assign(targets=[ast.Name(id=id)], value=ast.Constant()) if (
                    id == name and statement.lineno > read.line
                ):
                    yield Fault(
                        f"sets {name} to a constant after it was read",
                        statement.lineno,
                        statement.col_offset + 1,
                    )
                case _:
                    pass


def _is_told(node: ast.AST, found: Found) -> bool:
    """Whether a setting passes on what the caller or the command line says, as
    `if broker: os.environ["BROKER"] = broker` does in a function with that parameter;
    or gives a default, where it first asks for the variable."""
    told: list[ast.expr] = []
    name = ast.dump(node.slice) if isinstance(node, ast.Subscript) else ""
    inner, outer = node, found.parents.get(node)
    while outer is not None:
        match outer:
            case ast.Assign(value=value):
                told.append(value)
            case ast.If(test=test) if test is not inner:
                if any(ast.dump(part) == name for part in ast.walk(test)):
                    return True
                told.append(test)
            case ast.FunctionDef(args=args) | ast.AsyncFunctionDef(args=args):
                every = (*args.posonlyargs, *args.args, *args.kwonlyargs)
                names = {arg.arg for arg in every}
                return any(_says(part, names) for part in told)
            case _:
                pass
        inner, outer = outer, found.parents.get(outer)
    return False


def _says(node: ast.expr, parameters: set[str]) -> bool:
    """Whether an expression is one of `parameters`, or asks about one."""
    match node:
        case ast.Name(id=name):
            return name in parameters
        case ast.Attribute(value=ast.Name(id=name)):
            return name in ("args", "options", "opts")
        case ast.Compare(left=left, comparators=[ast.Constant()]):
            return _says(left, parameters)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _says(operand, parameters)
        case _:
            return False


def _compared(
    test: ast.expr,
    legacy_truth: bool | str | None,
    new_truth: bool | str | None,
    legacy: str,
    new: str,
) -> Iterator[Fault]:
    line, column = test.lineno, test.col_offset + 1
    for truth, value in ((legacy_truth, legacy), (new_truth, new)):
        if truth == "fails":
            yield Fault(f'fails for "{value}"', line, column)
            return
    if isinstance(legacy_truth, bool) and legacy_truth is new_truth:
        word = str(legacy_truth).lower()
        yield Fault(
            f'is {word} for "{legacy}" (legacy) and for "{new}" (new) alike',
            line,
            column,
        )


def _tests(node: ast.expr, found: Found) -> Iterator[tuple[ast.expr, ast.expr]]:
    """The conditions that the value of `node` is part of, in this file: each with the
    expression in it that stands for the value."""
    test = _test_of(node, found)
    if test is not None:
        yield test, node
        return
    name, _ = _variable(node, found)
    if not name or not _is_assigned_raw(node, found):
        return
    for other in ast.walk(found.tree):
        if isinstance(other, ast.Name) and other.id == name:
            if isinstance(other.ctx, ast.Load):
                test = _test_of(other, found)
                if test is not None:
                    yield test, other


def _only_asks_if_set(test: ast.expr, part: ast.expr, found: Found) -> bool:
    """Whether what `test` lets through is the value itself, to be told apart there:
    `if raw: workers = int(raw)`."""
    parent = found.parents.get(test)
    if not isinstance(part, ast.Name) or not isinstance(parent, ast.If | ast.IfExp):
        return False
    if parent.test is not test or any(
        isinstance(n, ast.Compare) for n in ast.walk(test)
    ):
        return False
    body = parent.body if isinstance(parent.body, list) else [parent.body]
    return any(
        isinstance(node, ast.Name) and node.id == part.id
        for statement in body
        for node in ast.walk(statement)
    )


def _test_of(node: ast.expr, found: Found) -> ast.expr | None:
    """The widest expression around `node` that is true or false, None if there is none."""
    widest: ast.expr | None = None
    inner: ast.AST = node
    outer = found.parents.get(node)
    while outer is not None:
        match outer:
            case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test):
                if test is inner:
                    return test
                return widest
            case ast.Compare() | ast.UnaryOp(op=ast.Not()):
                widest = outer
            case ast.Call(func=ast.Name(id="bool" | "strtobool"), args=[arg]):
                if arg is not inner:
                    return widest
                widest = outer
            case ast.BoolOp() | ast.Call() | ast.Attribute() | ast.NamedExpr():
                pass
            case _:
                return widest
        inner, outer = outer, found.parents.get(outer)
    return widest


def _truth(test: ast.expr, part: ast.expr, value: Value) -> bool | str | None:
    """Whether `test` holds; "fails" where it raises, None where that is not known."""
    try:
        return bool(evaluate(test, part, value))
    except Unknown:
        return None
    except Fails:
        return "fails"


def _parsed(value: str) -> bool | str:
    try:
        return strtobool(value)
    except Fails:
        return "fails"


def _says_boolean(call: ast.Call) -> bool:
    """Whether the call parses a boolean by its name, and not just any setting."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    return name in ("getboolean", "bool")


def _idle(read: Read, found: Found) -> str:
    """Why the value read here decides nothing, "" where it does or may."""
    if read.node is None:
        return ""
    parent = found.parents.get(read.node)
    if isinstance(parent, ast.Expr):
        return "its value is thrown away"
    name, _ = _variable(read.node, found)
    if name and not name.startswith("_"):
        if name.isupper() or _belongs_to_an_object(read.node, found):
            return ""  # other files may look at it
    if name and not any(
        isinstance(node, ast.Name | ast.Attribute)
        and isinstance(node.ctx, ast.Load)
        and (node.id if isinstance(node, ast.Name) else node.attr) == name
        for node in ast.walk(found.tree)
    ):
        return f"{name} is never looked at"
    for test, _ in _tests(read.node, found):
        decision = found.parents.get(test)
        if isinstance(decision, ast.If) and decision.test is test:
            if not _differ(decision.body, decision.orelse):
                return "both branches do the same"
        constant = _settled(test)
        if constant:
            return constant
    return ""


def _belongs_to_an_object(node: ast.AST, found: Found) -> bool:
    """Whether a value goes into an attribute, or into what a class's body names."""
    inner = node
    while isinstance(inner, ast.expr):
        inner = found.parents.get(inner, ast.Pass())
    match inner:
        case (
            ast.Assign(targets=[ast.Attribute()])
            | ast.AnnAssign(target=ast.Attribute())
        ):
            return True
        case _:
            return isinstance(found.parents.get(inner), ast.ClassDef)


def _settled(test: ast.expr) -> str:
    """Whether a condition is settled whatever the flag says: `flag or True`."""
    match test:
        case ast.BoolOp(op=op, values=values):
            stop = isinstance(op, ast.Or)
            for value in values:
                if isinstance(value, ast.Constant) and bool(value.value) is stop:
                    return f"`{ast.unparse(test)}` is always {str(stop).lower()}"
        case _:
            pass
    return ""


def _differ(body: list[ast.stmt], orelse: list[ast.stmt]) -> bool:
    def shown(statements: list[ast.stmt]) -> list[str]:
        kept = [s for s in statements if not isinstance(s, ast.Pass)]
        return [ast.dump(statement) for statement in kept]

    return shown(body) != shown(orelse)


def _ends(statement: ast.stmt) -> bool:
    match statement:
        case ast.Raise():
            return True
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr="exit" | "_exit"))):
            return True
        case _:
            return False


def _variable(node: ast.expr, found: Found) -> tuple[str, list[ast.stmt]]:
    """The variable that a value goes into ("" if none), and the statements beside it."""
    inner: ast.AST = node
    outer = found.parents.get(node)
    while isinstance(outer, ast.expr):
        inner, outer = outer, found.parents.get(outer)
    target: ast.expr | None = None
    match outer:
        case ast.Assign(targets=[one], value=value) if value is inner:
            target = one
        case ast.AnnAssign(target=one, value=value) if value is inner:
            target = one
        case _:
            return "", []
    holder = found.parents.get(outer)
    body = getattr(holder, "body", [])
    match target:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name, body
        case _:
            return "", []


def _is_assigned_raw(node: ast.expr, found: Found) -> bool:
    """Whether the variable gets the text as it was read, parsed by nothing yet."""
    parent = found.parents.get(node)
    return isinstance(parent, ast.Assign | ast.AnnAssign) and parent.value is node
