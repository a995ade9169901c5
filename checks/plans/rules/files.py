"""Rules that hold a plan's files, flags and words against the repository."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase

from ....core.errors import CannotDecide
from ....core.finding import Place, Severity
from ....core.git import decode, encode
from ....core.paths import SCOPES, matcher
from ..commands import effect
from ..document import Plan, Text
from ..history import history
from ..procedure import exists, folders
from ..rule import Context, Found, rule
from ..shell import Command, flat
from .services import exported

_TESTS = matcher(SCOPES["tests"])
_DOCS = matcher((*SCOPES["docs"], "*.txt"))
_OPEN = re.compile(r"[*?$<>{}`\"'|\\]|\[|^[/~-]|^\.\.|://|@|YYYY|^$")
_RUNTIME = re.compile(
    r"(?:^|/)(?:logs?|tmp|temp|node_modules|dist|build|target|venv|\.venv|data|var|"
    r"backups?|secrets?|out|output|reports?|coverage)(?:/|$)|\.(?:log|pid|sock|env|out|"
    r"tmp|gz|tar|zip|dump|sql|rdb|bak|db|sqlite3?)$|(?:^|/)\.env"
)


def _is_phase_file(context: Context, path: str) -> bool:
    """Whether the path is one that a phase is going to add."""
    globs = [glob for phase in context.phases() for glob in phase.paths]
    return bool(globs) and matcher(globs)(path.rstrip("/"))


def _is_known(context: Context, path: str) -> bool:
    """Whether a path as written leads to something in the tree, from any folder."""
    path = path.removeprefix("./").rstrip("/")
    if exists(context, path):
        return True
    end = "/" + path
    return any(name.endswith(end) for name in _called(context, path.rsplit("/")[-1]))


def _called(context: Context, name: str) -> Sequence[str]:
    """The files and folders whose own name is `name`."""
    known = context.memo.get("names")
    if not isinstance(known, _Names):
        assert context.tree is not None
        known = context.memo["names"] = _Names(context.tree.entries, folders(context))
    return known.paths.get(name, ())


class _Names:
    def __init__(self, *groups: Iterable[str]) -> None:
        self.paths: dict[str, list[str]] = {}
        for group in groups:
            for path in group:
                self.paths.setdefault(path.rsplit("/", 1)[-1], []).append(path)


def _needed(command: Command) -> Iterator[str]:
    did = effect(command)
    yield from did.reads
    if did.runs:
        yield did.runs
    if command.name in ("rm", "git"):
        yield from did.removes


@rule("file-missing", "a file that a step needs is not in the repository")
def file_missing(plan: Plan, context: Context) -> Iterator[Found]:
    """Scripts, tests, requirements and compose files that steps name."""
    if context.tree is None:
        return
    made: set[str] = set()
    reported: set[str] = set()
    missing: list[tuple[Command, str, str]] = []
    for command in flat(plan.scripts):
        if command.name == "ssh" or _is_remote(command) or _is_elsewhere(command):
            continue
        for path in _needed(command):
            name = path.removeprefix("./").rstrip("/")
            if path in reported or _OPEN.search(path) or not _is_file_name(path):
                continue
            if name in made or any(name.startswith(m + "/") for m in made):
                continue
            if _is_runtime(command, path) or _is_phase_file(context, name):
                continue
            if _is_given(plan, name):
                continue
            if _is_known(context, path) or path == plan.path:
                continue
            reported.add(path)
            missing.append((command, path, name))
        made.update(p.removeprefix("./").rstrip("/") for p in effect(command).writes)
        for redirect in command.redirects:
            made.add(redirect.target.removeprefix("./"))
        if command.name == "git" and command.args[:1] in (["checkout"], ["restore"]):
            made.update(_brought_back(context, command))
    all_ignored = _ignored(context, [name for _, _, name in missing])
    for command, path, name in missing:
        ignored = name in all_ignored
        if ignored and not _TESTS(name):
            continue
        removes = effect(command).removes
        yield Found(
            command.place,
            f"{path} is not in the repository"
            + (", because git ignores it: it is on somebody's machine only."
               if ignored else ": the step fails."),
            "git add --force it, or name one that is there."
            if ignored
            else "Correct the path, or leave the step out.",
            Severity.WARNING if path in removes else named_severity(plan, context),
        )  # fmt: skip


def named_severity(plan: Plan, context: Context) -> Severity | None:
    """A warning for a runbook that no policy names and that is about no phase.

    It may well be about another repository. None is the rule's own severity.
    """
    about_us = context.migration is not None or plan.is_phased
    return None if about_us else Severity.WARNING


def _is_given(plan: Plan, name: str) -> bool:
    """Whether the plan itself holds the script, as a block under its name."""
    base = name.rsplit("/", 1)[-1]
    for code in plan.codes:
        head = code.text.lstrip()[:300].split("\n")[:6]
        lead = "" if code.lead is None else code.lead.text
        about = f"{lead} {code.section.title}"
        if any(line.startswith("#") and base in line for line in head):
            return True
        if head[0].startswith("#!") and base in about:
            return True
    return False


def _brought_back(context: Context, command: Command) -> Iterator[str]:
    """The paths that a checkout brings back, as far as some commit had them."""
    past = history(context)
    for arg in command.args[1:]:
        path = arg.removeprefix("./")
        if past is None or _OPEN.search(path) or past.ever_held(path):
            yield path


def _is_remote(command: Command) -> bool:
    outer = command.outer
    return outer is not None and outer.name in ("ssh", "docker", "kubectl")


def _is_elsewhere(command: Command) -> bool:
    """Whether the block has gone into another repository by then: it cloned one."""
    return any(
        other.name == "git" and other.args[:1] == ["clone"]
        for other in command.script.commands
        if other.start < command.start
    )


def _is_file_name(path: str) -> bool:
    return "/" in path or re.search(r"\.\w{1,8}$", path) is not None


def _is_runtime(command: Command, path: str) -> bool:
    if command.name in ("python", "python3", "bash", "sh", "pytest", "source", "pip"):
        return path.startswith((".venv", "venv", "/"))
    return _RUNTIME.search(path) is not None


def _ignored(context: Context, paths: list[str]) -> frozenset[str]:
    """Those of `paths` that git ignores, asked in one process."""
    if context.git is None or context.git.top is None or not paths:
        return frozenset()
    # A path outside the repository, or through a link, ends the whole question.
    asked = [p for p in paths if not p.startswith(("/", "..")) and "\n" not in p]
    try:
        answer = context.git.run(
            "check-ignore", "--no-index", "-z", "--stdin",
            data=b"".join(encode(path) + b"\0" for path in asked),
            codes=(0, 1),
        )  # fmt: skip
    except CannotDecide:
        if len(paths) == 1:
            return frozenset()
        return frozenset(p for path in paths for p in _ignored(context, [path]))
    return frozenset(map(decode, answer.split(b"\0")))


@rule(
    "glob-matches-none-or-many", "a pattern matches no file, or one too many",
    Severity.WARNING,
)  # fmt: skip
def glob_matches_none_or_many(plan: Plan, context: Context) -> Iterator[Found]:
    """`rm tests/test_*_new.py` where there is none; `psql -f *.sql` where one is meant."""
    for command in flat(plan.scripts):
        if _is_remote(command):
            continue
        did = effect(command)
        for path in did.reads if did.database in ("restore", "query") else ():
            if (
                "*" in path
                and command.name in ("psql", "pg_restore")
                and not _piped(command)
            ):
                yield Found(
                    command.place,
                    f"{path} may match more than one file: {command.name} takes the "
                    f"first and reads the others as something else.",
                    "Name the one file.",
                )
        if context.tree is None or command.name not in (
            "rm",
            "cp",
            "mv",
            "git",
            "pytest",
        ):
            continue
        for path in (*did.removes, *did.reads):
            plain = path.removeprefix("./")
            if "*" not in path or re.search(r"[$<>`{~]|^/|YYYY", plain):
                continue
            if _RUNTIME.search(plain) or "/" not in plain:
                continue
            if not any(fnmatchcase(name, plain) for name in context.tree.entries) and (
                not any(
                    fnmatchcase(name, plain.rstrip("/")) for name in folders(context)
                )
            ):
                yield Found(
                    command.place,
                    f"{path} matches no file of the repository: `{command.name}` fails "
                    f"on the pattern itself.",
                    "Leave it out, or correct it.",
                )


def _piped(command: Command) -> bool:
    return len(command.pipeline) > 1


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
        code = [(p, t) for p, t in readers.get(name, ()) if not _DOCS(p)]
        shipped = [(p, t) for p, t in code if not _TESTS(p)]
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
                if not _OPEN.search(plain) and exists(context, plain) and plain != ".":
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
        if not _TESTS(p)
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


_GONE = re.compile(r"\b(?:deleted|removed)\b", re.IGNORECASE)
_THERE = re.compile(
    r"\b(?:modified|changed|updated|added|new|created|affected)\b", re.IGNORECASE
)
_FILES = re.compile(r"\b(?:files?|modules?|scripts?)\b", re.IGNORECASE)
_PATH = re.compile(r"^[\w.-]+(?:/[\w.-]+)+\.\w{1,6}$")


@rule(
    "differs-from-repository", "what the plan says of the repository is not so",
    Severity.WARNING,
)  # fmt: skip
def differs_from_repository(plan: Plan, context: Context) -> Iterator[Found]:
    """Lists of deleted and changed files; strings looked for in a log."""
    if context.tree is None:
        return
    past = history(context)
    for span in plan.spans:
        if not _PATH.match(span.code) or span.text.kind != "item":
            continue
        title = span.text.section.title
        if not _FILES.search(title) or not _leads(span.text, span.code):
            continue
        here = span.code in context.tree.entries
        place = Place(
            plan.path, span.line, span.column, span.line, span.column + len(span.code)
        )
        if _GONE.search(title):
            if past is not None and not here and not past.ever_held(span.code):
                yield Found(
                    place,
                    f"{span.code} is listed as deleted, and was never in this "
                    f"repository.",
                    "Make the list from `git show --name-status <sha>`.",
                )
        elif (
            _THERE.search(title) and not here and not _is_phase_file(context, span.code)
        ):
            yield Found(
                place,
                f"{span.code} is listed as changed, and is not in the repository.",
                "Make the list from `git show --name-status <sha>`.",
            )
    for command in flat(plan.scripts):
        if command.name not in ("grep", "egrep", "zgrep", "rg"):
            continue
        words = command.operands(frozenset({"-A", "-B", "-C", "-m", "-e"}))
        files = [w.text for w in words[1:]]
        if not files or not all(re.search(r"\.log\b|/logs?/", f) for f in files):
            continue
        wanted = words[0].text
        if not re.fullmatch(r"[\w :.,-]{5,}", wanted) or not words[0].literal:
            continue
        if wanted.upper() in (
            "ERROR",
            "WARNING",
            "CRITICAL",
            "FATAL",
            "EXCEPTION",
            "TRACEBACK",
        ):
            continue
        if not _is_logged(context, wanted):
            yield Found(
                command.place,
                f'No log call in the repository writes "{wanted}": the search finds '
                f"nothing, whichever path is active.",
                "Assert on something that the code really writes, best on a metric.",
            )


def _is_logged(context: Context, wanted: str) -> bool:
    """Whether some string of the shipped code, in a call that logs, holds the text."""
    assert context.tree is not None
    paths = [
        path
        for path in context.tree.containing([wanted.encode()])
        if not _DOCS(path) and not _TESTS(path)
    ]
    logs = re.compile(
        rb"(?:log|logger|logging|print|console|fmt|slog|puts|warn|info|debug|error)\b"
        rb"[^\n]{0,200}?[\"'`][^\n]*" + re.escape(wanted.encode()),
        re.IGNORECASE,
    )
    near = re.compile(
        rb"(?:log|logger|logging|print|console|warn|info|debug|error)\w*\([^()]{0,200}"
        + re.escape(wanted.encode()),
        re.IGNORECASE,
    )
    return any(
        logs.search(content) or near.search(content)
        for _, content in context.tree.read_all(paths[:500])
    )


def _leads(text: Text, code: str) -> bool:
    """Whether the path is what the item is about, not something it mentions."""
    return text.text.lstrip("`* ").startswith(code)


RULES = (
    file_missing,
    glob_matches_none_or_many,
    flag_not_read_by_code,
    deletes_what_legacy_imports,
    option_not_taken,
    differs_from_repository,
)
