"""Retention: every night, each table forgets what is past the limit that it declares."""

from datetime import datetime

from bot.config.settings import RetentionSettings
from bot.job import CronJob
from bot.storage import experience_index, experience_showing, orphan, quote, retention
from bot.storage.database import Database
from bot.storage.transaction import Transaction


def retention_job(settings: RetentionSettings) -> CronJob:
    """Return the nightly job that deletes what is older than ``settings`` allow."""
    days: dict[str, int] = settings.model_dump()

    async def run(database: Database, now: datetime) -> None:
        async def work(transaction: Transaction) -> None:
            await quote.settle(transaction)
            await experience_showing.settle(transaction)
            await retention.forget(transaction, days, now)
            await orphan.sweep(transaction)
            await experience_index.scrub(transaction)

        await database.write(work)

    return CronJob(noun="retention", hour="2", minute="17", run=run)
