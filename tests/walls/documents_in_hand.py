"""Documents of visas that are in the way of every mistake in who reads and fetches them, and who
does as the domain has it."""

from contextlib import suppress
from typing import NamedTuple

import asyncpg

from gateway.viewer import Viewer
from tests.acting import act_writing
from tests.gateway import oracle
from tests.gateway.oracle import Claims, role_of
from tests.walls.undoing import undone
from tests.world import CASES, TRANSFERRED, applicant_id, visa_number


class Document(NamedTuple):
    """A document that a system named `service` has fetched, unless it says otherwise."""

    case: str
    number: str
    #: In hours, of 168 for which it is read.
    fetched_ago: int = 1
    is_proven: bool = True
    is_replaced: bool = False

    @property
    def id(self) -> int:
        return 1_000 + DOCUMENTS.index(self)

    @property
    def proof(self) -> str:
        """What tells it apart, for those who read no id."""
        return f"of {self.id}"

    @property
    def applicant(self) -> str:
        every = (*CASES, *(case for case, _ in TRANSFERRED))
        return next(case.applicant for case in every if case.reference == self.case)

    @property
    def counts(self) -> bool:
        """Whether it is in the account, of a visa that was not taken back, and nothing replaced
        it."""
        is_taken_back = self.case == _REVOKED or self.number == _SUPERSEDED
        return self.is_proven and not self.is_replaced and not is_taken_back


_LATE, _GRANTED, _UNPROVEN, _REVOKED = (
    "AUSY-LATE-0002", "AUSY-GRAN-0001", "NZGR-MIDN-0008", "SGPO-COME-0016",
)  # fmt: skip
_LONG_FETCHED, _LEFT, _SUPERSEDED = "AUSY-GONE-0015", "AUSY-LEFT-0014", "ID000000000099"
DOCUMENTS = (
    Document(_LATE, visa_number(_LATE), 156),
    Document(_LATE, visa_number(_LATE), is_replaced=True),
    Document(_LATE, _SUPERSEDED),
    # Closed too long ago for partners.
    Document(_GRANTED, visa_number(_GRANTED)),
    Document(_LONG_FETCHED, visa_number(_LONG_FETCHED), 180),
    Document(_UNPROVEN, visa_number(_UNPROVEN), is_proven=False),
    Document(_REVOKED, visa_number(_REVOKED)),
    Document(_LEFT, visa_number(_LEFT)),
)
#: Partners' systems, by what is odd about each: the case that it names, where it is, or who it is.
_SERVICE = {
    "role": "PARTNER_SERVICE", "sub": "service", "partner": "NUSA",
    "countries": ["AU", "NZ", "SG"], "names": _LATE,
}  # fmt: skip
SYSTEMS: dict[str, Claims] = {
    **{f"service-for-{case}": {**_SERVICE, "names": case}
       for case in (_GRANTED, _LONG_FETCHED, _UNPROVEN, _REVOKED, _LEFT)},
    "service-of-another-sign-in": {**_SERVICE, "sub": "service-2"},
    "service-of-another-partner": {**_SERVICE, "partner": "ANDALAN"},
    "service-that-names-a-centre": {**_SERVICE, "centres": ["AU-SYD"]},
    "service-of-other-countries": {**_SERVICE, "countries": ["NZ", "SG"]},
}  # fmt: skip
#: What a system of the usual claims names.
NAMED = _LATE


async def complete(connection: asyncpg.Connection) -> None:
    await connection.execute(
        "UPDATE visa SET revoked_at = now() WHERE visa_number = $1", visa_number(_REVOKED)
    )
    for one in DOCUMENTS:
        await connection.execute(
            "INSERT INTO visa_document (id, visa_number, applicant_id, issued_at, digest, key_id,"
            " proof, proven_at, replaced_at, fetched_at, fetched_by) OVERRIDING SYSTEM VALUE"
            " VALUES ($1, $2, $3, now(), sha256(convert_to($2, 'UTF8')), 'key', $7,"
            " CASE WHEN $4 THEN now() ELSE now() + interval '1 hour' END,"
            " CASE WHEN $5 THEN now() END, now() - $6 * interval '1 hour', 'service')",
            *(one.id, one.number, applicant_id(one.applicant), one.is_proven),
            *(one.is_replaced, one.fetched_ago, one.proof),
        )


def read(claims: Claims, delivered: str | None) -> set[tuple[str]]:
    """What a viewer reads: the own, or what the own system has fetched of the case that it names.

    ``delivered`` is that case, if it is in reach and has closed lately.
    """
    match role_of(claims):
        case "APPLICANT":
            own = oracle.ACCOUNTS.get(claims["sub"])
            return {(one.proof,) for one in DOCUMENTS if one.counts and one.applicant == own}
        case "PARTNER_SERVICE" if claims["sub"] == "service":
            lately = [one for one in DOCUMENTS if one.fetched_ago < 168]
            fetched = to_fetch(claims, delivered)
            return {(one.proof,) for one in lately if one.id in fetched}
        case _:
            return set()


def to_fetch(claims: Claims, delivered: str | None) -> set[int]:
    """What a partner's system may fetch, once."""
    if role_of(claims) != "PARTNER_SERVICE":
        return set()
    return {one.id for one in DOCUMENTS if one.counts and one.case == delivered}


async def noted_by_database(connection: asyncpg.Connection, viewer: Viewer) -> set[int]:
    """Which documents the database lets a viewer note as fetched, if nobody had."""
    async with undone(connection):
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute("UPDATE visa_document SET fetched_at = NULL, fetched_by = NULL")
        await connection.execute("SET LOCAL session_replication_role = origin")
        with suppress(asyncpg.InsufficientPrivilegeError):
            await act_writing(connection, viewer)
            noted = await connection.fetch(
                "UPDATE visa_document SET fetched_at = now(), fetched_by = viewer.subject(NULL)"
                " RETURNING id"
            )
            return {row["id"] for row in noted}
    return set()
