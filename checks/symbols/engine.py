"""The rounds of a search: find candidates, judge them, learn re-exports, go on.

A round judges the files that mention a word. What they re-export under other names are
the words of the next round, and a file that imports from a module which turns out to
re-export a target is judged again. It ends when nothing new is learned.
"""

from __future__ import annotations

import re
from collections.abc import (
    Callable,
    Collection,
    Iterable,
    Iterator,
    Sequence,
)
from functools import cached_property

from ...core.patterns import any_of, quoted
from ...core.tree import Tree
from . import texts
from .learning import Learning
from .looks import Looks
from .modules import Modules, first_home, modules_of
from .naming import Names, absolute, physical, root_prefixes
from .pool import Job, Pool, prepare
from .renames import may_rename, renames
from .signs import STAR
from .target import Span, Target, Unreadable, Use
from .textual import Textual
from .verdicts import Verdicts, Way
from .words import Words, has_importer, has_star, star_sources

# So many files are read and searched here; among more, git tells which hold a word.
_FEW = 200
# Fewer files than this git searches in no time.
_SMALL = 2000
# One of some names, imported itself: not what is in it.
_BROUGHT = rb"(?m)(?:\bimport\b[^\n;]*[\s,(]|^[ \t]*)(?:%s)(?![\w.])"

# Each round follows every re-export by one more step.
_ROUNDS = 25


