"""What a token may not do, found out before anything is pushed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...core.errors import CannotDecide
from .github import GitHub

_WORKFLOWS = ".github/workflows/"


def check(github: GitHub, url: str, touched: Iterable[str]) -> Iterator[str]:
    """What will not work though the branch can be pushed, in sentences.

    `url` is where git pushes, `touched` are the files that change. A token's word about
    pushing binds only where git uses it: over https. Raises CannotDecide where the push
    would be refused, ApiError where GitHub does not even show the repository.
    """
    repository = github.repository()
    name = f"{github.place.owner}/{github.place.name}"
    if repository.is_archived:
        raise CannotDecide(f"{name} is archived, so nobody can push to it")
    uses_token = url.startswith(("https:", "http:"))
    if repository.may_push is False:
        said = f"the token may not push to {name}: it needs `contents: write`"
        if uses_token:
            raise CannotDecide(f"{said}. Nothing was pushed")
        yield said
    scopes = github.client.scopes
    if not scopes:  # only tokens of the older kind tell
        return
    if "repo" not in scopes and (repository.is_private or "public_repo" not in scopes):
        yield "the token lacks the scope `repo`, so it cannot open a pull request"
    workflows = [path for path in touched if path.startswith(_WORKFLOWS)]
    if workflows and "workflow" not in scopes:
        said = (
            f"the token lacks the scope `workflow`, and this changes {workflows[0]}: "
            f"gh auth refresh -s workflow"
        )
        if uses_token:
            raise CannotDecide(f"{said}. Nothing was pushed")
        yield said
