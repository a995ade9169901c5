"""Tricks that a repository or an environment plays on git, and the setting that ends each.

Every trick is played twice: it fails as things are, and works once its setting is taken
out. So no setting is there for nothing, and none can be lost unseen.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from backout.core import git as module
from backout.core.errors import BackoutError
from backout.core.git import Git
from support.repository import Repository

Trick = Callable[[Repository], bool]
"""Prepare and play; whether it worked."""


def _script(path: Path, ran: Path, *more: str) -> str:
    """A program that leaves the file `ran` behind; its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(["#!/bin/sh", f"touch '{ran}'", *more, ""]))
    path.chmod(0o755)
    return str(path)


def _swap_a_blob(repo: Repository) -> bool:
    repo.commit({"a.py": "legacy\n"})
    real = repo.git("rev-parse", "HEAD:a.py")
    other = repo.git("hash-object", "-w", "--stdin", data=b"harmless\n")
    repo.git("replace", real, other)
    with Git.find(repo.path) as git:
        return git.blob(real) == b"harmless\n"


def _give_a_commit_other_parents(repo: Repository) -> bool:
    first = repo.commit({"a.py": "1\n"})
    legacy = repo.commit({"a.py": "legacy\n"})
    repo.git("checkout", "-q", "--detach", first)
    other = repo.commit({"b.py": "1\n"})
    repo.write({".git/info/grafts": f"{other} {legacy}\n"})
    with Git.find(repo.path) as git:
        base = git.run("merge-base", legacy, other).decode().strip()
    return base == legacy


def _rewrite_the_index(repo: Repository) -> bool:
    repo.commit({"a.py": "1\n"})
    index = repo.path / ".git/index"
    old = time.time() - 100
    os.utime(repo.path / "a.py", (old, old))
    before = index.read_bytes()
    with Git.find(repo.path) as git:
        git.run("status", "--porcelain")
    return index.read_bytes() != before


def _hide_behind_pathspec_magic(repo: Repository) -> bool:
    repo.commit({":(exclude)*": "legacy\n", "a.py": "1\n"})
    with Git.find(repo.path) as git:
        return git.run("ls-files", "-z", "--", ":(exclude)*") != b":(exclude)*\0"


def _partial_clone(repo: Repository) -> tuple[Repository, str]:
    repo.commit({"a.py": "legacy\n"})
    oid = repo.git("rev-parse", "HEAD:a.py")
    repo.git("config", "uploadpack.allowFilter", "true")
    clone = Repository(repo.path.parent / "partial")
    clone.git("remote", "add", "origin", repo.path.as_uri())
    clone.git("config", "protocol.file.allow", "always")
    clone.git("fetch", "-q", "--filter=blob:none", "origin", "main")
    return clone, oid


def _fetch_while_reading(repo: Repository) -> bool:
    clone, oid = _partial_clone(repo)
    try:
        with Git.find(clone.path) as git:
            return git.blob(oid) == b"legacy\n"
    except BackoutError:
        return False


def _speak_another_language(repo: Repository) -> bool:
    with Git.find(repo.path) as git:
        return git.run("-c", "alias.say=!printenv LC_ALL", "say") != b"C\n"


def _run_the_file_watcher(repo: Repository) -> bool:
    repo.commit({"a.py": "1\n"})
    ran = repo.path.parent / "ran"
    watcher = _script(repo.path / ".git/watcher", ran, "printf '/\\0'")
    repo.git("config", "core.fsmonitor", watcher)
    with Git.find(repo.path) as git:
        git.run("ls-files", "-s", "-z")
    return ran.exists()


def _run_a_hook(repo: Repository) -> bool:
    commit = repo.commit({"a.py": "1\n"})
    ran = repo.path.parent / "ran"
    _script(repo.path / ".git/hooks/reference-transaction", ran)
    with Git.find(repo.path) as git:
        git.run("update-ref", "refs/heads/other", commit)
    return ran.exists()


def _run_a_signature_checker(repo: Repository) -> bool:
    commit = repo.commit({"a.py": "1\n"})
    head, _, message = repo.git("cat-file", "commit", commit).partition("\n\n")
    mark = "-----{} PGP SIGNATURE-----"
    signature = f"gpgsig {mark.format('BEGIN')}\n \n {mark.format('END')}"
    signed = f"{head}\n{signature}\n\n{message}\n".encode()
    oid = repo.git("hash-object", "-t", "commit", "-w", "--stdin", data=signed)
    ran = repo.path.parent / "ran"
    repo.git("config", "gpg.program", _script(repo.path / ".git/gpg", ran))
    repo.git("config", "log.showSignature", "true")
    with Git.find(repo.path) as git:
        git.run("log", "-1", "--format=%s", oid)
    return ran.exists()


def _decide_merges_by_the_machine(repo: Repository) -> bool:
    base = repo.commit({"a.py": "1\n"})
    ours = repo.commit({"a.py": "2\n"})
    repo.git("checkout", "-q", "--detach", base)
    theirs = repo.commit({"a.py": "3\n"})
    attributes = repo.path.parent / "attributes"
    attributes.write_text("* merge=union\n")
    repo.git("config", "core.attributesFile", str(attributes))
    with Git.find(repo.path) as git:
        return git.test("merge-tree", "--write-tree", ours, theirs)


