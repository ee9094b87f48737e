"""The way from the reference of a case to its page.

The reference stands behind the ``#`` of the address, which a browser sends to no server: so it is
in no log of addresses, and in no header of a referrer.
"""

import re
from typing import Any

from dash import dcc, html

from dashboard.model.page_state import Address
from dashboard.texts import Texts

CASE_PATH = "/case"
#: How a case is quoted (``models/case/reference_numbers.py``): inquiries are quoted otherwise.
_REFERENCE = re.compile(r"[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}")


def case_link(reference: str, say: Texts) -> Any:
    """The reference as a link to the case; as it is where it is not that of a case."""
    if not _REFERENCE.fullmatch(reference):
        return html.Span(reference)
    href = f"{CASE_PATH}{Address(say.language).link()}#of={reference}"
    return dcc.Link(reference, href=href)


def named_case(about: str) -> str | None:
    """The reference that an address names behind its ``#``; None where it is none."""
    reference = about.strip().upper()
    return reference if _REFERENCE.fullmatch(reference) else None
