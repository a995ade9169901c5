"""What a repository tells about itself, as far as a first policy needs it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from ...core.escape import visible
from ...core.git import Git
from ...core.policy.names import wrong_path, wrong_ref
from ...core.tree import Tree
from ...core.work_tree import WorkTree

# The usual names of rollback plans, as whole words of a Markdown file's name.
_PLAN = re.compile(
    r"(^|[/_. -])(roll[_ -]?back|back[_ -]?out|run[_ -]?book"
    r"|(revert|recovery)[_ -](plan|procedure))s?"
    r"([_. -][^/]*)?\.(md|markdown|rst)$",
    re.IGNORECASE,
)
_OWNERS = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
_OWNER = re.compile(r"@[\w.-]+(?:/[\w.-]+)?")
_MOST = 20


class Found(NamedTuple):
    """What was found. `branch` is "" where nothing says which one is the default;
    `tags` are the newest first."""

    roots: tuple[str, ...]
    branch: str
    plans: tuple[str, ...]
    tags: tuple[str, ...]
    workflows: tuple[str, ...]
    owners: tuple[str, ...]

    def said(self) -> str:
        """One clause for people: "source root src, default branch main, ..."."""
        roots = f"source root{'s' * (len(self.roots) > 1)} {', '.join(self.roots)}"
        branch = f"default branch {self.branch or 'not known'}"
        names = ", ".join(self.plans[:3]) + (", ..." if len(self.plans) > 3 else "")
        plans = f"{_count(self.plans, 'plan')} found" + (f" ({names})" if names else "")
        return visible(f"{roots}, {branch}, {plans}, {_count(self.tags, 'tag')}")


def survey(git: Git) -> Found:
    """What the work tree and the refs of `git` tell. Nothing of it is run."""
    tree = WorkTree(git)
    files = [path for path, entry in tree.entries.items() if entry.is_file]
    named = [path for path in files if not wrong_path(path)]
    return Found(
        roots=source_roots(named),
        branch=_default_branch(git),
        plans=tuple(sorted(filter(_PLAN.search, named), key=_near)[:_MOST]),
        tags=_tags(git),
        workflows=tuple(
            sorted(p for p in named if re.match(r"\.github/workflows/[^/]+\.ya?ml$", p))
        ),
        owners=_owners(tree),
    )


def source_roots(files: Iterable[str]) -> tuple[str, ...]:
    """The folders that modules are imported from, the one with most packages first.

    A package's root is the folder above its topmost `__init__.py`. A `src` folder with
    Python in it is one too, and the top where there is no other.
    """
    python = [path for path in files if path.endswith(".py")]
    packages = {path.rpartition("/")[0] for path in python if "__init__.py" in path}
    found: Counter[str] = Counter()
    for package in packages:
        above = package.rpartition("/")[0]
        if package and above not in packages and not _is_aside(package):
            found[above or "."] += 1
    if any(path.startswith("src/") for path in python):
        found["src"] += 1
    return tuple(root for root, _ in found.most_common(8)) or (".",)


def _is_aside(package: str) -> bool:
    """Whether it is a folder of tests, docs or examples rather than of source."""
    aside = {"test", "tests", "docs", "doc", "examples", "scripts", "tools", "fixtures"}
    return not aside.isdisjoint(package.split("/"))


def _near(path: str) -> tuple[bool, int, str]:
    """The likeliest plan first: one whose name begins so, then the nearest the top."""
    return not _PLAN.match(path.rpartition("/")[2]), path.count("/"), path


def _default_branch(git: Git) -> str:
    """What the remote calls its default; else the usual names; else what is out now."""
    head = _line(git, "symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD")
    if head:
        return _ref(head.removeprefix("origin/"))
    for name in ("main", "master", "trunk", "develop"):
        if git.test("rev-parse", "--verify", "--quiet", f"refs/heads/{name}"):
            return name
    return _ref(_line(git, "symbolic-ref", "--quiet", "--short", "HEAD"))


def _tags(git: Git) -> tuple[str, ...]:
    listed = git.run(
        "for-each-ref", "--sort=-creatordate", "--format=%(refname:short)", "refs/tags"
    )
    names = listed.decode("utf-8", "replace").splitlines()
    return tuple(name for name in names if _ref(name))


def _line(git: Git, *args: str) -> str:
    return git.run(*args, codes=(0, 1)).decode("utf-8", "replace").strip()


def _ref(name: str) -> str:
    return name if name.isprintable() and not wrong_ref(name) else ""


def _owners(tree: Tree) -> tuple[str, ...]:
    """Who owns every file, or this one, by the last line of CODEOWNERS that says so."""
    entries: Mapping[str, object] = tree.entries
    for path in _OWNERS:
        if path not in entries:
            continue
        lines = tree.read(path).decode("utf-8", "replace").splitlines()
        for line in reversed(lines):
            pattern, _, names = line.split("#")[0].strip().partition(" ")
            if pattern in ("*", "/backout.yaml", "backout.yaml"):
                return tuple(dict.fromkeys(_OWNER.findall(names)))
    return ()


def _count(things: tuple[str, ...], noun: str) -> str:
    return f"{len(things)} {noun}{'' if len(things) == 1 else 's'}"
