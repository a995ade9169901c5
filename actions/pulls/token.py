"""The token: from the environment, or from `gh` where that is installed."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from urllib.parse import urlsplit

from ...core.errors import UsageError

_OURS = ("GH_TOKEN", "GITHUB_TOKEN")
_ENTERPRISE = ("GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN")


def token_for(server: str, environment: Mapping[str, str]) -> str:
    """The token for a server's URL, "" if there is none.

    A token of github.com's goes to another server only where GITHUB_SERVER_URL, which a
    runner sets together with it, names that one. Raises UsageError for one that cannot
    be a token.
    """
    host = urlsplit(server).netloc.lower()
    named = environment.get("GITHUB_SERVER_URL", "").rstrip("/") == server
    is_public = host == "github.com" or host.endswith(".ghe.com")
    variables = _OURS if is_public else (*_ENTERPRISE, *(_OURS if named else ()))
    for variable in variables:
        token = environment.get(variable, "").strip()
        if token and not (token.isascii() and token.isprintable() and " " not in token):
            raise UsageError(
                f"{variable} holds blanks or characters that no token has: set it again"
            )
        if token:
            return token
    return _of_gh(host)


def _of_gh(host: str) -> str:
    program = shutil.which("gh")
    if program is None:
        return ""
    try:
        done = subprocess.run(
            [program, "auth", "token", "--hostname", host],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=5,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    token = done.stdout.decode("ascii", "ignore").strip()
    return token if done.returncode == 0 and token.isprintable() else ""
