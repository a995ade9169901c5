"""Random histories in which a phase lands among other work, for Hypothesis."""

from __future__ import annotations

from typing import NamedTuple

from hypothesis import strategies as st

from support.repository import Repository

POLICY = """\
version: 1
default-branch: main
severities:
  P0: {action: revert, within: 5m}
migrations:
  shop:
    title: New shop
    baseline: migration-start
    forbid:
      - {symbol: old.sell, from-phase: "1", severity: {tests: error}}
      - {path: old.py, from-phase: "1"}
    guards: [guard.sh]
    phases:
      - {id: "1", title: The till, paths: ["p*"], re-enable: {require: [Root cause fixed]}}
      - {id: "2", title: The books}
"""

OLD = "import old\n\nold.sell()\n"
NEW = "import new\n\nnew.sell()\n"

_PHASE = ("p0.py", "p1", "d/p2")
_REST = ("r0", "d/r1", "n\N{SNOWMAN}w")
_LINES = tuple(f"line {n}\n" for n in range(8))


class Landed(NamedTuple):
    """One commit: whether it is the phase's, and the files that it writes."""

    is_phase: bool
    files: dict[str, str | None]


@st.composite
def landings(draw: st.DrawFn) -> list[Landed]:
    """Commits of a phase and of other work, which never touches the phase's files.

    The first one of the phase moves `use.py` from the old name to the new one.
    """
    commits = [
        Landed(True, {"use.py": NEW, "old.py": None, "new.py": "sell = print\n"})
    ]
    for _ in range(draw(st.integers(0, 5))):
        is_phase = draw(st.booleans())
        paths = draw(
            st.lists(
                st.sampled_from(_PHASE if is_phase else _REST), min_size=1, unique=True
            )
        )
        lines = st.lists(st.sampled_from(_LINES), max_size=6).map("".join)
        commits.append(Landed(is_phase, {path: draw(lines) for path in paths}))
    return commits


def build(repo: Repository, landings: list[Landed]) -> None:
    """The history on `main`, checked out, made in one go."""
    stream: list[bytes] = []
    start: dict[str, str | None] = {
        "backout.yaml": POLICY, "use.py": OLD, "old.py": "sell = print\n",
        "guard.sh": "! grep -r old.sell src\n", "p1": "line 0\nline 1\n",
    }  # fmt: skip
    everything = [Landed(False, start), *landings]
    for number, landed in enumerate(everything):
        trailer = "\n\nBackout-Phase: shop/1" if landed.is_phase else ""
        message = f"Change {number}{trailer}\n".encode()
        stream.append(b"commit refs/heads/main\n")
        stream.append(b"committer Ada <ada@example.org> %d +0000\n" % (10**9 + number))
        stream.append(b"data %d\n%s\n" % (len(message), message))
        for path, text in sorted(landed.files.items()):
            if text is None:
                stream.append(f'D "{path}"\n'.encode())
            else:
                data = text.encode()
                stream.append(f'M 100644 inline "{path}"\n'.encode())
                stream.append(b"data %d\n%s\n" % (len(data), data))
        stream.append(b"\n")
        if number == 0:
            stream.append(b"reset refs/tags/migration-start\nfrom refs/heads/main\n\n")
    repo.git("fast-import", "--quiet", "--force", data=b"".join(stream))
    repo.git("reset", "-q", "--hard", "main")
