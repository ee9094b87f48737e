"""What the words of findings mean, for clients."""

from collections.abc import Mapping
from enum import StrEnum

from gateway.findings.claim import (
    FindingDirection,
    FindingKind,
    FindingNumberName,
    FindingTopic,
    FindingUnit,
)

WORDS: Mapping[type[StrEnum], Mapping[str, str]] = {
    FindingTopic: {
        "CHANGE": "Up or down, and why?",
        "ATTENTION": "Who needs attention?",
        "WAITING": "What waits now?",
        "TARGET": "Is the service promise kept?",
        "COMING": "What comes next?",
        "WORK": "What can a partner do better itself?",
    },
    FindingKind: {
        "CHANGE": "How a measure changed on the same window a year before; sums its topic up.",
        "CONTRIBUTION": "What a group brought to the change of a measure; they add up to it.",
        "ATTENTION": "Which places stand out; sums its topic up.",
        "PLACE": "A figure of a place, beside those of the others.",
        "PLACE_MONTH": "A figure of a place in the last month, far from the months before.",
        "LIMITS": "Between which ends usual places lie, at so many cases.",
        "MONTH": "A figure of all places together in a month, beside the months before.",
        "WAITING": "What is open and overdue now; sums its topic up.",
        "WAITING_PLACE": "What is open and overdue now at a place.",
        "PROMISE": "For which visa types the promise is kept; sums its topic up.",
        "VISA_TYPE": "Whether the promise is kept for a visa type.",
        "VISA_TYPE_MONTH": "Whether it was kept for a visa type in a month.",
        "EVENT": "A named event with which the figures of its days are read.",
        "COMING": "What to expect of the month under way and the next three; sums its topic up.",
        "SO_FAR": "What came in of the month under way, and at what it will end.",
        "RECEIVED": "What came in in a month, beside what was expected of it a month before.",
        "EXPECTED": "The range in which a coming month is expected.",
        "WORK": "Which figures of the own work were worse than usual; sums its topic up.",
        "WORK_FIGURE": "A figure of the own work in the last month, beside the months before.",
    },
    FindingDirection: {
        "UP": "More than it is compared with, which is neither good nor bad by itself.",
        "DOWN": "Less than it is compared with, which is neither good nor bad by itself.",
        "STEADY": "As it was.",
        "WORSE": "Worse than what it is compared with.",
        "BETTER": "Better than what it is compared with.",
        "USUAL": "As usual: no more than chance and usual differences bring.",
        "KEPT": "The promise is kept.",
        "PARTLY_KEPT": "The promise is kept for some.",
        "MISSED": "The promise is not kept.",
        "UNKNOWN": "There is too little to judge by, or nothing to judge.",
    },
    FindingNumberName: {
        "NOW": "The figure itself.",
        "BEFORE": "The same of the window a year before.",
        "CHANGE": "The difference of the two.",
        "RATE_PART": "The part of a change that a group's own rate brought.",
        "MIX_PART": "The part that its share of all brought.",
        "OVERALL": "The figure of all, or of the months before, that it is compared with.",
        "WARNING_LIMITS": "Between these lie 95 % of usual ones.",
        "CONTROL_LIMITS": "Between these lie 99.8 % of usual ones.",
        "JUDGED": "How many were judged.",
        "STANDING_OUT": "How many stand out.",
        "PROMISED": "The promised share.",
        "KEPT": "For how many, or in how many months of `n`, the promise is kept.",
        "WITHOUT_EVENTS": "The same without what was decided on the days of named events: the"
        " share, or for how many of `n` the promise is kept.",
        "OPEN": "Paid and open.",
        "OVERDUE": "Of these, older than their target.",
        "OLDEST": "The age of the oldest.",
        "CLOSED": "Closed in the last 28 days.",
        "RECEIVED": "Came in: in the last 28 days where it stands beside CLOSED.",
        "EXPECTED": "Most likely this, and eight times of ten between the two ends.",
        "COVERAGE": "How often past ranges held the actual number; they aim at 80 %.",
    },
    FindingUnit: {
        "COUNT": "Things.",
        "SHARE": "A share of 1; of a change, of percentage points by 100.",
        "HOURS": "Hours.",
    },
}
