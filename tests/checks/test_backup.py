"""A data phase and the evidence of its backup: real keys, real signatures, real git."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from backout.checks import backup as check
from backout.core import change as changes
from backout.core.errors import UsageError
from backout.core.evidence import Backup, Source, Verification, decode, encode, path_of
from backout.core.finding import Finding, Severity
from backout.core.git import Git
from backout.core.policy import Data, Migration, Phase, Policy
from backout.core.signature import sign
from support.repository import Repository

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
TAKEN = datetime(2026, 11, 18, 2, 10, tzinfo=UTC)
COUNTS = {"opportunities": 1204331, "scores": 12}
DATA = Data(
    engine="postgresql",
    database="harbor",
    tables=("opportunities", "scores"),
    min_rows=1,
)
GOOD = Backup(
    migration="storage-v2",
    phase="7",
    taken_at=TAKEN,
    engine="postgresql",
    source=Source("harbor"),
    counts=COUNTS,
    verification=Verification("restored", counts=COUNTS),
)


def policy(data: Data = DATA, status: str = "open", final: bool = False) -> Policy:
    phase = Phase("7", risk="high", paths=("core/storage/**",), data=data, final=final)
    migration = Migration(id="storage-v2", phases=(phase,))
    if status == "closed":
        migration = msgspec.structs.replace(migration, status="closed")
    return Policy(1, migrations={"storage-v2": migration})


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of keys: `ops` may sign, `stranger` may not."""
    folder = tmp_path_factory.mktemp("keys")
    for name in ("ops", "stranger"):
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name],
            check=True,
        )
    return folder


def signers(keys: Path, name: str = "ops", options: str = "") -> str:
    kind, key = (keys / f"{name}.pub").read_text(encoding="utf-8").split()[:2]
    return f"{name}@example.org {options} {kind} {key}\n"


class Story:
    """A base branch, and a pull request that touches the data phase."""

    def __init__(self, repo: Repository, keys: Path) -> None:
        self.repo, self.keys = repo, keys
        self.base: dict[str, str | bytes | None] = {
            "backout.yaml": "version: 1\n",
            "core/storage/write.py": "old\n",
            "README.md": "a\n",
            ".backout/allowed_signers": signers(keys),
        }
        self.head: dict[str, str | bytes | None] = {"core/storage/write.py": "new\n"}
        self.base_date = "2026-11-01T00:00:00Z"

    def record(
        self,
        backup: Backup = GOOD,
        *,
        key: str = "ops",
        namespace: str = "backout-backup",
    ) -> None:
        """Add a record and its signature to the pull request."""
        file = self.repo.path.parent / "record.json"
        file.write_bytes(encode(backup))
        signature = sign(file, self.keys / key, namespace)
        self.head[path_of(backup)] = file.read_bytes()
        self.head[f"{path_of(backup)}.sig"] = signature.read_bytes()
        signature.unlink()

    def rules(self, policy: Policy, now: datetime = NOW) -> list[str]:
        """What the gate finds, by rule."""
        return [finding.rule for finding in self.found(policy, now)]

    def found(self, policy: Policy, now: datetime = NOW) -> list[Finding]:
        """What the gate finds."""
        self.repo.commit(self.base, GIT_COMMITTER_DATE=self.base_date)
        self.repo.git("checkout", "-q", "-b", "topic")
        self.repo.commit(self.head)
        with Git.find(self.repo.path) as git:
            change = changes.between(git, "main", "topic")
            change.now = now
            return list(check.check(change, policy))


@pytest.fixture
def story(repo: Repository, keys: Path) -> Story:
    return Story(repo, keys)


def but(**fields: object) -> Backup:
    return msgspec.structs.replace(GOOD, **fields)


