"""A newcomer and a member are introduced once both said yes; nobody is named before."""

from datetime import timedelta

import pytest

from bot.ids import RoomId, UserId, direct_room
from bot.storage import companion, forgetting, room, subject
from bot.storage.companion import State
from bot.storage.database import Database
from bot.storage.room import Room
from tests.scene import ANIMATOR, BOT, JO, MAX, PAIR, ROOM, Act, Scene, sent

MAX_PAIR = RoomId("!max-and-the-bot:example.org")
EVA, LEA = (UserId(f"@{name}:example.org") for name in ("eva", "lea"))
DAYS_3 = timedelta(days=3)


@pytest.fixture
async def play(database: Database) -> Scene:
    """Jo is new; Max offers to guide; both are alone with the bot somewhere."""
    scene = Scene(database)
    await scene.preferences.load()
    await open_rooms(scene)
    return scene


async def open_rooms(scene: Scene) -> None:
    scene.rooms.pairs.add(MAX_PAIR)
    scene.rooms.open.add(MAX_PAIR)
    scene.server.members[MAX_PAIR] = {MAX, BOT}
    await scene.database.write(lambda t: room.save(t, [Room(ROOM, joined_count=4)]))
    await scene.say("!companion on", sender=MAX, room=MAX_PAIR)


def told(acts: list[Act], user: UserId) -> str:
    [act] = [a for a in acts if a.room == direct_room(user) and a.type == "m.room.message"]
    return act.body


async def state_of(scene: Scene, user: UserId = JO) -> State | None:
    async with scene.database.read() as reader:
        search = await companion.of_newcomer(reader, user)
    return search.state if search else None


async def pair(scene: Scene) -> list[Act]:
    """Have both say yes; return what follows from the second."""
    await scene.say("!companion please", room=PAIR)
    await scene.wait()
    await scene.say("oui", sender=MAX, room=MAX_PAIR)
    await scene.wait()
    return await scene.say("oui", room=PAIR)


async def test_nobody_is_named_before_both_say_yes(play: Scene) -> None:
    await play.say("!parrainage demande", room=PAIR)
    asked = await play.wait()
    yes = await play.say("oui", sender=MAX, room=MAX_PAIR)
    offered = await play.wait()
    before = "".join(act.body + act.html for act in [*asked, *yes, *offered])
    met = await play.say("oui", room=PAIR)

    assert JO not in before
    assert MAX not in before
    assert MAX in "".join(act.html for act in met if act.room == PAIR)
    assert any(JO in act.html for act in met if act.room == direct_room(MAX))
    assert await state_of(play) is State.PAIRED


async def test_reasons_are_the_newcomers_own_visible_words(play: Scene) -> None:
    await play.say("!moi cherche facilitation", room=PAIR)
    await play.say("!moi talents facilitatrice", sender=MAX, room=MAX_PAIR)
    await play.say("!companion please", room=PAIR)
    assert "facilitation" in told(await play.wait(), MAX)


@pytest.mark.parametrize("no", ["non", "stop", "plus tard"])
async def test_member_who_says_no_is_not_named_and_the_next_is_asked(play: Scene, no: str) -> None:
    await play.say("!companion on", sender=ANIMATOR)
    await play.say("!companion please", room=PAIR)
    await play.wait()  # Anne comes before Max
    [asked] = [a for a in await play.acts() if a.room == direct_room(ANIMATOR) and a.card]
    anne = RoomId("!anne-and-the-bot:example.org")
    play.rooms.pairs.add(anne)
    play.rooms.open.add(anne)
    await play.say(no, sender=ANIMATOR, room=anne)
    assert asked.body == told(await play.wait(), MAX)


async def test_silence_of_three_days_is_a_no_and_three_are_asked_at_most(play: Scene) -> None:
    others = [ANIMATOR, EVA, LEA]
    play.server.members[ROOM] |= {EVA, LEA}
    for user in others:
        await play.say("!companion on", sender=user)
    await play.say("!companion please", room=PAIR)
    asked = [a.room for a in await play.wait() if a.card]
    for _ in range(2):
        asked += [a.room for a in await play.wait(DAYS_3) if a.card]
    end = await play.wait(DAYS_3)

    assert asked == [direct_room(user) for user in others]
    assert "personne de disponible" in told(end, JO)
    assert await state_of(play) is State.STUCK
    await play.say("!companion please", room=PAIR)
    assert await state_of(play) is State.SEEKING


async def test_somebody_in_no_common_room_is_not_asked(play: Scene) -> None:
    play.server.members[ROOM] -= {MAX}
    await play.say("!companion please", room=PAIR)
    assert "personne de disponible" in told(await play.wait(), JO)


async def test_members_are_asked_by_day(play: Scene) -> None:
    play.clock.pass_by(timedelta(hours=10))  # midnight in Paris
    await play.say("!companion please", room=PAIR)
    assert await play.wait() == []
    assert told(await play.wait(timedelta(hours=8)), MAX)


