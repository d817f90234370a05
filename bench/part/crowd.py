"""An account in 200 rooms of 50 members: from the start of the process to the first answer."""

import json
from collections.abc import Sequence

from bench.arena import Arena, Contestant, arena
from bench.measure import Measure, at_most
from bench.part.startup import newcomers, starts
from bench.stage import SERVER_NAME
from bench.subject import NIO, NIO_FULL_STATE, Subject
from bot.demo.client_api import ClientApi

PART = "crowd"
ROOM_MEMBERS = 50
MODULE = {"module": "bench.crowd_module.CrowdModule", "config": {}}
"""By name: only the homeserver's process imports it, and Synapse with it."""
JOIN_PATH = "/bench/join"


async def run(subjects: list[Subject], *, quick: bool) -> list[Measure]:
    """Start every bot in turn; nio as it has to be to know its rooms: with ``full_state``."""
    rooms = 20 if quick else 200
    asked = [NIO_FULL_STATE if subject is NIO else subject for subject in subjects]
    async with arena([]) as place:
        bots = await newcomers(place, asked, 1 if quick else 2)
        await _fill(place, bots, rooms)
        first, again = await starts(place, bots)
    what = f"answer, {rooms} rooms of {ROOM_MEMBERS}"
    return [
        at_most(PART, f"first start to first {what}", "s", _named(first), 3.5),
        at_most(PART, f"restart to first {what}", "s", _named(again), 0.6),
    ]


async def _fill(place: Arena, bots: Sequence[Contestant], rooms: int) -> None:
    """Put all the bots and a crowd into so many rooms, through a module in the homeserver."""
    synapse = place.stage.synapse
    await synapse.stop()
    path = synapse.home.data_dir / "homeserver.yaml"
    configuration = json.loads(path.read_text()) | {"modules": [MODULE]}
    path.write_text(json.dumps(configuration))
    await synapse.start_again()
    accounts = [bot.seat.account.user_id for bot in bots]
    people = ROOM_MEMBERS - len(bots) - 1  # the one who makes the room is in it too
    crowd = [f"@crowd{number}:{SERVER_NAME}" for number in range(people)]
    async with ClientApi(synapse.home.base_url) as api:
        for number in range(rooms):
            room = await place.members[0].create_room(f"crowd {number}")
            await api.request("POST", JOIN_PATH, {"room_id": room, "user_ids": crowd + accounts})


def _named(values: dict[str, float]) -> dict[str, float]:
    """Return the values with nio's under its plain name: it has one column in the table."""
    return {NIO.name if name == NIO_FULL_STATE.name else name: v for name, v in values.items()}