@pytest.mark.parametrize(
    ("backup", "demanded"),
    [
        pytest.param(GOOD, DATA, id="a fresh restored record passes"),
        pytest.param(
            but(verification=Verification("read")),
            msgspec.structs.replace(DATA, proof="read"),
            id="what was read is enough where the policy says so",
        ),
        pytest.param(
            but(verification=Verification("listed")),
            msgspec.structs.replace(DATA, proof="listed"),
            id="even a listing is, if the owners accept that in the policy",
        ),
        pytest.param(
            but(counts={**COUNTS, "more": 0}, verification=Verification("read")),
            msgspec.structs.replace(DATA, proof="read"),
            id="another table may be empty",
        ),
        pytest.param(
            but(expires_at=NOW + timedelta(hours=1)),
            DATA,
            id="it expires later",
        ),
        pytest.param(
            but(taken_at=NOW + timedelta(minutes=2)),
            DATA,
            id="the other machine's clock is two minutes ahead",
        ),
    ],
)
def test_a_good_backup_says_nothing(
    story: Story, backup: Backup, demanded: Data
) -> None:
    story.record(backup)
    assert story.rules(policy(demanded)) == []


def test_a_change_outside_the_phase_needs_no_backup(story: Story) -> None:
    story.head = {"README.md": "b\n"}
    assert story.rules(policy()) == []


@pytest.mark.parametrize("state", ["closed", "final"])
def test_what_is_over_needs_no_backup(story: Story, state: str) -> None:
    over = policy(status="closed") if state == "closed" else policy(final=True)
    assert story.rules(over) == []


def test_one_good_record_is_enough_beside_a_bad_newer_one(story: Story) -> None:
    story.record(but(taken_at=TAKEN + timedelta(hours=1), engine="mysql"))
    story.record(GOOD)
    assert story.rules(policy()) == []


def test_the_phase_may_have_changed_before_the_backup(story: Story) -> None:
    story.base_date = "2026-11-18T02:00:00Z"
    story.record()
    assert story.rules(policy()) == []


@pytest.mark.parametrize(
    ("backup", "rules"),
    [
        pytest.param(
            but(taken_at=TAKEN - timedelta(hours=24)), ["backup-stale"], id="too old"
        ),
        pytest.param(
            but(taken_at=NOW + timedelta(days=1)), ["backup-stale"], id="from tomorrow"
        ),
        pytest.param(
            but(expires_at=NOW), ["backup-stale"], id="it has expired meanwhile"
        ),
        pytest.param(
            but(verification=Verification("read")),
            ["backup-unproven"],
            id="only read where the risk demands restored",
        ),
        pytest.param(
            but(verification=Verification("restored", counts=COUNTS, exit_status=1)),
            ["backup-unproven"],
            id="the restore failed",
        ),
        pytest.param(
            but(source=Source("harbor_test")),
            ["backup-mismatch"],
            id="another database",
        ),
        pytest.param(but(engine="mysql"), ["backup-mismatch"], id="another engine"),
        pytest.param(
            but(
                counts={"opportunities": 5},
                verification=Verification("restored", counts={"opportunities": 5}),
            ),
            ["backup-mismatch"],
            id="a table is missing",
        ),
        pytest.param(
            but(
                counts={"opportunities": 5, "scores": 0},
                verification=Verification(
                    "restored", counts={"opportunities": 5, "scores": 0}
                ),
            ),
            ["backup-mismatch"],
            id="zero rows",
        ),
        pytest.param(
            but(verification=Verification("restored", counts={**COUNTS, "scores": 11})),
            ["backup-mismatch"],
            id="a row was lost on the way",
        ),
    ],
)
def test_a_bad_backup(story: Story, backup: Backup, rules: list[str]) -> None:
    story.record(backup)
    assert story.rules(policy()) == rules


def test_none_at_all(story: Story) -> None:
    assert story.rules(policy()) == ["backup-missing"]


def test_that_of_a_phase_whose_id_begins_alike_does_not_count(story: Story) -> None:
    story.record(but(phase="7-b"))
    assert story.rules(policy()) == ["backup-missing"]


