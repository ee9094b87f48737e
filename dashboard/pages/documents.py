"""Every document that the dashboard sends, and which roles its screens send it for."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from dashboard.gateway.client import document
from dashboard.gateway.live import ALERTS, CASES, FOLLOWED
from dashboard.gateway.volumes_query import (
    CHOICES,
    MONTHS,
    NAMES,
    NETWORK,
    PLACES,
    SUMMARY,
    variables_of,
)
from dashboard.model.filters import COUNTRY, VISA
from dashboard.model.measures import AUDIENCES, PROCESSING
from dashboard.model.page_state import Address
from dashboard.model.period import Period
from dashboard.pages.access import page as access
from dashboard.pages.administration.forms import ANSWERS, CHANGES, STOPS
from dashboard.pages.administration.page import ADMINISTRATORS, TOUCHED
from dashboard.pages.administration.page import DOCUMENTS as TRUSTED
from dashboard.pages.administration.page import QUESTION as ADMINISTRATION
from dashboard.pages.administration.page import READERS as LEDGER_READERS
from dashboard.pages.backlog import page as backlog
from dashboard.pages.case import page as case
from dashboard.pages.case.forms import CHANGES as STEPS
from dashboard.pages.case.forms import READING
from dashboard.pages.complaints import page as complaints
from dashboard.pages.decisions import page as decisions
from dashboard.pages.desk import page as desk
from dashboard.pages.endpoints import page as endpoints
from dashboard.pages.installation import page as installation
from dashboard.pages.my_data.complaints import LODGING
from dashboard.pages.my_data.reading import QUESTION, READERS, READS
from dashboard.pages.place import reading as place
from dashboard.pages.screening import page as screening
from dashboard.pages.stays import page as stays
from dashboard.pages.subscriptions import page as subscriptions
from dashboard.pages.supervision import page as supervision
from dashboard.pages.today import answers, files
from dashboard.pages.treasury import page as treasury
from dashboard.pages.views import page as views

#: What the documents are sent with to say what they cost: a year, as a page shows it at first.
_YEAR = Period(date(2025, 1, 1), date(2025, 12, 31))
_ADDRESS = Address("en")
#: Applications of a batch.
_MOST_OF_A_FEED = 300
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
    for name in (CASES, ALERTS):
        followers = frozenset(role for role, followed in FOLLOWED.items() if name in followed)
        yield ScreenDocument(name, "every page", followers, {})
    variables = answers.variables_of(_ADDRESS, _YEAR)
    yield ScreenDocument(answers.QUESTION, "Today", answers.READERS, variables)
    few = files.variables_of(("AU",), _YEAR.to_on)
    yield ScreenDocument(files.QUESTION, "Today", frozenset({answers.MANAGER}), few)
    yield from _place_documents()
    language = {"language": variables["language"]}
    yield ScreenDocument(QUESTION, "My data", READERS, language)
    yield ScreenDocument(READS, "My data", READERS, {**language, "after": None})
    for name in LODGING.documents.values():
        yield ScreenDocument(name, "My data", READERS, {})
    yield ScreenDocument(ADMINISTRATION, "Administration", LEDGER_READERS, language)
    yield ScreenDocument(TOUCHED, "Administration", ADMINISTRATORS, {})
    yield ScreenDocument(TRUSTED, "Administration", ADMINISTRATORS, {})
    for change, name in CHANGES.documents.items():
        senders = LEDGER_READERS if change in ANSWERS else ADMINISTRATORS
        senders = frozenset({"SUPERVISOR"}) if change == STOPS else senders
        yield ScreenDocument(name, "Administration", senders, {})
    yield ScreenDocument(supervision.QUESTION, "Supervision", supervision.SUPERVISORS, language)
    for name in supervision.CHANGES.documents.values():
        yield ScreenDocument(name, "Supervision", supervision.SUPERVISORS, {})
    named = {**language, "reference": "7K3M-9QPX-2F4D"}
    for name in dict.fromkeys(case.QUESTIONS.values()):
        readers = frozenset(role for role, asked in case.QUESTIONS.items() if asked == name)
        yield ScreenDocument(name, "Case", readers, named)
    for name in STEPS.documents.values():
        yield ScreenDocument(name, "Case", frozenset({case.SUPERVISOR}), {})
    for name in READING.documents.values():
        yield ScreenDocument(name, "Case", frozenset({case.OFFICER, case.SUPERVISOR}), {})
    asked = {**language, **subscriptions.variables_of(_ADDRESS)}
    yield ScreenDocument(subscriptions.QUESTION, "Subscriptions", subscriptions.READERS, asked)
    for name in subscriptions.CHANGES.documents.values():
        yield ScreenDocument(name, "Subscriptions", subscriptions.READERS, {})
    yield ScreenDocument(views.QUESTION, "Saved views", views.READERS, language)
    for change, name in views.CHANGES.documents.items():
        senders = views.NOTERS if "Note" in change or "note" in change else views.READERS
        yield ScreenDocument(name, "Saved views", senders, {})
    asked = {**language, **access.variables_of()}
    yield ScreenDocument(access.QUESTION, "Access", access.AUDITORS, asked)
    work = {**language, **backlog.window()}
    yield ScreenDocument(backlog.QUESTION, "Backlog", backlog.READERS, work)
    bands = {**language, **backlog.instants()}
    yield ScreenDocument(backlog.STATUSES, "Backlog", backlog.STATUS_READERS, bands)
    yield ScreenDocument(backlog.STAGES, "Backlog", backlog.STAGE_READERS, bands)
    yield ScreenDocument(desk.QUESTION, "Desk", desk.OFFICERS, language)
    yield ScreenDocument(installation.QUESTION, "Installation", installation.OPERATORS, {})
    decided = decisions.window()
    yield ScreenDocument(
        decisions.QUESTION, "Decisions", decisions.READERS, {**language, **decided}
    )
    yield ScreenDocument(decisions.OFFICERS, "Decisions", decisions.OFFICER_READERS, decided)
    yield ScreenDocument(
        stays.QUESTION, "In the country", stays.READERS, {**language, **stays.window()}
    )
    yield ScreenDocument(screening.QUESTION, "Screening", screening.SCREENERS, language)
    yield ScreenDocument(treasury.QUESTION, "Treasury", treasury.TREASURERS, {})
    yield ScreenDocument(endpoints.QUESTION, "Endpoints", endpoints.MANAGERS, {"language": "EN"})
    yield ScreenDocument(complaints.QUESTION, "Complaints", complaints.READERS, {"language": "EN"})
    counted = complaints.COUNT_READERS
    yield ScreenDocument(complaints.COUNTS, "Complaints", counted, complaints.window())
    for form, changing in complaints.CHANGES.documents.items():
        roles = complaints.AUDITORS if form in complaints.SORTING else complaints.READERS
        yield ScreenDocument(changing, "Complaints", roles, {})
    for forms, screen, roles in (
        (access.CHANGES, "Access", access.AUDITORS),
        (access.QUESTIONS, "Access", access.AUDITORS),
        (screening.CHANGES, "Screening", screening.SCREENERS),
        (screening.QUESTIONS, "Screening", screening.SCREENERS),
        (treasury.CHANGES, "Treasury", treasury.TREASURERS),
        (endpoints.CHANGES, "Endpoints", endpoints.MANAGERS),
        (treasury.QUESTIONS, "Treasury", treasury.TREASURERS),
        (complaints.READING, "Complaints", complaints.READERS),
    ):
        for name in forms.documents.values():
            yield ScreenDocument(name, screen, roles, {})
    window = {"from": "2026-01-01T00:00:00Z", "before": "2026-01-02T00:00:00Z"}
    for name, asked in (
        ("lines", {"codes": ["1"], "receipts": ["1"]}), ("bills", window), ("payments", window),
    ):  # fmt: skip
        settlement = f"treasury/settlement/{name}"
        yield ScreenDocument(settlement, "gerbang settle", treasury.TREASURERS, asked)
    batch = {"input": {"applications": [{}] * _MOST_OF_A_FEED}}
    yield ScreenDocument("ingest", "gerbang ingest", frozenset({"PARTNER_SERVICE"}), batch)
    variables = variables_of(_YEAR, _ADDRESS, PROCESSING)
    for name in (SUMMARY, MONTHS, PLACES, NAMES, CHOICES):
        yield ScreenDocument(f"volumes/{name}", "Volumes", frozenset(AUDIENCES), variables)
    managing = frozenset(role for role, audience in AUDIENCES.items() if audience.has_network)
    variables = variables_of(_YEAR, replace(_ADDRESS, by=VISA), PROCESSING)
    yield ScreenDocument(f"volumes/{NETWORK}", "Volumes", managing, variables)


def _place_documents() -> Iterator[ScreenDocument]:
    """Of one country; who reads cases reads those that are late, or how they split."""
    about = COUNTRY, "AU"
    variables = place.variables_of(*about, _ADDRESS, _YEAR, COUNTRY)
    yield ScreenDocument(place.QUESTION, "Place", place.READERS, variables)
    late = place.late_variables(*about, _ADDRESS, datetime(2025, 12, 31, tzinfo=UTC))
    yield ScreenDocument(place.LATE, "Place", place.CASE_READERS, late)
    waiting = place.waiting_variables(*about, _ADDRESS)
    yield ScreenDocument(place.WAITING, "Place", place.READERS, waiting)
