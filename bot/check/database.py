"""Check of the database: it can be reached and written, and its schema is one we know."""

import os
from pathlib import Path

from bot.check.finding import Finding, phrase
from bot.config.settings import StorageSettings
from bot.storage.migration import HEAD, current

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
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        detail = phrase("cli.check.database.failed", url=storage.shown_url, reason=reason)
        return Finding(name, detail, phrase("cli.check.database.failed.remedy"))
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
