"""Reactions on cards: the twin of something typed, for those who are entitled."""

import pytest

from bot.command import Twin, listed
from bot.ids import EventId
from bot.model import Reaction
from bot.services.user_pattern import UserPatterns
from bot.storage.database import Database
from bot.storage.inbox import Outcome
from tests.router.conftest import KEEP, kept
from tests.scene import BOT, JO, MAX, ROOM, Scene, sent


async def card(scene: Scene) -> EventId:
    """Let Jo keep something, and return the bot's answer, which is a card."""
    [answer] = await scene.say("!keep one")
    await scene.deliver()
    return sent(answer.oid)


async def test_reaction_does_what_its_typed_twin_does(keeper: Scene) -> None:
    target = await card(keeper)

    [answer] = await keeper.react(target, "➕")

    assert "one again" in answer.body
    assert answer.content["m.relates_to"] == {"m.in_reply_to": {"event_id": target}}
    assert "one again" in (await kept(keeper)).values()


async def test_reaction_is_answered_in_the_thread_of_its_card(keeper: Scene) -> None:
    target = await card(keeper)
    shown = keeper.message("…", sender=BOT, thread=EventId("$root"))
    keeper.server.messages[target] = shown

    [answer] = await keeper.react(target, "➕")

    relation = answer.content["m.relates_to"]
    assert isinstance(relation, dict)
    assert relation["event_id"] == "$root"


async def test_reaction_of_somebody_not_entitled_has_no_effect(keeper: Scene) -> None:
    target = await card(keeper)

    assert await keeper.react(target, "➕", sender=MAX) == []
    assert await keeper.react(target, "➕", sender=BOT) == []
    assert list((await kept(keeper)).values()) == ["one"]


async def test_reaction_without_a_meaning_has_no_effect(keeper: Scene) -> None:
    target = await card(keeper)

    assert await keeper.react(target, "👍") == []
    assert await keeper.react(EventId("$elsewhere"), "➕") == []


async def test_reaction_that_is_refused_is_not_talked_about(keeper: Scene) -> None:
    [answer] = await keeper.say("!keep refuse")
    await keeper.deliver()
    [again] = await keeper.react(sent(answer.oid), "➕")
    assert "refuse again" in again.body

    keeper.rooms.open.remove(ROOM)

    assert await keeper.react(sent(answer.oid), "➕") == []


async def test_reaction_handled_twice_has_one_effect(keeper: Scene) -> None:
    target = await card(keeper)
    before = len(await keeper.acts())
    [answer] = await keeper.react(target, "➕", sender=JO)

    assert len(await keeper.acts()) == before + 1
    assert answer.oid not in {act.oid for act in (await keeper.acts())[:-1]}


async def test_reaction_leaves_its_outcome(keeper: Scene) -> None:
    target = await card(keeper)
    message = keeper.message("x")
    await keeper.react(target, "👀")

    number = int(message.event_id.removeprefix("$event")) + 1
    assert await keeper.outcome(EventId(f"$event{number}")) is Outcome.IGNORED


UNDONE = Twin(
    kind="kept",
    key="👍",
    noun="ping",
    words=lambda reference: reference + " liked",
    is_for=lambda _reference, _room, user: user in {JO, MAX},
    undo=("ping", lambda reference: reference + " not liked"),
)


async def liked(scene: Scene) -> tuple[EventId, EventId]:
    """Let Jo keep and like something; return the card and the reaction."""
    target = await card(scene)
    at = scene.clock.now()
    reaction = Reaction(EventId("$like"), ROOM, JO, at, at, target, "👍")
    await scene.hear(reaction)
    return target, reaction.event_id


@pytest.fixture
async def liker(database: Database) -> Scene:
    scene = Scene(database, commands=[listed(KEEP)], twins=[UNDONE], language="en")
    await scene.preferences.load()
    return scene


async def test_reaction_taken_away_is_undone(liker: Scene) -> None:
    target, reaction = await liked(liker)

    [answer] = await liker.redact(reaction)

    assert "one not liked" in answer.body
    assert answer.content["m.relates_to"] == {"m.in_reply_to": {"event_id": target}}


async def test_reaction_taken_away_by_somebody_else_stays(liker: Scene) -> None:
    _, reaction = await liked(liker)

    assert await liker.redact(reaction, sender=MAX) == []


async def test_reaction_is_undone_once(liker: Scene) -> None:
    _, reaction = await liked(liker)
    await liker.redact(reaction)

    assert await liker.redact(reaction) == []


async def test_reaction_without_an_undo_is_only_taken_away(keeper: Scene) -> None:
    target = await card(keeper)
    at = keeper.clock.now()
    await keeper.hear(Reaction(EventId("$more"), ROOM, JO, at, at, target, "➕"))

    assert await keeper.redact(EventId("$more")) == []


async def test_reactions_of_other_bots_never_count(liker: Scene) -> None:
    target = await card(liker)
    object.__setattr__(liker.surroundings, "bots", UserPatterns(["@jo:*"]))

    assert await liker.react(target, "👍") == []
