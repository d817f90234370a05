"""The jobs: what the clock asks for; a new job is one file and one line here."""

from collections.abc import Sequence

from bot.config.settings import (
    RetentionSettings,
    StorageSettings,
    WelcomeSettings,
)
from bot.job import CronJob, DueJob
from bot.jobs.announcement import ANNOUNCEMENT
from bot.jobs.backup import backup_job
from bot.jobs.catchup import CATCHUP
from bot.jobs.companion import COMPANION
from bot.jobs.erasure import ERASURE
from bot.jobs.experience import EXPERIENCE
from bot.jobs.experience_media import EXPERIENCE_MEDIA
from bot.jobs.letter import LETTER
from bot.jobs.letter_copy import LETTER_COPY
from bot.jobs.meeting import CARDS, NEWS, REMINDING
from bot.jobs.meeting_file import MEETING_FILE
from bot.jobs.newcomer import FIRST_STEP, INVITATION, SILENCE, greeting_job, policy_of
from bot.jobs.onboarding import ONBOARDING
from bot.jobs.reminder import REMINDER
from bot.jobs.retention import retention_job
from bot.jobs.retour import RETOUR
from bot.jobs.unreadable import unreadable_job

DUE: tuple[DueJob, ...] = (
    ANNOUNCEMENT,
    CATCHUP,
    COMPANION,
    INVITATION,
    ONBOARDING,
    LETTER,
    LETTER_COPY,
    REMINDER,
    SILENCE,
    FIRST_STEP,
    *EXPERIENCE,
    EXPERIENCE_MEDIA,
    REMINDING,
    NEWS,
    CARDS,
    MEETING_FILE,
    *RETOUR,
    ERASURE,
)
"""What is done when an occurrence falls due, by its kind."""


def due_jobs(language: str, welcome: WelcomeSettings) -> Sequence[DueJob]:
    """Return ``DUE``, and what needs to know more of the community."""
    return (*DUE, greeting_job(policy_of(welcome)), unreadable_job(language))


def cron_jobs(retention: RetentionSettings, storage: StorageSettings) -> Sequence[CronJob]:
    """Return what is done at fixed times of the day."""
    return (retention_job(retention), backup_job(storage))
