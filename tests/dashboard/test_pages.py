"""Every page is finished everywhere: its folder, its words, its address, its roles."""

from pathlib import Path

import pytest

import dashboard
from dashboard.components.page import Page
from dashboard.model.user import User
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


#: What the navigation offers to each role, in order; a page that is not everybody's is their home.
OFFERED = {
    "LEADERSHIP": "today volumes backlog decisions stays complaints definitions",
    "OFFICER": "desk volumes case definitions",
    "SUPERVISOR": "supervision volumes case backlog decisions stays complaints administration"
    " definitions",
    "AUDITOR": "access volumes case backlog decisions complaints administration definitions",
    "SCREENING": "screening definitions",
    "TREASURY": "treasury definitions",
    "ADMINISTRATOR": "administration installation definitions",
    "APPLICANT": "my_data definitions",
    "PARTNER_MANAGER": "today volumes case endpoints backlog complaints definitions",
    "PARTNER_AGENT": "today volumes case definitions",
    "PARTNER_SERVICE": "definitions",
}
#: A page that is added later is for its own tests to say.
NAMED = {name for names in OFFERED.values() for name in names.split()}


@pytest.mark.parametrize("role", OFFERED)
def test_a_role_is_offered_its_pages_and_the_first_is_its_home(role: str) -> None:
    """In a browser, two of them show it; the others are for the proof."""
    viewer = User(role, (role,), "somebody", None, ())
    open_to = [page for page in PAGES if page.name in NAMED and page.is_open_to(viewer)]
    offered = [page.name for page in open_to if page.is_listed]
    assert offered == OFFERED[role].split()
    homes = [page.name for page in open_to if page.roles]
    assert homes[:1] == [name for name in offered if name != "definitions"][:1]
