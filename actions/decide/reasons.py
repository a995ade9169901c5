"""What calls for a rollback: triggers, the decision tree, the decision matrix."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...core.policy import Migration, Policy, Trigger
from ...core.policy import Question as Node
from .answers import Answers, Question
from .decision import Reason

YES, NO = "yes", "no"
SEVERITY = "severity"  # the key of the question that the decision matrix is
DEPTH = ("", "flag", "config", "code", "data")


def triggers_of(policy: Policy, migration: Migration | None) -> Sequence[Trigger]:
    """The triggers that hold for a migration, the worst severity first."""
    own = migration.triggers if migration else ()
    rank = list(policy.severities)
    return sorted((*own, *policy.triggers), key=lambda t: rank.index(t.severity))


def tree_of(policy: Policy, migration: Migration | None) -> dict[str, Node]:
    """The decision tree that holds for a migration."""
    return (migration.decision_tree if migration else {}) or policy.decision_tree


def keys(policy: Policy, migration: Migration | None) -> list[str]:
    """The keys of all questions that there are."""
    triggers = triggers_of(policy, migration)
    named = [t.metric or t.when or "" for t in triggers]
    return list(dict.fromkeys([*named, *tree_of(policy, migration), SEVERITY]))


def reasons(
    policy: Policy, migration: Migration | None, answers: Answers
) -> Iterator[Reason]:
    """Everything that calls for something. Nobody is asked what can change nothing."""
    rank = {name: i for i, name in enumerate(policy.severities)}
    worst = len(rank), 0
    found: list[Reason] = []
    numbers: dict[str, float | None] = {}
    for trigger in triggers_of(policy, migration):
        if (rank[trigger.severity], -DEPTH.index(trigger.level or "")) >= worst:
            continue
        said = _fired(policy, trigger, answers, numbers)
        if said:
            reason = Reason(
                said,
                trigger.severity,
                level=trigger.level or "",
                procedure=trigger.procedure,
            )
            found.append(reason)
            worst = min(
                worst, (rank[trigger.severity], -DEPTH.index(trigger.level or ""))
            )
    yield from found
    tree = tree_of(policy, migration)
    triggers = triggers_of(policy, migration)
    is_meant = answers.asks or any(map(answers.has, tree)) or not triggers
    if tree and worst[0] > 0 and is_meant:
        yield from _walked(tree, next(iter(tree)), answers)
    if answers.has(SEVERITY) or not (tree or triggers):
        yield from _matrix(policy, answers)


def _fired(
    policy: Policy,
    trigger: Trigger,
    answers: Answers,
    numbers: dict[str, float | None],
) -> str:
    """What the trigger saw, as a clause; "" where it did not fire."""
    if trigger.when is not None:
        question = Question(trigger.when, f"Seen? {trigger.when}", (YES, NO))
        return trigger.when if answers.word(question) == YES else ""
    metric = trigger.metric or ""
    if metric not in numbers:
        numbers[metric] = answers.number(_number_question(policy, metric))
    number = numbers[metric]
    if number is None:
        return ""
    held = f", if it holds for {trigger.during}" if trigger.during else ""
    if trigger.above is not None and number > trigger.above:
        return f"{metric} is {number:g}, above {trigger.above:g}{held}"
    if trigger.below is not None and number < trigger.below:
        return f"{metric} is {number:g}, below {trigger.below:g}{held}"
    return ""


def _number_question(policy: Policy, metric: str) -> Question:
    facts = policy.metrics.get(metric)
    hints: list[str] = []
    if facts is not None:
        hints += [facts.unit] if facts.unit else []
        hints += [f"normal: {facts.normal:g}"] if facts.normal is not None else []
        hints += [facts.source] if facts.source else []
    return Question(metric, f"{metric}: how much is it now?", hint=", ".join(hints))


def _walked(tree: dict[str, Node], root: str, answers: Answers) -> Iterator[Reason]:
    """Where the tree ends; nothing where somebody does not know an answer."""
    id, trail = root, list[str]()
    while id:
        node = tree[id]
        word = answers.word(Question(id, node.ask, tuple(node.answers)))
        if word is None:
            return
        trail.append(f"{node.ask.rstrip('?')}: {word}")
        answer = node.answers[word]
        if answer.ask is None:
            yield Reason(
                "; ".join(trail),
                answer.severity or "",
                answer.action or "",
                answer.level or "",
                note=answer.note or "",
            )
            return
        id = answer.ask


def _matrix(policy: Policy, answers: Answers) -> Iterator[Reason]:
    """The decision matrix as a question."""
    rows = {
        name: " ".join([row.action, *(["within", row.within] if row.within else [])])
        for name, row in policy.severities.items()
    }
    if not rows:
        return
    hint = ", ".join(f"{name}: {row}" for name, row in rows.items())
    word = answers.word(Question(SEVERITY, "How bad is it?", tuple(rows), hint))
    if word is not None:
        yield Reason(f"it is called {word}", word)
