"""Names of the identifiers that travel through every layer."""

from typing import NewType

UserId = NewType("UserId", str)
"""Matrix user id, ``@localpart:server`` (Matrix 1.16, appendices 4.2)."""

RoomId = NewType("RoomId", str)
"""Matrix room id, ``!opaque:server``, or ``!opaque`` from room version 12 on."""

EventId = NewType("EventId", str)
"""Matrix event id, ``$opaque``."""

RoomAlias = NewType("RoomAlias", str)
"""Matrix room alias, ``#localpart:server``."""

DeviceId = NewType("DeviceId", str)
"""Matrix device id, opaque and at most 255 characters."""

Oid = NewType("Oid", str)
"""Identity of one outgoing act: a hash of its cause, equal however often the cause is replayed."""

TxnId = NewType("TxnId", str)
"""Client transaction id of one send on one device (Matrix 1.16, 2.4)."""

SyncToken = NewType("SyncToken", str)
"""Opaque position in the server's event stream (``since`` and ``next_batch`` of ``/sync``)."""

_DIRECT = "direct:"


def direct_room(user: UserId) -> RoomId:
    """Return what stands for the one direct message with ``user`` until it is known which it is."""
    return RoomId(_DIRECT + user)


def direct_user(room: str) -> UserId | None:
    """Return whose direct message ``room`` stands for; None for a room of the server.

    The key of a conversation there may be given as well.
    """
    place, _, _ = room.partition("|")
    return UserId(place.removeprefix(_DIRECT)) if place.startswith(_DIRECT) else None


_TRIO = "trio:"


def trio_room(search: int) -> RoomId:
    """Return what stands for the room of three of a search until it is known which it is."""
    return RoomId(f"{_TRIO}{search}")


def trio_search(room: str) -> int | None:
    """Return for which search ``room`` stands; None for a room of the server."""
    return int(room.removeprefix(_TRIO)) if room.startswith(_TRIO) else None


ANONYMOUS = UserId("@anonyme")
"""In the place of somebody who was forgotten; no user id, so that nobody can bear it."""
