"""Questions to the screening authority, its answers, and replays of what the system answered."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from gateway.mapping.connections import Connection, connection_field
from gateway.mapping.declare import POSITION, Node, column, link, links, noun, position
from gateway.mapping.linked_pages import pages
from gateway.schema.ban_entry import BanEntry, BanMatch
from models import Application as ApplicationRow
from models import BanEntry as BanRow
from models import BanMatch as MatchRow
from models import Screening as ScreeningRow
from models import ScreeningReplay as ReplayRow
from models import ScreeningReplayCandidate as CandidateRow
from models import ScreeningReplayLine as LineRow
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


@noun(key=LineRow.id)
class ScreeningReplayLine:
    """What a replay found among those who had been cleared by one list and one rule."""

    list_version: str = column(LineRow.list_version, "The version of the list by which they were.")
    rule_version: str = column(LineRow.rule_version, "The version of the rule, likewise.")
    files: int = column(LineRow.files, "How many live visas and open files were looked at.")
    unread: int = column(LineRow.unread, "Of how many of these nobody could read the person.")
    candidates: int = column(
        LineRow.candidates, "Of how many of these the person may be on the list of today."
    )


@noun(key=CandidateRow.id)
class ScreeningReplayCandidate:
    """A case whose person may be on the list of today: its earlier answer counts no more."""

    application: ScreenedCase | None = link(
        CandidateRow.application_id, ApplicationRow.id, "The case, under its pseudonym."
    )
    found_at: datetime = column(CandidateRow.found_at, "When that was found.")
    list_version: str = column(
        CandidateRow.list_version, "The version of the list by which it had been cleared."
    )
    rule_version: str = column(CandidateRow.rule_version, "The version of the rule, likewise.")


@noun(key=ReplayRow.id)
class ScreeningReplay(Node):
    """Whom of those with a live visa or an open file, cleared by the system, would the list of
    today have stopped?

    The system compares them in the background: those whom an older list or rule cleared. Whoever
    may be on the list is asked about anew, and then people answer.
    """

    asked_at: datetime = column(
        ReplayRow.asked_at, "When it was asked for.", filters=True, orders=True
    )
    asked_by: str = column(ReplayRow.asked_by, "Subject who asked for it.")
    list_version: str | None = column(
        ReplayRow.list_version,
        "The version of the list with which the last of them were compared; null before the first.",
    )
    rule_version: str | None = column(ReplayRow.rule_version, "The version of the rule, likewise.")
    completed_at: datetime | None = column(
        ReplayRow.completed_at, "When all were compared; null while it goes on."
    )
    lines: Connection[ScreeningReplayLine] = pages(
        ReplayRow.id,
        LineRow.replay_id,
        "How many were looked at and found, by the list and the rule that had cleared them.",
        order=LineRow.list_version,
    )
    candidates: Connection[ScreeningReplayCandidate] = pages(
        ReplayRow.id,
        CandidateRow.replay_id,
        "Whose person may be on the list of today, in the order in which they were found.",
        order=CandidateRow.found_at,
    )


def screening_replays_field() -> Any:
    newest = "Replays of screening, the newest first."
    return connection_field(ScreeningReplay, newest, order="asked_at", newest_first=True)
