"""Every page is finished everywhere: its folder, its words, its address, its roles."""

from pathlib import Path

import pytest

import dashboard
from dashboard.components.page import Page
from dashboard.pages.registry import PAGES
from dashboard.texts import texts
from models.vocabulary import Role

FOLDERS = Path(dashboard.__file__).parent / "pages"


def test_every_folder_is_a_page_that_is_registered() -> None:
    folders = {file.parent.name for file in FOLDERS.glob("*/page.py")}
    assert folders == {page.name for page in PAGES}


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_page_has_its_words(page: Page, language: str) -> None:
    for key in ("title", "link"):
        assert f"pages.{page.name}.{key}" in texts(language).by_key


def test_no_two_pages_share_an_address_or_a_name() -> None:
    assert len({page.path for page in PAGES}) == len({page.name for page in PAGES}) == len(PAGES)
    assert PAGES[0].path == "/"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_roles_of_a_page_exist(page: Page) -> None:
    assert page.roles is None or page.roles <= {role.value for role in Role}
