"""Every command that exists, in an encrypted direct message and room, in strict mode."""

from collections.abc import Awaitable, Callable

import pytest

from bot.commands import COMMANDS
from bot.demo.conversation import RunningBot
from bot.i18n import Catalogue
from tests.e2e.interop.element import Element, Shown

MakeBot = Callable[..., Awaitable[RunningBot]]

LESSONS = [f"Réunion trop longue n°{n} → une heure debout" for n in range(1, 13)]

CONVERSATION = (
    *[("experience_share", f"partage {lesson}") for lesson in LESSONS],
    ("experience", "exp E1"),
    ("search", "cherche réunion"),
    ("page", "suite"),
    ("experience_list", "exps"),
    ("experience", "exp supprime E2"),
    ("reminder", "rappelle demain à 9h appeler Camille"),
    ("reminder", "rappels"),
    ("pause", "pause 2 jours"),
    ("pause", "pause fin"),
    ("language", "langue fr"),
    ("timezone", "fuseau Europe/Paris"),
    ("setting", "réglages"),
    ("verification", "vérifie 1 non"),
    ("help", "aide"),
    ("help", "aide partage"),
    ("about", "àpropos"),
    ("ping", "ping"),
)
"""What a member says, after the prefix, and the noun of the command that it is."""


def test_conversation_has_every_command() -> None:
    assert {noun for noun, _ in CONVERSATION} == {command.noun for command in COMMANDS}


def is_answer(shown: Shown) -> bool:
    """Whether it is a readable, sealed answer without a warning, and no apology."""
    words = Catalogue.load()
    apologies = [words.text(each, "fr").partition("{")[0] for each in ("error.broken",)]
    body = shown.body or ""
    is_sealed = shown.is_encrypted and not shown.is_unreadable and shown.shield == "none"
    return is_sealed and bool(body) and not any(each in body for each in apologies)


@pytest.mark.timeout(240)
@pytest.mark.parametrize("is_direct", [True, False])
async def test_every_command_is_answered_and_read(
    alix: Element, make_bot: MakeBot, *, is_direct: bool
) -> None:
    bot = await make_bot(more={"limits": {"commands_per_minute": 0}})
    if is_direct:
        room, prefix = await alix.create_dm(bot.user_id), ""
    else:
        room, prefix = await alix.create_room("Atelier", bot.user_id), "!"
        await alix.do("wait_joined", room=room, user=bot.user_id)

    answers = [await alix.ask(room, bot.user_id, prefix + words) for _, words in CONVERSATION]

    assert [answer for answer in answers if not is_answer(answer)] == []
    said = [each for each in await alix.messages(room) if each.sender == bot.user_id]
    assert [each for each in said if each.is_unreadable or each.shield not in {"none", None}] == []
    assert [each for each in said if each.type == "m.room.message" and not each.is_encrypted] == []


async def test_about_names_the_master_key(alix: Element, make_bot: MakeBot) -> None:
    bot = await make_bot()
    room = await alix.create_dm(bot.user_id)

    answer = await alix.ask(room, bot.user_id, "àpropos")

    master = (await alix.do("user", user=bot.user_id))["master"]
    assert master in (answer.body or "").replace(" ", "")
