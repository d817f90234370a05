"""Requests: asked in a room, answered by others, settled by who asked."""

from datetime import timedelta

import pytest

from bot.matrix.tracking import tracked
from bot.model import Message
from bot.storage import inbox, request
from bot.storage.inbox import Entry
from bot.storage.request import Request
from bot.storage.room_setting import RoomSetting, put
from tests.scene import ANIMATOR, JO, MAX, NOW, PAIR, ROOM, Scene, sent


async def kept(scene: Scene, number: int = 1) -> Request | None:
    async with scene.database.read() as snapshot:
        return await request.get(snapshot, number)


async def overhear(scene: Scene, message: Message) -> list[object]:
    """Let the journal see what somebody says; return what of it is journalled."""
    return list(await scene.database.write(lambda t: tracked(t, [message], lambda _m: None)))


async def test_request_is_asked_and_settled_with_one_tap_by_who_asked(scene: Scene) -> None:
    asked, offered = await scene.say("!demande Qui a refait un formulaire ?")
    assert "Q1" in asked.body
    assert offered.content["m.relates_to"]["key"] == "✅"  # type: ignore[index]  # of the test
    await scene.deliver()

    settled = scene.reaction(sent(asked.oid), "✅", sender=MAX)
    await scene.hear(settled)
    assert (await kept(scene) or asked).settled_at is None  # type: ignore[union-attr]  # of the test
    mine = scene.reaction(sent(asked.oid), "✅")
    assert await scene.hear(mine) == []
    assert (await kept(scene) or asked).settled_at is not None  # type: ignore[union-attr]
    await scene.redact(mine.event_id)
    assert (await kept(scene) or asked).settled_at is None  # type: ignore[union-attr]


@pytest.mark.parametrize("way", ["reply to the card", "thread of the command"])
async def test_first_answer_of_somebody_else_counts_and_leaves_no_other_trace(
    scene: Scene, way: str
) -> None:
    command = scene.message("!demande Qui a refait un formulaire ?")
    [asked, _] = await scene.hear(command)
    await scene.deliver()
    about = (
        {"reply_to": sent(asked.oid)} if way.startswith("reply") else {"thread": command.event_id}
    )

    assert await overhear(scene, scene.message("Précision de ma part", **about)) == []
    assert (await kept(scene)).answered_at is None  # type: ignore[union-attr]
    scene.clock.pass_by(timedelta(hours=2))
    answer = scene.message("Nous, à Lyon", sender=MAX, **about)
    assert await overhear(scene, answer) == []
    assert (await kept(scene)).answered_at == NOW + timedelta(hours=2)  # type: ignore[union-attr]
    scene.clock.pass_by(timedelta(hours=2))
    await overhear(scene, scene.message("Nous aussi", sender=ANIMATOR, **about))
    assert (await kept(scene)).answered_at == NOW + timedelta(hours=2)  # type: ignore[union-attr]

    async with scene.database.read() as snapshot:
        assert await inbox.trace(snapshot, answer.event_id) is None


async def test_edit_corrects_and_redaction_takes_back(scene: Scene) -> None:
    command = scene.message("!demande Qui a refait un formulaire ?")
    await scene.hear(command)
    await scene.edit(command, "!demande Qui a refait un guichet ?")
    assert (await kept(scene)).words == "Qui a refait un guichet ?"  # type: ignore[union-attr]
    assert await kept(scene, 2) is None

    await scene.redact(command.event_id)
    assert await kept(scene) is None


async def test_request_that_is_handled_twice_is_one(scene: Scene) -> None:
    entry: Entry = await scene.record(scene.message("!demande Qui a refait un formulaire ?"))
    await scene.router.handle(entry)
    await scene.router.handle(entry)

    assert await kept(scene, 2) is None


async def test_list_shows_what_is_open_oldest_first(scene: Scene) -> None:
    assert "Aucune demande" in await scene.answer("!demandes")
    await scene.say("!demande Première")
    await scene.say("!demande Deuxième", sender=MAX)
    await scene.say("!demande Troisième", sender=MAX)
    await scene.say("!demande réglée Q2", sender=ANIMATOR)

    shown = await scene.answer("!requests")

    assert shown.index("Première") < shown.index("Troisième")
    assert "Deuxième" not in shown
    assert "sans réponse" in await scene.answer("!demande Q3")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("!demande réglée Q1", "Seule la personne"),
        ("!demande Q9", "!demandes"),
        ("!demande " + "x" * 1001, "trop long"),
    ],
)
async def test_what_cannot_be_done_is_said(scene: Scene, words: str, said: str) -> None:
    await scene.say("!demande Qui a refait un formulaire ?")

    assert said in await scene.answer(words, sender=MAX)


async def test_who_is_alone_with_the_bot_is_told_to_ask_a_room(scene: Scene) -> None:
    assert "dans un salon" in await scene.answer("demande Qui ?", room=PAIR)


async def test_room_of_trust_keeps_no_request(scene: Scene) -> None:
    trust = RoomSetting(ROOM, "capture", "off", ANIMATOR, NOW)
    await scene.database.write(lambda t: put(t, trust))

    await scene.say("!demande Qui ?")

    assert await kept(scene) is None


async def test_request_reads_in_english(scene: Scene) -> None:
    await scene.say("!lang en")

    [asked, _] = await scene.say("!ask Who has redone a form?")

    assert asked.body.startswith("🙋 Request Q1: who can help?")
    assert "One open request" in await scene.answer("!requests", sender=JO)
