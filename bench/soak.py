"""The command line of the soak; the exit code is 0 only where nothing was lost or doubled.

``python -m bench.soak --minutes 5 --database sqlite --faults 0.25 --seed 1``
"""

import asyncio
import sys
from dataclasses import asdict

import click
from rich.console import Console
from rich.table import Table

from bench.result import save
from bench.stage import GaveUpError
from bench.storm import Options, Outcome, soak
from bench.subject import SUBJECTS
from bench.talk import Habits
from bench.verdict import Flaw

SHOWN = 12
"""Findings that are printed; the file has all of them."""


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
        standby=standby,
        keep=keep,
    )
    console = Console()
    try:
        outcome = asyncio.run(soak(options))
    except GaveUpError as error:
        console.print(str(error), style="red", markup=False)
        sys.exit(1)
    _print(console, outcome)
    console.print(f"Saved as {save('soak', _document(outcome))}")
    sys.exit(0 if outcome.is_clean else 1)


def _print(console: Console, outcome: Outcome) -> None:
    options, verdict, keeper = outcome.options, outcome.verdict, outcome.keeper
    table = Table(
        title=f"Soak of {options.minutes:g} min, {options.subject} on {options.database}, "
        f"{options.faults:.0%} of requests broken, seed {options.seed}"
        f"{', encrypted' if options.encrypted else ''}"
    )
    table.add_column("What")
    table.add_column("Count", justify="right")
    counts: dict[str, int] = {
        "commands": verdict.commands,
        "answered": verdict.answered,
        "taken back by their author": verdict.withdrawn,
        "reminders due": verdict.reminders_due,
        "reminders delivered": verdict.reminders_delivered,
        "unasked messages": verdict.unasked,
        "seconds until it was in every room": round(outcome.join_seconds),
        "kills of the bot": keeper.bot_kills,
        "kills of the homeserver": keeper.homeserver_kills,
        "requests": outcome.proxy.requests,
        "broken requests": outcome.proxy.counts.total(),
    }
    for what, count in counts.items():
        table.add_row(what, str(count))
    table.add_section()
    for flaw in Flaw:
        count = verdict.count(flaw)
        table.add_row(flaw.value, f"[{'red' if count else 'green'}]{count}[/]")
    endings = len(keeper.endings)
    table.add_row("ended by itself", f"[{'red' if endings else 'green'}]{endings}[/]")
    console.print(table)
    for finding in verdict.findings[:SHOWN]:
        where = f"{finding.room_id} {finding.event_id}"
        console.print(f"{finding.flaw.value}: {where} {finding.detail}", markup=False)
    if keeper.endings:
        console.print(f"Exit codes where nobody had killed it: {keeper.endings}")
    if options.keep:
        console.print(f"Logs and databases: {outcome.directory}")


def _document(outcome: Outcome) -> dict[str, object]:
    verdict = outcome.verdict
    findings = [asdict(finding) | {"flaw": finding.flaw.value} for finding in verdict.findings]
    return {
        "options": asdict(outcome.options),
        "commands": verdict.commands,
        "answered": verdict.answered,
        "withdrawn": verdict.withdrawn,
        "reminders_due": verdict.reminders_due,
        "reminders_delivered": verdict.reminders_delivered,
        "unasked": verdict.unasked,
        "join_seconds": outcome.join_seconds,
        "bot_kills": outcome.keeper.bot_kills,
        "homeserver_kills": outcome.keeper.homeserver_kills,
        "endings": outcome.keeper.endings,
        "requests": outcome.proxy.requests,
        "faults": {fault.value: count for fault, count in outcome.proxy.counts.items()},
        "findings": findings,
    }


if __name__ == "__main__":
    main()
