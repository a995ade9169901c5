"""The rules that a repository decides: refs, commits, files, flags, imports."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from backout.checks import plan as check
from backout.checks.plans.rule import Context
from backout.checks.plans.rules import files, history
from backout.core import change as changes
from backout.core.errors import CannotDecide
from backout.core.git import Git
from backout.core.policy import Policy
from backout.core.tree import CommitTree
from support.plans import PATH, bash, found, found_in
from support.repository import Repository

FLAGS = (
    "import os\nON = os.getenv('FUSION_USE_V2')\n"
    "print('using legacy path')\nOTHER = os.environ['USE_CACHE']\n"
)
FILES: dict[str, str | bytes | None] = {
    "core/agents/a.py": "x = 1\n",
    "core/agents/__init__.py": "",
    "core/v2/new.py": "y = 1\n",
    "scripts/score.py": "from core.agents import a\nprint(a.x)\n",
    "scripts/report.py": "import argparse\np = argparse.ArgumentParser()\n"
    "p.add_argument('--limit')\np.parse_args()\n",
    "src/flags.py": FLAGS,
    "tests/test_flags.py": "import os\nos.getenv('USE_TESTED')\n",
    "docker-compose.yml": "environment:\n  POSTGRES_DB: shop\n",
    ".env.example": "POSTGRES_DB=shop_live\n",
    ".gitignore": "tests/test_local.py\nbuild/\n",
}


@pytest.fixture
def past(repo: Repository) -> Callable[[str], str]:
    """A history with a tag, a merge and a change that is built upon; ids by name.

    `start` is tagged v1; `new` adds src/new.py; `edit` changes src/flags.py, `more`
    changes the same line again; `merge` merges a branch that adds src/side.py.
    """
    ids = {"start": repo.commit(FILES, "start")}
    repo.git("tag", "v1")
    ids["new"] = repo.commit({"src/new.py": "n = 1\n"}, "new")
    ids["edit"] = repo.commit({"src/flags.py": "import os\nON = 1\n"}, "edit")
    ids["more"] = repo.commit({"src/flags.py": "import os\nON = 2\n"}, "more")
    repo.git("checkout", "-q", "-b", "side", ids["edit"])
    ids["side"] = repo.commit({"src/side.py": "s = 1\n"}, "side")
    repo.git("checkout", "-q", "main")
    repo.git("merge", "-q", "--no-ff", "-m", "Merge side", "side")
    ids["merge"] = repo.git("rev-parse", "HEAD")
    repo.commit({"src/flags.py": f"{FLAGS}# later\n"}, "flags")
    return ids.__getitem__


# The names of commits in braces are filled in.
HARMLESS = {
    "ref-missing": {
        "a tag": bash("git checkout v1"),
        "a branch": bash("git switch side"),
        "a commit": bash("git revert {edit}"),
        "made by an earlier step": bash("git tag safe\ngit checkout safe"),
        "a branch made here": bash("git checkout -b back v1\ngit push origin back"),
        "a path": bash("git checkout src/flags.py"),
        "a placeholder": bash("git revert <sha>"),
        "an expansion": bash("git checkout $TAG"),
        "an example": bash("git revert abc1234"),
    },
    "path-absent-at-ref": {
        "in the folder gone to": bash("cd core\ngit checkout v1 -- agents/a.py"),
        "in a folder nobody knows": bash("cd $HERE\ngit checkout v1 -- agents/a.py"),
        "it is there": bash("git checkout v1 -- src/flags.py"),
        "a folder": bash("git checkout v1 -- core/agents/"),
        "a pattern": bash("git checkout v1 -- 'src/*.x'"),
        "it was there once": bash("git checkout <sha> -- src/new.py"),
        "shown": bash("git show v1:src/flags.py"),
    },
    "revert-merge-without-mainline": {
        "with a mainline": bash("git revert -m 1 {merge}"),
        "no merge": bash("git revert {edit}"),
        "not called a merge": bash("git revert <commit-hash>"),
        "told in the placeholder, with it": bash("git revert -m 1 <merge-commit>"),
    },
    "revert-not-clean": {
        "clean": bash("git revert {new}"),
        "a merge": bash("git revert -m 1 {merge}"),
        "unknown": bash("git revert <sha>"),
    },
    "wrong-revert-range": {
        "oldest to newest": bash("git revert {new}^..{more}"),
        "one for one": bash("# Revert the commit\ngit revert <sha>"),
        "several": bash("# Revert the commits\ngit revert <shas>"),
        "a range to fill in": bash("# Revert the commits\ngit revert <a>..<b>"),
    },
    "removes-later-phase": {
        "its own": "# P\n## Phase 1\n```bash\nrm -rf core/a/\n```\n"
        "## Phase 2\n```bash\nrm -rf core/b/\n```\n",
        "an earlier one's": "# P\n## Phase 1\n```bash\nrm -rf core/a/x.py\n```\n"
        "## Phase 2\n```bash\nrm -rf core/a/\n```\n",
        "no phases": bash("rm -rf core/a/\nrm -rf core/a/x.py"),
    },
    "file-missing": {
        "there": "# Phase 1\n" + bash("python scripts/score.py"),
        "there from another folder": bash("cd scripts\npython score.py", "Phase 1"),
        "brought back": bash(
            "git checkout <sha> -- src/new.py\npython src/new.py", "Phase 1"
        ),
        "made before": bash("echo x > run.sh\nbash ./run.sh", "Phase 1"),
        "a log": bash("tail logs/app.log", "Phase 1"),
        "elsewhere": bash("python /opt/x/y.py", "Phase 1"),
        "on another host": bash("ssh web1 'bash deploy.sh'", "Phase 1"),
        "of another repository": bash("git clone u\ncat src/x.ts", "Phase 1"),
        "given in the plan": bash("bash scripts/back.sh", "Phase 1")
        + "## back.sh\n```bash\n#!/bin/bash\nls\n```\n",
        "ignored, and built": bash("cat build/x.json", "Phase 1"),
    },
    "glob-matches-none-or-many": {
        "some": bash("rm -rf core/agents/*.py"),
        "one file": bash("psql -v ON_ERROR_STOP=1 -f back.sql"),
        "logs": bash("rm -f logs/*.log"),
    },
    "flag-not-read-by-code": {
        "read": bash("FUSION_USE_V2=0 python -m app"),
        "no flag": bash("export KUBECONFIG=prod"),
        "another value": bash("export REGION_NAME=eu"),
        "a setting of a client": bash("docker run x psql --set ON_ERROR_STOP=1"),
    },
    "deletes-what-legacy-imports": {
        "nobody imports it": bash("rm -rf core/v2"),
        "the user goes too": bash("rm -rf core/agents scripts"),
        "the user is put back": bash(
            "git checkout v1 -- scripts/score.py\nrm -rf core/agents"
        ),
        "not there": bash("rm -rf core/gone"),
    },
    "option-not-taken": {
        "taken": bash("python scripts/report.py --limit 10"),
        "none given": bash("python scripts/score.py"),
        "not ours": bash("python other.py --limit 10"),
    },
    "differs-from-repository": {
        "a true list": "# R\n## Modified files\n- `src/flags.py`\n",
        "deleted, and was there": "# R\n## Deleted files\n- `src/flags.py`\n",
        "logged": bash("grep 'using legacy path' /var/log/app.log"),
        "any error": bash("grep ERROR /var/log/app.log"),
        "not a list of files": "# R\n## Notes\n- `src/nothing.py`\n",
    },
    "database-name-differs": {
        "as the example says": bash("pg_restore -d shop_live x.dump"),
        "the configured one": bash("pg_restore -d shop x.dump"),
        "made by the plan": bash("createdb other\npsql -d other -c 'SELECT 1'"),
        "scratch": bash("pg_restore -d shop_restored x.dump"),
        "maintenance": bash("psql -d postgres -c 'SELECT 1'"),
        "a variable": bash("psql -d $DB -c 'SELECT 1'"),
    },
}

BAD = {
    "ref-missing": {
        "a tag nobody made": bash("git reset --hard migration-start"),
        "restored from": bash("git restore --source=v1.1-stable -- src"),
        "a commit": bash("git revert 0123456789abcdef"),
        "a range's end": bash("git revert v0..v1"),
    },
    "path-absent-at-ref": {
        "not in the folder gone to": bash("cd core\ngit checkout v1 -- src/flags.py"),
        "new since then": bash("git checkout v1 -- src/new.py"),
        "never there": bash("git checkout <previous-commit> -- tests/test_x.py"),
        "shown": bash("git show v1:src/new.py"),
        "by restore": bash("git restore --source v1 -- src/new.py"),
    },
    "revert-merge-without-mainline": {
        "a merge": bash("git revert {merge}"),
        "no merge": bash("git revert -m 1 {edit}"),
        "called a merge": bash("# Revert the merge commit\ngit revert <hash>"),
        "named so": bash("git revert <merge-commit-sha>"),
    },
    "revert-not-clean": {
        "built upon": bash("git revert {edit}"),
    },
    "wrong-revert-range": {
        "one of many": bash("# Revert the phase's commits\ngit revert <hash>"),
        "exchanged ends": bash("git revert {more}..{new}"),
    },
    "removes-later-phase": {
        "a folder that a later section is about": (
            "# P\n## Phase 1\n```bash\nrm -rf core/a/\n```\n"
            "## Phase 2\n```bash\nrm -rf core/a/x.py\n```\n"
        ),
    },
    "file-missing": {
        "a script": bash("python scripts/verify.py", "Phase 1"),
        "a test": bash("pytest tests/test_gone.py::test_a", "Phase 1"),
        "a test that git ignores": bash("pytest tests/test_local.py", "Phase 1"),
        "requirements": bash("pip install -r requirements_v1.txt", "Phase 1"),
        "a compose file": bash("docker compose -f prod.yml down", "Phase 1"),
        "removed": bash("rm -rf sdk/", "Phase 1"),
        "brought back from nowhere": bash(
            "git checkout <sha> -- tests/test_x.py\npytest tests/test_x.py", "Phase 1"
        ),
    },
    "glob-matches-none-or-many": {
        "none": bash("rm tests/test_*_new.py"),
        "many": bash("psql -v ON_ERROR_STOP=1 -f dumps/*.sql"),
    },
    "flag-not-read-by-code": {
        "another name": bash("export USE_V2=0"),
        "tests only": bash("USE_TESTED=0 python -m app"),
        "a file of settings": "```dotenv\nUSE_NOTHING=false\n```\n",
        "inline": "# R\n- Set `USE_NOTHING=false`\n",
        "in a cluster": bash("kubectl set env deploy/x USE_NOTHING=false"),
    },
    "deletes-what-legacy-imports": {
        "a package": bash("rm -rf core/agents/"),
        "a module": bash("git rm core/agents/a.py"),
    },
    "option-not-taken": {
        "no parser": bash("python scripts/score.py --limit 10"),
        "no such option": bash("python scripts/report.py --count 10"),
    },
    "differs-from-repository": {
        "deleted, and never there": "# R\n## Deleted files\n- `src/never.py`\n",
        "changed, and not there": "# R\n## Modified files\n- `src/never.py`\n",
        "logged by nobody": bash("grep 'SDNController' /var/log/app.log"),
    },
    "database-name-differs": {
        "a name nobody knows": bash("pg_restore -d reddit_harbor x.dump"),
    },
}


def _filled(plan: str, past: Callable[[str], str]) -> str:
    for name in ("start", "new", "edit", "more", "side", "merge"):
        plan = plan.replace("{" + name + "}", past(name))
    return plan


@pytest.mark.parametrize(
    ("rule", "plan"),
    [
        pytest.param(rule, plan, id=f"{rule}: {name}")
        for rule, cases in HARMLESS.items()
        for name, plan in cases.items()
    ],
)
def test_harmless_plans_pass(
    repo: Repository, past: Callable[[str], str], rule: str, plan: str
) -> None:
    assert found_in(repo, rule, _filled(plan, past)) == []


@pytest.mark.parametrize(
    ("rule", "plan"),
    [
        pytest.param(rule, plan, id=f"{rule}: {name}")
        for rule, cases in BAD.items()
        for name, plan in cases.items()
    ],
)
def test_what_the_repository_contradicts_is_found(
    repo: Repository, past: Callable[[str], str], rule: str, plan: str
) -> None:
    findings = found_in(repo, rule, _filled(plan, past))
    assert len(findings) == 1
    assert findings[0].place.line > 0
    assert findings[0].help


@pytest.mark.parametrize("rule", [r.rule.id for r in (*history.RULES, *files.RULES)])
def test_every_rule_has_cases(rule: str) -> None:
    if rule != "plan-deletes-itself":  # has tests of its own
        assert BAD[rule]
        assert len(HARMLESS[rule]) > 1


@pytest.mark.parametrize("rule", sorted(BAD))
def test_without_a_repository_nothing_is_claimed_about_it(rule: str) -> None:
    by_words = {"revert-merge-without-mainline", "wrong-revert-range",
                "removes-later-phase", "glob-matches-none-or-many"}  # fmt: skip
    for plan in BAD[rule].values():
        assert rule in by_words or found(rule, plan) == []


def test_a_flag_of_another_name_is_named(
    repo: Repository, past: Callable[[str], str]
) -> None:
    (finding,) = found_in(repo, "flag-not-read-by-code", bash("export USE_V2=0"))
    assert "FUSION_USE_V2" in finding.message


def test_settings_with_a_prefix_are_understood(repo: Repository) -> None:
    repo.commit({"src/s.py": "class S:\n    use_v2: bool\n    env_prefix = 'SHOP_'\n"})
    assert not found_in(repo, "flag-not-read-by-code", bash("export SHOP_USE_V2=false"))


def test_the_commit_that_brought_the_plan_is_not_reverted(repo: Repository) -> None:
    repo.commit({"src/a.py": "1\n"})
    both = repo.commit({"src/a.py": "2\n", PATH: "soon"}, "change and plan")
    (finding,) = found_in(repo, "plan-deletes-itself", bash(f"git revert {both}"))
    assert both[:9] in finding.message


def test_the_commit_that_the_plan_is_about_is_found_by_its_files(
    repo: Repository,
) -> None:
    repo.commit({"src/a.py": "1\n", "src/b.py": "1\n"})
    repo.commit({"src/a.py": "2\n", "src/b.py": "2\n", PATH: "soon"})
    text = bash("git revert <sha>") + "\n## Files\n- `src/a.py`\n- `src/b.py`\n"
    assert found_in(repo, "plan-deletes-itself", text)


def test_a_plan_that_came_before_may_revert(repo: Repository) -> None:
    repo.commit({PATH: "soon"})
    after = repo.commit({"src/a.py": "2\n"})
    for text in (f"git revert {after}", "git revert <sha>", "ls"):
        assert found_in(repo, "plan-deletes-itself", bash(text)) == []


def test_a_shallow_clone_does_not_call_a_tag_missing(
    repo: Repository, past: Callable[[str], str]
) -> None:
    clone = Repository(repo.path.parent / "shallow")
    clone.git("fetch", "-q", "--depth=1", f"file://{repo.path}", "main")
    clone.git("reset", "-q", "--hard", "FETCH_HEAD")
    with pytest.raises(CannotDecide, match="shallow"):
        found_in(clone, "ref-missing", bash("git checkout v1"))


def _policy(**phase: object) -> Policy:
    phases = [{"id": "1", **phase}, {"id": "2", "paths": ["core/agents/v2/**"]}]
    migrations = {"m": {"plan": PATH, "phases": phases}}
    return msgspec.convert({"version": 1, "migrations": migrations}, Policy)


def test_the_policy_says_which_phase_owns_a_path(repo: Repository) -> None:
    repo.commit(FILES)
    policy = _policy()
    with Git.find(repo.path) as git:
        context = Context(CommitTree(git, "HEAD"), git, policy, policy.migrations["m"])
        plan = "# P\n## Phase 1\n```bash\nrm -rf core/agents/\n```\n"
        (finding,) = found("removes-later-phase", plan, context)
        assert "phase 2" in finding.message


def test_a_file_that_a_phase_will_add_is_not_missing(repo: Repository) -> None:
    repo.commit(FILES)
    policy = _policy(paths=["core/next/**"])
    plan = bash("python core/next/check.py", "Phase 1")
    with Git.find(repo.path) as git:
        tree = CommitTree(git, "HEAD")
        context = Context(tree, git, policy, policy.migrations["m"])
        assert found("file-missing", plan, context) == []
        assert found("file-missing", plan, Context(tree, git))


def test_the_plans_that_a_change_touches_are_judged(repo: Repository) -> None:
    repo.commit(FILES)
    repo.stage({PATH: bash("git reset --hard nowhere")})
    with Git.find(repo.path) as git:
        rules = {f.rule for f in check.check(changes.staged(git), _policy())}
    assert {"ref-missing", "destructive-reset-or-force-push"} <= rules


def test_a_plan_that_is_not_touched_is_not_judged(repo: Repository) -> None:
    repo.commit({**FILES, PATH: bash("git reset --hard nowhere")})
    repo.stage({"src/a.py": "1\n"})
    with Git.find(repo.path) as git:
        assert list(check.check(changes.staged(git), _policy())) == []
