"""The floor: the least that can answer `!ping` over HTTP, and nothing else.

``python -m bench.echo_raw HOMESERVER USER_ID PASSWORD TOKEN_FILE``. A sync filter that lets through
messages only, one task and one request for each answer, the sync token in a file. It promises
nothing: what is in flight when it dies is lost.
"""

import asyncio
import json
import sys
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import aiohttp
import orjson
import uvloop

CLIENT = "/_matrix/client/v3"
IN_FLIGHT = 40
"""Requests at once; more only makes Synapse switch between them."""


@dataclass(slots=True)
class RawEcho:
    """One account that answers every `!ping` in every room that it is in or is invited to."""

    session: aiohttp.ClientSession
    user_id: str
    token_file: Path
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def run(self, password: str) -> None:
        """Log in and answer until the process ends."""
        headers = {"Authorization": f"Bearer {await self._login(password)}"}
        self.session.headers.update(headers)
        since = self.token_file.read_text() if self.token_file.exists() else ""
        while True:
            query = {"timeout": "30000", "filter": _filter(self.user_id)}
            if since:
                query["since"] = since
            async with self.session.get(f"{CLIENT}/sync", params=query) as reply:
                answer = orjson.loads(await reply.read())
            since = answer["next_batch"]
            self._start(answer.get("rooms", {}))
            self.token_file.write_text(since)

    async def _login(self, password: str) -> str:
        content = {
            "type": "m.login.password",
            "identifier": {"type": "m.id.user", "user": self.user_id},
            "password": password,
            "device_id": "ECHO",
        }
        async with self.session.post(f"{CLIENT}/login", json=content) as reply:
            return str(orjson.loads(await reply.read())["access_token"])

    def _start(
        self, rooms: dict[str, dict[str, dict[str, dict[str, list[dict[str, object]]]]]]
    ) -> None:
        for room_id in rooms.get("invite", {}):
            self._spawn("POST", f"{CLIENT}/join/{quote(room_id, safe='')}", b"{}")
        for room_id, room in rooms.get("join", {}).items():
            for event in room.get("timeline", {}).get("events", ()):
                content = event.get("content")
                if isinstance(content, dict) and content.get("body") == "!ping":
                    self._answer(room_id, str(event["event_id"]))

    def _answer(self, room_id: str, event_id: str) -> None:
        content = {
            "msgtype": "m.notice",
            "body": "pong",
            "m.relates_to": {"m.in_reply_to": {"event_id": event_id}},
        }
        path = f"{CLIENT}/rooms/{quote(room_id, safe='')}/send/m.room.message"
        self._spawn("PUT", f"{path}/{quote(event_id, safe='')}", orjson.dumps(content))

    def _spawn(self, method: str, path: str, body: bytes) -> None:
        task = asyncio.create_task(self._request(method, path, body))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _request(self, method: str, path: str, body: bytes) -> None:
        async with self.session.request(method, path, data=body) as reply:
            await reply.read()


def _filter(user_id: str) -> str:
    nothing: dict[str, list[str]] = {"types": []}
    messages = {"types": ["m.room.message"], "not_senders": [user_id], "limit": 1000}
    room = {"timeline": messages, "state": nothing, "ephemeral": nothing, "account_data": nothing}
    return json.dumps({"room": room, "presence": nothing, "account_data": nothing})


async def main(homeserver: str, user_id: str, password: str, token_file: str) -> None:
    """Run the echo of one account."""
    connector = aiohttp.TCPConnector(limit=IN_FLIGHT)
    async with aiohttp.ClientSession(homeserver, connector=connector) as session:
        await RawEcho(session, user_id, Path(token_file)).run(password)


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:]))
