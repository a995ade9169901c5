"""The server: tokens, faults, the description, and git's own http backend behind it."""

from __future__ import annotations

import base64
import json
import os
import socket
import struct
import subprocess
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple, Self
from urllib.parse import parse_qsl, urlsplit

from . import rest
from .description import is_list, operation, wrong_request, wrong_response
from .faults import Fault
from .state import Login, Project

_API = "/api/v3"
_PAGE = 30


class Seen(NamedTuple):
    """A request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Hub:
    """A GitHub Enterprise server on this machine. Use it as a context manager.

    `environment` is what a runner or a person there would have set. `violations` are
    the requests that GitHub's description forbids, `misfits` the answers that do not
    fit it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.projects: dict[str, Project] = {}
        self.logins: dict[str, Login] = {}
        self.faults: list[Fault] = []
        self.seen: list[Seen] = []
        self.violations: list[str] = []
        self.misfits: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.closing = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def environment(self) -> dict[str, str]:
        return {"GITHUB_SERVER_URL": self.url, "GITHUB_API_URL": self.url + _API}

    def project(self, owner: str, name: str) -> Project:
        """A new, empty repository."""
        made = Project(self.folder, owner, name)
        self.projects[f"{owner}/{name}"] = made
        return made

    def remote(self, project: Project) -> str:
        """The address that a clone pushes to."""
        return f"{self.url}/{project.owner}/{project.name}.git"

    def _serve(self) -> None:
        self._server.serve_forever(poll_interval=0.02)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()


class _Broken(Exception):
    """The connection is to break here."""


def _handler(hub: Hub) -> type[BaseHTTPRequestHandler]:
    class Handler(_Handler):
        server_hub = hub

    return Handler


