"""Every mutation has its line in the policy, and every verb of the state machine a way to it."""

import ast
from collections.abc import Iterator

from checks.finding import Finding
from checks.sources import Sources, find_all, keys, members_named


def check_mutations(sources: Sources) -> Iterator[Finding]:
    policy = sources.find_value("gateway", "MUTATIONS")
    lines = keys(policy.node)
    intents = dict(_intents(sources))
    for name, place in intents.items():
        if name not in lines:
            yield place._replace(
                sentence=f"the mutation {name} has no line in MUTATIONS"
                f" ({policy.file.name}:{policy.line}): add it, with the roles that may call it"
            )
    for name in lines.keys() - intents.keys():
        yield Finding(
            policy.file, lines[name].lineno, f"MUTATIONS speaks of {name}, which no intent"
            " declares: add the intent, or remove the line",
        )  # fmt: skip
    yield from _verbs(sources)


def _verbs(sources: Sources) -> Iterator[Finding]:
    """A verb without a step can never be taken; one that people take without an intent neither."""
    steps = sources.find_value("models", "STEPS")
    declared = sources.find_class("models", "Verb")
    verbs = sources.members("models", "Verb")
    for verb in verbs.keys() - members_named(steps.node, "Verb"):
        yield Finding(declared.file, verbs[verb], f"no step of STEPS takes Verb.{verb}: add one")
    intents = sources.find_value("gateway", "INTENTS")
    by_people = {
        verb
        for step in find_all(steps.node, ast.Call)
        if len(step.args) > 4 or any(keyword.arg == "by" for keyword in step.keywords)
        for verb in members_named(step, "Verb")
    }
    for verb in by_people - members_named(intents.node, "Verb"):
        yield Finding(intents.file, intents.line, f"no intent takes Verb.{verb}: add the mutation")


def _intents(sources: Sources) -> Iterator[tuple[str, Finding]]:
    """The mutations that are declared, by name, and where."""
    for table in (
        "INTENTS",
        "BATCH_INTENTS",
        "BAN_INTENTS",
        "REFERENCE_INTENTS",
        "SUPERVISION_INTENTS",
        "RIGHTS_INTENTS",
        "PAYMENT_INTENTS",
        "COMPLAINT_INTENTS",
        "CROSSING_INTENTS",
        "CLAIM_INTENTS",
        "MAIL_INTENTS",
        "READER_INTENTS",
        "WEBHOOK_INTENTS",
    ):
        found = sources.find_value("gateway", table)
        for call in find_all(found.node, ast.Call):
            match call.args[:1]:
                case [ast.Constant(value=str(name))]:
                    yield name, Finding(found.file, call.lineno, "")
                case [ast.Attribute(attr=kind)] if getattr(call.func, "id", "") == "_intent":
                    yield kind[0].lower() + kind[1:], Finding(found.file, call.lineno, "")
                case _:
                    pass
