"""The one place that talks to git: arguments in a list, bytes in, bytes out.

A repository is read as data. Nothing that it holds may run a program, change what is
read or hide a file, so each setting below names the trick that it ends, and
`tests/core/test_git_trust.py` plays that trick with the setting and without it. Callers
pass `-z` for lists of paths and `--` before them.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import IO, TYPE_CHECKING, Self

from .errors import CannotDecide, UsageError

if TYPE_CHECKING:
    from pathlib import Path

# What of git's environment the caller may keep. Everything else that begins with GIT_
# goes: GIT_DIR, GIT_EXTERNAL_DIFF, GIT_OBJECT_DIRECTORY, GIT_CONFIG_PARAMETERS and so
# on would point git elsewhere or make it run programs.
KEPT = frozenset(
    {
        # `git commit -a` and `git commit FILE` build the commit in another index.
        "GIT_INDEX_FILE",
        # Where the person's own configuration lies, and who they are.
        "GIT_CONFIG_GLOBAL",
        "GIT_CONFIG_SYSTEM",
        "GIT_CONFIG_NOSYSTEM",
        "GIT_CEILING_DIRECTORIES",
        "GIT_AUTHOR_NAME",
        "GIT_AUTHOR_EMAIL",
        "GIT_AUTHOR_DATE",
        "GIT_COMMITTER_NAME",
        "GIT_COMMITTER_EMAIL",
        "GIT_COMMITTER_DATE",
    }
)

ENVIRONMENT = {
    "GIT_NO_REPLACE_OBJECTS": "1",  # refs/replace/* swaps one blob for another
    # Grafts give a commit other parents. There can be no file of this name: git asks
    # for none then, where it would warn of an empty one.
    "GIT_GRAFT_FILE": f"{os.devnull}/none",
    "GIT_OPTIONAL_LOCKS": "0",  # reading must not refresh and rewrite the index
    "GIT_LITERAL_PATHSPECS": "1",  # a file may be called ":(exclude)*"
    "GIT_ALLOW_PROTOCOL": "",  # a partial clone would call its remote while we read
    "LC_ALL": "C",  # messages that we read are in one language
}

# For the calls of `core/remote.py`, which are meant to reach one.
NETWORK = {"GIT_ALLOW_PROTOCOL": "file:git:http:https:ssh"}

SETTINGS = {
    # Programs that a repository's configuration may name.
    "core.fsmonitor": "false",
    "core.hooksPath": os.devnull,
    "log.showSignature": "false",
    # One machine must compute what another one does: `* merge=union` decides merges.
    "core.attributesFile": os.devnull,
    # A committed bare repository is not the repository that was meant.
    "safe.bareRepository": "explicit",
    # A submodule is another repository: its files are not this one's.
    "submodule.recurse": "false",
}


# What to do where an object is missing. --refetch alone keeps to the filter.
FETCH = "a partial clone, or a damaged one. Try: git fetch --refetch --no-filter, or git fsck"

# How git says that a folder is in no work tree.
_NOWHERE = (
    "not a git repository (or any",
    "must be run in a work tree",
    "cannot use bare repository",
)

# How git says that it misses one.
_MISSING = ("unable to read", "not allowed", "promisor remote", "bad object", "missing")
_NO_GIT = "git is not installed, or not on the PATH"


class GitError(CannotDecide):
    """git ended with an exit code that was not expected.

    `code` is that exit code; `stderr` and `stdout` are what git said.
    """

    def __init__(
        self, args: Iterable[str], code: int, stderr: str, stdout: str = ""
    ) -> None:
        self.code = code
        self.stderr = stderr
        self.stdout = stdout
        first = stderr.strip().splitlines()[:1]
        said = first[0] if first else f"exit code {code}"
        if any(words in said for words in _MISSING):
            super().__init__(f"an object is not here ({said}): {FETCH}")
        else:
            super().__init__(f"git {' '.join(args)}: {said}")


def decode(path: bytes) -> str:
    """A path as git gives it, as text that `encode` takes back unchanged."""
    return path.decode("utf-8", "surrogateescape")


def encode(path: str) -> bytes:
    """A path as git wants it; the inverse of `decode`."""
    return path.encode("utf-8", "surrogateescape")


class Git:
    """One repository.

    `directory` is its git directory, `top` the root of the work tree, None for a bare
    one; `git_dir` and `root` are the same as text. Make one with `Git.find`.
    """

    def __init__(self, directory: str, root: str | None) -> None:
        self.git_dir = directory
        self.root = root
        self._environment = environment()
        self._environment["GIT_DIR"] = directory
        if root is not None:
            self._environment["GIT_WORK_TREE"] = root
        index = self._environment.get("GIT_INDEX_FILE")
        if index is not None:
            self._environment["GIT_INDEX_FILE"] = os.path.abspath(index)  # noqa: PTH100
        self._blobs: subprocess.Popen[bytes] | None = None
        self._begun: set[_Begun] = set()

    # A hook most often asks for none of them, and pathlib's import is felt.

    @cached_property
    def directory(self) -> Path:
        from pathlib import Path

        return Path(self.git_dir)

    @cached_property
    def top(self) -> Path | None:
        from pathlib import Path

        return None if self.root is None else Path(self.root)

    @classmethod
    def find(cls, start: str | os.PathLike[str] = ".", *, bare: bool = False) -> Git:
        """The repository that holds the folder `start`.

        With `bare`, `start` may be a bare repository itself. Raises UsageError where
        there is none.
        """
        try:
            answer = _run(
                ["rev-parse", "--absolute-git-dir", "--show-toplevel"],
                environment=environment(),
                folder=os.fspath(start),
            )
        except GitError as error:
            from pathlib import Path

            try:
                directory = Path(start).absolute()
            except FileNotFoundError as gone:
                raise UsageError(
                    "the folder that you are in is not there any more: cd to another"
                ) from gone
            if bare and (directory / "HEAD").is_file():
                return cls(str(directory), None)
            if "dubious ownership" in error.stderr:
                raise UsageError(
                    f"{directory} belongs to another user, so git does not read it. "
                    f"If you trust it: git config --global --add safe.directory "
                    f"{directory}"
                ) from error
            if not any(words in error.stderr for words in _NOWHERE):
                said = " ".join(error.stderr.split()).removeprefix("fatal: ")
                raise UsageError(
                    f"git cannot read the repository of {directory}: {said}"
                ) from error
            raise UsageError(
                f"{directory} is not inside a git repository with a work tree"
            ) from error
        lines = os.fsdecode(answer).split("\n")
        if len(lines) != 3:
            raise UsageError("the name of the repository's folder holds a line end")
        return cls(lines[0], lines[1])

    def run(
        self,
        *args: str,
        data: bytes | None = None,
        codes: tuple[int, ...] = (0,),
        extra: Mapping[str, str] | None = None,
        seconds: float | None = None,
    ) -> bytes:
        """What `git ARGS` prints, with `data` on its standard input.

        `extra` are environment variables for this call alone. Raises GitError where the
        exit code is not among `codes`, or no end came within `seconds`.
        """
        env = {**self._environment, **extra} if extra else self._environment
        return _run(
            args,
            environment=env,
            folder=self._folder,
            data=data,
            codes=codes,
            seconds=seconds,
        )

    @property
    def _folder(self) -> str:
        return self.git_dir if self.root is None else self.root

    def test(self, *args: str) -> bool:
        """Whether `git ARGS` ends with 0; 1 is no, anything else raises GitError."""
        try:
            self.run(*args)
        except GitError as error:
            if error.code == 1:
                return False
            raise
        return True

    def begin(
        self, *args: str, data: bytes = b"", codes: tuple[int, ...] = (0,)
    ) -> Callable[[], bytes]:
        """Start `git ARGS` with `data` on its standard input, and go on meanwhile.

        What is returned waits for its end and says what it printed, as often as it is
        asked; it raises as `run`.
        """
        begun = _Begun(data)
        try:
            begun.process = self._start(args, *begun.files)
        except FileNotFoundError as error:
            begun.close()
            raise CannotDecide(_NO_GIT) from error
        self._begun.add(begun)

        def end() -> bytes:
            code, stdout, stderr = begun.end()
            self._begun.discard(begun)
            if code not in codes:
                said, printed = (x.decode("utf-8", "replace") for x in (stderr, stdout))
                raise GitError(args, code, said, printed)
            return stdout

        return end

    def _start(
        self,
        args: Iterable[str],
        stdin: int | IO[bytes] = subprocess.PIPE,
        stdout: int | IO[bytes] = subprocess.PIPE,
        stderr: int | IO[bytes] = subprocess.DEVNULL,
    ) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            _command(self._folder, args),
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            env=self._environment,
        )

    def resolve(self, name: str, kind: str = "commit") -> str:
        """The object id of `name` peeled to `kind`. Raises CannotDecide if not here."""
        oid = self.find_object(name, kind)
        if oid is not None:
            return oid
        if kind == "tree" and self.find_object(name) is not None:
            raise CannotDecide(_unreadable(f"the tree of {name}"))
        raise CannotDecide(self._missing(name))

    def find_object(self, name: str, kind: str = "commit") -> str | None:
        """The object id of `name` peeled to `kind`, None if it is not here."""
        if "\n" in name or "\0" in name:
            return None  # another request than was meant; no ref is called so
        requests, answers = self._batch()
        try:
            requests.write(encode(f"{name}^{{{kind}}}\n"))
            requests.flush()
        except BrokenPipeError:
            return None
        head = answers.readline().split()
        if len(head) != 3 or head[1] != kind.encode():
            return None  # "NAME missing", "NAME ambiguous"
        answers.read(int(head[2]) + 1)
        return head[0].decode("ascii")

    def is_shallow(self) -> bool:
        """Whether some history was left behind when this clone was made."""
        return self.run("rev-parse", "--is-shallow-repository").strip() == b"true"

    def _missing(self, name: str) -> str:
        if self.is_shallow():
            return (
                f"{name} is not here: this clone is shallow. In GitHub Actions: "
                f"actions/checkout with fetch-depth: 2 (or 0 for all of it)."
            )
        return f"{name} is not here: no commit, branch or tag of that name."

    def blobs(self, ids: Iterable[str]) -> Iterator[bytes]:
        """The contents of blobs, in the order of `ids`.

        Raises CannotDecide for one that cannot be read: a partial clone, or damage.
        """
        requests, answers = self._batch()
        batch: list[str] = []
        # A request is 65 bytes at most, a pipe holds 4096 at the least: with this few
        # on the way, git never waits for us while we wait for git.
        for oid in ids:
            batch.append(oid)
            if len(batch) == 50:
                yield from _answers(requests, answers, batch)
                batch.clear()
        yield from _answers(requests, answers, batch)

    def _batch(self) -> tuple[IO[bytes], IO[bytes]]:
        """The process that answers for objects: where to ask, and where to read."""
        process = self._blobs
        if process is None or process.poll() is not None:
            process = self._blobs = self._start(["cat-file", "--batch"])
        assert process.stdin is not None
        assert process.stdout is not None
        return process.stdin, process.stdout

    def blob(self, oid: str) -> bytes:
        """The content of one blob."""
        return next(self.blobs([oid]))

    def close(self) -> None:
        """End what runs: what was begun, and the process that reads blobs. The next read
        starts another."""
        while self._begun:
            self._begun.pop().close()
        if self._blobs is not None:
            for pipe in (self._blobs.stdin, self._blobs.stdout):
                if pipe is not None:
                    pipe.close()
            self._blobs.wait()
            self._blobs = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Begun:
    """A git that runs, with files for what it reads and prints.

    A pipe holds little: a thread would have to empty it, and while there is one, no
    worker can be a copy of this process.
    """

    def __init__(self, data: bytes) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self.ended: tuple[int, bytes, bytes] | None = None
        self.files = [_nameless() for _ in range(3)]
        self.files[0].write(data)
        self.files[0].seek(0)

    def end(self) -> tuple[int, bytes, bytes]:
        """Its exit code, and what it printed to the two streams."""
        if self.ended is None:
            assert self.process is not None
            code = self.process.wait()
            _, stdout, stderr = self.files
            for file in (stdout, stderr):
                file.seek(0)
            self.ended = code, stdout.read(), stderr.read()
            self.close()
        return self.ended

    def close(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
        for file in self.files:
            file.close()


def _nameless() -> IO[bytes]:
    """A file that nobody else finds and that goes with us: in memory, where that is."""
    if sys.platform != "linux":
        from tempfile import TemporaryFile

        return TemporaryFile()
    return os.fdopen(os.memfd_create("backout"), "w+b")


def version() -> str:
    """What `git --version` prints ("git version 2.47.0"), "" where there is no git."""
    try:
        answer = _run(["--version"], environment=environment(), folder=os.curdir)
    except CannotDecide:
        return ""
    return answer.decode("utf-8", "replace").strip()


def environment() -> dict[str, str]:
    """The environment that git runs in: the caller's, scrubbed."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_") or name in KEPT
    }
    return {**kept, **ENVIRONMENT}


