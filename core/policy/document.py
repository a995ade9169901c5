"""A policy's bytes, read as YAML: plain values, and the place of each in the file.

Scalars stay the text that was written. What they mean is for the model to say, so `on`,
`no` and `0` are never turned into something else before it has looked.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from .problem import FieldPath, PolicyError, Problem, quoted, written

if TYPE_CHECKING:
    from yaml import Mark, Node

MAX_BYTES: Final = 1 << 20
MAX_DEPTH: Final = 60  # the model's own is 12
# Nobody reads more, and each may take as long to word as there are names in the file.
MOST_PROBLEMS: Final = 200
# libyaml's composer recurses on the C stack: ten thousand levels end the process, even
# before the first level is complete. Below this many it is safe to let it try.
_SAFE_DEPTH: Final = 2000

Raw = str | None | list["Raw"] | dict[str, "Raw"]

_TAGS = tuple(f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float", "bool"))
_NULL = frozenset({"", "~", "null", "Null", "NULL"})


class Document(NamedTuple):
    """What a file holds: its `root` node with places, the plain values of it, and what
    is wrong already as YAML."""

    name: str
    root: Node
    raw: Raw
    problems: list[Problem]

    def problem(
        self, path: FieldPath, sentence: str, *, at_key: bool = False
    ) -> Problem:
        """A problem at the value of a field, or at its key.

        Where the field is not there, the place is that of what should hold it.
        """
        from yaml import MappingNode, SequenceNode

        node = self.root
        mark = node.start_mark
        for i, part in enumerate(path):
            if isinstance(node, SequenceNode) and isinstance(part, int):
                node = node.value[part]
                mark = node.start_mark
            elif isinstance(node, MappingNode):
                pair = next((p for p in node.value if p[0].value == part), None)
                if pair is None:
                    break
                node = pair[1]
                last = i == len(path) - 1
                mark = (pair[0] if last and at_key else node).start_mark
            else:
                break
        return Problem(mark.line + 1, mark.column + 1, written(path), sentence)


def read(data: bytes, name: str) -> Document:
    """The one YAML document of a file called `name`.

    Raises PolicyError where it is not even YAML.
    """
    import yaml

    text = _text(data, name)
    loader = loader_class()(text)
    try:
        _bound(text, name)
        root = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        raise PolicyError(name, [_syntax(error, text)]) from error
    except RecursionError as error:  # where PyYAML is without libyaml
        raise PolicyError(name, [_too_deep(0, 0)]) from error
    finally:
        loader.dispose()
    if root is None:
        empty = Problem(1, 1, "", "is empty: it begins with `version: 1`")
        raise PolicyError(name, [empty])
    problems: list[Problem] = []
    raw = _plain(root, (), set(), problems)
    return Document(name, root, raw, problems[:MOST_PROBLEMS])


@lru_cache(maxsize=1)
def loader_class() -> Any:
    """A loader that leaves every scalar as it is written.

    Typed as Any: the stubs know neither its C base nor what it is made of.
    """
    import yaml

    base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return type("Loader", (base,), {"yaml_implicit_resolvers": {}})


def _text(data: bytes, name: str) -> str:
    if len(data) > MAX_BYTES:
        sentence = f"is {len(data):,} bytes long; a policy has at most {MAX_BYTES:,}"
        raise PolicyError(name, [Problem(1, 1, "", sentence)])
    try:
        text = data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8").removeprefix("\ufeff")
        sentence = f"byte {data[error.start]:#04x} is not UTF-8: save the file as UTF-8"
        raise PolicyError(name, [_at(before, sentence)]) from error
    from yaml.reader import Reader

    foreign = Reader.NON_PRINTABLE.search(text)
    if foreign is not None:
        sentence = f"the character U+{ord(foreign[0]):04X} may not be in a YAML file"
        raise PolicyError(name, [_at(text[: foreign.start()], sentence)])
    return text


def _at(before: str, sentence: str) -> Problem:
    """A problem after the text `before`."""
    lines = before.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return Problem(len(lines), len(lines[-1]) + 1, "", sentence)


def _bound(text: str, name: str) -> None:
    """Refuse what is nested so deep that reading it would end the process.

    A level costs an opening bracket, or a column of its line, so most files are known
    to be harmless without being read twice.
    """
    brackets = text.count("[") + text.count("{")
    if brackets + max(map(len, text.splitlines()), default=0) <= _SAFE_DEPTH:
        return
    import yaml

    try:
        _measure(text, name, loader_class())
    except yaml.MarkedYAMLError as error:
        # Since PyYAML 6.0.4 libyaml reads ahead and refuses a thousandth level itself,
        # before it tells of the ones that are too deep for us.
        if "nesting depth" in str(error):
            _measure(text, name, yaml.SafeLoader)
        raise


def _measure(text: str, name: str, loader: Any) -> None:
    import yaml

    depth = 0
    # Typed as Any: the stubs do not know that `parse` takes a class made at run time.
    events: Any = yaml.parse(text, loader)
    for event in events:
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                mark = event.start_mark
                assert mark is not None
                raise PolicyError(name, [_too_deep(mark.line, mark.column)])
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _too_deep(line: int, column: int) -> Problem:
    sentence = f"nested more than {MAX_DEPTH} deep: no field of a policy is"
    return Problem(line + 1, column + 1, "", sentence)


def _syntax(error: Any, text: str) -> Problem:
    """What libyaml says, in our words where its own help nobody."""
    from ..escape import visible

    mark: Mark | None = error.problem_mark or error.context_mark
    line, column = (0, 0) if mark is None else (mark.line, mark.column)
    said: str = error.problem or "is not YAML"
    lines = text.splitlines()
    around = lines[line] if line < len(lines) else ""
    indent = around[: len(around) - len(around.lstrip())]
    if "\t" in indent or around[column : column + 1] == "\t":
        column = around.index("\t")
        said = "a tab: YAML is indented with blanks"
    elif "another document" in said:
        said = "a second document begins here: a policy is one"
    elif "undefined alias" in said:
        said = "an alias of nothing; policies are read without aliases: write it out"
    elif said == "mapping values are not allowed in this context":
        said = "a colon here would begin a field: quote the value that holds it"
    else:
        said = f"is not YAML: {visible(said)}"
        if error.context and error.context_mark is not None:
            context = visible(error.context)
            said += f" ({context} of line {error.context_mark.line + 1})"
    return Problem(line + 1, column + 1, "", said)


def _plain(node: Any, path: FieldPath, seen: set[int], problems: list[Problem]) -> Raw:
    """The values of a node. What is wrong is noted and left out.

    `node` is Any: the stubs leave `value` untyped, so nothing would be gained.
    """
    import yaml

    def wrong(at: Any, sentence: str) -> None:
        mark = at.start_mark
        place = mark.line + 1, mark.column + 1
        problems.append(Problem(*place, written(path), sentence))

    # An alias is the very node that its anchor named. Expanded, ten lines of them hold
    # more than a machine's memory; and a reviewer could not read what is promised.
    if id(node) in seen:
        wrong(node, "is an alias (*) of what stands here: write it out in both places")
        return None
    seen.add(id(node))
    if isinstance(node, yaml.ScalarNode):
        if node.tag not in _TAGS:
            wrong(node, f"has the tag {_tag(node)}: policies are read without tags")
        value: str = node.value
        return None if not node.style and value in _NULL else value
    if len(path) >= MAX_DEPTH:
        mark = node.start_mark
        problems.append(_too_deep(mark.line, mark.column))
        return None
    if isinstance(node, yaml.SequenceNode):
        if not node.tag.endswith("2002:seq"):
            wrong(node, f"has the tag {_tag(node)}: policies are read without tags")
        return [
            _plain(item, (*path, i), seen, problems)
            for i, item in enumerate(node.value)
        ]
    if not node.tag.endswith("2002:map"):
        wrong(node, f"has the tag {_tag(node)}: policies are read without tags")
    values: dict[str, Raw] = {}
    first: dict[str, int] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            wrong(key, "has a key that is not a name")
            continue
        name: str = key.value
        if name in values:
            place = key.start_mark
            sentence = f"is given twice, first at line {first[name]}"
            field = written((*path, name))
            problems.append(Problem(place.line + 1, place.column + 1, field, sentence))
            continue
        first[name] = key.start_mark.line + 1
        values[name] = _plain(value, (*path, name), seen, problems)
    return values


def _tag(node: Any) -> str:
    tag: str = node.tag
    return quoted(tag.replace("tag:yaml.org,2002:", "!!"))
