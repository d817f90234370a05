"""The command line of the benchmark: ``python -m bench [PART …] [--quick]``.

Every bot is measured in the same run on the same homeserver. The exit code says nothing of goals:
it is 0 where everything could be measured.
"""

import asyncio
import functools
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict

import click
from rich.console import Console
from rich.table import Table

from bench.arena import arena
from bench.measure import Measure
from bench.part import (
    burst,
    ceiling,
    chatter,
    crowd,
    growth,
    kill,
    letter,
    newcomer,
    ping,
    reminders,
    reminders_synapse,
    sealed,
    search,
    search_quality,
    startup,
    university,
    waiting,
)
from bench.result import save
from bench.stage import GaveUpError
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
    "growth": growth.run,
    "letter": letter.run,
    "letter-postgres": functools.partial(letter.run, kind="postgres"),
    "newcomer": newcomer.run,
    "reminders": reminders.run,
    "reminders-synapse": reminders_synapse.run,
    "reminders-postgres": functools.partial(reminders.run, kind="postgres"),
    "sealed": sealed.run,
    "search": search.run,
    "search-quality": search_quality.run,
    "search-postgres": functools.partial(search.run, kind="postgres"),
    "search-million": functools.partial(search.run, count=1_000_000),
    "university": university.run,
    "search-million-postgres": functools.partial(search.run, kind="postgres", count=1_000_000),
}
"""Parts that bring what they need."""
NOT_BY_DEFAULT = frozenset(
    {
        *("growth", "letter", "letter-postgres", "newcomer", "sealed", "university"),
        *(
            "reminders-postgres",
            "reminders-synapse",
            "search-postgres",
            "search-million",
            "search-million-postgres",
        ),
    }
)
"""Parts that are run only where they are named: they take minutes."""
EVERY = (*IN_THE_ARENA, *ALONE)


@click.command()
@click.argument("parts", nargs=-1, type=click.Choice(EVERY))
@click.option("--quick", is_flag=True, help="Fewer rounds: seconds instead of minutes.")
@click.option("--bots", default="compagnon,nio,raw", show_default=True, help="By comma.")
@click.option("--keep", is_flag=True, help="Keep the directory with logs and databases.")
def main(*, parts: tuple[str, ...], quick: bool, bots: str, keep: bool) -> None:
    """Measure the bot beside the floor and a plain nio bot, and print goals with what was met."""
    subjects = [SUBJECTS[name] for name in bots.split(",")]
    run = _Run(subjects, Console(), quick=quick, keep=keep)
    asyncio.run(run.all(parts or tuple(name for name in EVERY if name not in NOT_BY_DEFAULT)))
    run.console.print(_table(run.measures, [subject.name for subject in subjects]))
    path = save("bench", [asdict(measure) for measure in run.measures])
    run.console.print(f"Saved as {path}")
    for failure in run.failures:
        run.console.print(f"Not measured: {failure}", style="red", markup=False)
    sys.exit(1 if run.failures else 0)


class _Run:
    """One run of some parts: what it measured, and what it could not."""

    def __init__(
        self, subjects: list[Subject], console: Console, *, quick: bool, keep: bool
    ) -> None:
        self.console = console
        self.measures: list[Measure] = []
        self.failures: list[str] = []
        self._subjects = subjects
        self._quick = quick
        self._keep = keep

    async def all(self, parts: tuple[str, ...]) -> None:
        """Run the parts, those that need a homeserver of their own first."""
        for name in parts:
            if name in ALONE:
                await self._measure(name, ALONE[name](self._subjects, quick=self._quick))
        together = [name for name in parts if name in IN_THE_ARENA]
        if together:
            async with arena(self._subjects, keep=self._keep) as place:
                for name in together:
                    await self._measure(name, IN_THE_ARENA[name](place, quick=self._quick))
                if self._keep:
                    self.console.print(f"Logs and databases: {place.stage.directory}")

    async def _measure(self, name: str, part: Awaitable[list[Measure]]) -> None:
        began = time.perf_counter()
        measures: list[Measure] = []
        try:
            measures = await part
        except GaveUpError as error:
            self.failures.append(f"{name}: {error}")
        self.console.print(f"{name}: {time.perf_counter() - began:.0f} s")
        # At once as well as in the table: whoever interrupts a long run keeps what it has shown.
        for each in measures:
            values = ", ".join(f"{bot} {_number(value)}" for bot, value in each.values.items())
            self.console.print(f"  {each.what} ({each.unit}): {values}", highlight=False)
        self.measures += measures


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
