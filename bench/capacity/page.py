"""The page of what was measured, and what follows from it: what breaks first, and at what size."""

import os
import platform
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import psutil

from bench.capacity import keeping, life, questions, upkeep
from bench.capacity.plans import LARGE, MOST_READ
from bench.capacity.steps import Figures, Step, StepResults
from bench.measuring import table

_GB, _MB = 1e9, 1e6
#: What a usual machine for a database has, for what follows.
_DISK, _MEMORY = 1e12, 64e9
#: A pass that is not done within a night.
_NIGHT = 8 * 3600.0
_SLOWEST, _LIMITS = 12, 12
_FARTHEST = 1e9


class _Limit(NamedTuple):
    """What ends where, by what was measured at two sizes."""

    size: float
    what: str
    follows: str


class _Measured(NamedTuple):
    """A world's size, and what was measured of it."""

    size: int
    results: StepResults

    def of(self, step: Step) -> Figures:
        found = self.results.of(step.name)
        if found is None:
            raise LookupError(step.name)
        return found


def write_page(
    file: Path, smaller: tuple[int, StepResults], larger: tuple[int, StepResults], inflated: int
) -> None:
    text = "\n\n".join(_parts(_Measured(*smaller), _Measured(*larger), inflated))
    file.write_text(f"{text}\n", encoding="utf-8")


def _parts(smaller: _Measured, it: _Measured, inflated: int) -> Iterator[str]:
    yield "# Capacity"
    yield (
        f"How much one primary carries: measured on {datetime.now(UTC):%d %B %Y} with **{it.size:,}"
        " whole applications** of two years (people sealed and linked, events, decisions, visas,"
        f" figures, account), {_machine()}. Each step was taken once, at low priority beside other"
        " work on the same cores: go by magnitudes. To repeat it, at any size:"
    )
    sizes = f"--smaller {smaller.size} --applications {it.size}"
    sizes += f" --inflated {inflated}" if inflated else ""
    yield (
        f"```sh\nmake bench ARGS='capacity {sizes}'\n"
        "make proof ARGS=scale   # the bounds, at 2 million and 10\n```"
    )
    yield (
        "What is finished is kept in `.tools/capacity`, so that it goes on where it was stopped;"
        " remove the folder afterwards. The size of the proof is in `CAPACITY_APPLICATIONS` and"
        " `CAPACITY_INFLATED`."
    )
    yield from _of_limits(smaller, it)
    yield from _of_work(it)
    yield from _of_bytes(it)
    yield from _of_passes(smaller, it)
    yield from _of_questions(it)
    yield from _of_a_case(it)
    yield from _of_a_life(it)
    if inflated > it.size:
        yield from _of_the_multiplied(it)


def _machine() -> str:
    file = Path("/proc/cpuinfo")
    said = file.read_text("utf-8") if file.exists() else ""
    model = said.partition("model name\t: ")[2].partition("\n")[0] or platform.processor()
    memory = psutil.virtual_memory().total / _GB
    return (
        f"on {os.cpu_count()} virtual cores ({model}) with {memory:.0f} GB of memory, Python"
        f" {platform.python_version()}, PostgreSQL with 2 GB of shared buffers and durable commits"
        " on the same machine"
    )


def _of_work(it: _Measured) -> Iterator[str]:
    yield "## Everything at once"
    rows = [
        (
            step.name,
            f"{found['rows']:,}",
            _seconds(found["seconds"]),
            f"{found['processor']:,.0f} s",
            f"{found['own_mb']:,.0f} MB",
            f"{found['server_mb']:,.0f} MB",
            f"{found['wal'] / _GB:,.2f} GB",
        )
        for step in (upkeep.LOAD, *upkeep.UPKEEP, keeping.LINK_A_DAY, keeping.SCREEN_A_DAY)
        for found in [it.of(step)]
    ]
    head = ("what", "rows", "took", "processor", "own memory", "PostgreSQL's", "WAL")
    yield table(head, rows)
    copy = it.of(upkeep.BACK_UP)
    listed = it.of(keeping.SCREEN_A_DAY)["entries"]
    yield (
        f"A whole copy of both databases (`pg_basebackup`, read and written nowhere) is"
        f" {copy['bytes'] / _GB:,.1f} GB and took {_seconds(copy['seconds'])}. Memory is the peak:"
        " of the process that works, and of PostgreSQL's processes beside what they share. The"
        " account takes up a whole world at once, which happens after a load alone. Files of"
        f" a day are a 730th; they are compared with {listed:,} entries of the ban"
        " list."
    )


