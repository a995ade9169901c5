"""A real git repository in a temporary folder, with nothing of the machine's in it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

ENVIRONMENT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
    "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z",
}


def clean_environment(**more: str) -> dict[str, str]:
    """This process's environment without git's variables, plus fixed ones."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    return {**kept, **ENVIRONMENT, **more}


class Repository:
    """A repository whose files, commits and refs a test writes in one line each."""

    def __init__(self, path: Path, *init: str) -> None:
        self.path = path
        path.mkdir(parents=True, exist_ok=True)
        self.git("init", "-q", "-b", "main", *init)

    def git(self, *args: str, data: bytes | None = None, **env: str) -> str:
        """What `git ARGS` prints, without the last line end. Raises where git fails."""
        done = subprocess.run(
            ["git", *args],
            cwd=self.path,
            input=data,
            stdout=subprocess.PIPE,
            env=clean_environment(**env),
            check=True,
        )
        return done.stdout.decode("utf-8", "surrogateescape").rstrip("\n")

    def write(self, files: dict[str, str | bytes | None]) -> None:
        """Write files to the work tree; None deletes one."""
        for name, text in files.items():
            file = self.path / name
            if text is None:
                file.unlink()
                continue
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text.encode() if isinstance(text, str) else text)

    def stage(self, files: dict[str, str | bytes | None]) -> None:
        """Write files and `git add` everything."""
        self.write(files)
        self.git("add", "-A")

    def commit(
        self, files: dict[str, str | bytes | None], message: str = "change", **env: str
    ) -> str:
        """Write files and commit everything; the new commit's id."""
        self.stage(files)
        self.git("commit", "-q", "--allow-empty", "-m", message, data=None, **env)
        return self.git("rev-parse", "HEAD")
