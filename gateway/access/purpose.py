"""Checks the stated purpose of reading identity against the policy."""

import re
from dataclasses import dataclass
from http import HTTPStatus

from gateway.errors import ErrorCode, RequestError
from gateway.policy import IMPLIED_PURPOSE, PURPOSES
from gateway.viewer import Viewer
from models.vocabulary import Purpose

#: The format of a case reference, too narrow for a name or an address.
_CASE = re.compile(r"[0-9A-Z]{1,12}([-/.][0-9A-Z]{1,12}){0,5}")


@dataclass(frozen=True, slots=True)
class StatedPurpose:
    """A purpose that the policy allows, and the case it is for."""

    code: Purpose
    case_reference: str


def stated_purpose(viewer: Viewer, stated: dict[str, str] | None) -> StatedPurpose:
    """The purpose of a read of identity, from the arguments of ``@purpose``.

    Raises RequestError with PURPOSE_REQUIRED or PURPOSE_NOT_ALLOWED.
    """
    allowed = PURPOSES.get(viewer.role, ())
    if not allowed:
        raise RequestError(
            ErrorCode.PURPOSE_NOT_ALLOWED,
            f"The role {viewer.role} reads identity for no purpose.",
            HTTPStatus.FORBIDDEN,
        )
    if stated is None:
        implied = IMPLIED_PURPOSE.get(viewer.role)
        if implied and implied in allowed:
            return StatedPurpose(implied, "OWN")
        raise RequestError(
            ErrorCode.PURPOSE_REQUIRED,
            "Reading identity takes a purpose and a case: add"
            f" `@purpose(code: {allowed[0]}, reference: $case)` to the operation.",
            HTTPStatus.FORBIDDEN,
        )
    code = Purpose(stated["code"])
    if code not in allowed:
        raise RequestError(
            ErrorCode.PURPOSE_NOT_ALLOWED,
            f"The role {viewer.role} reads identity for {' or '.join(allowed)} only.",
            HTTPStatus.FORBIDDEN,
        )
    if not _CASE.fullmatch(stated["reference"]):
        raise RequestError(
            ErrorCode.PURPOSE_REQUIRED,
            "The reference of the case has capital letters and digits, in groups joined by"
            " `-`, `/` or `.`, such as `7K3M-9QPX-2F4D`.",
        )
    return StatedPurpose(code, stated["reference"])
