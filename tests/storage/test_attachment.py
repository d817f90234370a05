"""The file of a parcel is kept until it is delivered, with the place that is reserved for it."""

from datetime import UTC, datetime

from bot.ids import EventId, Oid, RoomId
from bot.model import Media, Seal
from bot.storage import attachment, orphan, outbox
from bot.storage.attachment import Source, Upload
from bot.storage.database import Database
from bot.storage.outbox import Parcel, State
from bot.storage.transaction import Transaction

NOW = datetime(2026, 3, 24, 13, 0, tzinfo=UTC)
FILE = bytes(range(256))
SEAL = Seal("k", "iv", "hash")
INSTEAD = {"body": "trop gros"}


async def _enqueue(database: Database, oid: str, data: bytes = FILE) -> None:
    async def work(transaction: Transaction) -> None:
        room = RoomId("!r:x")
        content = {"msgtype": "m.file"}
        outbox.enqueue(transaction, Parcel(Oid(oid), room, room, "m.room.message", content, NOW))
        attachment.enqueue(transaction, Oid(oid), data, INSTEAD)

    await database.write(work)


async def _found(database: Database, oid: str) -> tuple[Upload | None, bytes]:
    async with database.read() as snapshot:
        found = await attachment.get(snapshot, Oid(oid))
        return found, await attachment.data(snapshot, Oid(oid))


async def test_file_waits_as_it_was_given(database: Database) -> None:
    await _enqueue(database, "a")
    assert await _found(database, "a") == (Upload(None, None, False, INSTEAD), FILE)
    assert await _found(database, "b") == (None, b"")


async def test_same_cause_keeps_its_first_file(database: Database) -> None:
    await _enqueue(database, "a")
    await _enqueue(database, "a", b"later")
    assert (await _found(database, "a"))[1] == FILE


async def test_place_is_reserved_and_filled(database: Database) -> None:
    await _enqueue(database, "a")
    await _enqueue(database, "b")
    uri = "mxc://x/1"
    await database.write(lambda t: attachment.reserve(t, Oid("a"), uri, SEAL))
    assert (await _found(database, "a"))[0] == Upload(uri, SEAL, False, INSTEAD)
    await database.write(lambda t: attachment.mark_uploaded(t, Oid("a")))
    assert (await _found(database, "a"))[0] == Upload(uri, SEAL, True, INSTEAD)
    await database.write(lambda t: attachment.reserve(t, Oid("a"), "mxc://x/2", None))
    assert (await _found(database, "a"))[0] == Upload("mxc://x/2", None, False, INSTEAD)
    assert (await _found(database, "b"))[0] == Upload(None, None, False, INSTEAD)


async def test_file_goes_when_its_parcel_is_sent(database: Database) -> None:
    await _enqueue(database, "a")
    await _enqueue(database, "b")
    await database.write(lambda t: outbox.mark_all_sent(t, {Oid("a"): (EventId("$a"), NOW)}))
    assert await _found(database, "a") == (None, b"")
    assert (await _found(database, "b"))[1] == FILE


async def test_file_goes_with_a_dead_parcel_and_stays_with_a_held_one(database: Database) -> None:
    await _enqueue(database, "a")
    await _enqueue(database, "b")
    await database.write(lambda t: outbox.mark_stopped(t, Oid("a"), State.DEAD, "no"))
    await database.write(lambda t: outbox.mark_stopped(t, Oid("b"), State.HELD, "unknown"))
    assert await _found(database, "a") == (None, b"")
    assert (await _found(database, "b"))[1] == FILE


async def test_words_instead_take_the_place_of_the_file(database: Database) -> None:
    await _enqueue(database, "a")
    await database.write(lambda t: outbox.replace_content(t, Oid("a"), INSTEAD))
    async with database.read() as snapshot:
        [parcel] = await outbox.pending(snapshot)
    assert parcel.content == INSTEAD
    assert await _found(database, "a") == (None, b"")


async def test_copy_waits_without_a_file_of_its_own(database: Database) -> None:
    media = Media("m.image", "photo.jpg", "image/jpeg", "mxc://x/1", SEAL, 7, 640, 480)
    source = Source(media, RoomId("!r:x"))

    async def work(transaction: Transaction) -> None:
        attachment.enqueue(transaction, Oid("a"), source, None)

    await database.write(work)
    assert await _found(database, "a") == (Upload(None, None, False, None, source), b"")


async def test_file_without_a_parcel_that_is_to_be_sent_is_swept(database: Database) -> None:
    for oid in ("pending", "held", "gone"):
        await _enqueue(database, oid)
    await database.write(lambda t: outbox.mark_stopped(t, Oid("held"), State.HELD, "unknown"))

    async def erase(transaction: Transaction) -> int:
        await transaction.execute(outbox.outbox.delete().where(outbox.outbox.c.oid == "gone"))
        return await orphan.sweep(transaction)

    assert await database.write(erase) == 1
    assert (await _found(database, "pending"))[1] == FILE
    assert (await _found(database, "held"))[1] == FILE
    assert await _found(database, "gone") == (None, b"")
