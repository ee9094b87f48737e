"""The visa in hand: its code, its PDF, and how a reader tells a true one."""

import asyncio
import base64
import io
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from importlib import resources
from typing import Any

import orjson
import segno
import strawberry
import typst
from babel import Locale
from babel.dates import format_date
from babel.units import format_unit

from gateway.mapping.context import Context
from gateway.mapping.declare import Node, column, noun
from models import TakenBackList as TakenBackListRow
from models import VisaDocument as VisaDocumentRow
from models import VisaKey as VisaKeyRow
from models.instants import wib_day
from models.person.sealed import sealed_cell
from models.visa_document.content import VisaCode, read_code
from models.visa_document.tables import TAKEN_BACK

#: How the page says on what a visa was granted, in Indonesian and in English.
_CONDITIONS: Mapping[str, tuple[str, str]] = {
    "NO_EMPLOYMENT": (
        "Dilarang bekerja atau menerima upah di Indonesia.",
        "No work, paid or not, and no wages in Indonesia.",
    ),
    "REPORT_TO_OFFICE": (
        "Wajib melapor ke kantor imigrasi paling lambat 14 hari setelah masuk.",
        "Report to an immigration office within 14 days of entry.",
    ),
    "ONWARD_TICKET": (
        "Wajib menunjukkan tiket keluar dari Indonesia pada saat masuk.",
        "Show a ticket out of Indonesia on entry.",
    ),
    "WITH_FAMILY": (
        "Wajib bepergian bersama wali atau keluarga yang disebut dalam permohonan.",
        "Travel with the guardian or family named in the application.",
    ),
}
#: A page takes some hundredths of a second of a processor: one at a time, beside the event loop.
_PRINTER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="visa")


async def _pdf(root: Any) -> str:
    return await print_pdf(root.__dict__["code"], root.__dict__["proof"])


async def print_pdf(code: str, proof: str) -> str:
    """The page as base64, made beside the event loop."""
    loop = asyncio.get_running_loop()
    page = await loop.run_in_executor(_PRINTER, write_pdf, code, proof)
    return base64.b64encode(page).decode()


def write_pdf(code: str, proof: str) -> bytes:
    """One A4 page, with the code as a square, and with code and proof as attachments.

    It is made of its own fonts, and of no file or package besides the template.
    """
    square = io.BytesIO()
    segno.make_qr(code, error="m").save(square, kind="svg", border=2)
    inputs = {
        "visa": orjson.dumps(_page_texts(read_code(code))).decode(),
        "square": square.getvalue().decode(),
        "code": code,
        "proof": proof,
    }
    template = (resources.files("gateway.schema") / "visa.typ").read_bytes()
    return typst.compile(template, format="pdf", ignore_system_fonts=True, sys_inputs=inputs)


def _page_texts(code: VisaCode) -> Mapping[str, Any]:
    """What the page says; what is written in words, in Indonesian and in English."""
    terms, holder = code.terms, code.holder
    issued_on = wib_day(datetime.fromisoformat(terms.issued_at))
    return {
        **terms._asdict(),
        **holder._asdict(),
        "key": code.key_id,
        "birth_date": _in_both(_day, date.fromisoformat(holder.birth_date)),
        "issued_on": _in_both(_day, issued_on),
        "use_by": _in_both(_day, date.fromisoformat(terms.use_by)),
        "nationality": _in_both(_country, holder.nationality),
        "issuing_state": _in_both(_country, holder.issuing_state),
        "stay": _in_both(_days, terms.stay_days),
        "extended": _in_both(_days, terms.extended_days) if terms.extensions else None,
        "conditions": [_CONDITIONS[each] for each in terms.conditions],
    }


def _in_both(write: Callable[[Any, str], str], value: Any) -> tuple[str, str]:
    return write(value, "id"), write(value, "en_GB")


def _day(on: date, language: str) -> str:
    return format_date(on, "long", language)


def _days(number: int, language: str) -> str:
    return format_unit(number, "duration-day", locale=language)


def _country(code: str, language: str) -> str:
    return Locale.parse(language).territories.get(code, code)


@noun(key=VisaDocumentRow.applicant_id, is_logged=True)
class VisaDocument:
    """The visa in hand, for its holder: signed, so that a reader verifies it without asking
    anybody. It says that the visa was granted, never that it still is good.

    It names its holder, and each read is logged.
    """

    issued_at: datetime = column(VisaDocumentRow.issued_at, "When it was signed.")
    code: str = column(
        sealed_cell(VisaDocumentRow.code),
        "What the square on the page holds: JSON with the content and its signature.",
    )
    proof: str = column(
        VisaDocumentRow.proof,
        "That the account of the installation has it (C2SP tlog-proof), and that it was not dated"
        " back.",
    )
    pdf: str = strawberry.field(
        resolver=_pdf, description="One A4 page in Indonesian and English: a PDF, as base64."
    )


@noun(key=VisaKeyRow.key_id)
class VisaKey(Node):
    """A key that signs visas in hand, or did. Believe those alone that were not revoked."""

    key_id: str = column(VisaKeyRow.key_id, "How documents name it.", filters=True)
    public_key: str = column(VisaKeyRow.public_key, "The key (Ed25519), as base64.")
    first_seen_at: datetime = column(VisaKeyRow.first_seen_at, "Since when it signs.", orders=True)
    retired_at: datetime | None = column(
        VisaKeyRow.retired_at, "When it signed no more; what it signed stays good."
    )
    revoked_at: datetime | None = column(
        VisaKeyRow.revoked_at, "When it was revoked; what it signed is no longer good."
    )


async def taken_back_visas(info: strawberry.Info) -> "TakenBackList | None":
    context: Context = info.context
    declared = context.services.catalogue.nouns[TakenBackList.__name__]
    return await context.loaders.by(declared, TakenBackListRow.name).load(TAKEN_BACK)


@noun(key=TakenBackListRow.name)
class TakenBackList:
    """The signed list of documents that were taken back, renewed at least once a day."""

    signed_at: datetime = column(TakenBackListRow.signed_at, "When it was signed.")
    note: str = column(
        TakenBackListRow.note,
        "The list: JSON with the digests of the documents and a signature by the key of"
        " checkpoints.",
    )
