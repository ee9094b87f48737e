"""Questions to the screening authority, and its answers."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from gateway.mapping.declare import POSITION, Node, column, link, links, noun, position
from gateway.schema.ban_entry import BanEntry, BanMatch
from models import Application as ApplicationRow
from models import BanEntry as BanRow
from models import BanMatch as MatchRow
from models import Screening as ScreeningRow
from models.vocabulary import ReferralReason, ScreeningKind, ScreeningResult

if TYPE_CHECKING:
    from gateway.schema.application import Application

ScreenedCase = Annotated["Application", strawberry.lazy("gateway.schema.application")]


@strawberry.interface(
    description="A payload for a follower of questions: a question or a heartbeat."
)
class ScreeningUpdate:
    position: str = strawberry.field(description=POSITION)


@noun(key=ScreeningRow.id)
class Screening(Node, ScreeningUpdate):
    """One question and its answer; what a hit turned out to be is a question of its own."""

    position: str = position(ScreeningRow.written_in, ScreeningRow.number)
    kind: ScreeningKind = column(ScreeningRow.kind, "What was asked.")
    result: ScreeningResult = column(ScreeningRow.result, "What was answered.")
    requested_at: datetime = column(
        ScreeningRow.requested_at, "When it was asked.", filters=True, orders=True
    )
    referral_reason: ReferralReason | None = column(
        ScreeningRow.referral_reason,
        "Why it was asked; null for questions from before this was recorded, and for what a hit"
        " turned out to be.",
    )
    referral_note: str | None = column(ScreeningRow.referral_note, "What about it.")
    answered_at: datetime | None = column(ScreeningRow.answered_at, "When it was answered.")
    answered_by: str | None = column(
        ScreeningRow.answered_by,
        "Subject who answered; null where the system did, and for answers from before this was"
        " recorded.",
    )
    list_version: str | None = column(
        ScreeningRow.list_version,
        "The version of the entry-ban list with which the system compared the person; null where a"
        " person answered.",
    )
    rule_version: str | None = column(
        ScreeningRow.rule_version, "The version of the rule by which the system compared, likewise."
    )
    confirmed_by: str | None = column(
        ScreeningRow.confirmed_by, "Subject who agreed, where it takes a second person."
    )
    proposed: ScreeningResult | None = column(
        ScreeningRow.proposed, "The answer that waits, or waited, for a second person."
    )
    proposed_by: str | None = column(ScreeningRow.proposed_by, "Subject who proposed it.")
    voided_at: datetime | None = column(
        ScreeningRow.voided_at,
        "Since when it counts no more: the person was corrected, or it was asked again.",
    )
    ban: BanEntry | None = link(
        ScreeningRow.ban_id, BanRow.id, "The entry of the ban list that is the hit, if one is."
    )
    ban_matches: list[BanMatch] = links(
        ScreeningRow.application_id,
        MatchRow.application_id,
        "Entries of the ban list, in force, that match the applicant; a similar name is often"
        " somebody else's.",
        order=(MatchRow.found_at, MatchRow.id),
    )
    reason: str | None = column(ScreeningRow.reason, "Why a hit was resolved as it was.")
    application: ScreenedCase | None = link(
        ScreeningRow.application_id, ApplicationRow.id, "The application it is about."
    )
