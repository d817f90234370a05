"""What a homeserver answers that is ill or lies: nonsense, old news, and events that are none."""

import copy
import json
from typing import Any

NONSENSE = (
    b"",
    b"[]",
    b"null",
    b'"ok"',
    b"7",
    b"NaN",
    b"<html><body>It works!</body></html>",
    b"\xff\xfe\x00",
    b'{"errcode": "M_UNKNOWN"',
    b"[" * 5000,
)
"""Bodies with status 200 that answer nothing."""

JUNK: tuple[object, ...] = (
    None,
    7,
    "$event",
    [],
    {},
    {"type": "m.room.message", "event_id": "$junk-a", "sender": "@junk:bench.localhost"},
    {
        "type": "m.room.message",
        "event_id": "$junk-b",
        "sender": "@junk:bench.localhost",
        "origin_server_ts": "yesterday",
        "content": {"msgtype": "m.text", "body": ["!ping"]},
    },
    {
        "type": "m.room.message",
        "event_id": 7,
        "sender": "@junk:bench.localhost",
        "origin_server_ts": 1,
        "content": {"msgtype": "m.text", "body": "!ping"},
    },
    {
        "type": "m.room.encrypted",
        "event_id": "$junk-c",
        "sender": "@junk:bench.localhost",
        "origin_server_ts": 1,
        "content": {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": 7, "session_id": None},
    },
    {
        "type": "m.room.redaction",
        "event_id": "$junk-d",
        "sender": "@junk:bench.localhost",
        "origin_server_ts": 1e400,
        "redacts": {"event_id": "$a"},
        "content": None,
    },
    {
        "type": "m.reaction",
        "event_id": "$junk-e",
        "sender": "@junk:bench.localhost",
        "origin_server_ts": 1,
        "content": {"m.relates_to": "m.annotation"},
    },
)
"""What stands among events, and is none that means anything."""

JUNK_TO_DEVICE: tuple[object, ...] = (
    None,
    {"type": "m.room_key"},
    {"type": "m.room.encrypted", "sender": "@junk:bench.localhost", "content": "ciphertext"},
    {
        "type": "m.room.encrypted",
        "sender": "@junk:bench.localhost",
        "content": {"algorithm": "m.olm.v1.curve25519-aes-sha2", "sender_key": 7, "ciphertext": {}},
    },
)


def nonsense(luck: float) -> bytes:
    """Return a body that is no answer; ``luck`` from 0 to 1 chooses."""
    return NONSENSE[int(luck * len(NONSENSE)) % len(NONSENSE)]


def limited(query_filter: str) -> str:
    """Return the filter of a sync request so that each room's timeline holds one event at most."""
    found: dict[str, Any] = json.loads(query_filter)
    found.setdefault("room", {}).setdefault("timeline", {})["limit"] = 1
    return json.dumps(found)


def with_junk(body: bytes) -> bytes:
    """Return a sync answer with junk before, between and after what each of its rooms brings."""
    answer: dict[str, Any] = json.loads(body)
    rooms = answer.setdefault("rooms", {})
    for room in rooms.get("join", {}).values():
        events = room.setdefault("timeline", {}).setdefault("events", [])
        middle = len(events) // 2
        junk = copy.deepcopy(list(JUNK))
        room["timeline"]["events"] = [*junk, *events[:middle], *junk, *events[middle:], *junk]
    rooms["join"] = {"not a room": None, "!a:bench.localhost": [], **rooms.get("join", {})}
    rooms["invite"] = {**rooms.get("invite", {}), "!junk:bench.localhost": {"invite_state": 7}}
    to_device = answer.setdefault("to_device", {})
    to_device["events"] = [*JUNK_TO_DEVICE, *to_device.get("events", []), *JUNK_TO_DEVICE]
    return json.dumps(answer).encode()
