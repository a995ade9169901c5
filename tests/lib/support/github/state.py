"""What the server remembers: repositories, who may do what, pull requests."""

from __future__ import annotations

import os
import subprocess
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from support.repository import clean_environment

# https://docs.github.com/repositories: the sentences are those that GitHub sends.
_HOOK = r"""#!/bin/sh
# The rules of the server: $1 is the ref, $2 and $3 are the old and the new commit.
[ -n "$HUB_ADMIN" ] && exit 0
name=${1#refs/heads/}
if [ "$name" = main ]; then
  echo "error: GH006: Protected branch update failed for $1." >&2
  echo "error: Changes must be made through a pull request." >&2
  exit 1
fi
case $2 in *[!0]*) is_new=no ;; *) is_new=yes ;; esac
if [ $is_new = no ] && ! git merge-base --is-ancestor "$2" "$3"; then
  echo "error: GH013: Repository rule violations found for $1." >&2
  echo "- Cannot force-push to this branch" >&2
  exit 1
fi
if [ -s "$GIT_DIR/branch-pattern" ] && ! echo "$name" | grep -Eqf "$GIT_DIR/branch-pattern"; then
  echo "error: GH013: Repository rule violations found for $1." >&2
  echo "Review all repository rules at $HUB_URL/rules?ref=$1" >&2
  echo >&2
  echo "- Branch name must match a given regex pattern: $(cat "$GIT_DIR/branch-pattern")" >&2
  exit 1
fi
changed=$(git diff --name-only "refs/heads/main...$3" -- .github/workflows | head -n 1)
if [ -n "$changed" ] && [ -z "$HUB_WORKFLOWS" ]; then
  echo "refusing to allow an OAuth App to create or update workflow \`$changed\` without \`workflow\` scope" >&2
  exit 1
fi
exit 0
"""


@dataclass
class Login:
    """Whoever a token stands for. `scopes` is None for tokens that do not tell."""

    name: str
    may_push: bool = True
    may_open: bool = True
    may_triage: bool = True
    may_change_workflows: bool = True
    scopes: str | None = None


@dataclass
class Pull:
    """A pull request."""

    number: int
    title: str
    body: str
    head: str
    base: str
    draft: bool
    author: str
    created: str
    state: str = "open"
    merged_at: str | None = None
    labels: list[str] = field(default_factory=list[str])
    reviewers: list[str] = field(default_factory=list[str])
    teams: list[str] = field(default_factory=list[str])
    assignees: list[str] = field(default_factory=list[str])
    comments: list[str] = field(default_factory=list[str])


class Project:
    """A repository on the server: a bare one at `path`, and its pull requests."""

    def __init__(self, folder: Path, owner: str, name: str) -> None:
        self.owner = owner
        self.name = name
        self.path = folder / owner / f"{name}.git"
        self.lock = threading.RLock()
        self.pulls: list[Pull] = []
        self.people = {"ada", "bob"}
        self.has_drafts = True
        self.is_archived = False
        self.lets_actions_open = True
        self.checks: list[tuple[str, str | None]] = [("in_progress", None)]
        self.path.mkdir(parents=True)
        self.git("init", "-q", "--bare", "-b", "main")
        self.git("config", "http.receivepack", "true")
        hook = self.path / "hooks" / "update"
        hook.write_text(_HOOK, "utf-8")
        hook.chmod(0o755)

    def git(self, *args: str) -> str:
        """What `git ARGS` prints in the bare repository. It commits at the real time,
        for clocks run from it."""
        env = {k: v for k, v in clean_environment().items() if not k.endswith("_DATE")}
        done = subprocess.run(
            ["git", *args],
            cwd=self.path,
            stdout=subprocess.PIPE,
            env={**env, "HUB_ADMIN": "1"},
            check=True,
        )
        return done.stdout.decode("utf-8", "surrogateescape").strip()

    def only_branches(self, pattern: str) -> None:
        """A rule: new branches match this regular expression; "" takes it away."""
        (self.path / "branch-pattern").write_text(pattern, "utf-8")

    @property
    def pattern(self) -> str:
        file = self.path / "branch-pattern"
        return file.read_text("utf-8") if file.exists() else ""

    def sha(self, branch: str) -> str | None:
        """The commit of a branch, None where it is not there."""
        done = subprocess.run(
            ["git", "rev-parse", "--verify", "-q", f"refs/heads/{branch}"],
            cwd=self.path,
            stdout=subprocess.PIPE,
            env=clean_environment(),
            check=False,
        )
        return done.stdout.decode().strip() or None

    def merge(self, pull: Pull, method: str) -> str:
        """Merge a pull request as GitHub does; the new commit."""
        head, base = self.sha(pull.head), self.sha(pull.base)
        assert head
        assert base
        tree = self.git("merge-tree", "--write-tree", base, head).split("\n")[0]
        parents = ["-p", base, *(["-p", head] if method == "merge" else [])]
        title = f"{pull.title} (#{pull.number})"
        if method == "merge":
            title = f"Merge pull request #{pull.number} from {self.owner}/{pull.head}"
        made = self.git("commit-tree", *parents, "-m", title, "-m", pull.title, tree)
        self.git("update-ref", f"refs/heads/{pull.base}", made, base)
        pull.state, pull.merged_at = "closed", pull.created
        return made

    def publish(self, clone: Path, *refs: str) -> None:
        """Put branches and tags of a clone here, past the rules."""
        subprocess.run(
            ["git", "push", "-q", os.fspath(self.path), *refs],
            cwd=clone,
            env={**clean_environment(), "HUB_ADMIN": "1"},
            check=True,
        )


Json = dict[str, Any]
