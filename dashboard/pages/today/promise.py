"""Are we meeting the target: yes or no for each visa type, against what is promised."""

from collections.abc import Sequence

from dashboard.analysis.target import ENOUGH, Target, Verdict, targets
from dashboard.model.measures import TARGET_RATE
from dashboard.model.page_state import Address
from dashboard.pages.today.answers import Today
from dashboard.pages.today.findings import Finding, all_text, volumes_link
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
    everything = all_text(len(judged), "visa", say)
    if not judged:
        title = say("today.promise_unknown", enough=str(ENOUGH))
        return Finding(title, (_altogether(found, say),), href)
    if not missed and len(judged) == 1:
        title = say("today.promise_one")
    elif not missed:
        title = say("today.promise_met", all=everything)
    elif len(judged) == 1:
        title = say("today.promise_one_missed", name=judged[0].key)
    elif len(missed) == len(judged):
        title = say("today.promise_missed", all=everything)
    else:
        title = say(
            "today.promise_partly",
            met=count_text(len(judged) - len(missed), say),
            count=count_text(len(judged), say),
            missed=list_text([each.key for each in missed], say),
        )
    notes = [_largest(judged[0], say)]
    if few:
        notes.append(say("today.promise_few", names=list_text(few, say), enough=str(ENOUGH)))
    return Finding(title, tuple(notes), href, bool(missed))


def _altogether(found: Sequence[Target], say: Texts) -> str:
    """What can be said where no visa type can be judged: how many of all were in time."""
    count, met = sum(each.now.n for each in found), sum(each.now.cases for each in found)
    if not count:
        return say("today.nothing_decided")
    return say("today.promise_all", met=count_text(met, say), count=count_text(count, say))


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
