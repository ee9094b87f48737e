"""From figures to claims: a file for each question that is answered."""

from collections.abc import Sequence

from gateway.findings.claim import Claim
from gateway.findings.claims.attention import attention_claims
from gateway.findings.claims.change import change_claims
from gateway.findings.claims.coming import coming_claims
from gateway.findings.claims.promise import promise_claims
from gateway.findings.claims.waiting import waiting_claims
from gateway.findings.claims.work import work_claims
from gateway.findings.figures import Figures

_MAKERS = (
    change_claims,
    attention_claims,
    waiting_claims,
    promise_claims,
    coming_claims,
    work_claims,
)


def claims_of(figures: Figures) -> Sequence[Claim]:
    """Every claim that these figures bear, by topic; what sums a topic up comes first."""
    return [claim for make in _MAKERS for claim in make(figures)]
