"""Ends what waits for ever inside the event loop, so that the tests after it have their turn.

pytest-timeout rings while the loop waits: the test fails, but its coroutine goes on waiting in the
task that runs all coroutines of a worker's tests, and each later one waits behind it. So a little
earlier the wait itself is ended, in a test as in a fixture. What holds the processor, or will not
be cancelled, is still left to pytest-timeout.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from functools import wraps
from inspect import isasyncgenfunction, iscoroutinefunction
from typing import Any

import pytest

#: Of the time of a test; what is left is for its fixtures to end.
_SHARE = 0.9

_deadline: float | None = None


def pytest_timeout_set_timer(settings: Any) -> None:
    """pytest-timeout then sets its own."""
    global _deadline
    _deadline = time.monotonic() + _SHARE * settings.timeout


def pytest_timeout_cancel_timer() -> None:
    global _deadline
    _deadline = None


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, Any, Any]:
    test = pyfuncitem.obj
    if iscoroutinefunction(test):
        pyfuncitem.obj = _with_limit(test)
    elif hasattr(test, "hypothesis") and iscoroutinefunction(test.hypothesis.inner_test):
        test.hypothesis.inner_test = _with_limit(test.hypothesis.inner_test)
    return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_fixture_setup(fixturedef: Any) -> Generator[None, Any, Any]:
    original = fixturedef.func
    if isasyncgenfunction(original):
        fixturedef.func = _generator_with_limit(original)
    elif iscoroutinefunction(original):
        fixturedef.func = _with_limit(original)
    try:
        return (yield)
    finally:
        fixturedef.func = original


def _with_limit(function: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    @wraps(function)
    async def wrapper(*args: Any, **kwargs: Any) -> Any:
        async with _limit():
            return await function(*args, **kwargs)

    return wrapper


def _generator_with_limit(
    function: Callable[..., AsyncGenerator[Any]],
) -> Callable[..., AsyncGenerator[Any]]:
    @wraps(function)
    async def wrapper(*args: Any, **kwargs: Any) -> AsyncGenerator[Any]:
        generator = function(*args, **kwargs)
        async with _limit():
            value = await anext(generator)
        yield value
        async with _limit():
            async for _ in generator:
                raise RuntimeError(f"{function.__name__} yields more than once")

    return wrapper


def _limit() -> asyncio.Timeout:
    return asyncio.timeout(None if _deadline is None else _deadline - time.monotonic())
