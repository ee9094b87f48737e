"""What a grant yields."""

from datetime import date, datetime

from gateway.mapping.declare import column, noun
from models import Visa as VisaRow


@noun(key=VisaRow.visa_number)
class Visa:
    """A visa, with the terms that held on the day on which it was granted."""

    number: str = column(VisaRow.visa_number, "Its number: `ID`, and 12 digits and letters.")
    issued_at: datetime = column(VisaRow.issued_at, "When it was granted.")
    use_by: date = column(VisaRow.use_by, "Last day on which it is valid for entry.")
    stay_days: int = column(VisaRow.stay_days, "Days of stay, of each entry.")
    revoked_at: datetime | None = column(VisaRow.revoked_at, "When it was taken back.")
    superseded_at: datetime | None = column(
        VisaRow.superseded_at, "When the decision that granted it was corrected."
    )
