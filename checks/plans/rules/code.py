"""Rules that hold a plan against the code: flags it reads, options it takes, who imports."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ....core.finding import Place, Severity
from ..commands import effect
from ..document import Plan
from ..procedure import exists
from ..rule import Context, Found, rule
from ..shell import flat
from ..shell_command import Command
from .files import DOCS, OPEN, TESTS
from .services import exported

_NAME = re.compile(r"^[A-Z][A-Z0-9]*_[A-Z0-9_]+$")
_VALUE = re.compile(
    r"^[\"']?(?:true|false|0|1|on|off|yes|no|enabled|disabled|legacy|old|new|v\d)[\"']?$",
    re.IGNORECASE,
)


def _sets_environment(command: Command) -> bool:
    words = {part for arg in command.args[:2] for part in arg.split(":")}
    if command.name in ("kubectl", "heroku"):
        return bool(words & {"set", "env", "config"})
    return command.name in ("fly", "flyctl") and "secrets" in words


def _flags(plan: Plan) -> Iterator[tuple[str, Place]]:
    """The switches that a plan sets, each with where it does."""
    for script in plan.scripts:
        for command in script.commands:
            for name, value in (*exported(command), *command.assignments):
                if _NAME.match(name) and _VALUE.match(value):
                    yield name, command.place
            if _sets_environment(command):
                for arg in command.args:
                    name, _, value = arg.partition("=")
                    if _NAME.match(name) and _VALUE.match(value):
                        yield name, command.place
        for assignment in script.assignments:
            if _NAME.match(assignment.name) and _VALUE.match(assignment.value):
                yield assignment.name, script.line_place(script.row(assignment.start))
    for code in plan.codes:
        if code.language in ("dotenv", "env", "ini", "properties", "toml"):
            for row, line in enumerate(code.text.split("\n")):
                name, _, value = line.strip().removeprefix("export ").partition("=")
                if _NAME.match(name.strip()) and _VALUE.match(value.strip()):
                    yield name.strip(), code.place(plan.path, row, 0, row, len(line))
    for span in plan.spans:
        name, equals, value = span.code.partition("=")
        if equals and _NAME.match(name) and _VALUE.match(value):
            start = span.column
            place = Place(
                plan.path, span.line, start, span.line, start + len(span.code)
            )
            yield name, place


@rule("flag-not-read-by-code", "a switch that the plan sets is read by no code")
def flag_not_read_by_code(plan: Plan, context: Context) -> Iterator[Found]:
    """Names of environment variables, looked for in the code that is shipped."""
    if context.tree is None:
        return
    flags: dict[str, Place] = {}
    for name, place in _flags(plan):
        flags.setdefault(name, place)
    if not flags:
        return
    readers = _holding(context, list(flags))
    for name, place in flags.items():
        own = re.compile(
            rf"(?<![A-Za-z0-9_]){re.escape(name)}(?![A-Za-z0-9_])", re.IGNORECASE
        )
        longer = re.compile(rf"\b[A-Z0-9_]*{re.escape(name)}[A-Z0-9_]*\b")
        code = [(p, t) for p, t in readers.get(name, ()) if not DOCS(p)]
        shipped = [(p, t) for p, t in code if not TESTS(p)]
        if any(own.search(text) for _, text in shipped):
            continue
        if _has_prefixed_field(context, name):
            continue
        similar = sorted(
            {m[0] for _, t in shipped for m in longer.finditer(t)} - {name}
        )
        if similar:
            why = f"The code reads {', '.join(similar[:2])}, not {name}"
            fix = f"Write {similar[0]}."
        elif any(own.search(text) for _, text in code):
            why = f"Only tests read {name}"
            fix = "Name the switch that the shipped code reads, or build it."
        else:
            why = f"Nothing in the repository reads {name}"
            fix = "Name the switch that the shipped code reads, or build it."
        yield Found(
            place, f"{why}: setting it changes nothing, and looks as if it did.", fix
        )


def _holding(
    context: Context, names: Sequence[str]
) -> dict[str, list[tuple[str, str]]]:
    """For each name the files that hold it, by itself or in a longer one."""
    assert context.tree is not None
    words = [form.encode() for name in names for form in (name, name.lower())]
    found: dict[str, list[tuple[str, str]]] = {}
    paths = [
        p for p in context.tree.containing(words) if p.rsplit(".", 1)[-1] != "lock"
    ]
    for path, content in context.tree.read_all(paths[:2000]):
        text = content[:2_000_000].decode("utf-8", "replace")
        for name in names:
            if name in text or name.lower() in text:
                found.setdefault(name, []).append((path, text))
    return found


def _has_prefixed_field(context: Context, name: str) -> bool:
    """Whether settings read the name as a prefix and a field, as pydantic's do."""
    assert context.tree is not None
    files = context.tree.containing([b"env_prefix", b"envvar_prefix"])
    fields = [name.lower().split("_", n)[-1] for n in range(1, name.count("_") + 1)]
    return any(
        re.search(rf"\b{re.escape(field)}\b".encode(), content)
        for _, content in context.tree.read_all(files[:50])
        for field in fields
        if "_" in field
    )


