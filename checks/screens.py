"""The screens of the dashboard work for the roles that they are for, by the policy as it is."""

import re
import sys
from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

from checks.finding import Finding, LookupFailedError
from checks.sources import Definition, Sources, keys

_PAGES = "dashboard.pages."
#: How fields end that a page knows itself.
_NOT_FILLED_IN = ("Id", "language")


class BrokenScreen(NamedTuple):
    """A document that a screen sends for a role which cannot run it."""

    screen: str
    document: str
    role: str
    reason: str


def check_screens(sources: Sources) -> Iterator[Finding]:
    """The documents that the policy breaks, at the policy; or what it lacks, at the type.

    A document that is not listed would be neither checked nor registered.
    """
    policy = sources.find_value("gateway", "POLICY")
    try:
        broken = list(_broken_screens())
        yield from _unlisted_documents(sources)
        yield from _forms_without_words(sources)
    except Exception as error:
        if type(error).__name__ == "PolicyGapError":  # not imported, as below
            yield from _gaps(policy, str(error))
            return
        reason = f"{type(error).__name__}: {error}"
        raise LookupFailedError(
            f"the dashboard's screens cannot be checked before the schema can be built: {reason}"
        ) from error
    for each in broken:
        yield Finding(
            policy.file, policy.line, f"the screen {each.screen} breaks for {each.role}, which can"
            f" no longer run its document {each.document}: {each.reason}",
        )  # fmt: skip


def _unlisted_documents(sources: Sources) -> Iterator[Finding]:
    from dashboard.pages.documents import screen_documents

    listed = {document.name.partition(":")[0] for document in screen_documents()}
    pages = sources.root / "dashboard" / "pages"
    for file in sorted(pages.rglob("*.graphql")):
        name = f"{file.parent.relative_to(pages)}/{file.stem}"
        if name not in listed and not file.name.startswith("fragments."):
            yield Finding(
                file, 1, f"screen_documents does not list the document {name}: add it to"
                " dashboard/pages/documents.py, with the roles that it is sent for",
            )  # fmt: skip


def _forms_without_words(sources: Sources) -> Iterator[Finding]:
    """Forms whose button, outcome or field has no name in a language: it is asked for by a family,
    so nothing else misses it."""
    from dashboard.components.forms import Changes
    from dashboard.model.page_state import LANGUAGES
    from dashboard.texts import words

    modules = [module for name, module in sys.modules.items() if name.startswith(_PAGES)]
    found = {id(each): each for module in modules for each in vars(module).values()
             if isinstance(each, Changes)}.values()  # fmt: skip
    for forms, language in product(found, LANGUAGES):
        for name, fields in forms.forms.items():
            wanted = [f"changes.do.{name}"]
            if name not in forms.batches:
                wanted.append(f"changes.done.{'proposed' if name in forms.proposals else name}")
            wanted += [f"changes.field.{each.called or each.name}" for each in fields
                       if not each.name.endswith(_NOT_FILLED_IN)]  # fmt: skip
            for key in wanted:
                if key not in words(language):
                    file = sources.root / f"dashboard/texts/changes.{language}.toml"
                    yield Finding(file, 1, f"no text {key}: add what the form says")


def _gaps(policy: Definition, text: str) -> Iterator[Finding]:
    """What the policy and the schema do not both have, each at the type in the policy."""
    types = keys(policy.node)
    for gap in text.splitlines():
        named = (types[word] for word in re.findall(r"\w+", gap) if word in types)
        yield Finding(policy.file, next(named, policy.node).lineno, gap)


def _broken_screens() -> Iterator[BrokenScreen]:
    # Imported here: where the gateway cannot be imported, the other checks say why.
    from dashboard.pages.documents import screen_documents
    from gateway.execution.document_matrix import DocumentMatrix
    from models.vocabulary import Role

    matrix = DocumentMatrix()
    for document in screen_documents():
        roles = [Role(role) for role in sorted(document.sent_for(Role))]
        verdicts = matrix.examine(document.text, document.variables, roles).verdicts
        for role, verdict in verdicts.items():
            if verdict.mistakes:
                reason = verdict.mistakes[0].message
            elif not verdict.can_run:
                reason = f"It costs {verdict.cost:,}, which is too much."
            else:
                continue
            yield BrokenScreen(document.screen, document.name, role, reason)
