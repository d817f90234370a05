"""``!stats``: animators see how their community is doing, in numbers and a picture."""

import asyncio
from dataclasses import dataclass

from bot.command import Access, Command, Context, Gathering, Intent
from bot.errors import UserError
from bot.ids import RoomId, UserId
from bot.services import chart, setting, stats
from bot.services.attachment import Attachment
from bot.services.stats import FEWEST, PERIOD, Health, Measure
from bot.storage import room
from bot.text import bullets, fold, paragraphs

_EXPORT = frozenset({"export", "exporte", "csv", "export csv", "exporte csv"})


@dataclass(frozen=True, slots=True)
class Found:
    """The measures, the rooms they are about, and the picture where there is something to see."""

    health: Health
    rooms: int
    picture: bytes | None


def parse(rest: str, _gathering: Gathering) -> bool:
    """Return whether a table is wanted instead of a message."""
    words = fold(" ".join(rest.split()))
    if words and words not in _EXPORT:
        raise UserError("stats.not_understood")
    return bool(words)


async def gather(gathering: Gathering, is_export: bool) -> Found:
    """Read the measures of the rooms in which the person is an animator."""
    rooms = await _rooms(gathering)
    reader, now, zone = gathering.reader, gathering.now, gathering.person.zone
    members: set[UserId] = set()
    for name in rooms:
        members.update(await reader.members_of(name))
    async with gathering.database.read() as snapshot:
        health = await stats.read(snapshot, rooms, sorted(members), now, zone)
    picture = None
    if health.weeks.is_worth_a_look and not is_export:
        language = gathering.person.language
        title = gathering.words.text("letter.chart.title", language)
        few = gathering.words.text("stats.few", language)
        labels = [f"{start.day}/{start.month:02}" for start in health.weeks.starts]
        values = [FEWEST - 1 if 0 < value < FEWEST else value for value in health.weeks.values]
        shown = [few if 0 < value < FEWEST else str(value) for value in health.weeks.values]
        picture = await asyncio.to_thread(chart.png, chart.svg(title, labels, values, shown))
    return Found(health, len(rooms), picture)


async def _rooms(gathering: Gathering) -> list[RoomId]:
    """Return the rooms that are counted: no rooms of two, none that was replaced, none of trust."""
    async with gathering.database.read() as snapshot:
        known = await room.load(snapshot)
        trusted = await setting.trusted(snapshot)
    counted = [
        name
        for name, item in sorted(known.items())
        if not item.is_pair and not item.is_trio and not item.replaced_by and name not in trusted
    ]
    rooms = [name for name in counted if await gathering.animates(name)]
    if not rooms:
        raise UserError("error.permission_animator")
    return rooms


async def run(context: Context, is_export: bool) -> None:
    """Show the numbers and the picture, or send the table."""
    found = context.facts
    assert isinstance(found, Found)  # noqa: S101  as gather returned it
    if is_export:
        data = stats.to_csv(found.health, context.now)
        name = context.text("stats.file").body
        caption = context.text("stats.caption")
        context.attach(Attachment(name, "text/csv", data, caption=caption))
        return
    lines = [
        context.text(f"stats.measure.{each.noun}", value=_shown(context, each))
        for each in found.health.measures
    ]
    days = PERIOD.days
    heading = context.text("stats.heading", n=found.rooms, days=days)
    foot = context.text("stats.foot")
    context.answer(paragraphs([heading, bullets(lines), foot]))
    if found.picture is not None:
        context.attach(_picture(context, found.health, found.picture))


def _shown(context: Context, each: Measure) -> str:
    if each.is_nothing:
        return context.text("stats.nothing").body
    if each.is_few and each.basis is None:
        return context.text("stats.few").body
    if each.is_few or each.tells_few:
        return context.text("stats.hidden").body
    if each.basis is not None:
        return context.text("stats.hours", n=each.value).body
    return str(each.value)


def _picture(context: Context, health: Health, data: bytes) -> Attachment:
    counted = [_shown(context, Measure("", value)) for value in health.weeks.values]
    return Attachment(
        name=context.text("letter.chart.name").body,
        mimetype="image/png",
        data=data,
        caption=context.text("letter.chart.caption", numbers=", ".join(counted), n=len(counted)),
        width=chart.WIDTH,
        height=chart.HEIGHT,
    )


STATS: Command[bool] = Command(
    noun="stats",
    english=("stats",),
    french=("bilan", "statistiques"),
    intent=Intent.ANIMATE,
    run=run,
    parse=parse,
    access=Access.ANIMATOR,
    guards_itself=True,
    gather=gather,
    needs_zone=True,
    only_answers=True,
)
