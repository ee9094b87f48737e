"""Upper bounds for lists, dimensions of the volumes and mutations."""

from collections.abc import Mapping
from typing import NamedTuple

from gateway.policy import POLICY
from gateway.schema.allowed import ApplicationStep
from models.vocabulary import Channel, Ground
from models.volumes import Dimension


class Bound(NamedTuple):
    """The largest number of items, and why it is enough."""

    most: int
    reason: str


#: The most groups of each dimension of the volumes.
GROUPS: Mapping[Dimension, Bound] = {
    Dimension.COUNTRY: Bound(250, "ISO 3166 has 249 countries; one more for direct applications"),
    Dimension.NATIONALITY: Bound(252, "ISO 3166, Kosovo, the stateless, and documents of the UN"),
    Dimension.PARTNER: Bound(100, "a contract each, and one more for direct applications"),
    Dimension.CENTRE: Bound(
        500, "four times what there is: embassies, consulates and visa centres"
    ),
    Dimension.VISA_TYPE: Bound(150, "the directorate's list of indexes has about 130"),
    Dimension.CHANNEL: Bound(len(Channel), "a closed list"),
}

#: The most items of lists that are neither pages nor tables.
LISTS: Mapping[str, Bound] = {
    "Query.policies": Bound(len(POLICY), "one for each type of the policy"),
    "Applicant.applications": Bound(20, "two a year for ten years"),
    "Application.allowed": Bound(len(ApplicationStep), "each step once"),
    "Application.events": Bound(50, "a dozen steps, two for each question to the applicant"),
    "Application.decisions": Bound(10, "the first, and corrections of it"),
    "Application.assignments": Bound(20, "one for each time that an officer takes it"),
    "Application.screenings": Bound(20, "two kinds, asked again while the service is away"),
    "Country.entryRules": Bound(20, "one for each decree that changed it"),
    "Partner.countries": Bound(250, "ISO 3166 has 249 countries"),
    "Partner.centres": Bound(200, "the widest contract today has half of it"),
    "WiderCell.groupBy": Bound(3, "published figures are told apart by three dimensions at most"),
    "WiderCell.dropped": Bound(3, "published figures are told apart by three dimensions at most"),
    "VisaType.fees": Bound(20, "one for each decree that changed it"),
    "VisaType.serviceTargets": Bound(20, "two clocks, one for each decree that changed them"),
}
#: The most items of `errors`: a mistake for each place in the input.
ERRORS = Bound(10, "the longest input has ten fields, those within it included")

#: The most rows of the table of refusal grounds in each period.
GROUNDS = Bound(len(Ground), "a closed list")

#: The cost of the locks, writes and commit of a mutation, besides its answer.
MUTATION = 1_000
#: How many lines the database aggregates at the cost of one value.
LINES_PER_VALUE = 100
#: The most lines of any table: the finest grain of ten million applications.
MOST_LINES = 2_000_000
