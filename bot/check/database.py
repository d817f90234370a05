"""Check of the database: it can be reached and written, and its schema is one we know."""

import os
from pathlib import Path

from bot.check.finding import Finding, phrase
from bot.config.settings import StorageSettings
from bot.storage.migration import HEAD, current
from bot.storage.trouble import is_locked, trouble

_SQLITE = "sqlite:///"


async def check_database(storage: StorageSettings) -> Finding:
    """Find out whether the database is there, or can be made, and fits this program."""
    name = phrase("cli.check.database")
    url = storage.url.get_secret_value()
    if url.startswith(_SQLITE) and (finding := _check_file(Path(url.removeprefix(_SQLITE)))):
        return finding
    try:
        version = await current(url)
    except Exception as error:  # noqa: BLE001  whatever is wrong is what the operator asks for
        return _failure(error, storage.shown_url)
    if version is None:
        return Finding(name, phrase("cli.check.database.empty", url=storage.shown_url))
    if version > HEAD:
        return Finding(
            name,
            phrase("cli.check.database.newer", version=version, head=HEAD),
            phrase("cli.check.database.newer.remedy"),
        )
    if version < HEAD:
        return Finding(name, phrase("cli.check.database.older", version=version, head=HEAD))
    return Finding(name, phrase("cli.check.database.good", url=storage.shown_url, version=version))


def _failure(error: Exception, url: str) -> Finding:
    name = phrase("cli.check.database")
    if is_locked(error):
        detail = phrase("cli.check.database.locked", url=url)
        return Finding(name, detail, phrase("cli.check.database.locked.remedy"))
    found = trouble(error)
    if found is not None and found.is_lasting:
        detail = phrase("cli.check.database.damaged", url=url)
        return Finding(name, detail, phrase("cli.check.database.damaged.remedy"))
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    detail = phrase("cli.check.database.failed", url=url, reason=reason)
    return Finding(name, detail, phrase("cli.check.database.failed.remedy"))


def _check_file(file: Path) -> Finding | None:
    """Find what keeps an SQLite file from being made or written, which its driver says badly."""
    name = phrase("cli.check.database")
    if not file.parent.is_dir():
        detail = phrase("cli.check.database.no_place", path=file)
        remedy = phrase("cli.check.database.no_place.remedy", path=file.parent)
        return Finding(name, detail, remedy)
    place = file if file.exists() else file.parent
    if not os.access(place, os.R_OK | os.W_OK) or not os.access(file.parent, os.W_OK):
        detail = phrase("cli.check.database.refused", path=place)
        return Finding(name, detail, phrase("cli.check.database.refused.remedy", path=file))
    return None
