"""Which repository on which GitHub a remote is, and the addresses that it has there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import quote, urlencode, urlsplit

# git@host:path, and ssh through the port that firewalls leave open.
_SCP = re.compile(r"(?:[^@/]+@)?([^:/]+):(?!//)/?(.+)")
_ALIASES = {"ssh.github.com": "github.com", "www.github.com": "github.com"}


class Place(NamedTuple):
    """A repository on a server. `server` and `api` are URLs without a last slash."""

    server: str
    api: str
    owner: str
    name: str

    @property
    def url(self) -> str:
        return f"{self.server}/{self.owner}/{self.name}"

    @property
    def path(self) -> str:
        """Its path in the REST interface."""
        return f"/repos/{quote(self.owner, safe='')}/{quote(self.name, safe='')}"

    def commit(self, sha: str) -> str:
        return f"{self.url}/commit/{sha}"

    def pull(self, number: int) -> str:
        return f"{self.url}/pull/{number}"

    def file(self, commit: str, path: str) -> str:
        """A file as it is in a commit; `path` is UTF-8 with surrogates for other bytes."""
        raw = path.encode("utf-8", "surrogateescape")
        return f"{self.url}/blob/{commit}/{quote(raw, safe='/')}"

    def compare(self, base: str, branch: str, title: str) -> str:
        """The page on which a person opens the pull request."""
        names = f"{quote(base, safe='/')}...{quote(branch, safe='/')}"
        return f"{self.url}/compare/{names}?" + urlencode(
            {"expand": "1", "title": title}
        )


def place_of(url: str, environment: Mapping[str, str]) -> Place | None:
    """The repository behind a remote's address; None where that is no GitHub.

    It is one on github.com, on GITHUB_SERVER_URL's host, on GH_HOST, or on *.ghe.com.
    """
    host, path = _split(url)
    host = _ALIASES.get(host, host)
    server = environment.get("GITHUB_SERVER_URL", "").rstrip("/")
    known = {"github.com", _host(server), environment.get("GH_HOST", "").lower()}
    if not host or (host not in known and not host.endswith(".ghe.com")):
        return None
    owner, slash, name = path.strip("/").removesuffix(".git").rpartition("/")
    if not slash or not owner or "/" in owner or not name:
        return None
    if _host(server) != host:
        return Place(f"https://{host}", _api(host), owner, name)
    api = environment.get("GITHUB_API_URL", "").rstrip("/")
    return Place(server, api or _api(host), owner, name)


def _api(host: str) -> str:
    if host == "github.com" or host.endswith(".ghe.com"):
        return f"https://api.{host}"
    return f"https://{host}/api/v3"


def _host(server: str) -> str:
    return urlsplit(server).netloc.lower()


def _split(url: str) -> tuple[str, str]:
    """The host (with a port other than ssh's own) and the path of an address."""
    parts = urlsplit(url)
    if parts.scheme in ("http", "https"):
        return parts.netloc.rpartition("@")[2].lower(), parts.path
    if parts.scheme in ("ssh", "git+ssh", "git"):
        return (parts.hostname or "").lower(), parts.path
    found = _SCP.fullmatch(url)
    return (found[1].lower(), found[2]) if found else ("", "")
