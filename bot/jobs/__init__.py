"""The jobs: what the clock asks for; one file per noun, one line here."""

from bot.job import CronJob, DueJob

DUE: tuple[DueJob, ...] = ()
"""What is done when something falls due, by its kind."""

JOBS: tuple[CronJob, ...] = ()
"""What is done at fixed times."""
