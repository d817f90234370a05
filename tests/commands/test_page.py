"""The rest of a long answer, typed or by reaction."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from bot.command import Command, Context, Gathering, Intent, listed
from bot.commands import COMMANDS
from bot.services import page
from bot.storage.database import Database
from bot.text import Text
from tests.scene import JO, MAX, PAIR, Scene, sent


async def _count(context: Context, _arguments: None) -> None:
    numbers = [Text(str(n), str(n)) for n in range(1, 26)]

    def page_of(items: Sequence[Text], left: int, _is_first: bool) -> Text:
        body = " ".join(item.body for item in items) + (f" +{left}" if left else "")
        return Text(body, body)

    pages = page.paged(numbers, page_of)
    await page.show(context.transaction, context.outgoing, context.message, pages, context.now)


def _parse(_rest: str, _gathering: Gathering) -> None:
    return None


COUNT: Command[None] = Command(
    noun="ping", english=("count",), french=(), intent=Intent.FIND, run=_count, parse=_parse
)


@pytest.fixture
def counting(database: Database) -> Scene:
    """A router that also counts to 25 on request."""
    real = [command for command in COMMANDS if command.noun != "ping"]
    return Scene(database, commands=[*real, listed(COUNT)])


async def test_long_answer_offers_its_rest(counting: Scene) -> None:
    shown, offer = await counting.say("!count")

    assert shown.body == "1 2 3 4 5 6 7 8 9 10 +15"
    assert shown.card == f"page:{shown.conversation}"
    assert (offer.type, offer.target) == ("m.reaction", f"oid:{shown.oid}")


async def test_more_goes_on_to_the_end(counting: Scene) -> None:
    await counting.say("!count")

    second, _offer = await counting.say("!suite")
    [third] = await counting.say("!more")
    [end] = await counting.say("!more")

    assert second.body == "11 12 13 14 15 16 17 18 19 20 +5"
    assert third.body == "21 22 23 24 25"
    assert "+" not in end.body


async def test_reaction_goes_on_as_well(counting: Scene) -> None:
    shown, _offer = await counting.say("!count")
    await counting.deliver()

    second, _offer = await counting.react(sent(shown.oid), "➕")

    assert second.body.startswith("11")


async def test_rest_is_for_who_asked_and_where(counting: Scene) -> None:
    shown, _offer = await counting.say("!count", sender=JO)
    await counting.deliver()

    assert await counting.react(sent(shown.oid), "➕", sender=MAX) == []
    assert "11" not in await counting.answer("!more", sender=MAX)
    assert "11" not in await counting.answer("more", sender=JO, room=PAIR)
    assert len(await counting.say("!more", sender=JO)) == 2


async def test_reaction_with_nothing_left_is_not_talked_about(counting: Scene) -> None:
    shown, _offer = await counting.say("!count")
    await counting.say("!more")
    await counting.say("!more")
    await counting.deliver()
    counting.clock.pass_by(timedelta(minutes=1))

    assert await counting.react(sent(shown.oid), "➕") == []
