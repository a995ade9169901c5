"""Messages between the engine and its workers: a length, then marshalled plain values.

marshal is built in and costs no import; both ends are this program, started from the
same interpreter.
"""

from __future__ import annotations

import marshal
from typing import IO, Any

_WIDTH = 8


def send(pipe: IO[bytes], message: Any) -> None:
    """Write one message."""
    body = marshal.dumps(message)
    pipe.write(len(body).to_bytes(_WIDTH, "big") + body)
    pipe.flush()


def receive(pipe: IO[bytes]) -> Any:
    """Read one message. Raises EOFError where the other end is gone."""
    head = pipe.read(_WIDTH)
    if len(head) < _WIDTH:
        raise EOFError
    size = int.from_bytes(head, "big")
    body = pipe.read(size)
    if len(body) < size:
        raise EOFError
    return marshal.loads(body)
