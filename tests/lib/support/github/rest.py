"""The REST operations: each takes what was asked and gives a status and an answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from .description import Operation, example
from .state import Json, Login, Project, Pull

Answer = tuple[int, Any]
NOT_FOUND: Answer = (404, {"message": "Not Found", "status": "404"})


class Asked(NamedTuple):
    """A request that fits the description. `url` is the server's own address."""

    operation: Operation
    project: Project
    login: Login
    query: Mapping[str, str]
    body: dict[str, Any]
    url: str


def answer(asked: Asked) -> Answer:
    """Do what is asked."""
    key = f"{asked.operation.method} {asked.operation.path}"
    with asked.project.lock:
        return _OPERATIONS[key.replace("/repos/{owner}/{repo}", "")](asked)


def _repository(asked: Asked) -> Answer:
    project = asked.project
    said = example(asked.operation, 200)
    name = f"{project.owner}/{project.name}"
    said.update(
        name=project.name,
        full_name=name,
        html_url=f"{asked.url}/{name}",
        private=True,
        archived=project.is_archived,
        default_branch="main",
        permissions={
            "admin": False,
            "maintain": False,
            "push": asked.login.may_push,
            "triage": asked.login.may_triage,
            "pull": True,
        },
    )
    return 200, said


def _list_pulls(asked: Asked) -> Answer:
    query, project = asked.query, asked.project
    chosen = list(reversed(project.pulls))
    if (state := query.get("state", "open")) != "all":
        chosen = [pull for pull in chosen if pull.state == state]
    if "head" in query:
        owner, _, branch = query["head"].partition(":")
        chosen = [p for p in chosen if owner == project.owner and p.head == branch]
    if "base" in query:
        chosen = [pull for pull in chosen if pull.base == query["base"]]
    template = example(asked.operation, 200)[0]
    return 200, [_shown(asked, pull, template) for pull in chosen]


def _open_pull(asked: Asked) -> Answer:
    project, body, login = asked.project, asked.body, asked.login
    if login.name == "github-actions[bot]" and not project.lets_actions_open:
        said = "GitHub Actions is not permitted to create or approve pull requests."
        return 403, {"message": said, "status": "403"}
    if not login.may_open:
        said = "Resource not accessible by integration"
        return 403, {"message": said, "status": "403"}
    head, base = project.sha(body["head"]), project.sha(body["base"])
    if head is None or base is None:
        field = "base" if base is None else "head"
        return _invalid({"resource": "PullRequest", "field": field, "code": "invalid"})
    if any(
        (p.head, p.base, p.state) == (body["head"], body["base"], "open")
        for p in project.pulls
    ):
        name = f"{project.owner}:{body['head']}"
        return _invalid(
            {
                "resource": "PullRequest",
                "code": "custom",
                "message": f"A pull request already exists for {name}.",
            }
        )
    if project.git("merge-base", head, base) == head:
        between = f"No commits between {body['base']} and {body['head']}"
        return _invalid(
            {"resource": "PullRequest", "code": "custom", "message": between}
        )
    if len(body.get("body", "")) > 65536:
        return _invalid(
            {
                "resource": "PullRequest",
                "code": "custom",
                "field": "body",
                "message": "body is too long (maximum is 65536 characters)",
            }
        )
    if body.get("draft") and not project.has_drafts:
        said = "Draft pull requests are not supported in this repository."
        return 422, {"message": said, "status": "422"}
    pull = Pull(
        number=430 + len(project.pulls) + 1,
        title=body["title"],
        body=body.get("body", ""),
        head=body["head"],
        base=body["base"],
        draft=body.get("draft", False),
        author=login.name,
        created=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
    )
    project.pulls.append(pull)
    return 201, _shown(asked, pull, example(asked.operation, 201))


def _get_pull(asked: Asked) -> Answer:
    pull = _numbered(asked)
    if pull is None:
        return NOT_FOUND
    return 200, _shown(asked, pull, example(asked.operation, 200))


def _merge(asked: Asked) -> Answer:
    pull = _numbered(asked)
    if pull is None or pull.state != "open" or pull.draft:
        return 405, {"message": "Pull Request is not mergeable"}
    made = asked.project.merge(pull, asked.body.get("merge_method", "merge"))
    said = example(asked.operation, 200)
    return 200, {**said, "sha": made, "merged": True}


def _review(asked: Asked) -> Answer:
    pull = _numbered(asked)
    if pull is None:
        return NOT_FOUND
    people = asked.body.get("reviewers", [])
    if pull.author in people:
        said = "Review cannot be requested from pull request author."
        return 422, {"message": said, "status": "422"}
    strangers = [name for name in people if name not in asked.project.people]
    if strangers:
        said = (
            "Reviews may only be requested from collaborators. One or more of the users "
            f"or teams you specified is not a collaborator of the "
            f"{asked.project.owner}/{asked.project.name} repository."
        )
        return 422, {"message": said, "status": "422"}
    pull.reviewers += [name for name in people if name not in pull.reviewers]
    teams = asked.body.get("team_reviewers", [])
    pull.teams += [name for name in teams if name not in pull.teams]
    return 201, _shown(asked, pull, example(asked.operation, 201))


