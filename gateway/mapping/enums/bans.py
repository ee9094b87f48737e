"""What the words of the entry-ban list mean, for clients."""

from collections.abc import Mapping
from enum import StrEnum

from models.vocabulary import BanGround, BanState

WORDS: Mapping[type[StrEnum], Mapping[str, str]] = {
    BanGround: {
        "OVERSTAY": "Stayed longer than allowed.",
        "FORGED_DOCUMENT": "Used a forged document.",
        "FALSE_STATEMENT": "Made a false statement.",
        "UNLAWFUL_ACTIVITY": "Did something that the visa did not allow.",
        "CRIME": "Convicted of, or sought for, a crime.",
        "SECURITY": "A danger to security or public order.",
        "PUBLIC_HEALTH": "A danger to public health.",
        "REQUEST_OF_AN_AUTHORITY": "Another authority asked for it.",
    },
    BanState: {
        "PROPOSED": "It waits for a second person of the screening authority.",
        "APPROVED": "A second person agreed: in force on its days.",
        "REJECTED": "A second person did not agree.",
        "WITHDRAWAL_PROPOSED": "In force until a second person agrees to withdraw it.",
        "WITHDRAWN": "Two people withdrew it.",
    },
}
