"""Requests of people about their data on file."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import strawberry
from sqlalchemy import String, case, literal

from gateway.access.transactions.prepared import bind_for
from gateway.mapping.context import Context
from gateway.mapping.declare import KEY, Expression, Node, column, link, noun
from gateway.mapping.enums import translated_column
from gateway.schema.applicant import Applicant
from gateway.schema.erasure import Erasure
from gateway.schema.people import PersonLookup
from models import Applicant as ApplicantRow
from models import DataRequest as Row
from models import Erasure as ErasureRow
from models import PersonLookup as PersonLookupRow
from models.rights.data_request import (
    ANSWER_HOURS,
    COPIES_DAYS,
    MOST_LOOKUPS,
    opened_lookups,
)
from models.vocabulary import DataRequestKind, DataRequestState, Role

_ENGLISH = {
    DataRequestKind.ACCESS: "Law 27 of 2022, articles 5 and 7: what is on file of you, and who read"
    " it.",
    DataRequestKind.RECTIFICATION: "Law 27 of 2022, article 6: what is wrong is corrected, as you"
    " propose it in your application.",
    DataRequestKind.ERASURE: "Law 27 of 2022, article 8: who you are is erased once none of your"
    " applications is open and no visa of yours serves to enter or stay, unless a file must be kept"
    f" by law (article 15). Copies are gone {COPIES_DAYS} days later. After a refusal for a forged"
    " document, a revocation or an entry ban, the outcome stays for its own period, with a digest"
    " that tells nobody who you are.",
}
_INDONESIAN = {
    DataRequestKind.ACCESS: "Pasal 5 dan Pasal 7 Undang-Undang Nomor 27 Tahun 2022: data Anda yang"
    " tersimpan dan siapa yang telah membacanya.",
    DataRequestKind.RECTIFICATION: "Pasal 6 Undang-Undang Nomor 27 Tahun 2022: data yang keliru"
    " diperbaiki sesuai dengan usulan Anda dalam permohonan.",
    DataRequestKind.ERASURE: "Pasal 8 Undang-Undang Nomor 27 Tahun 2022: identitas Anda dihapus"
    " setelah tidak ada lagi permohonan Anda yang berjalan dan tidak ada visa Anda yang masih"
    " berlaku, kecuali apabila berkas wajib disimpan menurut undang-undang (Pasal 15). Salinannya"
    f" musnah {COPIES_DAYS} hari kemudian. Setelah penolakan karena dokumen palsu, pencabutan visa,"
    " atau penangkalan, hasilnya disimpan selama masa retensinya sendiri, disertai sidik digital"
    " yang tidak mengungkapkan identitas Anda.",
}


def _by_kind(words: dict[DataRequestKind, str], label: str) -> Expression:
    texts = [(Row.kind == kind.value, literal(text, String())) for kind, text in words.items()]
    return case(*texts, else_=literal("", String())).label(label)


async def _lookups(root: Any, info: strawberry.Info) -> list[PersonLookup] | None:
    context: Context = info.context

    async def load(keys: Sequence[UUID]) -> list[list[UUID] | None]:
        asked = bind_for(context.viewer, DataRequest.__name__, opened_lookups(keys))
        [rows] = await context.session.fetch(asked)
        found = {row.id: row.lookups for row in rows}
        return [found.get(key) for key in keys]

    ids = await context.loaders.loader("look-ups of requests", load).load(root.__dict__[KEY])
    if ids is None:
        return None
    noun = context.services.catalogue.nouns[PersonLookup.__name__]
    rows = await context.loaders.by(noun, PersonLookupRow.id).load_many(ids)
    return [row for row in rows if row is not None]


@noun(key=Row.id)
class DataRequest(Node):
    """What somebody asked of the data on file: answered within 3 × 24 hours; never removed."""

    reference: str = column(
        Row.reference,
        "What a purpose names to look for the author of a letter, such as `7K3M-9QPX-2F4D`.",
    )
    kind: DataRequestKind = column(Row.kind, "What is asked.", filters=True)
    state: DataRequestState = column(Row.state, "What became of it.", filters=True)
    lodged_at: datetime = column(Row.lodged_at, "When it was lodged.")
    lodged_role: Role = column(
        Row.lodged_role, "Who lodged it: the person, or the auditor who registered a letter."
    )
    lodged_by: str = column(Row.lodged_by, "Subject who lodged it.")
    due_at: datetime = column(
        Row.due_at,
        f"By when it is to be answered: {ANSWER_HOURS} hours later.",
        filters=True,
        orders=True,
    )
    applicant: Applicant | None = link(
        Row.applicant_id,
        ApplicantRow.id,
        "Whose data it is about, under a pseudonym; null until the author of a letter is found.",
    )
    answered_at: datetime | None = column(Row.answered_at, "When it was answered.")
    answered_by: str | None = column(Row.answered_by, "Subject who answered it.")
    reason: str | None = column(Row.reason, "The answer.")
    lookups_proposed_by: str | None = column(
        Row.lookups_proposed_by,
        "Subject who proposed to compare the log of look-ups with the person.",
    )
    lookups_approved_by: str | None = column(
        Row.lookups_approved_by, "Subject of the other auditor, who agreed to that."
    )
    lookups_compared_at: datetime | None = column(
        Row.lookups_compared_at,
        "When that was done: from then on the person sees look-ups for other matters, each once"
        " that is over.",
    )
    lookups: list[PersonLookup] | None = strawberry.field(
        resolver=_lookups,
        description=f"The look-ups that were for the person, found or not, the newest first: at"
        f" most {MOST_LOOKUPS}. Null until they are compared, and where nobody could read any more"
        " who the person is.",
    )
    erasure: Erasure | None = link(
        Row.id,
        ErasureRow.data_request_id,
        "The erasure that it ordered; null if it was refused, or ordered none.",
    )
    legal_basis: str = translated_column(
        "What the law says of such a request.",
        en=_by_kind(_ENGLISH, "basis_in_english"),
        id=_by_kind(_INDONESIAN, "basis_in_indonesian"),
    )
