"""Whoever is named or quoted by a message of the bot can be found again by it."""

from datetime import UTC, datetime

import pytest

from bot.config.settings import RetentionSettings
from bot.ids import Oid, RoomId, UserId
from bot.jobs.retention import retention_job
from bot.services.outgoing import Outgoing
from bot.storage import quote
from bot.storage.database import Database
from bot.text import Mention, Said, Text, bullets, paragraphs, people_of, render, split
from tests.scene import JO, MAX, ROOM, Scene

NOW = datetime(2026, 3, 24, 13, 0, tzinfo=UTC)
WORDS = "le lexique des élus"


async def quoted(scene: Scene, user: UserId) -> set[str]:
    async with scene.database.read() as reader:
        return {item.oid for item in await quote.of(reader, user)}


@pytest.mark.parametrize(
    ("value", "people"),
    [
        (Said("mot", JO), {JO}),
        (Mention(JO, "Jo"), {JO}),
        ("mot", set()),
        (f"par {JO}, hier", {JO}),
        (f"par {JO}.", {JO}),
        (render("{a}", {"a": Said("mot", MAX)}), {MAX}),
        ("jo@example.org:8448", set()),
    ],
)
def test_text_knows_whom_it_names(value: object, people: set[UserId]) -> None:
    assert people_of(render("**Ici** : {value}.", {"value": value})) == people


def test_composed_and_cut_texts_know_it_too() -> None:
    one, other = render("{a}", {"a": Said("x " * 40_000, JO)}), render("{a}", {"a": Mention(MAX)})
    whole = paragraphs([bullets([one]), other])

    assert people_of(whole) == {JO, MAX}
    assert len(split(whole)) > 1
    assert all(people_of(piece) >= {JO} for piece in split(whole))


async def test_answer_that_repeats_a_message_quotes_its_sender(scene: Scene) -> None:
    [refusal] = await scene.say("!moi machinchose")
    [silent] = await scene.say("!moi lieu Nantes")

    assert await quoted(scene, JO) == {refusal.oid}
    assert silent.oid not in await quoted(scene, JO)


async def test_edit_is_found_with_what_it_edits(database: Database) -> None:
    async def work(t: object) -> tuple[Oid, Oid]:
        outgoing = Outgoing(t, "event:$e", NOW)  # type: ignore[arg-type]  # a transaction
        post = outgoing.say(ROOM, render("{a}", {"a": Said(WORDS, JO)}))
        return post, outgoing.edit(ROOM, post, Text("rien", "rien"), conversation=ROOM)

    oids = await database.write(work)
    async with database.read() as reader:
        assert {item.oid for item in await quote.of(reader, JO)} == set(oids)


async def test_quotes_are_known_by_their_event_once_the_outbox_forgot(scene: Scene) -> None:
    [refusal] = await scene.say("!moi machinchose")
    await scene.deliver()
    scene.clock.at = scene.clock.at.replace(year=scene.clock.at.year + 1)
    await retention_job(RetentionSettings()).run(scene.database, scene.clock.now())

    assert await scene.acts() == []
    async with scene.database.read() as reader:
        [item] = await quote.of(reader, JO)
    assert (item.event_id, item.room_id) == (f"$sent-{refusal.oid}", RoomId(ROOM))
