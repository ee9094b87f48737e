"""Recomputes findings from what `volumes` answers, a function for each kind."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from tests.gateway.findings.asking import (
    LATE,
    REFUSED,
    REQUESTED,
    Asking,
    cases_of,
    code_of,
    is_share_of,
    numbers_of,
    says,
    total,
    year_before,
)


class Judge:
    """Recomputes findings, one function for each kind."""

    def __init__(self, asking: Asking, findings: Sequence[Any], complete_from: str) -> None:
        self.asking = asking
        self.findings = findings
        self.complete_from = complete_from

    def of(self, *kinds: str) -> list[Any]:
        return [each for each in self.findings if each["kind"] in kinds]

    def own_rows(self, finding: Any) -> list[Any]:
        """The rows of the finding's group, in its month where it is about one of several."""
        rows = self.asking.rows(finding["question"])
        if finding["subject"]["dimension"]:
            rows = [row for row in rows if code_of(row) == finding["subject"]["code"]]
        if "MONTH" in finding["question"]["groupBy"]:
            starts_on = finding["period"]["startsOn"]
            rows = [row for row in rows if row["period"]["startsOn"] == starts_on]
        return rows

    def judge(self, finding: Any) -> None:
        assert finding["precision"] == "EXACT"
        for text in (finding["sentence"], *finding["notes"]):
            for words in text.values():
                assert words
                assert not {*"{}|"} & {*words}, words
        getattr(self, finding["kind"].lower())(finding)

    # Up or down ------------------------------------------------------------------------------

    def change(self, finding: Any) -> None:
        rows, numbers = self.asking.rows(finding["question"]), numbers_of(finding)
        days = year_before(finding["question"]["from"], finding["question"]["to"])
        before = self.asking.rows(finding["question"], days)
        is_known = days[0] >= self.complete_from
        if finding["measure"] != "intake":
            cases, n = cases_of(rows, finding["measure"])
            cases = n - cases if finding["measure"] == LATE else cases
            is_share_of(numbers["NOW"], cases, n)
            if n:
                says(finding, cases / n, is_share=True)
            assert ("CHANGE" in numbers) == (
                is_known and bool(n) and bool(total(before, "decisions"))
            )
            return
        now, then = total(rows, "intake"), total(before, "intake")
        assert numbers["NOW"]["value"] == now
        says(finding, now)
        assert ("BEFORE" in numbers) == is_known
        if not is_known:
            assert "not completely known" in finding["notes"][0]["english"]
            return
        assert (numbers["BEFORE"]["value"], numbers["CHANGE"]["value"]) == (then, now - then)
        if finding["direction"] == "STEADY":
            assert abs(now - then) <= 0.0006 * then
        else:
            assert finding["direction"] == ("UP" if now > then else "DOWN")
            assert ("more" if now > then else "fewer") in finding["sentence"]["english"]
            is_small = then < 20
            size = abs(now - then) if is_small else abs(now - then) / then
            says(finding, size, is_share=not is_small)
        changes = [
            numbers_of(each)["CHANGE"]["value"]
            for each in self.of("CONTRIBUTION")
            if each["measure"] == "intake"
        ]
        assert sum(changes) == now - then

    def contribution(self, finding: Any) -> None:
        if finding["measure"] != "intake":
            parts = numbers_of(finding)
            change = parts["RATE_PART"]["value"] + parts["MIX_PART"]["value"]
            assert parts["CHANGE"]["value"] == pytest.approx(change, abs=1e-12)
            return
        days = year_before(finding["question"]["from"], finding["question"]["to"])
        code = finding["subject"]["code"]
        now, then = (
            total([row for row in rows if code_of(row) == code], "intake")
            for rows in (
                self.asking.rows(finding["question"]),
                self.asking.rows(finding["question"], days),
            )
        )
        numbers = numbers_of(finding)
        assert [numbers[name]["value"] for name in ("NOW", "BEFORE")] == [now, then]
        says(finding, now)
        says(finding, abs(now - then))

    # Who needs attention ---------------------------------------------------------------------

    def attention(self, finding: Any) -> None:
        standing_out = {
            each["subject"]["code"] or ""
            for each in self.of("PLACE", "PLACE_MONTH")
            if each["isConcern"]
        }
        assert numbers_of(finding)["STANDING_OUT"]["value"] == len(standing_out)
        assert finding["isConcern"] == bool(standing_out)
        if not standing_out:
            assert finding["sentence"]["english"].startswith(("Nobody stands out", "Too few"))
        places = [each for each in self.of("PLACE") if each["measure"] == LATE]
        assert numbers_of(finding)["JUDGED"]["value"] == len(places)

    def place(self, finding: Any) -> None:
        numbers, measure = numbers_of(finding), finding["measure"]
        (row,) = self.own_rows(finding)
        if measure == "handoverP90":
            assert numbers["NOW"]["value"] == pytest.approx(row[measure]["hours"])
            assert numbers["NOW"]["n"] == row[measure]["measured"]
            return
        cases, n = cases_of([row], measure)
        is_share_of(numbers["NOW"], cases, n)
        every, of = cases_of(self.asking.rows(finding["question"]), measure)
        assert numbers["OVERALL"]["value"] == pytest.approx(every / of)
        says(finding, cases / n, is_share=True)
        says(finding, n)
        says(finding, every / of, is_share=True)
        self._points_the_right_way(finding, cases / n, every / of)

    def place_month(self, finding: Any) -> None:
        numbers, measure = numbers_of(finding), finding["measure"]
        (row,) = self.own_rows(finding)
        if measure == "handoverP90":
            value, limits = row[measure]["hours"], numbers["CONTROL_LIMITS"]
            assert numbers["NOW"]["value"] == pytest.approx(value)
            is_high = value > limits["high"]
            assert is_high or value < limits["low"]
            self._points_the_right_way(finding, value, limits["high"] if is_high else limits["low"])
            return
        cases, n = cases_of([row], measure)
        is_share_of(numbers["NOW"], cases, n)
        says(finding, cases / n, is_share=True)
        self._points_the_right_way(finding, cases / n, numbers["OVERALL"]["value"])

    @staticmethod
    def _points_the_right_way(finding: Any, value: float, other: float) -> None:
        """Nothing good stands under a warning, and nothing bad without one."""
        if finding["direction"] == "USUAL":
            assert not finding["isConcern"]
            return
        assert finding["isConcern"] == (value > other)
        is_more = "UP" if finding["measure"] == REFUSED else "WORSE"
        assert (finding["direction"] == is_more) == (value > other)

    def limits(self, finding: Any) -> None:
        numbers = numbers_of(finding)
        inner, outer = numbers["WARNING_LIMITS"], numbers["CONTROL_LIMITS"]
        assert outer["low"] <= inner["low"] <= inner["high"] <= outer["high"]
        assert inner["low"] <= numbers["OVERALL"]["value"] <= inner["high"]

    def month(self, finding: Any) -> None:
        (row,) = self.own_rows(finding)
        cases, n = cases_of([row], finding["measure"])
        is_share_of(numbers_of(finding)["NOW"], cases, n)
        says(finding, cases / n, is_share=True)

    def waiting(self, finding: Any) -> None:
        rows, numbers = self.asking.rows(finding["question"]), numbers_of(finding)
        waits, late = total(rows, "wip"), total(rows, "backlog")
        assert (numbers["OPEN"]["value"], numbers["OVERDUE"]["value"]) == (waits, late)
        assert finding["isConcern"] == bool(late)
        if waits:
            says(finding, waits)
        if late:
            says(finding, late)

    def waiting_place(self, finding: Any) -> None:
        (row,) = self.own_rows(finding)
        numbers = numbers_of(finding)
        assert numbers["OPEN"]["value"] == row["wip"]["value"]
        assert numbers["OVERDUE"]["value"] == row["backlog"]["value"] > 0
        says(finding, row["backlog"]["value"])

    # Is the promise kept ---------------------------------------------------------------------

    def promise(self, finding: Any) -> None:
        verdicts = Counter(each["direction"] for each in self.of("VISA_TYPE"))
        numbers = numbers_of(finding)
        assert numbers["KEPT"]["value"] == verdicts["KEPT"]
        assert numbers["JUDGED"]["value"] == verdicts["KEPT"] + verdicts["MISSED"]
        assert finding["isConcern"] == bool(verdicts["MISSED"])
        for each in self.of("VISA_TYPE"):
            is_named = each["direction"] == "MISSED" and verdicts["KEPT"]
            if is_named:
                for language in ("english", "indonesian"):
                    texts = [finding["sentence"][language]]
                    texts += [note[language] for note in finding["notes"]]
                    assert any(each["subject"]["code"] in text for text in texts)
        events = [each["sentence"]["english"] for each in self.of("EVENT")]
        assert ("WITHOUT_EVENTS" in numbers) == (bool(events) and bool(numbers["JUDGED"]["value"]))
        if "WITHOUT_EVENTS" in numbers:
            without = numbers["WITHOUT_EVENTS"]
            kept = [self._is_kept_without(each) for each in self.of("VISA_TYPE")]
            assert (without["value"], without["n"]) == (
                kept.count(True),
                len(kept) - kept.count(None),
            )
            assert finding["sentence"]["english"].endswith(
                f" {round(without['value'])} of {without['n']}"
            )

    @staticmethod
    def _is_kept_without(finding: Any) -> bool | None:
        numbers = numbers_of(finding)
        share = numbers.get("WITHOUT_EVENTS", numbers["NOW"])
        if "PROMISED" not in numbers or share["n"] < 30:
            return None
        return share["value"] >= numbers["PROMISED"]["value"]

    def event(self, finding: Any) -> None:
        """Its question is of its days alone."""
        first, last = finding["period"]["startsOn"], finding["period"]["endsOn"]
        assert first <= finding["question"]["to"]
        assert finding["question"]["from"] <= last

    def visa_type(self, finding: Any) -> None:
        (row,) = self.own_rows(finding)
        late, n = cases_of([row], LATE)
        numbers = numbers_of(finding)
        is_share_of(numbers["NOW"], n - late, n)
        self._without_events(finding, late, n)
        says(finding, (n - late) / n, is_share=True)
        if n < 30 or "PROMISED" not in numbers:
            assert finding["direction"] == "UNKNOWN"
        else:
            is_kept = (n - late) / n >= numbers["PROMISED"]["value"]
            assert finding["direction"] == ("KEPT" if is_kept else "MISSED")
        assert finding["isConcern"] == (finding["direction"] == "MISSED")
        months = [
            each["direction"]
            for each in self.of("VISA_TYPE_MONTH")
            if each["subject"]["code"] == finding["subject"]["code"]
        ]
        assert (numbers["KEPT"]["value"], numbers["KEPT"]["n"]) == (
            months.count("KEPT"),
            len(months),
        )

    def _without_events(self, finding: Any, late: int, n: int) -> None:
        """What is left once the days of each event are taken away; here events have no day in
        common."""
        code, touched = finding["subject"]["code"], 0
        for event in self.of("EVENT"):
            days = (event["question"]["from"], event["question"]["to"])
            rows = [
                row for row in self.asking.rows(event["question"], days) if code_of(row) == code
            ]
            if rows:
                late_then, n_then = cases_of(rows, LATE)
                late, n, touched = late - late_then, n - n_then, touched + n_then
        numbers = numbers_of(finding)
        assert ("WITHOUT_EVENTS" in numbers) == bool(touched)
        if touched:
            is_share_of(numbers["WITHOUT_EVENTS"], n - late, n)

    def visa_type_month(self, finding: Any) -> None:
        (row,) = self.own_rows(finding)
        late, n = cases_of([row], LATE)
        is_share_of(numbers_of(finding)["NOW"], n - late, n)
        says(finding, (n - late) / n, is_share=True)

    # What comes next -------------------------------------------------------------------------

    def coming(self, finding: Any) -> None:
        if finding["direction"] == "UNKNOWN" and not finding["numbers"]:
            assert finding["sentence"]["english"] == "Too little for a forecast"
            assert not self.of("EXPECTED")
            return
        number = numbers_of(finding)["EXPECTED"]
        assert number["low"] <= number["value"] <= number["high"]
        assert len(self.of("EXPECTED")) == 3

    def so_far(self, finding: Any) -> None:
        received = total(self.asking.rows(finding["question"]), "intake")
        numbers = numbers_of(finding)
        assert numbers["RECEIVED"]["value"] == received
        assert numbers["EXPECTED"]["low"] >= received
        says(finding, received)
        says(finding, numbers["EXPECTED"]["low"])
        says(finding, numbers["EXPECTED"]["high"])

    def received(self, finding: Any) -> None:
        number = total(self.own_rows(finding), "intake")
        assert numbers_of(finding)["RECEIVED"]["value"] == number
        says(finding, number)

    def expected(self, finding: Any) -> None:
        number = numbers_of(finding)["EXPECTED"]
        assert number["low"] <= number["value"] <= number["high"]
        says(finding, number["low"])
        says(finding, number["high"])

    # The own work ----------------------------------------------------------------------------

    def work(self, finding: Any) -> None:
        figures = self.of("WORK_FIGURE")
        worse = sum(each["isConcern"] for each in figures)
        assert numbers_of(finding)["STANDING_OUT"]["value"] == worse
        assert finding["isConcern"] == bool(worse)
        if worse:
            says(finding, worse)

    def work_figure(self, finding: Any) -> None:
        (row,) = self.own_rows(finding)
        number, measure = numbers_of(finding)["NOW"], finding["measure"]
        if measure == "backlog":
            waits = row["wip"]["value"]
            assert (number["value"], number["n"]) == (row["backlog"]["value"] / waits, waits)
        elif measure == REQUESTED:
            is_share_of(number, *cases_of([row], REQUESTED))
        else:
            assert number["value"] == pytest.approx(row[measure]["hours"])
            assert number["n"] == row[measure]["measured"]
        usual = numbers_of(finding).get("CONTROL_LIMITS")
        assert finding["isConcern"] == bool(usual and number["value"] > usual["high"])
