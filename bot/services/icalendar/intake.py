"""Intake: a calendar file is taken in a portion at a time, so that others need not wait for it."""

import json
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.ids import EventId, RoomId, UserId
from bot.services.icalendar import importing
from bot.services.icalendar.importing import Hand
from bot.services.icalendar.moment import Time
from bot.services.icalendar.reading import Found
from bot.services.meeting.entry import Origin
from bot.storage import draft, due
from bot.storage.due import Due
from bot.storage.transaction import Transaction

KIND = "meeting_import"
"""Kind of what falls due: the next portion of a file."""

PORTION = 10
"""Meetings taken in by one transaction: 200 series at once took 3.1 s."""


async def begin(
    transaction: Transaction, found: Sequence[Found], hand: Hand, now: datetime
) -> None:
    """Take the first meetings in now, and let the others follow; the same UIDs never double."""
    await _take(transaction, found, hand, now, 1)


async def go_on(transaction: Transaction, fired: Due, now: datetime) -> bool:
    """Take the next portion in; return False if what is left was forgotten with its owner."""
    user = UserId(fired.reference)
    source, _, turn = fired.occurrence.rpartition(" ")
    kept = await draft.get(transaction, user, _noun(source))
    if kept is None:
        return False
    hand, found = _load(kept)
    await _take(transaction, found, hand, now, int(turn) + 1)
    return True


async def _take(
    transaction: Transaction, found: Sequence[Found], hand: Hand, now: datetime, turn: int
) -> None:
    uids = list(dict.fromkeys(each.uid for each in found))
    chosen = set(uids[:PORTION])
    portion = [each for each in found if each.uid in chosen]
    known = await importing.known(transaction, portion, hand.origin.room_id, now)
    await importing.apply(transaction, importing.planned(portion, known, hand, now), now)
    rest = [each for each in found if each.uid not in chosen]
    user, source = hand.origin.organiser, hand.origin.source
    if not rest:
        await draft.discard(transaction, user, _noun(source))
        return
    await draft.save(transaction, user, _noun(source), _dump(hand, rest), now)
    await due.plan(transaction, Due(KIND, user, f"{source} {turn}", now))


def _noun(source: str) -> str:
    return f"{KIND} {source}"


def _dump(hand: Hand, found: Sequence[Found]) -> str:
    origin = hand.origin
    told = {
        "origin": [origin.organiser, origin.room_id, origin.language, origin.source],
        "is_animator": hand.is_animator,
        "found": [_plain(each) for each in found],
    }
    return json.dumps(told)


def _load(kept: str) -> tuple[Hand, list[Found]]:
    told = json.loads(kept)
    organiser, room, language, source = told["origin"]
    origin = Origin(UserId(organiser), RoomId(room), language, EventId(source))
    return Hand(origin, told["is_animator"]), [_found(each) for each in told["found"]]


def _plain(each: Found) -> dict[str, object]:
    values = {name: getattr(each, name) for name in Found.__slots__}
    start = each.start
    return {
        **values,
        "start": [f"{start.moment:%Y-%m-%dT%H:%M}", str(start.moment.tzinfo), start.is_all_day],
        "left_out": [at.isoformat() for at in each.left_out],
        "added": [at.isoformat() for at in each.added],
        "recurrence_id": each.recurrence_id.isoformat() if each.recurrence_id else None,
        "over_at": each.over_at.isoformat() if each.over_at else None,
    }


def _found(values: dict[str, object]) -> Found:
    wall, zone, is_all_day = _list(values["start"])
    known, over_at = values["recurrence_id"], values["over_at"]
    told = {
        **values,
        "start": Time(
            datetime.fromisoformat(wall).replace(tzinfo=ZoneInfo(zone)), bool(is_all_day)
        ),
        "left_out": _moments(values["left_out"]),
        "added": _moments(values["added"]),
        "recurrence_id": datetime.fromisoformat(str(known)) if known else None,
        "over_at": datetime.fromisoformat(str(over_at)) if over_at else None,
    }
    return Found(**told)  # type: ignore[arg-type]  # the names that `_plain` wrote


def _moments(values: object) -> tuple[datetime, ...]:
    return tuple(datetime.fromisoformat(each) for each in _list(values))


def _list(values: object) -> list[str]:
    return values if isinstance(values, list) else []
