"""Every document that the dashboard sends, and which roles its screens send it for."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from dashboard.gateway.client import document
from dashboard.gateway.volumes_query import (
    CHOICES,
    MONTHS,
    NAMES,
    PLACES,
    PUBLISHED,
    SUMMARY,
    published_variables,
    variables_of,
)
from dashboard.model.measures import AUDIENCES
from dashboard.model.page_state import Address
from dashboard.model.period import Period
from dashboard.pages.administration.forms import CHANGES
from dashboard.pages.administration.page import ADMINISTRATORS
from dashboard.pages.administration.page import QUESTION as ADMINISTRATION
from dashboard.pages.my_data.reading import QUESTION, READERS, READS
from dashboard.pages.supervision import page as supervision
from dashboard.pages.today import answers

#: What the documents are sent with to say what they cost: a year, as a page shows it at first.
_YEAR = Period(date(2025, 1, 1), date(2025, 12, 31))
_DAY = date(2026, 1, 15)
_ADDRESS = Address("en")
#: The role of visitors who have not signed in.
ANONYMOUS = "ANONYMOUS"


class ScreenDocument(NamedTuple):
    """A document of the dashboard, by the name that `document` knows."""

    name: str
    #: What breaks for a role that can no longer run it.
    screen: str
    #: The roles that it is sent for; None means everybody who has signed in.
    roles: frozenset[str] | None
    #: What a screen sends with it at first.
    variables: Mapping[str, Any]

    def sent_for(self, every_role: Iterable[str]) -> frozenset[str]:
        """The roles that it is sent for, of all that there are."""
        return frozenset(every_role) - {ANONYMOUS} if self.roles is None else self.roles

    @property
    def text(self) -> str:
        return document(self.name)


def screen_documents() -> Iterator[ScreenDocument]:
    """All of them, in the order of the pages."""
    yield ScreenDocument("viewer", "every page", None, {})
    variables = answers.variables_of(_ADDRESS, _YEAR, _DAY, place="country")
    for role, audience in answers.ASKS.items():
        yield ScreenDocument(f"today/question:{audience}", "Today", frozenset({role}), variables)
    variables = answers.published_variables(_DAY, _ADDRESS.language)
    yield ScreenDocument("today/published", "Today", frozenset({answers.MANAGER}), variables)
    language = {"language": variables["language"]}
    yield ScreenDocument(QUESTION, "My data", READERS, language)
    yield ScreenDocument(READS, "My data", READERS, {**language, "after": None})
    yield ScreenDocument(ADMINISTRATION, "Administration", ADMINISTRATORS, language)
    for name in CHANGES.documents.values():
        yield ScreenDocument(name, "Administration", ADMINISTRATORS, {})
    yield ScreenDocument(supervision.QUESTION, "Supervision", supervision.SUPERVISORS, language)
    for name in supervision.CHANGES.documents.values():
        yield ScreenDocument(name, "Supervision", supervision.SUPERVISORS, {})
    variables = variables_of(_YEAR, _ADDRESS)
    published = {**published_variables(_YEAR), "language": variables["language"]}
    for audience in dict.fromkeys(AUDIENCES.values()):
        roles = frozenset(role for role, reads in AUDIENCES.items() if reads is audience)
        for name in (SUMMARY, MONTHS, PLACES, NAMES, CHOICES):
            yield ScreenDocument(f"volumes/{name}:{audience.name}", "Volumes", roles, variables)
        if audience.publishes:
            name = f"volumes/{PUBLISHED}:{audience.name}"
            yield ScreenDocument(name, "Volumes", roles, published)