class _Handler(BaseHTTPRequestHandler):
    server_hub: Hub
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: pytest shows what matters."""

    def do_GET(self) -> None:
        self._answer()

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET

    def _answer(self) -> None:
        hub = self.server_hub
        self._link = ""
        body = self._body()
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        hub.seen.append(Seen(self.command, self.path, headers, body))
        fault = next((f for f in hub.faults if f.meets(self.command, parts.path)), None)
        try:
            if len(self.headers.get_all("Authorization", [])) > 1:
                self._plain(400, "Duplicate header: Authorization")
                return
            if fault is not None and not self._goes_on(fault):
                return
            if parts.path.startswith(_API):
                status, answer = self._rest(parts.path, parts.query, body)
                if fault is not None:
                    self._break_after(fault)
                self._json(status, answer)
            else:
                self._git(parts.path, parts.query, body)
        except _Broken:
            # A reset, not a polite end.
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.connection.close()
            self.close_connection = True

    def _goes_on(self, fault: Fault) -> bool:
        """Whether the request is carried out; else it was answered."""
        kind = fault.kind
        if kind.endswith(" after"):
            return True
        if kind == "reset":
            raise _Broken
        if kind == "silence":
            self._wait()
        if kind == "502":
            self._json(502, {"message": "Server Error"})
        elif kind == "429":
            said = {"message": "Too many requests"}
            self._json(429, said, {"Retry-After": str(fault.wait)})
        elif kind == "secondary":
            said = {"message": "You have exceeded a secondary rate limit."}
            self._json(403, said, {"Retry-After": str(fault.wait)})
        elif kind == "primary":
            said = {"message": "API rate limit exceeded for user ID 1."}
            reset = str(int(time.time()) + fault.wait)
            limits = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset}
            self._json(403, said, limits)
        else:
            self._json(403, {"message": kind})
        return False

    def _break_after(self, fault: Fault) -> None:
        if fault.kind == "reset after":
            raise _Broken
        if fault.kind == "silence after":
            self._wait()
        self._json(502, {"message": "Server Error"})
        raise _Broken

    def _wait(self) -> None:
        """Say nothing until the other side has gone."""
        self.connection.settimeout(5)
        with suppress(OSError):
            self.connection.recv(1)
        raise _Broken

    def _rest(self, path: str, query: str, body: bytes) -> tuple[int, Any]:
        hub = self.server_hub
        login = hub.logins.get(
            self.headers.get("Authorization", "").removeprefix("Bearer ")
        )
        if login is None:
            return 401, {"message": "Bad credentials", "status": "401"}
        asked = operation(self.command, path.removeprefix(_API))
        if asked is None:
            return self._forbidden(f"{self.command} {path} is not in the description")
        parameters = dict(parse_qsl(query))
        wrong = list(wrong_request(asked, parameters, body))
        for name in ("User-Agent", "Accept", "X-GitHub-Api-Version"):
            if name not in self.headers:
                wrong.append(f"no {name}")
        if wrong:
            return self._forbidden(f"{self.command} {path}: {'; '.join(wrong)}")
        project = hub.projects.get(f"{asked.parts['owner']}/{asked.parts['repo']}")
        if project is None:
            return rest.NOT_FOUND
        told: dict[str, Any] = json.loads(body) if body else {}
        given = rest.Asked(asked, project, login, parameters, told, hub.url)
        status, answer = rest.answer(given)
        misfits = wrong_response(asked, status, answer)
        hub.misfits += [f"{self.command} {asked.path} {status} {m}" for m in misfits]
        return status, self._page(path, parameters, answer)

    def _forbidden(self, why: str) -> tuple[int, Any]:
        self.server_hub.violations.append(why)
        return 422, {"message": f"Invalid request.\n\n{why}", "status": "422"}

    def _page(self, path: str, query: dict[str, str], answer: Any) -> Any:
        """One page of a list, and where the next one is."""
        if not is_list(answer) or self.command != "GET":
            return answer
        size = min(int(query.get("per_page", _PAGE)), 100)
        page = int(query.get("page", 1))
        if page * size < len(answer):
            others = "&".join(f"{k}={v}" for k, v in query.items() if k != "page")
            url = f"{self.server_hub.url}{path}?{others}&page={page + 1}"
            self._link = f'<{url}>; rel="next"'
        return answer[(page - 1) * size : page * size]

    _link = ""

    def _json(
        self, status: int, said: Any, headers: dict[str, str] | None = None
    ) -> None:
        data = json.dumps(said).encode()
        login = self.server_hub.logins.get(
            self.headers.get("Authorization", "").removeprefix("Bearer ")
        )
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        if login is not None and login.scopes is not None:
            self.send_header("X-OAuth-Scopes", login.scopes)
        if self._link:
            self.send_header("Link", self._link)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def _git(self, path: str, query: str, body: bytes) -> None:
        hub = self.server_hub
        kind, _, basic = self.headers.get("Authorization", "").partition(" ")
        token = ""
        if kind.lower() == "basic":
            token = base64.b64decode(basic).decode().partition(":")[2]
        login = hub.logins.get(token)
        if login is None:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="GitHub"')
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if "receive-pack" in path + query and not login.may_push:
            name = path.lstrip("/").partition(".git")[0]
            self._plain(403, f"Permission to {name}.git denied to {login.name}.")
            return
        self._backend(path, query, body, login)

    def _plain(self, status: int, text: str) -> None:
        data = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _backend(self, path: str, query: str, body: bytes, login: Login) -> None:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
        environment = {
            **kept,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_PROJECT_ROOT": os.fspath(self.server_hub.folder),
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "REMOTE_USER": login.name,
            "HUB_URL": self.server_hub.url + path.partition(".git")[0],
            "HUB_WORKFLOWS": "yes" if login.may_change_workflows else "",
        }
        done = subprocess.run(
            ["git", "http-backend"],
            input=body,
            capture_output=True,
            env=environment,
            check=False,
        )
        head, _, data = done.stdout.partition(b"\r\n\r\n")
        lines = [line.split(": ", 1) for line in head.decode().split("\r\n") if line]
        headers = dict(lines)
        status = int(headers.pop("Status", "200").split()[0])
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        chunks: list[bytes] = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(chunks)
