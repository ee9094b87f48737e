"""The record of processing says what the policy and the tables say: what changes there shows."""

from dataclasses import replace

import pytest
from sqlalchemy import Column, ForeignKey, Table, Uuid

from gateway.data_protection_page import data_protection_page
from gateway.policy import POLICY, PURPOSES
from gateway.rules import every_row
from models import Base
from models.vocabulary import Purpose, Role

#: Who reads who somebody is, as the domain's matrix says.
READERS = {"OFFICER", "SUPERVISOR", "PARTNER_AGENT", "APPLICANT", "SCREENING", "PARTNER_SERVICE"}


def readers(page: str) -> set[str]:
    """The roles of the table of who reads whom."""
    _, _, table = page.partition("### Who reads whom, at most")
    rows = [line.split("|") for line in table.splitlines() if line.startswith("| ")]
    return {row[1].strip() for row in rows[1:]}


def test_it_names_those_who_read_identities_and_those_who_do_not() -> None:
    page = data_protection_page()
    assert readers(page) == READERS
    [nobody] = [line for line in page.splitlines() if "These roles read nobody's" in line]
    listed = nobody.rpartition(": ")[2].rstrip(".").split(", ")
    assert {*listed} == {*Role} - READERS


def test_another_reader_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    identity = POLICY["Identity"]
    wider = replace(identity, rows={**identity.rows, Role.TREASURY: every_row})
    monkeypatch.setitem(POLICY, "Identity", wider)  # type: ignore[arg-type]
    assert readers(data_protection_page()) == READERS | {"TREASURY"}


def test_another_purpose_of_a_role_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    before = data_protection_page()
    monkeypatch.setitem(PURPOSES, Role.OFFICER, (Purpose.CASEWORK, Purpose.SUPERVISION))  # type: ignore[arg-type]
    changed = set(data_protection_page().splitlines()) - set(before.splitlines())
    [line] = changed
    assert line.startswith("| SUPERVISION | ")
    assert line.endswith("| OFFICER, SUPERVISOR |")


def test_a_table_about_cases_shows() -> None:
    assert "`note_of_a_case`" not in data_protection_page()
    key = ForeignKey("application.id")
    table = Table("note_of_a_case", Base.metadata, Column("application_id", Uuid, key))
    try:
        assert "`note_of_a_case`" in data_protection_page()
    finally:
        Base.metadata.remove(table)
