"""What is journalled: what is addressed to the bot, or about something that it keeps."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.address import Address
from bot.ids import DeviceId, EventId, Oid, RoomId, SyncToken, UserId
from bot.matrix.batch import Batch
from bot.matrix.cipher import NoCipher
from bot.matrix.journal import Journal
from bot.matrix.rooms import Rooms
from bot.storage import experience, outbox
from bot.storage.database import Database
from bot.storage.outbox import Parcel
from bot.storage.room import Room
from bot.storage.transaction import Transaction
from tests.matrix.model_server import BOT, JO, MAX, ROOM, ModelServer

NOW = datetime(2026, 3, 24, 13, 0, tzinfo=UTC)
HERE = RoomId(ROOM)


class Stream:
    """Members write, and what the journal keeps of it is told."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.model = ModelServer()
        rooms = Rooms({HERE: Room(HERE, joined_count=3)})
        self.journal = Journal(
            database, rooms, Address(UserId(BOT), ("compagnon",), "!", {}), NoCipher()
        )

    def event(self, type_: str, content: object, sender: str = JO, **more: object) -> Any:
        return self.model.event(sender, type_, content, **more)

    def message(self, body: str, **more: object) -> Any:
        return self.event("m.room.message", {"msgtype": "m.text", "body": body}, **more)

    def edit(self, target: str, body: str, sender: str = JO) -> Any:
        new = {"msgtype": "m.text", "body": body}
        relation = {"rel_type": "m.replace", "event_id": target}
        content = {**new, "m.new_content": new, "m.relates_to": relation}
        return self.event("m.room.message", content, sender)

    def redaction(self, target: str) -> Any:
        return self.event("m.room.redaction", {"redacts": target})

    def reaction(self, target: str) -> Any:
        relation = {"rel_type": "m.annotation", "event_id": target, "key": "👍"}
        return self.event("m.reaction", {"m.relates_to": relation})

    async def kept(self, *events: Any) -> list[str]:
        """Let the journal take ``events`` from one answer; return the ids of those it keeps."""
        picked = [self.journal.pick(event, HERE, NOW) for event in events]
        batch = Batch(picked=[item for item in picked if item is not None])
        token = SyncToken("s1")
        entries = await self.journal.commit(batch, DeviceId("D"), token, NOW)
        return [entry.event_id for entry in entries]


@pytest.fixture
def stream(database: Database) -> Stream:
    return Stream(database)


async def test_commands_and_mentions_are_kept(stream: Stream) -> None:
    events = [stream.message(body) for body in ("!ping", "compagnon, aide", "!", "!!!", "bonjour")]
    assert await stream.kept(*events) == [event["event_id"] for event in events[:2]]


async def test_command_that_was_redacted_meanwhile_is_not_kept(stream: Stream) -> None:
    redacted = {"redacted_because": {"type": "m.room.redaction"}}
    gone = stream.event("m.room.message", {}, unsigned=redacted)
    half = stream.message("!ping", unsigned=redacted)
    sealed = stream.event("m.room.encrypted", {"session_id": "s"}, unsigned=redacted)
    assert await stream.kept(gone, half, sealed) == []
    assert stream.journal.quarantined == 0


@pytest.mark.parametrize("is_together", [True, False])
async def test_edits_and_redactions_of_what_is_kept_are_kept(
    stream: Stream, is_together: bool
) -> None:
    command = stream.message("!ping")
    later = [
        stream.edit(command["event_id"], "oublie"),
        stream.edit(command["event_id"], "!aide", MAX),  # Whose it is, is for the router to judge.
        stream.redaction(command["event_id"]),
    ]
    first = [command, *later] if is_together else [command]
    found = await stream.kept(*first)
    if not is_together:
        found += await stream.kept(*later)
    assert found == [event["event_id"] for event in (command, *later)]


async def test_edits_redactions_and_reactions_of_anything_else_leave_no_trace(
    stream: Stream,
) -> None:
    other = stream.message("bonjour")
    target = other["event_id"]
    events = [stream.edit(target, "!ping"), stream.redaction(target), stream.reaction(target)]
    # An edit that reads like a command makes nothing of a message that was none.
    assert await stream.kept(other, *events) == []


async def test_redaction_of_a_captured_message_is_kept(stream: Stream) -> None:
    await stream.database.write(lambda t: _captured(t, "$captured"))
    redaction = stream.redaction("$captured")
    assert await stream.kept(redaction) == [redaction["event_id"]]


async def _captured(transaction: Transaction, source: str) -> None:
    item = experience.Experience(HERE, UserId(JO), EventId(source), NOW, note="x")
    await experience.create(transaction, item)


async def test_reactions_count_on_cards_only(stream: Stream) -> None:
    async def said(transaction: Transaction) -> None:
        for oid, card in (("plain", None), ("card", "experience:1")):
            parcel = Parcel(Oid(oid), HERE, HERE, "m.room.message", {"body": "x"}, NOW, card=card)
            outbox.enqueue(transaction, parcel)

    marks = {Oid(oid): (EventId(f"${oid}"), NOW) for oid in ("plain", "card")}
    await stream.database.write(said)
    await stream.database.write(lambda t: outbox.mark_all_sent(t, marks))
    on_card = stream.reaction("$card")
    assert await stream.kept(stream.reaction("$plain"), on_card) == [on_card["event_id"]]


async def test_more_relations_than_a_statement_takes_are_read(stream: Stream) -> None:
    events = [stream.redaction(f"$other{number}") for number in range(33_000)]
    events += [stream.reaction(f"$other{number}") for number in range(33_000)]
    command = stream.message("!ping")
    assert await stream.kept(*events, command) == [command["event_id"]]
