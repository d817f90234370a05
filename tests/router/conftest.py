"""A command with effects of its own, so that the router is tested apart from the real ones."""

from datetime import datetime

import pytest

from bot.command import Access, Command, Context, Gathering, Intent, Twin, listed
from bot.commands import COMMANDS
from bot.errors import UserError
from bot.ids import EventId, UserId
from bot.storage import room_setting
from bot.storage.database import Database
from bot.storage.room_setting import RoomSetting
from bot.storage.transaction import Transaction
from tests.scene import PAIR, ROOM, Scene


def _parse(rest: str, _gathering: Gathering) -> str:
    if rest == "wrong":
        raise UserError("error.argument_unknown", given=rest)
    return rest


async def _keep(context: Context, rest: str) -> None:
    message = context.message
    await room_setting.put(
        context.transaction,
        RoomSetting(message.room_id, context.source, rest, message.sender, context.now),
    )
    if rest == "refused":
        raise UserError("reminder.too_long", limit=3)
    if rest == "broken":
        raise RuntimeError("a mistake of ours")
    context.answer(context.text("error.did_you_mean", given=rest, name="kept"), card=f"kept:{rest}")


async def _take_back(transaction: Transaction, event: EventId, _now: datetime) -> bool:
    return await room_setting.unset(transaction, ROOM, event)


KEEP: Command[str] = Command(
    noun="ping",
    english=("keep",),
    french=("garde",),
    intent=Intent.SHARE,
    run=_keep,
    parse=_parse,
    is_editable=True,
    take_back=_take_back,
)

RULE: Command[str] = Command(
    noun="about",
    english=("rule",),
    french=("règle",),
    intent=Intent.SETTLE,
    run=_keep,
    parse=_parse,
    access=Access.ANIMATOR,
)

AGAIN = Twin(
    kind="kept",
    key="➕",
    noun="ping",
    words=lambda reference: reference + " again",
    is_for=lambda _reference, _room, user: user == UserId("@jo:example.org"),
)


@pytest.fixture
async def keeper(database: Database) -> Scene:
    """A router that also knows ``!keep``, which keeps its words, and ``!rule``, for animators."""
    real = [command for command in COMMANDS if command.noun not in {"ping", "about"}]
    commands = [*real, listed(KEEP), listed(RULE)]
    scene = Scene(database, commands=commands, twins=[AGAIN], language="en")
    await scene.preferences.load()
    return scene


async def kept(scene: Scene) -> dict[str, str]:
    """Return what ``!keep`` keeps, by the event of the command."""
    async with scene.database.read() as snapshot:
        rooms = await room_setting.load(snapshot)
    return {key: item.value for room in (ROOM, PAIR) for key, item in rooms.get(room, {}).items()}
