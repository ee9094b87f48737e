"""``python -m bench``: lists the benches, and runs the one that is named."""

from pathlib import Path
from typing import Any

import click

from bench import (
    account,
    alerts,
    capacity,
    demo,
    documents,
    driver,
    flood,
    hidden,
    intake,
    lists,
    load,
    machines,
    page,
    partitions,
    peers,
    people,
    queues,
    replay,
    saturated,
    screening,
    seal,
    sockets,
    vault,
    visiting,
    volumes,
    walk,
    walls,
    webhooks,
    writes,
)
from bench.measuring import go_first
from bench.peers.cells import CELLS, choose_cells
from gateway.cli.serving import run_on_fastest_loop

applications = click.option("--applications", default=20_000, show_default=True, help="World size.")
rounds = click.option("--rounds", default=7, show_default=True, help="Medians over so many.")

_first = click.option(
    "--first", is_flag=True, help="Run all before anything else on the machine, if that is allowed."
)


def go_first_if(first: bool) -> None:
    """Run before all others of the machine, where that is asked for."""
    if first and not go_first():
        raise click.ClickException("only root may run before others")


@click.group(no_args_is_help=False, invoke_without_command=True)
@click.pass_context
def bench(context: click.Context) -> None:
    """What things cost, each compared with a peer: medians over alternating rounds."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


@bench.command("peers")
@click.option(
    "--questions", multiple=True, type=click.Choice(sorted({each.name for each in CELLS}))
)
@click.option("--connections", multiple=True, type=int, help="Only cells with so many.")
@click.option("--processes", multiple=True, type=int, help="Only cells with so many.")
@click.option("--applications", multiple=True, type=int, help="Only worlds of this size.")
@click.option("--rounds", default=5, show_default=True, help="Medians over so many.")
@click.option(
    "--results", type=click.Path(path_type=Path), default=peers.RESULTS, show_default=True
)
@click.option("--anew", is_flag=True, help="Measure finished cells again.")
@click.option("--short", is_flag=True, help="Only compare the answers, on a small world.")
@_first
def _peers(
    questions: tuple[str, ...],
    connections: tuple[int, ...],
    processes: tuple[int, ...],
    applications: tuple[int, ...],
    rounds: int,
    results: Path,
    anew: bool,
    short: bool,
    first: bool,
) -> None:
    """The gateway over HTTP beside fast gateways, and beside a plain one in Python.

    The figures of finished cells are kept in a file, so that a run can be resumed, and printed
    again.
    """
    if short:
        run_on_fastest_loop(peers.compare_answers(2_000))
        return
    if anew:
        results.unlink(missing_ok=True)
    go_first_if(first)
    cells = list(choose_cells(questions, connections, processes, applications))
    run_on_fastest_loop(peers.measure(cells, rounds, results))


@bench.command("lists")
@click.option("--applications", default=1_000_000, show_default=True, help="World size.")
@click.option("--triples", default=100, show_default=True, help="Of each viewer.")
@click.option("--viewer", "viewers", multiple=True, help="Only this one.")
def _lists(applications: int, triples: int, viewers: tuple[str, ...]) -> None:
    """Lists narrowed by every pair of filters, and by random triples, beside a single row."""
    run_on_fastest_loop(lists.measure(applications, triples, viewers))


@bench.command("hidden")
@applications
@click.option("--times", default=2_000, show_default=True, help="How often each is asked for.")
@_first
def _hidden(applications: int, times: int, first: bool) -> None:
    """Whether time tells what is hidden from what is not there, with a control."""
    go_first_if(first)
    run_on_fastest_loop(hidden.measure(applications, times))


@bench.command("flood")
@applications
@click.option("--rounds", default=3, show_default=True, help="Medians over so many.")
@_first
def _flood(applications: int, rounds: int, first: bool) -> None:
    """Leadership's times beside large documents of somebody without an account."""
    go_first_if(first)
    run_on_fastest_loop(flood.measure(applications, rounds))


@bench.command("sockets")
@click.option("--applications", default=1_000, show_default=True, help="World size.")
@click.option("--sockets", "numbers", multiple=True, type=int, default=(1, 100), show_default=True)
@_first
def _sockets(applications: int, numbers: tuple[int, ...], first: bool) -> None:
    """One change told to many sockets, of those it concerns and of others."""
    go_first_if(first)
    run_on_fastest_loop(sockets.measure(applications, numbers))


@bench.command("writes")
@applications
@rounds
@click.option(
    "--beside",
    type=click.Path(exists=True, file_okay=False, resolve_path=True, path_type=Path),
    help="The folder of another revision, whose submissions are made in turns with ours.",
)
def _writes(applications: int, rounds: int, beside: Path | None) -> None:
    """What a submission costs, a correction, a case that is taken, and a decision."""
    writes.measure(applications, rounds, beside)


@bench.command("documents")
@click.option("--applications", default=2_000, show_default=True, help="World size.")
@click.option("--kilobytes", default=1_000, show_default=True, help="Size of a document.")
@rounds
def _documents(applications: int, kilobytes: int, rounds: int) -> None:
    """A submission with two documents, and a scan that is opened, beside the bytes alone."""
    run_on_fastest_loop(documents.measure(applications, kilobytes, rounds))


