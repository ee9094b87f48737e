"""What the key service is told at its start of tokens, ceilings and inquiries."""

from gateway.settings import Settings
from models.key_service.judge import JudgeRules
from models.supervision.inquiry import (
    MOST_MINUTES,
    MOST_MINUTES_OF_TWO,
    MOST_PEOPLE,
    MOST_PEOPLE_OF_TWO,
    REFERENCE_BEGINS,
)


def judge_rules(settings: Settings) -> JudgeRules:
    """The rules of the settings, which gateways follow too."""
    budgets = {role.value: most for role, most in settings.read_budgets.items()}
    names = settings.role_names
    return JudgeRules(
        issuer=settings.token_issuer,
        audience=settings.audience,
        types=settings.token_types,
        algorithms=settings.algorithms,
        longest_life=settings.token_seconds,
        provider=settings.jwks_url or f"{settings.token_issuer}/keys",
        claim_roles=settings.claim_roles,
        claim_partner=settings.claim_partner,
        identity_acr=settings.identity_acr,
        role_names=None if names is None else {name: role.value for name, role in names.items()},
        people_an_hour=budgets,
        inquiries=REFERENCE_BEGINS,
        inquiry=(MOST_MINUTES * 60, MOST_PEOPLE),
        inquiry_of_two=(MOST_MINUTES_OF_TWO * 60, MOST_PEOPLE_OF_TWO),
    )
