"""Experience import: what of a file becomes an experience, where, and whose."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.ids import ANONYMOUS, EventId, RoomId, UserId
from bot.services.experience_file import Found, Rejected
from bot.services.experience_record import Record, experience_of, is_imported
from bot.storage import (
    experience,
    experience_author,
    experience_grave,
    experience_record,
    experience_version,
)
from bot.storage.database import Database
from bot.storage.experience import FIELDS, Experience
from bot.storage.transaction import Reader, Transaction

_PORTION = 100
"""Experiences that are written at once; measured, 2,000 take 7 s."""


@dataclass(frozen=True, slots=True)
class Grounds:
    """What is known before: ``rooms`` in which the ``importer`` is an animator.

    ``own`` is the room for what names no such room, if there is one. ``joined`` are the authors
    who are members of which room now; what others wrote becomes the importer's.
    """

    importer: UserId
    rooms: frozenset[RoomId]
    own: RoomId | None
    trusted: frozenset[RoomId]
    joined: Mapping[RoomId, frozenset[UserId]]


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would do: create, correct, and leave as it is; and what it would refuse."""

    created: tuple[Record, ...]
    corrected: tuple[Record, ...]
    unchanged: int
    rejected: tuple[Rejected, ...]


def room_of(record: Record, rooms: Collection[RoomId], own: RoomId | None) -> RoomId | None:
    """Return the room that ``record`` goes to, if it is to go anywhere."""
    named = RoomId(record.values.get("room", ""))
    return named if named in rooms else own


async def plan(reader: Reader, found: Found, grounds: Grounds, now: datetime) -> Plan:
    """Return what importing ``found`` would do; asked again afterwards, it would do nothing."""
    known = await experience_record.of_sources(reader, [record.source for record in found.records])
    withdrawn = await experience_grave.among(reader, [record.source for record in found.records])
    changed = await experience_version.changed(reader, [item.id for item in known.values()])
    created: list[Record] = []
    corrected: list[Record] = []
    rejected = list(found.rejected)
    for record in found.records:
        item = known.get(record.source)
        reason = _refusal(record, item, grounds, is_withdrawn=record.source in withdrawn)
        if reason is not None:
            rejected.append(Rejected(record.place, reason, {}))
            continue
        if item is None:
            created.append(record)
        elif _is_correctable(item) and _told(item) != _told(_experience(record, grounds, now)):
            if item.id in changed:
                rejected.append(Rejected(record.place, "changed_here", {}))
            else:
                corrected.append(record)
    left = len(found.records) + len(found.rejected)
    unchanged = left - len(created) - len(corrected) - len(rejected)
    return Plan(tuple(created), tuple(corrected), unchanged, tuple(rejected))


def _refusal(
    record: Record, item: Experience | None, grounds: Grounds, *, is_withdrawn: bool
) -> str | None:
    """Return why ``record`` is not imported, if it is not."""
    room = item.room_id if item is not None else room_of(record, grounds.rooms, grounds.own)
    if room is None or room not in grounds.rooms:
        return "no_room"
    if room in grounds.trusted:
        return "trusted"
    return "withdrawn" if item is None and is_withdrawn else None


def _is_correctable(item: Experience) -> bool:
    """Return whether a file may change ``item``: no message holds it, and its author is known.

    What somebody left behind without their name stays as they left it.
    """
    return is_imported(item) and item.author != ANONYMOUS


def portions(made: Plan) -> Iterator[Plan]:
    """Yield what ``made`` says in parts, each of which is written in a third of a second."""
    for start in range(0, len(made.created), _PORTION):
        yield replace(made, created=made.created[start : start + _PORTION], corrected=())
    for start in range(0, len(made.corrected), _PORTION):
        yield replace(made, created=(), corrected=made.corrected[start : start + _PORTION])


async def carry_out(
    database: Database, made: Plan, grounds: Grounds, now: datetime
) -> tuple[int, int]:
    """Do what ``made`` says, portion by portion; return how many were created and corrected."""
    created = corrected = 0
    for portion in portions(made):

        async def work(transaction: Transaction, few: Plan = portion) -> tuple[int, int]:
            return await apply(transaction, few, grounds, now)

        fresh, better = await database.write(work)
        created, corrected = created + fresh, corrected + better
    return created, corrected


async def apply(
    transaction: Transaction, made: Plan, grounds: Grounds, now: datetime
) -> tuple[int, int]:
    """Create and correct what ``made`` says; return how many of each.

    What is there meanwhile, or was withdrawn meanwhile, is left alone. Nobody is asked later what
    became of it: that is a question for who shared it here.
    """
    records = (*made.created, *made.corrected)
    keys = {record.source for record in records} | {
        EventId(record.values["parent"]) for record in records if "parent" in record.values
    }
    known = await experience_record.of_sources(transaction, sorted(keys))
    withdrawn = await experience_grave.among(transaction, sorted(keys))
    created = corrected = 0
    for record in records:
        item = _experience(record, grounds, now)
        parent = known.get(EventId(record.values.get("parent", "")))
        before = known.get(record.source)
        if before is None and record.source in withdrawn:
            continue
        if before is None:
            parent_id = parent.id if parent is not None else None
            created += 1
            known[record.source] = await experience.create(
                transaction, replace(item, parent_id=parent_id)
            )
        elif _is_correctable(before) and before.room_id in grounds.rooms:
            corrected += 1
            words = {name: getattr(item, name) for name in (*FIELDS, "given_tags")}
            after = replace(before, **words, edited_at=now)
            await experience.update_text(transaction, after)
    return created, corrected


def _experience(record: Record, grounds: Grounds, now: datetime) -> Experience:
    room = room_of(record, grounds.rooms, grounds.own) or RoomId("")
    named = UserId(record.values.get("author", ""))
    author = named if named in grounds.joined.get(room, frozenset()) else grounds.importer
    return experience_of(record, room, author, now, None)


def _told(item: Experience) -> tuple[dict[str, str], frozenset[str]]:
    return item.told, item.tags


async def authors(database: Database, rooms: Collection[RoomId]) -> dict[RoomId, frozenset[UserId]]:
    """Return who has shared in which of ``rooms``, where the server cannot be asked for members."""
    found: dict[RoomId, frozenset[UserId]] = {}
    async with database.read() as snapshot:
        for room in sorted(rooms):
            found[room] = await experience_author.of_room(snapshot, room)
    return found


def wanted_authors(
    records: Sequence[Record], rooms: Collection[RoomId], own: RoomId | None
) -> frozenset[tuple[RoomId, UserId]]:
    """Return which authors ``records`` name, and the room of which they would have to be."""
    pairs = {
        (room, UserId(record.values["author"]))
        for record in records
        if record.values.get("author", "").startswith("@")
        and (room := room_of(record, rooms, own)) is not None
    }
    return frozenset(pairs)
