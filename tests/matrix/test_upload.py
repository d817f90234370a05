"""A file reaches the server once and its message follows, whatever breaks and whenever it dies."""

import asyncio
import hashlib
from base64 import b64decode
from collections.abc import Mapping
from typing import Any

import pytest
from nio.crypto.attachments import decrypt_attachment
from sqlalchemy import func, select

from bot import crash
from bot.ids import Oid, RoomId
from bot.matrix.cipher import NoCipher
from bot.matrix.encryption import attachment as sealing
from bot.model import Media, Seal
from bot.services.attachment import Attachment, Copy
from bot.services.outgoing import Outgoing
from bot.storage import attachment as stored
from bot.storage import room
from bot.storage.attachment import attachment
from bot.storage.database import Database
from bot.storage.room import Room as KnownRoom
from bot.storage.transaction import Transaction
from tests.matrix.exchange import Fault, Request, refused
from tests.matrix.life import Bot, Parts
from tests.matrix.model_server import OTHER_ROOM, ROOM
from tests.matrix.speech import ANIMATORS, say, states, text
from tests.matrix.world import World, until

FILE = Attachment("Compte rendu.txt", "text/plain", b"Ce qui s'est dit. " * 500)
POINTS = sorted(label for label in crash.POINTS if label.startswith(("upload.", "send.")))


