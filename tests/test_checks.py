"""What is left out of the code is named by `make check`: file, line, and what to do."""

import re
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from checks import parts
from checks.__main__ import CHECKS
from checks.dimensions import check_dimensions
from checks.error_texts import check_error_texts
from checks.finding import LookupFailedError, show
from checks.guards import check_guards
from checks.indexes import check_indexes
from checks.mutations import check_mutations
from checks.roles import check_roles
from checks.routes import check_routes
from checks.sources import PACKAGES, Sources
from checks.texts import check_texts
from checks.translations import check_translations
from checks.words import check_words

ROOT = Path(__file__).resolve().parents[1]
CODE = ("*.py", "*.toml", "*.json")


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what the checks read."""
    tree = tmp_path_factory.mktemp("checks") / "tree"
    for file in _files(ROOT):
        copy = tree / file.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(file, copy)
    return tree


@pytest.fixture
def tree(original: Path) -> Iterator[Path]:
    """The copy, which is as it was again afterwards."""
    yield original
    for file in _files(original):
        ours = ROOT / file.relative_to(original)
        if file.stat().st_mtime_ns != ours.stat().st_mtime_ns:
            shutil.copy2(ours, file)


@pytest.mark.proof  # `make check` says so before each run of the tests
@pytest.mark.parametrize("check", CHECKS)
def test_nothing_of_ours_is_half_done(check) -> None:
    assert [show(finding, ROOT) for finding in check(Sources(ROOT))] == []


@pytest.mark.parametrize(
    ("left_out", "said"),
    [
        ('"AUDITOR": "Audits, and answers for data protection.",\n',
         r"gateway/mapping/enums/people\.py:\d+: WORDS does not describe Role\.AUDITOR: add a s"),
        ('"CLEAR": "Nothing was found.",\n', r"WORDS does not describe ScreeningResult\.CLEAR"),
        ('"STANDARD": "For most nationalities.",\n', r"WORDS does not describe Clock\.STANDARD"),
        ("Status.REVOKED: Stage.CLOSED,\n",
         r"models/vocabulary/case\.py:\d+: STAGE_OF has no entry for Status\.REVOKED"),
    ],
)  # fmt: skip
def test_a_word_without_its_description_is_named(tree: Path, left_out: str, said: str) -> None:
    _replace(tree, left_out, "")
    assert _search(check_words, tree, said)


@pytest.mark.parametrize(
    ("left_out", "said"),
    [
        ('    life.IS_PARTNERED: "it.partner_code IS NOT NULL",\n',
         r"preconditions\.py:\d+: HOLDS_IF does not say what IS_PARTNERED means to the database"),
        (" Verb.REFUSE: _DECISION,\n",
         r"effects\.py:\d+: WRITES does not say what Verb\.REFUSE writes"),
        ('    Verb.MARK_RECEIVED: "it.received_at = NEW.occurred_at",\n',
         r"steps\.py:\d+: SHOWN_BY does not say what shows that Verb\.MARK_RECEIVED was done"),
    ],
)  # fmt: skip
def test_what_the_guards_do_not_know_of_a_step_is_named(
    tree: Path, left_out: str, said: str
) -> None:
    _replace(tree, left_out, "")
    assert _search(check_guards, tree, said)


def test_a_description_without_its_word_is_named(tree: Path) -> None:
    _replace(tree, '    TRANSIT = "TRANSIT"\n', "")
    assert _search(check_words, tree, r"WORDS describes VisaCategory\.TRANSIT, which is no word")


@pytest.mark.parametrize(
    ("left_out", "said"),
    [
        ('      {"name": "AUDITOR"},\n', r"realm\.json:78: no realm role AUDITOR: add it"),
        ('"realmRoles": ["APPLICANT"],', r"realm\.json:323: no user of the realm has APPLICANT"),
        ('    "leadership": (Role.LEADERSHIP,),\n',
         r"gateway/development/users\.py:\d+: no demo user has Role\.LEADERSHIP"),
        ('SUPERVISOR = "Supervisor"\n', r"dashboard/.*en\.toml:\d+: no text roles\.SUPERVISOR"),
        ('    "SUPERVISOR": PROCESSING,\n',
         r"dashboard/.*:\d+: AUDIENCES has no SUPERVISOR, which reads figures by the policy"),
    ],
)  # fmt: skip
def test_a_role_that_is_unfinished_is_named(tree: Path, left_out: str, said: str) -> None:
    _replace(tree, left_out, "")
    assert _search(check_roles, tree, said)


def test_a_new_role_is_followed_to_the_end(tree: Path) -> None:
    _replace(tree, '    AUDITOR = "AUDITOR"\n', '    AUDITOR = "AUDITOR"\n    CONSUL = "CONSUL"\n')
    sentences = [_report_of(check, tree) for check in (check_words, check_roles)]
    places = ("enums/people.py", "policy.py", "users.py", "realm.json", "en.toml", "id.toml")
    for place in places:
        assert re.search(rf"/{place}:\d+: .*CONSUL", "\n".join(sentences)), place


@pytest.mark.parametrize(
    ("left_out", "said"),
    [
        ("    Dimension.CHANNEL: Bound(len(Channel), \"a closed list\"),\n",
         "GROUPS has no entry for Dimension.CHANNEL"),
        ('    Dimension.VISA_TYPE: "visaType",\n',
         "FILTERS has no entry for Dimension.VISA_TYPE"),
        ("    Dimension.VISA_TYPE: VisaType,\n",
         r"gateway/schema/volumes/names\.py:\d+: NOUNS has no entry for Dimension\.VISA_TYPE"),
        ("    centre: VolumeFilter[str] | None = _filter(",
         "VolumeWhere has no field centre: add the filter of Dimension.CENTRE"),
        ('    CENTRE = "CENTRE"\n    VISA_TYPE = "VISA_TYPE"\n',
         "VolumeDimension has no CENTRE: nobody can group by it"),
        ('    channel: Channel | None = strawberry.field(description="Channel.")',
         "VolumeRow has no field channel"),
        ('            "channel": EXACT_FIGURES,\n',
         r"gateway/policy\.py:\d+: POLICY has no line for VolumeRow\.channel"),
        ('"visaType", "VISA_TYPE"', "FILTERS has no filter of the field visaType"),
        ('visa = "Visa type"\npurpose = "Trip purpose"\n', r"en\.toml:\d+: no text filters\.visa"),
    ],
)  # fmt: skip
def test_a_dimension_that_is_unfinished_is_named(tree: Path, left_out: str, said: str) -> None:
    _replace(
        tree,
        left_out,
        '"none", "x"' if left_out.startswith('"') else "" if "\n" in left_out else "# left out ",
    )
    assert _search(check_dimensions, tree, said)


def test_a_grain_without_a_dimension_is_named(tree: Path) -> None:
    _replace(
        tree, '_grain("daily", "day", *STORED_DIMENSIONS)', '_grain("daily", "day", *_BY_PLACE)'
    )
    assert _search(check_dimensions, tree, "the finest grain of GRAINS lacks Dimension.CHANNEL")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('    "holdApplication": Change(', '    "seize": Change(',
         r"intents\.py:\d+: the mutation holdApplication has no line in MUTATIONS \(policy\.py"),
        ('    "holdApplication": Change(', '    "seize": Change(',
         r"policy\.py:\d+: MUTATIONS speaks of seize, which no intent declares"),
        ('Intent("revokeVisa"', 'Intent("recallVisa"',
         "MUTATIONS speaks of revokeVisa, which no intent declares"),
        ("    Step(Verb.REVOKE, (S.GRANTED,), S.REVOKED, E.REVOKED, (R.SUPERVISOR,)),\n", "",
         r"steps\.py:\d+: no step of STEPS takes Verb\.REVOKE"),
        ("(Verb.HOLD,)", "(Verb.RELEASE,)",
         r"intents\.py:\d+: no intent takes Verb\.HOLD: add the mutation"),
    ],
)  # fmt: skip
def test_a_mutation_that_is_unfinished_is_named(
    tree: Path, before: str, after: str, said: str
) -> None:
    _replace(tree, before, after)
    assert _search(check_mutations, tree, said)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('_index("status", serves="status; what waits for a deadline")', 'Index(None, "status")'),
        ('serves="status; what waits for a deadline"', 'serves=""'),
        ('            info={SERVES: "the cases that were open at the end of a day"},\n', ""),
    ],
)
def test_an_index_that_serves_no_question_is_named(tree: Path, before: str, after: str) -> None:
    _replace(tree, before, after)
    assert _search(
        check_indexes, tree, r"case/application\.py:\d+: an index that names no question"
    )


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('"/back-channel-logout", "/health/live"}', '"/back-channel-logout"}',
         r"/health/live is served, but the gate \(dashboard/.*\) lets"),
        ('{"/role", ', '{"/rule", ', "lets people through to /rule, which nothing serves"),
        ('Route("/health/ready", health.ready),\n    ]', 'Route("/status", health.ready),\n    ]',
         r"gateway/app\.py:\d+: /status is served, but PATHS \(gateway/logs.*\) does not name it"),
        ('"/metrics",\n)', '"/metrics",\n    "/metrics/all",\n)',
         "PATHS names /metrics/all, which no"),
    ],
)  # fmt: skip
def test_a_route_beside_its_gate_is_named(tree: Path, before: str, after: str, said: str) -> None:
    _replace(tree, before, after)
    assert _search(check_routes, tree, said)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('sign_out = "Sign out"\n', "", r"dashboard/.*\.py:\d+: no text has the key|en\.toml:1: no"
         r" text masthead\.sign_out, which id\.toml:\d+ has: add it"),
        ('say("masthead.sign_out")', 'say("masthead.sing_out")',
         r"dashboard/.*\.py:\d+: no text has the key masthead\.sing_out: add it in each language"),
        ('say("page.skip")', 'say("page.close")',
         r"dashboard/.*en\.toml:\d+: nothing asks for page\.skip: remove it"),
        ('say(f"filters.{by}")', 'say(f"filters.of_{by}")',
         r"dashboard/.*\.py:\d+: no text is like filters\.of_{…}: add it in each language"),
        ('return say(f"ranking.title_{address.by}"', 'return say(f"rankings.title_{address.by}"',
         r"\.py:\d+: no text is like rankings\.title_{…}"),
        ('signed_in = "Signed in as {name}"', 'signed_in = "Signed in as {name} since {time}"',
         r"\.py:\d+: masthead\.signed_in takes time \(en\.toml:\d+\): give it"),
    ],
)  # fmt: skip
def test_a_text_that_is_missing_or_left_over_is_named(
    tree: Path, before: str, after: str, said: str
) -> None:
    _replace(tree, before, after)
    assert _search(check_texts, tree, said)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('says = "It is not on hold."\n', "",
         r"gateway/texts/en\.toml:1: no text mutation\.NOT_HELD\.says: add it, in each language"),
        ('email = "Alamat surel ini tidak sah."\n', "",
         r"id\.toml:1: no text rule\.INVALID\.email, which en\.toml:\d+ has: add it"),
        ('    QUEUE_EMPTY = "QUEUE_EMPTY"\n', "",
         r"id\.toml:\d+: nothing says mutation\.QUEUE_EMPTY\.do: remove it"),
        ('    OVERLOADED = "OVERLOADED"\n', "", r"nothing says request\.OVERLOADED\.do: remove"),
        ('rule="no_group"', 'rule="no_tour"', r"en\.toml:1: no text rule\.INVALID\.no_tour: add"),
        ('"phone": re.compile', '"mobile": re.compile', r"nothing says rule\.INVALID\.phone"),
        ('_in_range("hours"', '_in_range("time"', r"no text rule\.INVALID\.time: add it"),
        ("paling banyak terdiri atas {most}", "paling banyak terdiri atas {longest}",
         r"id\.toml:\d+: rule\.INVALID\.note names other values than in en\.toml: name the same"),
        ('Refusal.INVALID, "country", rule="not_served"',
         'Refusal.NOT_FOUND, "country", rule="not_served"',
         r"en\.toml:1: no text rule\.NOT_FOUND\.not_served: add it, in each language"),
    ],
)  # fmt: skip
def test_an_error_without_its_words_is_named(
    tree: Path, before: str, after: str, said: str
) -> None:
    _replace(tree, before, after)
    assert _search(check_error_texts, tree, said)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('Error("The token is too large.")', 'Error("The token is far too large.")',
         r"verification\.py:\d+: no Indonesian text of “The token is far too large\.”: add it"),
        ('Error("The token is too large.")', 'Error("The token is far too large.")',
         r"indonesian\.toml:\d+: nothing says “The token is too large\.”: remove it"),
        ("f\"The token lives longer than {self._longest_life} seconds.\"",
         "f\"The token lives {self._longest_life} seconds.\"",
         r"no Indonesian text of “The token lives \{\} seconds\.”: add it"),
        ('_AWAY = "The database does not answer. Try', '_AWAY = "It does not answer. Try',
         r"no Indonesian text of “It does not answer\. Try again shortly\.”: add it"),
        ("Masa berlaku token lebih dari {} detik.", "Masa berlaku token terlalu lama.",
         r"“Masa berlaku token terlalu lama\.” has other values: name the same"),
        ("ErrorCode.DOCUMENT_NOT_FOUND,", "ErrorCode.NOT_FOUND,",
         r"documents\.py:\d+: “This document is not known here: send it as `query`\.” is said"
         r" with NOT_FOUND: it has no text under \[messages\.NOT_FOUND\]"),
        ('"57014": (ErrorCode.TIMEOUT,', '"57014": (ErrorCode.UNAVAILABLE,',
         r"“This took too long, and nothing was changed\.” is said with UNAVAILABLE"),
        ("[messages.OVERLOADED]", "[messages.CROWDED]",
         r"indonesian\.toml:\d+: CROWDED is no ErrorCode: remove it"),
    ],
)  # fmt: skip
def test_a_message_without_its_translation_is_named(
    tree: Path, before: str, after: str, said: str
) -> None:
    _replace(tree, before, after)
    assert _search(check_translations, tree, said)


def test_a_name_that_has_moved_away_is_a_sentence(tree: Path) -> None:
    _replace(tree, "\nclass VolumeWhere:", "\nclass VolumeFilter:")
    with pytest.raises(LookupFailedError, match="gateway has 0 definitions of the class VolumeWh"):
        _report_of(check_dimensions, tree)


@cache  # tests change files, but none adds or removes one
def _files(root: Path) -> list[Path]:
    realm = root / "deploy/keycloak/realm.json"
    found = (file for each in PACKAGES for kind in CODE for file in (root / each).rglob(kind))
    return [realm, *(file for file in found if "node_modules" not in file.parts)]


def _replace(tree: Path, before: str, after: str) -> None:
    """Change what stands once in one file of the code, wherever that is."""
    holding = {file: text for file in _files(tree)
               if before in (text := file.read_text(encoding="utf-8"))}  # fmt: skip
    assert len(holding) == 1, f"{before!r} is in {sorted(map(str, holding))}"
    ((file, text),) = holding.items()
    file.write_text(text.replace(before, after, 1), encoding="utf-8")


def _report_of(check, tree: Path) -> str:
    return "\n".join(show(finding, tree) for finding in check(Sources(tree)))


def _search(check, tree: Path, pattern: str) -> re.Match[str] | None:
    text = _report_of(check, tree)
    assert re.search(pattern, text), text or "nothing was found"
    return re.search(pattern, text)


def test_every_part_runs_where_others_fail(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def ending(code: int, said: str) -> tuple[str, ...]:
        return ("python", "-c", f"print({said!r}); raise SystemExit({code})")

    lane = {"lint": ending(1, "one"), "contracts": ending(0, "two"), "files": ending(3, "three")}
    assert parts.run_parts(lane, {"types": ending(1, "four")}) == ["lint", "files", "types"]
    said = capfd.readouterr().out
    assert sorted(said.split()) == ["four", "one", "three", "two"]
    monkeypatch.setattr(parts, "OTHERS", lane)
    monkeypatch.setattr(parts, "TYPES", {"types": ending(0, "")})
    with pytest.raises(SystemExit, match="make check: 2 of 4 failed: lint, files"):
        parts.main()


def test_all_that_is_checked_is_a_part_of_make_check() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(r"^check: .*\n\t.* -m checks\.parts$", makefile, re.MULTILINE)
    assert {*parts.OTHERS, *parts.TYPES} == {
        "format", "lint", "what is half done", "import contracts", "generated files", "types",
    }  # fmt: skip
