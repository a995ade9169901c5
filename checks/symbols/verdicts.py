"""What earlier searches found out about blobs, kept in the git directory.

Each search of the same targets by the same engine has one file of its own there, and one
with all that it came to for every tree that was searched. Only
what git names by a blob's id is kept: the id stands for the bytes, so an answer cannot
go stale. A file that is missing, cut off, changed or from another engine is nothing,
and what cannot be written is not missed: a cache saves time and never says anything
that the engine would not.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from ...core.patterns import quoted
from ...core.tree import CommitTree, IndexTree, Tree
from .answer import Answer, Found
from .naming import Names
from .target import Span, Unreadable, Use, Via

if TYPE_CHECKING:
    from pathlib import Path

_Kept = TypeVar("_Kept")
# Why a file was looked at; each way has its own reasons to pass one over.
Way = Literal["candidate", "rename", "wanted", "starred", "public"]

# No more than so many searches are kept, the latest ones, each in one file of at most
# so many bytes: 160 MB at the very most.
FILES = 16
SIZE = 10_000_000
# So many lists of words are kept with a search: what it learns changes them.
_SEARCHES = 6
# Fewer new blobs than this are read here; for more, git searches the tree.
_FEW = 200

# Of a use: all but its target, and that one's number.
_Place = tuple[str, Span, int, Via, str, str, int, str]
_Row = tuple[bool, Any]  # whether the file mentions a word, and the answer or None


class Verdicts:
    """The memory of one search of `tree`; of one that is not in git nothing is
    remembered."""

    def __init__(self, tree: Tree, names: Names) -> None:
        self._folder: Path | None = None
        self._tree = tree
        self._names = names
        if isinstance(tree, (CommitTree, IndexTree)):
            self._folder = tree.cache_folder
        self._edition = ""
        self._rows: dict[str, _Row] | None = None
        self._used: set[str] = set()
        self._searched: dict[str, tuple[set[str], set[str]]] = {}
        self._named: dict[str, list[str]] = {}
        self._named_now: set[str] = set()
        self._renamed = ""
        self._digests: dict[frozenset[str], str] = {}
        self._is_new = False

    @cached_property
    def _search(self) -> str:
        return _facts(self._names)

    def is_begun(self) -> bool:
        """Whether a commit is searched for what was searched for before: of its files
        most are known then, and reading what is known takes less time than they do."""
        if not isinstance(self._tree, CommitTree) or self._folder is None:
            return False
        return self._path().is_file()

    # Answers

    def tell(self, names: Names, words: Iterable[str]) -> None:
        """What is looked for from now on: answers given before are not these."""
        if self._folder is not None:
            learned = (
                sorted(names.aliases.items()),
                sorted(names.public.items()),
                sorted(words),
                sorted(names.modules),
            )
            self._edition = _digest(repr(learned))[:16]

    def recall(self, path: str, way: Way) -> tuple[bool, Answer | None] | None:
        """What was found out about a file: whether it mentions a word, and the answer,
        None for one that was passed over. None where nothing is known."""
        key = self._key(path, way)
        if not key:
            return None
        row = self._loaded().get(key)
        if row is None:
            return None
        self._used.add(key)
        return row[0], None if row[1] is None else _answer(row[1])

    def keep(self, path: str, way: Way, mentions: bool, answer: Answer | None) -> None:
        """Remember what was found out about a file."""
        # Why a file could not be judged may be the machine's fault.
        key = "" if answer is not None and answer.reason else self._key(path, way)
        # A text's or a notebook's answer has places that are none of the blob's.
        if key and (answer is None or path.endswith((".py", ".pyi", ".pyw"))):
            self._loaded()[key] = (mentions, None if answer is None else _row(answer))
            self._used.add(key)
            self._is_new = True

    def _key(self, path: str, way: Way) -> str:
        if self._folder is None:
            return ""
        if not path.isascii():
            try:
                path.encode()
            except UnicodeEncodeError:
                return ""  # a name that is no UTF-8 cannot be kept as text
        oid = self._oid(path)
        return f"{self._edition} {way}{self._said_of(way)} {oid} {path}" if oid else ""

    def _oid(self, path: str) -> str:
        entry = self._tree.get(path)
        return "" if entry is None else entry.oid

    def seek_renames(self, words: Iterable[str]) -> None:
        """Say whose renames are looked for: what is known of others' is no answer."""
        self._renamed = _digest(repr(sorted(words)))[:16]

    def _said_of(self, way: Way) -> str:
        return f":{self._renamed}" if way == "rename" else ""

    def recall_named(self, path: str, words: frozenset[str]) -> list[str] | None:
        """Which of `words` a file was found to name; None where that is not known."""
        key = self._named_key(path, words)
        self._loaded()
        known = self._named.get(key) if key else None
        if known is not None:
            self._named_now.add(key)
        return known

    def keep_named(
        self, path: str, words: frozenset[str], named: Iterable[str]
    ) -> None:
        """Remember which of `words` a file names."""
        key = self._named_key(path, words)
        if key:
            self._named[key] = sorted(named)
            self._named_now.add(key)
            self._is_new = True

    def _named_key(self, path: str, words: frozenset[str]) -> str:
        if self._folder is None:
            return ""
        if words not in self._digests:
            self._digests[words] = _digest(repr(sorted(words)))[:16]
        oid = self._oid(path)
        return f"{self._digests[words]} {oid}" if oid else ""

    # Which files hold words

    def matching(
        self, patterns: Sequence[bytes], holds: Callable[[bytes], object]
    ) -> Callable[[], list[str]]:
        """What `Tree.matching` says, searching only blobs that were never searched.

        `holds` is the same question for the bytes of one file.
        """
        if self._folder is None:
            return self._tree.matching(patterns)
        self._loaded()
        key = _digest(repr(sorted(patterns)))
        known = self._searched.get(key)
        # Most often the first search of a tree: git begins while its files are listed.
        begun = self._tree.matching(patterns) if known is None else None
        return lambda: self._matched(key, patterns, holds, begun)

    def _matched(
        self,
        key: str,
        patterns: Sequence[bytes],
        holds: Callable[[bytes], object],
        begun: Callable[[], list[str]] | None,
    ) -> list[str]:
        files = {p: e.oid for p, e in self._tree.entries.items() if e.is_file}
        seen, hits = self._searched.pop(key, (set[str](), set[str]()))
        new = [path for path, oid in files.items() if oid not in seen]
        if new:
            if begun is None and len(new) > _FEW:
                begun = self._tree.matching(patterns)
            if begun is None:
                found = [p for p, data in self._tree.read_all(new) if holds(data)]
            else:
                found = begun()
            now = set(files.values())
            seen = (seen if len(seen) < 2 * len(now) else set[str]()) | now
            hits = (hits & seen) | {files[path] for path in found}
            self._is_new = True
        self._searched[key] = (seen, hits)  # the latest one comes last
        return sorted(path for path, oid in files.items() if oid in hits)

    # The file

    def _loaded(self) -> dict[str, _Row]:
        if self._rows is None:
            self._rows = {}
            with suppress(Exception):  # whatever is wrong with it, it is no memory
                self._load()
        return self._rows

    def _load(self) -> None:
        import msgspec

        search, rows, searched, named = msgspec.msgpack.decode(
            _read(self._path()),
            type=tuple[
                str,
                dict[str, tuple[bool, Any]],
                dict[str, tuple[int, str, str]],
                dict[str, list[str]],
            ],
        )
        if search == self._search:
            self._searched = {
                key: (_ids(seen, width), _ids(hits, width))
                for key, (width, seen, hits) in searched.items()
            }
            self._rows = rows
            self._named = named

    def save(self) -> None:
        """Write what is new, in one step; where that cannot be, leave all as it was."""
        if self._folder is None or not self._is_new:
            return
        assert self._rows is not None
        body = self._body(self._rows)
        if len(body) > SIZE:
            self._named = {key: self._named[key] for key in self._named_now}
            body = self._body({key: self._rows[key] for key in self._used})
        if len(body) > SIZE:
            return
        _write(self._path(), body)

    def _body(self, rows: dict[str, _Row]) -> bytes:
        import msgspec

        searched = {
            key: (len(next(iter(seen), "")), "".join(seen), "".join(hits))
            for key, (seen, hits) in list(self._searched.items())[-_SEARCHES:]
        }
        return msgspec.msgpack.encode((self._search, rows, searched, self._named))

    def _path(self, of: str = "") -> Path:
        assert self._folder is not None
        return self._folder / "verdicts" / _digest(self._search + of)[:32]

    # What a whole search came to

    def recall_all(self, asked: str) -> list[Use] | None:
        """What the same search of the very same files found; `asked` is what it was
        asked. None where that is not known."""
        rows = self._recalled(asked, list[_Place])
        if rows is None:
            return None
        targets = self._names.targets
        return [
            Use(path, span, targets[number], via, name, text, bound_at, alias)
            for path, span, number, via, name, text, bound_at, alias in rows
        ]

    def keep_all(self, asked: str, found: Sequence[Use | Unreadable]) -> None:
        """Remember all that a search found."""
        uses = [one for one in found if isinstance(one, Use)]
        # Why a file could not be judged may be the machine's fault.
        if len(uses) < len(found):
            return
        numbers = {target: n for n, target in enumerate(self._names.targets)}
        rows: list[_Place] = [
            (
                use.path, use.span, numbers[use.target],
                use.via, use.name, use.text, use.bound_at, use.alias,
            )
            for use in uses
        ]  # fmt: skip
        self._keep(asked, rows)

    def recall_paths(self, word: bytes) -> list[str] | None:
        """Which of the very same files were found to hold a word; None where that is
        not known."""
        return self._recalled(repr(word), list[str])

    def keep_paths(self, word: bytes, paths: Sequence[str]) -> None:
        """Remember which files hold a word."""
        self._keep(repr(word), paths)

    def _recalled(self, asked: str, kind: type[_Kept]) -> _Kept | None:
        if self._folder is None:
            return None
        import msgspec

        about = self._about(asked)
        with suppress(Exception):  # whatever is wrong with it, it is no memory
            search, told, known = msgspec.msgpack.decode(
                _read(self._path(about)), type=tuple[str, str, msgspec.Raw]
            )
            if (search, told) == (self._search, about):
                return msgspec.msgpack.decode(known, type=kind)
        return None

    def _keep(self, asked: str, what: object) -> None:
        if self._folder is None:
            return
        import msgspec

        about = self._about(asked)
        with suppress(UnicodeError):  # a path that is no text
            body = msgspec.msgpack.encode((self._search, about, what))
            if len(body) <= SIZE:
                _write(self._path(about), body)

    def _about(self, asked: str) -> str:
        """Which files these are: each one's mode, blob and name decide."""
        tree = self._tree
        if isinstance(tree, CommitTree):
            return f"{tree.oid} {asked}"
        assert isinstance(tree, IndexTree)
        return f"{_digest(tree.rows())} {asked}"


