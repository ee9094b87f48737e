"""How names are compared with the entry-ban list: across scripts, romanisations and orders.

Each part of a name is written in Latin letters (anyascii, so that Chinese comes as pinyin), and
folded twice, since a letter is read in two ways: `j` and `x` are sibilants in Russian or Chinese
romanisations, and velars in Spanish. Parts are then compared by edit distance (rapidfuzz), in any
order; whoever leaves a part out is still the same person.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import prod

from anyascii import anyascii
from rapidfuzz.distance.Levenshtein import normalized_similarity as _similarity

from models.ban_list.chinese import readings

_ALIASES = re.compile(r"\s*(?:;|\balias\b|\ba\.?k\.?a\b\.?)\s*", re.IGNORECASE)
_BETWEEN = re.compile(r"[\s,/<_\-\u2010-\u2015\u2212]+")
_VOWELLESS = re.compile(r"[\u0590-\u06ff]")
_HAN = re.compile(r"([\u3400-\u4dbf\u4e00-\u9fff])")
#: Titles, and what stands between the parts of a name: written or left out as one likes.
_WORDS_LEFT_OUT = """
h hj haji hajj hajjah drs dra ir raden dr prof sheikh syekh mr mrs ms
bin ibn ben binti bint al el de del la las los dos das von der
"""
_LEFT_OUT = frozenset(_WORDS_LEFT_OUT.split())
#: Abbreviations that documents use.
_ABBREVIATED = {
    "m": "muhammad", "md": "muhammad", "mhd": "muhammad", "moh": "muhammad", "mohd": "muhammad",
    "muh": "muhammad", "muhd": "muhammad", "ma": "maria", "fco": "francisco", "gpe": "guadalupe",
}  # fmt: skip
_ARTICLE = re.compile(r"^(?:al|el)(?=[b-df-hj-np-tv-z]..)")
#: Of honour, in Central Asia; written or left out.
_HONOUR = re.compile(r"(?<=....)(?:j[ao]n|kh?on|xon|be[kgy])$")
#: Longer ones first. A capital letter is a class of sounds.
_TOGETHER = [
    ("shch", "S"), ("schtsch", "S"), ("tsch", "S"), ("tsh", "S"), ("tch", "S"), ("sch", "S"),
    ("tsj", "S"), ("dsch", "S"), ("dzh", "S"), ("ts", "S"), ("tz", "S"), ("cz", "S"), ("sz", "S"),
    ("sh", "S"), ("zh", "S"), ("hs", "S"), ("sj", "S"), ("sy", "S"), ("tj", "S"), ("dj", "S"),
    ("dh", "t"), ("th", "t"), ("ph", "f"), ("gh", "K"), ("kh", "K"), ("ck", "K"), ("ng", "n"),
    ("oe", "u"), ("ou", "u"), ("oo", "u"), ("ee", "i"),
]  # fmt: skip
_SIBILANT = [*_TOGETHER, ("ch", "S"), ("c", "S"), ("j", "S"), ("x", "S"), ("z", "S"), ("s", "S"),
             ("q", "K"), ("g", "K"), ("k", "K"), ("h", "")]  # fmt: skip
_VELAR = [*((one, to) for one, to in _TOGETHER if one not in {"tj", "dj", "sj"}), ("dj", "K"),
          ("ch", "K"), ("c", "K"), ("j", "K"), ("x", "K"), ("z", "S"), ("s", "S"), ("q", "K"),
          ("g", "K"), ("k", "K"), ("h", "K")]  # fmt: skip
_SOUNDS = str.maketrans({"b": "p", "d": "t", "v": "f", "w": "f", "y": "i", "e": "a", "o": "u"})
_VOWELS = str.maketrans("", "", "aiuf")
#: What it counts if one name is a single part of the other, or one of three parts or more differs.
_LONELY, _ONE_DIFFERS = 0.75, 0.85
_SHORT = {2: 0.8, 3: 0.85, 4: 0.9, 5: 0.95}
_REPEATED = re.compile(r"(.)\1+")


@dataclass(frozen=True, slots=True)
class NamePart:
    """A part of a name, as it is compared."""

    plain: str
    #: The two ways to read it.
    folds: tuple[str, str]
    #: Their consonants.
    bones: tuple[str, str]
    #: The pinyin that it may be, and itself.
    syllables: frozenset[str]
    #: Whether it was in a script that leaves vowels out.
    is_vowelless: bool

    @property
    def is_initial(self) -> bool:
        return len(self.plain) == 1


Name = tuple[NamePart, ...]


def names_of(text: str) -> list[Name]:
    """The names in a text: several where it lists aliases. None of a text without letters."""
    found = (_name(one) for one in _ALIASES.split(text))
    return [name for name in found if name]


def likeness(one: Name, other: Name) -> float:
    """How alike two names are: from 0 to 1, whatever the order of their parts.

    Each part of the shorter one is compared with the part of the other that fits it best; parts of
    the longer one may be left over. A name that is written together is compared so, too.
    """
    return max(_aligned(a, b) for a in _splittings(one) for b in _splittings(other))


@lru_cache(maxsize=200_000)
def _part(plain: str, is_vowelless: bool = False) -> NamePart:
    folds = (_fold(plain, _SIBILANT), _fold(plain, _VELAR))
    return NamePart(
        plain,
        folds,
        (folds[0].translate(_VOWELS), folds[1].translate(_VOWELS)),
        readings(plain) | {plain},
        is_vowelless,
    )


def _name(text: str) -> Name:
    spaced = _HAN.sub(r" \1 ", unicodedata.normalize("NFKC", text))
    words = [(_letters(word), bool(_VOWELLESS.search(word))) for word in _BETWEEN.split(spaced)]
    there = [(word, of_script) for word, of_script in words if word]
    major = [(word, of_script) for word, of_script in there if word not in _LEFT_OUT]
    whole = [
        _part(_ABBREVIATED.get(word, _bare(word)), of_script)
        for word, of_script in (major if len(major) > 1 else there)
    ]
    return tuple(dict.fromkeys(whole))


def _bare(word: str) -> str:
    return _HONOUR.sub("", _ARTICLE.sub("", word))


def _letters(word: str) -> str:
    return "".join(one for one in anyascii(word).lower() if one.isalnum())


def _fold(plain: str, rules: Iterable[tuple[str, str]]) -> str:
    for one, to in rules:
        plain = plain.replace(one, to)
    return _REPEATED.sub(r"\1", plain.translate(_SOUNDS))


@lru_cache(maxsize=50_000)
def _splittings(name: Name) -> Sequence[Name]:
    """The name as it is, and with two neighbours written together."""
    joined = (
        (*name[:at], _together(name[at], name[at + 1]), *name[at + 2 :])
        for at in range(len(name) - 1)
        if not (name[at].is_initial or name[at + 1].is_initial)
    )
    return [name, *joined]


def _together(one: NamePart, other: NamePart) -> NamePart:
    joined = _part(one.plain + other.plain, one.is_vowelless or other.is_vowelless)
    both = frozenset(a + b for a in one.syllables for b in other.syllables)
    return replace(joined, syllables=both)


def _aligned(one: Name, other: Name) -> float:
    shorter, longer = sorted((one, other), key=len)
    pairs = sorted(
        ((part_likeness(a, b), i, k) for i, a in enumerate(shorter) for k, b in enumerate(longer)),
        reverse=True,
    )
    taken_of_shorter, taken_of_longer = set[int](), set[int]()
    found = list[float]()
    for alike, i, k in pairs:
        if i not in taken_of_shorter and k not in taken_of_longer:
            taken_of_shorter.add(i)
            taken_of_longer.add(k)
            found.append(alike)
    if len(found) == 1 < len(longer):
        return _LONELY * found[0]
    if len(found) > 2:
        return max(_mean(found), _ONE_DIFFERS * _mean(found[:-1]))
    return _mean(found)


def _mean(found: Sequence[float]) -> float:
    """The geometric mean: one part that is alike does not make up for one that is not."""
    return prod(found) ** (1 / len(found))


@lru_cache(maxsize=500_000)
def part_likeness(one: NamePart, other: NamePart) -> float:
    """How alike two parts of names are."""
    if one.plain == other.plain:
        return 1.0
    if one.is_initial or other.is_initial:
        return 0.8 if one.plain[0] == other.plain[0] else 0.0
    if not one.syllables.isdisjoint(other.syllables):
        return 0.95
    best = _similarity(one.plain, other.plain)
    of_native = 0.95 if one.is_vowelless != other.is_vowelless else None
    for a, b, bare, bare_other in zip(one.folds, other.folds, one.bones, other.bones, strict=True):
        best = max(best, 0.98 * _similarity(a, b))
        if of_native or min(len(bare), len(bare_other)) > 2:
            of_bones = of_native or (0.85 if len(bare) + len(bare_other) > 6 else 0.75)
            best = max(best, of_bones * _similarity(bare, bare_other))
    # Of short parts there are few that differ in more than a letter.
    return best if of_native else _SHORT.get(min(len(one.plain), len(other.plain)), 1.0) * best
