"""Measures the processor time of an operation: that of its task's steps, and of the tasks that it
starts, but not what it waits for."""

import asyncio
from collections.abc import Callable, Coroutine, Generator
from contextvars import ContextVar
from time import thread_time
from typing import Any, ParamSpec, TypeVar

_Result = TypeVar("_Result")
_Arguments = ParamSpec("_Arguments")


class ProcessorTime:
    """The processor time of one operation so far."""

    __slots__ = ("began_at", "ended", "held")

    def __init__(self) -> None:
        #: Of the steps that have ended, and when the one that runs began.
        self.ended = 0.0
        self.began_at: float | None = None
        #: By how much steps were too long: nobody else was answered meanwhile.
        self.held = 0.0

    @property
    def seconds(self) -> float:
        """Up to now."""
        return self.ended if self.began_at is None else self.ended + thread_time() - self.began_at

    def end_step(self, began_at: float) -> None:
        """Count a step that ends now."""
        seconds = thread_time() - began_at
        self.ended += seconds
        self.began_at = None
        if seconds > _LONG_SECONDS:
            self.held += seconds - _LONG_SECONDS

    async def of(self, coroutine: Coroutine[Any, Any, _Result]) -> _Result:
        """The result of a coroutine, of which each step is counted."""
        outer = _current.set(self)
        try:
            return await _Steps(coroutine, self)
        finally:
            _current.reset(outer)


_current: ContextVar[ProcessorTime | None] = ContextVar("processor_time", default=None)


#: A step that takes longer is too long.
_LONG_SECONDS = 0.003


class _Steps(Coroutine[Any, Any, _Result]):
    """A coroutine whose steps are counted: one of a loop's runs at a time."""

    __slots__ = ("_coroutine", "_time", "close")

    def __init__(self, coroutine: Coroutine[Any, Any, _Result], time: ProcessorTime) -> None:
        self._coroutine = coroutine
        self._time = time
        self.close = coroutine.close

    def send(self, value: Any) -> Any:
        time = self._time
        began_at = time.began_at = thread_time()
        try:
            return self._coroutine.send(value)
        finally:
            time.end_step(began_at)

    def throw(self, *raised: Any) -> Any:
        time = self._time
        began_at = time.began_at = thread_time()
        try:
            return self._coroutine.throw(*raised)
        finally:
            time.end_step(began_at)

    def __next__(self) -> Any:
        return self.send(None)

    def __await__(self) -> Generator[Any, Any, _Result]:
        return self  # type: ignore[return-value]

    __iter__ = __await__


def make_task(
    loop: asyncio.AbstractEventLoop, coroutine: Coroutine[Any, Any, Any], **options: Any
) -> asyncio.Task[Any]:
    """Make a task of a loop, so that those of an operation are counted with it."""
    time = _current.get()
    counted = coroutine if time is None else _Steps(coroutine, time)
    return asyncio.Task(counted, loop=loop, **options)


async def in_thread(
    function: Callable[_Arguments, _Result], *args: _Arguments.args, **options: _Arguments.kwargs
) -> _Result:
    """The result of a function that runs in a thread, whose time counts as the operation's."""
    time = _current.get()

    def run() -> tuple[_Result, float]:
        began_at = thread_time()
        return function(*args, **options), thread_time() - began_at

    result, seconds = await asyncio.to_thread(run)
    if time is not None:
        time.ended += seconds
    return result
