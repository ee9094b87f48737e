"""Checks the stated purpose of reading identity against the policy, and the sign-in of its reader.

It is stated by the directive ``@purpose``, by a header, or by both alike: directives on operations
get lost where a client or a router rewrites the document.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from gateway.errors import ErrorCode, RequestError
from gateway.policy import IMPLIED_PURPOSE, NAMES_NO_CASE, PURPOSES, READS_COMPLAINTS
from gateway.viewer import Viewer
from models.supervision.inquiry import REFERENCE_BEGINS
from models.vocabulary import Purpose

#: The header; over a socket, `connection_init` carries the same text under this name.
PURPOSE_HEADER = "Gerbang-Purpose"
_EXAMPLE = "CASEWORK; reference=7K3M-9QPX-2F4D"
#: A token and its parameters, as structured fields have them (RFC 9651).
_PARAMETER = re.compile(r' *([a-z*][a-z0-9_.*-]*)=(?:"([^"\\]*)"|([^" ]+)) *')
#: The format of a case reference, too narrow for a name or an address.
_CASE = re.compile(r"[0-9A-Z]{1,12}([-/.][0-9A-Z]{1,12}){0,5}")


@dataclass(frozen=True, slots=True)
class StatedPurpose:
    """A purpose that the policy allows, and the case or inquiry it is for, where it takes one."""

    code: Purpose
    case_reference: str | None

    @property
    def is_inquiry(self) -> bool:
        """Whether it names an inquiry, and no case."""
        return (self.case_reference or "").startswith(REFERENCE_BEGINS)


#: What a token is told whose sign-in does not suffice for who somebody is.
WEAK_SIGN_IN = "Who somebody is takes a stronger sign-in than that of your token."


def require_sign_in(viewer: Viewer, acr_values: Sequence[str]) -> None:
    """Raise RequestError with INSUFFICIENT_USER_AUTHENTICATION unless the viewer signed in by one
    of these (RFC 9470); any sign-in suffices where there are none."""
    if acr_values and viewer.acr not in acr_values:
        raise RequestError(
            ErrorCode.INSUFFICIENT_USER_AUTHENTICATION,
            WEAK_SIGN_IN,
            HTTPStatus.UNAUTHORIZED,
            {"acrValues": list(acr_values)},
        )


def stated_purpose(
    viewer: Viewer,
    directive: Mapping[str, str | None] | None,
    headers: Sequence[str] = (),
    *,
    is_of_complaints: bool = False,
) -> StatedPurpose:
    """The purpose of a read of identity, or of what complaints say, from the arguments of
    ``@purpose`` and the headers.

    Raises RequestError with PURPOSE_REQUIRED, PURPOSE_NOT_ALLOWED, PURPOSE_DIFFERS or BAD_REQUEST.
    """
    allowed = tuple(
        purpose
        for purpose in PURPOSES.get(viewer.role, ())
        if (purpose in READS_COMPLAINTS if is_of_complaints else purpose is not Purpose.COMPLAINT)
    )
    if not allowed:
        raise RequestError(
            ErrorCode.PURPOSE_NOT_ALLOWED,
            f"The role {viewer.role} does not read identity for any purpose.",
            HTTPStatus.FORBIDDEN,
        )
    stated = _agreed_purpose(_from_directive(directive), _from_headers(headers))
    if stated is None:
        implied = IMPLIED_PURPOSE.get(viewer.role)
        if implied and implied in allowed:
            return StatedPurpose(implied, None)
        raise RequestError(
            ErrorCode.PURPOSE_REQUIRED,
            "Reading identity takes a purpose and a case: add"
            f" `@purpose(code: {allowed[0]}, reference: $case)` to the operation, or send the"
            f" header `{PURPOSE_HEADER}: {allowed[0]}; reference=…`.",
            HTTPStatus.FORBIDDEN,
        )
    if stated.code not in allowed:
        raise RequestError(
            ErrorCode.PURPOSE_NOT_ALLOWED,
            f"The role {viewer.role} reads identity for {' or '.join(allowed)} only.",
            HTTPStatus.FORBIDDEN,
        )
    if stated.case_reference is None and viewer.role in NAMES_NO_CASE:
        return stated
    if not _CASE.fullmatch(stated.case_reference or ""):
        raise RequestError(
            ErrorCode.PURPOSE_REQUIRED,
            "The reference of the case has capital letters and digits, in groups joined by"
            " `-`, `/` or `.`, such as `7K3M-9QPX-2F4D`.",
        )
    if stated.is_inquiry and stated.code is not Purpose.SUPERVISION:
        raise RequestError(
            ErrorCode.PURPOSE_NOT_ALLOWED,
            f"In an inquiry, identity is read for {Purpose.SUPERVISION} only.",
            HTTPStatus.FORBIDDEN,
        )
    return stated


def _agreed_purpose(
    directive: StatedPurpose | None, header: StatedPurpose | None
) -> StatedPurpose | None:
    if directive and header and directive != header:
        raise RequestError(
            ErrorCode.PURPOSE_DIFFERS,
            f"`@purpose` and the header {PURPOSE_HEADER} differ. State one purpose and one case.",
        )
    return directive or header


def _from_directive(stated: Mapping[str, str | None] | None) -> StatedPurpose | None:
    return StatedPurpose(Purpose(stated["code"]), stated.get("reference")) if stated else None


def _from_headers(headers: Sequence[str]) -> StatedPurpose | None:
    """The purpose in a header. Errors never quote it: a name may have got into it."""
    if not headers:
        return None
    if len(headers) > 1:
        raise _malformed_header("is there twice")
    code, *parameters = headers[0].split(";")
    if code.strip(" ") not in Purpose.__members__:
        raise _malformed_header(f"begins with one of {', '.join(Purpose)}")
    if not parameters:
        return StatedPurpose(Purpose[code.strip(" ")], None)
    given = [_PARAMETER.fullmatch(parameter) for parameter in parameters]
    if len(given) != 1 or given[0] is None or given[0][1] != "reference":
        raise _malformed_header("takes one parameter, `reference`")
    return StatedPurpose(Purpose[code.strip(" ")], given[0][2] or given[0][3] or "")


def _malformed_header(what: str) -> RequestError:
    return RequestError(
        ErrorCode.BAD_REQUEST,
        f"The header {PURPOSE_HEADER} {what}. Send it once, such as `{_EXAMPLE}`.",
    )
