"""Every command that exists, by its own example, in an encrypted direct message and room.

A new command is covered as soon as it has an example; without one the test fails and names it.
"""

import shutil
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

import pytest

from bot.commands import COMMANDS
from bot.demo.conversation import RunningBot
from bot.i18n import Catalogue
from bot.text import render
from tests.e2e.interop.element import Element, EngineError, Shown

MakeBot = Callable[..., Awaitable[RunningBot]]
MakeElement = Callable[..., Awaitable[Element]]

LESSONS = [f"partage Réunion trop longue n°{n} → une heure debout" for n in range(1, 13)]
"""Said first, so that there is something to find, and more than fits on one page."""

WORDS = Catalogue.load()


@dataclass(frozen=True, slots=True)
class Flaw:
    """What a command was answered that it should not be."""

    noun: str
    words: str
    answer: str


def example(noun: str, language: str, prefix: str) -> str:
    """Return the command's own example as a member types it; KeyError names one without."""
    template = WORDS.text(f"command.{noun}.example", language)
    return render(template, {"prefix": prefix}).body


def flaw_of(shown: Shown) -> str:
    """Return what is wrong with an answer as Element shows it; empty when nothing is."""
    if not shown.is_encrypted:
        return "not encrypted"
    if shown.is_unreadable:
        return f"unreadable: {shown.failure}"
    if shown.shield != "none":
        return f"a {shown.shield} shield"
    broken = WORDS.text("error.broken", "fr").partition("{")[0]
    body = shown.body or ""
    return "" if body and broken not in body else f"broken: {body}"


async def go_through(
    element: Element, bot: RunningBot, room: str, language: str, prefix: str
) -> list[Flaw]:
    """Say the example of every command, and return what was not answered as it should be."""
    flaws: list[Flaw] = []
    for command in COMMANDS:
        words = example(command.noun, language, prefix)
        try:
            flaw = flaw_of(await element.response(room, bot.user_id, words))
        except EngineError as error:
            flaw = str(error)
        if flaw:
            flaws.append(Flaw(command.noun, words, flaw))
    return flaws


def shadows(messages: Iterable[Shown], bot: RunningBot) -> list[Shown]:
    """Return what the bot said and somebody cannot read without a doubt; reactions are plain."""
    said = [each for each in messages if each.sender == bot.user_id]
    assert said
    doubtful = [each for each in said if each.is_unreadable or each.shield not in {"none", None}]
    plain = [each for each in said if each.type == "m.room.message" and not each.is_encrypted]
    return doubtful + plain


async def devices_of(element: Element, bot: RunningBot) -> set[str]:
    """Return the names of the bot's devices that its account has signed."""
    devices = await element.do("devices", user=bot.user_id)
    return {name for name, each in devices.items() if each["is_signed"]}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("is_direct", [True, False])
async def test_every_command_is_answered_and_read_across_a_restart_and_a_new_device(
    alix: Element, make_bot: MakeBot, make_element: MakeElement, *, is_direct: bool
) -> None:
    bot = await make_bot(more={"limits": {"commands_per_minute": 0}})
    members = [alix]
    if is_direct:
        room, prefix = await alix.create_dm(bot.user_id), ""
    else:
        basile = await make_element("basile")
        room, prefix = await alix.create_room("Atelier", bot.user_id, basile.user_id), "!"
        await basile.do("join", room=room)
        await basile.do("wait_joined", room=room, user=bot.user_id)
        await alix.do("wait_joined", room=room, user=basile.user_id)
        members.append(basile)
    for lesson in LESSONS:
        assert flaw_of(await alix.ask(room, bot.user_id, prefix + lesson)) == ""

    assert await go_through(alix, bot, room, "fr", prefix) == []
    await bot.process.stop()
    await bot.process.start()
    assert await go_through(alix, bot, room, "en", prefix) == []
    before = await devices_of(alix, bot)
    await bot.process.stop()
    shutil.rmtree(bot.process.config_path.with_name("data") / "crypto")
    await bot.process.start()
    assert await go_through(alix, bot, room, "fr", prefix) == []

    after = await devices_of(alix, bot)
    assert (len(after), after & before) == (1, set())
    for member in members:
        assert shadows(await member.messages(room), bot) == []


async def test_about_names_the_master_key(alix: Element, make_bot: MakeBot) -> None:
    bot = await make_bot()
    room = await alix.create_dm(bot.user_id)

    answer = await alix.ask(room, bot.user_id, "àpropos")

    master = (await alix.do("user", user=bot.user_id))["master"]
    assert master in (answer.body or "").replace(" ", "")
