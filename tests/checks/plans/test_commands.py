"""The rules that a plan's commands decide alone: what they find, what they leave."""

from __future__ import annotations

from pathlib import Path

import pytest

from backout.checks.plans.rules import (
    blocks,
    git_steps,
    python,
    redis,
    restores,
    schema,
    services,
    steps,
    texts,
)
from support.plans import bash, found, page

DOCS = Path(__file__).parents[3] / "docs" / "rules"

FORWARD = "alembic downgrade 7f3a2b1c"

_REWRITE = (
    "```python\nwith open('a.yml') as f:\n    old = yaml.safe_load(f)\nnew = {new}\n"
    "with open('{to}', 'w') as f:\n    yaml.dump(new, f)\n```\n"
)

HARMLESS: dict[str, dict[str, str]] = {
    "nested-fence": {
        "four ticks outside": "````markdown\n1. Stop\n```bash\nhalt\n```\n````\n",
        "no fence inside": "```markdown\n# Template\n```\n\n```bash\nls\n```\n",
        "the inner one is indented past closing": (
            "```markdown\n     ```bash\n     halt\n     ```\n```\n"
        ),
    },
    "block-does-not-parse": {
        "Python that nests": "```python\nx = " + "[" * 20 + "]" * 20 + "\n```\n",
        "a long list": "```python\nx = [" + "'a', " * 900 + "]\n```\n",
        "text about Python": "```python\n$ pip install x\n```\n",
        "a bracket in quotes": bash('echo "done (really)"'),
        "an arithmetic and a pattern": bash("[[ $a =~ ^(x|y)$ ]] && echo $((1 + (2)))"),
        "a function and a subshell": bash("back() { (cd x && ls); }\nback"),
        "a case": bash("case $1 in\n  (a) ls;;\n  b) ls;;\nesac"),
        "a heredoc with a quote": bash("cat <<EOF > note\nit's down (again)\nEOF"),
        "a quote in a comment": bash("ls # it's here"),
        "a placeholder": bash("git revert <commit-hash>"),
        "text without a language": "```\nStatus (see below\n```\n",
    },
    "wrong-language": {
        "an ellipsis that goes on": bash("docker run x \\\n  ... (other options)"),
        "variables set after a remark": bash(
            "# the .env file comes from the store\ncp a/.env .\n\n# 2. Restore\nA=$(ls b)"
        ),
        "a client's own command in SQL": "```sql\n\\c shop\nSELECT 1;\n```\n",
        "a client told of in SQL": "```sql\n-- psql shop\nSELECT 1;\n```\n",
        "SQL given to a client": bash('psql -c "\nSELECT COUNT(*)\nFROM a;\n"'),
        "SQL in a heredoc": bash("psql shop <<SQL\nSELECT 1;\nSQL"),
        "SQL in a heredoc the parser gives up on": bash(
            "psql shop <<SQL\nSELECT ${x:.2f};\nDELETE FROM a;\nSQL"
        ),
        "SQL in its own block": "```sql\nSELECT COUNT(*) FROM a;\n```\n",
        "a loop called select": bash("select x in a b; do\n  ls\ndone"),
        "an ellipsis": bash("ls\n...\nls"),
        "assignments that are used": bash("USE_V2=false\necho $USE_V2"),
    },
    "prose-only-step": {
        "comments above commands": bash("# Restart the service\nsystemctl restart x"),
        "what one should see": bash("curl -f localhost\n# Expected: 200"),
        "a command label with its command": "# R\n- **Command:** `git fetch origin`\n",
        "a label with a block below": "# R\n- Run: this block\n  ```bash\n  ls\n  ```\n",
        "a plain list": "# R\n- Verify that it works\n",
    },
    "alternatives-in-one-block": {
        "told whole in the comment": bash(
            "ls a\n# Or click Run now.\n\n# 2. Copy it\ncp a b"
        ),
        "the rest of a remark": bash("ls a\n# A new one (from compose\n# or not)\nls"),
        "a block each": bash("ls a") + "Or:\n" + bash("ls b"),
        "nothing after it": bash("ls\n# Or ask the database team"),
        "an or within a remark": bash("ls\n# true or false\nls"),
    },
    "command-outside-block": {
        "a file's name": "# R\n- `src/app.py`\n",
        "a command that is spoken of": "# R\n- never run `git reset --hard x` here\n",
        "a command in a sentence": "# R\nWe use `git revert HEAD` for that.\n",
    },
    "no-fail-fast": {
        "a script that looks at each step": bash(
            "#!/bin/bash\nif ! docker stop a; then\n  exit 1\nfi\ndocker stop b\n"
            "if ! docker start c; then\n  docker start a\n  exit 1\nfi"
        ),
        "a tree of folders": bash("backups/\n├── a.sql\n└── b.sql"),
        "set -e": bash("set -euo pipefail\ngit pull\nmake\necho Rollback complete"),
        "chained": bash("git pull && make && echo done"),
        "one step": bash("make rollback\necho done"),
        "only looking": bash("docker ps\nkubectl get pods\necho '== done =='"),
        "no claim": bash("git pull\nmake install"),
        "errexit by name": bash("set -o errexit\ngit pull\nmake\necho done"),
    },
    "interactive-command": {
        "a file for cron": bash("crontab deploy/legacy.cron"),
        "vim in batch": bash("vim -es -c 's/a/b/' -c wq file.ini"),
        "sed": bash("sed -i s/true/false/ config.ini"),
        "top in batch": bash("top -b -n 1"),
    },
    "command-never-returns": {
        "the last step": bash("systemctl restart x\ntail -f x.log"),
        "bounded by time": bash("timeout 60 tail -f x.log\nsystemctl restart x"),
        "bounded by grep": bash("tail -f x.log | grep -m1 ready\nsystemctl restart x"),
        "detached": bash("docker compose up -d\nsystemctl restart x"),
        "in the background": bash("tail -f x.log &\nsystemctl restart x"),
        "the option names a file": bash(
            "docker compose -f prod.yml logs\nsystemctl restart x"
        ),
    },
    "commands-after-remote-shell": {
        "a file is fed to it": bash("docker exec -i db psql shop < a.sql\nls"),
        "the command is given": bash("ssh web1 'systemctl stop x'\nls"),
        "a heredoc": bash("ssh web1 <<EOF\nls\nEOF\nls"),
        "psql with a command": bash("psql shop -c 'SELECT 1'\nls"),
        "a session alone": bash("ssh web1"),
        "exec with a command": bash("docker exec -it web ls /app\nls"),
    },
    "unguarded-cd": {
        "a folder just made": bash("mkdir -p /tmp/x\ncd /tmp/x\nrm -rf build"),
        "with a way out": bash("cd /srv/shop || exit 1\nrm -rf build"),
        "chained": bash("cd /srv/shop && rm -rf build"),
        "set -e": bash("set -e\ncd /srv/shop\nrm -rf build"),
        "nothing at risk": bash("cd /srv/shop\ngit pull"),
        "an absolute path": bash("cd /srv/shop\nrm -rf /srv/shop/build"),
    },
    "export-does-not-reach-service": {
        "started from this shell": bash("export USE_V2=0\npython -m app"),
        "used later": bash("export USE_V2=0\nkubectl set env d/x USE_V2=$USE_V2"),
        "set where it is read": bash(
            "systemctl set-environment USE_V2=0\nsystemctl restart shop"
        ),
        "no flag": bash("export KUBECONFIG=~/.kube/prod\nkubectl get pods"),
        "compose reads it": bash("export USE_V2=0\ndocker compose up -d"),
        "pm2 told to": bash("export USE_V2=0\npm2 restart x --update-env"),
    },
    "kill-by-script-name": {
        "the whole command line": bash("pkill -f run_pipeline.py"),
        "a program": bash("killall nginx"),
        "a pid": bash("kill $(cat run.pid)"),
    },
    "service-never-restarted": {
        "started again": bash(
            "systemctl stop x\ngit revert abc1234\nsystemctl start x"
        ),
        "another start": bash("systemctl stop x\ndocker compose up -d"),
        "the new one": bash("systemctl stop shop-v2"),
        "not a rollback": bash("systemctl stop x", "Decommissioning"),
    },
    "ineffective-cli-usage": {
        "version two": bash("docker compose down"),
        "a restart alone": bash("docker compose restart web"),
        "made anew": bash("echo A=1 > .env\ndocker compose up -d web"),
        "pull by tag": bash("docker pull shop:1.2"),
    },
    "undo-without-revision": {
        "kubectl": bash("kubectl rollout undo deploy/x --to-revision=3"),
        "helm": bash("helm rollback shop 41 -n prod"),
        "heroku": bash("heroku rollback v102 -a shop"),
        "status": bash("kubectl rollout status deploy/x"),
    },
    "bypasses-protection": {
        "told not to be": "# Rollback\n- Merge it, no emergency bypass of CI\n",
        "a plain push": bash("git push origin rollback"),
        "told not to": "# Rollback\n- Do not disable the CI gate\n",
        "put back": "# Rollback\n- Re-enable the branch protection\n",
        "a pod": bash("kubectl delete pod web-1"),
    },
    "checkout-head-restores-nothing": {
        "from a commit": bash("git checkout 4be1c2d -- src/a.py"),
        "restore from a commit": bash("git restore --source=4be1c2d -- src/a.py"),
        "discards on purpose": bash("# Discard local changes\ngit checkout -- ."),
        "after a revert without commit": bash(
            "git revert --no-commit 4be1c2d\ngit checkout HEAD -- docs/rollback.md"
        ),
        "unstages": bash("git restore --staged a.py"),
        "a branch": bash("git checkout main"),
    },
    "log-search-shows-wrong-commits": {
        "oldest first": bash("git log --reverse --oneline | grep -B5 V1"),
        "after": bash("git log --oneline | grep -A1 V1"),
        "another log": bash("cat app.log | grep -B5 V1"),
    },
    "destructive-reset-or-force-push": {
        "a revert": bash("git revert --no-edit 4be1c2d\ngit push origin main"),
        "a branch of its own": bash("git checkout -b back\ngit reset --hard 4be1c2d"),
        "to the remote's state": bash("git fetch\ngit reset --hard origin/main"),
        "uncommitted work only": bash("git reset --hard HEAD"),
        "a branch is deleted": bash("git push origin --delete back"),
        "not pushed yet": bash("# Merge was not pushed\ngit reset --hard 4be1c2d"),
        "warned against": bash("git push --force", lead="Never do this:"),
    },
    "rollback-never-committed": {
        "a copy beside it": bash("cp src/a.ts src/a.ts.baseline"),
        "a cleanup that is no rollback": bash(
            "rm -f src/old.py", "Phase 3: Code cleanup"
        ),
        "committed": bash("git rm -q src/new.py\ngit commit -m back"),
        "committed in the next step": (
            bash("rm src/new.py")
            + "## Then\n"
            + bash("git commit -am back", "Rollback")
        ).replace("# Rollback\n\n\n\n```bash\ngit", "```bash\ngit"),
        "deployed from here": bash("git checkout v1 -- src/\nfly deploy"),
        "generated files": bash("rm -rf node_modules dist\nnpm ci"),
        "not ours": bash("rm -rf /var/cache/shop"),
        "a revert commits": bash("git revert --no-edit 4be1c2d"),
    },
    "relative-target": {
        "pinned": bash("git revert 4be1c2d"),
        "looking": bash("git log HEAD~5..HEAD\ngit diff HEAD~1"),
        "a pinned revision": bash("alembic downgrade 7f3a2b1c"),
        "latest elsewhere": bash("docker pull shop:latest", "Deployment"),
    },
    "clean-deletes-backup": {
        "a backup elsewhere": bash("pg_dump -Fc x -f /var/x.dump\ngit clean -fd"),
        "no backup": bash("git clean -fdx"),
        "excluded": bash("pg_dump -Fc x -f x.dump\ngit clean -fd -e x.dump"),
        "a dry run": bash("pg_dump -Fc x -f x.dump\ngit clean -n"),
    },
    "revert-on-dirty-tree": {
        "committed between": bash("rm src/a.py\ngit commit -am x\ngit revert 4be1c2d"),
        "stashed": bash("rm src/a.py\ngit stash\ngit revert 4be1c2d"),
        "before": bash("git revert 4be1c2d\nrm src/a.py"),
    },
    "overlay-checkout-leaves-newer-files": {
        "a file": bash("git checkout v1 -- src/a.py"),
        "restore": bash("git restore --source=v1 -S -W -- src/"),
        "told to": bash("git checkout --no-overlay v1 -- src/"),
    },
    "merge-reverted-no-way-forward": {
        "said": bash("git revert -m 1 4be1c2d") + "Re-enable: revert the revert.\n",
        "no merge": bash("git revert 4be1c2d"),
    },
    "pg-restore-of-plain-dump": {
        "an archive called .sql": bash(
            "pg_dump --format=custom --file=a.sql x\npg_restore -d x a.sql"
        ),
        "custom format": bash("pg_restore -d x x.dump"),
        "psql": bash("psql -v ON_ERROR_STOP=1 -f x.sql"),
        "made so": bash("pg_dump -Fc x -f a.dump\npg_restore -d x a.dump"),
    },
    "name-computed-again": {
        "pinned": bash("pg_restore -d x backup_20261103.dump"),
        "made in the same block": bash(
            "pg_dump -Fc x > b_$(date +%F).dump\npg_restore -l b_$(date +%F).dump"
        ),
        "by a variable": bash("f=b_$(date +%F)\npg_dump x > $f\npg_restore -l $f"),
        "a name to write": bash("pg_dump -Fc x -f b_$(date +%F).dump"),
    },
    "restore-over-live-database": {
        "on a new machine": bash("git clone u /opt/x\npg_restore -d shop a.dump"),
        "into a volume made anew": bash(
            "docker volume rm data\ndocker compose up -d db\npg_restore -d shop a.dump"
        ),
        "to a test database": bash("pg_restore -h $TEST_HOST -d $TEST_DB a.dump"),
        "to a new one": bash("# Restore to new database\npsql -h b -d x < backup.sql"),
        "scratch": bash("pg_restore -d shop_restored x.dump"),
        "under such a heading": (
            "# Recovery\n## Restore to a new server\n```bash\n"
            "pg_restore -d x a.dump\n```"
        ),
        "after such words": bash(
            "pg_restore -d shop x.dump", lead="On the fresh database server:"
        ),
        "a volume taken away": bash(
            "docker compose down -v\npg_restore -d shop x.dump"
        ),
        "an instance made": bash("terraform apply\npg_restore -d shop x.dump"),
        "clean": bash("pg_restore --clean --if-exists -e -1 -d shop x.dump"),
        "dropped before": bash("dropdb shop\ncreatedb shop\npg_restore -d shop x.dump"),
        "a listing": bash("pg_restore --list x.dump"),
        "a script, no dump": bash("psql -d shop -f migrations/down_7.sql"),
        "troubleshooting": bash("pg_restore -d shop x.dump", "Troubleshooting"),
    },
    "restore-without-stop-on-error": {
        "cleaned, into a fresh one": bash(
            "createdb shop\npg_restore --clean -d shop a.dump"
        ),
        "psql": bash("psql -v ON_ERROR_STOP=1 -f x.sql"),
        "in the script": bash("psql <<E\n\\set ON_ERROR_STOP on\nSELECT 1;\nE"),
        "pipefail": bash("set -o pipefail\npg_dump x | gzip > x.gz"),
        "one command": bash("psql -c 'SELECT 1'"),
        "pg_restore": bash("pg_restore --clean -e -d x x.dump"),
    },
    "restored-artifact-never-produced": {
        "only listed": bash("tar -tzf backup.tar.gz"),
        "made": bash("pg_dump -Fc x -f a.dump\npg_restore -d x a.dump"),
        "made by redirection": bash("pg_dump x > a_$(date).sql\npsql x < a_2026.sql"),
        "downloaded to here": bash(
            "aws s3 cp s3://b/a.dump ./\npg_restore -d x ./a.dump"
        ),
        "downloaded": bash("aws s3 cp s3://b/a.dump a.dump\npg_restore -d x a.dump"),
        "a backup job's": bash("pg_restore -d x /var/backups/a.dump"),
        "a person picks it": bash("pg_restore -d x <backup-file>"),
    },
    "backup-unchecked-before-restore": {
        "to a test host": bash("pg_restore -h $TEST_DB_HOST -d shop a.dump"),
        "listed": bash("pg_restore -l a.dump\npg_restore -d x a.dump"),
        "a checksum": bash("sha256sum -c a.sha\npg_restore -d x a.dump"),
        "a scratch restore": bash("pg_restore -d x_test a.dump"),
        "in words": bash("pg_restore -d x a.dump", lead="Verify the backup first."),
    },
    "no-safety-copy": {
        "on a machine made anew": bash("terraform apply\npg_restore -d x a.dump"),
        "a stack that was empty": bash(
            "# 3. Start the new stack (with an empty volume)\nmake up\n"
            "psql -v ON_ERROR_STOP=1 -d shop -f backup.sql"
        ),
        "the copy itself is restored": bash(
            "# Restore the safety copy\npg_restore --clean -d shop $COPY"
        ),
        "numbered steps in another language": (
            "# Restauration\n## Procédure\n### Étape 1: Sauvegarde de sécurité\n"
            + "```bash\npg_dump -Fc shop -f now.dump\n```\n### Étape 2: Restauration\n"
            + "```bash\npg_restore --clean -e -d shop a.dump\n```\n"
        ),
        "a backup of the current state": (
            "# Rollback\n## Procedure\n### Step 1: Back up the current state\n"
            "```bash\npg_dump -Fc shop -f now.dump\n```\n### Step 2: Restore\n"
            "```bash\npg_restore --clean -e -d shop a.dump\n```\n"
        ),
        "a dump": bash("pg_dump -Fc x -f now.dump\npg_restore -d x a.dump"),
        "a rename": bash(
            "psql -c 'ALTER DATABASE x RENAME TO x_bad'\npg_restore -d x a.dump"
        ),
        "scratch": bash("pg_restore -d x_scratch a.dump"),
        "a cache": bash("redis-cli FLUSHALL"),
    },
    "drop-create-in-one-command": {
        "two commands": bash("psql -c 'DROP DATABASE x' -c 'CREATE DATABASE x'"),
        "one statement": bash("psql -c 'DROP DATABASE x;'"),
        "tables": bash("psql -c 'DROP TABLE a; CREATE TABLE a (i int);'"),
    },
    "file-copy-of-live-database": {
        "in a downtime": bash(
            "cp a.db data/shop.db", lead="Restore (downtime required):"
        ),
        "stopped, says the comment": bash(
            "# Stop the app first (step 1).\ncp a.bak x.db"
        ),
        "written through and read only": bash(
            "# 1. put it in read-only mode\nmake read-only\n"
            "sqlite3 x.db 'PRAGMA wal_checkpoint(FULL);'\ncp x.db /mnt/copy"
        ),
        "stopped before": bash("systemctl stop x\ncp app.db app.db.bak"),
        "its own tool": bash("sqlite3 app.db '.backup b.db'"),
        "a copy of a backup": bash("cp backups/app.db /tmp/app.db"),
        "said to be stopped": bash("cp app.db b.db", lead="Stop the app first."),
    },
    "code-before-down-migration": {
        "schema first": bash("alembic downgrade 7f3a2b1c\ngit revert 4be1c2d"),
        "another branch": bash("git checkout -b back\nalembic downgrade 7f3a2b1c"),
        "other procedures": bash("git revert 4be1c2d", "Rollback code")
        + bash("alembic downgrade 7f3a2b1c", "Rollback schema"),
    },
    "forward-migration-in-rollback": {
        "up to the code that is there": bash(
            "# only if you recovered to a state before it\nalembic upgrade head"
        ),
        "into a fresh database": (
            "# Recovery\n1. Recreate the fresh database.\n2. Run migrations:\n\n"
            "   ```bash\n   php artisan migrate --force\n   ```\n"
        ),
        "after the restore": bash(
            "# Run pending migrations (if any)\nalembic upgrade head", "Restore"
        ),
        "down": bash(FORWARD),
        "deploying": bash("alembic upgrade head", "Deployment"),
        "re-enabling": bash("alembic upgrade head", "Re-enablement after rollback"),
        "to a name": bash("python manage.py migrate shop 0012"),
        "only looking": bash("python manage.py migrate --check"),
        "after a restore": bash("pg_restore -d x a.dump\nalembic upgrade head"),
    },
    "verification-queries-dropped-object": {
        "a script between": bash(
            "psql -c 'DROP TABLE a'\n./scripts/recover.sh\n"
            "psql -c 'SELECT count(*) FROM a'"
        ),
        "restored between": bash(
            "psql -c 'DROP TABLE a'\npg_restore -d x a.dump\n"
            "psql -c 'SELECT count(*) FROM a'"
        ),
        "a part of a date": (
            "```sql\nDROP TABLE a;\nSELECT EXTRACT(epoch FROM a) FROM b;\n```\n"
        ),
        "a name of WITH": (
            "```sql\nDROP TABLE a;\nWITH a AS (SELECT 1) SELECT * FROM a;\n```\n"
        ),
        "the word in a text": "```sql\nDROP TABLE a;\nSELECT 'x FROM a' FROM b;\n```\n",
        "asks whether it is gone": bash(
            "psql -c 'DROP TABLE a'\npsql -c \"SELECT to_regclass('a')\""
        ),
        "another table": bash("psql -c 'DROP TABLE a'\npsql -c 'SELECT 1 FROM b'"),
        "made again": bash(
            "psql -c 'DROP TABLE a'\npsql -c 'ALTER TABLE b RENAME TO a'\n"
            "psql -c 'SELECT 1 FROM a'"
        ),
    },
    "data-fix-without-transaction": {
        "in a transaction that is begun": (
            "```sql\n\\c shop\nBEGIN;\nDELETE FROM a WHERE b = <id>;\nROLLBACK;\n```\n"
        ),
        "a function's body": ("```sql\nDO $$ BEGIN DELETE FROM a; END $$;\n```\n"),
        "a foreign key's rule": (
            "```sql\nCREATE TABLE a (b int REFERENCES c ON DELETE CASCADE);\n```\n"
        ),
        "a transaction": "```sql\nBEGIN;\nDELETE FROM a WHERE b;\nROLLBACK;\n```\n",
        "one bounded statement": bash("psql -c 'DELETE FROM a WHERE b = 1'"),
        "a query": "```sql\nSELECT 1 FROM a;\n```\n",
        "only in a comment": "```sql\n-- DELETE FROM a;\nSELECT 1;\n```\n",
    },
    "redis-pipe-executes-values": {
        "the protocol": bash("cat a.resp | redis-cli --pipe"),
        "an rdb file": bash("cp a.rdb /var/lib/redis/dump.rdb"),
    },
    "redis-backup-loses-keys": {
        "rdb": bash("redis-cli --rdb a.rdb"),
        "on the screen": bash("redis-cli --scan | head"),
        "a count": bash("redis-cli DBSIZE > count"),
    },
    "foreign-path": {
        "of a service's user": bash("ls /home/skyadmin/backups/"),
        "a service's home": bash("ls /home/deploy/app"),
        "relative": bash("ls src/users/anna"),
        "a placeholder": bash("cd /home/your-user/app"),
    },
    "credential-in-plan": {
        "from the vault": bash('PGPASSWORD="$(vault read -field=p db)" psql'),
        "a variable": bash("mysql -u root -p$DB_PASS < a.sql"),
        "a stand-in": bash("export API_KEY=your-key-here\nDB_PASSWORD=<secret>"),
        "local": bash("psql postgres://app:app12345@localhost/app"),
    },
    "undefined-name": {
        "syntax newer than the oldest Python": (
            "```python\ntype Ids = list[int]\ndef f[T](a: T) -> T:\n    return a\n```\n"
        ),
        "bound in every way there is": (
            "```python\nfrom a import b as c\nimport d.e\n"
            "def f(*g, h=1, **i):\n    global j\n    with g as k, h as (l, m):\n"
            "        for n, *o in i: p: int = n; q += p; del q\n"
            "    try: pass\n    except d.E as r: print(r, o, k, l, m, c)\n"
            "    match j:\n        case {'s': t, **u}: print(t, u)\n"
            "        case [v, *w] | X(v, y=w) as z: print(v, w, z)\n"
            "    return lambda x: (x, X := 1, [aa for aa in g], f(bb=1).cc)\n```\n"
        ),
        "a star import": "```python\nfrom a import *\ndef f():\n    g()\n```\n",
        "a whole here-document": bash("python - <<'EOF'\nimport a\na.b()\nEOF"),
        "one that the shell fills in": bash("python - <<EOF\nprint($a, b)\nEOF"),
        "a text after -c": bash("python -c 'import a; a.b()'"),
        "imported": "```python\nimport yaml\nyaml.dump({})\n```\n",
        "from an earlier block": (
            "```python\nimport yaml\n```\n```python\ndef f():\n    yaml.dump({})\n```\n"
        ),
        "a fragment": "In `settings.py` add:\n```python\nimport a\nx = os.getenv('A')\n```\n",
        "a method": "```python\ndef f(self):\n    return helper()\n```\n",
        "a comprehension": "```python\ndef f(a):\n    return [b for b in a]\n```\n",
        "not Python": "```python\n$ pip install x\n```\n",
    },
    "rewrite-drops-settings": {
        "to another file": _REWRITE.format(new='{"a": old["a"]}', to="b.yml"),
        "all of it": _REWRITE.format(new='{**old, "a": old["a"]}', to="a.yml"),
        "something else": _REWRITE.format(new='{"a": 1}', to="a.yml"),
        "of a call": _REWRITE.format(new="dict(old)", to="a.yml"),
    },
    "numbers-sorted-as-text": {
        "by the number": (
            "```python\n# numbered\nx = sorted(glob.glob('a_*.md'), key=n)\n```\n"
        ),
        "no numbers": "```python\nx = sorted(glob.glob('a_*.md'))\n```\n",
        "no files": "```python\n# numbered\nx = sorted(names)\n```\n",
    },
}

