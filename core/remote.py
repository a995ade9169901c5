"""The one way to a remote: git's ls-remote, fetch and push, without a force.

Everything else of `core/git.py` is forbidden the network. What this needs of the
caller's own environment (their ssh, their certificates) is kept here alone; nothing that
a repository holds is run, the hooks of the clone included.
"""

from __future__ import annotations

import os
import re
from base64 import b64encode
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from .errors import CannotDecide, UsageError
from .git import NETWORK, Git, GitError
from .nearest import did_you_mean

# How the person reaches servers. A repository cannot set these: they are not in it.
_KEPT = re.compile(r"GIT_(SSH\w*|ASKPASS|SSL_\w+|HTTP_\w+|PROXY_\w+)")
# A server that sends less than 1 kB/s for 20 s is gone; an ssh that does not answer too.
_PATIENCE = {"http.lowSpeedLimit": "1000", "http.lowSpeedTime": "20"}
_LONGEST = 300.0  # seconds


class Refs(NamedTuple):
    """What a remote has: the branch that its HEAD names ("" if none), and the id of each
    branch by its name."""

    default: str
    branches: dict[str, str]


class Unreachable(CannotDecide):
    """No answer came, or it let nobody in; `said` is git's reason, on one line."""

    def __init__(self, url: str, said: str) -> None:
        self.said = said
        super().__init__(f"{url} cannot be reached: {said}")


class Refused(CannotDecide):
    """The server took nothing. `said` are its lines, `why` git's word for it."""

    def __init__(self, branch: str, why: str, said: tuple[str, ...]) -> None:
        self.why = why
        self.said = said
        super().__init__(f"the server refused {branch}: {why}")


class Taken(CannotDecide):
    """The branch is there already, or was moved by somebody else."""


class Remote:
    """A remote of the person's own clone. `url` is where a push goes, without a password.

    `token` is given to its server alone, over https; it is in git's environment and
    nowhere else. Raises UsageError where there is no such remote.
    """

    def __init__(self, git: Git, name: str, token: str = "") -> None:
        known = names(git)
        if name not in known:
            hint = did_you_mean(name, known) or f" ({', '.join(known) or 'none'})"
            raise UsageError(
                f"no remote {name!r} in this clone{hint}: `remote:` in backout.yaml "
                f"names the one that rollbacks are pushed to"
            )
        self.name = name
        self._git = git
        asked = ("remote", "get-url", "--push", name)
        self._address = git.run(*asked).decode("utf-8", "replace").strip()
        self.url = without_password(self._address)
        self._token = token

    def refs(self) -> Refs:
        """The remote's default branch, and where each branch is. One round trip."""
        # --heads would hide HEAD, and a server sends every ref anyway.
        answer = self._run(
            "ls-remote", "--symref", "--", self.name, "HEAD", "refs/heads/*"
        )
        default, found = "", dict[str, str]()
        for line in answer.decode("utf-8", "replace").splitlines():
            value, _, ref = line.partition("\t")
            if value.startswith("ref: refs/heads/") and ref == "HEAD":
                default = value.removeprefix("ref: refs/heads/")
            elif ref.startswith("refs/heads/"):
                found[ref.removeprefix("refs/heads/")] = value
        return Refs(default, found)

    def ids(self, refs: Sequence[str], seconds: float) -> dict[str, str]:
        """Those of `refs` (whole names) that the remote has, each with the id of what
        it leads to: a tag's commit. One round trip, given up after `seconds`."""
        asked = [each for ref in refs for each in (ref, f"{ref}^{{}}")]
        answer = self._run("ls-remote", "--", self.name, *asked, seconds=seconds)
        rows = (
            row.split("\t") for row in answer.decode("utf-8", "replace").split("\n")
        )
        # What an annotated tag leads to comes after the tag itself.
        found = {row[1].removesuffix("^{}"): row[0] for row in rows if len(row) == 2}
        return {ref: found[ref] for ref in refs if ref in found}

    def fetch(self, *branches: str) -> None:
        """Bring branches up to date as refs/remotes/NAME/BRANCH, and nothing else."""
        self._run(
            "fetch", "--quiet", "--no-tags", "--no-prune", "--no-write-fetch-head",
            "--no-auto-maintenance", "--no-recurse-submodules", self.name,
            *(f"+refs/heads/{b}:refs/remotes/{self.name}/{b}" for b in branches),
        )  # fmt: skip

    def create(self, branch: str, tip: str) -> None:
        """Make a branch that is not there yet, of the commit `tip`.

        Raises Taken where it is there, Refused where a rule of the server's forbids it.
        """
        # The lease says that no such branch may be there when the server decides.
        self._push(branch, tip, f"--force-with-lease=refs/heads/{branch}:")

    def advance(self, branch: str, tip: str) -> None:
        """Move a branch on to `tip`, which stands on what it is now: never forced.

        Raises Taken where somebody else moved it, Refused as `create` does.
        """
        self._push(branch, tip)

    def _push(self, branch: str, tip: str, *lease: str) -> None:
        try:
            self._run(
                "-c", "push.pushOption=",
                "push", "--porcelain", "--no-verify", "--no-follow-tags", "--no-signed",
                "--recurse-submodules=no", *lease, self.name, f"{tip}:refs/heads/{branch}",
            )  # fmt: skip
        except GitError as error:
            raise _explained(branch, error) from None

    def _run(self, *args: str, seconds: float = _LONGEST) -> bytes:
        try:
            return self._git.run(*args, extra=self._environment(), seconds=seconds)
        except GitError as error:
            if "--porcelain" in args and "\n!\t" in f"\n{error.stdout}":
                raise
            raise Unreachable(self.url, _reason(error.stderr)) from None

    def _environment(self) -> dict[str, str]:
        kept = {name: v for name, v in os.environ.items() if _KEPT.fullmatch(name)}
        settings = list(_PATIENCE.items())
        if self._token and (origin := _origin(self._address)):
            key = f"http.{origin}/.extraheader"
            basic = b64encode(f"x-access-token:{self._token}".encode()).decode("ascii")
            # The empty one first: two headers, that of actions/checkout for one, are
            # refused by GitHub.
            settings += [(key, ""), (key, f"Authorization: basic {basic}")]
        counted = {"GIT_CONFIG_COUNT": str(len(settings))}
        for number, (key, value) in enumerate(settings):
            counted[f"GIT_CONFIG_KEY_{number}"] = key
            counted[f"GIT_CONFIG_VALUE_{number}"] = value
        # Nobody is there to answer a prompt that our pipes hide.
        return {**kept, **NETWORK, **counted, "GIT_TERMINAL_PROMPT": "0"}


