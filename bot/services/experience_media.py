"""Experience media: which files may join an experience, and how they are sent again."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.errors import UserError
from bot.ids import EventId, UserId
from bot.model import Media, Message
from bot.services import experience_showing, setting
from bot.services.attachment import Copy
from bot.services.number import EXPERIENCE, named
from bot.services.outgoing import Outgoing, conversation_with
from bot.storage import due, experience_media
from bot.storage import experience_showing as stored_showing
from bot.storage.due import Due
from bot.storage.experience import Experience
from bot.storage.experience_media import Piece
from bot.storage.experience_showing import Kind, Showing
from bot.storage.shown import shown_of
from bot.storage.transaction import Transaction
from bot.text import Text

KIND = "experience_media"
"""Kind of what falls due when copies of a file are to be taken back."""

SIZE_LIMIT_BYTES = 50_000_000
"""What Synapse takes by default; a longer film has a better place."""

VIDEO_LIMIT = timedelta(minutes=2)

MOST = 10
"""Files of one experience: they are sent again one message each."""

_DOCUMENTS = frozenset(
    {
        *("application/pdf", "application/rtf", "application/msword", "application/json"),
        *("application/vnd.ms-excel", "application/vnd.ms-powerpoint", "application/zip"),
        *("application/epub+zip", "application/x-zip-compressed", "application/gpx+xml"),
    }
)
_DOCUMENT_FAMILIES = (
    "application/vnd.openxmlformats-officedocument.",
    "application/vnd.oasis.opendocument.",
    "application/vnd.excalidraw",
    "text/",
    "image/",
    "audio/",
)
_SCRIPTS = frozenset({"text/html", "text/javascript", "text/x-python", "text/x-shellscript"})
_KINDS = {"m.image": "image/", "m.audio": "audio/", "m.video": "video/"}


def check(media: Media) -> None:
    """Raise UserError for a file that is of no use to an experience; nothing of it is looked at."""
    if not _is_welcome(media):
        raise UserError("experience_media.kind", name=media.name)
    if (media.size_bytes or 0) > SIZE_LIMIT_BYTES:
        limit = SIZE_LIMIT_BYTES // 1_000_000
        raise UserError("experience_media.too_large", name=media.name, limit=limit)
    duration = timedelta(milliseconds=media.duration_ms or 0)
    if _is_video(media) and duration > VIDEO_LIMIT:
        raise UserError("experience_media.too_long", name=media.name)


def _is_video(media: Media) -> bool:
    return media.msgtype == "m.video" or media.mimetype.startswith("video/")


def _is_welcome(media: Media) -> bool:
    """Return whether what a file claims to be is a picture, film, sound or document."""
    family = _KINDS.get(media.msgtype)
    if family is not None:
        return media.mimetype.startswith(family)
    if media.mimetype in _SCRIPTS:
        return False
    return (
        media.mimetype in _DOCUMENTS
        or media.mimetype.startswith(_DOCUMENT_FAMILIES)
        or media.mimetype.startswith("video/")
    )


@dataclass(frozen=True, slots=True)
class Words:
    """What is said with a file, and what instead of one that cannot be sent."""

    caption: Text
    instead: Text


async def join(
    transaction: Transaction,
    item: Experience,
    message: Message,
    now: datetime,
    *,
    is_agreed: bool = False,
) -> bool:
    """Let the file of ``message`` join ``item``; return whether it is new there.

    Only the author's own files do, and those to which their sender agreed, in the room of the
    experience and where things are kept; others are left alone. Raises UserError for one that
    cannot, and for one too many.
    """
    media = message.media
    is_welcome = is_agreed or message.sender == item.author
    is_here = message.room_id == item.room_id
    if media is None or not (is_welcome and is_here):
        return False
    if not await setting.captures(transaction, item.room_id):
        return False
    check(media)
    source = message.replaces or message.event_id
    known = await experience_media.of(transaction, item.id)
    if source in {piece.source_event_id for piece in known}:
        return False
    if len(known) >= MOST:
        raise UserError("experience_media.too_many", id=named(EXPERIENCE, item.id), limit=MOST)
    piece = Piece(item.id, source, message.room_id, message.sender, media, now)
    is_new = await experience_media.add(transaction, piece)
    await experience_showing.changed(transaction, item.id, now)
    return is_new


async def check_invitation(
    transaction: Transaction, item: Experience, user: UserId, message: Message
) -> None:
    """Raise UserError if ``user`` may not ask for somebody else's file to join ``item``.

    That is for the author alone: it becomes a part of what they tell.
    """
    known = await experience_media.of(transaction, item.id)
    is_there = message.event_id in {piece.source_event_id for piece in known}
    if message.media is None or item.author != user or message.room_id != item.room_id or is_there:
        raise UserError("experience_media.not_joined", id=named(EXPERIENCE, item.id))
    check(message.media)
    if len(known) >= MOST:
        raise UserError("experience_media.too_many", id=named(EXPERIENCE, item.id), limit=MOST)


async def send(
    transaction: Transaction, outgoing: Outgoing, piece: Piece, to: Message, words: Words
) -> None:
    """Send the file of ``piece`` again, in answer to ``to``; it goes with what it shows."""
    oid = outgoing.attach(
        to.room_id,
        Copy(piece.media, piece.room_id, words.caption),
        reply_to=to,
        instead=words.instead,
        people=[piece.sender],
    )
    conversation = conversation_with(to.room_id, to.sender)
    showing = Showing(oid, piece.experience_id, to.room_id, conversation, Kind.WORDS, outgoing.now)
    await experience_media.note_copy(transaction, piece, oid)
    await stored_showing.note(transaction, [showing])


async def take_back(transaction: Transaction, source: EventId, now: datetime) -> bool:
    """Remove what the redacted event ``source`` brought; return whether it had brought a file."""
    pieces = await experience_media.of_source(transaction, source)
    for piece in pieces:
        await remove(transaction, piece, now)
    return bool(pieces)


async def remove(transaction: Transaction, piece: Piece, now: datetime) -> None:
    """Remove a file from its experience, and have its copies taken back."""
    await experience_media.remove(transaction, piece)
    await experience_showing.changed(transaction, piece.experience_id, now)
    await due.plan(transaction, Due(KIND, str(piece.id), now.isoformat(), now))


async def take_copies_back(transaction: Transaction, outgoing: Outgoing, item: Due) -> bool:
    """Redact the messages that show a file which was removed; return whether there are any."""
    copies = await experience_media.copies(transaction, int(item.reference))
    showings = await stored_showing.of_oids(transaction, copies)
    late = {showing.oid: showing for showing in showings if showing.event_id is not None}
    for showing in late.values():
        assert showing.event_id is not None  # noqa: S101  picked so above
        outgoing.redact(showing.room_id, showing.event_id, conversation=showing.conversation)
    for found in await shown_of(transaction, [oid for oid in copies if oid not in late]):
        outgoing.redact(found.room_id, found.oid, conversation=found.conversation)
    await experience_media.forget_copies(transaction, copies)
    await stored_showing.forget(transaction, copies)
    return bool(copies)
