"""Judges one file: its bytes in, its uses out. It runs in a worker process."""

from __future__ import annotations

from importlib import import_module

from .answer import Answer, Found
from .naming import Names, physical
from .public import public_names
from .reducing import Kept, kept, whole
from .source import NotPython, text_of


def load() -> None:
    """Called before libcst is imported: a worker has its own way."""


def prepare() -> None:
    """Import now what judging will need: libcst takes its time."""
    load()
    import_module(".resolver", __package__)
    import_module(".parsing", __package__)


def judge(path: str, data: bytes, names: Names, public: bool = False) -> Answer:
    """Judge the file `path`; with `public`, say what a star import of it binds."""
    file, is_package = physical(path)
    wants: set[str] = set()
    try:
        text = text_of(data)
    except NotPython as why:
        return Answer([], {}, [], str(why))
    try:
        answer = _judged(text, names, file, is_package, wants)
        if public:
            return answer._replace(public=public_names(text, file, is_package))
        return answer
    except RecursionError:
        return Answer([], {}, [], "it is nested too deeply")
    except MemoryError:
        return Answer([], {}, [], "it needs more memory than there is")


def _judged(
    text: str, names: Names, file: str, is_package: bool, wants: set[str]
) -> Answer:
    exports: dict[str, str] = {}
    left = kept(text, names, file, is_package, wants, exports)
    if left is None:
        return Answer([], exports, sorted(wants))
    answer = convict(left, text, names, file, is_package, wants)
    return answer._replace(exports={**exports, **answer.exports})


def convict(
    left: Kept, text: str, names: Names, file: str, is_package: bool, wants: set[str]
) -> Answer:
    """Judge what was not cleared, on libcst's tree."""
    load()
    import libcst as cst

    from .parsing import parsed
    from .resolver import Resolver
    from .spans import Spans

    try:
        module = parsed(left)
    except cst.ParserSyntaxError as error:
        if left.text != text:
            # Cutting may not break a file that is whole.
            return convict(whole(text), text, names, file, is_package, wants)
        spot = (left.lines[error.editor_line - 1], error.editor_column)
        return Answer([], {}, [], "it does not parse", spot)
    except (RecursionError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001  # what a parser raises is no bug of ours
        return Answer([], {}, [], f"the parser fails at it: {type(error).__name__}")
    resolver = Resolver(names, file, is_package)
    resolver.has_walrus = ":=" in left.text
    resolver.has_type_comments = "type:" in left.text
    resolver.run(module)
    hits = list(resolver.hits.values())
    spans = Spans(module, left, resolver.met, hits) if hits else None
    uses: list[Found] = []
    for hit in hits:
        assert spans is not None
        span, inner = spans.of(hit)
        line = spans.line(hit.origin)
        bound_at = 0 if line == span.line else line
        uses.append(Found(hit.target, span, hit.via, hit.dotted, inner, bound_at))
    wants |= resolver.wants
    return Answer(uses, resolver.exports, sorted(wants))
