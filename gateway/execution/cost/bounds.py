"""The most that each list, each dimension of the volumes and each mutation can come to."""

from collections.abc import Mapping
from typing import NamedTuple

from gateway.policy import POLICY
from models.vocabulary import Channel, Ground
from models.volumes import Dimension


class Bound(NamedTuple):
    """At most how many, and why that is enough."""

    most: int
    reason: str


#: How many groups a dimension of the volumes tells apart.
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

#: How many rows a list has that is no page and no table.
LISTS: Mapping[str, Bound] = {
    "Query.policies": Bound(len(POLICY), "one for each type of the policy"),
    "Applicant.applications": Bound(20, "two a year for ten years"),
    "Application.events": Bound(50, "a dozen steps, two for each question to the applicant"),
    "Application.decisions": Bound(10, "the first, and corrections of it"),
    "Application.assignments": Bound(20, "one for each time that an officer takes it"),
    "Application.screenings": Bound(20, "two kinds, asked again while the service is away"),
    "Country.entryRules": Bound(20, "one for each decree that changed it"),
    "Partner.countries": Bound(250, "ISO 3166 has 249 countries"),
    "Partner.centres": Bound(200, "the widest contract today has half of it"),
    "VisaType.fees": Bound(20, "one for each decree that changed it"),
    "VisaType.serviceTargets": Bound(20, "two clocks, one for each decree that changed them"),
}
#: Lists that hold at most one: a mutation says the first reason for which nothing was done.
ERRORS = 1

#: How many rows a period of a table has.
GROUNDS = Bound(len(Ground), "a closed list")

#: What a mutation costs beside its answer: it locks, writes and commits.
MUTATION = 1_000
#: Lines that the database forms for a table, for what one value of an answer costs.
LINES_PER_VALUE = 100
#: More lines than this no table has: the finest grain of ten million applications.
MOST_LINES = 2_000_000
