"""All that is said between newcomer and companion, in both languages; ``--golden`` renews."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.storage import room, trio
from bot.storage.room import Room
from bot.storage.transaction import Transaction
from bot.storage.trio import State
from tests.reading import TRIO, Play, Reading, read_aloud
from tests.scene import ANIMATOR, BOT, CATALOGUE, JO, MAX, NOW, PAIR

GOLDEN = Path(__file__).parent.parent / "golden"
MONTH = timedelta(days=30)


async def asks(told: Reading) -> None:
    """Let Max offer himself, and Jo ask."""
    await told.says(MAX, "compagnonnage oui", "companion on")
    await told.says(JO, "compagnonnage demande", "companion please")


async def both_agree(told: Reading) -> None:
    await asks(told)
    await told.waits()
    await told.says(MAX, "oui", "yes")
    await told.waits()
    await told.says(JO, "oui", "yes")


async def meet(told: Reading) -> None:
    """Let both agree, and come into their room."""
    await both_agree(told)

    async def work(transaction: Transaction) -> None:
        item = await trio.get(transaction, 1)
        assert item is not None
        await trio.save(transaction, replace(item, state=State.OPEN, room_id=TRIO))
        made = Room(TRIO, joined_count=3, joined_at=NOW, is_trio=True)
        await room.save(transaction, [made])

    await told.scene.database.write(work)
    told.scene.rooms.open.add(TRIO)
    told.scene.rooms.trios.add(TRIO)
    told.scene.server.members[TRIO] = {JO, MAX, BOT}
    name = CATALOGUE.text("companion.room.name", told.language)
    told.lines += [f"... jo and max come into the room of three, “{name}” ...", ""]


async def every_step(told: Reading) -> None:
    show = ("compagnonnage", "companion")
    await told.says(JO, *show)
    await told.says(MAX, "compagnonnage oui", "companion on")
    await told.says(MAX, *show)
    for words in ("please", "please", "huh", "show"):
        await told.says(JO, f"companion {words}", f"companion {words}")
    await told.waits()
    await told.says(JO, *show)
    await told.says(MAX, "bof", "hm")
    await told.says(MAX, "oui", "yes")
    await told.says(JO, *show)
    await told.waits()
    await told.says(JO, *show)
    yes = told.scene.message(told.word("oui", "yes"), room=PAIR)
    told.lines += [f"jo (in private): {yes.body}", ""]
    told.note(await told.scene.hear(yes))
    await told.scene.deliver()
    told.lines += [f"jo (in private): (edited) {told.word('non', 'no')}", ""]
    told.note(await told.scene.edit(yes, told.word("non", "no")))
    await told.says(JO, *show)
    await told.says(JO, "compagnonnage bilan", "companion status")
    await told.says(ANIMATOR, "!compagnonnage bilan", "!companion status", here=True)
    await told.waits(MONTH)
    await told.says(MAX, "compagnonnage non", "companion off")


async def month_in_their_room(told: Reading) -> None:
    await meet(told)
    await told.waits(MONTH)


async def one_leaves(told: Reading) -> None:
    await meet(told)
    told.lines += ["... max leaves the room of three ...", ""]
    told.note(await told.scene.move(MAX, "leave", "join", room=TRIO))


async def refused(told: Reading) -> None:
    await asks(told)
    await told.waits()
    await told.says(MAX, "oui", "yes")
    await told.waits()
    await told.is_refused(
        lambda: told.says(JO, "oui", "yes"), "the invitation into the room of three is refused"
    )


async def stopped_in_their_room(told: Reading) -> None:
    await meet(told)
    await told.says(JO, "compagnonnage stop", "companion stop")
    await told.says(JO, "compagnonnage stop", "companion stop")


async def stopped_by_the_newcomer(told: Reading) -> None:
    await both_agree(told)
    await told.says(JO, "compagnonnage stop", "companion stop")


async def stopped_by_the_companion(told: Reading) -> None:
    await both_agree(told)
    await told.says(MAX, "compagnonnage stop", "companion stop")


async def member_says_no(told: Reading) -> None:
    await told.says(JO, "moi cherche facilitation", "me seeks facilitation")
    await told.says(MAX, "moi talents facilitation", "me talents facilitation")
    await asks(told)
    await told.waits()
    await told.says(MAX, "!compagnonnage demande", "!companion please")
    await told.says(MAX, "non", "no")
    await told.waits()
    await told.says(JO, "compagnonnage", "companion")


async def newcomer_says_no(told: Reading) -> None:
    await asks(told)
    await told.waits()
    await told.says(MAX, "oui", "yes")
    await told.waits()
    await told.says(JO, "non", "no")


PLAYS: Mapping[str, Play] = {
    "every step, and the month ends before they met": every_step,
    "a month in their room": month_in_their_room,
    "one leaves their room": one_leaves,
    "there can be no room": refused,
    "stopped, and once more": stopped_in_their_room,
    "stopped by the newcomer before they met": stopped_by_the_newcomer,
    "stopped by the companion before they met": stopped_by_the_companion,
    "the member says no": member_says_no,
    "the newcomer says no": newcomer_says_no,
}


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_every_text_of_companions_is_as_it_was_read(
    sqlite_template: Path, tmp_path: Path, language: str, request: pytest.FixtureRequest
) -> None:
    text = await read_aloud(PLAYS, language, sqlite_template, tmp_path)
    page = GOLDEN / f"companion.{language}.txt"
    if request.config.getoption("--golden"):
        page.write_text(text, encoding="utf-8")
    assert text == page.read_text(encoding="utf-8")
