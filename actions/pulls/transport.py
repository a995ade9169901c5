"""One function from a request to a response: httpx behind it, anything else in a test."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import NamedTuple

from ...core.errors import CannotDecide


class Request(NamedTuple):
    """What is sent. `headers` hold the token: never print one."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes | None = None

    def __repr__(self) -> str:
        return f"Request({self.method} {self.url})"


class Response(NamedTuple):
    """What came back; the names of headers are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


class NoAnswer(Exception):
    """No whole answer came, so nobody knows whether the request was carried out."""


class NotSent(NoAnswer):
    """Nothing was sent: there was no connection."""


Transport = Callable[[Request], Response]


class NoHttpx(CannotDecide):
    """The extra is not installed."""

    def __init__(self) -> None:
        super().__init__(
            'opening a pull request needs httpx: pip install "backout[github]"'
        )


@contextmanager
def over_httpx(connect: float = 5.0, whole: float = 20.0) -> Generator[Transport]:
    """Requests over httpx, with proxies and certificates as the environment has them.

    `connect` and `whole` are the seconds after which it gives up on a connection and on
    each part of an answer. Redirects are not followed: the one who asks must see where a
    token would go. Raises NoHttpx where it is not installed.
    """
    try:
        import httpx
    except ImportError as error:
        raise NoHttpx from error
    client = httpx.Client(timeout=httpx.Timeout(whole, connect=connect))

    def send(request: Request) -> Response:
        try:
            answer = client.request(
                request.method,
                request.url,
                headers=request.headers,
                content=request.body,
            )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as error:
            raise NotSent(_said(error)) from None
        except httpx.HTTPError as error:
            raise NoAnswer(_said(error)) from None
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return Response(answer.status_code, headers, answer.content)

    with client:
        yield send


def _said(error: Exception) -> str:
    return str(error) or type(error).__name__