def _stand_in_with_a_committed_repository(repo: Repository) -> bool:
    bare = Repository(repo.path / "vendor", "--bare")
    ran = repo.path.parent / "ran"
    bare.git("config", "core.bare", "false")
    bare.git("config", "core.worktree", str(repo.path / "vendor"))
    bare.git("config", "core.fsmonitor", _script(bare.path / "watcher", ran))
    try:
        with Git.find(bare.path) as git:
            return git.directory == bare.path
    except BackoutError:
        return False


def _search_a_submodule(repo: Repository) -> bool:
    inner = Repository(repo.path / "inner")
    inner.commit({"a.py": "legacy\n"})
    repo.git("add", "inner", ".")
    repo.commit({"b.py": "1\n"})
    module = f'[submodule "inner"]\n path = inner\n url = {inner.path}\n'
    repo.commit({".gitmodules": module})
    repo.git("submodule", "-q", "init")
    repo.git("config", "submodule.recurse", "true")
    with Git.find(repo.path) as git:
        found = git.run("grep", "--cached", "-l", "legacy", codes=(0, 1))
    return found == b"inner/a.py\n"


SET: dict[str, Trick] = {
    "GIT_NO_REPLACE_OBJECTS": _swap_a_blob,
    "GIT_GRAFT_FILE": _give_a_commit_other_parents,
    "GIT_OPTIONAL_LOCKS": _rewrite_the_index,
    "GIT_LITERAL_PATHSPECS": _hide_behind_pathspec_magic,
    "GIT_ALLOW_PROTOCOL": _fetch_while_reading,
    "LC_ALL": _speak_another_language,
}
SETTINGS: dict[str, Trick] = {
    "core.fsmonitor": _run_the_file_watcher,
    "core.hooksPath": _run_a_hook,
    "log.showSignature": _run_a_signature_checker,
    "core.attributesFile": _decide_merges_by_the_machine,
    "safe.bareRepository": _stand_in_with_a_committed_repository,
    "submodule.recurse": _search_a_submodule,
}


def test_every_setting_has_a_trick() -> None:
    assert SET.keys() == module.ENVIRONMENT.keys()
    assert SETTINGS.keys() == module.SETTINGS.keys()


@pytest.mark.parametrize("is_set", [True, False], ids=["with it", "without it"])
@pytest.mark.parametrize("name", SET)
def test_environment_ends_a_trick(
    repo: Repository, monkeypatch: pytest.MonkeyPatch, name: str, is_set: bool
) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    if not is_set:
        monkeypatch.delitem(module.ENVIRONMENT, name)
    assert SET[name](repo) is not is_set


@pytest.mark.parametrize("is_set", [True, False], ids=["with it", "without it"])
@pytest.mark.parametrize("name", SETTINGS)
def test_setting_ends_a_trick(
    repo: Repository, monkeypatch: pytest.MonkeyPatch, name: str, is_set: bool
) -> None:
    if not is_set:
        monkeypatch.delitem(module.SETTINGS, name)
    assert SETTINGS[name](repo) is not is_set


def _a_file_is_deleted(repo: Repository) -> bytes:
    with Git.find(repo.path) as git:
        return git.run("diff", "HEAD")


def _list_files(repo: Repository) -> bytes:
    with Git.find(repo.path) as git:
        return git.run("ls-tree", "-r", "--name-only", "HEAD")


def _untracked(repo: Repository) -> bytes:
    with Git.find(repo.path) as git:
        return git.run("ls-files", "-o")


# A variable that would change what git does, its values (OUTSIDE is a folder that holds
# another repository, RAN is a program that tells on itself), and what is asked of git.
HOSTILE: list[tuple[str, dict[str, str], Callable[[Repository], bytes]]] = [
    ("another repository", {"GIT_DIR": "OUTSIDE/.git"}, _list_files),
    ("another work tree", {"GIT_WORK_TREE": "OUTSIDE"}, _untracked),
    ("another object store", {"GIT_OBJECT_DIRECTORY": "OUTSIDE"}, _list_files),
    (
        "a program that shows differences",
        {"GIT_EXTERNAL_DIFF": "RAN"},
        _a_file_is_deleted,
    ),
    (
        "a program from counted configuration",
        {
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "diff.external",
            "GIT_CONFIG_VALUE_0": "RAN",
        },
        _a_file_is_deleted,
    ),
    (
        "a program from quoted configuration",
        {"GIT_CONFIG_PARAMETERS": "'diff.external'='RAN'"},
        _a_file_is_deleted,
    ),
    ("a trace written over a file", {"GIT_TRACE": "OUTSIDE/trace"}, _list_files),
]


