"""A newcomer who uses Element in strict mode is walked in, while the bot is killed at random."""

from collections.abc import Awaitable, Callable

import pytest_asyncio

from bot.demo.conversation import RunningBot
from tests.e2e.interop.element import Element
from tests.e2e.interop.newcomer import Newcomer, is_well

MakeBot = Callable[..., Awaitable[RunningBot]]
MakeElement = Callable[..., Awaitable[Element]]


@pytest_asyncio.fixture
async def newcomer(alix: Element, make_bot: MakeBot, make_element: MakeElement) -> Newcomer:
    """Alix in an encrypted room with the bot, to whom it writes alone."""
    bot = await make_bot()
    basile = await make_element("basile")
    room = await alix.create_room("Accueil", bot.user_id, basile.user_id)
    await basile.do("join", room=room)
    for user in (bot.user_id, basile.user_id):
        await alix.do("wait_joined", room=room, user=user)
    await alix.send(room, "!commencer")
    direct = str(await alix.do("accept_invitation", user=bot.user_id))
    await alix.do("wait_joined", room=direct, user=bot.user_id)
    return Newcomer(alix, bot, direct, seed=20261122)


async def test_newcomer_completes_while_the_bot_is_killed(newcomer: Newcomer) -> None:
    await newcomer.reads("1 sur 3")
    await newcomer.write("Mairie de Lyon, action publique", "2 sur 3")
    await newcomer.write("!ping", "pong")
    third = await newcomer.write("des idées", "3 sur 3")
    await newcomer.tap(third, "⏭", "premiers pas")

    said = await newcomer.heard()
    assert [each for each in said if not is_well(each)] == []
    for words in ("1 sur 3", "2 sur 3", "3 sur 3", "pong", "Merci beaucoup", "premiers pas"):
        assert sum(words in (each.body or "") for each in said) == 1, words
    profile = await newcomer.write("moi", "Voici ce que vous avez dit de vous")
    assert "des idées" in (profile.body or "")
    assert newcomer.kills == 5


async def test_newcomer_interrupts_resumes_and_refuses(newcomer: Newcomer) -> None:
    await newcomer.reads("1 sur 3")
    await newcomer.write("Chez Martin", "quel monde est-ce")
    await newcomer.write("plus tard", "trois jours")
    again = await newcomer.write("commencer", "quel monde est-ce")
    await newcomer.tap(again, "💼", "2 sur 3")
    await newcomer.write("stop", "je ne vous poserai plus")

    said = await newcomer.heard()
    assert [each for each in said if not is_well(each)] == []
    assert sum("je ne vous poserai plus" in (each.body or "") for each in said) == 1
    empty = await newcomer.write("moi", "rien dit de vous", is_killed=False)
    assert is_well(empty)


async def test_newcomer_who_joins_is_welcomed_in_french(
    alix: Element, make_bot: MakeBot, make_element: MakeElement
) -> None:
    bot = await make_bot(more={"welcome": {"batch_minutes": 0}, "quiet": {"hours": "off"}})
    room = await alix.create_room("Accueil", bot.user_id)
    await alix.do("wait_joined", room=room, user=bot.user_id)
    chloe = await make_element("chloe")
    await alix.do("invite", room=room, user=chloe.user_id)
    await chloe.do("join", room=room)

    direct = str(await chloe.do("accept_invitation", user=bot.user_id))
    newcomer = Newcomer(chloe, bot, direct, seed=4)
    hello = await newcomer.reads("On y va")
    await newcomer.tap(hello, "✅", "1 sur 3")
    await newcomer.write("Mairie de Lyon, action publique", "2 sur 3")
    await newcomer.write("passer", "3 sur 3")
    await newcomer.write("du temps", "premiers pas")

    said = await newcomer.heard()
    assert [each for each in said if not is_well(each)] == []
    for words in ("bienvenue", "Vos données", "On y va", "1 sur 3", "Merci beaucoup"):
        assert sum(words in (each.body or "") for each in said) == 1, words
