"""Trouble: tells when the database itself is in trouble, and says so in a sentence."""

import sqlite3

from sqlalchemy.exc import DBAPIError

from bot.errors import OperatorError


class TroubleError(OperatorError):
    """The database cannot do its work now; ``is_lasting`` if only a person can mend that."""

    def __init__(self, message: str, *, is_lasting: bool = False) -> None:
        super().__init__(message)
        self.is_lasting = is_lasting


class AwayError(OperatorError):
    """There is no database server where one is configured: none yet, or the address is wrong."""


_DAMAGED = (
    "The database file is damaged. Stop the bot, move the file away with those named -wal and -shm "
    "beside it, and put the newest good backup in its place (compagnon backup --list)."
)
_SQLITE = {
    "SQLITE_FULL": "The disk is full: make room, the bot goes on by itself.",
    "SQLITE_BUSY": "The database is locked by another program: close it, the bot goes on by "
    "itself.",
    "SQLITE_LOCKED": "The database is locked by another program: close it, the bot goes on by "
    "itself.",
    "SQLITE_IOERR": "The disk does not take or give the database's data: look at its quota and its "
    "health, the bot goes on by itself.",
    "SQLITE_READONLY": "The database may only be read: let the bot's account write the file and "
    "its directory, the bot goes on by itself.",
    "SQLITE_CANTOPEN": "The database file cannot be opened: let the bot's account read and write "
    "it and its directory, the bot goes on by itself.",
    "SQLITE_CORRUPT": _DAMAGED,
    "SQLITE_NOTADB": _DAMAGED,
}
"""What to tell the operator, by SQLite's primary result code (sqlite.org/rescode.html)."""

_NO_ROOM = "53100"
_AWAY = ("08", "53", "57P")
"""PostgreSQL's classes of codes for a server that is full, stopping, starting or out of reach."""


def trouble(error: BaseException | None) -> TroubleError | None:
    """Return what to tell the operator about an error, or None if it is no trouble of a database.

    Takes what a driver raises bare and what SQLAlchemy wraps.
    """
    if isinstance(error, TroubleError):
        return error
    if isinstance(error, DBAPIError):
        if error.connection_invalidated or isinstance(error.orig, OSError):
            return unreachable()
        return trouble(error.orig)
    if isinstance(error, sqlite3.Error):
        # Errors that the module itself raises have no code.
        name = getattr(error, "sqlite_errorname", "")
        said = next((_SQLITE[code] for code in _SQLITE if name.startswith(code)), None)
        return TroubleError(said, is_lasting=said is _DAMAGED) if said else None
    code = getattr(error, "sqlstate", None)
    if code == _NO_ROOM:
        return TroubleError(_SQLITE["SQLITE_FULL"])
    return unreachable() if isinstance(code, str) and code.startswith(_AWAY) else None


def is_locked(error: BaseException) -> bool:
    """Return whether another program holds the SQLite file, for which each statement waits 5 s."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return getattr(cause, "sqlite_errorname", "").startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))


def unreachable() -> TroubleError:
    """Return what to tell while the server does not answer."""
    return TroubleError("The database cannot be reached; the bot waits and tries again.")
