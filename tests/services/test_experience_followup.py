"""After half a year an author is asked once, alone, what became of their experience."""

from datetime import timedelta

import pytest

from bot.ids import RoomId, direct_room
from bot.storage import experience
from bot.storage.experience import Experience, Status
from tests.scene import BOT, JO, MAX, PAIR, Act, Scene, sent

SHARE = "!partage Personne ne lit le règlement → une page dessinée"
HALF_A_YEAR = timedelta(days=190)


async def stored(scene: Scene) -> Experience:
    async with scene.database.read() as snapshot:
        found = await experience.get(snapshot, 1)
    assert found is not None
    return found


async def asked(scene: Scene) -> Act:
    """Let half a year pass after E1 was shared; return the question, which was delivered."""
    await scene.say(SHARE)
    [question] = [a for a in await scene.wait(HALF_A_YEAR) if a.type == "m.room.message"]
    await scene.deliver()
    return question


async def test_author_is_asked_alone_and_once(scene: Scene) -> None:
    question = await asked(scene)

    assert question.room == direct_room(JO)
    assert "règlement" in question.body
    assert await scene.wait(HALF_A_YEAR) == []


@pytest.mark.parametrize(
    ("answer", "status"),
    [("🟢", Status.ALIVE), ("🟡", Status.ADAPTED), ("⚪", Status.STOPPED)],
)
async def test_reaction_answers(scene: Scene, answer: str, status: Status) -> None:
    question = await asked(scene)

    await scene.react(sent(question.oid), answer, room=PAIR)

    item = await stored(scene)
    assert (item.status, item.status_at) == (status, scene.clock.now())


@pytest.mark.parametrize(
    ("answer", "status", "reason"),
    [
        ("oui", Status.ALIVE, None),
        ("still alive", Status.ALIVE, None),
        ("adaptée : à trois semaines", Status.ADAPTED, "à trois semaines"),
        ("arrêtée, plus de budget", Status.STOPPED, "plus de budget"),
    ],
)
async def test_words_answer(scene: Scene, answer: str, status: Status, reason: str | None) -> None:
    await asked(scene)

    await scene.say(answer, room=PAIR)

    item = await stored(scene)
    assert (item.status, item.status_reason) == (status, reason)


async def test_somebody_else_answers_nothing(scene: Scene) -> None:
    question = await asked(scene)

    await scene.react(sent(question.oid), "⚪", sender=MAX, room=PAIR)

    assert (await stored(scene)).status is None


@pytest.mark.parametrize("answer", ["passer", "stop", "plus tard"])
async def test_who_would_rather_not_say_is_left_alone(scene: Scene, answer: str) -> None:
    await asked(scene)

    assert await scene.say(answer, room=PAIR)
    assert (await stored(scene)).status is None
    assert await scene.wait(HALF_A_YEAR) == []


async def test_what_is_no_answer_shows_one(scene: Scene) -> None:
    await asked(scene)

    assert "adaptée" in await scene.answer("bof bof", room=PAIR)
    assert (await stored(scene)).status is None


async def test_withdrawn_experience_is_asked_about_no_more(scene: Scene) -> None:
    command = scene.message(SHARE)
    await scene.hear(command)
    [question] = [a for a in await scene.wait(HALF_A_YEAR) if a.type == "m.room.message"]
    await scene.deliver()
    await scene.redact(command.event_id)

    assert "🟢" not in "".join(act.body for act in await scene.say("oui", room=PAIR))
    acts = await scene.wait(timedelta(minutes=3))
    assert f"oid:{question.oid}" in {a.target for a in await scene.acts()} | {
        a.target for a in acts
    }


async def test_pause_puts_the_question_off(scene: Scene) -> None:
    other = RoomId("!max-and-the-bot:example.org")
    scene.rooms.pairs.add(other)
    scene.rooms.open.add(other)
    scene.server.members[other] = {MAX, BOT}
    await scene.say(SHARE, sender=MAX)
    await scene.wait(timedelta(days=180))
    await scene.say("pause 20 jours", sender=MAX, room=other)

    assert [a for a in await scene.wait(timedelta(days=8)) if "règlement" in a.body] == []
    assert [a for a in await scene.wait(timedelta(days=15)) if "règlement" in a.body]
