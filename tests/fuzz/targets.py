"""The targets: everything that reads what strangers write, each with what must hold."""

import json
from datetime import UTC, datetime, timedelta
from typing import cast
from zoneinfo import ZoneInfo

from bot.address import Address
from bot.command import Gathering, Person, Place
from bot.commands import COMMANDS
from bot.errors import UserError
from bot.i18n import Catalogue
from bot.ids import EventId, RoomId, UserId
from bot.matrix import decode
from bot.matrix.batch import Echo, Sealed, Unreadable
from bot.matrix.cipher import NoCipher
from bot.matrix.encryption.member import Members
from bot.matrix.http import Homeserver
from bot.matrix.journal import Journal
from bot.matrix.rooms import Rooms
from bot.model import Message, from_payload, kind_of, to_payload
from bot.ports import MediaStore, RoomReader
from bot.router import CommandTable
from bot.router.registry import parting
from bot.services.icalendar import reading
from bot.storage.database import Database
from bot.text import MESSAGE_LIMIT_BYTES, fold, render, split
from bot.text.allow_list import sanitise
from bot.when import Recurrence, as_text, describe, long_date
from bot.when import split as split_phrase
from bot.when.rrule import first_after
from tests.fuzz.target import Target

NOW = datetime(2026, 3, 24, 13, 0, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Paris")
BOT, JO = UserId("@compagnon:example.org"), UserId("@jo:example.org")
ROOM = RoomId("!accueil:example.org")

_NONE = cast("Database", None)
_ADDRESS = Address(BOT, ("compagnon",), "!", {})
_TABLE = CommandTable(COMMANDS)
_WORDS = Catalogue.load()
_TEMPLATE = "**{a}** a dit *{b}* : `{a}` [lien](https://example.org)\n\n> {b}\n\n- {a}"


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def sync(data: bytes) -> None:
    """Whatever a server answers is read or passed over, and what is kept can be kept."""
    try:
        answer = decode.loads(data)
    except ValueError:
        return
    if not isinstance(answer, dict):
        return
    Members(cast("Homeserver", None)).note(answer)
    rooms = Rooms({})
    journal = Journal(_NONE, rooms, _ADDRESS, NoCipher())
    sections = answer.get("rooms")
    joined = sections.get("join") if isinstance(sections, dict) else None
    for raw in joined.values() if isinstance(joined, dict) else ():
        if not isinstance(raw, dict):
            continue
        rooms.learn(ROOM, raw, NOW)
        timeline = raw.get("timeline")
        events = timeline.get("events") if isinstance(timeline, dict) else None
        for event in events if isinstance(events, list) else []:
            picked = journal.pick(event, ROOM, NOW)
            if picked is not None and not isinstance(picked, Echo | Sealed | Unreadable):
                payload = json.loads(json.dumps(to_payload(picked)).encode("utf-8"))
                assert from_payload(kind_of(picked), payload) == picked


def command(data: bytes) -> None:
    """Whatever is typed is a command with its arguments, or refused with a sentence of ours."""
    body = _text(data)
    message = Message(EventId("$e"), ROOM, JO, NOW, NOW, body)
    for is_pair in (True, False):
        words = _ADDRESS.command_of(message, is_pair=is_pair)
        if words is None:
            continue
        name, rest = parting(words)
        found = _TABLE.find(name)
        if found is None:
            continue
        try:
            found.parse(rest, _gathering(message, is_pair=is_pair))
        except UserError:
            continue


def _gathering(message: Message, *, is_pair: bool) -> Gathering:
    async def no(_room: RoomId = ROOM) -> bool:
        return False

    place = Place(ROOM, "!", "fr", ZONE, acknowledges_by_reaction=False, is_pair=is_pair)
    return Gathering(
        message=message,
        person=Person(JO, "fr", ZONE),
        place=place,
        now=NOW,
        reader=cast("RoomReader", None),
        files=cast("MediaStore", None),
        database=_NONE,
        words=_WORDS,
        is_animator=no,
        animates=no,
    )


def date(data: bytes) -> None:
    """Whatever is written is a date in reach that can be said again, or refused with a sentence."""
    text = _text(data)
    for language in ("fr", "en"):
        try:
            when, rest = split_phrase(text, now=NOW, zone=ZONE, language=language)
        except UserError:
            continue
        assert rest in " ".join(text.split()) or fold(rest) in fold(text)
        assert as_text(when)
        assert NOW - timedelta(days=366) < when.start < NOW + timedelta(days=366 * 120)
        if isinstance(when, Recurrence):
            assert describe(when, language=language)
            assert when.next_after(when.start - timedelta(seconds=1)) is not None
        else:
            assert long_date(when, zone=ZONE, language=language, with_zone=True)


def text(data: bytes) -> None:
    """Whatever a member writes stays words: no markup, no call of the whole room, no overlong."""
    value = _text(data)
    shown = render(_TEMPLATE, {"a": value, "b": value[::-1]})
    assert sanitise(shown.html) == shown.html
    assert "@room" not in shown.body
    assert not shown.mentions
    for part in split(shown):
        size = len(json.dumps([part.body, part.html], ensure_ascii=False).encode())
        assert size <= MESSAGE_LIMIT_BYTES + 100


def calendar(data: bytes) -> None:
    """Whatever is in a calendar file, what is taken of it can be held, and has a next date."""
    try:
        found, _ = reading.read(data, ZONE)
    except UserError:
        return
    for each in found:
        assert each.title
        start = each.start.moment
        if each.rrule is not None:
            zone = ZoneInfo(str(start.tzinfo))
            before = start - timedelta(days=1)
            assert first_after(each.rrule, start, zone, before) is not None or "UNTIL" in each.rrule


TARGETS = (
    Target("sync", sync),
    Target("command", command),
    Target("date", date),
    Target("text", text),
    Target("calendar", calendar),
)
