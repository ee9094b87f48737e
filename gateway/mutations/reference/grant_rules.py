"""What supervisors approve: rules that grant, of which one of them stops one at once; pools."""

from datetime import date
from typing import Any

from sqlalchemy import bindparam, func, select

from gateway.access.transactions.writing import WriteTransaction
from gateway.mutations.outcome import Reason, Reasons, RefusedError
from gateway.mutations.reference.requests import ProposeGrantRule, ProposePool, StopGrantRule
from gateway.mutations.reference.rows import Row, add_unknown_code, check_known
from gateway.mutations.row_lookups import is_there
from models import Country, GrantRule, GrantRuleStop, Pool, VisaType
from models.life import Refusal
from models.reference.grant_rule import rule_code
from models.row_keys import new_key


async def build_grant_rule(
    transaction: WriteTransaction, request: ProposeGrantRule, today: date, reasons: Reasons
) -> list[Row]:
    """The next version of the rule of a visa type. The database holds it to its number, too."""
    await check_known(transaction, reasons, VisaType, request.visa_type, "visaType")
    known = {row.code for row in await transaction.fetch_one(_select_countries)}
    if not request.nationalities:
        reasons.add(Refusal.INVALID, "nationalities", rule="nationalities")
    elif not known.issuperset(request.nationalities):
        add_unknown_code(reasons, "nationalities")
    reasons.refuse_if_any()
    [newest] = await transaction.fetch_one(_select_newest, visa_type=request.visa_type)
    version = 1 + (newest.version or 0)
    row = {
        "code": rule_code(request.visa_type, version),
        "visa_type_code": request.visa_type,
        "version": version,
        "nationalities": sorted(set(request.nationalities)),
        "sample_percent": request.sample_percent,
        "hours_after_payment": request.hours_after_payment,
        "official": request.official,
        "decree": request.decree,
    }
    return [Row(GrantRule, row)]


async def build_pool(
    transaction: WriteTransaction, request: ProposePool, today: date, reasons: Reasons
) -> list[Row]:
    countries = {row.code for row in await transaction.fetch_one(_select_countries)}
    types = {row.code for row in await transaction.fetch_one(_select_visa_types)}
    if not countries.issuperset(request.nationalities):
        add_unknown_code(reasons, "nationalities")
    if not types.issuperset(request.visa_types):
        add_unknown_code(reasons, "visaTypes")
    reasons.refuse_if_any()
    lists = {
        "visa_types": request.visa_types,
        "channels": [channel.value for channel in request.channels],
        "nationalities": request.nationalities,
    }
    narrowed = {name: sorted(set(values)) for name, values in lists.items()}
    return [Row(Pool, {"code": request.code, **narrowed, "is_open": request.is_open})]


def _select_countries() -> Any:
    return select(Country.code)


def _select_visa_types() -> Any:
    return select(VisaType.code)


def _select_newest() -> Any:
    of_type = GrantRule.visa_type_code == bindparam("visa_type")
    return select(func.max(GrantRule.version).label("version")).where(of_type)


async def stop_grant_rule(
    transaction: WriteTransaction, request: StopGrantRule, today: date, reasons: Reasons
) -> str:
    """Stop a version for good. What it grants at this moment is waited for, and it grants nothing
    after the answer."""
    if not await is_there(transaction, GrantRule, {"code": request.code}):
        add_unknown_code(reasons, "code")
    reasons.refuse_if_any()
    row = {
        "id": new_key(),
        "rule_code": request.code,
        "stopped_by": transaction.viewer.subject,
        "reason": request.reason,
    }
    if not await transaction.insert_now(GrantRuleStop, row, unless_there=True):
        raise RefusedError(Reason(Refusal.ALREADY_ENDED, ("code",), rule="grant_rule"))
    return request.code
