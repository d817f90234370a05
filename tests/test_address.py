"""Whether a message is meant for the bot, and what it then says."""

import pytest

from bot.address import Address
from bot.ids import EventId, RoomId
from bot.model import Message
from tests.scene import BOT, JO, NOW, ROOM

OTHER = RoomId("!other:example.org")


def said(body: str, *, is_pair: bool = False, room: RoomId = ROOM) -> str | None:
    address = Address(BOT, (BOT, "Compagnon Élan", "compagnon"), "!", {OTHER: "~~"})
    message = Message(EventId("$e"), room, JO, NOW, NOW, body)
    return address.command_of(message, is_pair=is_pair)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("!ping", "ping"),
        ("  !ping now ", "ping now"),
        ("!réglages", "réglages"),
        ("!àpropos", "àpropos"),
        ("compagnon, partage A → B", "partage A → B"),
        ("Compagnon : partage", "partage"),
        ("COMPAGNON partage", "partage"),
        ("compagnon élan: !partage", "partage"),
        ("compagnon elan, aide", "aide"),
        (f"{BOT}: ping", "ping"),
        ("compagnon", ""),
        ("!partage un\ndeux", "partage un\ndeux"),
    ],
)
def test_command_behind_prefix_or_name_is_found(body: str, words: str) -> None:
    assert said(body) == words


@pytest.mark.parametrize(
    "body",
    [
        "",
        "ping",
        "!",
        "!!!",
        "! ping",
        "!?",
        "compagnons ping",
        "le compagnon, ping",
        "?ping",
        "~~ping",
    ],
)
def test_what_is_not_meant_for_the_bot_is_left_alone(body: str) -> None:
    assert said(body) is None


@pytest.mark.parametrize(
    ("body", "words"), [("ping", "ping"), ("!ping", "ping"), ("!!!", "!!!"), ("Bonjour", "Bonjour")]
)
def test_in_a_room_of_two_everything_is_meant_for_the_bot(body: str, words: str) -> None:
    assert said(body, is_pair=True) == words


def test_room_with_a_prefix_of_its_own_listens_to_that_one() -> None:
    assert said("~~ping", room=OTHER) == "ping"
    assert said("!ping", room=OTHER) is None
