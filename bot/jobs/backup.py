"""Backup: every hour a copy of the SQLite file, the newest of them kept."""

import asyncio
from datetime import datetime

from bot.config.settings import StorageSettings
from bot.job import CronJob
from bot.storage.backup import backup, rotate
from bot.storage.database import Database

KEPT = 24
"""Copies: a day of them."""


def backup_job(settings: StorageSettings) -> CronJob:
    """Return the hourly job; it does nothing on PostgreSQL, which has its own program for that."""

    async def run(database: Database, now: datetime) -> None:
        if database.is_sqlite:
            directory = settings.data_dir / "backups"
            await backup(settings.url.get_secret_value(), directory, now=now)
            await asyncio.to_thread(rotate, directory, KEPT)

    return CronJob(noun="backup", hour="*", minute="7", run=run)