def names(git: Git) -> list[str]:
    """The remotes of a clone."""
    return git.run("remote").decode("utf-8", "replace").splitlines()


def without_password(url: str) -> str:
    """An address without the user and the password that it may hold; ssh's user stays."""
    return re.sub(r"(?<=^https://)[^/@]*@|(?<=^http://)[^/@]*@", "", url)


def _origin(url: str) -> str:
    """Where a token may go: https, and for tests the machine itself; "" elsewhere."""
    parts = urlsplit(without_password(url))
    is_local = parts.hostname in ("127.0.0.1", "localhost", "::1")
    if parts.scheme == "https" or (parts.scheme == "http" and is_local):
        return f"{parts.scheme}://{parts.netloc}"
    return ""


def _explained(branch: str, error: GitError) -> CannotDecide:
    """A push that the other side answered: what it said of our one branch."""
    row = next(line for line in error.stdout.splitlines() if line.startswith("!\t"))
    _, _, summary = row.split("\t", 2)
    status, _, why = summary.partition("] (")
    why = why.removesuffix(")")
    said = tuple(
        text
        for line in error.stderr.splitlines()
        if line.startswith("remote:") and (text := line.removeprefix("remote:").strip())
    )
    races = ("stale info", "already exists", "fetch first", "non-fast-forward")
    if why in races or any("cannot lock ref" in text for text in (why, *said)):
        return Taken(f"{branch} is on the remote already, and is not what we made")
    return Refused(branch, why or status.strip("["), said)


def _reason(stderr: str) -> str:
    """The line of git's that says why, without a password."""
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    telling = [
        line
        for line in lines
        if line.startswith(("fatal:", "remote:", "ssh:", "ERROR:", "error:"))
        or "ermission denied" in line
        or "verification failed" in line
    ]
    chosen = (telling or lines or ["git gave no reason"])[0]
    said = re.sub(r"^(fatal|remote|error|ERROR): *", "", chosen)
    return re.sub(r"(https?://)[^/@\s']*@", r"\1", said)
