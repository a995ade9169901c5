"""Dotted names: what a file is called, what a name means, what it may lead to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from .target import Target

if TYPE_CHECKING:
    from .signs import Pieced

# Longer chains of re-exports are a cycle, or a joke.
_DEPTH = 50
# What takes a name as text and gives what is so named. A file that has it under a name
# of its own may give it to others.
TAKERS = frozenset(
    {
        "import_module", "__import__", "find_spec", "resolve_name", "import_string",
        "import_from_string", "importorskip", "locate", "run_module", "find_loader",
        "get_loader", "find_module", "load_module", "getattr", "setattr", "delattr",
        "hasattr", "getattr_static", "attrgetter", "methodcaller", "reload",
    }
)  # fmt: skip
_QUOTED = re.compile(r"[\"']([^\"'\s]+)(?=[\"'])")


@lru_cache(maxsize=256)
def root_prefixes(roots: Sequence[str]) -> tuple[str, ...]:
    """The source roots as dotted prefixes, "src." for "src", the deepest first."""
    named = {root.strip("/").removeprefix("./") for root in roots}
    dotted = {f"{root.replace('/', '.')}." for root in named if root not in ("", ".")}
    return tuple(sorted(dotted, key=len, reverse=True))


def without_root(dotted: str, prefixes: Sequence[str]) -> str:
    """The name as seen from the source root it lies in: `src.shop.old` is `shop.old`."""
    for prefix in prefixes:
        if dotted.startswith(prefix):
            return dotted[len(prefix) :]
    return dotted


def physical(path: str) -> tuple[str, bool]:
    """The dotted name of a Python file counted from the top, and whether it is a package.

    `src/shop/__init__.py` is ("src.shop", True). A file without a suffix (a script) is
    called as it is.
    """
    stem = path
    for suffix in (".py", ".pyi", ".pyw"):
        if path.endswith(suffix):
            stem = path[: -len(suffix)]
            break
    parts = stem.split("/")
    if parts[-1] == "__init__":
        return ".".join(parts[:-1]), True
    return ".".join(parts), False


def absolute(module: str, level: int, file: str, is_package: bool) -> str | None:
    """The absolute name that `level` dots and `module` mean in the file called `file`.

    None where the dots lead beyond the top.
    """
    if level == 0:
        return module
    parts = file.split(".") if file else []
    up = level - 1 if is_package else level
    if up > len(parts):
        return None
    base = parts[: len(parts) - up]
    dotted = ".".join([*base, module] if module else base)
    return dotted or None


class Names:
    """The targets, and every other name that they are known to have.

    `aliases` says for a dotted name of a re-export which name it stands for; `modules`
    are those that only a star brought, beside a module of that very name.
    """

    def __init__(
        self,
        targets: Sequence[Target],
        prefixes: Sequence[str],
        aliases: Mapping[str, str] | None = None,
        public: Mapping[str, Sequence[str]] | None = None,
        words: Iterable[str] = (),
        modules: Iterable[str] = (),
    ) -> None:
        self.targets = tuple(targets)
        self.prefixes = tuple(prefixes)
        self.modules: set[str] = set()
        self.aliases: dict[str, str] = {}
        # For a module whose public names are known: what a star import of it may bind.
        self.public: dict[str, Sequence[str]] = dict(public or {})
        self._wanted: dict[str, list[int]] = {}
        self.flags: dict[str, list[int]] = {}
        self.keywords: dict[str, list[int]] = {}
        for index, target in enumerate(self.targets):
            if target.kind == "flag":
                self.flags.setdefault(target.name, []).append(index)
            else:
                dotted = self.rooted(target.dotted)
                if target.kind == "keyword":
                    self.keywords.setdefault(target.name, []).append(index)
                self._wanted.setdefault(dotted, []).append(index)
        self._ways: set[str] = set()
        self._modules = {
            self.rooted(t.name) for t in self.targets if t.kind == "module"
        }
        for dotted in self._wanted:
            self._add_way(dotted)
        self.words = {dotted.rsplit(".", 1)[-1] for dotted in self._wanted}
        self.add(aliases or {}, words, modules=modules)

    def add(
        self,
        aliases: Mapping[str, str],
        words: Iterable[str] = (),
        gone: Iterable[str] = (),
        modules: Iterable[str] = (),
    ) -> None:
        """Learn more re-exports; `words`, by which a target may go somewhere; that some
        re-exports are `gone`; and which are `modules` too."""
        self.modules.update(modules)
        for alias in tuple(gone):
            del self.aliases[alias]
        self._meaning: dict[str, str] = {}
        self._leading: dict[str, bool] = {}
        self.words.update(words)
        for alias, name in aliases.items():
            self.aliases[alias] = name
            self._add_way(alias)
            # Not so for a package on the way: whoever goes through it still has to name
            # the target itself.
            if self.is_news(name):
                self.words.add(alias.rsplit(".", 1)[-1])
        self._meaning.clear()
        self._leading.clear()
        self._parts = {
            part
            for dotted in (*self._wanted, *self.aliases, *self._ways)
            for part in dotted.split(".")
        }
        self._heads = {
            *(_head(dotted) for dotted in (*self._wanted, *self.aliases, *self._ways)),
            # Whatever begins so may lead on.
            *(f"{name}." for name in (*self._wanted, *self.aliases) if "." not in name),
        }
        self._either = re.compile("|".join(map(re.escape, self.words)) or "(?!)")
        self._pieces: Pieced | None = None
        self._below: dict[str, set[str]] = {}
        self._within: dict[str, dict[str, None]] = {}
        for dotted in (*self._wanted, *self.aliases, *self._ways):
            parent, _, last = dotted.rpartition(".")
            self._within.setdefault(parent, {})[last] = None

    def is_news(self, dotted: str) -> bool:
        """Whether another name for `dotted` is another name for a target."""
        return self.matches_any(dotted) or bool(self.callables(dotted))

    def is_part(self, text: str) -> bool:
        """Whether a string may name a target, or part of its name."""
        if len(text) > 200:
            return False
        parts = re.split("[.:]", text)
        if not self._parts.isdisjoint(parts) or text in self.keywords:
            return True
        return len(text) > 1 and any(
            text in word for word in (*self.words, *self.flags)
        )

    def may_make(self, last: str) -> bool:
        """Whether what has a dotted name that ends so may be a class, or another file's
        name for something."""
        return last.lstrip("_")[:1].isupper() or last in self._parts

    def mentions(self, text: str) -> bool:
        """Whether a text holds a target's last word."""
        return self._either.search(text) is not None

    def pieced(self, text: str) -> bool:
        """Whether a file may put a target's last word together from strings."""
        # A hook imports this room before it knows whether it has work to do.
        from .signs import Pieced

        if self._pieces is None:
            self._pieces = Pieced({*self.words, *self.flags})
        return self._pieces.within(text.encode("utf-8", "replace"))

    def taker(self, dotted: str) -> str:
        """The importer or getter that another file calls `dotted`, or ""."""
        last = self.meaning(dotted).rpartition(".")[2]
        return last if last in TAKERS and self.alias_of(dotted) else ""

    def quoted(self, text: str) -> Iterator[bool]:
        """For each string in the text of a file that names, as a whole, a module on the
        way to a target or a target by its last words: whether it names a module."""
        for found in _QUOTED.finditer(text):
            name = found[1]
            if "." in name:
                if name in self._ways:
                    yield True
                elif self._is_end(name):
                    yield False
            elif name in self.words:
                yield False

    def _is_end(self, name: str) -> bool:
        """Whether a dotted name may be what `attrgetter` is given: the end of a target's,
        from something on the way to it."""
        parts = name.split(".")
        is_ours = parts[-1] in self.words and self._parts.issuperset(parts)
        return is_ours and not self.leads(name)

    @property
    def tops(self) -> set[str]:
        """The first components of what leads to a target."""
        leading = (*self._wanted, *self.aliases, *self.prefixes)
        return {name.split(".", 1)[0] for name in leading}

    @property
    def way_words(self) -> set[str]:
        """The last components of what leads to a target."""
        return {way.rsplit(".", 1)[-1] for way in self._ways}

    def _add_way(self, dotted: str) -> None:
        end = dotted.rfind(".")
        while end > 0:
            self._ways.add(dotted[:end])
            end = dotted.rfind(".", 0, end)

    def rooted(self, dotted: str) -> str:
        """`dotted` without the source root that it begins with."""
        return without_root(dotted, self.prefixes)

    def meaning(self, dotted: str) -> str:
        """The name that `dotted` stands for: no source root, re-exports followed."""
        known = self._meaning.get(dotted)
        if known is not None:
            return known
        name = self.rooted(dotted)
        for _ in range(_DEPTH):
            name, followed = self._followed(name)
            if not followed:
                break
        self._meaning[dotted] = name
        return name

    def _followed(self, name: str) -> tuple[str, bool]:
        """One step along the longest part of `name` that is a re-export.

        After `from .cart import cart`, or after a star, the package's `cart` may be the
        function, but what continues it (`from shop.cart import Error`) means the module
        of that name.
        """
        if not self.aliases:
            return name, False
        end = len(name)
        while end > 0:
            to = self.aliases.get(name[:end])
            if to is not None and (end == len(name) or not self._is_module(name[:end])):
                return to + name[end:], True
            end = name.rfind(".", 0, end)
        return name, False

    def _is_module(self, alias: str) -> bool:
        """Whether a re-export is called as a module is that lies beside it."""
        # What is within a module shows that there is one.
        return alias in self.modules or self.aliases[alias].startswith(f"{alias}.")

    def matches(self, dotted: str, *, as_module: bool = False) -> tuple[int, ...]:
        """The targets (by index) that `dotted` names, or lies in.

        Where a module must stand (`as_module`), an equally named thing that its package
        took from it is not meant.
        """
        name = self.meaning(dotted)
        own = self.rooted(dotted)
        if as_module and own in self.aliases and self._is_module(own):
            name = own
        found: list[int] = []
        end = len(name)
        while end > 0:
            for index in self._wanted.get(name[:end], ()):
                # Of a callable, only the callable itself lost its keyword.
                if self.targets[index].kind != "keyword":
                    found.append(index)
            end = name.rfind(".", 0, end)
        return tuple(found)

    def matches_any(self, dotted: str) -> bool:
        """Whether `dotted` names a target, or lies in one."""
        return bool(self.matches(dotted))

    def is_way(self, dotted: str) -> bool:
        """Whether a target lies somewhere below what `dotted` names."""
        return not self._ways.isdisjoint((self.meaning(dotted), self.rooted(dotted)))

    def callables(self, dotted: str) -> list[int]:
        """The "keyword" targets whose callable `dotted` is."""
        name = self.meaning(dotted)
        found: list[int] = []
        for own in ("", ".__init__", ".__new__", ".__call__"):
            if name.endswith(own):
                base = name[: len(name) - len(own)] if own else name
                found += [
                    index
                    for index in self._wanted.get(base, ())
                    if self.targets[index].kind == "keyword"
                ]
        return found

    def spelled(self, dotted: str, target: Target) -> str:
        """What `dotted` means, written as `target` is written."""
        if target.kind == "flag":
            return target.name
        rest = self.meaning(dotted)[len(self.rooted(target.dotted)) :]
        return target.dotted + rest

    def alias_of(self, dotted: str) -> str:
        """`dotted` itself where another file's re-export gave it its meaning, or ""."""
        name = self.rooted(dotted)
        return "" if name == self.meaning(dotted) else name

    def leads(self, dotted: str) -> bool:
        """Whether a target may be reached through `dotted`: it names one, lies in one,
        or is a package or module on the way to one."""
        known = self._leading.get(dotted)
        if known is None:
            known = self._leading[dotted] = self._leads(dotted)
        return known

    def _leads(self, dotted: str) -> bool:
        if not self.prefixes and self._is_far(dotted):
            return False
        name = self.meaning(dotted)
        if name in self._ways or self.rooted(dotted) in self._ways:
            return True
        if self.taker(dotted):
            return True
        end = len(name)
        while end > 0:
            if name[:end] in self._wanted:
                return True
            end = name.rfind(".", 0, end)
        # `src` leads to `src.shop.old.Cart`, which is `shop.old.Cart`.
        return any(prefix.startswith(f"{dotted}.") for prefix in self.prefixes)

    def _is_far(self, dotted: str) -> bool:
        """Whether a name begins as none does that leads anywhere: so do most of the
        names that files import."""
        first = dotted.partition(".")[0]
        return self._heads.isdisjoint((_head(dotted), f"{first}."))

    def below(self, way: str) -> set[str]:
        """The last components of whatever leads to a target below `way`."""
        if not self._below:
            for dotted in (*self._wanted, *self.aliases):
                name, _, last = dotted.rpartition(".")
                while name:
                    self._below.setdefault(name, set()).add(last)
                    name = name.rpartition(".")[0]
        spelled = (self.rooted(way), self.meaning(way))
        return {word for name in spelled for word in self._below.get(name, ())}

    def star(self, module: str) -> Iterable[str]:
        """The names bound by `from module import *` that may lead to a target."""
        spelled = self._spelled(module)
        return [
            n
            for n in self.within(module)
            if not n.startswith("_") or self._is_public(n, spelled)
        ]

    def within(self, module: str) -> Iterable[str]:
        """The same, and the underscored ones that only its `__all__` would open."""
        spelled = self._spelled(module)
        found: dict[str, None] = {}
        for name in spelled:
            found.update(self._within.get(name, {}))
        for name in spelled:
            known = self.public.get(name)
            if known is None:
                continue
            if self.matches(name, as_module=True):
                found.update(dict.fromkeys(known))
            found = {n: None for n in found if n in known}
        return found

    def _spelled(self, module: str) -> list[str]:
        """What a module that a star is taken of is called: what its package calls so too
        is not meant. Always in the same order."""
        own = self.rooted(module)
        if own in self.modules:
            return [own]
        return [*dict.fromkeys((self.meaning(module), own))]

    def _is_public(self, name: str, modules: Iterable[str]) -> bool:
        return any(name in self.public.get(module, ()) for module in modules)


def _head(dotted: str) -> str:
    """The first two components of a name."""
    return ".".join(dotted.split(".", 2)[:2])
