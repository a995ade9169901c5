"""What a server's refusal means, in words that say what to do."""

from __future__ import annotations

import re

from ...core.remote import Refused, Unreachable
from .client import ApiError
from .place import Place

_PUSH: tuple[tuple[str, str], ...] = (
    (
        r"without `?workflows?`? (scope|permission)",
        "the token may not change .github/workflows, which this rollback does: give it "
        "the scope `workflow` (gh auth refresh -s workflow), or for an App the "
        "permission `workflows`; or push the branch yourself",
    ),
    (
        r"GH006|protected branch",
        "a protection of this branch forbids it: choose another name by `branch:` in "
        "backout.yaml or --branch NAME",
    ),
    (
        r"GH013|rule violations|pattern|[Bb]ranch name|creations being restricted",
        "the repository's rules do not allow a branch of this name: change `branch:` of "
        "the migration in backout.yaml to a pattern that they allow, or give --branch "
        "NAME now",
    ),
    (
        r"GH009|secret|push protection",
        "the server found a secret in what comes back: it is in the history already, so "
        "have it revoked, and allow this push where the server says",
    ),
)
_REACH: tuple[tuple[str, str], ...] = (
    (
        r"[Pp]ermission to \S+ denied|error: 403|[Ww]rite access",
        "this login may read and not push: use another one, or have it granted",
    ),
    (
        r"could not read Username|Authentication failed|Invalid username|error: 401"
        r"|terminal prompts disabled",
        "git has no login for it: set GH_TOKEN, or log in with gh auth login",
    ),
    (
        r"[Pp]ermission denied \(publickey",
        "ssh has no key that it takes: ssh-add -l shows what there is",
    ),
    (
        r"Host key verification failed",
        "ssh does not know this server, or knows it by another key: compare its key with "
        "what its owner publishes, then connect once by hand",
    ),
    (r"not found|does not exist|error: 404", "is the remote's address still right?"),
)
_API: tuple[tuple[int, str, str], ...] = (
    (
        403,
        "not permitted to create or approve",
        "this repository does not let GITHUB_TOKEN open pull requests: Settings, "
        "Actions, General, Allow GitHub Actions to create and approve pull requests; "
        "or use an App's token",
    ),
    (
        403,
        "Resource not accessible",
        "the token may not open pull requests: it needs `pull-requests: write` (and "
        "`contents: write` to push)",
    ),
    (403, "SAML", "the token must be authorised for the organisation's single sign-on"),
    (401, "", "the token is not valid, or no longer: gh auth login, or a new GH_TOKEN"),
    (404, "", "the token may not see this repository, or it is called otherwise now"),
    (410, "", "pull requests are switched off there"),
)


def of_push(error: Refused, allowed: list[str]) -> str:
    """Why a push was refused; `allowed` is what the rules say about names."""
    text = " ".join([error.why, *error.said])
    means = next((way for found, way in _PUSH if re.search(found, text)), "")
    dull = ("Review all", "error: hook declined")
    quoted = [line for line in error.said if not line.startswith(dull)]
    parts = [" / ".join(quoted), "; ".join(allowed), means]
    told = [f"{part[0].upper()}{part[1:]}".rstrip(".") for part in parts if part]
    return ". ".join([str(error), *told])


def of_reach(error: Unreachable) -> str:
    """Why a remote gave no answer, and what to look at."""
    way = next((way for found, way in _REACH if re.search(found, error.said)), "")
    said = str(error).rstrip(".")
    return f"{said}. {way[0].upper()}{way[1:]}" if way else said


def of_api(error: ApiError, place: Place) -> str:
    """Why GitHub said no, and what to do."""
    for status, found, way in _API:
        if error.status == status and found in error.said:
            return f"{error}. In {place.owner}/{place.name}, {way}"
    return str(error)
