"""First step: of which newcomers the animators should hear, because nothing came from them."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.i18n import Catalogue
from bot.ids import RoomId, UserId
from bot.pseudonym import Pseudonyms
from bot.services.newcomer import PSEUDONYM
from bot.services.outgoing import Outgoing
from bot.storage import due, newcomer
from bot.storage.due import Due
from bot.storage.transaction import Transaction
from bot.text import Link, render

KIND = "newcomer_silence"
"""Kind of what falls due when newcomers of a room should have taken a first step."""

LATER_KIND = "newcomer_step"
"""Kind of what falls due when it is looked for a last time, for the numbers alone."""

LATER = timedelta(days=14)
"""A first step within this time is one, as the measures of a healthy community have it."""

MOST_NAMED = 20
"""Newcomers named in one alert; of a crowd the animators hear how many there are."""


async def plan(transaction: Transaction, room: RoomId, now: datetime, after: timedelta) -> None:
    """Look ``after`` a while at what those do who are greeted ``now``."""
    await due.plan_once(transaction, Due(KIND, room, now.isoformat(), now + after))
    await due.plan_once(transaction, Due(LATER_KIND, room, now.isoformat(), now + LATER))


async def report(
    transaction: Transaction,
    outgoing: Outgoing,
    item: Due,
    words: Catalogue,
    language: str,
    animators_room: RoomId | None,
) -> bool:
    """Tell the animators who was greeted and took no step since; return False if there is nobody.

    Afterwards nobody's name is kept: a pseudonym is enough to know who comes back.
    """
    room = RoomId(item.reference)
    greeted_at = datetime.fromisoformat(item.occurrence)
    greeted = await newcomer.named(transaction, room, greeted_at)
    users = [one.user_id for one in greeted if one.user_id is not None]
    since = min((one.came_at for one in greeted if one.came_at), default=greeted_at)
    stepped = await newcomer.stepped_since(transaction, users, since)
    silent = [user for user in users if user not in stepped]
    await newcomer.note_steps(transaction, room, stepped)
    await newcomer.unname(transaction, room, greeted_at)
    if not silent or animators_room is None:
        return False
    template = words.text("alert.newcomer_silent", language, n=len(silent))
    names = _named(silent, words, language)
    place = Link(f"https://matrix.to/#/{room}", room)
    outgoing.say(animators_room, render(template, {"names": names, "room": place}))
    return True


async def note_later(transaction: Transaction, item: Due, pseudonyms: Pseudonyms) -> bool:
    """Note who took a first step by now; nobody is named: a pseudonym is found by who spoke since.

    Return False if there is nobody to look for.
    """
    room, greeted_at = RoomId(item.reference), datetime.fromisoformat(item.occurrence)
    silent = await newcomer.silent_since(transaction, room, greeted_at - LATER, greeted_at)
    came = [one.came_at for one in silent if one.came_at is not None]
    if not came:
        return False
    heard = {
        pseudonyms.of(PSEUDONYM, room, user): at
        for user, at in (await newcomer.last_heard(transaction, min(came))).items()
    }
    for one in silent:
        at = heard.get(one.person)
        if at is not None and one.came_at is not None and at >= one.came_at:
            await newcomer.save(transaction, replace(one, has_stepped=True))
    return True


def _named(users: list[UserId], words: Catalogue, language: str) -> object:
    """Return their ids, which nobody can imitate; nobody is mentioned, and no room of theirs."""
    shown = ", ".join(users[:MOST_NAMED])
    others = len(users) - MOST_NAMED
    if others <= 0:
        return shown
    template = words.text("welcome.names.others", language, n=others)
    return render(template, {"names": shown, "n": others})
