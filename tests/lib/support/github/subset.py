"""Make openapi.json anew: `python subset.py FILE`, the file being GitHub's description.

It is `generated/api.github.com.json` of the npm package @octokit/openapi. Of its
operations those below are kept, with all that they refer to; prose is left out.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, TypeGuard, cast

HERE = Path(__file__).parent
REPO = "/repos/{owner}/{repo}"
KEPT = {
    REPO: ("get",),
    f"{REPO}/pulls": ("get", "post"),
    f"{REPO}/pulls/{{pull_number}}": ("get",),
    f"{REPO}/pulls/{{pull_number}}/merge": ("put",),
    f"{REPO}/pulls/{{pull_number}}/requested_reviewers": ("post",),
    f"{REPO}/issues/{{issue_number}}/labels": ("post",),
    f"{REPO}/issues/{{issue_number}}/assignees": ("post",),
    f"{REPO}/issues/{{issue_number}}/comments": ("get", "post"),
    f"{REPO}/commits/{{ref}}/check-runs": ("get",),
    f"{REPO}/rules/branches/{{branch}}": ("get",),
}
_PROSE = {"description", "summary", "externalDocs", "tags", "x-github", "x-octokit"}


def is_list(value: object) -> TypeGuard[list[Any]]:
    """Whether it is a list, of whatever."""
    return isinstance(value, list)


def subset(whole: dict[str, Any]) -> dict[str, Any]:
    """The operations that are kept, and every component that they reach."""
    paths = {
        path: {verb: _operation(whole["paths"][path][verb]) for verb in verbs}
        for path, verbs in KEPT.items()
    }
    made: dict[str, Any] = {
        "openapi": whole["openapi"],
        "info": whole["info"],
        "paths": paths,
        "components": {},
    }
    todo = _references(paths)
    while todo:
        _, _, kind, name = todo.pop().split("/")
        if name not in made["components"].setdefault(kind, {}):
            part = _bare(whole["components"][kind][name])
            made["components"][kind][name] = part
            todo += _references(part)
    return made


def _operation(operation: dict[str, Any]) -> dict[str, Any]:
    kept = {k: v for k, v in _bare(operation).items() if k != "x-octokit"}
    for response in kept["responses"].values():
        for content in response.get("content", {}).values():
            content["examples"] = dict(list(content.get("examples", {}).items())[:1])
    return kept


def _bare(node: Any, under: str = "") -> Any:
    """Without prose; a property may be called as prose is."""
    if isinstance(node, dict):
        fields = cast("dict[str, Any]", node)
        return {
            key: _bare(value, key)
            for key, value in fields.items()
            if under in ("properties", "value") or key not in _PROSE
        }
    if is_list(node):
        return [_bare(item, under) for item in node]
    return node


def _references(node: Any) -> list[str]:
    if isinstance(node, dict):
        fields = cast("dict[str, Any]", node)
        found = [r for value in fields.values() for r in _references(value)]
        named = fields.get("$ref")
        return [*found, named] if isinstance(named, str) else found
    if is_list(node):
        return [r for item in node for r in _references(item)]
    return []


if __name__ == "__main__":
    read = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    text = json.dumps(subset(read), separators=(",", ":"), ensure_ascii=False)
    (HERE / "openapi.json").write_text(f"{text}\n", "utf-8")
