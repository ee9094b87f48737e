"""Are we meeting the target: yes or no for each visa type, against what is promised."""

from collections.abc import Sequence

from dashboard.analysis.target import ENOUGH, Target, Verdict, targets
from dashboard.model.measures import TARGET_RATE
from dashboard.model.page_state import Address
from dashboard.pages.today.answers import Today
from dashboard.pages.today.findings import Finding, volumes_link
from dashboard.texts import Texts
from dashboard.texts.wording import count_text, list_text, percent_text


def targets_from(today: Today) -> tuple[Target, ...]:
    """Each visa type that was decided on, the most decisions first."""
    return targets(
        now={code: cell.timely for code, cell in today.now["visa"].items()},
        before={code: cell.timely for code, cell in today.before["visa"].items()},
        promised=today.promised,
        months={
            code: [cell.timely for cell in months.values()]
            for code, months in today.visa_months.items()
        },
    )


def promise_finding(found: Sequence[Target], address: Address, say: Texts) -> Finding:
    """The sentence: yes, no, or for which; with what the missed ones rest on."""
    judged = [each for each in found if each.verdict in (Verdict.MET, Verdict.MISSED)]
    missed = [each for each in judged if each.verdict is Verdict.MISSED]
    few = [each.key for each in found if each.verdict is Verdict.TOO_FEW]
    href = volumes_link(address, measure=TARGET_RATE.id, by="visa")
    count = str(len(judged))
    if not judged:
        return Finding(say("today.promise_unknown", enough=str(ENOUGH)), (), href)
    if not missed:
        title = say("today.promise_one" if len(judged) == 1 else "today.promise_met", count=count)
    elif len(missed) == len(judged):
        alone = len(judged) == 1
        title = (
            say("today.promise_one_missed", name=judged[0].key)
            if alone
            else say("today.promise_missed", count=count)
        )
    else:
        title = say(
            "today.promise_partly",
            met=str(len(judged) - len(missed)),
            count=count,
            missed=list_text([each.key for each in missed], say),
        )
    notes = [_largest(judged[0], say)]
    if few:
        notes.append(say("today.promise_few", names=list_text(few, say), enough=str(ENOUGH)))
    return Finding(title, tuple(notes), href, bool(missed))


def _largest(target: Target, say: Texts) -> str:
    """The visa type that most decisions are of."""
    low, high = target.interval
    return say(
        "today.promise_largest",
        name=target.key,
        share=percent_text(target.share or 0, say),
        count=count_text(target.now.n, say),
        low=percent_text(low, say),
        high=percent_text(high, say),
        promised=percent_text(target.promised or 0, say, digits=0),
    )
