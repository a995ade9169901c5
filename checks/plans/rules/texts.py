"""Rules about what must not stand in any plan: secrets, somebody's own folders."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ....core.finding import Place, Severity
from ..document import Plan
from ..rule import Context, Found, rule

_SHARED = (
    "ubuntu|ec2-user|centos|debian|admin|app|apps|deploy|deployer|git|runner|node|user|"
    "username|appuser|www-data|vagrant|circleci|jenkins|postgres|root|me|you|yourname|"
    "your\\w*|service|backup|web|vscode|opc|azureuser|pi|ops|linuxbrew|shared|USER|USERNAME|"
    "[\\w-]*(?:admin|svc|srv|deploy|service|bot)"
)
_FOREIGN = re.compile(
    rf"(?<![\w.])(?:/Users/(?!(?:{_SHARED})\b)[A-Za-z][\w.-]*/|"
    rf"/home/(?!(?:{_SHARED})\b)[A-Za-z][\w.-]*/|[A-Z]:\\Users\\(?!(?:{_SHARED})\b)\w[\w.-]*)"
)


@rule("foreign-path", "a path leads to somebody's own machine", Severity.WARNING)
def foreign_path(plan: Plan, context: Context) -> Iterator[Found]:
    """`/Users/anna/...` in a command: nobody else has it."""
    reported = False
    for code in plan.codes:
        for row, line in enumerate(code.text.split("\n")):
            found = _FOREIGN.search(line)
            if found is not None and not reported:
                reported = True
                yield Found(
                    code.place(plan.path, row, found.start(), row, found.end()),
                    "This path is on one person's machine: whoever is called at night "
                    "does not have it.",
                    "Write paths from the repository's top, or from where the service "
                    "is deployed.",
                )


_SECRETS = re.compile(
    r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"
    r"|\bgh[pousr]_[A-Za-z0-9]{36,}\b|\bgithub_pat_\w{40,}"
    r"|\bxox[abprs]-[A-Za-z0-9-]{20,}"
    r"|\bsk_live_[A-Za-z0-9]{20,}|\bsk-(?:proj-)?[A-Za-z0-9]{32,}"
    r"|\beyJ[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{10,}"
    r"|-----BEGIN (?:RSA |EC |OPENSSH )?PRIVATE KEY-----"
)
_PASSWORD = re.compile(
    r"(?:\b(?:PGPASSWORD|MYSQL_PWD|\w*PASSWORD|\w*_SECRET|\w*API_KEY|\w*_TOKEN)\s*=\s*"
    r"[\"']?(?P<set>[^\s\"';&|]{6,})"
    r"|://[\w.-]+:(?P<url>[^\s@/:\"']{4,})@(?P<host>[\w.-]+)"
    r"|\bmysql\w*\b[^\n|;]*\s-p(?P<flag>[^\s-][^\s]{5,}))"
)
_STAND_IN = re.compile(
    r"^[$<{\[%*(]|\*{3}|x{3,}|\.\.\.|\$\(|\$\{|^(?:your|my|the|some|new|old|test|dummy|"
    r"fake|sample|demo|redacted|secret|password|passwd|pass|change|example|placeholder|"
    r"todo|none|null|true|false|hunter2|postgres|root|admin|user|local|dev)[\w-]*$|"
    r"^(?:file|env|vault|secret|op)[:/]|_here\b|^\w+\(",
    re.IGNORECASE,
)


@rule("credential-in-plan", "a secret stands in the plan")
def credential_in_plan(plan: Plan, context: Context) -> Iterator[Found]:
    """Keys, tokens and passwords, by their form; what is found is never repeated."""
    for number, line in enumerate(plan.lines, 1):
        found = _SECRETS.search(line[:4000]) or _password(line[:4000])
        if found is not None:
            yield Found(
                Place(plan.path, number, found.start() + 1, number, found.end() + 1),
                "A secret stands here, readable by everyone who reads the repository, "
                "now and in its history.",
                "Change the secret, and let the step read it from the vault or the "
                "environment.",
            )


def _password(line: str) -> re.Match[str] | None:
    for found in _PASSWORD.finditer(line):
        secret = found["set"] or found["url"] or found["flag"] or ""
        host = found["host"] or ""
        if _STAND_IN.search(secret) or host in (
            "localhost",
            "127.0.0.1",
            "db",
            "postgres",
        ):
            continue
        if found["set"] and not re.search(r"\d", secret):
            continue  # a word, not a secret: PASSWORD=fromvault
        return found
    return None


RULES = (foreign_path, credential_in_plan)