@pytest.fixture
def outside(repo: Repository) -> Repository:
    """Another repository, beside one that has a change in its work tree."""
    repo.commit({"a.py": "1\n", "b.py": "1\n"})
    repo.write({"b.py": "2\n", "new.py": ""})
    outside = Repository(repo.path.parent / "outside")
    outside.commit({"other.py": "1\n"})
    outside.write({"stranger.py": ""})
    return outside


@pytest.mark.parametrize("scrubbed", [True, False], ids=["scrubbed", "kept"])
@pytest.mark.parametrize(
    ("variables", "ask"),
    [pytest.param(case[1], case[2], id=case[0]) for case in HOSTILE],
)
def test_a_variable_cannot_bring(
    repo: Repository,
    outside: Repository,
    monkeypatch: pytest.MonkeyPatch,
    variables: dict[str, str],
    ask: Callable[[Repository], bytes],
    scrubbed: bool,
) -> None:
    ran = repo.path.parent / "ran"
    program = _script(outside.path / "program", ran)
    outside_before = sorted(outside.path.iterdir())
    expected = ask(repo)
    for name, value in variables.items():
        value = value.replace("RAN", program).replace("OUTSIDE", str(outside.path))
        monkeypatch.setenv(name, value)
    if not scrubbed:
        monkeypatch.setattr(module, "KEPT", module.KEPT | variables.keys())
    try:
        answer = ask(repo)
    except BackoutError:
        answer = b"cannot decide"
    untouched = sorted(outside.path.iterdir()) == outside_before and not ran.exists()
    assert (answer == expected and untouched) is scrubbed


def _index(repo: Repository) -> bytes:
    with Git.find(repo.path) as git:
        return git.run("ls-files", "--cached")


def _author(repo: Repository) -> bytes:
    return _ident(repo, "GIT_AUTHOR_IDENT")


def _committer(repo: Repository) -> bytes:
    return _ident(repo, "GIT_COMMITTER_IDENT")


def _ident(repo: Repository, name: str) -> bytes:
    """Who, and on which day: the second may change between two questions."""
    with Git.find(repo.path) as git:
        who, seconds, _ = git.run("var", name).rsplit(b" ", 2)
    return b"%s %d" % (who, int(seconds) // 86_400)


def _setting(repo: Repository) -> bytes:
    with Git.find(repo.path) as git:
        return git.run("config", "--get", "user.nickname", codes=(0, 1))


def _above(repo: Repository) -> bytes:
    inner = repo.path / "folder"
    inner.mkdir(exist_ok=True)
    try:
        with Git.find(inner) as git:
            return str(git.top).encode()
    except BackoutError:
        return b"none"


# What is kept on purpose: a value, and something it decides.
WANTED: dict[str, tuple[str, Callable[[Repository], bytes]]] = {
    "GIT_INDEX_FILE": ("OUTSIDE/.git/index", _index),
    "GIT_CONFIG_GLOBAL": ("OUTSIDE/.git/config", _setting),
    "GIT_CONFIG_SYSTEM": ("OUTSIDE/.git/config", _setting),
    "GIT_CONFIG_NOSYSTEM": ("1", _setting),
    "GIT_CEILING_DIRECTORIES": ("REPO", _above),
    "GIT_AUTHOR_NAME": ("Grace", _author),
    "GIT_AUTHOR_EMAIL": ("grace@example.org", _author),
    "GIT_AUTHOR_DATE": ("2001-01-01T00:00:00Z", _author),
    "GIT_COMMITTER_NAME": ("Grace", _committer),
    "GIT_COMMITTER_EMAIL": ("grace@example.org", _committer),
    "GIT_COMMITTER_DATE": ("2001-01-01T00:00:00Z", _committer),
}


def test_every_kept_variable_has_a_reason() -> None:
    assert WANTED.keys() == module.KEPT


@pytest.mark.parametrize("kept", [True, False], ids=["kept", "scrubbed"])
@pytest.mark.parametrize("name", WANTED)
def test_a_variable_still_decides(
    repo: Repository,
    outside: Repository,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    kept: bool,
) -> None:
    outside.git("config", "user.nickname", "Ada")
    repo.git("config", "user.email", "from-configuration@example.org")
    value, ask = WANTED[name]
    value = value.replace("OUTSIDE", str(outside.path)).replace("REPO", str(repo.path))
    if name == "GIT_CONFIG_NOSYSTEM":
        monkeypatch.setenv("GIT_CONFIG_SYSTEM", str(outside.path / ".git/config"))
    monkeypatch.delenv(name, raising=False)
    if name == "GIT_CONFIG_SYSTEM":
        monkeypatch.delenv("GIT_CONFIG_NOSYSTEM")
    if not kept:
        monkeypatch.setattr(module, "KEPT", module.KEPT - {name})
    without = ask(repo)
    monkeypatch.setenv(name, value)
    assert (ask(repo) != without) is kept


def test_a_call_that_is_meant_to_reach_a_remote_does(repo: Repository) -> None:
    clone, oid = _partial_clone(repo)
    with Git.find(clone.path) as git:
        assert git.run("cat-file", "blob", oid, extra=module.NETWORK) == b"legacy\n"