def _of_bytes(it: _Measured) -> Iterator[str]:
    yield "## Bytes"
    groups = it.of(upkeep.WEIGH)["groups"]
    loaded = it.of(upkeep.LOAD)
    rows = [
        (name, *(f"{each / _GB:,.2f} GB" for each in of), f"{sum(of) / it.size:,.0f}")
        for name, of in groups.items()
    ]
    whole = [sum(column) for column in zip(*groups.values(), strict=True)]
    rows.append(
        ("all", *(f"{each / _GB:,.2f} GB" for each in whole), f"{sum(whole) / it.size:,.0f}")
    )
    yield table(("tables", "rows", "indexes", "bytes an application"), rows)
    yield (
        f"The load wrote {loaded['wal'] / it.size:,.0f} bytes of WAL for an application."
        " The log of reads, and documents' contents, come on top: nobody had read anybody yet."
    )


def _of_passes(smaller: _Measured, it: _Measured) -> Iterator[str]:
    yield "## Passes of the keeper"
    yield (
        "What waited after the load was done first. Then each looked again while nothing waited:"
        f" the median of five, with {smaller.size:,} and with {it.size:,} applications."
    )
    passes, fewer = (each.of(keeping.PASSES)["passes"] for each in (it, smaller))
    rows = [
        (
            f"`{name}`", f"{one['every']:,.0f} s", f"{one['rows']:,}", _seconds(one["waiting"]),
            f"{1000 * fewer[name]['idle']:,.1f} ms", f"{1000 * one['idle']:,.1f} ms",
        )
        for name, one in passes.items()
    ]  # fmt: skip
    yield table(("pass", "every", "what waited", "took", "a look, fewer", "a look"), rows)


def _of_questions(it: _Measured) -> Iterator[str]:
    yield "## Questions"
    found = it.of(questions.ASK)["asked"]
    walked = it.of(questions.WALK)
    yield (
        f"{len(found)} questions, all that the dashboard's screens send for each role and those of"
        " the peers' bench, through the gateway and under row rules, one after the other, figures"
        " with another version before each. Large is a table with more than"
        f" {LARGE:,} rows. "
        + _of_plans(found.values())
        + f" {len(walked['faults'])} of {walked['pages']} pages of lists and queues read more than"
        f" {walked['bound']:,} applications, and none more than {walked['read']:,}."
        f" The {_SLOWEST} slowest:"
    )
    yield _list_slowest(found)


def _of_plans(found: Any) -> str:
    found = list(found)
    faults = sum(bool(each["faults"]) for each in found)
    most = max(found, key=lambda each: each["read"])
    said = (
        f"The plans of {faults} scan a large table, or read or sort more than {MOST_READ:,} rows of"
        " one"
        if faults
        else f"No plan scans a large table, or reads or sorts more than {MOST_READ:,} rows of one"
    )
    return (
        f"{said}; the most that one statement read is {most['read']:,} rows"
        f"{' of `' + most['of'] + '`' if most['of'] else ''}."
    )


def _list_slowest(found: Mapping[str, Figures]) -> str:
    slowest = sorted(found.items(), key=lambda each: -each[1]["p50"])[:_SLOWEST]
    rows = [
        (
            name, f"{one['p50']:,.1f} ms", f"{one['p99']:,.1f} ms", f"{one['read']:,}",
            _worst(one["faults"]),
        )
        for name, one in slowest
    ]  # fmt: skip
    return table(("question", "p50", "p99", "rows of a large table", "against the rule"), rows)


def _worst(faults: Sequence[str]) -> str:
    """A scan and a sort say enough; else what is read."""
    worse = [each for each in faults if not each.startswith("reads")]
    said = sorted({each.partition(" ")[0] if "sorts" in each else each for each in worse})
    return ", ".join(said) or next(iter(faults), "-")


def _of_a_case(it: _Measured) -> Iterator[str]:
    yield "## What is asked of a case before a step"
    found = it.of(keeping.PRECONDITIONS)["asked"]
    yield f"Of open cases, as a supervisor, a round trip included. {_of_plans(found.values())}"
    rows = [
        (
            f"`viewer.{name}`", f"{one['p50']:,.2f} ms", f"{one['p99']:,.2f} ms",
            f"{one['read']:,}",
        )
        for name, one in sorted(found.items(), key=lambda each: -each[1]["p50"])
    ]  # fmt: skip
    yield table(("function", "p50", "p99", "rows of a large table"), rows)


def _of_a_life(it: _Measured) -> Iterator[str]:
    yield "## The life of an application"
    found = it.of(life.LIFE)
    rows = [
        (
            name, *(f"{one[part]:,.1f} ms" for part in ("gateway", "database", "wall")),
            f"{one['read']:,}",
        )
        for name, one in found["kinds"].items()
    ]  # fmt: skip
    yield table(
        ("change", "gateway's processor", "database's", "by the clock", "rows of a large table"),
        rows,
    )
    each = found["each"]
    disk = [each[name] for name in ("log_writes", "log_syncs", "page_writes") if name in each]
    cores = found["changes"] + found["keeper"]
    yield (
        f"{found['rows']} applications, one change after the other."
        f" {_of_plans(found['kinds'].values())} Together an application costs"
        f" **{1000 * found['changes']:,.0f} ms** of the processor, and the keeper's work for it"
        f" (figures, links, screening, notices, account) {1000 * found['keeper']:,.0f} ms: **"
        f"{10 * cores:,.1f} cores for 10 applications a second**, answers to whoever looks at them"
        f" not counted. It writes {each['records']:,.0f} bytes of WAL and {each['images']:,.0f} of"
        f" images of pages, in {each['commits']:,.1f} commits"
        + (
            f"; {sum(disk):,.0f} writes and syncs of the disk, a checkpoint after all of them"
            " included."
            if disk
            else "."
        )
    )


