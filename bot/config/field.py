"""The kinds of value a setting can have, each refused with a sentence that ends in an example."""

import difflib
import re
import zoneinfo
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_core import PydanticCustomError

from bot.ids import DeviceId, UserId
from bot.when import read_quiet_hours

_USER_ID = re.compile(r"@[^\s:]+:[^\s:]+(:\d{1,5})?")
_ROOM = re.compile(r"#[^\s:]*:[^\s:]+(:\d{1,5})?|![^\s]+")
_PATTERN = re.compile(r"\*|@?[^\s:@]+:[^\s:]+(:\d{1,5})?")
MATRIX_ID_MAX_BYTES = 255
"""Longest user id, room id and alias (Matrix 1.16, appendices 4.2)."""


def refused(what: str, *, example: str = "") -> PydanticCustomError:
    """Return the error of a value that is wrong; ``example`` replaces the one of the field."""
    context = {"what": what, "example": example}
    return PydanticCustomError("refused", "{what}", context)


def _is_identifier(pattern: re.Pattern[str], value: str) -> bool:
    return len(value.encode()) <= MATRIX_ID_MAX_BYTES and pattern.fullmatch(value) is not None


def _check_user_id(value: str) -> str:
    if not _is_identifier(_USER_ID, value):
        raise refused(f"'{value}' is not a Matrix user id")
    return value


def _check_room(value: str) -> str:
    if not _is_identifier(_ROOM, value):
        raise refused(f"'{value}' is neither a room alias nor a room id")
    return value


def _check_inviter(value: str) -> str:
    if not _is_identifier(_PATTERN, value):
        raise refused(f"'{value}' is neither a user id nor a pattern such as *:example.org")
    return value


def _check_optional_url(value: str) -> str:
    if value and not value.startswith(("https://", "http://")):
        raise refused(f"'{value}' is not a web address")
    return value


def _check_homeserver(value: str) -> str:
    try:
        parts = urlsplit(value)
        has_host = bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise refused("the address of the homeserver cannot be read") from None
    if parts.scheme not in {"http", "https"} or not has_host or re.search(r"\s", value):
        shown = "this" if "@" in value else f"'{value}'"
        raise refused(f"{shown} is not the http(s) address of a homeserver")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise refused("the address of the homeserver has no user, password, query or fragment")
    return value.rstrip("/")


def _check_public_url(value: str) -> str:
    if not value:
        return value
    try:
        parts = urlsplit(value)
        has_host = bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise refused("the address cannot be read") from None
    is_plain = not (parts.username or parts.password or parts.query or parts.fragment)
    if parts.scheme not in {"http", "https"} or not has_host or not is_plain or " " in value:
        raise refused("the address is http(s), without user, query or fragment")
    return value.rstrip("/")


def _check_calendar_url(value: str) -> str:
    """Hold it against what a password may be sent over; no message repeats it."""
    checked = _check_public_url(value)
    parts = urlsplit(checked)
    if parts.scheme == "http" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        raise refused("the calendar server needs https: a password is sent to it")
    return checked


def _check_time_zone(value: str) -> str:
    known = zoneinfo.available_timezones()
    if value not in known:
        close = difflib.get_close_matches(value, sorted(known), n=1)
        raise refused(f"unknown time zone '{value}'", example="".join(close))
    return value


def _check_database_url(secret: SecretStr) -> SecretStr:
    """Hold the URL against the two engines; no message repeats it, for it may have a password."""
    url = secret.get_secret_value()
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise refused("the address of the database cannot be read") from None
    match parts.scheme:
        case "sqlite":
            if not url.startswith("sqlite:///") or parts.path in {"", "/", "/:memory:"}:
                raise refused("the database needs a file")
        case "postgresql":
            if port == 0 or parts.path in {"", "/"}:
                raise refused(
                    "the address of the database has no database name",
                    example="postgresql://compagnon@localhost/compagnon",
                )
        case _:
            raise refused("the address of the database starts with sqlite:/// or postgresql://")
    return secret


def _check_listen(value: str) -> str:
    host, _, port = value.rpartition(":")
    if value and not (host and port.isascii() and port.isdigit() and 0 < int(port) < 65_536):
        raise refused(f"'{value}' is not an address and a port")
    return value


def _check_prefix(value: str) -> str:
    if not 1 <= len(value) <= 3 or any(c.isalnum() or c.isspace() or c in "/<>&" for c in value):
        raise refused(
            f"'{value}' is not one to three signs that no word or Matrix client starts with"
        )
    return value


def _check_quiet_hours(value: str) -> str:
    if read_quiet_hours(value) is None:
        raise refused(f"'{value}' are no hours of a day", example="20h-8h")
    return value


def _none_if_empty(value: object) -> object:
    return None if value == "" else value


MatrixUser = Annotated[UserId, AfterValidator(_check_user_id)]
RoomReference = Annotated[str, AfterValidator(_check_room)]
OptionalRoom = Annotated[RoomReference | None, BeforeValidator(_none_if_empty)]
InviterPattern = Annotated[str, AfterValidator(_check_inviter)]
HomeserverUrl = Annotated[str, AfterValidator(_check_homeserver)]
OptionalUrl = Annotated[str, AfterValidator(_check_optional_url)]
CalendarUrl = Annotated[str, AfterValidator(_check_calendar_url)]
PublicUrl = Annotated[str, AfterValidator(_check_public_url)]
TimeZone = Annotated[str, AfterValidator(_check_time_zone)]
DatabaseUrl = Annotated[SecretStr, AfterValidator(_check_database_url)]
ListenAddress = Annotated[str, AfterValidator(_check_listen)]
WrittenQuietHours = Annotated[str, AfterValidator(_check_quiet_hours)]
CommandPrefix = Annotated[str, AfterValidator(_check_prefix)]
Device = Annotated[DeviceId, Field(pattern=r"^[A-Za-z0-9._=-]{1,255}$")]
