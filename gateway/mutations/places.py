"""Where an application is taken in: at a centre, by the portal of a country, or by nobody."""

from gateway.mutations.offer import Offer
from gateway.mutations.outcome import Reasons
from gateway.mutations.requests import Submission
from gateway.viewer import Viewer
from models.case.reference_numbers import DIRECT, IntakePlace
from models.life import Refusal
from models.vocabulary import Channel, Role


def find_place(
    viewer: Viewer, submission: Submission, offer: Offer, reasons: Reasons
) -> IntakePlace:
    """The place that a submission names, or the only one that it can mean.

    Adds a reason where there is none; the place is then not to be used.
    """
    if viewer.role is Role.APPLICANT:
        _refuse_place(submission, reasons)
        return DIRECT
    if submission.centre is not None or (viewer.role is Role.PARTNER_AGENT and viewer.centres):
        return _at_centre(viewer, submission, offer, reasons)
    return _at_portal(viewer, submission, offer, reasons)


def _refuse_place(submission: Submission, reasons: Reasons) -> None:
    if submission.centre is not None:
        reasons.add(Refusal.INVALID, "centre", rule="no_centre")
    if submission.country is not None:
        reasons.add(Refusal.INVALID, "country", rule="no_centre")


def _at_centre(
    viewer: Viewer, submission: Submission, offer: Offer, reasons: Reasons
) -> IntakePlace:
    code = submission.centre
    if code is None and len(viewer.centres) == 1:
        code = viewer.centres[0]
    if code is None or code not in offer.centres:
        reasons.add(Refusal.CENTRE_NOT_FOUND, "centre")
        return DIRECT
    partner, country = offer.centres[code]
    if submission.country not in (None, country):
        reasons.add(Refusal.COUNTRY_NOT_FOUND, "country")
    return IntakePlace(Channel.PARTNER_CENTRE, partner, country, code)


def _at_portal(
    viewer: Viewer, submission: Submission, offer: Offer, reasons: Reasons
) -> IntakePlace:
    country = submission.country
    if country is None and len(viewer.countries) == 1:
        country = viewer.countries[0]
    if viewer.partner is None or country is None or (viewer.partner, country) not in offer.portals:
        reasons.add(Refusal.COUNTRY_NOT_FOUND, "country")
        return DIRECT
    return IntakePlace(Channel.PARTNER_PORTAL, viewer.partner, country)
