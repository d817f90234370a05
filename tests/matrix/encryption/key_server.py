"""A homeserver in memory, as far as the keys of devices go: upload, query, claim, deliver."""

import itertools
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from bot.matrix.http import Homeserver, MatrixError, NetworkError

ROOM = "!secret:example.org"

Place = tuple[str, str]


@dataclass
class Fault:
    """The next request to a path with ``part`` in it goes wrong; ``is_done`` after it was done."""

    part: str
    error: Exception = field(default_factory=lambda: NetworkError("played"))
    is_done: bool = False


class KeyServer:
    """Knows the devices and rooms of all; each device asks through a ``Line`` of its own."""

    def __init__(self) -> None:
        self.device_keys: dict[Place, dict[str, Any]] = {}
        self.one_time_keys: defaultdict[Place, dict[str, Any]] = defaultdict(dict)
        self.fallback_keys: dict[Place, tuple[str, Any]] = {}
        self.used_fallback: set[Place] = set()
        self.queues: defaultdict[Place, list[dict[str, Any]]] = defaultdict(list)
        self.changes: defaultdict[Place, set[str]] = defaultdict(set)
        self.account_data: dict[str, Any] = {}
        self.encryption: dict[str, Any] = {"algorithm": "m.megolm.v1.aes-sha2"}
        self.members: dict[str, set[str]] = {ROOM: set()}
        self.invited: dict[str, set[str]] = {ROOM: set()}
        self.room_events: defaultdict[Place, list[dict[str, Any]]] = defaultdict(list)
        self.silent: set[str] = set()
        self.faults: deque[Fault] = deque()
        self.requests: Counter[str] = Counter()
        self.before: Callable[[str], Any] | None = None
        self._numbers = itertools.count(1)

    def line(self, user: str, device: str) -> "Line":
        """Return the connection of one device."""
        return Line(self, (user, device))

    def enter(self, user: str, room: str = ROOM) -> None:
        """Let somebody into a room, and everybody who listens know."""
        self.members[room].add(user)
        self._tell(user, room, "join")

    def leave(self, user: str, room: str = ROOM) -> None:
        """Let somebody leave a room."""
        self.members[room].discard(user)
        self._tell(user, room, "leave")

    def remove(self, place: Place) -> None:
        """Log a device out."""
        del self.device_keys[place]
        self._changed(place[0])

    def send(self, to: Place, sender: str, content: object, kind: str = "m.room.encrypted") -> None:
        """Put a to-device event into somebody's queue."""
        self.queues[to].append({"type": kind, "sender": sender, "content": content})

    def event(self, sender: str, content: Mapping[str, Any], room: str = ROOM) -> dict[str, Any]:
        """Return a room event as a client gets it."""
        del room
        return {
            "event_id": f"$e{next(self._numbers)}",
            "sender": sender,
            "origin_server_ts": 1_774_357_200_000,
            "type": "m.room.encrypted",
            "content": dict(content),
        }

    def sync(self, place: Place) -> dict[str, Any]:
        """Return a sync answer with everything that is new for a device."""
        events = self.room_events.pop(place, [])
        answer: dict[str, Any] = {
            "to_device": {"events": self.queues.pop(place, [])},
            "device_lists": {"changed": sorted(self.changes.pop(place, ())), "left": []},
            "device_one_time_keys_count": {"signed_curve25519": len(self.one_time_keys[place])},
            "device_unused_fallback_key_types": (
                []
                if place in self.used_fallback or place not in self.fallback_keys
                else ["signed_curve25519"]
            ),
        }
        if events:
            timeline = {"events": [event for _, event in events], "limited": False}
            answer["rooms"] = {"join": {events[0][0]: {"timeline": timeline}}}
        return answer

    def answer(self, place: Place, method: str, path: str, body: Any) -> dict[str, Any]:
        """Return the answer to a request of a device; raises MatrixError."""
        parts = [unquote(part) for part in path.removeprefix("/_matrix/client/v3/").split("/")]
        if parts[0] == "keys":
            ask = {"upload": self._upload, "query": self._query, "claim": self._claim}
            return ask[parts[1]](place, body)
        if parts[0] == "sendToDevice":
            for user, devices in body["messages"].items():
                for device, content in devices.items():
                    self.send((user, device), place[0], content, parts[1])
            return {}
        if parts[0] == "rooms" and parts[2] == "state":
            return self.encryption
        if parts[0] == "rooms":
            return self._members(parts[1], parts[2])
        assert parts[2] == "account_data", path
        if method == "PUT":
            self.account_data[parts[3]] = body
        if parts[3] not in self.account_data:
            raise MatrixError(404, "M_NOT_FOUND", "")
        return dict(self.account_data[parts[3]])

    def _members(self, room: str, kind: str) -> dict[str, Any]:
        if kind == "joined_members":
            return {"joined": {user: {} for user in self.members[room]}}
        return {"chunk": [_membership(user, "invite") for user in self.invited[room]]}

    def _upload(self, place: Place, body: Mapping[str, Any]) -> dict[str, Any]:
        for name, key in body.get("one_time_keys", {}).items():
            known = self.one_time_keys[place].get(name)
            if known is not None and known != key:
                raise MatrixError(400, "M_UNKNOWN", f"One time key {name} already exists.")
        self.one_time_keys[place].update(body.get("one_time_keys", {}))
        for name, key in body.get("fallback_keys", {}).items():
            self.fallback_keys[place] = (name, key)
            self.used_fallback.discard(place)
        if "device_keys" in body:
            self.device_keys[place] = body["device_keys"]
            self._changed(place[0])
        return {"one_time_key_counts": {"signed_curve25519": len(self.one_time_keys[place])}}

    def _query(self, _: Place, body: Mapping[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for user in body["device_keys"]:
            if user.partition(":")[2] not in self.silent:
                found[user] = {
                    device: keys for (owner, device), keys in self.device_keys.items()
                    if owner == user
                }  # fmt: skip
        return {"device_keys": found, "failures": {name: {} for name in self.silent}}

    def _claim(self, _: Place, body: Mapping[str, Any]) -> dict[str, Any]:
        given: dict[str, Any] = {}
        for user, devices in body["one_time_keys"].items():
            for device in devices:
                place = (user, device)
                if self.one_time_keys[place]:
                    name = next(iter(self.one_time_keys[place]))
                    key = self.one_time_keys[place].pop(name)
                elif place in self.fallback_keys:
                    name, key = self.fallback_keys[place]
                    self.used_fallback.add(place)
                else:
                    continue
                given.setdefault(user, {})[device] = {name: key}
        return {"one_time_keys": given, "failures": {}}

    def _changed(self, user: str) -> None:
        for place in self.device_keys:
            self.changes[place].add(user)

    def _tell(self, user: str, room: str, membership: str) -> None:
        for place in self.device_keys:
            if place[0] in self.members[room]:
                self.room_events[place].append((room, _membership(user, membership)))


class Line(Homeserver):
    """The connection of one device to the server, with what goes wrong on it."""

    def __init__(self, server: KeyServer, place: Place) -> None:
        super().__init__("http://played", "token")
        self.server = server
        self.place = place

    async def request(self, method: str, url_path: str, **more: Any) -> dict[str, Any]:
        """Answer, or go wrong, as the test wants."""
        server = self.server
        server.requests[url_path.split("/")[4] + "/" + url_path.split("/")[5]] += 1
        if server.before is not None:
            await server.before(url_path)
        fault = next(
            (fault for fault in server.faults if fault.part in f"{method} {url_path}"), None
        )
        if fault is not None:
            server.faults.remove(fault)
            if not fault.is_done:
                raise fault.error
        answer = server.answer(self.place, method, url_path, more.get("json"))
        if fault is not None:
            raise fault.error
        return answer


def _membership(user: str, membership: str) -> dict[str, Any]:
    content = {"membership": membership}
    return {"type": "m.room.member", "state_key": user, "sender": user, "content": content}