class Transparent(NoCipher):
    """Encrypts nothing, so that a test can read what would be inside."""

    async def encrypt(
        self, room: RoomId, event_type: str, content: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        del room
        return {"type": event_type, "inside": content}


async def attach(bot: Bot, *, instead: str | None = None, file: Attachment | Copy = FILE) -> Oid:
    async def work(transaction: Transaction) -> Oid:
        words = text(instead) if instead else None
        outgoing = Outgoing(transaction, "test:file", bot.world.clock.now())
        return outgoing.attach(RoomId(ROOM), file, instead=words)

    return await bot.database.write(work)


async def attached(world: World, *, instead: str | None = None) -> dict[str, int]:
    bot = await world.born()
    await attach(bot, instead=instead)
    await bot.settled()
    await bot.end()
    return await states(world)


async def kept(world: World) -> int:
    """Return how many files the database holds."""
    database = Database(world.url)
    async with database.read() as snapshot:
        count = select(func.count()).select_from(attachment)
        found = int((await snapshot.execute(count)).scalar_one())
    await database.close()
    return found


def is_upload(request: Request) -> bool:
    return request.method == "PUT" and request.parts[:1] == ["upload"]


def is_reservation(request: Request) -> bool:
    return request.parts == ["create"]


def files_of(world: World) -> list[bytes]:
    return [data for data in world.model.media.files.values() if data is not None]


async def test_file_is_uploaded_and_then_shown(speaker: World) -> None:
    assert await attached(speaker) == {"sent": 1}
    [message] = speaker.model.said()
    content = message["content"]
    assert {name: content[name] for name in ("msgtype", "filename", "body", "url", "info")} == {
        "msgtype": "m.file",
        "filename": "Compte rendu.txt",
        "body": "Compte rendu.txt",
        "url": "mxc://example.org/file1",
        "info": {"mimetype": "text/plain", "size": len(FILE.data)},
    }
    assert speaker.model.media.files == {"mxc://example.org/file1": FILE.data}
    assert await kept(speaker) == 0


async def sealed(world: World) -> None:
    """Let the room be encrypted, and the bot know it."""
    world.parts = Parts(cipher=Transparent)
    world.model.rooms[ROOM].is_encrypted = True
    database = Database(world.url)
    known = KnownRoom(RoomId(ROOM), is_encrypted=True, joined_count=3)
    await database.write(lambda transaction: room.save(transaction, [known]))
    await database.close()


def inside(world: World) -> Mapping[str, Any]:
    [message] = world.model.said()
    found: Mapping[str, Any] = message["content"]["inside"]
    return found


async def test_file_of_an_encrypted_room_is_encrypted(speaker: World) -> None:
    await sealed(speaker)
    await attached(speaker)
    content = inside(speaker)
    assert "url" not in content
    file = content["file"]
    assert (file["v"], file["key"]["kty"], file["key"]["alg"], file["key"]["ext"]) == (
        "v2", "oct", "A256CTR", True,
    )  # fmt: skip
    [stored] = files_of(speaker)
    assert stored != FILE.data
    assert b64decode(file["hashes"]["sha256"] + "=") == hashlib.sha256(stored).digest()
    key, digest, iv = file["key"]["k"], file["hashes"]["sha256"], file["iv"]
    assert b64decode(iv + "==")[8:] == bytes(8)
    assert decrypt_attachment(stored, _standard(key), digest, iv) == FILE.data
    # The server is told neither the name nor the kind.
    [put] = [request for request in speaker.model.requests if is_upload(request)]
    assert put.query == {}


def _standard(key: str) -> str:
    """Return a base64url key as the other library reads it."""
    return key.replace("-", "+").replace("_", "/")


@pytest.mark.parametrize("is_encrypted", [False, True])
@pytest.mark.parametrize("label", POINTS)
async def test_kill_sends_the_file_once_and_uploads_one(
    speaker: World, label: str, is_encrypted: bool
) -> None:
    if is_encrypted:
        await sealed(speaker)
    bot = Bot(speaker, Database(speaker.url))
    await bot.build()
    await attach(bot)
    await bot.end()
    assert await speaker.live(until=label), f"{label} was never reached"
    await speaker.live()
    assert len(speaker.model.said()) == 1
    # One place was reserved, and what arrived there was the same however often.
    assert len(speaker.model.media.files) == 1
    assert set(speaker.model.media.puts) == set(files_of(speaker))
    assert await kept(speaker) == 0


@pytest.mark.parametrize("applies", [is_reservation, is_upload])
@pytest.mark.parametrize(
    "fault",
    [Fault(), Fault(is_done=True), Fault(refused(502, ""), is_done=True),
     Fault(refused(500, "M_UNKNOWN")), Fault((200, {}, b"<html>"), is_done=True),
     Fault(refused(429, "M_LIMIT_EXCEEDED", retry_after_ms=500))],
)  # fmt: skip
async def test_file_arrives_once_whatever_happens_to_the_request(
    speaker: World, fault: Fault, applies: Any
) -> None:
    speaker.model.faults += [Fault(fault.answer, fault.is_done, applies)] * 3
    assert await attached(speaker) == {"sent": 1}
    [message] = speaker.model.said()
    assert files_of(speaker) == [FILE.data]
    assert speaker.model.media.files[message["content"]["url"]] == FILE.data


async def test_send_that_is_tried_again_does_not_upload_again(speaker: World) -> None:
    speaker.model.faults += [Fault()] * 3
    await attached(speaker)
    assert len(speaker.model.media.puts) == 1
    assert len(speaker.model.said()) == 1


async def test_place_that_is_no_more_is_reserved_anew(speaker: World) -> None:
    assert not await _killed(speaker, "upload.reserved")
    speaker.model.media.files.clear()
    await speaker.live()
    assert files_of(speaker) == [FILE.data]
    assert len(speaker.model.said()) == 1


async def _killed(world: World, label: str) -> list[object]:
    bot = Bot(world, Database(world.url))
    await bot.build()
    await attach(bot)
    await bot.end()
    assert await world.live(until=label)
    return [*world.model.said()]


async def test_room_that_became_encrypted_gets_nothing_readable(speaker: World) -> None:
    """The file was uploaded for a readable message, which was not sent yet."""
    assert not await _killed(speaker, "upload.noted")
    await sealed(speaker)
    await speaker.live()
    content = inside(speaker)
    assert speaker.model.media.files[content["file"]["url"]] != FILE.data


@pytest.mark.parametrize("is_known", [True, False])
async def test_file_too_large_for_the_server_is_told_in_words(
    speaker: World, is_known: bool
) -> None:
    if is_known:
        speaker.model.media.limit_bytes = 100
    else:
        speaker.model.faults.append(Fault(refused(413, "M_TOO_LARGE"), applies=is_upload))
    assert await attached(speaker, instead="trop gros") == {"sent": 1}
    assert speaker.model.bodies() == ["trop gros"]
    assert [event["content"]["msgtype"] for event in speaker.model.said()] == ["m.notice"]
    assert speaker.model.bodies(ANIMATORS) == []
    assert sum(map(is_upload, speaker.model.requests)) == (0 if is_known else 1)
    assert await kept(speaker) == 0


async def test_words_instead_are_said_once_across_a_kill(speaker: World) -> None:
    speaker.model.media.limit_bytes = 100
    bot = Bot(speaker, Database(speaker.url))
    await bot.build()
    await attach(bot, instead="trop gros")
    await bot.end()
    assert await speaker.live(until="send.before_mark")
    await speaker.live()
    assert speaker.model.bodies() == ["trop gros"]


async def test_refused_file_without_words_is_told_to_the_animators(speaker: World) -> None:
    speaker.model.media.limit_bytes = 100
    assert await attached(speaker) == {"dead": 1, "sent": 1}
    assert speaker.model.bodies() == []
    [alert] = speaker.model.bodies(ANIMATORS)
    assert "M_TOO_LARGE" in alert
    assert await kept(speaker) == 0


async def test_server_that_names_no_limit_is_tried(speaker: World) -> None:
    speaker.model.faults.append(
        Fault(refused(404, "M_UNRECOGNIZED"), applies=lambda r: r.parts == ["media", "config"])
    )
    assert await attached(speaker) == {"sent": 1}


async def test_file_that_is_gone_stops_alone(speaker: World) -> None:
    bot = Bot(speaker, Database(speaker.url))
    await bot.build()
    oid = await attach(bot)
    await bot.database.write(lambda transaction: stored.remove(transaction, [oid]))
    await bot.end()
    await speaker.live()
    assert await states(speaker) == {"dead": 1, "sent": 1}


async def test_large_file_does_not_hold_up_others(speaker: World) -> None:
    bot = await speaker.born()
    gate = asyncio.Event()
    whole = bot.server.raw

    async def raw(method: str, url_path: str, **more: Any) -> Any:
        if "upload" in url_path:
            await gate.wait()
        return await whole(method, url_path, **more)

    bot.server.raw = raw  # type: ignore[method-assign]  # a slow network
    await attach(bot)
    await say(bot, "bonjour", conversation="another")
    await until(speaker.model.bodies)
    assert speaker.model.bodies() == ["bonjour"]
    gate.set()
    await bot.settled()
    await bot.end()
    assert len(speaker.model.said()) == 2


SEALED_DATA, SEAL = sealing.seal(FILE.data)
THEIRS = "mxc://elsewhere.example.org/photo"


def theirs(*, is_encrypted: bool, room: str = ROOM) -> Copy:
    """Return a copy of a member's picture in ``room``."""
    seal = SEAL if is_encrypted else None
    media = Media("m.image", "photo.jpg", "image/jpeg", THEIRS, seal, len(FILE.data), 640, 480)
    return Copy(media, RoomId(room))


async def copied(world: World, copy: Copy, *, instead: str | None = None) -> dict[str, int]:
    world.model.media.files[THEIRS] = SEALED_DATA if copy.media.seal else FILE.data
    bot = await world.born()
    await attach(bot, instead=instead, file=copy)
    await bot.settled()
    await bot.end()
    return await states(world)


async def test_copy_in_its_own_room_is_shown_from_where_it_lies(speaker: World) -> None:
    assert await copied(speaker, theirs(is_encrypted=False)) == {"sent": 1}
    [message] = speaker.model.said()
    assert message["content"]["url"] == THEIRS
    assert message["content"]["msgtype"] == "m.image"
    assert speaker.model.media.puts == []


async def test_encrypted_copy_in_its_own_room_is_shown_from_where_it_lies(speaker: World) -> None:
    await sealed(speaker)
    assert await copied(speaker, theirs(is_encrypted=True)) == {"sent": 1}
    assert inside(speaker)["file"] == sealing.file_of(THEIRS, SEAL)
    assert speaker.model.media.puts == []


async def test_readable_copy_in_another_readable_room_needs_no_upload(speaker: World) -> None:
    assert await copied(speaker, theirs(is_encrypted=False, room=OTHER_ROOM)) == {"sent": 1}
    [message] = speaker.model.said()
    assert message["content"]["url"] == THEIRS


@pytest.mark.parametrize("is_encrypted", [True, False])
async def test_copy_in_another_encrypted_room_has_a_key_of_its_own(
    speaker: World, is_encrypted: bool
) -> None:
    await sealed(speaker)
    assert await copied(speaker, theirs(is_encrypted=is_encrypted, room=OTHER_ROOM)) == {"sent": 1}
    file = inside(speaker)["file"]
    key = Seal(file["key"]["k"], file["iv"], file["hashes"]["sha256"])
    assert key.key != SEAL.key
    assert file["url"] != THEIRS
    stored_file = speaker.model.media.files[file["url"]]
    assert stored_file is not None
    assert sealing.unseal(stored_file, key) == FILE.data


async def test_copy_of_an_encrypted_file_is_readable_in_a_readable_room(speaker: World) -> None:
    """As its words are: what may be shown there is decided before."""
    assert await copied(speaker, theirs(is_encrypted=True, room=OTHER_ROOM)) == {"sent": 1}
    [message] = speaker.model.said()
    assert "file" not in message["content"]
    assert speaker.model.media.files[message["content"]["url"]] == FILE.data


@pytest.mark.parametrize("is_changed", [True, False])
async def test_copy_of_what_is_gone_or_changed_is_told_in_words(
    speaker: World, is_changed: bool
) -> None:
    copy = theirs(is_encrypted=True, room=OTHER_ROOM)
    bot = await speaker.born()
    if is_changed:
        speaker.model.media.files[THEIRS] = b"something else"
    await attach(bot, instead="introuvable", file=copy)
    await bot.settled()
    await bot.end()
    assert speaker.model.bodies() == ["introuvable"]
    assert await kept(speaker) == 0
