"""Who read somebody's data, in words for that person."""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, String, case, literal
from sqlalchemy.orm import InstrumentedAttribute

from gateway.mapping.declare import Expression
from models import AccessEvent
from models.vocabulary import Purpose, Role

_ENGLISH: Mapping[str, str] = {
    Role.OFFICER: "An officer of the Directorate General of Immigration",
    Role.SUPERVISOR: "A supervisor of the Directorate General of Immigration",
    Role.SCREENING: "The screening authority",
    Role.PARTNER_AGENT: "An agent of the partner who takes applications in",
    Role.APPLICANT: "You yourself",
    Purpose.CASEWORK: "read your data to work on your application.",
    Purpose.SUPERVISION: "read your data to look into how your application was handled.",
    Purpose.INTAKE: "read your data to take your application in.",
}
_INDONESIAN: Mapping[str, str] = {
    Role.OFFICER: "Petugas visa Direktorat Jenderal Imigrasi",
    Role.SUPERVISOR: "Penyelia Direktorat Jenderal Imigrasi",
    Role.SCREENING: "Otoritas pemeriksaan",
    Role.PARTNER_AGENT: "Agen mitra yang menerima permohonan",
    Role.APPLICANT: "Anda sendiri",
    Purpose.CASEWORK: "membaca data Anda untuk memproses permohonan Anda.",
    Purpose.SUPERVISION: "membaca data Anda untuk memeriksa penanganan permohonan Anda.",
    Purpose.INTAKE: "membaca data Anda untuk menerima permohonan Anda.",
}


def _sentence(words: Mapping[str, str], somebody: str, read: str, label: str) -> Expression:
    roles = {role: text for role, text in words.items() if role in tuple(Role)}
    purposes = {purpose: text for purpose, text in words.items() if purpose not in roles}
    who = case(*_cases(AccessEvent.actor_role, roles), else_=literal(somebody, String()))
    why = case(*_cases(AccessEvent.purpose, purposes), else_=literal(read, String()))
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
    " officer."
)
DELAY_INDONESIAN = (
    "Pembacaan dalam rangka pengawasan atas suatu permohonan diberitahukan setelah permohonan itu"
    " ditutup, dan pembacaan dalam pemeriksaan khusus setelah ditinjau oleh orang lain. Pembacaan"
    " untuk urusan lain diberitahukan oleh pejabat pelindungan data pribadi atas permintaan."
)
