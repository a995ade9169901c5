"""Rewrites import statements: names leave, come, or change, and the layout stays."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

import libcst as cst

from ...checks.symbols.naming import without_root
from .file_names import Bound, FileNames, Statement
from .source import Edit, Source

_COMMENT = re.compile(r"#[^\r\n]*")
_LINE_END = re.compile(r"\r\n|\r|\n")


class Imports:
    """The changes to one file's imports. `file` is what `naming.physical` gives."""

    def __init__(
        self,
        source: Source,
        names: FileNames,
        file: tuple[str, bool],
        prefixes: Sequence[str],
    ) -> None:
        self._source = source
        self._names = names
        self._file, self._is_package = file
        self._prefixes = prefixes
        self._modules: dict[int, tuple[Statement, str]] = {}
        self._plain: dict[int, tuple[Bound, int, str]] = {}
        self._moved: dict[int, dict[int, tuple[Bound, str, str, str]]] = {}
        self._wanted: dict[int, tuple[Statement, dict[str, None]]] = {}
        self._idle: dict[int, tuple[Bound, str]] = {}

    # What is to change

    def change_module(self, statement: Statement, module: str) -> None:
        """Let `from X import ...` import from `module`, an absolute name."""
        self._modules[statement.start] = (statement, module)

    def change_plain(self, bound: Bound, length: int, new: str) -> None:
        """Let the first `length` characters of an imported name be `new`."""
        self._plain[bound.start] = (bound, length, new)

    def change_name(self, bound: Bound, module: str, name: str, local: str) -> None:
        """Let one name of a `from` come from `module` as `name`, and be `local`."""
        moved = self._moved.setdefault(bound.statement.start, {})
        moved[bound.start] = (bound, module, name, local)

    def want_plain(self, bound: Bound, module: str, used: str) -> None:
        """See to it that `import module` stands where `bound` is imported; `used` is
        what of `bound` is used no more."""
        if not self._has(bound.statement, f"import {module}"):
            self._want(bound.statement, f"import {module}")
        if bound.written == used:
            self._idle[bound.start] = (bound, f"import {module}")

    def want_from(self, bound: Bound, module: str, name: str, local: str) -> None:
        """See to it that `from module import name` stands where `bound` does."""
        written = self._relative(bound.statement, module)
        text = f"from {written} import {name}"
        text += f" as {local}" if local != name else ""
        if not self._has(bound.statement, text):
            self._want(bound.statement, text)
        self._idle[bound.start] = (bound, text)

    def _want(self, statement: Statement, text: str) -> None:
        self._wanted.setdefault(statement.start, (statement, {}))[1][text] = None

    def _has(self, near: Statement, text: str) -> bool:
        """Whether the file's top, or the same block's scope, has that import already."""
        for one in self._names.statements:
            if one.line > near.line or not (one.is_top or one.scope is near.scope):
                continue
            if one.scope is not self._names.top and one.scope is not near.scope:
                continue
            if self._source.text[one.start : one.end] == text and one.is_top:
                return True
        return False

    # The edits

    def edits(self, gone: Collection[int]) -> list[Edit]:
        """All of it. `gone` are the offsets at which module names vanish."""
        found: list[Edit] = []
        for statement, module in self._modules.values():
            found.append(self._from(statement, module))
        for bound, length, new in self._plain.values():
            found += self._changed_plain(bound, length, new, gone)
        for moved in self._moved.values():
            found += self._changed_names(list(moved.values()))
        for statement, texts in self._wanted.values():
            found += self._come(statement, list(texts), gone)
        return found

    def _from(self, statement: Statement, module: str) -> Edit:
        """The edit of the module after `from`."""
        start, end = statement.module_at
        text = self._source.text
        before = "" if text[start - 1].isspace() else " "
        after = "" if text[end : end + 1].isspace() or text[end] == "\\" else " "
        return Edit(start, end, before + self._relative(statement, module) + after)

    def _relative(self, statement: Statement, module: str) -> str:
        """`module` as the statement writes its own: by dots, where that is possible."""
        if not statement.level:
            return module
        parts = self._file.split(".")
        package = parts if self._is_package else parts[:-1]
        if not package:
            return module
        for up in range(len(package)):
            base = ".".join(package[: len(package) - up])
            if f"{base}." in self._prefixes:
                break  # no package: dots do not lead out of a source root
            if module == base or module.startswith(f"{base}."):
                return "." * (up + 1) + module[len(base) + 1 :]
        return without_root(module, self._prefixes)

    def _changed_plain(
        self, bound: Bound, length: int, new: str, gone: Collection[int]
    ) -> list[Edit]:
        text = new
        if not bound.has_alias and new.split(".", 1)[0] != bound.local:
            others = [
                other
                for other in self._names.imports_of(bound.local)
                if other.start not in self._plain
            ]
            mentions = self._names.mentions.get(bound.local, ())
            if not others and any(at not in gone for at, _ in mentions):
                text = f"{bound.local}, {new}"
        return [Edit(bound.start, bound.start + length, text)]

    def _changed_names(self, moved: list[tuple[Bound, str, str, str]]) -> list[Edit]:
        """Names of one `from` statement that come from elsewhere, or are renamed."""
        statement = moved[0][0].statement
        going: list[tuple[Bound, str, str, str]] = []
        edits: list[Edit] = []
        modules = {module for _, module, _, _ in moved}
        stays = len(moved) == len(statement.names) and len(modules) == 1
        for bound, module, name, local in moved:
            if stays or module == statement.module:
                edits.append(self._renamed(bound, name, local))
            else:
                going.append((bound, module, name, local))
        if stays and moved[0][1] != statement.module:
            return [self._from(statement, moved[0][1]), *edits]
        if going:
            edits += self._split(statement, going)
        return edits

    def _renamed(self, bound: Bound, name: str, local: str) -> Edit:
        return Edit(bound.start, bound.stop, _imported(name, local))

    def _split(
        self, statement: Statement, going: list[tuple[Bound, str, str, str]]
    ) -> list[Edit]:
        """Take names out of a statement and import them in one of their own."""
        edits: list[Edit] = []
        comments: dict[str, list[str]] = {}
        by_module: dict[str, list[str]] = {}
        indexes = {statement.names.index(bound) for bound, _, _, _ in going}
        for index, (start, end) in self.removals(statement, indexes):
            edits.append(Edit(start, end, ""))
            module = next(m for b, m, _, _ in going if b is statement.names[index])
            said = _COMMENT.findall(self._source.text[start:end])
            comments.setdefault(module, []).extend(said)
        for _, module, name, local in going:
            by_module.setdefault(module, []).append(_imported(name, local))
        texts: list[str] = []
        for module, names in by_module.items():
            remarks = "  ".join(comments.get(module, ()))
            written = self._relative(statement, module)
            text = f"from {written} import {', '.join(names)}"
            texts.append(f"{text}  {remarks}" if remarks else text)
        return [*edits, *self._after(statement, texts)]

    def removals(
        self, statement: Statement, indexes: Collection[int]
    ) -> list[tuple[int, tuple[int, int]]]:
        """Which characters go with each name that leaves, its comma among them."""
        names = statement.names
        kept = [i for i in range(len(names)) if i not in indexes]
        found: list[tuple[int, tuple[int, int]]] = []
        for index in sorted(indexes):
            lines = self._own_lines(statement, index)
            if lines is not None:
                found.append((index, lines))
            elif index < kept[-1]:
                found.append((index, (names[index].start, names[index + 1].start)))
            else:
                found.append((index, (names[index - 1].stop, names[index].stop)))
        return found

    def _own_lines(self, statement: Statement, index: int) -> tuple[int, int] | None:
        """The lines of a name in parentheses that has them for itself."""
        node = statement.node
        if not isinstance(node, cst.ImportFrom) or node.lpar is None:
            return None
        bound = statement.names[index]
        text = self._source.text
        start = max(text.rfind("\n", 0, bound.start), text.rfind("\r", 0, bound.start))
        start += 1
        if text[start : bound.start].strip() or start <= statement.start:
            return None
        found = re.compile(r"[ \t]*,?[ \t]*(?:#[^\r\n]*)?(?:\r\n|\r|\n)").match(
            text, bound.stop
        )
        if found is None:
            return None
        return start, found.end()

    def _come(
        self, statement: Statement, texts: list[str], gone: Collection[int]
    ) -> list[Edit]:
        """New imports beside one that was there, or in its place if it is idle now."""
        idle = [self._idle[b.start] for b in statement.names if b.start in self._idle]
        if len(idle) == len(statement.names) == len(texts) == 1:
            bound, text = idle[0]
            mentions = self._names.mentions.get(bound.local, ())
            alone = len(self._names.imports_of(bound.local)) == 1
            is_used = any(at not in gone for at, _ in mentions)
            is_used |= any(text == bound.local for _, _, text in self._names.strings)
            if alone and not is_used and not self._is_package:
                return [Edit(statement.start, statement.end, text)]
        if statement.start in {b.statement.start for b, _, _ in self._plain.values()}:
            changed = {new for _, _, new in self._plain.values()}
            texts = [t for t in texts if t.removeprefix("import ") not in changed]
        return self._after(statement, texts)

    def _after(self, statement: Statement, texts: list[str]) -> list[Edit]:
        """Statements put after one that is there."""
        if not texts:
            return []
        text = self._source.text
        start = max(
            text.rfind("\n", 0, statement.start), text.rfind("\r", 0, statement.start)
        )
        indent = text[start + 1 : statement.start]
        if not statement.is_alone or indent.strip():
            said = "; ".join(_COMMENT.sub("", each).rstrip() for each in texts)
            return [Edit(statement.end, statement.end, f"; {said}")]
        end = _LINE_END.search(text, statement.end)
        if end is None:
            first = _LINE_END.search(text)
            newline = first.group() if first else "\n"
            said = "".join(f"{newline}{indent}{each}" for each in texts)
            return [Edit(len(text), len(text), said)]
        said = "".join(f"{indent}{each}{end.group()}" for each in texts)
        return [Edit(end.end(), end.end(), said)]


def _imported(name: str, local: str) -> str:
    return name if name == local else f"{name} as {local}"