def searched(tree: Tree, word: bytes) -> list[str]:
    """What `tree.containing([word])` says, blobs searched before not searched again."""
    memory = Verdicts(tree, Names([], ()))
    known = memory.recall_paths(word)
    if known is None:
        known = memory.matching([quoted(word)], lambda data: word in data)()
        memory.save()
        memory.keep_paths(word, known)
    return known


def _read(path: Path) -> bytes:
    """What was written. Raises OSError or ValueError where it is not whole."""
    content = path.read_bytes()
    digest, body = content[:64], content[64:]
    if len(content) > SIZE + 64 or digest != _digest(body).encode():
        raise ValueError(path)
    return body


def _write(path: Path, body: bytes) -> None:
    """Write in one step; where that cannot be, leave all as it was."""
    fresh = path.with_suffix(f".{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_bytes(_digest(body).encode() + body)
        fresh.replace(path)
        _tidy(path.parent)
    except OSError:
        with suppress(OSError):
            fresh.unlink()


def _facts(names: Names) -> str:
    """What a search is: its targets, and the engine that makes it."""
    targets = [(t.kind, t.name, t.of) for t in names.targets]
    return repr((targets, names.prefixes, sys.version, _engine()))


def _engine() -> list[tuple[str, int, int]]:
    """The engine's own files and the parser's; an update changes one of them."""
    from pathlib import Path

    folder = Path(__file__).parent
    files = [file for file in os.scandir(folder) if file.name.endswith(".py")]
    found = [(f.name, f.stat().st_size, f.stat().st_mtime_ns) for f in files]
    for place in sys.path:
        with suppress(OSError):
            facts = Path(place, "libcst", "_version.py").stat()
            found.append(("libcst", facts.st_size, facts.st_mtime_ns))
    return sorted(found)


def _digest(content: str | bytes) -> str:
    from hashlib import sha256

    data = (
        content.encode("utf-8", "surrogatepass")
        if isinstance(content, str)
        else content
    )
    return sha256(data).hexdigest()


def _ids(joined: str, width: int) -> set[str]:
    return {joined[i : i + width] for i in range(0, len(joined), width or 1)}


def _tidy(folder: Path) -> None:
    """Keep the latest files alone; what a killed run left goes too."""
    files = sorted(os.scandir(folder), key=lambda f: f.stat().st_mtime, reverse=True)
    kept = 0
    for file in files:
        is_whole = "." not in file.name
        kept += is_whole
        # Another run may be writing the newest ones now.
        if (
            kept > FILES
            if is_whole
            else file.stat().st_mtime < files[0].stat().st_mtime - 60
        ):
            os.unlink(file.path)  # noqa: PTH108


def _row(answer: Answer) -> Any:
    uses = [(use[0], tuple(use[1]), *use[2:]) for use in answer.uses]
    return uses, answer.exports, answer.wants, answer.public


def _answer(row: Any) -> Answer:
    uses, exports, wants, public = row
    found = [Found(use[0], Span(*use[1]), *use[2:]) for use in uses]
    return Answer(found, exports, wants, public=public)
