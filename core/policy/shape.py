"""Where a document has not the model's shape: every such place, in words.

msgspec says what is wrong with the first one and not where it lies, so this walks the
document beside the model. It runs only when something is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final, Literal, get_args, get_origin, get_type_hints

import msgspec
from msgspec import inspect

from ..nearest import did_you_mean
from . import Part, Policy
from .document import Raw
from .problem import FieldPath, quoted

# What each pattern of the model means, in words.
PATTERNS: Final = {
    r"^[^\W\d]\w*(\.[^\W\d]\w*)*$(?!\n)": "is not a dotted Python name",
    r"^[^\W\d]\w*$(?!\n)": "is not a Python name",
    r"^[1-9][0-9]{0,5}(s|m|h|d|w)$(?!\n)": "is not a duration: write 30m, 24h or 7d",
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$(?!\n)": "is not a date: write 2027-01-31",
    r"^\w[\w.-]*$(?!\n)": (
        "is not an id: letters, digits, _ . and -, a letter or digit first"
    ),
    r"^[a-z]+(-[a-z]+)*$(?!\n)": "is not a rule's name, such as forbidden-symbol",
    r"^([0-9a-f]{7,64}(\.\.[0-9a-f]{7,64})?|#[1-9][0-9]*)$(?!\n)": (
        "is neither a commit (7 to 64 of 0-9 and a-f), nor two with .. between, "
        "nor a pull request such as #412 (quote it)"
    ),
}

Shown = tuple[FieldPath, str, bool]  # the path, the sentence, whether it is at the key


def misshapen(raw: Raw) -> Iterator[Shown]:
    """Each place of `raw` that does not fit the model."""
    yield from _walk(raw, _model(), ())


@lru_cache(maxsize=1)
def _model() -> inspect.Type:
    return inspect.type_info(Policy)


def _walk(raw: Raw, type_: inspect.Type, path: FieldPath) -> Iterator[Shown]:
    match type_:
        case inspect.UnionType(types=types):
            if raw is not None:
                kinds = [t for t in types if not isinstance(t, inspect.NoneType)]
                yield from _walk(raw, kinds[0], path)
        case inspect.StructType():
            yield from _struct(raw, type_, path)
        case inspect.VarTupleType(item_type=item):
            if not isinstance(raw, list):
                yield path, f"{_found(raw)}, but a list is meant{_as_list(raw)}", False
                return
            for i, value in enumerate(raw):
                yield from _walk(value, item, (*path, i))
        case inspect.DictType(key_type=key_type, value_type=value_type):
            if not isinstance(raw, dict):
                yield path, f"{_found(raw)}, but names with values are meant", False
                return
            for key, value in raw.items():
                for _, sentence, _ in _walk(key, key_type, path):
                    yield (*path, key), sentence, True
                yield from _walk(value, value_type, (*path, key))
        case _:
            sentence = _scalar(raw, type_)
            if sentence:
                yield path, sentence, False


def _struct(raw: Raw, type_: inspect.StructType, path: FieldPath) -> Iterator[Shown]:
    fields = {field.encode_name: field for field in type_.fields}
    if path[:1] == ("migrations",) and len(path) == 2:
        fields.pop("id")  # its key is its id
    if not isinstance(raw, dict):
        names = _some(list(fields))
        yield path, f"{_found(raw)}, but fields are meant: {names}", False
        return
    for name, value in raw.items():
        if name in fields:
            yield from _walk(value, fields[name].type, (*path, name))
        else:
            hint = did_you_mean(name, fields) or f": here are {_some(list(fields))}"
            yield (*path, name), f"unknown field{hint}", True
    for name, field in fields.items():
        if field.required and name not in raw:
            yield (*path, name), "is missing", False


def _scalar(raw: Raw, type_: inspect.Type) -> str:
    """What is wrong with a value that is one word or text, "" if nothing is."""
    match type_:
        case inspect.LiteralType(values=values):
            allowed = [str(value) for value in as_declared(values)]
            if isinstance(raw, str) and raw in allowed:
                return ""
            listed = "" if len(allowed) == 1 else "one of "
            hint = did_you_mean(raw, allowed) if isinstance(raw, str) else ""
            return f"{_found(raw)} is not {listed}{', '.join(allowed)}{hint}"
        case inspect.StrType():
            return _text(raw, type_)
        case inspect.BoolType():
            wanted: type[float] = bool
            words = "true or false"
        case inspect.IntType():
            wanted, words = int, "a whole number"
        case _:
            wanted, words = float, "a number"
    if not isinstance(raw, str):
        return f"{_found(raw)}, but {words} is meant"
    try:
        number: float = msgspec.convert(raw, wanted, strict=False)
    except msgspec.ValidationError:
        return f"{quoted(raw)} is not {words}"
    least, most = getattr(type_, "ge", None), getattr(type_, "le", None)
    if least is not None and not number >= least:
        return f"{quoted(raw)} is less than {least:g}"
    if most is not None and not number <= most:
        return f"{quoted(raw)} is more than {most:g}"
    return ""


@lru_cache(maxsize=1)
def _orders() -> dict[frozenset[object], tuple[object, ...]]:
    """The words of each choice in the order of the model; msgspec's is the alphabet's."""
    found: dict[frozenset[object], tuple[object, ...]] = {}
    todo: list[object] = [Policy]
    done: set[object] = set()
    while todo:
        hint = todo.pop()
        if get_origin(hint) is Literal:
            found[frozenset(get_args(hint))] = get_args(hint)
        elif isinstance(hint, type) and issubclass(hint, Part):
            if hint not in done:
                done.add(hint)
                todo += get_type_hints(hint).values()
        else:
            todo += get_args(hint)
    return found


def as_declared(values: Sequence[object]) -> Sequence[object]:
    """The words of a choice, in the order of the model."""
    return _orders().get(frozenset(values), values)


def _text(raw: Raw, type_: inspect.StrType) -> str:
    if not isinstance(raw, str):
        return f"{_found(raw)}, but text is meant"
    if type_.min_length and not raw:
        return "is empty"
    if type_.max_length is not None and len(raw) > type_.max_length:
        return f"is longer than {type_.max_length} characters"
    if type_.pattern is not None and not re.search(type_.pattern, raw):
        return f"{quoted(raw)} {PATTERNS[type_.pattern]}"
    return ""


def _found(raw: Raw) -> str:
    if raw is None:
        return "holds nothing"
    if isinstance(raw, str):
        return quoted(raw)
    return "a list" if isinstance(raw, list) else "names with values"


def _as_list(raw: Raw) -> str:
    return f": write [{quoted(raw)}]" if isinstance(raw, str) else ""


def _some(names: Sequence[str]) -> str:
    """The first names of a list, and that there are more."""
    shown = ", ".join(names[:8])
    return shown if len(names) <= 8 else f"{shown} and {len(names) - 8} more"
