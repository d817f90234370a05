"""Retention: every night, what was kept only to lose nothing is forgotten."""

from datetime import datetime, timedelta

from bot.config.settings import RetentionSettings
from bot.job import CronJob
from bot.storage import due, echo, experience_index, inbox, outbox, page, quiet, reminder
from bot.storage.database import Database
from bot.storage.transaction import Transaction

PAGE_DAYS = 7
"""Nobody asks for the rest of a list a week later."""


def retention_job(settings: RetentionSettings) -> CronJob:
    """Return the nightly job that deletes what is older than ``settings`` allow."""

    async def run(database: Database, now: datetime) -> None:
        def before(days: int) -> datetime:
            return now - timedelta(days=days)

        async def work(transaction: Transaction) -> None:
            unreadable = before(settings.undecryptable_days)
            await inbox.forget(transaction, before(settings.inbox_days), unreadable)
            await outbox.forget(transaction, before(settings.outbox_days))
            await echo.forget(transaction, before(settings.outbox_days))
            await due.forget(transaction, before(settings.outbox_days))
            await reminder.forget(transaction, before(settings.outbox_days))
            await page.forget(transaction, before(PAGE_DAYS))
            await quiet.forget(transaction, before(PAGE_DAYS).date())
            await experience_index.scrub(transaction)

        await database.write(work)

    return CronJob(noun="retention", hour="2", minute="17", run=run)
