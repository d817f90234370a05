"""What a message says of the file that comes with it."""

from datetime import timedelta

import pytest

from bot.ids import RoomId, UserId
from bot.model import Media, Seal
from bot.services.attachment import (
    NAME_LIMIT,
    Attachment,
    Copy,
    content_of,
    file_of,
    msgtype_of,
    name_of,
    safe_name,
)
from bot.storage.attachment import Source
from bot.text import Text


@pytest.mark.parametrize(
    ("mimetype", "msgtype"),
    [
        ("image/png", "m.image"),
        ("image/jpeg", "m.image"),
        ("image/svg+xml", "m.file"),
        ("image/tiff", "m.file"),
        ("audio/ogg", "m.audio"),
        ("video/mp4", "m.video"),
        ("text/calendar", "m.file"),
        ("application/zip", "m.file"),
        ("", "m.file"),
    ],
)
def test_kind_of_message_follows_the_kind_of_file(mimetype: str, msgtype: str) -> None:
    assert msgtype_of(mimetype) == msgtype


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("Compte rendu.pdf", "Compte rendu.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\jo\\notes.txt", "notes.txt"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("a\nb\0.txt", "a b.txt"),
        ("..", "file"),
        ("", "file"),
        (".config", "config"),
        ("é" * 200 + ".zip", "é" * (NAME_LIMIT - 4) + ".zip"),
        ("x" * 200, "x" * NAME_LIMIT),
    ],
)
def test_name_is_one_that_a_file_may_have_anywhere(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_content_without_caption_says_the_name_twice() -> None:
    content = content_of(Attachment("agenda.ics", "text/calendar", b"BEGIN"))
    assert content == {
        "msgtype": "m.file",
        "filename": "agenda.ics",
        "body": "agenda.ics",
        "info": {"mimetype": "text/calendar", "size": 5},
        "m.mentions": {},
    }


def test_content_with_caption_says_it_beside_the_name() -> None:
    caption = Text("Le bilan de Jo", "Le <b>bilan</b> de Jo", frozenset({UserId("@jo:x")}))
    picture = Attachment(
        "bilan.png", "image/png", b"1234", caption, 640, 480, timedelta(seconds=1.5)
    )
    assert content_of(picture) == {
        "msgtype": "m.image",
        "filename": "bilan.png",
        "body": "Le bilan de Jo",
        "format": "org.matrix.custom.html",
        "formatted_body": "Le <b>bilan</b> de Jo",
        "info": {"mimetype": "image/png", "size": 4, "w": 640, "h": 480, "duration": 1500},
        "m.mentions": {"user_ids": ["@jo:x"]},
    }


def test_copy_says_what_its_sender_said_and_not_where_it_lies() -> None:
    media = Media(
        "m.video", "visite.mp4", "video/mp4", "mxc://x/1", Seal("k", "i", "h"), 99, 16, 9, 1500
    )
    copy = Copy(media, RoomId("!r:x"))
    content = content_of(copy)
    assert content["info"] == {
        "mimetype": "video/mp4", "size": 99, "w": 16, "h": 9, "duration": 1500,
    }  # fmt: skip
    assert (content["msgtype"], content["body"]) == ("m.video", "visite.mp4")
    assert not {"url", "file"} & set(content)
    assert file_of(copy) == Source(media, RoomId("!r:x"))
    assert name_of(copy) == "visite.mp4"