def _of_the_multiplied(it: _Measured) -> Iterator[str]:
    yield "## Among many more"
    added, walked = (it.of(step) for step in (upkeep.MULTIPLIED, questions.WALK_AGAIN))
    found = it.of(questions.ASK_AGAIN)["asked"]
    yield (
        f"Rows of closed applications alone, {added['each']:,.0f} bytes each, were copied until"
        f" there were {added['rows']:,} ({_seconds(added['seconds'])}); as many cases are open as"
        f" before. The same questions were asked again. {_of_plans(found.values())}"
        f" Pages of lists and queues read {walked['read']:,} applications at most. The slowest:"
    )
    yield _list_slowest(found)


def _of_limits(smaller: _Measured, it: _Measured) -> Iterator[str]:
    yield "## What breaks first"
    yield (
        "**Computed, not measured**: the line through what was measured at"
        f" {smaller.size:,} and at {it.size:,} applications, drawn on until it meets a bound. A"
        " night is eight hours; a machine has 64 GB of memory and 1 TB of disk. What is not listed"
        " did not grow, or ends beyond a thousand million."
    )
    limits = [each for each in sorted(_limits(smaller, it)) if each.size < _FARTHEST]
    yield table(
        ("at so many applications", "what", "measured"),
        [(_round(each.size), each.what, each.follows) for each in limits[:_LIMITS]],
    )
    asked = it.of(questions.ASK)["asked"]
    if slow := [(one["p50"], name) for name, one in asked.items() if one["faults"]]:
        worst, name = max(slow)
        yield (
            f"**Before all of these**, {len(slow)} of {len(asked)} questions already scan a large"
            f" table, or read or sort more than {MOST_READ:,} rows of one ([below](#questions));"
            f" the proof is red while they do. The slowest ({name}) takes"
            f" {worst:,.0f} ms at {it.size:,}, as measured."
        )


def _limits(smaller: _Measured, it: _Measured) -> Iterator[_Limit]:
    def meets(bound: float, before: float, now: float) -> float:
        grows = (now - before) / (it.size - smaller.size)
        return it.size + (bound - now) / grows if grows > 0 else _FARTHEST

    (rows, indexes), (rows_now, indexes_now) = map(_bytes_in_all, (smaller, it))
    whole, whole_now = rows + indexes, rows_now + indexes_now
    yield _Limit(
        meets(_DISK, whole, whole_now), "the disk is full",
        f"{whole / _GB:,.1f} and {whole_now / _GB:,.1f} GB",
    )  # fmt: skip
    yield _Limit(
        meets(_MEMORY, indexes, indexes_now), "indexes outgrow the memory",
        f"{indexes / _GB:,.1f} and {indexes_now / _GB:,.1f} GB",
    )  # fmt: skip
    for step in upkeep.UPKEEP:
        before, now = smaller.of(step), it.of(step)
        yield _Limit(
            meets(_NIGHT, before["processor"], now["processor"]),
            f"{step.name}: not within a night",
            f"{before['processor']:,.0f} and {now['processor']:,.0f} s of the processor",
        )
        for of, which in (("grown_mb", "its own"), ("server_mb", "PostgreSQL's")):
            yield _Limit(
                meets(_MEMORY / 2**20, before[of], now[of]),
                f"{step.name}: {which} memory is spent",
                f"{before[of]:,.0f} and {now[of]:,.0f} MB",
            )
    before, now = (one.of(keeping.PASSES)["passes"] for one in (smaller, it))
    for name, one in now.items():
        looks = before[name]["idle"], one["idle"]
        yield _Limit(
            meets(one["every"], *looks), f"`{name}`: a look takes longer than its interval",
            " and ".join(f"{1000 * look:,.1f}" for look in looks) + " ms",
        )  # fmt: skip


def _bytes_in_all(of: _Measured) -> tuple[float, float]:
    """Of rows, and of indexes."""
    groups = of.of(upkeep.WEIGH)["groups"].values()
    return sum(each[0] for each in groups), sum(each[1] for each in groups)


def _seconds(seconds: float) -> str:
    return f"{seconds / 60:,.1f} min" if seconds >= 120 else f"{seconds:,.1f} s"


def _round(size: float) -> str:
    """Two digits are all that is known."""
    digits = len(str(int(size))) - 2
    return f"{round(size, -digits):,.0f}"
