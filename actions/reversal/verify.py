"""Running the policy's own commands on the result of a rollback, in a folder apart."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from ...core.escape import terminal
from ...core.git import Git
from ...core.policy import Command, Phase, seconds
from ...core.reversal.scratch import Scratch
from .plan import Verified
from .reaper import Reaper


def verified(
    git: Git, scratch: Scratch, reaper: Reaper, tree: str, phases: Sequence[Phase]
) -> Iterator[Verified]:
    """Check `tree` out apart and run each phase's `verify.now` and `legacy-active`.

    Output goes to standard error as it comes, and to a log in the git directory.
    `reaper` watches over the scratch's folder, in which the files lie. Submodules are
    not there, and neither is a git repository.
    """
    commands = list(_commands(phases))
    logs = _logs(git)
    folder = scratch.folder / "checkout"
    folder.mkdir()
    scratch.run("read-tree", tree)
    scratch.run("checkout-index", "--all", extra={"GIT_WORK_TREE": str(folder)})
    for number, (kind, command) in enumerate(commands, 1):
        words = f"verify {number} of {len(commands)}, {kind}: {command.run}"
        print(terminal(words), file=sys.stderr, flush=True)
        log = logs / f"{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}-{number}.log"
        yield _one(kind, command, folder, log, reaper)


def _commands(phases: Sequence[Phase]) -> Iterator[tuple[str, Command]]:
    for phase in phases:
        yield from (("now", command) for command in phase.verify.now)
        yield from (("legacy-active", c) for c in phase.verify.legacy_active)


def _logs(git: Git) -> Path:
    path = git.run(
        "rev-parse", "--path-format=absolute", "--git-path", "backout/logs"
    ).rstrip(b"\n")
    folder = Path(os.fsdecode(path))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _one(
    kind: str, command: Command, folder: Path, log: Path, reaper: Reaper
) -> Verified:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    start = time.monotonic()
    with log.open("wb") as file:
        process = subprocess.Popen(
            command.run,
            shell=True,  # the policy's commands are command lines
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        reaper.running(process.pid)
        seen = bytearray()
        reading = threading.Thread(
            target=_read, args=(process.stdout, file, seen), daemon=True
        )
        reading.start()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds(command.timeout))
        timed_out = process.poll() is None
        _end(process)
        reading.join(5)
        reaper.running(0)
    return Verified(
        kind=kind,
        run=command.run,
        passed=_passed(command, process.returncode, bytes(seen), timed_out),
        exit_code=process.returncode,
        timed_out=timed_out,
        seconds=round(time.monotonic() - start, 3),
        log=str(log),
    )


def _read(output: IO[bytes], log: IO[bytes], seen: bytearray) -> None:
    with output:
        for line in output:
            if not log.closed:
                log.write(line)
                log.flush()
            seen += line
            shown = terminal(line.decode("utf-8", "replace").rstrip("\r\n"))
            print(f"  {shown}", file=sys.stderr, flush=True)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill what the command started and left behind, and itself if it still runs."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()


def _passed(command: Command, code: int, output: bytes, timed_out: bool) -> bool:
    if timed_out:
        return False
    if command.expect is None:
        return code == 0
    return command.expect.encode() in output