def test_zero_rows_without_named_tables(story: Story) -> None:
    story.record(
        but(counts={"a": 0}, verification=Verification("restored", counts={"a": 0}))
    )
    data = msgspec.structs.replace(DATA, tables=())
    assert story.rules(policy(data)) == ["backup-mismatch"]


def test_the_phase_changed_after_the_backup(story: Story) -> None:
    story.base_date = "2026-11-18T02:20:00Z"
    story.record()
    assert story.rules(policy()) == ["backup-stale"]


def test_no_signature(story: Story) -> None:
    story.record()
    del story.head[f"{path_of(GOOD)}.sig"]
    assert story.rules(policy()) == ["backup-unsigned"]


def test_nobody_may_sign(story: Story) -> None:
    del story.base[".backout/allowed_signers"]
    story.record()
    assert story.rules(policy()) == ["backup-unsigned"]


def test_a_signer_that_the_same_change_adds_does_not_count(story: Story) -> None:
    story.record(key="stranger")
    story.head[".backout/allowed_signers"] = signers(story.keys, "stranger")
    assert story.rules(policy()) == ["backup-tampered"]


def test_a_strangers_key(story: Story) -> None:
    story.record(key="stranger")
    (finding,) = story.found(policy())
    assert finding.rule == "backup-tampered"
    assert ".." not in finding.message


def test_a_signature_made_for_another_purpose(story: Story) -> None:
    story.record(namespace="git")
    assert story.rules(policy()) == ["backup-tampered"]


def test_a_key_that_has_expired(story: Story) -> None:
    story.base[".backout/allowed_signers"] = signers(
        story.keys, options='valid-before="20261101"'
    )
    story.record()
    assert story.rules(policy()) == ["backup-tampered"]


def test_a_record_that_was_edited(story: Story) -> None:
    story.record()
    record = story.head[path_of(GOOD)]
    assert isinstance(record, bytes)
    story.head[path_of(GOOD)] = record.replace(b"1204331", b"1204332")
    assert story.rules(policy()) == ["backup-tampered"]


def test_a_signature_of_another_record(story: Story) -> None:
    story.record()
    other = but(taken_at=TAKEN + timedelta(hours=1))
    story.head[path_of(other)] = encode(other)
    story.head[f"{path_of(other)}.sig"] = story.head.pop(f"{path_of(GOOD)}.sig")
    assert story.rules(policy()) == ["backup-tampered"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        pytest.param(b"", "not a backup record", id="empty"),
        pytest.param(b"\xff\xfe", "not a backup record", id="no text"),
        pytest.param(encode(GOOD)[:-1], "not canonical", id="no line end"),
        pytest.param(b" " + encode(GOOD), "not canonical", id="a blank more"),
        pytest.param(
            encode(GOOD).replace(b'"rows"', b'"row"').replace(b"{", b'{"x":1,', 1),
            "unknown field",
            id="an unknown field",
        ),
        pytest.param(
            encode(GOOD).replace(b"02:10:00Z", b"02:10:00"),
            "without a zone",
            id="a time of nowhere",
        ),
    ],
)
def test_what_is_no_record(text: bytes, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        decode(text, "x.json")


def test_a_broken_record_is_a_finding(story: Story) -> None:
    story.head[path_of(GOOD)] = b"{}"
    assert story.rules(policy()) == ["backup-tampered"]


def test_a_commit_in_the_making_is_only_warned(story: Story) -> None:
    story.repo.commit(story.base)
    story.repo.stage(story.head)
    with Git.find(story.repo.path) as git:
        [finding] = check.check(changes.staged(git), policy())
    assert finding.severity is Severity.WARNING
    assert finding.message == (
        "This belongs to storage-v2/7, and .backout/backups holds no backup of its "
        "data. storage-v2/7 changes data (postgresql): it needs a signed backup, "
        "restored, younger than 24h."
    )
    assert finding.help == ("Take a backup, then: backout backup record storage-v2/7")


def test_a_record_is_read_back_as_it_was() -> None:
    assert decode(encode(GOOD), "x.json") == GOOD
