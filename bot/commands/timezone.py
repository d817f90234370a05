"""``!timezone``: in which zone somebody reads and says the time."""

from zoneinfo import ZoneInfo

from bot.command import Command, Context, Gathering, Intent
from bot.errors import UserError
from bot.storage import member
from bot.when import find_zone

_LONGEST_GIVEN = 40


def parse(rest: str, _gathering: Gathering) -> ZoneInfo | None:
    """Return the zone of a city or an IANA name, or None to be told the present one."""
    given = rest.strip()
    if not given:
        return None
    zone = find_zone(given)
    if zone is None:
        raise UserError("timezone.unknown", given=given[:_LONGEST_GIVEN])
    return zone


async def run(context: Context, zone: ZoneInfo | None) -> None:
    """Note the zone, or say which one it is; either way with the time there, as a proof."""
    shown = zone or context.person.zone
    time = f"{context.now.astimezone(shown):%H:%M}"
    if zone is None:
        context.answer(context.text("timezone.shown", zone=shown.key, time=time))
        return
    await member.set_timezone(context.transaction, context.person.user_id, zone.key)
    context.confirm(context.text("timezone.set", zone=zone.key, time=time))


TIMEZONE: Command[ZoneInfo | None] = Command(
    noun="timezone",
    english=("timezone", "tz"),
    french=("fuseau",),
    intent=Intent.SETTLE,
    run=run,
    parse=parse,
    needs_zone=True,
    changes_preferences=True,
)
