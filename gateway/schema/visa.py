"""The visa that a decision yields: whether it serves to enter, and where its holder is."""

from datetime import UTC, date, datetime
from typing import Any

import strawberry
from sqlalchemy import Boolean, func, select

from gateway.mapping.declare import Fact, column, derived_field, link, noun
from gateway.mapping.enums import VisaPresence, VisaUsability
from gateway.schema.crossing import Stay
from gateway.schema.visa_document import VisaDocument
from models import Stay as StayRow
from models import Visa as VisaRow
from models import VisaDocument as VisaDocumentRow
from models.instants import wib_day

_READS_STAYS = ("Stay", "presence")
_IS_HELD = Fact(
    "_is_held",
    func.viewer.visa_is_held(VisaRow.application_id, type_=Boolean),
    ("Application", "isVisaHeld"),
)
_IS_USED = Fact(
    "_is_used",
    select(StayRow.is_used).where(StayRow.visa_number == VisaRow.visa_number).scalar_subquery(),
    _READS_STAYS,
)
_PRESENCE = Fact(
    "_presence",
    select(StayRow.presence).where(StayRow.visa_number == VisaRow.visa_number).scalar_subquery(),
    _READS_STAYS,
)


def _usability(root: Any, _info: strawberry.Info) -> VisaUsability:
    """Judged by the columns that the role has read, as `allowed_steps` does."""
    read = root.__dict__
    if any(read.get(name) for name in ("revoked_at", "returned_at", "superseded_at")):
        return VisaUsability.REVOKED
    if read[_IS_USED.label]:
        return VisaUsability.USED
    if read["use_by"] < wib_day(datetime.now(UTC)):
        return VisaUsability.EXPIRED
    return VisaUsability.HELD if read.get(_IS_HELD.label) else VisaUsability.VALID


def _presence(root: Any, _info: strawberry.Info) -> VisaPresence:
    return VisaPresence(root.__dict__[_PRESENCE.label] or VisaPresence.NEVER_ENTERED)


@noun(key=VisaRow.visa_number)
class Visa:
    """A visa, with the terms that held on the day on which it was granted."""

    number: str = column(
        VisaRow.visa_number,
        "Its number, such as `ID0A1B2C3D4E5F`: `ID`, and 12 digits and letters.",
    )
    issued_at: datetime = column(VisaRow.issued_at, "When it was granted.")
    use_by: date = column(VisaRow.use_by, "Last day on which it is valid for entry.")
    stay_days: int = column(VisaRow.stay_days, "Days of stay, of each entry.")
    extended_days: int = column(VisaRow.extended_days, "Days by which the stay was extended.")
    revoked_at: datetime | None = column(VisaRow.revoked_at, "When it was taken back.")
    returned_at: datetime | None = column(
        VisaRow.returned_at, "When its holder gave it back, unused."
    )
    superseded_at: datetime | None = column(
        VisaRow.superseded_at, "When the decision that granted it was corrected."
    )
    usability: VisaUsability = derived_field(
        _usability,
        "Whether it serves to enter today, and why not: the first of these reasons that there is.",
        _IS_USED,
        _IS_HELD,
        fields=("use_by", "revoked_at", "returned_at", "superseded_at"),
    )
    presence: VisaPresence = derived_field(
        _presence,
        "Where its holder is, by what border control reported last.",
        _PRESENCE,
        fields=(),
    )
    stay: Stay | None = link(
        VisaRow.visa_number,
        StayRow.visa_number,
        "Where its holder is; null where border control reported no entry by it.",
    )
    document: VisaDocument | None = link(
        VisaRow.visa_number,
        VisaDocumentRow.visa_number,
        "The visa in hand; null until it is there, mostly less than a minute after the grant, and"
        " once the visa was taken back.",
    )
