"""What a message tells of its file is read strictly, and only files that are for the bot stay."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.ids import EventId, RoomId
from bot.matrix.media import caption_of, media_in
from bot.matrix.parse import parse
from bot.model import Media, Message, Seal, from_payload, to_payload
from bot.storage import inbox
from bot.storage.database import Database
from tests.matrix.model_server import JO, MAX, ROOM
from tests.matrix.world import World

NOW = datetime(2026, 3, 24, 13, 0, tzinfo=UTC)
URI = "mxc://example.org/photo"
FILE: dict[str, Any] = {
    "v": "v2",
    "url": URI,
    "key": {"kty": "oct", "alg": "A256CTR", "k": "key", "ext": True, "key_ops": ["decrypt"]},
    "iv": "iv",
    "hashes": {"sha256": "hash"},
}
PHOTO: dict[str, Any] = {
    "msgtype": "m.image",
    "body": "photo.jpg",
    "url": URI,
    "info": {"mimetype": "image/jpeg", "size": 1234, "w": 640, "h": 480},
}
READ = Media("m.image", "photo.jpg", "image/jpeg", URI, None, 1234, 640, 480)


def test_file_is_read_as_its_message_tells() -> None:
    assert media_in(PHOTO) == READ
    sealed = {**PHOTO, "url": None, "file": FILE}
    assert media_in(sealed) == Media(
        "m.image", "photo.jpg", "image/jpeg", URI, Seal("key", "iv", "hash"), 1234, 640, 480
    )


@pytest.mark.parametrize(
    "broken",
    [
        {"url": None},
        {"url": 7},
        {"url": "https://example.org/photo.jpg"},
        {"url": "mxc://example.org/../../secret"},
        {"url": "mxc://example.org/a/b"},
        {"url": "mxc://example.org/" + "a" * 300},
        {"url": "mxc:///a"},
        {"file": []},
        {"file": {}},
        {"file": {**FILE, "v": "v1"}},
        {"file": {**FILE, "url": "file:///etc/passwd"}},
        {"file": {**FILE, "key": "key"}},
        {"file": {**FILE, "key": {**FILE["key"], "alg": "A128"}}},
        {"file": {**FILE, "key": {**FILE["key"], "k": 7}}},
        {"file": {**FILE, "iv": None}},
        {"file": {**FILE, "hashes": []}},
        {"file": {**FILE, "hashes": {"sha256": "x" * 1000}}},
    ],
)
def test_file_that_lies_nowhere_or_cannot_be_decrypted_is_none(broken: dict[str, Any]) -> None:
    assert media_in({**PHOTO, **broken}) is None


@pytest.mark.parametrize(
    ("info", "facts"),
    [
        (None, ("application/octet-stream", None, None)),
        ([], ("application/octet-stream", None, None)),
        ({"mimetype": 7, "size": "12"}, ("application/octet-stream", None, None)),
        ({"mimetype": "a b/c", "size": -1}, ("application/octet-stream", None, None)),
        ({"mimetype": "image/png\n", "size": True}, ("application/octet-stream", None, None)),
        ({"mimetype": "x" * 200, "size": 2**60}, ("application/octet-stream", None, None)),
        ({"mimetype": "video/mp4", "duration": 1e400}, ("video/mp4", None, None)),
        ({"mimetype": "video/mp4", "size": 3.0, "duration": 90_000}, ("video/mp4", 3, 90_000)),
    ],
)
def test_claims_are_believed_only_in_their_form(
    info: object, facts: tuple[str, int | None, int | None]
) -> None:
    media = media_in({**PHOTO, "info": info})
    assert media is not None
    assert (media.mimetype, media.size_bytes, media.duration_ms) == facts


@pytest.mark.parametrize(
    ("content", "caption"),
    [
        ({"body": "photo.jpg"}, ""),
        ({"body": "photo.jpg", "filename": "photo.jpg"}, ""),
        ({"body": "La mairie", "filename": "photo.jpg"}, "La mairie"),
        ({"body": "La mairie", "filename": 7}, ""),
        ({"body": 7, "filename": "photo.jpg"}, ""),
    ],
)
def test_caption_is_what_is_not_the_name(content: dict[str, Any], caption: str) -> None:
    assert caption_of(content) == caption


def test_message_with_a_file_survives_the_journal() -> None:
    raw = {
        "type": "m.room.message",
        "event_id": "$e",
        "sender": JO,
        "origin_server_ts": 1,
        "content": {**PHOTO, "filename": "photo.jpg", "body": "La mairie", "file": FILE},
    }
    message = parse(raw, RoomId(ROOM), NOW)
    assert isinstance(message, Message)
    assert message.body == "La mairie"
    assert message.media is not None
    assert message.media.seal == Seal("key", "iv", "hash")
    assert from_payload("message", to_payload(message)) == message


async def journalled(world: World) -> list[str]:
    """Return which events the journal has."""
    database = Database(world.url)
    async with database.read() as snapshot:
        found = await inbox.known(snapshot, [EventId(f"$e{n}") for n in range(1, 30)])
    await database.close()
    return sorted(found)


def photo(world: World, *, sender: str = JO, **content: object) -> str:
    values = {name: value for name, value in PHOTO.items() if name not in ("msgtype", "body")}
    body = str(content.pop("body", "photo.jpg"))
    more = {**values, "msgtype": "m.image", **content}
    return world.model.say(body, sender=sender, **more)


def replying_to(event: str) -> dict[str, object]:
    return {"m.relates_to": {"m.in_reply_to": {"event_id": event}}}


def in_thread_of(event: str) -> dict[str, object]:
    relation = {
        "rel_type": "m.thread",
        "event_id": event,
        "is_falling_back": True,
        "m.in_reply_to": {"event_id": event},
    }
    return {"m.relates_to": relation}


async def test_file_is_journalled_only_where_it_answers_what_the_bot_knows(world: World) -> None:
    chatter = world.model.say("bonjour")
    command = world.ask()
    await world.live()
    known = [
        command,
        photo(world, **replying_to(command)),
        photo(world, sender=MAX, **in_thread_of(command)),
        photo(world, body="!ping", filename="photo.jpg"),
    ]
    photo(world)
    photo(world, **replying_to(chatter))
    photo(world, **in_thread_of(chatter))
    photo(world, **in_thread_of("$nowhere"))
    photo(world, body="La mairie", filename="photo.jpg")
    photo(world, **{**replying_to(command), "url": "https://example.org/photo.jpg"})
    await world.live()
    assert await journalled(world) == sorted(known)


async def test_caption_that_is_a_command_is_answered(world: World) -> None:
    event = photo(world, body="!ping", filename="photo.jpg")
    world.asked.append((ROOM, event, JO))
    await world.live()
    assert world.problems() == []


async def test_name_of_a_file_is_no_command(world: World) -> None:
    photo(world, body="!ping")
    await world.live()
    assert world.model.said() == []
    assert await journalled(world) == []


async def test_file_that_comes_together_with_its_command_is_journalled(world: World) -> None:
    """Both waited while the bot was away."""
    command = world.ask()
    file = photo(world, **replying_to(command))
    other = photo(world, **replying_to(photo(world)))
    await world.live()
    assert await journalled(world) == sorted([command, file])
    assert other not in await journalled(world)
