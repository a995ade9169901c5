"""What a search learns from its answers: the names that files give to a target, who may
use these, and whose answers are others by now.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from sys import intern

from ...core.tree import Tree
from .answer import Answer
from .looks import Looks
from .modules import modules_of
from .naming import Names, physical

# What a file wants that leads somewhere, and whether that is merely on the way.
Led = tuple[tuple[str, bool], ...]


class Learning:
    """The answers of one search, and what follows from them. It learns into `names`."""

    def __init__(
        self, tree: Tree, roots: tuple[str, ...], names: Names, looks: Looks
    ) -> None:
        self.names = names
        self.answers: dict[str, Answer] = {}
        self.offering: set[str] = set()  # modules that have a name for a target
        self.taken: set[str] = set()  # where another file's importer may come from
        self._tree = tree
        self._roots = roots
        self._looks = looks
        # Which names that a file wants led somewhere when it was judged.
        self._led: dict[str, Led] = {}
        # By module, which of its names other files import.
        self._wanted: dict[str, set[str]] = {}

    def take(self, path: str, answer: Answer) -> None:
        self.answers[path] = answer
        self._led[path] = self._known(self._leading(answer.wants))

    def wants(self) -> set[str]:
        """The names that another file may have re-exported to a judged one."""
        return {want for a in self.answers.values() for want in a.wants}

    def learn(self, waiting: Iterable[str], others: Iterable[str]) -> None:
        """Learn the names that the judged files give to a target.

        Other files wait for what a star brings of the modules `waiting`; `others` is
        wanted beside what the answers want.

        A name that no file asks for is no news: thousands may import a target and hand
        it on to nobody.
        """
        wanted: set[str] = set()
        stars = {self.names.rooted(module) for module in waiting}
        for want in self.wants().union(others):
            name = self.names.rooted(want)
            if name.endswith(".*"):
                stars.add(name[:-2])
            while name and name not in wanted:
                wanted.add(name)
                module, _, last = name.rpartition(".")
                self._wanted.setdefault(module, set()).add(intern(last))
                name = module
        aliases: dict[str, str] = {}
        offered: dict[str, dict[str, str]] = {}  # by module: its name, what it means
        exported: set[str] = set()
        public: dict[str, Sequence[str]] = {}
        beside: set[str] = set()
        for path, answer in self.answers.items():
            file, is_package = physical(path)
            module = self.names.rooted(file)
            if answer.public is not None:
                public[module] = answer.public
            for name, meaning in answer.exports.items():
                alias = f"{module}.{name}"
                exported.add(alias)
                known = self.names.meaning(alias)
                if known == meaning or self._is_less(alias, meaning):
                    continue
                if is_package and self._is_beside(alias, meaning, answer):
                    beside.add(alias)
                if alias in wanted or module in stars or path in self.taken:
                    aliases[alias] = meaning
                elif self.names.is_news(meaning):
                    offered.setdefault(module, {})[name] = meaning
        if public:
            from .public import spelled_out

            self.names.public.update(spelled_out(public, self.names.rooted))
        self.offering |= offered.keys()
        words = {name for names in offered.values() for name in names}
        # What a star seemed to bring, until its module's public names were known.
        gone = self.names.aliases.keys() - exported
        self.names.add({**aliases, **self._demanded(offered)}, words, gone, beside)

    def _is_less(self, alias: str, meaning: str) -> bool:
        """Whether a name of a target, or in one, is a getter too, or merely leads on:
        its own name says more."""
        return self.names.is_news(alias) and not self.names.is_news(meaning)

    def _is_beside(self, alias: str, meaning: str, answer: Answer) -> bool:
        """Whether a package has a name from a star, and a module of that very name."""
        name = alias.rpartition(".")[2]
        stars = (want[:-2] for want in answer.wants if want.endswith(".*"))
        if all(self.names.meaning(f"{star}.{name}") != meaning for star in stars):
            return False
        files, rest = modules_of(self._tree, self._roots).split(alias)
        return bool(files) and not rest

    def _demanded(self, offered: dict[str, dict[str, str]]) -> dict[str, str]:
        """What of `offered` a file may use that imports the module, or a package around
        it, and names the thing: as an attribute, or in a string."""
        rooted = self.names.rooted
        # By what one may import: the modules, and the names that lead on to each.
        within: dict[str, dict[str, tuple[str, ...]]] = {}
        for module in offered:
            name = module
            rest: tuple[str, ...] = ()
            while name:
                within.setdefault(name, {})[module] = rest
                name, _, last = name.rpartition(".")
                rest = (last, *rest)
        reached = self._reaching(within)
        # What hands a module on need not name what is in it.
        for path, handed in self._handing_on(reached):
            own = rooted(physical(path)[0])
            for name in handed:
                within.setdefault(f"{own}.{name}", {}).update(reached[path])
        reached = self._reaching(within)
        words: dict[str, frozenset[str]] = {}
        same: dict[frozenset[str], frozenset[str]] = {}  # of many files
        for path, modules in reached.items():
            asked = frozenset(name for module in modules for name in offered[module])
            words[path] = same.setdefault(asked, asked)
        found: dict[str, str] = {}
        for path, named in self._looks.naming(words):
            for module, rest in reached[path].items() if named else ():
                names = offered[module]
                common = names.keys() & named
                data = self._tree.read(path) if common and rest else b""
                if all(part.encode("utf-8", "replace") in data for part in rest):
                    found.update((f"{module}.{name}", names[name]) for name in common)
        return found

    def _reaching(
        self, within: Mapping[str, Mapping[str, tuple[str, ...]]]
    ) -> dict[str, dict[str, tuple[str, ...]]]:
        """The judged files that import one of the names in `within`; what that gives."""
        found: dict[str, dict[str, tuple[str, ...]]] = {}
        for path, answer in self.answers.items():
            for want in answer.wants:
                given = within.get(self.names.rooted(want))
                if given:
                    # The nearest way to a module asks for the fewest names.
                    known = found.setdefault(path, {})
                    for module, rest in given.items():
                        if module not in known or len(rest) < len(known[module]):
                            known[module] = rest
        return found

    def _handing_on(self, paths: Iterable[str]) -> Iterator[tuple[str, set[str]]]:
        """For each file the names that others import from it and that it may bind."""
        modules = {path: self.names.rooted(physical(path)[0]) for path in paths}
        wanted = self._wanted
        return self._looks.binding(
            {path: wanted[m] for path, m in modules.items() if m in wanted}
        )

    # Whose answers are others by now

    def outdated(self) -> list[str]:
        """The judged files whose answers may be others by what was learned since."""
        found: list[str] = []
        # Files that import what a name learned since lies in, and what they import so.
        by_way: dict[str, list[str]] = {}
        # Most names lead nowhere, and are wanted by many files.
        leading = set(self._leading(self.wants()))
        for path, answer in self.answers.items():
            known = self._known(want for want in answer.wants if want in leading)
            led = self._led[path]
            if known == led:
                continue
            fresh = set(known).difference(led)
            ways = [want for want, is_way in fresh if is_way is True]
            if ways and len(ways) == len(fresh):
                by_way[path] = ways
                self._led[path] = known
            else:
                found.append(path)
        below = {
            path: frozenset(word for way in ways for word in self.names.below(way))
            for path, ways in by_way.items()
        }
        unnamed: list[str] = []
        for path, named in self._looks.naming(below):
            (found if named else unnamed).append(path)
        found += (path for path, names in self._handing_on(unnamed) if names)
        return found

    def _leading(self, wants: Iterable[str]) -> list[str]:
        """Those of `wants` that lead somewhere by now, and all stars."""
        leads = self.names.leads
        return [want for want in wants if leads(want) or want.endswith(".*")]

    def _known(self, leading: Iterable[str]) -> Led:
        """What each of `leading` brings, and whether it is merely on the way to a
        target."""
        return tuple(
            (
                " ".join([*self.names.within(name), "*", *self.names.star(name)]),
                False,
            )
            if (name := want.removesuffix(".*")) != want
            else (want, self._is_mere_way(want))
            for want in leading
        )

    def _is_mere_way(self, want: str) -> bool:
        is_more = want.endswith("()") or self.names.matches_any(want)
        return not is_more and not self.names.taker(want)
