"""Who read whose identity, also in the words in which the person is told of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import strawberry
from sqlalchemy import ColumnElement, String, case, literal
from sqlalchemy.orm import InstrumentedAttribute

from gateway.access.transactions.prepared import bind_for
from gateway.mapping.context import Context
from gateway.mapping.declare import KEY, Expression, Node, column, link, noun
from gateway.mapping.enums import translated_column
from models import AccessEvent as Row
from models import Applicant as ApplicantRow
from models.access_log import proofs_of_reads
from models.account.nodes import prove_by_nodes
from models.vocabulary import Purpose, Role

if TYPE_CHECKING:
    from gateway.schema.applicant import Applicant


_ENGLISH: Mapping[str, str] = {
    Role.OFFICER: "An officer of the Directorate General of Immigration",
    Role.SUPERVISOR: "A supervisor of the Directorate General of Immigration",
    Role.SCREENING: "The screening authority",
    Role.PARTNER_AGENT: "An agent of the partner who takes applications in",
    Role.PARTNER_SERVICE: "The system of the partner who took your application in",
    Role.APPLICANT: "You yourself",
    Role.ANONYMOUS: "Somebody who had the code of our mail to you",
    Purpose.CASEWORK: "read your data to work on your application.",
    Purpose.SUPERVISION: "read your data to look into how your application was handled.",
    Purpose.INTAKE: "read your data to take your application in.",
    Purpose.DELIVERY: "fetched your visa to hand it over to you.",
}
_INDONESIAN: Mapping[str, str] = {
    Role.OFFICER: "Petugas visa Direktorat Jenderal Imigrasi",
    Role.SUPERVISOR: "Penyelia Direktorat Jenderal Imigrasi",
    Role.SCREENING: "Otoritas pemeriksaan",
    Role.PARTNER_AGENT: "Agen mitra yang menerima permohonan",
    Role.PARTNER_SERVICE: "Sistem mitra yang menerima permohonan Anda",
    Role.APPLICANT: "Anda sendiri",
    Role.ANONYMOUS: "Seseorang yang memegang kode dari surel kami kepada Anda",
    Purpose.CASEWORK: "membaca data Anda untuk memproses permohonan Anda.",
    Purpose.SUPERVISION: "membaca data Anda untuk memeriksa penanganan permohonan Anda.",
    Purpose.INTAKE: "membaca data Anda untuk menerima permohonan Anda.",
    Purpose.DELIVERY: "mengambil visa Anda untuk diserahkan kepada Anda.",
}


def _sentence(words: Mapping[str, str], somebody: str, read: str, label: str) -> Expression:
    roles = {role: text for role, text in words.items() if role in tuple(Role)}
    purposes = {purpose: text for purpose, text in words.items() if purpose not in roles}
    who = case(*_cases(Row.actor_role, roles), else_=literal(somebody, String()))
    why = case(*_cases(Row.purpose, purposes), else_=literal(read, String()))
    return (who + literal(" ", String()) + why).label(label)


def _cases(
    column: InstrumentedAttribute[str], words: Mapping[str, str]
) -> list[tuple[ColumnElement[bool], ColumnElement[str]]]:
    return [(column == str(word), literal(text, String())) for word, text in words.items()]


IN_ENGLISH = _sentence(
    _ENGLISH, "The Directorate General of Immigration", "read your data.", "in_english"
)
IN_INDONESIAN = _sentence(
    _INDONESIAN, "Direktorat Jenderal Imigrasi", "membaca data Anda.", "in_indonesian"
)
#: Says that some reads are shown later, without saying which.
DELAY_ENGLISH = (
    "Reads by which an application is supervised are shown once it is closed, those of an inquiry"
    " once somebody else has reviewed it. For reads for another matter, ask the data protection"
    " officer. The same holds for look-ups: those for another matter are shown here once you have"
    " asked for your data, and that matter is over."
)
DELAY_INDONESIAN = (
    "Pembacaan dalam rangka pengawasan atas suatu permohonan diberitahukan setelah permohonan itu"
    " ditutup, dan pembacaan dalam pemeriksaan khusus setelah ditinjau oleh orang lain. Pembacaan"
    " untuk urusan lain diberitahukan oleh pejabat pelindungan data pribadi atas permintaan. Hal"
    " yang sama berlaku bagi pencarian: pencarian untuk urusan lain ditampilkan di sini setelah"
    " Anda meminta data Anda dan urusan itu selesai."
)


async def _proof(root: Any, info: strawberry.Info) -> str | None:
    context: Context = info.context

    async def load(keys: Sequence[UUID]) -> list[str | None]:
        asked = bind_for(context.viewer, AccessEvent.__name__, proofs_of_reads(keys))
        [rows] = await context.session.fetch(asked)
        proofs = {row.id: prove_by_nodes(row) for row in rows}
        return [proofs.get(key) for key in keys]

    return await context.loaders.loader("proofs of reads", load).load(root.__dict__[KEY])


ReadPerson = Annotated["Applicant", strawberry.lazy("gateway.schema.applicant")]


@noun(key=Row.id)
class AccessEvent(Node):
    """One read of one applicant's identity; never changed, never removed.

    The person who was read sees the role, the purpose and when: for supervision once the case
    is closed, for an inquiry once it was reviewed. Reads for another case are not shown here: ask
    an auditor about them.
    """

    occurred_at: datetime = column(Row.occurred_at, "When.", filters=True, orders=True)
    actor: str = column(Row.actor, "Subject who read it.", filters=True)
    actor_role: Role = column(Row.actor_role, "Role in which it was read.", filters=True)
    purpose: Purpose = column(Row.purpose, "Why.", filters=True)
    case_reference: str = column(
        Row.case_reference,
        "The case, or the inquiry, that it was read for, such as `7K3M-9QPX-2F4D`.",
        filters=True,
    )
    fields: list[str] = column(Row.fields, "The fields of `Identity` that were read.")
    in_words: str = translated_column(
        "Who read it and why, in words for the person.", en=IN_ENGLISH, id=IN_INDONESIAN
    )
    proof: str | None = strawberry.field(
        resolver=_proof,
        description="That the account of the installation has it (C2SP tlog-proof): with"
        " `actorRole`, `purpose`, `fields` and `occurredAt`, and a digest of the rest. Null until"
        " the next checkpoint covers it. `gerbang audit reads` verifies it offline.",
    )
    applicant: ReadPerson | None = link(
        Row.applicant_id, ApplicantRow.id, "Whose identity.", filters=True
    )
