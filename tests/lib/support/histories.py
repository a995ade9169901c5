"""Random histories for Hypothesis: edits, renames, modes, links, binaries, merges."""

from __future__ import annotations

from typing import NamedTuple

from hypothesis import strategies as st

from support.repository import Repository

File = tuple[str, bytes]  # mode, content
Files = dict[str, File]

_PATHS = ("a", "b", "d/a", "d/b", "d/e/c", "n\N{SNOWMAN}w ", "d")
_LINES = tuple(f"line {n}\n".encode() for n in range(12))


class Node(NamedTuple):
    """One commit: all its files, and the numbers of its parents."""

    files: Files
    parents: tuple[int, ...]


@st.composite
def histories(draw: st.DrawFn, least: int = 3, most: int = 9) -> list[Node]:
    """Commits, parents before children; the last one stands on all that matter."""
    nodes = [Node(draw(_start()), ())]
    tips = [0]
    for _ in range(draw(st.integers(least, most))):
        what = draw(st.sampled_from(("commit", "commit", "commit", "branch", "merge")))
        if what == "merge" and len(tips) > 1:
            other = tips.pop(draw(st.integers(1, len(tips) - 1)))
            theirs, base = nodes[other].files, nodes[0].files
            ours = nodes[tips[0]].files
            brought = {p: f for p, f in theirs.items() if base.get(p) != f}
            files = _fitting({**ours, **brought})
            nodes.append(Node(files, (tips[0], other)))
            tips[0] = len(nodes) - 1
            continue
        on = draw(st.integers(0, len(tips) - 1))
        nodes.append(Node(draw(_edited(nodes[tips[on]].files)), (tips[on],)))
        if what == "branch" and on == 0 and len(tips) < 3:
            tips.append(len(nodes) - 1)
        else:
            tips[on] = len(nodes) - 1
    # The mainline ends the list.
    nodes.append(Node(draw(_edited(nodes[tips[0]].files)), (tips[0],)))
    return nodes


def build(repo: Repository, nodes: list[Node]) -> list[str]:
    """The commits' ids, made in one go; `main` is the last one."""
    stream: list[bytes] = []
    for number, node in enumerate(nodes):
        ref = b"refs/heads/main" if number == len(nodes) - 1 else b"refs/made/x"
        stream.append(b"commit %s\nmark :%d\n" % (ref, number + 1))
        stream.append(b"committer Ada <ada@example.org> %d +0000\n" % (10**9 + number))
        stream.append(b"data 8\nchange \n\n")
        for at, parent in enumerate(node.parents):
            word = b"merge" if at else b"from"
            stream.append(b"%s :%d\n" % (word, parent + 1))
        stream.append(b"deleteall\n")
        for path, (mode, content) in sorted(node.files.items()):
            name = '"' + path.replace(" ", "\\040") + '"'
            stream.append(f"M {mode} inline {name}\n".encode())
            stream.append(b"data %d\n%s\n" % (len(content), content))
        if number < len(nodes) - 1:
            stream.append(b"\nreset refs/made/x\n\n")
    marks = repo.path / ".git" / "marks"
    repo.git(
        "fast-import", "--quiet", "--force", f"--export-marks={marks}",
        data=b"".join(stream),
    )  # fmt: skip
    rows = [line.split(" ") for line in marks.read_text().splitlines()]
    marks.unlink()
    ids = {int(mark[1:]): sha for mark, sha in rows}
    return [ids[number + 1] for number in range(len(nodes))]


@st.composite
def _start(draw: st.DrawFn) -> Files:
    files: Files = {}
    for path in draw(st.lists(st.sampled_from(_PATHS), min_size=1, unique=True)):
        files[path] = draw(_file())
    return _fitting(files)


@st.composite
def _file(draw: st.DrawFn) -> File:
    kind = draw(st.sampled_from(("text", "text", "text", "text", "binary", "link")))
    if kind == "link":
        return "120000", draw(st.sampled_from((b"a", b"../x")))
    if kind == "binary":
        return "100644", b"\0" + draw(st.binary(max_size=4))
    mode = draw(st.sampled_from(("100644", "100644", "100755")))
    return mode, b"".join(draw(st.lists(st.sampled_from(_LINES), max_size=12)))


@st.composite
def _edited(draw: st.DrawFn, files: Files) -> Files:
    """`files` after one commit."""
    new = dict(files)
    for _ in range(draw(st.integers(1, 2))):
        paths = sorted(new)
        what = draw(st.sampled_from(("lines", "lines", "lines", "add", "more")))
        if not paths or what == "add":
            new[draw(st.sampled_from(_PATHS))] = draw(_file())
        elif what == "lines":
            path = draw(st.sampled_from(paths))
            mode, content = new[path]
            lines = content.splitlines(keepends=True)
            if mode == "120000":
                new[path] = draw(_file())
                continue
            at = draw(st.integers(0, len(lines)))
            gone = draw(st.integers(0, 2))
            come = draw(st.lists(st.sampled_from(_LINES), max_size=2))
            new[path] = mode, b"".join([*lines[:at], *come, *lines[at + gone :]])
        else:
            path = draw(st.sampled_from(paths))
            mode, content = new.pop(path)
            where = draw(st.sampled_from((*_PATHS, None)))
            if where == path and mode != "120000":
                mode = "100755" if mode == "100644" else "100644"
            if where is not None:
                new[where] = mode, content
    return _fitting(new)


def _fitting(files: Files) -> Files:
    """Without files where folders are."""
    return {
        path: file
        for path, file in files.items()
        if not any(other.startswith(f"{path}/") for other in files)
    }
