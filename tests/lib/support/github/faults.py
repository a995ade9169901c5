"""What goes wrong on demand, for the next requests of a kind."""

from __future__ import annotations

import re
from dataclasses import dataclass, field


@dataclass
class Fault:
    """For the next `times` requests whose method and path match.

    `kind`: "502", "502 after" (it was done all the same), "reset" and "reset after" (the
    connection breaks), "silence" and "silence after" (no answer, until the other side
    gives up), "429" with `wait` seconds, "secondary" likewise, "primary" (no requests
    left until `wait` seconds from now), or a sentence: 403 with it.
    """

    request: str
    kind: str
    times: int = 1
    wait: int = 1
    met: int = field(default=0, init=False)

    def meets(self, method: str, path: str) -> bool:
        """Whether this request is one of those; it is counted then."""
        if self.met >= self.times or not re.fullmatch(self.request, f"{method} {path}"):
            return False
        self.met += 1
        return True