async def test_reaction_answers_as_a_word_does(play: Scene) -> None:
    await play.say("!companion please", room=PAIR)
    [asked] = [a for a in await play.wait() if a.card]
    await play.deliver()
    await play.react(sent(asked.oid), "✅", sender=MAX, room=MAX_PAIR)
    assert await state_of(play) is State.AGREED


async def test_unclear_answer_is_asked_again(play: Scene) -> None:
    await play.say("!companion please", room=PAIR)
    await play.wait()
    assert "oui ou non" in await play.answer("peut-être bien", sender=MAX, room=MAX_PAIR)
    await play.say("oui", sender=MAX, room=MAX_PAIR)
    assert await state_of(play) is State.AGREED


async def test_newcomer_says_no_and_the_member_hears_no_name(play: Scene) -> None:
    await play.say("!companion please", room=PAIR)
    await play.wait()
    await play.say("oui", sender=MAX, room=MAX_PAIR)
    await play.wait()
    acts = await play.say("non", room=PAIR)
    assert JO not in told(acts, MAX)
    assert await state_of(play) is None


async def test_month_ends_with_a_goodbye_to_both_once(play: Scene) -> None:
    await pair(play)
    acts = await play.wait(timedelta(days=30))
    assert "30 jours" in told(acts, JO)
    assert "30 jours" in told(acts, MAX)
    assert await state_of(play) is None
    assert await play.wait(timedelta(days=60)) == []


@pytest.mark.parametrize(("who", "where", "other"), [(JO, PAIR, MAX), (MAX, MAX_PAIR, JO)])
async def test_either_stops_and_the_other_is_told(
    play: Scene, who: UserId, where: RoomId, other: UserId
) -> None:
    await pair(play)
    acts = await play.say("!companion stop", sender=who, room=where)
    assert told(acts, other)
    assert await state_of(play) is None
    assert await play.wait(timedelta(days=60)) == []
    [again] = await play.say("!companion stop", sender=who, room=where)
    assert "compagnonnage à arrêter" in again.body


async def test_member_withdraws_a_yes_and_the_next_is_asked(play: Scene) -> None:
    await play.say("!companion please", room=PAIR)
    await play.wait()
    await play.say("oui", sender=MAX, room=MAX_PAIR)
    await play.wait()
    await play.say("!companion stop", sender=MAX, room=MAX_PAIR)
    assert "personne de disponible" in told(await play.wait(), JO)


async def test_who_is_no_companion_any_more_is_waited_for_no_longer(play: Scene) -> None:
    await play.say("!companion please", room=PAIR)
    await play.wait()
    await play.say("!companion off", sender=MAX, room=MAX_PAIR)
    assert await state_of(play) is State.SEEKING


async def test_second_request_is_refused(play: Scene) -> None:
    await play.say("!companion please", room=PAIR)
    assert "déjà en cours" in await play.answer("!companion please", room=PAIR)


async def test_step_handled_twice_asks_once(play: Scene) -> None:
    message = play.message("!companion please", room=PAIR)
    entry = await play.record(message)
    await play.router.handle(entry)
    await play.router.handle(entry)
    assert len([a for a in await play.wait() if a.card]) == 1


async def test_animators_see_masked_counts_and_no_names(play: Scene) -> None:
    await pair(play)
    said = await play.answer("!companion status", sender=ANIMATOR)
    assert said.count("< 5") == 4
    assert JO not in said
    assert "animateurs" in await play.answer("!companion status", sender=JO)


async def test_data_of_one_does_not_name_the_other_before_they_met(play: Scene) -> None:
    await play.say("!companion please", room=PAIR)
    await play.wait()
    async with play.database.read() as reader:
        mine, theirs = await subject.rows(reader, JO), await subject.rows(reader, MAX)
    assert MAX not in str([mine.get("companion"), mine.get("companion_request")])
    assert JO not in str([theirs.get("companion"), theirs.get("companion_request")])


@pytest.mark.parametrize("gone", [JO, MAX])
async def test_who_is_forgotten_leaves_nothing_and_breaks_nothing(
    play: Scene, gone: UserId
) -> None:
    await pair(play)
    await play.database.write(lambda t: forgetting.erase(t, gone, keeps_words=False))
    acts = await play.wait(timedelta(days=30))
    assert [a.room for a in acts if a.type == "m.room.message"] == (
        [] if gone == JO else [direct_room(JO)]
    )


async def test_search_that_is_renounced_ends_but_two_who_met_stay_together(play: Scene) -> None:
    await play.say("!companion please", room=PAIR)
    await play.say("!companion renounce", room=PAIR)
    searching = await state_of(play)
    await pair(play)

    [shown] = await play.say("!compagnonnage renoncer", room=PAIR)

    assert searching is None
    assert await state_of(play) is State.PAIRED
    assert "accompagn" in shown.body
