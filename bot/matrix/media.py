"""Media: what a message tells of its file (Matrix 1.16, 11.2.1, 11.12.1), and if it is for us."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from bot.ids import EventId
from bot.matrix import content_uri
from bot.matrix.batch import Unreadable
from bot.model import Event, Media, Message, Seal
from bot.services.attachment import safe_name
from bot.storage import experience, inbox, outbox
from bot.storage.transaction import Transaction

MEDIA_TYPES = frozenset({"m.image", "m.video", "m.audio", "m.file"})

_PORTION = 1000
"""Ids in one question; both engines take 32,767."""

_TYPE_LIMIT = 100
_MOST = 2**53
_PLAIN = "application/octet-stream"


def caption_of(content: Mapping[str, Any]) -> str:
    """Return the words with a file: its ``body``, where that is not just its name again."""
    body, name = content.get("body"), content.get("filename")
    has_caption = isinstance(body, str) and isinstance(name, str) and body != name
    return str(body) if has_caption else ""


def media_in(content: Mapping[str, Any]) -> Media | None:
    """Return the file of a message; None if it says nowhere, or wrongly, where the file lies."""
    info = content.get("info")
    info = info if isinstance(info, dict) else {}
    file = content.get("file")
    place = file.get("url") if isinstance(file, dict) else content.get("url")
    seal = seal_in(file) if isinstance(file, dict) else None
    if not content_uri.is_one(place) or (file is not None and seal is None):
        return None
    name = content.get("filename") or content.get("body")
    mimetype = info.get("mimetype")
    return Media(
        msgtype=str(content.get("msgtype")),
        name=safe_name(name if isinstance(name, str) else ""),
        mimetype=mimetype if isinstance(mimetype, str) and _is_type(mimetype) else _PLAIN,
        content_uri=str(place),
        seal=seal,
        size_bytes=_count(info.get("size")),
        width=_count(info.get("w")),
        height=_count(info.get("h")),
        duration_ms=_count(info.get("duration")),
    )


def seal_in(file: Mapping[str, Any]) -> Seal | None:
    """Return what decrypts an encrypted file; None for what is no seal of version 2."""
    key, hashes = file.get("key"), file.get("hashes")
    if file.get("v") != "v2" or not isinstance(key, dict) or not isinstance(hashes, dict):
        return None
    found = key.get("k"), file.get("iv"), hashes.get("sha256")
    if key.get("alg") != "A256CTR" or not all(isinstance(v, str) and len(v) < 100 for v in found):
        return None
    return Seal(*map(str, found))


def targets_of(message: Message) -> tuple[EventId, ...]:
    """Return what a message answers: the message it replies to, and the root of its thread."""
    return tuple(target for target in (message.reply_to, message.thread) if target is not None)


async def joining(
    transaction: Transaction, events: Sequence[Event | Unreadable], coming: Collection[EventId]
) -> set[EventId]:
    """Return which of ``events`` bring a file to something that the bot knows.

    That is a command, a card of the bot, or a message of which an experience was made; or one of
    the events ``coming`` together with them.
    """
    files = [item for item in events if isinstance(item, Message) and item.media is not None]
    wanted = sorted({target for item in files for target in targets_of(item)})
    known = set(coming)
    for start in range(0, len(wanted), _PORTION):
        few = wanted[start : start + _PORTION]
        known |= await inbox.known(transaction, few)
        known |= await outbox.with_cards(transaction, few)
        known |= await experience.sources(transaction, few)
    return {item.event_id for item in files if known & set(targets_of(item))}


def _is_type(mimetype: str) -> bool:
    printable = mimetype.isascii() and mimetype.isprintable() and " " not in mimetype
    return printable and "/" in mimetype and len(mimetype) <= _TYPE_LIMIT


def _count(value: object) -> int | None:
    """Return a number that a person may have sent: some clients write them as 3.0."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return int(value) if 0 <= value < _MOST else None
