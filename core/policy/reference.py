"""The reference page of the policy: every part, every field, made from the model."""

from __future__ import annotations

from msgspec import inspect

from .fields import described
from .shape import PATTERNS, as_declared

_HEAD = """\
# The policy: `backout.yaml`

Every part and every field, made from the model (`python -I -m backout.core.schema`
writes this page anew). Unknown fields are errors. Values are the text that is written:
`no`, `0` and `11` need no quotes. Aliases and tags are not read.

Globs count from the repository's top: `*` within a name, `**` for any folders, a folder
means all beneath it, and one name with a wildcard (`*.md`) is meant at any depth.
Durations are `30m`, `24h`, `7d`; dates are `2027-01-31`.
"""


def page() -> str:
    """The page, as it is committed."""
    sections = [_HEAD]
    for part, text, used in described():
        info = inspect.type_info(part)
        assert isinstance(info, inspect.StructType)
        rows = [
            f"| `{field.encode_name}` | {_words(field.type)} | {_default(field)} "
            f"| {used[field.encode_name]} |"
            for field in info.fields
            if (part.__name__, field.encode_name) != ("Migration", "id")
        ]
        head = "| field | holds | without it | used for |\n|---|---|---|---|"
        sections.append(
            "\n".join([f"## {part.__name__}\n\n{text}\n\n{head}", *rows, ""])
        )
    return "\n".join(sections)


def _words(type_: inspect.Type) -> str:
    match type_:
        case inspect.UnionType(types=types):
            return _words(next(t for t in types if not isinstance(t, inspect.NoneType)))
        case inspect.StructType(cls=cls):
            return f"[{cls.__name__}](#{cls.__name__.lower()})"
        case inspect.VarTupleType(item_type=item):
            return f"list of {_words(item)}"
        case inspect.DictType(key_type=key, value_type=value):
            return f"by {_words(key)}: {_words(value)}"
        case inspect.LiteralType(values=values):
            return ", ".join(f"`{value}`" for value in as_declared(values))
        case inspect.StrType(pattern=str(pattern)):
            return _KINDS[PATTERNS[pattern].split(":")[0]]
        case inspect.BoolType():
            return "`true`, `false`"
        case inspect.IntType() | inspect.FloatType():
            return "number"
        case _:
            return "text"


_KINDS = {
    "is not a dotted Python name": "dotted name",
    "is not a Python name": "name",
    "is not a duration": "duration",
    "is not a date": "date",
    "is not an id": "id",
    "is not a rule's name, such as forbidden-symbol": "rule",
    PATTERNS[
        r"^([0-9a-f]{7,64}(\.\.[0-9a-f]{7,64})?|#[1-9][0-9]*)$(?!\n)"
    ]: "commit, `id..id` or `#412`",
}


def _default(field: inspect.Field) -> str:
    if field.required:
        return "an error"
    match field.default:
        case bool(value):
            return f"`{str(value).lower()}`"
        case int(value) | str(value) if value != "":
            return f"`{value}`"
        case ("." as value,):
            return f"`[{value}]`"
        case _:
            return ""