BAD: dict[str, dict[str, tuple[str, int]]] = {
    "nested-fence": {
        "three ticks in three": (
            "```markdown\n1. Stop\n   ```bash\n   halt\n   ```\n2. Go\n```\n", 1,
        ),
    },
    "block-does-not-parse": {
        "Python deeper than anybody nests": (
            "```python\nx = " + "(" * 40 + ")" * 40 + "\n```\n", 2,
        ),
        "Python with a chain that ends its parser": (
            "```python\nx = " + "1+" * 8000 + "1\n```\n", 2,
        ),
        "longer Python than is read": ("```python\n" + "x = 1\n" * 4000 + "```\n", 2),
        "more Python than is read": (
            ("```python\n" + "x = 1\n" * 3000 + "```\n\n") * 4, 6008,
        ),
        "an open quote": (bash('ls\necho "it is\nls'), 7),
        "a bare bracket": (bash("ls\necho Starting (phase 7)"), 7),
        "no end of the if": (bash("if true; then\n  ls"), 6),
        "too many pipes to read": (bash("a|" * 2000 + "b"), 6),
    },
    "wrong-language": {
        "shell in SQL": ("```sql\npsql shop\nSELECT 1;\n```\n", 2),
        "SQL": (bash("ls\nSELECT COUNT(*)\nFROM a;"), 7),
        "a prompt": (bash("mysql> SHOW TABLES"), 6),
        "Python": (bash("from app import db\nls"), 6),
        ".env lines": (bash("ls\n# Or in .env file\nUSE_V2=false"), 8),
    },
    "prose-only-step": {
        "a block of comments": (bash("# Comment out the check\n# Edit ci.yml"), 6),
        "at the end of a block": (bash("ls\n\n# Restart the process"), 8),
        "a label without a command": ("# R\n- **Command:** Revert the changes\n", 2),
    },
    "alternatives-in-one-block": {
        "or": (bash("git switch a\n\n# Or from backup\ncp b c"), 8),
    },
    "command-outside-block": {
        "an item": ("# R\n- **Command:** `git fetch origin`\n", 2),
    },
    "no-fail-fast": {
        "says it worked": (bash("git pull\nmake\necho 'Rollback complete'"), 8),
        "a script": (bash("#!/bin/bash\ngit pull\nmake\nsystemctl restart x"), 7),
        "a restore in the middle": (
            bash("rm -rf src/new\npg_restore -d x a.dump\ngit checkout v1 -- src"), 7,
        ),
    },
    "interactive-command": {
        "cron": (bash("crontab -e"), 6),
        "an editor": (bash("sudo vim /etc/x.ini"), 6),
        "kubectl edit": (bash("kubectl edit deploy/x"), 6),
        "an interactive rebase": (bash("git rebase -i 4be1c2d"), 6),
    },
    "command-never-returns": {
        "tail": (bash("tail -f x.log\nsystemctl restart x"), 6),
        "compose in the foreground": (bash("docker compose up\nmake notify"), 6),
        "on another host": (bash("ssh web1 'tail -f x.log'\nsystemctl restart x"), 6),
    },
    "commands-after-remote-shell": {
        "ssh": (bash("ssh web1\nsystemctl restart x"), 6),
        "psql and SQL": (bash("psql shop\nDELETE FROM a;"), 6),
        "a container's shell": (bash("docker exec -it web bash\nls"), 6),
    },
    "unguarded-cd": {
        "then rm": (bash("cd /srv/shop\nrm -rf build"), 6),
        "in a script": (bash("#!/bin/sh\ncd /srv\ngit checkout v1"), 7),
    },
    "export-does-not-reach-service": {
        "a service manager": (bash("export USE_V2=0\nsystemctl restart x"), 6),
        "nothing at all": (bash("export USE_V2=false"), 6),
        "built in": (bash("export NEXT_PUBLIC_V2=false"), 6),
    },
    "kill-by-script-name": {
        "a script": (bash("killall -9 run_pipeline.py"), 6),
        "every interpreter": (bash("pkill python"), 6),
    },
    "service-never-restarted": {
        "never": (bash("sudo systemctl stop shop\ngit revert 4be1c2d"), 6),
    },
    "ineffective-cli-usage": {
        "version one": (bash("docker-compose down"), 6),
        "restart for new settings": (
            bash("echo A=1 > .env\ndocker compose restart web"), 7,
        ),
        "no such option": (bash("docker compose pull --tag v1"), 6),
        "no such verb": (bash("kubectl rollback deploy/x"), 6),
    },
    "undo-without-revision": {
        "kubectl": (bash("kubectl rollout undo deploy/x -n prod"), 6),
        "helm": (bash("helm rollback shop"), 6),
        "vercel": (bash("vercel rollback"), 6),
    },
    "bypasses-protection": {
        "no verify": (bash("git push --no-verify"), 6),
        "admin": (bash("gh pr merge 7 --admin"), 6),
        "in words": ("# Rollback\n- Disable the CI gates temporarily\n", 2),
        "network": (bash("kubectl delete ingress web"), 6),
    },
    "checkout-head-restores-nothing": {
        "HEAD": (bash("git checkout HEAD -- src/a.py"), 6),
        "the index": (bash("git checkout -- src/a.py"), 6),
        "restore": (bash("git restore src/a.py"), 6),
    },
    "log-search-shows-wrong-commits": {
        "before": (bash("git log --oneline | grep -B5 V1"), 6),
    },
    "destructive-reset-or-force-push": {
        "reset": (bash("git reset --hard migration-start"), 6),
        "force": (bash("git push -f origin main"), 6),
        "a plus": (bash("git push origin +main"), 6),
        "with a lease": (bash("git push --force-with-lease"), 6),
    },
    "rollback-never-committed": {
        "removed": (bash("rm -rf src/new/\ngit push origin back"), 6),
        "taken from a commit": (bash("git checkout 4be1c2d -- src/a.py"), 6),
        "copied": (bash("cp old/a.py src/a.py"), 6),
    },
    "relative-target": {
        "a commit": (bash("git revert HEAD~1"), 6),
        "a migration": (bash("alembic downgrade -1"), 6),
        "an image": (bash("docker run shop:latest"), 6),
    },
    "clean-deletes-backup": {
        "in the tree": (bash("pg_dump -Fc x -f x.dump\ngit clean -fd"), 7),
    },
    "revert-on-dirty-tree": {
        "removed before": (bash("rm src/a.py\ngit revert 4be1c2d"), 7),
    },
    "overlay-checkout-leaves-newer-files": {
        "a folder": (bash("git checkout v1 -- src/ui/"), 6),
    },
    "merge-reverted-no-way-forward": {
        "nothing said": (bash("git revert -m 1 4be1c2d"), 6),
    },
    "pg-restore-of-plain-dump": {
        "by its name": (bash("pg_restore -d x backup.sql"), 6),
        "by how it was made": (
            bash("pg_dump x -f a.backup\npg_restore -d x a.backup"), 7,
        ),
    },
    "name-computed-again": {
        "the date": (bash("pg_restore -d x backup_$(date +%Y%m%d).dump"), 6),
        "a variable": (bash("f=b_$(date +%F).dump\npg_restore -d x $f"), 7),
    },
    "restore-over-live-database": {
        "pg_restore": (bash("pg_restore -d shop x.dump"), 6),
        "psql": (bash("psql -v ON_ERROR_STOP=1 shop < backup.sql"), 6),
        "in a container": (bash("docker exec db pg_restore -d shop x.dump"), 6),
    },
    "restore-without-stop-on-error": {
        "cleaned, where only rows were deleted": (
            bash("psql -c 'DELETE FROM a'\npg_restore --clean -d shop a.dump"), 7,
        ),
        "psql": (bash("psql -d x -f backup.sql"), 6),
        "a pipe": (bash("pg_dump x | gzip > x.gz"), 6),
        "clean": (bash("pg_restore --clean -d x x.dump"), 6),
    },
    "restored-artifact-never-produced": {
        "a dump": (bash("pg_restore -d x pre-7.dump"), 6),
        "a folder": (bash("cp backups/a.py src/a.py"), 6),
    },
    "backup-unchecked-before-restore": {
        "unseen": (bash("pg_restore -d x /var/a.dump"), 6),
    },
    "no-safety-copy": {
        "dropped and made empty by the plan": (
            bash("dropdb shop\n# Create empty database\ncreatedb shop\n"
                 "psql -v ON_ERROR_STOP=1 -d shop -f backup.sql"), 6,
        ),
        "a restore": (bash("pg_restore -d x /var/a.dump"), 6),
        "a drop": (bash("dropdb x"), 6),
        "a backup from before is none": (
            "# Plan\n## Before: backup\n```bash\npg_dump -Fc x -f a.dump\n```\n"
            "## Rollback\n```bash\npg_restore -d x a.dump\n```\n", 8,
        ),
    },
    "drop-create-in-one-command": {
        "both": (bash("psql -c 'DROP DATABASE x; CREATE DATABASE x'"), 6),
    },
    "file-copy-of-live-database": {
        "sqlite": (bash("cp app.db app.db.bak"), 6),
        "postgres": (bash("tar czf pg.tgz /var/lib/postgresql"), 6),
    },
    "code-before-down-migration": {
        "revert first": (bash("git revert 4be1c2d\nalembic downgrade 7f3a2b1c"), 7),
        "rollout first": (
            bash("kubectl rollout undo d/x --to-revision=2\n"
                 "kubectl exec p -- alembic downgrade 7f3a"), 7,
        ),
    },
    "forward-migration-in-rollback": {
        "alembic": (bash("alembic upgrade head"), 6),
        "django": (bash("python manage.py migrate"), 6),
    },
    "verification-queries-dropped-object": {
        "in the same block": (
            "```sql\nDROP TABLE IF EXISTS s.\"A\";\nSELECT count(*) FROM a;\n```\n", 3,
        ),
        "two at once, which the parser does not know": (
            "```sql\nDROP TABLE b, a;\nSELECT * FROM a;\n```\n", 3,
        ),
        "inside another query": (
            "```sql\nDROP VIEW a;\n\nSELECT 1 FROM b WHERE c IN (SELECT c FROM a);\n```\n",
            4,
        ),
        "a dropped table": (
            bash("psql -c 'DROP TABLE a'\npsql -c 'SELECT count(*) FROM a'"), 7,
        ),
    },
    "data-fix-without-transaction": {
        "bounded only in what it asks": (
            bash("psql -c 'UPDATE a SET b = (SELECT 1 FROM c WHERE d)'"), 6,
        ),
        "begun only in a body": (
            "```sql\nDO $$ BEGIN PERFORM 1; END $$;\nDELETE FROM a WHERE b;\n```\n", 3,
        ),
        "a block": ("```sql\nDELETE FROM a WHERE b;\n```\n", 2),
        "a whole table": (bash("psql -c 'UPDATE a SET b = 1'"), 6),
    },
    "redis-pipe-executes-values": {
        "json": (bash("cat a.json | redis-cli --pipe"), 6),
        "values listed before": (
            bash("redis-cli --scan | xargs redis-cli MGET > keys\n"
                 "redis-cli --pipe < keys"), 7,
        ),
    },
    "redis-backup-loses-keys": {
        "values": (bash("redis-cli --scan | xargs redis-cli MGET > a.json"), 6),
    },
    "foreign-path": {
        "a mac": (bash("cd /Users/anna/work/shop"), 6),
    },
    "credential-in-plan": {
        "a password": (bash("PGPASSWORD=s3cr3t-9321 psql"), 6),
        "a key": (f"key AKIA{'Q' * 16}\n", 1),
        "in an address": (bash("psql postgres://app:pw-77131@db.shop.io/a"), 6),
    },
    "rewrite-drops-settings": {
        "two keys": (
            _REWRITE.format(new='{"a": old["a"], "b": old.get("b", 1)}', to="a.yml"), 4,
        ),
    },
    "numbers-sorted-as-text": {
        "told by a comment": (
            "```python\n# numbered parts\nx = glob.glob('a_*.md')\ny = sorted(x)\n```\n", 4,
        ),
    },
    "undefined-name": {
        "first in a decorator": (
            "```python\nimport a\n\n@job(1)\ndef f():\n    b()\n```\n", 4,
        ),
        "in a here-document": (bash("python3 - <<'EOF'\nyaml.dump({})\nEOF"), 6),
        "after -c": (bash("python -c 'shop.check()'"), 6),
        "of another block": (
            "```python\nimport a\n```\n\n```bash\npython -c 'a.b()'\n```\n", 6,
        ),
        "not imported": ("```python\ndef f():\n    yaml.dump({})\n```\n", 3),
    },
}  # fmt: skip

