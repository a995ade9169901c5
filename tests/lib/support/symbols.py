"""Cases of the symbol check: files in which «marks» stand around what must be found.

A case is stripped of its marks, judged, and marked again where the check found
something: a case that fails shows both texts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from backout.checks import forbidden_symbol
from backout.core import change as changes
from backout.core.change import Change
from backout.core.finding import Finding, Place
from backout.core.policy import Forbid, Migration, Phase, Policy
from backout.core.tree import MemoryTree

OPEN, CLOSE = "«»"

Files = Mapping[str, str]

LEGACY = Forbid(
    symbol="services.ai_service.AIService",
    use="services.v2.AIService",
    from_phase="3",
)
MODULE = Forbid(module="services.ai_service")
METHOD = Forbid(symbol="services.ai_service.AIService.set_mode")

# What lies beside a case's own files: the legacy class at home, and what replaces it.
WORLD = {
    "src/services/__init__.py": "",
    "src/services/ai_service.py": """\
class AIService:
    def set_mode(self, mode): ...
    def run(self): return self.set_mode(1)
    @classmethod
    def make(cls): return cls()
def helper(): return AIService()
""",
    "src/services/v2.py": """\
class AIService:
    def set_mode(self, mode): ...
def helper(): ...
""",
}


def policy_of(
    *forbid: Forbid, roots: Sequence[str] = ("src",), phases: Sequence[str] = ("3",)
) -> Policy:
    """A policy with one migration, `ai-v2`, that forbids this."""
    migration = Migration(
        id="ai-v2",
        title="AI service V2",
        forbid=forbid,
        phases=tuple(Phase(id=phase) for phase in phases),
    )
    return Policy(version=1, source_roots=tuple(roots), migrations={"ai-v2": migration})


def stripped(files: Files) -> dict[str, str]:
    """The files without their marks."""
    return {
        path: text.replace(OPEN, "").replace(CLOSE, "") for path, text in files.items()
    }


def judged(
    files: Mapping[str, str | bytes],
    *forbid: Forbid,
    roots: Sequence[str] = ("src",),
    world: Mapping[str, str] = WORLD,
) -> list[Finding]:
    """What the check finds in the whole tree of these files and the world's."""
    tree = MemoryTree({**world, **files})
    return findings_of(changes.whole(tree), *forbid, roots=roots)


def findings_of(
    change: Change, *forbid: Forbid, roots: Sequence[str] = ("src",)
) -> list[Finding]:
    """What the check finds in a change."""
    policy = policy_of(*(forbid or (LEGACY,)), roots=roots)
    return list(forbidden_symbol.check(change, policy))


def marked(files: Files, findings: Sequence[Finding]) -> dict[str, str]:
    """The files with marks around each finding, wherever it is; the world's too."""
    result = dict(files)
    for path in {finding.place.path for finding in findings}:
        text = result.get(path, "")
        starts = line_starts(text)
        marks: list[tuple[int, int, str]] = []
        for finding in findings:
            if finding.place.path == path:
                start, end = offsets(starts, finding.place)
                marks += [(start, 1, OPEN), (end, 0, CLOSE)]
        for offset, _, mark in sorted(marks, reverse=True):
            text = text[:offset] + mark + text[offset:]
        result[path] = text
    return result


def line_starts(text: str) -> list[int]:
    """Where the lines of `text` begin; LF, CRLF and CR end one, nothing else does."""
    starts = [0]
    for index, letter in enumerate(text):
        if letter == "\n" or (letter == "\r" and text[index + 1 : index + 2] != "\n"):
            starts.append(index + 1)
    return starts


def offsets(starts: Sequence[int], place: Place) -> tuple[int, int]:
    """Where a place begins and ends, counted in characters."""
    if not place.line:
        return 0, 0
    return (
        starts[place.line - 1] + place.column - 1,
        starts[place.end_line - 1] + place.end_column - 1,
    )
