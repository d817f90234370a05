"""Attachment: a file that the bot sends, and what a message says of it."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from bot.ids import RoomId
from bot.model import Media
from bot.storage.attachment import Source
from bot.text import Text

NAME_LIMIT = 120
"""Characters of a file's name: what every file system takes, with room for what it adds."""

_MSGTYPES = {"image": "m.image", "audio": "m.audio", "video": "m.video"}

_PICTURES = frozenset({"image/gif", "image/jpeg", "image/png", "image/webp"})
"""What clients draw; any other picture, SVG first of all, is a file to them."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file as it is sent: its ``data`` as they are, never encrypted by who gives it.

    ``caption`` are the words with it, which also tell what is on a picture to who cannot see it.
    ``width`` and ``height`` are pixels, ``duration`` is that of audio and video.
    """

    name: str
    mimetype: str
    data: bytes
    caption: Text | None = None
    width: int | None = None
    height: int | None = None
    duration: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Copy:
    """The file of somebody's message in ``room_id``, as it is sent again.

    Where it may not be shown as it lies on the server, it is encrypted anew on the way.
    """

    media: Media
    room_id: RoomId
    caption: Text | None = None


def msgtype_of(mimetype: str) -> str:
    """Return the type of the message that a file of ``mimetype`` is sent as."""
    kind, _, _ = mimetype.partition("/")
    if kind == "image" and mimetype not in _PICTURES:
        return "m.file"
    return _MSGTYPES.get(kind, "m.file")


def safe_name(name: str) -> str:
    """Return ``name`` as a file may be called anywhere: no directory, nothing invisible."""
    shown = "".join(
        " " if char.isspace() else char
        for char in name.replace("\\", "/").rpartition("/")[2]
        if char.isspace() or unicodedata.category(char)[0] != "C"
    )
    words = " ".join(shown.split()).strip(".")
    stem, dot, ending = words.rpartition(".")
    if len(words) <= NAME_LIMIT or not dot or len(ending) > 10:
        return words[:NAME_LIMIT] or "file"
    return stem[: NAME_LIMIT - len(ending) - 1] + dot + ending


def content_of(attachment: Attachment | Copy) -> dict[str, object]:
    """Return the content of its message but for where the file lies: that is known when it is sent.

    With a caption, ``body`` is that and ``filename`` the name (Matrix 1.16, 11.2.1.8, media
    captions); without one, both are the name.
    """
    facts = _facts_of(attachment)
    name, caption = safe_name(facts.name), attachment.caption
    info: Mapping[str, object | None] = {
        "mimetype": facts.mimetype,
        "size": facts.size_bytes,
        "w": facts.width,
        "h": facts.height,
        "duration": facts.duration_ms,
    }
    content: dict[str, object] = {
        "msgtype": facts.msgtype,
        "filename": name,
        "body": caption.body if caption else name,
        "info": {key: value for key, value in info.items() if value is not None},
        "m.mentions": {},
    }
    if caption is not None:
        content |= {"format": "org.matrix.custom.html", "formatted_body": caption.html}
        if caption.mentions:
            content["m.mentions"] = {"user_ids": sorted(caption.mentions)}
    return content


def _facts_of(attachment: Attachment | Copy) -> Media:
    """Return what is said of a file, whoever says it."""
    if isinstance(attachment, Copy):
        return attachment.media
    duration = attachment.duration
    return Media(
        msgtype=msgtype_of(attachment.mimetype),
        name=attachment.name,
        mimetype=attachment.mimetype,
        content_uri="",
        size_bytes=len(attachment.data),
        width=attachment.width,
        height=attachment.height,
        duration_ms=None if duration is None else duration // timedelta(milliseconds=1),
    )


def name_of(attachment: Attachment | Copy) -> str:
    """Return what the file is called where it is sent."""
    return safe_name(_facts_of(attachment).name)


def file_of(attachment: Attachment | Copy) -> bytes | Source:
    """Return what is kept of it until it is delivered: the file, or whose file it is."""
    if isinstance(attachment, Copy):
        return Source(attachment.media, attachment.room_id)
    return attachment.data


def refusal_of(attachment: Attachment | Copy) -> str:
    """Return the id of the text that is said instead of it; its ``name`` is `name_of`."""
    is_copy = isinstance(attachment, Copy)
    return "attachment.out_of_reach" if is_copy else "attachment.refused"
