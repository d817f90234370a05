"""An instant homeserver: hands out commands as fast as they are taken and accepts every answer.

``python -m bench.stub USER_ID ROOMS MEMBERS`` prints its port. What a bot manages against it is the
bot's own ceiling. ``POST /stub/go?commands=N`` starts (``&chatter=M``: M messages for nobody before
each command; ``&people=P``: each by another of so many), ``GET /stub/state`` tells how far it is; a
request that it does not know is answered 404, as by a real server, and counted there.
"""

import asyncio
import socket
import sys
import time
from collections import Counter
from dataclasses import dataclass, field

import orjson
import uvloop
from aiohttp import web

from bench.stub_account import StubAccount
from bench.stub_room import StubRoom
from bot.demo.client_api import text

BATCH = 50
"""New commands in one sync answer: what comes together when a bot is kept busy."""
MOST_EVENTS = 300
"""In one sync answer, the bot's own echoes included."""

FIXED: dict[tuple[str, str], dict[str, object]] = {
    ("GET", "versions"): {"versions": ["v1.1", "v1.11", "v1.15"], "unstable_features": {}},
    ("GET", "login"): {"flows": [{"type": "m.login.password"}]},
    ("GET", "capabilities"): {"capabilities": {"m.room_versions": {"default": "11"}}},
    ("POST", "filter"): {"filter_id": "1"},
    ("POST", "keys/claim"): {"one_time_keys": {}, "failures": {}},
    ("GET", "pushrules"): {"global": {}},
    ("POST", "read_markers"): {},
    ("PUT", "typing"): {},
}
"""Answers that never change, by method and the end of the path."""


