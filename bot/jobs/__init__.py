"""The jobs: what the clock asks for; a new job is one file and one line here."""

from collections.abc import Sequence

from bot.config.settings import RetentionSettings, StorageSettings
from bot.job import CronJob, DueJob
from bot.jobs.announcement import ANNOUNCEMENT
from bot.jobs.backup import backup_job
from bot.jobs.erasure import ERASURE
from bot.jobs.experience import EXPERIENCE
from bot.jobs.experience_media import EXPERIENCE_MEDIA
from bot.jobs.meeting import CARDS, NEWS, REMINDING
from bot.jobs.onboarding import ONBOARDING
from bot.jobs.reminder import REMINDER
from bot.jobs.retention import retention_job
from bot.jobs.unreadable import unreadable_job

DUE: tuple[DueJob, ...] = (
    ANNOUNCEMENT,
    ONBOARDING,
    REMINDER,
    *EXPERIENCE,
    EXPERIENCE_MEDIA,
    REMINDING,
    NEWS,
    CARDS,
    ERASURE,
)
"""What is done when an occurrence falls due, by its kind."""


def due_jobs(language: str) -> Sequence[DueJob]:
    """Return ``DUE``, and what needs to know the community's ``language``."""
    return (*DUE, unreadable_job(language))


def cron_jobs(retention: RetentionSettings, storage: StorageSettings) -> Sequence[CronJob]:
    """Return what is done at fixed times of the day."""
    return (retention_job(retention), backup_job(storage))
