"""What a client is told of a failure of the database, by its SQLSTATE."""

from typing import Any

import psycopg
import pytest
from psycopg import errors

from gateway.access.transactions.errors import explain, is_broken, is_partial, refuse_partial
from gateway.errors import ErrorCode, FieldError, RequestError


def failure(state: str) -> Exception:
    """What the driver raises for a state, whether it has a class of its own or not."""
    try:
        return errors.lookup(state)()
    except KeyError:
        of_state = psycopg.OperationalError()
        of_state.sqlstate = state
        return of_state


BROKEN = ("08006", "08P01", "53100", "53300", "57P01", "57P03", "58030", "25P03")
WHOLE = ("57014", "55P03", "40P01", "40001", "23505", "42501", "22P02", "25006", "GB403")


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        *((failure(state), True) for state in BROKEN),
        *((failure(state), False) for state in WHOLE),
        (OSError(), True),
        (ConnectionResetError(), True),
        (psycopg.OperationalError("the connection is lost"), True),
        (psycopg.InterfaceError("no state"), False),
        (ValueError(), False),
    ],
    ids=lambda one: getattr(one, "sqlstate", None) or str(one) or type(one).__name__,
)
def test_a_database_that_is_away_is_told_from_a_statement_that_is_wrong(
    error: Exception, *, expected: bool
) -> None:
    assert is_broken(error) is expected


@pytest.mark.parametrize(
    ("error", "code"),
    [
        *((failure(state), ErrorCode.UNAVAILABLE) for state in (*BROKEN, "55P03")),
        (failure("57014"), ErrorCode.TIMEOUT),
        (failure("GB403"), ErrorCode.SUSPENDED),
        (failure("22P02"), ErrorCode.INVALID_INPUT),
        (failure("22003"), ErrorCode.INVALID_INPUT),
        (psycopg.DataError(), ErrorCode.INVALID_INPUT),
        (ValueError(), ErrorCode.INVALID_INPUT),
        (psycopg.OperationalError(), ErrorCode.UNAVAILABLE),
        *((failure(state), None) for state in ("42501", "40P01", "23505", "42P01")),
    ],
    ids=lambda one: getattr(one, "sqlstate", None) or str(one),
)
def test_a_failure_has_the_code_of_its_state_or_is_masked(error: Exception, code: Any) -> None:
    found = explain(error)
    assert (found and found.code) == code


@pytest.mark.parametrize("code", ErrorCode)
def test_an_outage_is_never_a_part_of_an_answer(code: ErrorCode) -> None:
    is_outage = code in (ErrorCode.UNAVAILABLE, ErrorCode.OVERLOADED)
    failed = FieldError(code, "Why.")
    assert is_partial(failed) is not is_outage
    if is_outage:
        with pytest.raises(RequestError) as found:
            refuse_partial([None, FieldError(ErrorCode.TIMEOUT, "Late."), failed])
        assert (found.value.code, found.value.status, found.value.message) == (code, 503, "Why.")
    else:
        refuse_partial([None, failed, KeyError()])
    refusal = RequestError(code, "Who.", 403)
    assert not is_partial(refusal)
    with pytest.raises(RequestError, match="Who"):
        refuse_partial([failed if not is_outage else None, refusal])
    assert is_partial(KeyError())
