"""Upper bounds for lists, dimensions of the volumes and mutations."""

from collections.abc import Mapping
from typing import NamedTuple

from gateway.mapping.listing import MOST_COUNTED
from gateway.policy import POLICY
from gateway.schema.allowed import ApplicationStep
from models.vocabulary import Channel, Ground, Stage, Status
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
    "Application.allowed": Bound(len(ApplicationStep), "each step once"),
    "ApplicationFacets.stage": Bound(len(Stage), "a closed list"),
    "ApplicationFacets.status": Bound(len(Status), "a closed list"),
    "Country.entryRules": Bound(20, "one for each decree that changed it"),
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
#: The lines that a facet of a list may read: each word is counted by itself.
FACETS = {"stage": len(Stage) * MOST_COUNTED, "status": len(Status) * MOST_COUNTED}
#: How many lines the database aggregates at the cost of one value.
LINES_PER_VALUE = 100
#: The most lines of any table: the finest grain of ten million applications.
MOST_LINES = 2_000_000