@rule(
    "deletes-what-legacy-imports",
    "a step deletes a module that code which stays imports",
)
def deletes_what_legacy_imports(plan: Plan, context: Context) -> Iterator[Found]:
    """`rm -rf core/agents` while the old script still imports core.agents."""
    if context.tree is None:
        return
    for script in plan.scripts:
        going: list[tuple[str, Command]] = []
        back: set[str] = set()
        for command in script.commands:
            if command.outer is not None:
                continue
            for path in effect(command).removes:
                plain = path.removeprefix("./").rstrip("/")
                if not OPEN.search(plain) and exists(context, plain) and plain != ".":
                    going.append((plain, command))
            if command.name == "git" and command.args[:1] in (
                ["checkout"],
                ["restore"],
            ):
                back.update(a for a in command.args[1:] if a.endswith(".py"))
        removed = [path for path, _ in going]
        for path, command in going:
            user = _importer(context, path, removed, back)
            if user is not None:
                place, module = user
                yield Found(
                    command.place,
                    f"{place.path} stays and imports {module} at line {place.line}: "
                    f"after this step it fails with ModuleNotFoundError.",
                    "Delete only the files that this phase added, or take the import "
                    "out first.",
                    related=((place, "imports it"),),
                )
                break


def _importer(
    context: Context, path: str, removed: list[str], back: set[str]
) -> tuple[Place, str] | None:
    assert context.tree is not None
    parts = path.removesuffix(".py").split("/")
    if parts[0] in ("src", "lib"):
        parts = parts[1:]
    if not parts or (not path.endswith(".py") and not _holds_python(context, path)):
        return None
    if not all(part.isidentifier() for part in parts):
        return None
    dotted, last = ".".join(parts), parts[-1]
    parent = ".".join(parts[:-1])
    pattern = rf"^[ \t]*(?:from[ \t]+{re.escape(dotted)}(?:\.[\w.]+)?[ \t]+import\b|"
    pattern += rf"import[ \t]+(?:[\w. ]+,[ \t]*)*{re.escape(dotted)}\b"
    if parent:
        pattern += (
            rf"|from[ \t]+{re.escape(parent)}[ \t]+import[ \t(]+(?:\w+,[ \t]*)*{last}\b"
        )
    imports = re.compile((pattern + ")").encode(), re.MULTILINE)
    names = [p for p in context.tree.containing([last.encode()]) if p.endswith(".py")]
    staying = [
        p
        for p in names
        if not TESTS(p)
        and p not in back
        and not any(p == r or p.startswith(r + "/") for r in removed)
    ]
    for name, content in context.tree.read_all(staying[:2000]):
        found = imports.search(content[:2_000_000])
        if found is not None:
            return Place(name, content.count(b"\n", 0, found.start()) + 1), dotted
    return None


def _holds_python(context: Context, folder: str) -> bool:
    assert context.tree is not None
    start = folder + "/"
    return any(
        name.startswith(start) and name.endswith(".py") for name in context.tree.entries
    )


_PARSERS = (
    b"argparse", b"click", b"typer", b"optparse", b"sys.argv", b"fire", b"docopt",
    b"absl", b"getopt", b"plac", b"cyclopts", b"tyro", b"parse_args", b"argv",
)  # fmt: skip


@rule("option-not-taken", "a script is given an option that it does not take",
      Severity.WARNING)  # fmt: skip
def option_not_taken(plan: Plan, context: Context) -> Iterator[Found]:
    """`python x.py --limit 10` where x.py has no parser, or none with that option."""
    if context.tree is None:
        return
    for command in flat(plan.scripts):
        program = effect(command).runs.removeprefix("./")
        if not program.endswith(".py") or program not in context.tree.entries:
            continue
        words = [word.text for word in command.words]
        names = [arg.split("=")[0] for arg in words if re.match(r"--[a-z][\w-]+", arg)]
        if not names:
            continue
        source = context.tree.read(program)
        if not any(parser in source for parser in _PARSERS):
            if re.search(
                rb"^\s*(?:from|import)\s+[\w.]*(?:cli|main|command)",
                source,
                re.MULTILINE,
            ):
                continue
            yield Found(
                command.place,
                f"{program} reads no arguments: {names[0]} is ignored, and the whole "
                f"job runs.",
                "Leave the option out, or give the script the option.",
            )
        elif b"argparse" in source and b"add_argument" in source:
            missing = [n for n in names if n.encode() not in source and n != "--help"]
            shared = b"parents=" in source or b"add_arguments(" in source
            if missing and not shared:
                yield Found(
                    command.place,
                    f"{program} takes no option {missing[0]}: it stops with `unrecognized "
                    f"arguments`.",
                    "Correct the option.",
                )


RULES = (
    flag_not_read_by_code,
    deletes_what_legacy_imports,
    option_not_taken,
)