@dataclass(slots=True)
class Stub:
    """One account's homeserver; the stream's index is the sync token."""

    account: StubAccount
    rooms: dict[str, StubRoom]
    stream: list[tuple[str, dict[str, object]]] = field(default_factory=list)
    commands: int = 0
    """How many are still to be handed out."""
    handed: int = 0
    chatter: int = 0
    people: int = 0
    began: float = 0.0
    ended: float = 0.0
    answers: Counter[str] = field(default_factory=Counter)
    said: Counter[str] = field(default_factory=Counter)
    """What the bot said of itself, by its words."""
    said_last: float = 0.0
    transactions: dict[str, str] = field(default_factory=dict)
    unknown: Counter[str] = field(default_factory=Counter)
    grown: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle(self, request: web.Request) -> web.Response:
        """Answer any request."""
        parts = request.path.strip("/").split("/")
        match (request.method, parts):
            case ("GET", [*_, "sync"]):
                return _json(await self._sync(request))
            case ("PUT", [*_, "rooms", room, "send", type_, txn_id]):
                return _json(self._send(room, type_, txn_id, await request.read()))
            case ("GET", ["stub", "state"]):
                return _json(self._state())
            case ("POST", ["stub", "go"]):
                query = {name: int(value) for name, value in request.query.items()}
                self._go(query["commands"], query.get("chatter", 0), query.get("people", 0))
                return _json({})
            case _:
                return await self._other(request, parts)

    def _go(self, commands: int, chatter: int, people: int) -> None:
        self.commands, self.handed = commands, 0
        self.chatter, self.people = chatter, people
        self.answers.clear()
        self.began = self.ended = 0.0
        self._grow()

    async def _sync(self, request: web.Request) -> dict[str, object]:
        since = request.query.get("since", "")
        if not since:
            joined = {name: room.first_sync() for name, room in self.rooms.items()}
            return {"next_batch": f"s{len(self.stream)}", "rooms": {"join": joined}}
        start = int(since[1:])
        wait = int(request.query.get("timeout", "0")) / 1000
        if start == len(self.stream) and not self.commands and wait:
            try:
                async with asyncio.timeout(wait):
                    await self.grown.wait()
            except TimeoutError:
                pass
        if start + BATCH > len(self.stream):
            self._hand_out()
        return self._events(start, min(start + MOST_EVENTS, len(self.stream)))

    def _hand_out(self) -> None:
        if self.commands and not self.began:
            self.began = time.perf_counter()
        rooms = list(self.rooms.values())
        for _ in range(min(max(1, BATCH // (1 + self.chatter)), self.commands)):
            for number in range(self.chatter):
                room = rooms[(self.handed * 7 + number) % len(rooms)]
                self.stream.append((room.room_id, room.chatter(len(self.stream))))
            room = rooms[self.handed % len(rooms)]
            self.stream.append((room.room_id, room.command(self.handed, self.people)))
            self.handed += 1
            self.commands -= 1

    def _events(self, start: int, end: int) -> dict[str, object]:
        timelines: dict[str, list[dict[str, object]]] = {}
        for room, event in self.stream[start:end]:
            timelines.setdefault(room, []).append(event)
        joined = {
            room: {"timeline": {"events": events, "limited": False, "prev_batch": f"s{start}"}}
            for room, events in timelines.items()
        }
        return {
            "next_batch": f"s{end}",
            "rooms": {"join": joined},
            "device_one_time_keys_count": {"signed_curve25519": 50},
        }

    def _send(self, room: str, type_: str, txn_id: str, body: bytes) -> dict[str, object]:
        if txn_id in self.transactions:
            return {"event_id": self.transactions[txn_id]}
        content = orjson.loads(body)
        event_id = f"$answer{len(self.transactions)}"
        self.transactions[txn_id] = event_id
        event = self.rooms[room].event(event_id, self.account.user_id, type_, content)
        self.stream.append((room, event | {"unsigned": {"transaction_id": txn_id}}))
        command = text(content, "m.relates_to", "m.in_reply_to", "event_id")
        if command:
            self.answers[command] += 1
        elif type_ == "m.room.message":
            self._hear(text(content, "body"))
        if not self.commands and len(self.answers) >= self.handed:
            self.ended = time.perf_counter()
        self._grow()
        return {"event_id": event_id}

    def _hear(self, words: str) -> None:
        self.said_last = time.time()
        self.said[words] += 1

    def _grow(self) -> None:
        self.grown.set()
        self.grown = asyncio.Event()

    def _state(self) -> dict[str, object]:
        return {
            "handed": self.handed,
            "events": len(self.stream),
            "answered": len(self.answers),
            "doubled": sum(count - 1 for count in self.answers.values()),
            "seconds": self.ended - self.began if self.ended else None,
            "said": len(self.said),
            "said_twice": sum(count - 1 for count in self.said.values()),
            "said_last": self.said_last,
            "unknown": self.unknown,
        }

    async def _other(self, request: web.Request, parts: list[str]) -> web.Response:
        found: object = None
        match (request.method, parts):
            case ("POST", [*_, "login"]) | ("GET", [*_, "whoami"]):
                found = {
                    "user_id": self.account.user_id,
                    "device_id": "STUB",
                    "access_token": "stub",
                }
            case ("GET", [*_, "joined_rooms"]):
                found = {"joined_rooms": list(self.rooms)}
            case ("GET", ["_matrix", "client", _, "rooms", room, *what]):
                found = self.rooms[room].answer(what)
            case _:
                content = orjson.loads(await request.read() or b"{}")
                found = self.account.answer(request.method, parts, content)
                found = self._fixed(request) if found is None else found
        return self._unknown(request) if found is None else _json(found)

    def _fixed(self, request: web.Request) -> object:
        for (method, end), answer in FIXED.items():
            if request.method == method and request.path.endswith(end):
                return answer
        return None

    def _unknown(self, request: web.Request) -> web.Response:
        self.unknown[f"{request.method} {request.path}"] += 1
        return _json({"errcode": "M_NOT_FOUND", "error": "not found"}, status=404)


def _json(content: object, status: int = 200) -> web.Response:
    body = orjson.dumps(content)
    return web.Response(body=body, status=status, content_type="application/json")


async def main(user_id: str, rooms: int, members: int) -> None:
    """Serve until the process ends."""
    server_name = user_id.partition(":")[2]
    made = [StubRoom(f"!room{n}:{server_name}", user_id, members) for n in range(rooms)]
    stub = Stub(StubAccount(user_id), {room.room_id: room for room in made})
    app = web.Application(client_max_size=2**24)
    app.router.add_route("*", "/{path:.*}", stub.handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    listening = socket.create_server(("127.0.0.1", 0))
    await web.SockSite(runner, listening).start()
    sys.stdout.write(f"{listening.getsockname()[1]}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
