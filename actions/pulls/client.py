"""GitHub's REST interface: patient where that is safe, brief where it is not.

A request that creates is sent again only after its maker has looked whether the first
one was carried out: the server may answer 502 and have done it. Limits are honoured as
https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api
asks for: Retry-After first, then the time of the reset, then a minute.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from typing import Any, TypeGuard, TypeVar, cast
from urllib.parse import urlencode, urljoin, urlsplit

from ...core.errors import CannotDecide
from ...core.escape import visible
from .transport import NoAnswer, NotSent, Request, Response, Transport

TRIES = 4
PATIENCE = 90.0  # seconds that all waiting together may take
_PAGES = 10
_API = "2022-11-28"

T = TypeVar("T")


def sleep(seconds: float) -> None:
    """Wait. A function of its own, so that a test need not."""
    time.sleep(seconds)


class ApiError(CannotDecide):
    """GitHub said no. `status` is the HTTP one, `said` its sentence and its details."""

    def __init__(self, status: int, said: str) -> None:
        self.status = status
        self.said = said
        super().__init__(f"GitHub answered {status}: {said}")


class Busy(ApiError):
    """GitHub asks to wait for longer than anybody would at night: `seconds`."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(
            429,
            f"too many requests, it asks to wait {seconds:.0f} s. Run the same command "
            f"again after that: it goes on where it stopped",
        )


class Silent(CannotDecide):
    """No answer, also not after some tries."""

    def __init__(self, address: str, said: str) -> None:
        super().__init__(f"{address} does not answer: {visible(said)}")


class Client:
    """Requests to one server with one token. `say` takes lines for whoever waits."""

    def __init__(
        self, api: str, token: str, transport: Transport, say: Callable[[str], None]
    ) -> None:
        self.api = api.rstrip("/")
        self.scopes: frozenset[str] | None = None
        self._headers = {
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {token}",
            "User-Agent": "backout",
            "X-GitHub-Api-Version": _API,
        }
        self._transport = transport
        self._say = say
        self._left = PATIENCE

    def get(self, path: str, **query: str | int) -> Any:
        """What is there. Sent again as often as is needed."""
        return self._parsed(self._patient("GET", self._url(path, query)))

    def pages(self, path: str, **query: str | int) -> Iterator[Any]:
        """The items of a list, from all its pages (as many as a person would read)."""
        url = self._url(path, {"per_page": 100, **query})
        for _ in range(_PAGES):
            answer = self._patient("GET", url)
            yield from self._parsed(answer)
            following = re.search(
                r'<([^>]+)>; *rel="next"', answer.headers.get("link", "")
            )
            if following is None:
                return
            url = self._near(url, following[1])

    def add(self, method: str, path: str, body: dict[str, Any]) -> Any:
        """A change that may be made twice without harm."""
        return self._parsed(self._patient(method, self._url(path, {}), body))

    def create(
        self,
        path: str,
        body: dict[str, Any],
        found: Callable[[], T | None],
        read: Callable[[Any], T],
    ) -> T:
        """Make one thing, once.

        `found` looks whether it is there: it is asked before every further try. `read`
        turns the answer into what is returned.
        """
        url = self._url(path, {})
        for attempt in range(TRIES):
            if attempt and (there := found()) is not None:
                return there
            try:
                answer = self._once("POST", url, body)
            except NoAnswer as error:
                if attempt == TRIES - 1:
                    raise Silent(self.api, str(error)) from None
                self._wait(2.0**attempt)
                continue
            if answer.status >= 500 and attempt < TRIES - 1:
                self._wait(2.0**attempt)
                continue
            if (pause := self._pause(answer)) is not None:
                self._wait(pause)
                continue
            return read(self._parsed(answer))
        raise Busy(60.0)

    def _patient(
        self, method: str, url: str, body: dict[str, Any] | None = None
    ) -> Response:
        for attempt in range(TRIES):
            is_last = attempt == TRIES - 1
            try:
                answer = self._once(method, url, body)
            except NotSent as error:
                # Without a network there is none a few seconds later.
                if attempt:
                    raise Silent(self.api, str(error)) from None
                self._wait(1.0)
                continue
            except NoAnswer as error:
                if is_last:
                    raise Silent(self.api, str(error)) from None
                self._wait(2.0**attempt)
                continue
            if answer.status in (301, 302, 307, 308) and not is_last:
                url = self._near(url, answer.headers.get("location", url))
                continue
            if answer.status >= 500 and not is_last:
                self._wait(2.0**attempt)
                continue
            if (pause := self._pause(answer)) is not None and not is_last:
                self._wait(pause)
                continue
            return answer
        raise Silent(self.api, "it only leads from one address to the next")

    def _once(self, method: str, url: str, body: dict[str, Any] | None) -> Response:
        data = None if body is None else json.dumps(body).encode("ascii")
        answer = self._transport(Request(method, url, self._headers, data))
        scopes = answer.headers.get("x-oauth-scopes")
        if scopes is not None:
            self.scopes = frozenset(scopes.replace(" ", "").split(",")) - {""}
        return answer

    def _pause(self, answer: Response) -> float | None:
        """How long a limit asks us to wait, in seconds; None where it is no limit."""
        if answer.status not in (403, 429):
            return None
        headers = answer.headers
        if headers.get("retry-after", "").isdecimal():
            return float(headers["retry-after"])
        if headers.get("x-ratelimit-remaining") == "0":
            reset = headers.get("x-ratelimit-reset", "")
            if reset.isdecimal():
                return max(0.0, float(reset) - time.time()) + 1.0
        if answer.status == 429 or b"secondary rate limit" in answer.body:
            return 60.0
        return None

    def _wait(self, seconds: float) -> None:
        if seconds > self._left:
            raise Busy(seconds)
        self._left -= seconds
        if seconds > 2:
            self._say(f"GitHub asks to wait {seconds:.0f} s: waiting.")
        sleep(seconds)

    def _url(self, path: str, query: dict[str, str | int]) -> str:
        return f"{self.api}{path}" + (f"?{urlencode(query)}" if query else "")

    def _near(self, url: str, location: str) -> str:
        """Where an answer leads, if the token may go there: to the same server alone."""
        target = urljoin(url, location)
        here, there = urlsplit(url), urlsplit(target)
        if (here.scheme, here.netloc) != (there.scheme, there.netloc):
            raise CannotDecide(
                f"{self.api} leads to {visible(there.netloc)}, another server: the "
                f"token is not sent there"
            )
        return target

    def _parsed(self, answer: Response) -> Any:
        try:
            said = json.loads(answer.body) if answer.body else None
        except ValueError:
            said = None
        if answer.status >= 300:
            raise ApiError(answer.status, _sentence(said) or "no reason given")
        if said is None:
            raise CannotDecide(
                f"{self.api} is no GitHub: it answered with something else than JSON. "
                f"Look at GITHUB_API_URL"
            )
        return said


def _is_list(value: object) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def _sentence(said: Any) -> str:
    """GitHub's message with its details, on one line."""
    if not isinstance(said, dict):
        return ""
    fields = cast("dict[str, Any]", said)
    listed = fields.get("errors")
    errors = listed if _is_list(listed) else []
    parts: list[Any] = [fields.get("message")]
    for error in errors:
        is_told = isinstance(error, dict)
        parts.append(cast("dict[str, Any]", error).get("message") if is_told else error)
    texts = [part.strip().rstrip(".") for part in parts if isinstance(part, str)]
    return visible(". ".join(texts))
