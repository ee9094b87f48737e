"""Who reaches which rows of the small world: written by hand from the matrix of the domain.

It reads the world's cases and a viewer's claims, and nothing of the gateway.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from tests.world import APPLICANTS, CASES, LINKS, Case

Claims = Mapping[str, Any]

CENTRES = {
    "AU-SYD": ("NUSA", "AU"),
    "AU-MEL": ("NUSA", "AU"),
    "AU-PER": ("ANDALAN", "AU"),
    "SG-SIN": ("NUSA", "SG"),
}
#: Whose own sign-in is whose.
ACCOUNTS = {
    "applicant": "Ruby Hale", "applicant-2": "Li Goh", "applicant-3": "Jack Doyle",
    "applicant-4": "Anahera Pohe", "applicant-5": "Kiri Wihongi",
}  # fmt: skip
SERVED = {"NUSA": {"AU", "NZ", "SG"}, "ANDALAN": {"AU", "SG"}}

_STAFF = ("OFFICER", "SUPERVISOR", "AUDITOR")
#: Who reads an outcome for as long as it is to be handed over.
HANDING_OVER = ("PARTNER_AGENT", "PARTNER_SERVICE")
_PARTNER_SIDE = ("PARTNER_MANAGER", "PARTNER_AGENT", "PARTNER_SERVICE")
_CLOSING = ("GRANTED", "REFUSED", "WITHDRAWN", "LAPSED", "PAYMENT_EXPIRED", "REVOKED")


def role_of(claims: Claims) -> str:
    return claims.get("role", "ANONYMOUS")


def reaches_case(claims: Claims, case: Case) -> bool:
    match role_of(claims):
        case "OFFICER" | "SUPERVISOR" | "AUDITOR":
            return True
        case "PARTNER_MANAGER" | "PARTNER_SERVICE":
            return _at_own_partner(claims, case) and case.place.country in claims["countries"]
        case "PARTNER_AGENT":
            return _at_own_partner(claims, case) and at_own_place(
                claims, case.place.country, case.place.centre
            )
        case "APPLICANT":
            return case.applicant == ACCOUNTS.get(claims["sub"])
        case _:
            return False


def cases(claims: Claims, among: Sequence[Case] = CASES) -> set[str]:
    """References of the applications in reach."""
    return {case.reference for case in among if reaches_case(claims, case)}


def applicants(claims: Claims, among: Sequence[Case] = CASES) -> set[str]:
    """Names of the applicants in reach, under their pseudonyms."""
    if role_of(claims) in _STAFF:
        return set(APPLICANTS)
    return {case.applicant for case in among if reaches_case(claims, case)}


def identities(
    claims: Claims,
    named: str | None,
    among: Sequence[Case] = CASES,
    not_received: Collection[str] = (),
) -> set[str]:
    """Names of the applicants whose identity is in reach, read for the case that is named.

    Cases were handed over if their life says so, but for some.
    """
    of_named = [case for case in among if case.reference == named]
    match role_of(claims):
        case "SUPERVISOR":
            return {case.applicant for case in of_named}
        case "OFFICER":
            own = {
                case.applicant
                for case in of_named
                if case.officer == claims["sub"] and not is_closed(case)
            }
            sure = [{link.one, link.other} for link in LINKS if link.is_sure]
            return own.union(*(both for both in sure if both & own))
        case "PARTNER_AGENT":
            return {
                case.applicant
                for case in (among if named is None else of_named)
                if reaches_case(claims, case)
                and ("RECEIVED" not in case.life or case.reference in not_received)
                and not is_closed(case)
            }
        case "APPLICANT":
            return applicants(claims, among)
        case _:
            return set()


def is_closed(case: Case) -> bool:
    return any(word in case.life for word in _CLOSING)


def decided_cases(
    claims: Claims, closed_lately: Collection[str] = (), among: Sequence[Case] = CASES
) -> set[str]:
    """References of the applications whose decisions are in reach.

    All of the world were decided in 2025, but for those that are said to have closed lately.
    """
    if role_of(claims) == "PARTNER_MANAGER":
        return set()
    reached = (case for case in among if reaches_case(claims, case))
    return {
        case.reference
        for case in reached
        if ("GRANTED" in case.life or "REFUSED" in case.life)
        and (role_of(claims) not in HANDING_OVER or case.reference in closed_lately)
    }


def partners(claims: Claims) -> set[str]:
    return {claims["partner"]} & set(SERVED) if role_of(claims) in _PARTNER_SIDE else set(SERVED)


def centres(claims: Claims) -> set[str]:
    def is_reached(code: str, partner: str, country: str) -> bool:
        match role_of(claims):
            case "PARTNER_MANAGER" | "PARTNER_SERVICE":
                return partner == claims["partner"] and country in claims["countries"]
            case "PARTNER_AGENT":
                return partner == claims["partner"] and code in claims.get("centres", ())
            case _:
                return True

    return {
        code for code, (partner, country) in CENTRES.items() if is_reached(code, partner, country)
    }


def served_countries(claims: Claims) -> set[tuple[str, str]]:
    """Partners and the countries they serve, as far as in reach."""
    return {
        (partner, country)
        for partner in partners(claims)
        for country in SERVED[partner]
        if role_of(claims) not in _PARTNER_SIDE or country in claims["countries"]
    }


def at_own_place(claims: Claims, country: str | None, centre: str | None) -> bool:
    """An agent works at centres, or, where the token names none, at the portal of countries."""
    if centres := claims.get("centres"):
        return centre in centres
    return centre is None and country in claims["countries"]


def _at_own_partner(claims: Claims, case: Case) -> bool:
    return case.place.partner is not None and case.place.partner == claims["partner"]
