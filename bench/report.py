"""What a soak prints, and what it saves."""

from dataclasses import asdict

from rich.console import Console
from rich.table import Table

from bench.logbook import shown
from bench.storm import Outcome
from bench.verdict import Flaw

SHOWN = 12
"""Findings that are printed; the file has all of them."""


def show(console: Console, outcome: Outcome) -> None:
    """Print the table, the findings, and where the logs are if they were kept."""
    console.print(_table(outcome))
    for finding in outcome.verdict.findings[:SHOWN]:
        where = f"{finding.room_id} {finding.event_id}"
        console.print(f"{finding.flaw.value}: {where} {finding.detail}", markup=False)
    if outcome.keeper.endings:
        console.print(f"Exit codes where nobody had killed it: {outcome.keeper.endings}")
    for block in outcome.unexpected[:SHOWN]:
        console.print(f"In the log: {shown(block)}", markup=False, style="red")
    if outcome.options.mixed:
        told = ", ".join(f"{name} {count}" for name, count in outcome.happenings.most_common())
        console.print(f"Warnings and errors in the log: {told}", markup=False)
        met = outcome.proxy.counts.most_common()
        broken = ", ".join(f"{fault.value} {count}" for fault, count in met)
        console.print(f"Broken requests: {broken}", markup=False)
    if outcome.options.keep:
        console.print(f"Logs and databases: {outcome.directory}")
    console.print("CLEAN" if outcome.is_clean else "NOT CLEAN", style="bold")


def document(outcome: Outcome) -> dict[str, object]:
    """Return what is saved of a soak: all that is printed, and all findings."""
    verdict, keeper, memory = outcome.verdict, outcome.keeper, outcome.memory
    findings = [asdict(finding) | {"flaw": finding.flaw.value} for finding in verdict.findings]
    return {
        "options": asdict(outcome.options),
        "is_clean": outcome.is_clean,
        "commands": verdict.commands,
        "answered": verdict.answered,
        "withdrawn": verdict.withdrawn,
        "reminders_due": verdict.reminders_due,
        "reminders_delivered": verdict.reminders_delivered,
        "unasked": verdict.unasked,
        "join_seconds": outcome.join_seconds,
        "bot_kills": keeper.bot_kills,
        "homeserver_kills": keeper.homeserver_kills,
        "freezes": keeper.freezes,
        "disturbances": keeper.disturbances,
        "endings": keeper.endings,
        "requests": outcome.proxy.requests,
        "faults": {fault.value: count for fault, count in outcome.proxy.counts.items()},
        "findings": findings,
        "unexpected": outcome.unexpected,
        "happenings": dict(outcome.happenings),
        "memory": {
            "early_and_late_mb": memory.early_and_late,
            "mb_per_minute": memory.growth,
            "lives": [life.samples for life in memory.lives],
        },
    }


def _table(outcome: Outcome) -> Table:
    options, keeper = outcome.options, outcome.keeper
    rooms = ", plain and encrypted" if options.mixed else ", encrypted" * options.encrypted
    table = Table(
        title=f"Soak of {options.minutes:g} min, {options.subject} on {options.database}, "
        f"{options.faults:.0%} of requests broken, seed {options.seed}{rooms}"
    )
    table.add_column("What")
    table.add_column("Count", justify="right")
    for what, count in _counts(outcome).items():
        table.add_row(what, str(count))
    table.add_section()
    for flaw in Flaw:
        table.add_row(flaw.value, _judged(outcome.verdict.count(flaw)))
    table.add_row("ended by itself", _judged(len(keeper.endings)))
    if options.mixed:
        table.add_row("unexpected in the log", _judged(len(outcome.unexpected)))
        table.add_section()
        memory, pair = outcome.memory, outcome.memory.early_and_late
        colour = "green" if memory.is_flat else "red"
        at_equal_age = f"{pair[0]:.1f}, {pair[1]:.1f}" if pair else "too few lives"
        table.add_row("MB at equal age, first and last third", f"[{colour}]{at_equal_age}[/]")
        within = "no long life" if memory.growth is None else f"{memory.growth:+.2f}"
        table.add_row("MB a minute within long lives", f"[{colour}]{within}[/]")
    return table


def _counts(outcome: Outcome) -> dict[str, int]:
    verdict, keeper, options = outcome.verdict, outcome.keeper, outcome.options
    counts = {
        "commands": verdict.commands,
        "answered": verdict.answered,
        "taken back by their author": verdict.withdrawn,
        "reminders due": verdict.reminders_due,
        "reminders delivered": verdict.reminders_delivered,
        "unasked messages": verdict.unasked,
        "seconds until it was in every room": round(outcome.join_seconds),
        "kills of the bot": keeper.bot_kills,
        "kills of the homeserver": keeper.homeserver_kills,
    }
    if options.mixed:
        trouble = "locks" if options.database == "sqlite" else "restarts"
        counts["either frozen for some seconds"] = keeper.freezes
        counts[f"{trouble} of the database"] = keeper.disturbances
    requests = {
        "requests": outcome.proxy.requests,
        "broken requests": outcome.proxy.counts.total(),
    }
    return counts | requests


def _judged(count: int) -> str:
    return f"[{'red' if count else 'green'}]{count}[/]"