def _label(asked: Asked) -> Answer:
    pull = _numbered(asked)
    if pull is None:
        return NOT_FOUND
    if not asked.login.may_triage:
        return 403, {"message": "Must have triage rights to Repository."}
    names = asked.body["labels"]
    pull.labels += [name for name in names if name not in pull.labels]
    template = example(asked.operation, 200)[0]
    return 200, [{**template, "name": name} for name in pull.labels]


def _assign(asked: Asked) -> Answer:
    pull = _numbered(asked)
    if pull is None:
        return NOT_FOUND
    # Strangers are dropped without a word.
    known = [p for p in asked.body["assignees"] if p in asked.project.people]
    pull.assignees += [person for person in known if person not in pull.assignees]
    said = example(asked.operation, 201)
    person = said["assignees"][0]
    said["number"] = pull.number
    said["assignees"] = [{**person, "login": name} for name in pull.assignees]
    return 201, said


def _list_comments(asked: Asked) -> Answer:
    pull = _numbered(asked)
    if pull is None:
        return NOT_FOUND
    template = example(asked.operation, 200)[0]
    return 200, [{**template, "body": text} for text in pull.comments]


def _comment(asked: Asked) -> Answer:
    pull = _numbered(asked)
    if pull is None:
        return NOT_FOUND
    pull.comments.append(asked.body["body"])
    said = example(asked.operation, 201)
    return 201, {**said, "body": asked.body["body"]}


def _checks(asked: Asked) -> Answer:
    sha = asked.operation.parts["ref"]
    said = example(asked.operation, 200)
    template = said["check_runs"][0]
    by_bot = any(
        pull.author == "github-actions[bot]" and asked.project.sha(pull.head) == sha
        for pull in asked.project.pulls
    )
    # What GITHUB_TOKEN does starts no workflow.
    states = [] if by_bot else asked.project.checks
    runs = [
        {**template, "head_sha": sha, "status": status, "conclusion": conclusion}
        for status, conclusion in states
    ]
    return 200, {"total_count": len(runs), "check_runs": runs}


def _rules(asked: Asked) -> Answer:
    pattern = asked.project.pattern
    if not pattern:
        return 200, []
    source = {
        "ruleset_source_type": "Repository",
        "ruleset_source": f"{asked.project.owner}/{asked.project.name}",
        "ruleset_id": 42,
    }
    parameters = {"operator": "regex", "pattern": pattern, "negate": False}
    return 200, [{"type": "branch_name_pattern", "parameters": parameters, **source}]


def _numbered(asked: Asked) -> Pull | None:
    parts = asked.operation.parts
    number = int(parts.get("pull_number") or parts["issue_number"])
    return next((p for p in asked.project.pulls if p.number == number), None)


def _invalid(error: dict[str, Any]) -> Answer:
    return 422, {"message": "Validation Failed", "errors": [error], "status": "422"}


def _shown(asked: Asked, pull: Pull, template: Any) -> Any:
    project = asked.project
    name = f"{project.owner}/{project.name}"
    said = json.loads(json.dumps(template))
    for side, branch in (("head", pull.head), ("base", pull.base)):
        said[side].update(
            ref=branch,
            sha=project.sha(branch) or said[side]["sha"],
            label=f"{project.owner}:{branch}",
        )
    person = said["user"]
    labels: list[Json] = said.get("labels") or [{}]
    said.update(
        number=pull.number,
        url=f"{asked.url}/api/v3/repos/{name}/pulls/{pull.number}",
        html_url=f"{asked.url}/{name}/pull/{pull.number}",
        state=pull.state,
        title=pull.title,
        body=pull.body,
        draft=pull.draft,
        user={**person, "login": pull.author},
        labels=[{**labels[0], "name": text} for text in pull.labels],
        requested_reviewers=[{**person, "login": p} for p in pull.reviewers],
        requested_teams=[],
        assignees=[{**person, "login": p} for p in pull.assignees],
        assignee=None,
        created_at=pull.created,
        updated_at=pull.created,
        closed_at=pull.merged_at,
        merged_at=pull.merged_at,
    )
    if "merged" in said:
        said["merged"] = pull.merged_at is not None
    return said


_OPERATIONS: dict[str, Callable[[Asked], Answer]] = {
    "GET ": _repository,
    "GET /pulls": _list_pulls,
    "POST /pulls": _open_pull,
    "GET /pulls/{pull_number}": _get_pull,
    "PUT /pulls/{pull_number}/merge": _merge,
    "POST /pulls/{pull_number}/requested_reviewers": _review,
    "POST /issues/{issue_number}/labels": _label,
    "POST /issues/{issue_number}/assignees": _assign,
    "GET /issues/{issue_number}/comments": _list_comments,
    "POST /issues/{issue_number}/comments": _comment,
    "GET /commits/{ref}/check-runs": _checks,
    "GET /rules/branches/{branch}": _rules,
}