def _command(folder: str, args: Iterable[str]) -> list[str]:
    settings = (f"{key}={value}" for key, value in SETTINGS.items())
    switches = (part for setting in settings for part in ("-c", setting))
    return ["git", *switches, "-C", folder, *args]


def _answers(
    requests: IO[bytes], answers: IO[bytes], ids: list[str]
) -> Iterator[bytes]:
    if not ids:
        return
    try:
        requests.write("".join(f"{oid}\n" for oid in ids).encode("ascii"))
        requests.flush()
    except BrokenPipeError as error:
        raise CannotDecide(_unreadable(f"object {ids[0]}")) from error
    contents: list[bytes] = []
    # All answers of a batch are read before any is handed on: a caller that stops
    # half-way must not leave the rest in the pipe for the next one.
    for oid in ids:
        head = answers.readline().split()
        if len(head) != 3 or head[1] == b"missing":
            raise CannotDecide(_unreadable(f"object {oid}"))
        contents.append(answers.read(int(head[2])))
        answers.read(1)
    yield from contents


def _unreadable(what: str) -> str:
    return f"{what} cannot be read: {FETCH}"


def _run(
    args: Iterable[str],
    *,
    environment: Mapping[str, str],
    folder: str,
    data: bytes | None = None,
    codes: tuple[int, ...] = (0,),
    seconds: float | None = None,
) -> bytes:
    arguments = list(args)
    try:
        done = subprocess.run(
            _command(folder, arguments),
            input=b"" if data is None else data,
            capture_output=True,
            env=environment,
            check=False,
            timeout=seconds,
        )
    except FileNotFoundError as error:
        raise CannotDecide(_NO_GIT) from error
    except subprocess.TimeoutExpired as error:
        said = f"no answer within {error.timeout:g} s"
        raise GitError(arguments, -1, said) from None
    if done.returncode not in codes:
        stderr = done.stderr.decode("utf-8", "replace")
        stdout = done.stdout.decode("utf-8", "replace")
        raise GitError(arguments, done.returncode, stderr, stdout)
    return done.stdout