class Engine:
    """One search of a tree. `paths` of None asks for every file."""

    def __init__(
        self,
        tree: Tree,
        paths: Iterable[str] | None,
        targets: Sequence[Target],
        roots: Sequence[str],
        pool: Pool,
    ) -> None:
        self.tree = tree
        self.names = Names(targets, root_prefixes(tuple(roots)))
        self.pool = pool
        self._is_whole = paths is None
        self._given = frozenset[str](() if paths is None else paths)
        self._is_few = not self._is_whole and len(self._given) <= _FEW
        self.verdicts = Verdicts(tree, self.names)
        # For a hook's few files in a small tree, remembering costs more than it saves,
        # unless there is something to parse, or the search was remembered before.
        is_small = self._is_few and tree.count() < _SMALL
        self._is_small = is_small and not self.verdicts.is_begun()
        self._roots = tuple(roots)
        self._learned = Learning(
            tree, self._roots, self.names, Looks(tree, self.verdicts)
        )
        self._answers = self._learned.answers
        ways = [word.encode("utf-8", "replace") for word in self.names.way_words]
        self._brings_way = re.compile(
            _BROUGHT % b"|".join(map(re.escape, sorted(ways)))
        )
        self._mentioning: set[str] = set()
        self._published: set[str] = set()
        self._starred: set[str] = set()
        self._far: set[str] = set()
        # By what is wanted: what else that is called, where modules hand modules on.
        self._elsewhere: dict[str, set[str]] = {}
        # What files import stars from that were not judged yet: modules.
        self._stars: dict[str, set[str]] = {}
        self._texts = Textual(self.names)
        self._searched: frozenset[str] = frozenset()
        self._begun: Callable[[], list[str]] | None = None
        self._remembered: Sequence[Use | Unreadable] | None = None
        self._all_asked = "" if self._is_whole else "\0".join(sorted(self._given))

    @cached_property
    def _asked(self) -> set[str]:
        """The files asked for. Of a whole tree, `_of_asked` knows without a list."""
        if not self._is_few:
            files = {p for p, entry in self.tree.entries.items() if entry.is_file}
            return files if self._is_whole else files & self._given
        return set(filter(self._is_file, self._given))

    def _of_asked(self, paths: Iterable[str]) -> set[str]:
        """Those of the tree's files `paths` that are asked for."""
        return set(paths) if self._is_whole else self._asked.intersection(paths)

    def begin(self) -> None:
        """Let git search a whole tree now, and go on meanwhile."""
        if self._is_whole and not self._has_nothing() and self._recalled() is None:
            words = self._words()
            self._begun = self._search(words, words)

    def run(self) -> Iterator[Use | Unreadable]:
        """Every use in the files asked for, by path and place."""
        if self._has_nothing():
            return
        known = self._recalled() if self._begun is None else None
        if known is not None:
            yield from known
            return
        found = list(self._searched_through())
        if not self._is_small:
            self.verdicts.keep_all(self._all_asked, found)
        yield from found

    def _has_nothing(self) -> bool:
        return not self.names.targets or not (self._is_whole or self._asked)

    def _recalled(self) -> Sequence[Use | Unreadable] | None:
        if self._is_small:
            return None
        if self._remembered is None:
            self._remembered = self.verdicts.recall_all(self._all_asked)
        return self._remembered

    def _searched_through(self) -> Iterator[Use | Unreadable]:
        if not self._is_whole:
            self._learn_renames()
        self._judge_candidates()
        for _ in range(_ROUNDS):
            led = len(self._far)
            self._judge_wanted()
            self._learn()
            again = [*self._learned.outdated(), *self._texts.late()]
            is_over = not again and len(self._far) == led
            if self._words().words != self._searched:
                again += self._judge_candidates()
                is_over = False
            elif self._judge_stars():
                is_over = False
            if is_over:
                break
            self._judge_all(set(again), "wanted")
        self.verdicts.save()
        found = {**self._texts.found}
        for path in self._of_asked(self._answers):
            found[path] = list(self._results(path))
        for path in sorted(found):
            yield from sorted(found[path], key=_place)

    # Candidates

    def _words(self) -> Words:
        return Words({*self.names.words, *self.names.flags})

    def _judge_candidates(self) -> list[str]:
        """Judge each file asked for that may use a target, if it was not judged yet.

        What was searched for before is not searched again. Returns the files that were
        judged before these words were known, and may use what is so called though they
        import nothing that it is in: by a string, or a package on the way to a target.
        """
        words = self._words()
        fresh = Words(words.words - self._searched)
        before = set(self._answers)
        if self._is_few:
            new = sorted(self._asked - self._answers.keys())
            self._judge(self._worth(self._new(new, "candidate"), words), "candidate")
            hits = sorted(self._asked)
        else:
            hits = self._candidates(fresh, words)
        self._searched = words.words
        judged = [path for path in hits if path in before]
        tops = {module.partition(".")[0] for module in self._learned.offering}
        tops |= self.names.tops
        return [
            path
            for path, data in self.tree.read_all(judged)
            if any(fresh.named(data))
            and (
                self._brings_way.search(data)
                or not tops.isdisjoint(fresh.tops(data))
                or (has_importer(data) and self._has_top(path, data, tops))
            )
        ]

    def _has_top(self, path: str, data: bytes, tops: Collection[str]) -> bool:
        """Whether a file lies in one of the packages `tops`, or mentions one."""
        own = physical(path)[0]
        return any(
            f"{name}.".startswith(f"{top}.") or top.encode("utf-8", "replace") in data
            for top in tops
            for name in (own, self.names.rooted(own))
        )

    def _candidates(self, fresh: Words, words: Words) -> list[str]:
        """Judge the files with one of the `fresh` among all `words`, and those that
        import a star from where a target may come; all files that git found."""
        begun = self._begun or self._search(fresh, words)
        self._begun = None
        hits = sorted(self._of_asked(begun()))
        new = self._new([p for p in hits if p not in self._answers], "candidate")
        self._judge(self._worth(new, words, every_star=False), "candidate")
        self._judge_stars()
        return hits

    def _search(self, fresh: Words, words: Words) -> Callable[[], list[str]]:
        patterns = fresh.signs
        if not self._searched:
            patterns = [*patterns, STAR]
        begun = self._matching(
            patterns, lambda data: fresh.mentioned(data) or has_star(data)
        )
        if self._is_whole and not self._searched and self._is_home_here():
            # Where a target still lives somebody will use it, most of the time.
            prepare()
        words.prepare()
        return begun

    def _is_home_here(self) -> bool:
        """Whether a target's own file still names it."""
        return any(
            target.dotted.rpartition(".")[2].encode() in self.tree.read(path)
            for target in self.names.targets
            for path in first_home(target, self._roots, self._is_file)
        )

    def _is_file(self, path: str) -> bool:
        entry = self.tree.get(path)
        return entry is not None and entry.is_file

    def _judge_stars(self) -> bool:
        """Judge the files that import a star from where a target may come, now that it
        is known; whether there were any."""
        ready = [
            path
            for path, modules in self._stars.items()
            if path not in self._answers and any(map(self._brings, modules))
        ]
        for path in ready:
            del self._stars[path]
        self._judge_all(ready, "wanted")
        return bool(ready)

    def _brings(self, module: str) -> bool:
        """Whether a star import of `module` may bind something that leads to a target."""
        return any(self.names.within(module)) or self.names.matches_any(module)

    def _judge_worth(self, paths: Iterable[str], words: Words) -> None:
        rest = self._new(paths, "candidate")
        self._judge(self._worth(rest, words), "candidate")

    def _worth(
        self, paths: Iterable[str], words: Words, *, every_star: bool = True
    ) -> Iterator[tuple[str, bytes]]:
        """The files among `paths` that may mention a word or import a star.

        Without `every_star`, those that import one are put aside, for `_judge_stars`.
        """
        for path, data in self.tree.read_all(paths):
            if words.mentioned(data):
                self._mentioning.add(path)
                yield path, data
            elif has_star(data):
                if every_star:
                    yield path, data
                else:
                    self._stars[path] = self._star_modules(path, data)
            else:
                self._pass_over(path, "candidate")

    def _star_modules(self, path: str, data: bytes) -> set[str]:
        if texts.kind_of(path, data[:200]) != "python":
            return set()
        file = physical(path)
        found = (absolute(name, level, *file) for name, level in star_sources(data))
        return {module for module in found if module is not None}

    def _pass_over(self, path: str, way: Way) -> None:
        if not self._is_small:
            self.verdicts.keep(path, way, False, None)

    def _new(self, paths: Iterable[str], way: Way) -> list[str]:
        """Those of `paths` that were never judged; the others have their answers."""
        if self._is_small:
            return list(paths)  # asked for each one that is worth it: see _unjudged
        self.verdicts.tell(self.names, self._words().words)
        return [path for path in paths if not self._recall(path, way)]

    def _recall(self, path: str, way: Way) -> bool:
        """Whether a file's answer is remembered, and so has its place here."""
        known = self.verdicts.recall(path, way)
        if known is None:
            return False
        mentions, answer = known
        if mentions:
            self._mentioning.add(path)
        if answer is not None:
            self._learned.take(path, answer)
        return True

    def _unjudged(
        self, files: Iterable[tuple[str, bytes]], way: Way
    ) -> Iterator[tuple[str, bytes]]:
        """The files that are worth judging, in a small tree, and were never judged."""
        self.verdicts.tell(self.names, self._words().words)
        for path, data in files:
            if not self._recall(path, way):
                yield path, data

    def _matching(
        self, patterns: Sequence[bytes], holds: Callable[[bytes], object]
    ) -> Callable[[], list[str]]:
        if self._is_small:
            return self.tree.matching(patterns)
        return self.verdicts.matching(patterns, holds)

    def _learn_renames(self) -> None:
        """Learn what the files that were not asked for may call a target instead.

        Where only a few files are judged, a name that none of the others gave to a
        target cannot occur in them: most often that ends the search here.
        """
        while (words := self._words()).words != self._searched:
            # Who renames something under a word that was known before, did so then.
            fresh = sorted(self.names.words - self._searched)
            self._searched = words.words
            self.verdicts.seek_renames(fresh)
            patterns = [quoted(word.encode()) for word in fresh]
            found = self._matching(patterns, any_of(patterns).search)
            others = set(found()) - self._asked
            others -= self._answers.keys()
            files = (p for p in sorted(others) if p.endswith((".py", ".pyi")))
            self._judge(self._renaming(self._new(files, "rename"), fresh), "rename")
            self._learn()
        self._searched = frozenset()

    def _renaming(
        self, paths: Iterable[str], words: Iterable[str]
    ) -> Iterator[tuple[str, bytes]]:
        """The files among `paths` that may give the thing of a word another name."""
        is_renamed = may_rename(words)
        for path, data in self.tree.read_all(paths):
            if is_renamed(data) and renames(path, data, self.names):
                yield path, data
            else:
                self._pass_over(path, "rename")

    def _judge_all(self, paths: Iterable[str], way: Way) -> None:
        self._judge(self.tree.read_all(self._new(sorted(paths), way)), way)

    # Judging

    def _judge(self, files: Iterable[tuple[str, bytes]], way: Way) -> None:
        names = self.names
        self.pool.tell(
            (
                [(t.kind, t.name, t.of) for t in names.targets],
                list(names.prefixes),
                names.aliases,
                names.public,
                sorted(names.words),
                sorted(names.modules),
            )
        )
        if self._is_small:
            files = self._unjudged(files, way)
        jobs = self._jobs(files, way == "public")
        for path, answer in self.pool.judge(jobs):
            self._learned.take(path, self._texts.placed(path, answer))
            mentions = way == "candidate" and path in self._mentioning
            self.verdicts.keep(path, way, mentions, answer)

    def _modules(self) -> Modules:
        return modules_of(self.tree, self._roots)

    def _jobs(self, files: Iterable[tuple[str, bytes]], public: bool) -> Iterator[Job]:
        for path, data in files:
            source = self._texts.source(path, data, bool(self._of_asked([path])))
            if source is not None:
                yield Job(path, source, public)

    # What other files re-export

    def _judge_wanted(self) -> None:
        """Judge the modules that may re-export what the judged files want of them."""
        if not any(answer.wants for answer in self._answers.values()):
            return  # and the tree's modules need not be listed
        words = self._words()
        near: set[str] = set()
        far: set[str] = set()
        stars: set[str] = set()
        modules = self._modules()
        asked = {
            want
            for path in self._of_asked(self._answers)
            for want in self._answers[path].wants
        }
        # Who re-exports the class of a wanted method need not mention the method.
        ways = self.names.way_words
        led = {
            want
            for path in self._far.intersection(self._answers)
            for want in self._answers[path].wants
        }
        wants = self._learned.wants()
        for want in wants | self._others_of(wants, words, modules):
            module, _, last = want.rpartition(".")
            if last.endswith("()"):
                # What it may be is said by a file that need not mention a word.
                self._learned.taken |= self._ways_of(want[:-2], modules)
            elif last == "*":
                files = modules.split(self.names.rooted(module))[0]
                near.update(files)
                if self.names.matches_any(module) or any(self.names.within(module)):
                    stars.update(files)
            elif last in ways and want in led:
                far.update(modules.split(self.names.rooted(want))[0])
            elif last in words.words or (self._is_few and want in asked):
                files, rest = modules.split(self.names.rooted(want))
                (far if "." in rest else near).update(files)
                if not rest:
                    # A package may call what lies in a module by the module's name.
                    near.update(modules.split(self.names.rooted(module))[0])
        far |= self._learned.taken
        known = self._answers.keys()
        if not self._is_few:
            # Of many, each file asked for that mentions a word is judged already.
            near -= self._of_asked(near)
        self._judge_worth(sorted(near - known), words)
        self._far |= far
        self._judge_all(far - known, "wanted")
        self._judge_starred(modules)
        self._judge_public(stars, modules)

    def _judge_public(self, stars: set[str], modules: Modules) -> None:
        """Ask what star imports of the files `stars` bind, and so of the modules of which
        these repeat all names."""
        todo, seen = stars, set[str]()
        while todo:
            seen |= todo
            unread = {path for path in todo if self._public_of(path) is None}
            unread -= self._published
            self._published |= unread
            self._judge_all(unread, "public")
            repeated = {name for path in todo for name in self._public_of(path) or ()}
            found = [
                modules.split(self.names.rooted(name[:-2]))
                for name in repeated
                if name.endswith(".*")
            ]
            todo = {path for files, rest in found if not rest for path in files} - seen

    def _public_of(self, path: str) -> Sequence[str] | None:
        answer = self._answers.get(path)
        return None if answer is None else answer.public

    def _others_of(
        self, wants: Iterable[str], words: Words, modules: Modules
    ) -> set[str]:
        """What else those of `wants` are called that come through several modules."""
        rooted = self.names.rooted
        for want in wants:
            if want.count(".") > 1 and want not in self._elsewhere:
                if want.rpartition(".")[2] in words.words:
                    self._elsewhere[want] = set()
                    files, rest = modules.split(rooted(want))
                    if files and "." in rest:
                        self._elsewhere[want] = self._others(rooted(want), modules)
        return set[str]().union(*self._elsewhere.values())

    def _others(self, dotted: str, modules: Modules) -> set[str]:
        from .origins import elsewhere

        rooted = self.names.rooted
        return elsewhere(
            dotted, lambda name: modules.split(rooted(name)), self.tree.read
        )

    def _ways_of(self, dotted: str, modules: Modules) -> set[str]:
        """The files through which another file's function comes."""
        from .origins import ways

        rooted = self.names.rooted
        return ways(dotted, lambda name: modules.split(rooted(name)), self.tree.read)

    def _judge_starred(self, modules: Modules) -> None:
        """Judge what a file that mentions a word may get a module from by a star.

        Such a file imports a package or module on the way to a target, or another star;
        it need not mention the target itself.
        """
        ways = Words(self.names.way_words)
        while True:
            wanted: set[str] = set()
            for path in self._mentioning | self._starred | self._far:
                answer = self._answers.get(path)
                for want in answer.wants if answer is not None else ():
                    if want.endswith(".*"):
                        module = self.names.rooted(want[:-2])
                        wanted.update(modules.split(module)[0])
            new = sorted(wanted - self._starred - self._mentioning)
            if not new:
                return
            self._starred.update(new)
            unjudged = [path for path in new if path not in self._answers]
            self._judge(self._on_way(self._new(unjudged, "starred"), ways), "starred")

    def _on_way(self, paths: Iterable[str], ways: Words) -> Iterator[tuple[str, bytes]]:
        for path, data in self.tree.read_all(paths):
            if ways.mentioned(data) or has_star(data):
                yield path, data
            else:
                self._pass_over(path, "starred")

    def _learn(self) -> None:
        # Files that import a star wait until something is known to come by it.
        waiting = {module for modules in self._stars.values() for module in modules}
        wants = [*self._texts.wants.values(), *self._elsewhere.values()]
        self._learned.learn(waiting, set[str]().union(*wants))

    # Results

    def _results(self, path: str) -> Iterator[Use | Unreadable]:
        answer = self._answers[path]
        if answer.reason:
            if path in self._mentioning:
                line, column = answer.spot
                yield Unreadable(path, answer.reason, Span(line, column, line, column))
            return
        for found in answer.uses:
            target = self.names.targets[found.target]
            yield Use(
                path=path,
                span=found.span,
                target=target,
                via=found.via,
                name=self.names.spelled(found.dotted, target),
                text=found.text,
                bound_at=found.bound_at,
                alias=self.names.alias_of(found.dotted),
            )


def _place(found: Use | Unreadable) -> tuple[Span, str]:
    return found.span, found.name if isinstance(found, Use) else ""
