"""Every measure is defined, in both languages, for whoever has signed in."""

import re

import pytest

from dashboard.components.definition import FACTS
from dashboard.model.definitions import definitions
from dashboard.model.measures import MEASURES
from dashboard.model.page_state import LANGUAGES
from dashboard.pages.definitions.page import RULES
from dashboard.texts import texts
from tests.dashboard.conftest import Running
from tests.dashboard.test_documents import ROLES
from tests.dashboard.visiting import Visitor

IDS = [
    *("intake", "decisions", "granted", "refused", "withdrawn", "lapsed"),
    *(
        "overturned",
        "refusal_rate",
        "wip",
        "backlog",
        "wip_age_p50",
        "wip_age_p90",
        "wip_age_oldest",
    ),
    *(f"turnaround_p{share}" for share in (50, 75, 90, 95)),
    *(f"turnaround_adjusted_p{share}" for share in (50, 75, 90, 95)),
    *("target_rate", "target_rate_intake", "clearance_ratio", "info_request_rate", "handover_p90"),
    *("revenue", "grounds", "referrals", "in_country", "overstays", "unused"),
    *("extensions", "complaints", "yoy", "mom"),
    *("contribution", "control_limits", "promised_share", "expected", "as_of"),
]
#: Measures that are no field of a row of volumes.
NOT_IN_ROWS = {"grounds", "referrals", "in_country", "overstays", "unused", "yoy", "mom", "as_of"}
NOT_IN_ROWS |= {
    "extensions",
    "complaints",
    "contribution",
    "control_limits",
    "promised_share",
    "expected",
}


def field_of(id_: str) -> str:
    head, *rest = id_.split("_")
    return head + "".join(word.title() for word in rest)


def test_every_measure_there_is_has_a_definition() -> None:
    assert [each.id for each in definitions()] == IDS
    assert {measure.id for measure in MEASURES} <= set(IDS)


def test_who_reads_a_measure_is_what_the_gateway_lets_them_read() -> None:
    schema = (ROLES / "partner_manager.graphql").read_text("utf-8")
    (row,) = re.findall(r"^type VolumeRow \{\n(.*?)^\}", schema, re.MULTILINE | re.DOTALL)
    for each in definitions():
        if each.id not in NOT_IN_ROWS:
            is_read = bool(re.search(rf"^  {field_of(each.id)}\b", row, re.MULTILINE))
            assert is_read == (each.seen in ("received", "outcome")), each.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_definition_is_complete(language: str) -> None:
    keys = texts(language).by_key
    for each in definitions():
        assert {f"define.{each.id}.{part}" for part in ("label", "definition", "formula")} <= set(
            keys
        )
        for fact in FACTS:
            assert f"definitions.{fact}s.{getattr(each, fact)}" in keys
    for rule in RULES:
        assert f"definitions.rule.{rule}.text" in keys


@pytest.mark.anyio
async def test_the_page_is_for_whoever_has_signed_in(running: Running) -> None:
    async with running.browser() as browser:
        stranger = await browser.get("/definitions")
        assert stranger.status_code == 303
        await running.sign_in(browser, "agent-au")
        for language in LANGUAGES:
            page = await browser.get(f"/definitions?language={language}")
            assert page.status_code == 200
            assert f'<html lang="{language}">' in page.text


@pytest.mark.browser
@pytest.mark.parametrize("language", ["id", pytest.param("en", marks=pytest.mark.proof)])
def test_the_page_shows_all_of_them(visitor: Visitor, language: str) -> None:
    page = visitor.opens("agent-au", f"language={language}", "/definitions")
    shown = page.locator("article").all()
    assert [each.get_attribute("id") for each in shown] == IDS
    other = {"id": "en", "en": "id"}[language]
    link = page.locator("#account a[lang]")
    assert link.get_attribute("href") == f"/definitions?language={other}"


@pytest.mark.anyio
async def test_nothing_of_the_address_is_written_into_the_page(running: Running) -> None:
    async with running.browser() as browser:
        await running.sign_in(browser, "leadership")
        for path in ("/", "/volumes", "/definitions"):
            page = await browser.get(f'{path}?language="><script>alert(1)</script>&period=<b>')
            assert "alert(1)" not in page.text
            assert "<b>" not in page.text
