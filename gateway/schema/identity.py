"""The identity of an applicant: personal data; every read of it is logged."""

from datetime import date

from gateway.mapping.declare import column, noun
from models import Identity as IdentityRow


@noun(key=IdentityRow.applicant_id, is_logged=True)
class Identity:
    """Personal data of one applicant.

    Say why you read it: `query Case($case: String!) @purpose(code: CASEWORK, reference: $case)`.
    """

    full_name: str = column(IdentityRow.full_name, "Name as in the passport.")
    passport_number: str = column(IdentityRow.passport_number, "Passport number.")
    birth_date: date = column(IdentityRow.birth_date, "Date of birth.")
    email: str = column(IdentityRow.email, "E-mail address.")
    phone: str = column(IdentityRow.phone, "Phone number, with country code.")
