"""What a step asks and writes is known to the guards of the second wall."""

import ast
from collections.abc import Iterator

from checks.finding import Finding
from checks.sources import Sources, assignments, find_all, keys, members_named


def check_guards(sources: Sources) -> Iterator[Finding]:
    yield from _needs(sources)
    yield from _writes(sources)
    yield from _events(sources)


def _needs(sources: Sources) -> Iterator[Finding]:
    """A precondition that the database does not know would hold for whoever injects a statement."""
    known = sources.find_value("gateway", "HOLDS_IF")
    for module in sources.modules["models"]:
        for name, value in assignments(module.tree).items():
            if _calls(value, "Precondition") and name not in keys(known.node):
                yield Finding(
                    module.file, value.lineno, f"HOLDS_IF does not say what {name} means to the"
                    f" database ({known.file.name}:{known.line}): add its condition",
                )  # fmt: skip


def _writes(sources: Sources) -> Iterator[Finding]:
    """What a step writes besides the application is granted and let through, or is refused."""
    known = sources.find_value("gateway", "WRITES")
    for module in sources.modules["gateway"]:
        effects = keys(assignments(module.tree).get("EFFECTS", known.node))
        for verb in effects.keys() & sources.members("models", "Verb").keys() - _verbs(known.node):
            yield Finding(
                module.file, effects[verb].lineno, f"WRITES does not say what Verb.{verb} writes"
                f" ({known.file.name}:{known.line}): add its tables and columns",
            )  # fmt: skip


def _events(sources: Sources) -> Iterator[Finding]:
    """What leaves the status as it was shows by something else, or its event could be made up."""
    known = sources.find_value("gateway", "SHOWN_BY")
    steps = sources.find_value("models", "STEPS")
    for step in find_all(steps.node, ast.Call):
        match step.args[:4]:
            case [verb, _, ast.Constant(value=None), ast.Attribute()]:
                for name in members_named(verb, "Verb") - _verbs(known.node):
                    yield Finding(
                        steps.file, step.lineno, f"SHOWN_BY does not say what shows that"
                        f" Verb.{name} was done ({known.file.name}:{known.line}): add it",
                    )  # fmt: skip
            case _:
                pass


def _verbs(node: ast.AST) -> set[str]:
    return set(keys(node))


def _calls(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Call) and getattr(node.func, "id", "") == name
