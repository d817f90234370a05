"""Check of the calendar server: it answers, lets the bot in, and has the calendar."""

from bot.caldav.server import AwayError, CalendarServer
from bot.check.finding import Finding, phrase
from bot.config import read_secret
from bot.config.settings import CaldavSettings

_MULTI_STATUS = 207
_REASONS = {401: "login", 403: "right", 404: "absent"}


async def check_calendar(caldav: CaldavSettings) -> Finding | None:
    """Find out whether meetings can be written where the settings say; None if they say nothing."""
    if not caldav.url or caldav.password_file is None:
        return None
    name = phrase("cli.check.calendar")
    password = read_secret(caldav.password_file)
    async with CalendarServer(caldav.url, caldav.user, password) as server:
        try:
            status = await server.status()
        except AwayError as error:
            detail = phrase("cli.check.calendar.silent", url=caldav.url, error=error)
            return Finding(name, detail, phrase("cli.check.calendar.silent.remedy"))
    if status == _MULTI_STATUS:
        return Finding(name, phrase("cli.check.calendar.good", url=caldav.url))
    reason = _REASONS.get(status, "other")
    detail = phrase(f"cli.check.calendar.{reason}", url=caldav.url, status=status)
    return Finding(name, detail, phrase(f"cli.check.calendar.{reason}.remedy"))
