"""Reminders: noted, moved, listed, cancelled, and said by the job when they fall due."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.job import Firing
from bot.jobs import DUE
from bot.services.outgoing import Outgoing
from bot.storage import due
from bot.storage.due import Due
from bot.storage.transaction import Transaction
from tests.scene import CATALOGUE, JO, MAX, PAIR, Act, Scene


async def planned(scene: Scene) -> list[Due]:
    async with scene.database.read() as snapshot:
        return await due.ripe(snapshot, datetime(2100, 1, 1, tzinfo=UTC), 10)


async def fire(scene: Scene) -> list[Act]:
    """Say all that is due now, as the scheduler does; return what is said."""
    before = {act.oid for act in await scene.acts()}
    now = scene.clock.now()
    async with scene.database.read() as snapshot:
        ripe = await due.ripe(snapshot, now, 10)
    jobs = {job.kind: job for job in DUE}
    for item in ripe:

        async def work(transaction: Transaction, item: Due = item) -> None:
            if await due.claim(transaction, item, now):
                cause = f"due:{item.kind}:{item.reference}:{item.occurrence}"
                outgoing = Outgoing(transaction, cause, now)
                late_by = now - item.due_at
                firing = Firing(item, now, late_by, transaction, outgoing, CATALOGUE)
                await jobs[item.kind].run(firing)

        await scene.database.write(work)
    new = [act for act in await scene.acts() if act.oid not in before]
    return [act for act in new if act.type == "m.room.message"]


@pytest.mark.parametrize(
    ("words", "at", "text"),
    [
        ("!remind me tomorrow 9h call the prefecture", (25, 8), "call the prefecture"),
        ("!rappel moi demain 9h appeler la préfecture", (25, 8), "appeler la préfecture"),
        ("!rappel demain 9h appeler", (25, 8), "appeler"),
        ("!rappelle-moi dans 2h le café", (24, 15), "le café"),
        ("!rappel demain : lire", (25, 8), "lire"),
    ],
)
async def test_reminder_is_noted_with_its_full_date(
    scene: Scene, words: str, at: tuple[int, int], text: str
) -> None:
    answer = await scene.answer(words)

    [item] = await planned(scene)
    assert (item.due_at.day, item.due_at.hour) == at
    assert text in answer
    assert "R1" in answer
    assert "Europe/Paris" in answer


@pytest.mark.parametrize(
    "words",
    [
        *(
            "!rappel",
            "!rappel moi",
            "!rappel mardi 32 lire",
            "!rappel appeler demain",
            "!remind me",
        ),
        *("!rappel demain 9h", "!rappel annule", "!rappel annule E1", "!rappel annule R9"),
        *("!rappel @max:example.org demain 9h danser", "!rappel hier 9h lire"),
    ],
)
async def test_reminder_that_is_not_understood_is_refused_with_an_example(
    scene: Scene, words: str
) -> None:
    answer = await scene.answer(words)

    assert await planned(scene) == []
    assert "!" in answer or "jeudi 14h" in answer


async def test_reminder_is_said_when_it_falls_due(scene: Scene) -> None:
    await scene.say("!rappel dans 2h le café")
    assert await fire(scene) == []

    scene.clock.pass_by(timedelta(hours=2))
    [said] = await fire(scene)

    assert "le café" in said.body
    assert said.content["msgtype"] == "m.text"
    assert said.content["m.mentions"] == {"user_ids": [JO]}
    assert await fire(scene) == []


async def test_edit_moves_a_reminder(scene: Scene) -> None:
    command = scene.message("!rappel demain 9h appeler")
    await scene.hear(command)

    [correction] = await scene.edit(command, "!rappel demain 10h appeler Jo")

    [item] = await planned(scene)
    assert item.due_at == datetime(2026, 3, 25, 9, tzinfo=UTC)
    assert "R1" in correction.body


async def test_redaction_cancels_a_reminder(scene: Scene) -> None:
    command = scene.message("!rappel demain 9h appeler")
    await scene.hear(command)

    assert len(await scene.redact(command.event_id)) == 1
    assert await planned(scene) == []


@pytest.mark.parametrize("words", ["!remind cancel R1", "!rappel annule r-1", "!rappel annuler R1"])
async def test_reminder_is_cancelled_by_its_owner_alone(scene: Scene, words: str) -> None:
    await scene.say("!rappel demain 9h appeler")

    await scene.say(words, sender=MAX)
    assert len(await planned(scene)) == 1

    assert "R1" in await scene.answer(words)
    assert await planned(scene) == []


@pytest.mark.parametrize("words", ["!remind list", "!rappel liste"])
async def test_list_shows_what_waits_here(scene: Scene, words: str) -> None:
    await scene.say("!rappel demain 9h appeler")
    await scene.say("rappel demain 10h un secret", room=PAIR)
    await scene.say("!rappel demain 11h autre", sender=MAX)

    in_room = await scene.answer(words)
    alone = await scene.answer("rappel liste", room=PAIR)

    assert ("R1" in in_room, "secret" in in_room, "autre" in in_room) == (True, False, False)
    assert ("R1" in alone, "secret" in alone, "autre" in alone) == (True, True, False)


async def test_list_of_nothing_shows_an_example(scene: Scene) -> None:
    assert "!rappel" in await scene.answer("!rappel liste")


async def test_repeating_reminder_says_its_rule_and_comes_again(scene: Scene) -> None:
    answer = await scene.answer("!rappel chaque mardi à 15h la lettre")
    assert "chaque mardi" in answer

    scene.clock.pass_by(timedelta(hours=1))
    [said] = await fire(scene)
    [following] = await planned(scene)

    assert "la lettre" in said.body
    # The clocks went forward in between: 15:00 stays 15:00.
    assert following.due_at == datetime(2026, 3, 31, 13, tzinfo=UTC)


async def test_reminder_is_in_the_zone_of_its_owner(scene: Scene) -> None:
    await scene.say("!fuseau montréal")

    answer = await scene.answer("!rappel demain 9h appeler")

    [item] = await planned(scene)
    assert item.due_at == datetime(2026, 3, 25, 13, tzinfo=UTC)
    assert "America/Toronto" in answer
