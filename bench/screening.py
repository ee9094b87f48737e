"""What the SCREENER's comparison takes, and finds: recall by script, share of candidates, speed."""

import csv
import resource
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from random import Random
from time import process_time
from uuid import UUID

from bench.measuring import show_table
from models.ban_list.comparison import BanList, Particulars
from models.synthetic.people import new_person

_NAMES = Path(__file__).parents[1] / "tests" / "models" / "names"
#: One in twenty entries knows the year of birth alone.
_PARTIAL = 0.05
_NATIONALITIES = (
    "AU",
    "CN",
    "IN",
    "SG",
    "US",
    "JP",
    "KR",
    "DE",
    "RU",
    "SA",
    "EG",
    "VN",
    "PH",
    "ES",
    "BR",
)
_DAYS = 62 * 365
_MOMENT = 1_700_000_000


def measure(entries: int, files: int) -> None:
    """Compare files of the synthetic world with a list of invented people."""
    rng = Random(4)
    rows = {name: _read(name) for name in ("variants", "held_out")}
    show_table(
        "Spellings found",
        ("", *rows),
        [(script, *(found[script] for found in map(_recall, rows.values())))
         for script in sorted({row["script"] for row in rows["variants"]})],
    )  # fmt: skip
    names = [row["name"].split() for row in rows["variants"]]
    began = process_time()
    listed = BanList({UUID(int=number): _entry(names, rng) for number in range(entries)})
    loaded = process_time() - began
    people = [_person(rng) for _ in range(files)]
    began = process_time()
    candidates = sum(bool(listed.candidates([one])) for one in people)
    seconds = process_time() - began
    show_table(
        f"{files} files against {entries} entries, processor time",
        ("list, s", "files a second", "candidates", "memory, MB"),
        [(f"{loaded:.1f}", f"{files / seconds:.0f}", f"{candidates / files:.1%}",
          f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f}")],
    )  # fmt: skip


def _read(name: str) -> list[dict[str, str]]:
    with (_NAMES / f"{name}.csv").open(encoding="utf-8") as lines:
        return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def _recall(rows: list[dict[str, str]]) -> dict[str, str]:
    all_of_them, found = Counter[str](), Counter[str]()
    for row in rows:
        born, other = (date.fromisoformat(row[it]) for it in ("birth_date", "variant_birth_date"))
        listed = BanList({UUID(int=1): Particulars(row["name"], born)})
        all_of_them[row["script"]] += 1
        found[row["script"]] += bool(listed.candidates([Particulars(row["variant"], other)]))
    return {it: f"{found[it]} of {number}" for it, number in all_of_them.items()}


def _entry(names: list[list[str]], rng: Random) -> Particulars:
    """Given names of one, and a family name of another."""
    given, family = rng.choice(names), rng.choice(names)
    born = date(1945, 1, 1) + timedelta(days=rng.randrange(_DAYS))
    if rng.random() < _PARTIAL:
        born = born.replace(month=1, day=1)
    number = f"X{rng.randrange(10**8):08}"
    return Particulars(" ".join([*given[:-1], family[-1]]), born, "XX", number)


def _person(rng: Random) -> Particulars:
    _, one = new_person(rng.choice(_NATIONALITIES), _MOMENT, rng)
    return Particulars(
        one.full_name, one.birth_date, one.passport_issuing_state, one.passport_number
    )