@bench.command("walk")
@click.option(
    "--show", type=click.Choice(walk.OPERATIONS), help="Follow it alone, and list its functions."
)
def _walk(show: str | None) -> None:
    """The files and functions of ours that an operation runs, and the switches between files."""
    run_on_fastest_loop(walk.measure(show))


@bench.command("load")
@click.option(
    "--applications",
    multiple=True,
    default=(20_000, 100_000),
    show_default=True,
    help="World size; give it several times. A million takes minutes.",
)
@click.option("--rounds", default=3, show_default=True)
def _load(applications: tuple[int, ...], rounds: int) -> None:
    """How long a synthetic world takes to make and load, and what indexes of lists cost."""
    run_on_fastest_loop(load.measure(applications, rounds))


@bench.command("partitions")
@click.option("--entries", default=600_000, show_default=True, help="How many reads there are.")
@rounds
def _partitions(entries: int, rounds: int) -> None:
    """Ten years of the log of reads, and of events, in one table and in partitions."""
    run_on_fastest_loop(partitions.measure(entries, rounds))


@bench.command("account")
@applications
@click.option("--entries", default=200_000, show_default=True, help="Reads in the log.")
@rounds
def _account(applications: int, entries: int, rounds: int) -> None:
    """A page with identity with and without the account, and entries integrated and verified."""
    run_on_fastest_loop(account.measure(applications, entries, rounds))


@bench.command("screening")
@click.option("--entries", default=100_000, show_default=True, help="How long the ban list is.")
@click.option("--files", default=4_000, show_default=True, help="How many are compared with it.")
def _screening(entries: int, files: int) -> None:
    """Spellings that are found, the share of candidates, and files compared in a second."""
    screening.measure(entries, files)


@bench.command("replay")
@applications
@click.option("--files", default=1_000, show_default=True, help="How many are screened.")
def _replay(applications: int, files: int) -> None:
    """A replay of screening, beside the same people screened one by one and in batches."""
    run_on_fastest_loop(replay.measure(applications, files))


@bench.command("webhooks")
@click.option("--endpoints", default=4, show_default=True, help="How many take what they are sent.")
@click.option("--cases", default=20_000, show_default=True, help="Of how many they tell.")
@click.option("--backlog", default=20_000, show_default=True, help="How many notices wait.")
@click.option("--a-second", default=100, show_default=True, help="How many are written steadily.")
@click.option("--answers-after", default=0.0, show_default=True, help="Seconds, of an endpoint.")
def _webhooks(**given: Any) -> None:
    """How fast notices leave, beside an endpoint that is dead."""
    run_on_fastest_loop(webhooks.measure(webhooks.Size(**given)))


@bench.command("alerts")
@click.option("--rounds", default=50, show_default=True, help="How many alerts.")
def _alerts(rounds: int) -> None:
    """From a mutation until somebody else receives its alert."""
    run_on_fastest_loop(alerts.measure(rounds))


@bench.command("demo")
@applications
@click.option("--rounds", default=3, show_default=True, help="Median over so many.")
def _demo(applications: int, rounds: int) -> None:
    """The demo from nothing to its checked answer, the first time and later."""
    demo.measure(applications, rounds)


@bench.command("visiting")
@click.option("--applications", default=100_000, show_default=True, help="World size.")
@click.option("--rounds", default=9, show_default=True, help="Medians over so many.")
@click.option("--beside", metavar="URL", help="The dashboard of another demo, visited in turns.")
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    help="A folder that keeps the world, or has one already: a million take minutes to load.",
)
def _visiting(applications: int, rounds: int, beside: str | None, data: Path | None) -> None:
    """The page in a browser, from a click until all is drawn."""
    visiting.measure(applications, rounds, beside, data)


@bench.command("queues")
@click.option("--waiting", default=10_000, show_default=True, help="How many wait in each queue.")
@rounds
def _queues(waiting: int, rounds: int) -> None:
    """The pages Supervision and Screening in a browser while very much waits."""
    queues.measure(waiting, rounds)


#: Each in a world of its own, over some rounds, and what it measures.
_COMPARED = (
    (driver, "A small read in a transaction of its own, with a role and a viewer's context."),
    (page, "A page of 50 applications with linked rows, by the gateway and by the bare driver."),
    (
        machines,
        "What a replica takes over, how many gateways a database feeds, and what distance costs.",
    ),
    (volumes, "Figures from rollups and from raw rows; verifying and rebuilding them."),
    (saturated, "What the dashboard's questions read once every cell has figures in every month."),
    (walls, "Questions with and without row rules in the database."),
    (seal, "What it costs the database to know who asks, with more and more tables."),
    (intake, "Applications handed in one by one and in batches, beside a bare COPY of their rows."),
    (
        vault,
        "A page of people opened, beside a plain one, and a world loaded with its people sealed.",
    ),
    (people, "A look-up of a person, and from a new entry of the ban list to its hits."),
)


def _compare(module: Any, text: str) -> None:
    @bench.command(module.__name__.rpartition(".")[2], help=text)
    @applications
    @rounds
    def command(applications: int, rounds: int) -> None:
        run_on_fastest_loop(module.measure(applications, rounds))


for _module, _text in _COMPARED:
    _compare(_module, _text)
bench.add_command(capacity.command, "capacity")


if __name__ == "__main__":
    bench(prog_name="python -m bench")
