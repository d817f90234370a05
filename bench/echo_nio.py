"""A plain matrix-nio bot that answers `!ping`, written as nio's documentation shows it.

``python -m bench.echo_nio HOMESERVER USER_ID PASSWORD [full_state]``: log in, a callback that
sends, ``sync_forever``. See https://matrix-nio.readthedocs.io/en/latest/examples.html
"""

import asyncio
import sys

from nio import AsyncClient, InviteMemberEvent, MatrixRoom, RoomMessageText


async def main(homeserver: str, user_id: str, password: str, mode: str = "") -> None:
    """Run the echo of one account; with ``full_state`` the first sync asks for all room state."""
    client = AsyncClient(homeserver, user_id)

    async def answer(room: MatrixRoom, event: RoomMessageText) -> None:
        if event.body == "!ping":
            content = {
                "msgtype": "m.notice",
                "body": "pong",
                "m.relates_to": {"m.in_reply_to": {"event_id": event.event_id}},
            }
            await client.room_send(room.room_id, "m.room.message", content)

    async def join(room: MatrixRoom, _event: InviteMemberEvent) -> None:
        await client.join(room.room_id)

    client.add_event_callback(answer, RoomMessageText)
    client.add_event_callback(join, InviteMemberEvent)
    await client.login(password, device_name="echo")
    await client.sync_forever(timeout=30000, full_state=mode == "full_state")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
