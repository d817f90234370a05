"""``!pause``: for a while, nothing from the bot that was not asked for."""

import re
from dataclasses import dataclass
from datetime import datetime

from bot.command import Command, Context, Gathering, Intent
from bot.errors import UserError
from bot.storage import member
from bot.text import fold
from bot.when import Moment, WhenError, long_date
from bot.when import parse as parse_when

_LONGEST_GIVEN = 40

_STOP = frozenset({"stop", "fin", "end", "off", "arret", "arrete", "arreter", "reprendre"})

_UNTIL = re.compile(r"(?:jusqu['’]?\s*(?:à|a|aux?)|until|till)\s+", re.IGNORECASE)
_FOR = re.compile(r"(?:pendant|pour|during|for)\s+", re.IGNORECASE)

_IN = {"fr": "dans", "en": "in"}
"""What makes the moment at which it is over out of a duration: "dans 2 semaines"."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A pause until a moment, its end at once (``is_stop``), or how it stands (neither)."""

    until: datetime | None = None
    is_stop: bool = False


def parse(rest: str, gathering: Gathering) -> Asked:
    """Return what is asked for; durations and dates are those of the date grammar."""
    given = rest.strip()
    if not given:
        return Asked()
    if fold(given) in _STOP:
        return Asked(is_stop=True)
    until = _until(given, gathering)
    if until is None:
        raise UserError("pause.wrong", given=given[:_LONGEST_GIVEN])
    return Asked(until=until)


def _until(given: str, gathering: Gathering) -> datetime | None:
    """Return the end of "2 semaines", "jusqu'à lundi", "until friday 9h"; None if it is none."""
    phrase = _FOR.sub("", given, count=1) if _FOR.match(given) else given
    own = gathering.person.language
    other = "en" if own == "fr" else "fr"
    tries = [(f"{_IN[language]} {phrase}", language) for language in (own, other)]
    dated = _UNTIL.sub("", given, count=1) if _UNTIL.match(given) else given
    tries.append((dated, own))
    for words, language in tries:
        try:
            when = parse_when(
                words, now=gathering.now, zone=gathering.person.zone, language=language
            )
        except WhenError:
            continue
        if isinstance(when, Moment) and when.start > gathering.now:
            return when.start
    return None


async def run(context: Context, asked: Asked) -> None:
    """Begin, end or show the pause of who asks."""
    user = context.person.user_id
    if asked.is_stop:
        await member.set_pause(context.transaction, user, None)
        context.confirm(context.text("pause.stopped"))
    elif asked.until is not None:
        await member.set_pause(context.transaction, user, asked.until)
        context.confirm(context.text("pause.until", date=_date(context, asked.until)))
    else:
        paused = (await member.get(context.transaction, user)).paused_until
        if paused is None or paused <= context.now:
            context.answer(context.text("pause.none"))
        else:
            context.answer(context.text("pause.shown", date=_date(context, paused)))


def _date(context: Context, moment: datetime) -> str:
    zone, language = context.person.zone, context.person.language
    return long_date(moment, zone=zone, language=language, with_zone=False, now=context.now)


PAUSE: Command[Asked] = Command(
    noun="pause",
    english=("pause",),
    french=("pause",),
    intent=Intent.QUIET,
    run=run,
    parse=parse,
    needs_zone=True,
    changes_preferences=True,
)
