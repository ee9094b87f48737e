"""A finding, as clients read it."""

from datetime import date, datetime
from typing import Any

import strawberry

from gateway.findings.claim import (
    Claim,
    FindingDirection,
    FindingKind,
    FindingNumberName,
    FindingTopic,
    FindingUnit,
    Number,
)
from gateway.findings.wording import Says, Writer
from gateway.mapping.enums import Precision, VolumeDimension
from gateway.mapping.scalars import BigInt
from gateway.schema.volumes.measures import FIELDS
from gateway.schema.volumes.names import RowsByCode
from gateway.schema.volumes.rows import VolumePeriod
from gateway.strawberry_bridge import computed_field
from gateway.texts.language import Language
from models.volumes import Question


@strawberry.type(description="One text in both languages.")
class BothLanguages:
    english: str = strawberry.field(description="In English.")
    indonesian: str = strawberry.field(description="In Indonesian.")


@strawberry.type(description="One number of a finding.")
class FindingNumber:
    number: strawberry.Private[Number]

    name: FindingNumberName = computed_field(lambda root: root.number.name, "What it is.")
    unit: FindingUnit = computed_field(lambda root: root.number.unit, "What it counts.")
    value: float | None = computed_field(
        lambda root: root.number.value, "The number; null where it has only two ends."
    )
    n: BigInt | None = computed_field(
        lambda root: root.number.n, "How many it is of; null where it is of nothing."
    )
    low: float | None = computed_field(
        lambda root: root.number.low,
        "Lower end: of an interval of 95 % around a share, of limits, or of a range.",
    )
    high: float | None = computed_field(lambda root: root.number.high, "Upper end of the same.")


@strawberry.type(description="What a finding is about: one group of a dimension, or all together.")
class FindingSubject:
    dimension: VolumeDimension | None = strawberry.field(
        description="Dimension of the group; null where it is about all together."
    )
    code: str | None = strawberry.field(
        description="Code of the group; null where it is about all, or what has no such group."
    )
    name: BothLanguages | None = strawberry.field(
        description="What it is called; null where it is about all together."
    )


@strawberry.type(description="Codes that a question narrows a dimension to.")
class FindingCondition:
    dimension: VolumeDimension = strawberry.field(description="Dimension.")
    codes: list[str] = strawberry.field(description="Its codes.")


@strawberry.type(description="The question of `volumes` that reads the figures of a finding.")
class FindingQuestion:
    question: strawberry.Private[Question]

    from_: date = strawberry.field(name="from", description="First day.")
    to: date = computed_field(lambda root: root.question.to_on, "Last day.")
    group_by: list[VolumeDimension] = computed_field(
        lambda root: _group_by(root.question), "What it is broken down by."
    )
    where: list[FindingCondition] = computed_field(
        lambda root: _conditions(root.question), "What it is narrowed to."
    )
    measures: list[str] = computed_field(
        lambda root: sorted(FIELDS[each] for each in root.question.measures),
        "The fields of `VolumeRow` that it reads.",
    )


def _group_by(question: Question) -> list[VolumeDimension]:
    groups = [VolumeDimension[each.name] for each in question.dimensions]
    return [*groups, *([VolumeDimension[question.period.name]] if question.period else [])]


def _conditions(question: Question) -> list[FindingCondition]:
    return [
        FindingCondition(dimension=VolumeDimension[dimension.name], codes=list(codes))
        for dimension, codes in question.where.items()
    ]


@strawberry.type(
    description="One claim about figures in your scope, and what it takes to check it."
)
class Finding:
    claim: strawberry.Private[Claim]
    writers: strawberry.Private[tuple[Writer, Writer]]
    names: strawberry.Private[RowsByCode]

    topic: FindingTopic = computed_field(lambda root: root.claim.topic, "What it answers.")
    kind: FindingKind = computed_field(lambda root: root.claim.kind, "What it is about.")
    subject: FindingSubject = computed_field(lambda root: _subject(root), "Whom it is about.")
    measure: str | None = computed_field(
        lambda root: root.claim.measure and FIELDS[root.claim.measure],
        "The field of `VolumeRow` that it is about; null where it is about several.",
    )
    period: VolumePeriod | None = computed_field(
        lambda root: _period(root), "Which days it is about."
    )
    direction: FindingDirection = computed_field(
        lambda root: root.claim.direction, "Where it points."
    )
    is_concern: bool = computed_field(
        lambda root: root.claim.is_concern, "Whether it asks for somebody's attention."
    )
    numbers: list[FindingNumber] = computed_field(
        lambda root: [FindingNumber(number=each) for each in root.claim.numbers], "Its numbers."
    )
    question: FindingQuestion = computed_field(
        lambda root: FindingQuestion(
            question=root.claim.question, from_=root.claim.question.from_on
        ),
        "The question behind it: asked by you, it gives the figures that the finding is made of.",
    )
    precision: Precision = computed_field(
        lambda root: Precision.EXACT,
        "What its figures are. Findings are made of exact figures of your own scope.",
    )
    sentence: BothLanguages = computed_field(
        lambda root: _both(root, root.claim.sentence), "The claim as a sentence."
    )
    notes: list[BothLanguages] = computed_field(
        lambda root: [_both(root, note) for note in root.claim.notes],
        "What it rests on, in further sentences.",
    )


def _period(root: Any) -> VolumePeriod | None:
    if root.claim.days is None:
        return None
    starts_on, ends_on = root.claim.days
    return VolumePeriod(starts_on=starts_on, ends_on=ends_on)


def _both(root: Any, says: Says) -> BothLanguages:
    english, indonesian = (says(writer) for writer in root.writers)
    return BothLanguages(english=english, indonesian=indonesian)


def _subject(root: Any) -> FindingSubject:
    dimension, code = root.claim.subject
    if dimension is None:
        return FindingSubject(dimension=None, code=None, name=None)
    found = root.names.get(dimension, {}).get(code)
    english, indonesian = (
        full_name(found, writer.language) or writer.name(dimension, code) for writer in root.writers
    )
    return FindingSubject(
        dimension=VolumeDimension[dimension.name],
        code=code,
        name=BothLanguages(english=english, indonesian=indonesian),
    )


def full_name(row: Any, language: Language) -> str | None:
    """What the row of a group is called: a country or visa type in a language, a centre by its
    city."""
    if row is None:
        return None
    values = row.__dict__
    return values.get(f"name_{language.lower()}") or values.get("name") or values.get("city")


@strawberry.type(
    description="What stood beside the figures when they were found, for whoever checks them later."
)
class FigureEvidence:
    checkpoint_signed_at: datetime | None = strawberry.field(
        description="When the last checkpoint of the account was signed; null where none ever was."
    )
    checkpoint_root: str | None = strawberry.field(
        description="Its root, in Base64 as the checkpoints have it that are kept outside the"
        " database; null where none was ever signed."
    )
    edition: int | None = strawberry.field(
        description="The newest edition of published figures of the window; null where none is"
        " published."
    )
    published_at: datetime | None = strawberry.field(
        description="When figures of it were last published."
    )


@strawberry.type(description="The findings of a question.")
class FindingTable:
    #: Read where it is selected.
    found_evidence: strawberry.Private[FigureEvidence | None]

    as_of: datetime = strawberry.field(description="All that was recorded before it is counted.")
    complete_from: date = strawberry.field(
        description="From when on figures are complete, as in `VolumeTable`."
    )
    rows: list[Finding] = strawberry.field(
        description="The findings, by topic: what sums a topic up comes first."
    )
    evidence: FigureEvidence = computed_field(
        lambda root: root.found_evidence, "What stood beside the figures when they were found."
    )
