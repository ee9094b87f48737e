"""What is handed in and asked for, described for clients."""

from collections.abc import Mapping
from enum import StrEnum

from models.vocabulary import DocumentKind, RequestedItemKind

_DOCUMENTS: Mapping[str, str] = {
    "PASSPORT_SCAN": "Scan of the passport's page with the photograph.",
    "PHOTOGRAPH": "Recent photograph of the face.",
    "RETURN_TICKET": "Ticket out of Indonesia.",
    "ITINERARY": "Plan of the journey.",
    "ACCOMMODATION": "Booking of a place to stay.",
    "BANK_STATEMENT": "Statement of a bank, as proof of means.",
    "INVITATION_LETTER": "Letter of the person or organisation that invites.",
    "GUARANTEE_LETTER": "Letter of the guarantor in Indonesia.",
    "EMPLOYMENT_LETTER": "Letter of the employer.",
    "EMPLOYMENT_CONTRACT": "Contract of employment, as for remote work.",
    "CURRICULUM_VITAE": "Curriculum vitae.",
    "BUSINESS_LICENCE": "Licence of a business, or its identification number (NIB).",
    "DEED_OF_ESTABLISHMENT": "Deed by which a company was established.",
    "INVESTMENT_PLAN": "Plan of what is to be invested.",
    "PROOF_OF_INCOME": "Proof of a regular income.",
    "HEALTH_INSURANCE": "Health insurance that holds in Indonesia.",
    "VACCINATION_CERTIFICATE": "Certificate of vaccination.",
    "POLICE_CERTIFICATE": "Certificate of good conduct by the police.",
    "BIRTH_CERTIFICATE": "Birth certificate.",
    "MARRIAGE_CERTIFICATE": "Marriage certificate.",
    "PARENTAL_CONSENT": "Consent of the parents of a minor.",
    "RESIDENCE_PERMIT": "Permit to live in the country in which it is applied for.",
}
WORDS: Mapping[type[StrEnum], Mapping[str, str]] = {
    DocumentKind: _DOCUMENTS,
    RequestedItemKind: {
        **_DOCUMENTS,
        "FULL_NAME": "Name as in the passport.",
        "BIRTH_DATE": "Date of birth.",
        "BIRTH_PLACE": "Place of birth.",
        "SEX": "Sex as in the passport.",
        "NATIONALITY": "Nationality.",
        "PASSPORT_NUMBER": "Number of the passport.",
        "PASSPORT_EXPIRY": "Until when the passport is valid.",
        "EMAIL": "E-mail address.",
        "PHONE": "Phone number.",
        "OCCUPATION": "Occupation.",
        "TRIP_PURPOSE": "What the journey is for.",
        "ARRIVAL_DATE": "Day of arrival.",
        "LENGTH_OF_STAY": "How long the stay is to be.",
        "ADDRESS_IN_INDONESIA": "Where the stay is to be.",
    },
}
