"""What a report carries for whoever checks it later: what was asked, as of when, in whose scope,
what stood beside it, and its figures, as lines of JSON that `gerbang figure verify` reads.
"""

from collections.abc import Iterator
from typing import Any

import orjson
import xlsxwriter

from dashboard.model.findings import Claim
from dashboard.model.period import WIB, Period
from dashboard.pages.place.reading import Place, variables_of
from dashboard.texts.wording import written_instant

#: Kinds of claims about a window that is named: the others are about the day on which they were
#: asked, and cannot be asked again.
KINDS = ("CHANGE", "VISA_TYPE", "PLACE")
#: The page of a workbook; in a PDF they are an attachment.
_SHEET = "Data"


def evidence_of(place: Place) -> list[str]:
    """The lines: the question first, then a figure each. Every one says what it is."""
    found, viewer = place.today, place.viewer
    # A period that goes on is asked again up to the same day.
    to_on = min(found.period.to_on, found.as_of.astimezone(WIB).date())
    period = Period(found.period.from_on, to_on)
    asked = variables_of(place.kind, place.code, place.address, period, place.compared)
    question = {
        "gerbang": "report",
        "question": {name: asked[name] for name in ("from", "to", "where", "about")},
        "asOf": found.as_of.isoformat(),
        "role": viewer.role,
        "partner": viewer.partner,
        "countries": sorted(viewer.countries),
        **place.evidence,
    }
    return [orjson.dumps(line).decode() for line in (question, *_figures(place))]


def stood_texts(place: Place) -> list[str]:
    """The same checkpoint and edition in words, as they are printed."""
    say, stood = place.say, place.evidence
    signed_at, published_at = stood["checkpointSignedAt"], stood["publishedAt"]
    return [
        say("report.checkpoint", at=written_instant(signed_at, say), root=stood["checkpointRoot"])
        if signed_at
        else say("report.no_checkpoint"),
        say("report.edition", edition=str(stood["edition"]), at=written_instant(published_at, say))
        if published_at
        else say("report.no_edition"),
    ]


def write_evidence(book: xlsxwriter.Workbook, place: Place, heading: Any) -> None:
    """Add the page with the lines to a workbook: each in a cell of its own, as a text."""
    page = book.add_worksheet(_SHEET)
    page.write_string(0, 0, place.say("report.evidence"), heading)
    for line, text in enumerate([*stood_texts(place), *evidence_of(place)], 1):
        page.write_string(line, 0, text)


def _figures(place: Place) -> Iterator[dict[str, Any]]:
    for kind in KINDS:
        for claim in place.today.all(kind):
            if claim["NOW"].value is not None:
                yield _figure(claim)


def _figure(claim: Claim) -> dict[str, Any]:
    now = claim["NOW"]
    return {
        "gerbang": "figure",
        "kind": claim.kind,
        "measure": claim.measure.field if claim.measure else None,
        "of": claim.code,
        "value": now.value,
        "n": now.n,
    }
