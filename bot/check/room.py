"""Checks of the rooms: the bot is in them or can come in, and may say there what it has to say."""

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from ipaddress import ip_address

from bot.check.finding import Finding, phrase
from bot.ids import UserId
from bot.matrix.http import Homeserver, MatrixError, NetworkError, client_path, path

_NEEDED = ("m.reaction", "m.room.redaction")
"""What the bot sends besides messages: offered reactions, and taking its own words back."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """The bot as the homeserver knows it, with the rooms it is in."""

    server: Homeserver
    user_id: UserId
    joined: frozenset[str]


async def visitor(server: Homeserver, user_id: UserId) -> Visitor:
    """Ask which rooms the bot is in. Raises MatrixError, NetworkError."""
    answer = await server.request("GET", client_path("joined_rooms"))
    rooms = answer.get("joined_rooms")
    joined = frozenset(map(str, rooms)) if isinstance(rooms, list) else frozenset[str]()
    return Visitor(server, user_id, joined)


async def check_room(bot: Visitor, room: str) -> list[Finding]:
    """Find out whether the bot is in a room (alias or id) or will be, and what it may do there."""
    name = phrase("cli.check.room", room=room)
    try:
        room_id = await _resolve(bot.server, room)
        if room_id is None:
            remedy = phrase("cli.check.room.unknown.remedy", room=room)
            return [Finding(name, phrase("cli.check.room.unknown"), remedy)]
        if room_id not in bot.joined:
            return [await _check_entry(bot, room, room_id)]
        return [
            Finding(name, phrase("cli.check.room.joined")),
            await _check_rights(bot, room, room_id),
        ]
    except (MatrixError, NetworkError) as error:
        detail = phrase("cli.check.room.failed", error=error)
        return [Finding(name, detail, phrase("cli.check.room.failed.remedy"))]


async def _resolve(server: Homeserver, room: str) -> str | None:
    """Return the id of the room; None for an alias that leads nowhere."""
    if not room.startswith("#"):
        return room
    try:
        answer = await server.request("GET", client_path("directory", "room", room))
    except MatrixError as error:
        if error.status == 404:
            return None
        raise
    return str(answer.get("room_id"))


async def _check_entry(bot: Visitor, room: str, room_id: str) -> Finding:
    """Look at a room from outside (Matrix 1.15, room summary)."""
    name = phrase("cli.check.room", room=room)
    invite = phrase("cli.check.room.closed.remedy", user_id=bot.user_id)
    try:
        summary = await bot.server.request("GET", "/_matrix/client/v1/room_summary" + path(room_id))
    except MatrixError as error:
        if error.errcode == "M_UNRECOGNIZED":
            return Finding(name, phrase("cli.check.room.unseen"))
        return Finding(name, phrase("cli.check.room.closed"), invite)
    if summary.get("membership") == "ban":
        remedy = phrase("cli.check.room.banned.remedy", user_id=bot.user_id)
        return Finding(name, phrase("cli.check.room.banned"), remedy)
    if summary.get("membership") == "invite" or summary.get("join_rule") == "public":
        return Finding(name, phrase("cli.check.room.open"))
    return Finding(name, phrase("cli.check.room.closed"), invite)


async def _check_rights(bot: Visitor, room: str, room_id: str) -> Finding:
    """Compare the bot's power level with what its messages need (Matrix 1.16, 11.1.6)."""
    name = phrase("cli.check.rights", room=room)
    if await _state(bot.server, room_id, "m.room.tombstone") is not None:
        return Finding(
            name, phrase("cli.check.rights.tombstone"), phrase("cli.check.rights.tombstone.remedy")
        )
    if is_shut_out(await _state(bot.server, room_id, "m.room.server_acl"), bot.user_id):
        domain = bot.user_id.partition(":")[2]
        remedy = phrase("cli.check.rights.acl.remedy", server=domain)
        return Finding(name, phrase("cli.check.rights.acl"), remedy)
    levels = await _state(bot.server, room_id, "m.room.power_levels") or {}
    is_encrypted = await _state(bot.server, room_id, "m.room.encryption") is not None
    message = "m.room.encrypted" if is_encrypted else "m.room.message"
    own = _level(levels.get("users"), bot.user_id, _number(levels.get("users_default"), 0))
    default = _number(levels.get("events_default"), 0)
    needed = {kind: _level(levels.get("events"), kind, default) for kind in (message, *_NEEDED)}
    missing = sorted(kind for kind, level in needed.items() if level > own)
    if not missing or await _is_creator(bot, room_id):
        return Finding(name, phrase("cli.check.rights.good", level=own))
    level = max(needed[kind] for kind in missing)
    return Finding(
        name,
        phrase("cli.check.rights.missing", kinds=", ".join(missing), level=own),
        phrase("cli.check.rights.missing.remedy", user_id=bot.user_id, level=level),
    )


def is_shut_out(acl: Mapping[str, object] | None, user_id: str) -> bool:
    """Return whether a room takes nothing from the server of ``user_id`` (Matrix 1.16, 11.31).

    Its own homeserver goes on taking messages there: nobody on another one ever sees them.
    """
    if acl is None:
        return False
    name = user_id.partition(":")[2].lower()
    host = name if name.endswith("]") else name.rpartition(":")[0] or name
    if acl.get("allow_ip_literals") is False and _is_address(host):
        return True
    return _is_among(acl.get("deny"), host) or not _is_among(acl.get("allow"), host)


def _is_address(host: str) -> bool:
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def _is_among(patterns: object, host: str) -> bool:
    """Return whether one of the patterns holds, in which only ``*`` and ``?`` stand for others."""
    found = patterns if isinstance(patterns, list) else []
    return any(
        fnmatchcase(host, pattern.lower().replace("[", "[[]"))
        for pattern in found
        if isinstance(pattern, str)
    )


async def _is_creator(bot: Visitor, room_id: str) -> bool:
    """Tell whether the bot stands above all levels: a creator, from room version 12 on."""
    url_path = client_path("rooms", room_id, "state", "m.room.create", "")
    event = await bot.server.request("GET", url_path, query={"format": "event"})
    content = event.get("content")
    if not isinstance(content, dict):
        return False
    version = str(content.get("room_version", "1"))
    if version.isascii() and version.isdigit() and int(version) < 12:
        return False
    others = content.get("additional_creators")
    named = others if isinstance(others, list) else []
    return bot.user_id in (event.get("sender"), *named)


async def _state(server: Homeserver, room_id: str, kind: str) -> Mapping[str, object] | None:
    try:
        return await server.request("GET", client_path("rooms", room_id, "state", kind, ""))
    except MatrixError as error:
        if error.status == 404:
            return None
        raise


def _level(levels: object, key: str, default: int) -> int:
    return _number(levels.get(key) if isinstance(levels, dict) else None, default)


def _number(value: object, default: int) -> int:
    return value if isinstance(value, int) else default
