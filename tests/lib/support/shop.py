"""A shop whose phase 7 landed and fails, as a clone of a repository on a server."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from support.github import Hub, Login, Project
from support.repository import Repository

POLICY = """\
version: 1
default-branch: main
release-branches: [release/*]
severities:
  P0: {action: revert, within: 5m, notify: [stakeholders]}
  P1: {action: revert, within: 1h, approve: [tech-lead, bob, cto]}
contacts:
  tech-lead: "@acme/tech-leads"
  bob: "@bob"
  on-call: "@ada"
  cto: +49 30 1234567
  stakeholders: shop@example.org
escalation: [on-call, cto]
communication: {channel: "#storage"}
checklists:
  before: [The issue is identified]
  after: [The system works]
  day: [Statistics agree with history]
migrations:
  storage-v2:
    title: Unified storage
    baseline: migration-start
    flags:
      - {env: USE_UNIFIED_STORAGE, legacy: "0", new: "1"}
    phases:
      - {id: "6", title: Preparation}
      - id: "7"
        title: Storage layer
        risk: high
        impact: The external API only
        after: ["6"]
        recovery-time: 60m
        services: [shop-workers]
        levels: [flag, code, data]
        irreversible: [Rows written since the backup]
        data: {engine: postgresql, database: harbor, tables: [opportunities]}
        re-enable:
          require: [Root cause fixed, Comparison tests pass]
          stages: [{percent: 5, hold: 1d}, {percent: 100}]
"""
BRANCH = "emergency/rollback-storage-v2-7"
REVERT = ["revert", "storage-v2/7", "--severity", "P1", "--reason", "duplicates"]
TOKEN = "ghp_0123456789abcdefghijABCDEFGHIJ012345"


class Shop(NamedTuple):
    """A clone, its repository on the server, and the server."""

    clone: Repository
    project: Project
    hub: Hub

    def another_clone(self, folder: Path) -> Repository:
        """What a colleague has."""
        other = Repository(folder)
        other.git("remote", "add", "origin", str(self.project.path))
        other.git("fetch", "-q", "--tags", "origin")
        other.git("reset", "-q", "--hard", "origin/main")
        other.git("remote", "set-url", "origin", self.hub.remote(self.project))
        return other

    def land(self, files: dict[str, str | bytes | None], message: str) -> str:
        """Put a commit on the server's main, unseen by the clone; its id."""
        where = self.project.path.parent / f"{self.project.name}-elsewhere"
        other = Repository(where)
        other.git("fetch", "-q", str(self.project.path), "main")
        other.git("reset", "-q", "--hard", "FETCH_HEAD")
        sha = other.commit(files, message)
        self.project.publish(where, "HEAD:refs/heads/main")
        return sha


def shop(hub: Hub, folder: Path, name: str) -> Shop:
    """A new one: two commits of phase 7 with another one between."""
    hub.logins.setdefault(TOKEN, Login("carol"))
    project = hub.project("acme", name)
    clone = Repository(folder)
    clone.commit({"backout.yaml": POLICY, "core/old.py": "x = 1\n"}, "Begin")
    clone.git("tag", "migration-start")
    clone.commit(
        {"core/new.py": "a = 1\n", "core/old.py": None},
        "Write through it (#412)\n\nBackout-Phase: storage-v2/7",
    )
    clone.commit({"README": "hello\n"}, "Say hello (#413)")
    clone.commit(
        {"core/new.py": "a = 1\nb = 2\n"},
        "More of it (#414)\n\nBackout-Phase: storage-v2/7",
    )
    project.publish(clone.path, "main", "migration-start")
    clone.git("remote", "add", "origin", hub.remote(project))
    clone.git("update-ref", "refs/remotes/origin/main", "main")
    clone.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
    return Shop(clone, project, hub)
