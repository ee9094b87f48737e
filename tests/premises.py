"""Counts how often the premise of a property holds: one whose premise never holds proves nothing.

Each property states its premises with the least share of its examples in which they must hold, and
says with `holds` where one does; or it is `always` to hold. A property that states nothing fails.

    @given(cases)
    @premise(granted=0.1)
    def test_nothing_is_granted_that_is_held(case: Case) -> None:
        if holds("granted", is_granted(case)):
            assert not case.is_held

Shares are stated well below what is generated, since examples differ each time; `pytest -rP` shows
how often each premise held. Loops of our own over random examples count with `Premises`.
"""

from collections import Counter
from collections.abc import Callable, Generator
from functools import wraps
from inspect import iscoroutinefunction
from types import TracebackType
from typing import Any, Self

import pytest
from hypothesis import is_hypothesis_test

#: Whatever is generated, the property says something about it.
always = pytest.mark.premise()


def premise(**least: float) -> pytest.MarkDecorator:
    """The least share of a property's examples in which each of its premises must hold."""
    assert least, "state a premise, or that it is `always` to hold"
    assert all(0 < share <= 1 for share in least.values()), least
    return pytest.mark.premise(**least)


def holds(name: str, is_so: object = True) -> bool:
    """Whether a premise holds. It counts once for an example, however often it is asked about; and
    not at all where no property runs that asks."""
    return _counting[-1].note(name, is_so=bool(is_so)) if _counting else bool(is_so)


class Premises:
    """How often premises held in the examples of one property.

    with Premises(granted=0.1) as premises:
        for case in some_cases():
            premises.begin_example()
            …
    """

    def __init__(self, **least: float) -> None:
        self._least = least
        self._examples = 0
        self._held = Counter[str]()
        #: Those that held in this example.
        self._now = set[str]()

    def begin_example(self) -> None:
        self._examples += 1
        self._held.update(self._now)
        self._now.clear()

    def note(self, name: str, *, is_so: bool) -> bool:
        """Raises AssertionError for a premise that the property does not state."""
        assert name in self._least, f"the property states no premise {name}"
        if is_so:
            self._now.add(name)
        return is_so

    def refuse_seldom(self) -> None:
        """Raises AssertionError if a premise held too seldom."""
        self._held.update(self._now)
        self._now.clear()
        seldom = [
            f"{name} in {self._held[name]}, which must be at least {share:.1%}"
            for name, share in self._least.items()
            if self._held[name] < share * self._examples or not self._held[name]
        ]
        assert not seldom, f"of {self._examples} examples there were too few with: {seldom}"

    def __str__(self) -> str:
        return "".join(f"{name}: {self._held[name]} of {self._examples}\n" for name in self._least)

    def __enter__(self) -> Self:
        _counting.append(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        _counting.pop()
        if kind is None:
            self.refuse_seldom()


#: The properties that run; one may ask another's helper, so the last one counts.
_counting: list[Premises] = []


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "premise(**least): see tests/premises.py; each property has it"
    )


def pytest_runtest_setup(item: pytest.Item) -> None:
    if is_hypothesis_test(getattr(item, "obj", None)) and _own_marker(item) is None:
        pytest.fail("state the premise of this property: see tests/premises.py", pytrace=False)


def _own_marker(item: pytest.Item) -> pytest.Mark | None:
    """What a property states itself: one beside it in its module may have another premise."""
    return next((mark for mark in item.own_markers if mark.name == "premise"), None)


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, Any, Any]:
    marker = _own_marker(pyfuncitem)
    if marker is None:
        return (yield)
    # Hypothesis calls this for each example; the same one is asked again with other parameters.
    handle = pyfuncitem.obj.hypothesis
    test, premises = handle.inner_test, Premises(**marker.kwargs)
    handle.inner_test = _counted(test, premises)
    try:
        with premises:
            return (yield)
    finally:
        handle.inner_test = test
        pyfuncitem.add_report_section("call", "premises", str(premises))


def _counted(test: Callable[..., Any], premises: Premises) -> Callable[..., Any]:
    if iscoroutinefunction(test):

        @wraps(test)
        async def count_async(*args: Any, **kwargs: Any) -> None:
            premises.begin_example()
            await test(*args, **kwargs)

        return count_async

    @wraps(test)
    def count(*args: Any, **kwargs: Any) -> None:
        premises.begin_example()
        test(*args, **kwargs)

    return count
