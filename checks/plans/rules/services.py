"""Rules about services, processes and the tools that run them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ....core.finding import Place, Severity
from ..commands import effect
from ..commands.processes import compose, is_script_name, killed
from ..document import Plan
from ..procedure import NEAR, earlier, goes_back, later
from ..rule import Context, Found, rule
from ..shell import flat
from ..shell_command import Command, Script

_FLAG_VALUE = re.compile(
    r"^(?:true|false|0|1|on|off|yes|no|enabled|disabled|legacy|old|new|v\d)$",
    re.IGNORECASE,
)
_BUILD_TIME = ("NEXT_PUBLIC_", "VITE_", "REACT_APP_", "VUE_APP_", "NUXT_PUBLIC_")
# They start from a manager's own environment, whatever this shell exports.
_MANAGED = frozenset(
    {"systemctl", "service", "supervisorctl", "kubectl", "helm", "nomad"}
)


def exported(command: Command) -> list[tuple[str, str]]:
    """The names and values that an `export` sets."""
    if command.name != "export":
        return []
    pairs = [word.text.partition("=") for word in command.words if "=" in word.text]
    return [(name, value) for name, _, value in pairs]


@rule("export-does-not-reach-service", "an exported variable never reaches the service")
def export_does_not_reach_service(plan: Plan, context: Context) -> Iterator[Found]:
    """`export FLAG=0` with nothing started from this shell, or only a service manager."""
    for script in plan.scripts:
        for index, command in enumerate(script.commands):
            pairs = exported(command)
            flags = [name for name, value in pairs if _FLAG_VALUE.match(value)]
            if not flags or command.inside:
                continue
            name = flags[0]
            after = script.commands[index + 1 : index + 1 + NEAR]
            users = [
                c for c in after if c.name not in ("export", "echo", "sleep", "test")
            ]
            used = re.search(rf"\$\{{?{re.escape(name)}\b", plan.text) is not None
            managed = [c for c in users if _is_managed(c)]
            if used or (users and not managed) or (users and users[0] not in managed):
                continue
            if not managed and exported_before(script, index):
                continue
            if name.startswith(_BUILD_TIME):
                why = "it is read when the front end is built, not when it runs"
            elif managed:
                why = (
                    f"`{managed[0].name}` starts it with an environment of its own, "
                    f"not with this shell's"
                )
            else:
                why = "it ends with this shell, and nothing is started from it"
            yield Found(
                command.place,
                f"{name} does not reach the service: {why}. The switch does nothing.",
                "Set it where the service reads it (a drop-in or EnvironmentFile, "
                "`kubectl set env`, the .env file of compose), restart, and check.",
            )


def exported_before(script: Script, index: int) -> bool:
    """Whether the line above already is an export, which was reported."""
    return any(exported(c) for c in script.commands[max(0, index - NEAR) : index])


def _is_managed(command: Command) -> bool:
    if command.name == "pm2":
        return not command.has("--update-env")
    if command.name == "docker":
        return command.args[:1] in (["restart"], ["start"])
    return command.name in _MANAGED


_INTERPRETERS = frozenset({"python", "python3", "node", "java", "ruby", "php", "perl"})


@rule("kill-by-script-name", "a process is killed by a name that it does not have")
def kill_by_script_name(plan: Plan, context: Context) -> Iterator[Found]:
    """`killall x.py`: the process is called python; `killall python`: all of them."""
    for command in flat(plan.scripts):
        name = killed(command)
        if not name or command.has("-f", "--full"):
            continue
        if is_script_name(name):
            yield Found(
                command.place,
                f"A script runs under its interpreter's name, so {name} matches no "
                f"process and nothing is stopped.",
                "Stop it as a service (`systemctl stop`), or by its pid file.",
            )
        elif name in _INTERPRETERS:
            yield Found(
                command.place,
                f"This kills every process of {name} on the machine, not only the one "
                f"that is meant.",
                "Stop it as a service (`systemctl stop`), or by its pid file.",
            )


@rule("service-never-restarted", "a service is stopped and never started again")
def service_never_restarted(plan: Plan, context: Context) -> Iterator[Found]:
    """`systemctl stop X` in a procedure that starts or deploys nothing after it."""
    for command in flat(plan.scripts):
        if command.name not in ("systemctl", "service", "supervisorctl", "pm2"):
            continue
        stopped = effect(command).stops
        if (
            not stopped
            or command.has("--now")
            or not goes_back(command.script.code.section)
        ):
            continue
        if any(re.search(r"new|canary|v[2-9]|next|old|legacy", s) for s in stopped):
            continue
        after = later(plan, command)
        if any(effect(c).starts or effect(c).publishes for c in after):
            continue
        if re.search(r"\b(?:re)?start\b", _text_after(plan, command), re.IGNORECASE):
            continue
        yield Found(
            command.place,
            f"{stopped[0]} is stopped here, and no later step of this procedure starts "
            f"it again.",
            f"Add the step that starts {stopped[0]}, and one that shows it is healthy.",
        )


def _text_after(plan: Plan, command: Command) -> str:
    end = command.place.end_line
    return "\n".join(plan.lines[end : end + NEAR])


@rule(
    "ineffective-cli-usage", "a tool is asked for what it does not do", Severity.WARNING
)
def ineffective_cli_usage(plan: Plan, context: Context) -> Iterator[Found]:
    """Old docker-compose, a restart that reads no new settings, options that are none."""
    old: list[Command] = []
    for command in flat(plan.scripts):
        call = compose(command)
        if call is not None and call.old:
            old.append(command)
        found = _ineffective(plan, command)
        if found is not None:
            yield Found(command.place, *found)
    if old:
        times = "" if len(old) == 1 else f" ({len(old)} times in this plan)"
        yield Found(
            old[0].place,
            f"docker-compose is the retired version 1: a host with a current Docker "
            f"does not have it{times}.",
            "Write `docker compose`.",
        )


_NEW_SETTINGS = re.compile(r"(?:^|/)\.env\b|\.env$|\.ya?ml$")


def _ineffective(plan: Plan, command: Command) -> tuple[str, str] | None:
    call = compose(command)
    if call is not None:
        if call.verb in ("pull", "up", "restart") and command.has("--tag"):
            return (
                f"docker compose {call.verb} has no option --tag: it stops with an error.",
                "Name the tag in the compose file or in a variable it reads.",
            )
        if call.verb == "restart" and _settings_before(plan, command):
            return (
                "docker compose restart starts the same containers with the settings "
                "they were made with: the change above has no effect.",
                "Write `docker compose up -d`, which makes them anew.",
            )
    if (
        command.name == "docker"
        and command.args[:1] == ["pull"]
        and command.has("--tag")
    ):
        return ("docker pull has no option --tag.", "Write `docker pull IMAGE:TAG`.")
    if command.name == "docker" and command.args[:1] == ["rollback"]:
        return (
            "There is no `docker rollback`.",
            "Write `docker service rollback NAME`, or run the old image by its digest.",
        )
    if command.name == "kubectl" and command.args[:1] == ["rollback"]:
        return (
            "There is no `kubectl rollback`.",
            "Write `kubectl rollout undo deployment/NAME --to-revision=N`.",
        )
    if (
        command.name == "git"
        and command.args[:1] == ["revert"]
        and command.has("--hard")
    ):
        return ("git revert has no option --hard.", "Write `git revert --no-edit SHA`.")
    return None


def _settings_before(plan: Plan, command: Command) -> bool:
    for other in earlier(plan, command):
        if other.script is not command.script or other.start >= command.start:
            continue
        if exported(other):
            return True
        if any(_NEW_SETTINGS.search(path) for path in effect(other).writes):
            return True
        if any(_NEW_SETTINGS.search(r.target) for r in other.redirects):
            return True
    return False


@rule(
    "undo-without-revision", "a platform's undo goes back to whatever was last",
    Severity.WARNING,
)  # fmt: skip
def undo_without_revision(plan: Plan, context: Context) -> Iterator[Found]:
    """`kubectl rollout undo`, `helm rollback NAME` and the like without a revision."""
    for command in flat(plan.scripts):
        if _undoes(command):
            yield Found(
                command.place,
                "This goes back to whatever was deployed last. After a second try, or "
                "a change of settings, that is the bad version itself.",
                "Name the revision: `--to-revision=N`, `helm rollback NAME N`, the "
                "release's id.",
            )


def _undoes(command: Command) -> bool:
    args = [a for a in command.args if a]
    words = [
        w.text
        for w in command.operands(frozenset({"-n", "--namespace", "-a", "--app", "-c"}))
    ]
    if command.name == "kubectl":
        return words[:2] == ["rollout", "undo"] and not command.has("--to-revision")
    if command.name == "helm":
        return words[:1] == ["rollback"] and len(words) == 2
    if command.name == "heroku":
        return args[:1] in (["rollback"], ["releases:rollback"]) and len(words) == 1
    if command.name in ("vercel", "railway", "netlify", "wrangler"):
        return args[:1] == ["rollback"] and len(words) == 1
    if command.name == "argocd":
        return words[:2] == ["app", "rollback"] and len(words) == 3
    return False


_SWITCHES_OFF = re.compile(
    r"\b(?:disable|comment(?:ing)? out|bypass|turn off|deactivate)\b[^.\n]{0,40}?"
    r"\b(?:CI|pipelines?|gates?|branch protections?|pre-?commit|status checks?|hooks?|"
    r"firewall|WAF|network polic(?:y|ies))\b",
    re.IGNORECASE,
)


@rule("bypasses-protection", "a step switches a protection off", Severity.WARNING)
def bypasses_protection(plan: Plan, context: Context) -> Iterator[Found]:
    """`--no-verify`, `--admin`, "disable the CI gate" without a step to put it back."""
    for command in flat(plan.scripts):
        if _bypasses(command):
            yield _bypass(command.place)
    sections: set[int] = set()
    for text in plan.texts:
        found = _SWITCHES_OFF.search(text.text)
        if (
            found is None
            or not goes_back(text.section)
            or text.section.line in sections
        ):
            continue
        before = text.text[: found.start()].lower()
        if re.search(r"\b(?:not|never|no|without|don't|re-?enable)\b", before):
            continue
        sections.add(text.section.line)
        yield _bypass(plan.place(text.line))


def _bypass(place: Place) -> Found:
    return Found(
        place,
        "This switches a protection off in the middle of an emergency, and nothing "
        "makes sure that it is switched on again.",
        "Go through the protection (an emergency approval), or add the step that puts "
        "it back and the check that it is back.",
    )


def _bypasses(command: Command) -> bool:
    args = command.args
    if command.name == "git":
        return (
            "--no-verify" in args
            or any("ci.skip" in a for a in args)
            or (
                args[:1] == ["commit"]
                and re.search(r"\[(?:skip ci|ci skip)\]", " ".join(args)) is not None
            )
        )
    if command.name == "gh":
        return args[:2] == ["pr", "merge"] and "--admin" in args
    if command.name == "setenforce":
        return args[:1] == ["0"]
    if command.name == "ufw":
        return args[:1] == ["disable"]
    if command.name == "iptables":
        return command.has("-F", "--flush")
    if command.name == "kubectl":
        kinds = ("ingress", "networkpolicy", "networkpolicies", "ing")
        hooks = ("validatingwebhookconfiguration", "mutatingwebhookconfiguration")
        kind = args[1].split("/")[0] if args[:1] == ["delete"] and len(args) > 1 else ""
        return kind in (*kinds, *hooks)
    return False


RULES = (
    export_does_not_reach_service,
    kill_by_script_name,
    service_never_restarted,
    ineffective_cli_usage,
    undo_without_revision,
    bypasses_protection,
)