GROUPS = (blocks, git_steps, python, redis, restores, schema, services, steps, texts)
# Decided with a repository: tests/checks/plans/test_repository.py.
ELSEWHERE = {"database-name-differs"}


@pytest.mark.parametrize(
    ("rule", "plan"),
    [
        pytest.param(rule, plan, id=f"{rule}: {name}")
        for rule, cases in HARMLESS.items()
        for name, plan in cases.items()
    ],
)
def test_harmless_plans_pass(rule: str, plan: str) -> None:
    assert found(rule, plan) == []


@pytest.mark.parametrize(
    ("rule", "plan", "line"),
    [
        pytest.param(rule, plan, line, id=f"{rule}: {name}")
        for rule, cases in BAD.items()
        for name, (plan, line) in cases.items()
    ],
)
def test_what_cannot_work_is_found_where_it_stands(
    rule: str, plan: str, line: int
) -> None:
    findings = found(rule, plan)
    assert [finding.place.line for finding in findings] == [line]
    assert findings[0].help


@pytest.mark.parametrize("rule", [r.rule.id for g in GROUPS for r in g.RULES])
def test_every_rule_has_cases(rule: str) -> None:
    if rule not in ELSEWHERE:
        assert BAD[rule]
        assert len(HARMLESS[rule]) > 1


@pytest.mark.parametrize("rule", [r for r in BAD if r not in ELSEWHERE])
def test_a_page_shows_what_is_found_and_what_is_not(rule: str) -> None:
    assert found(rule, f"# Rollback\n\n{page(DOCS, rule, 'Bad')}\n")
    assert not found(rule, f"# Rollback\n\n{page(DOCS, rule, 'Good')}\n")


def test_a_secret_is_never_repeated() -> None:
    (finding,) = found("credential-in-plan", bash("PGPASSWORD=s3cr3t-9321 psql"))
    assert "s3cr3t" not in repr(finding)
