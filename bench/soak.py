"""The command line of the soak; the exit code is 0 only where nothing was lost or doubled.

``python -m bench.soak --minutes 5 --database sqlite --faults 0.25 --seed 1``; with ``--mixed``
everything goes wrong that can, and what stands in the log and how memory grows count too.
"""

import asyncio
import sys

import click
from rich.console import Console

from bench.report import document, show
from bench.result import save
from bench.stage import GaveUpError
from bench.storm import Options, soak
from bench.subject import SUBJECTS
from bench.talk import Habits


@click.command()
@click.option("--minutes", default=5.0, show_default=True, help="How long members write.")
@click.option("--database", type=click.Choice(["sqlite", "postgres"]), default="sqlite")
@click.option("--faults", default=0.25, show_default=True, help="Share of requests that break.")
@click.option("--seed", default=1, show_default=True, help="Of words, kills and faults.")
@click.option("--bot", type=click.Choice(list(SUBJECTS)), default="compagnon")
@click.option("--pause", default=2.0, show_default=True, help="Of each member, mean seconds.")
@click.option("--settle", default=240.0, show_default=True, help="Longest wait for the rest, s.")
@click.option("--reminders/--no-reminders", default=True, help="Let members ask for reminders.")
@click.option("--encrypted", is_flag=True, help="Members have keys; every room is encrypted.")
@click.option("--mixed", is_flag=True, help="Every fault at once; plain and encrypted rooms.")
@click.option("--standby", is_flag=True, help="A second bot takes over at each kill (postgres).")
@click.option("--pings-only", is_flag=True, help="Nothing but !ping, for bots that know no more.")
@click.option("--keep", is_flag=True, help="Keep the directory with logs and databases.")
def main(
    *,
    minutes: float,
    database: str,
    faults: float,
    seed: int,
    bot: str,
    pause: float,
    settle: float,
    reminders: bool,
    encrypted: bool,
    mixed: bool,
    standby: bool,
    pings_only: bool,
    keep: bool,
) -> None:
    """Let members write while bot and homeserver are killed, then judge the rooms' history."""
    if standby and database != "postgres":
        raise click.UsageError("--standby needs --database postgres")
    habits = Habits(pause=pause)
    if pings_only:
        habits = Habits(pause=pause, share=0, search=0, edit=0, redact=0)
    options = Options(
        minutes=minutes,
        database=database,
        faults=faults,
        seed=seed,
        subject=bot,
        habits=habits,
        settle_seconds=settle,
        reminders=reminders and not pings_only,
        encrypted=encrypted,
        mixed=mixed,
        standby=standby,
        keep=keep,
    )
    console = Console()
    try:
        outcome = asyncio.run(soak(options))
    except GaveUpError as error:
        console.print(str(error), style="red", markup=False)
        sys.exit(1)
    show(console, outcome)
    console.print(f"Saved as {save('soak', document(outcome))}")
    sys.exit(0 if outcome.is_clean else 1)


if __name__ == "__main__":
    main()
