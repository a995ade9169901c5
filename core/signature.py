"""Signatures of evidence: made and checked by `ssh-keygen -Y`, with keys people have."""

from __future__ import annotations

import os
import subprocess
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from .errors import CannotDecide, UsageError


def sign(file: Path, key: Path, namespace: str) -> Path:
    """Sign `file` with the private (or agent-held public) `key`; the `.sig` beside it.

    Raises UsageError where ssh-keygen refuses: no such key, a passphrase not given.
    """
    done = _ssh_keygen("-Y", "sign", "-n", namespace, "-f", str(key), str(file))
    if done.returncode != 0:
        raise UsageError(f"cannot sign with {key}: {_said(done)}")
    return file.with_name(file.name + ".sig")


def signer(
    data: bytes, signature: bytes, allowed: bytes, namespace: str, now: datetime
) -> str:
    """Who signed `data`: a principal of `allowed`, ssh's allowed-signers file.

    Raises ValueError, saying why, where the signature does not hold: other bytes, a
    stranger's key, one made for another purpose, a key not valid at `now` (UTC).
    """
    with tempfile.TemporaryDirectory(prefix="backout-") as name:
        folder = Path(name)
        (folder / "signature").write_bytes(signature)
        (folder / "allowed").write_bytes(allowed)
        files = ["-s", str(folder / "signature"), "-f", str(folder / "allowed")]
        # Without it ssh-keygen asks the clock, and the gate's answer would change
        # between two looks at the same change.
        at = f"-Overify-time={now.astimezone(UTC):%Y%m%d%H%M%S}"
        found = _ssh_keygen("-Y", "find-principals", at, *files)
        principals = found.stdout.decode("utf-8", "replace").split("\n")
        if found.returncode != 0 or not principals[0]:
            raise ValueError(_said(found))
        checked = _ssh_keygen(
            "-Y", "verify", at, "-n", namespace, "-I", principals[0], *files, data=data
        )
    if checked.returncode != 0:
        raise ValueError(_said(checked))
    return principals[0]


def _ssh_keygen(*args: str, data: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(
            ["ssh-keygen", *args],
            input=data,
            capture_output=True,
            env={**os.environ, "TZ": "UTC", "LC_ALL": "C"},
            check=False,
        )
    except FileNotFoundError as error:
        raise CannotDecide(
            "ssh-keygen is not installed: evidence is signed and checked with it"
        ) from error


def _said(done: subprocess.CompletedProcess[bytes]) -> str:
    """ssh-keygen's reason, the telling line of it, without the temporary folder."""
    lines = [
        line.rsplit("/", 1)[-1] if line.startswith(tempfile.gettempdir()) else line
        for line in done.stderr.decode("utf-8", "replace").splitlines()
        if line.strip() and not line.startswith("Signing file")
    ]
    expired = [line for line in lines if "expired" in line or "not yet valid" in line]
    said = (expired or lines or ["signed by nobody who is allowed to"])[0]
    return said.strip().rstrip(".")
