"""Imports libcst for reading alone: in a sixth of the time.

libcst's parser is compiled and makes the nodes that `libcst` has at that moment. Most
of the usual import goes into what only writers of trees need: frozen dataclasses with
checks, visitors, metadata. A worker changes no node and makes none but by the parser:
there the modules of the nodes are all that is imported, and their dataclasses are plain
classes with slots whose `__init__` is written when the first of them is made.
Nothing else in this program may see such nodes, so only a worker calls this.
"""

from __future__ import annotations

# What libcst's nodes import is here before any of it is replaced for a moment.
import ast  # noqa: F401  # pyright: ignore[reportUnusedImport]
import contextlib
import copy  # noqa: F401  # pyright: ignore[reportUnusedImport]
import enum  # noqa: F401  # pyright: ignore[reportUnusedImport]
import re  # noqa: F401  # pyright: ignore[reportUnusedImport]
import sys
import tokenize  # noqa: F401  # pyright: ignore[reportUnusedImport]
from collections.abc import Callable, Generator, Mapping
from importlib import import_module
from importlib.machinery import PathFinder
from types import ModuleType
from typing import Any, TypeVar

# In the order in which they need each other.
_NODES = ("base", "whitespace", "op", "expression", "statement", "module")
_NAME = "__dataclass_fields__"
_FEW = 40  # nodes of a class


def import_libcst() -> None:
    """Import libcst so; as anybody does where it is imported already, or not made for
    this."""
    if "libcst" in sys.modules:
        return
    before = set(sys.modules)
    try:
        _import()
    except Exception:  # noqa: BLE001  # a newer libcst: then slowly, as it wants to be
        # What is compiled can be imported once.
        for name in set(sys.modules) - before - {"libcst.native"}:
            del sys.modules[name]
        import_module("libcst")


def _import() -> None:
    spec = PathFinder.find_spec("libcst")
    if spec is None:
        raise ImportError
    package: Any = ModuleType("libcst")
    package.__spec__ = spec
    package.__path__ = spec.submodule_search_locations
    sys.modules["libcst"] = package
    errors = import_module("libcst._exceptions")
    package.ParserSyntaxError = errors.ParserSyntaxError
    package.CSTLogicError = errors.CSTLogicError
    before = set(sys.modules)
    with _replaced(_REPLACED):
        for name in _NODES:
            module = import_module(f"libcst._nodes.{name}")
            own = (k for k in vars(module).values() if isinstance(k, type))
            for kind in own:
                if kind.__module__ == module.__name__:
                    setattr(package, kind.__name__, kind)
    strange = {name for name in set(sys.modules) - before if "libcst" not in name}
    if strange:  # it may have kept what was replaced
        raise ImportError(", ".join(strange))
    native: Any = import_module("libcst.native")
    package.parse_module = native.parse_module
    package.parse_expression = native.parse_expression


@contextlib.contextmanager
def _replaced(modules: Mapping[str, Mapping[str, Any]]) -> Generator[None]:
    """Other modules under these names, for a moment."""
    usual = {name: sys.modules.get(name) for name in modules}
    for name, content in modules.items():
        sys.modules[name] = ModuleType(name)
        vars(sys.modules[name]).update(content)
    try:
        yield
    finally:
        for name, module in usual.items():
            if module is not None:
                sys.modules[name] = module
            else:
                del sys.modules[name]


class _Field:
    """What `dataclasses.field` says of a field: how it is filled where nobody does."""

    def __init__(self, *, default_factory: Callable[[], Any]) -> None:
        self.factory = default_factory


def _dataclass(cls: Any = None, /, **_: object) -> Any:
    """`dataclasses.dataclass`, for what is only read: it knows its fields, in order,
    and what each is where it is not given."""
    if cls is None:
        return _dataclass
    fields: dict[str, tuple[Any, ...]] = dict(getattr(cls, _NAME, {}))
    content: Mapping[str, Any] = cls.__dict__
    names: Mapping[str, object] = cls.__annotations__
    for name in names:
        if not name.startswith("_"):  # which a field of no node does
            given = content.get(name, _Field)
            fields[name] = () if given is _Field else (given,)
            if isinstance(given, _Field):
                delattr(cls, name)
    setattr(cls, _NAME, fields)
    cls.__init__ = _beginning(cls)
    if cls.__name__ == "CSTNode":
        del cls.__post_init__
    return cls


def _beginning(cls: Any) -> Callable[..., None]:
    """The `__init__` of a class until many of it are made: then it writes a better one,
    which takes as long as it saves with so many."""
    fields: Mapping[str, tuple[Any, ...]] = getattr(cls, _NAME)
    defaults = [(name, *default) for name, default in fields.items() if default]
    made = 0

    def begin(self: object, /, *args: Any, **given: Any) -> None:
        nonlocal made
        made += 1
        if made > _FEW:
            cls.__init__ = _init(fields)
            cls.__init__(self, *args, **given)
            return
        given.update(zip(fields, args, strict=False))
        for name, value in given.items():
            setattr(self, name, value)
        for name, default in defaults:
            if name not in given:
                is_made = isinstance(default, _Field)
                setattr(self, name, default.factory() if is_made else default)

    return begin


def _init(fields: Mapping[str, tuple[Any, ...]]) -> Any:
    """An `__init__` that sets these fields."""
    known: dict[str, Any] = {}
    parameters: list[str] = []
    lines: list[str] = []
    for name, default in fields.items():
        value = name
        if default:
            # What is not given is made anew, or is what always stands there.
            is_made = isinstance(default[0], _Field)
            known[f"_{name}"] = default[0].factory if is_made else default[0]
            if is_made:
                value = f"_{name}() if {name} is _{name} else {name}"
        parameters.append(f"{name}=_{name}" if default else name)
        lines.append(f"self.{name}={value}")
    head = ",".join(["self", *parameters])
    # As `dataclasses` does it: of names of libcst's fields alone.
    exec(f"def __init__({head}):\n {';'.join(lines) or 'pass'}", known)  # noqa: S102
    return known["__init__"]


def _add_slots(cls: Any) -> Any:
    """libcst's `add_slots`, without what pickling needs."""
    fields: Mapping[str, object] = getattr(cls, _NAME)
    bases: tuple[type, ...] = cls.__mro__
    held = {name for base in bases for name in vars(base).get("__slots__", ())}
    usual: Mapping[str, Any] = cls.__dict__
    content = {**usual}
    for name in (*fields, "__dict__"):
        content.pop(name, None)
    content["__slots__"] = tuple(name for name in fields if name not in held)
    made: Any = type(cls)(cls.__name__, cls.__bases__, content)
    made.__init__ = _beginning(made)
    return made


def _as_it_is(method: object) -> object:
    return method


_REPLACED: Mapping[str, Mapping[str, Any]] = {
    "abc": {"ABC": object, "abstractmethod": _as_it_is},
    "dataclasses": {
        "dataclass": _dataclass, "field": _Field, "fields": None, "replace": None,
    },
    "inspect": {},
    "libcst._add_slots": {"add_slots": _add_slots},
    "libcst._type_enforce": {"is_value_of_type": None},
    "libcst._types": {
        "CSTNodeT": TypeVar("CSTNodeT"),
        "CSTNodeT_co": TypeVar("CSTNodeT_co", covariant=True),
    },
    "libcst._visitors": {
        "CSTTransformer": object, "CSTVisitor": object, "CSTVisitorT": object,
    },
}  # fmt: skip
