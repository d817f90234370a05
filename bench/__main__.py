"""The command line of the benchmark: ``python -m bench [PART …] [--quick]``.

Every bot is measured in the same run on the same homeserver. The exit code says nothing of goals:
it is 0 where everything could be measured.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict

import click
from rich.console import Console
from rich.table import Table

from bench.arena import Arena, arena
from bench.measure import Measure
from bench.part import burst, ceiling, chatter, crowd, kill, ping, search, startup, waiting
from bench.result import save
from bench.subject import SUBJECTS, Subject

IN_THE_ARENA = {
    "ping": ping.run,
    "burst": burst.run,
    "kill": kill.run,
    "waiting": waiting.run,
    "startup": startup.run,
    "chatter": chatter.run,
}
"""Parts that need a homeserver with members and the bots side by side."""
ALONE: dict[str, Callable[..., Awaitable[list[Measure]]]] = {
    "ceiling": ceiling.run,
    "crowd": crowd.run,
    "search": search.run,
}
"""Parts that bring what they need."""


@click.command()
@click.argument("parts", nargs=-1, type=click.Choice([*IN_THE_ARENA, *ALONE]))
@click.option("--quick", is_flag=True, help="Fewer rounds: seconds instead of minutes.")
@click.option("--bots", default="compagnon,nio,raw", show_default=True, help="By comma.")
@click.option("--keep", is_flag=True, help="Keep the directory with logs and databases.")
def main(*, parts: tuple[str, ...], quick: bool, bots: str, keep: bool) -> None:
    """Measure the bot beside the floor and a plain nio bot, and print goals with what was met."""
    subjects = [SUBJECTS[name] for name in bots.split(",")]
    chosen = parts or (*IN_THE_ARENA, *ALONE)
    console = Console()
    measures = asyncio.run(_run(subjects, chosen, quick=quick, keep=keep, console=console))
    console.print(_table(measures, [subject.name for subject in subjects]))
    console.print(f"Saved as {save('bench', [asdict(measure) for measure in measures])}")


async def _run(
    subjects: list[Subject], parts: tuple[str, ...], *, quick: bool, keep: bool, console: Console
) -> list[Measure]:
    measures: list[Measure] = []
    for name in parts:
        if name in ALONE:
            console.print(f"… {name}")
            measures += await ALONE[name](subjects, quick=quick)
    together = [name for name in parts if name in IN_THE_ARENA]
    if together:
        async with arena(subjects, keep=keep) as place:
            measures += await _together(place, together, quick=quick, console=console)
    return measures


async def _together(
    place: Arena, parts: list[str], *, quick: bool, console: Console
) -> list[Measure]:
    measures: list[Measure] = []
    for name in parts:
        console.print(f"… {name}")
        measures += await IN_THE_ARENA[name](place, quick=quick)
    return measures


def _table(measures: list[Measure], names: list[str]) -> Table:
    table = Table(title="Beside the raw floor and a plain nio bot, on one homeserver")
    for column in ("Part", "Measure", "Unit", *names, "Goal", "Met"):
        table.add_column(column, justify="right" if column in names else "left")
    part = ""
    for measure in measures:
        if part not in {"", measure.part}:
            table.add_section()
        part = measure.part
        numbers = [_number(measure.values.get(name)) for name in names]
        met = {True: "[green]yes[/]", False: "[red]no[/]", None: ""}[measure.is_met]
        table.add_row(measure.part, measure.what, measure.unit, *numbers, measure.goal, met)
    return table


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


if __name__ == "__main__":
    main()
