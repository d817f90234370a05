"""Every hour a copy, the newest kept; PostgreSQL looks after itself."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.config.settings import StorageSettings
from bot.jobs.backup import KEPT, backup_job
from bot.storage.backup import backups
from bot.storage.database import Database
from tests.scene import NOW


async def test_hourly_copies_are_kept_for_a_day(sqlite_template: Path, tmp_path: Path) -> None:
    shutil.copy(sqlite_template, tmp_path / "bot.db")
    url = f"sqlite:///{tmp_path}/bot.db"
    job = backup_job(StorageSettings(url=SecretStr(url), data_dir=tmp_path))
    database = Database(url)

    for hour in range(KEPT + 2):
        await job.run(database, NOW + timedelta(hours=hour))

    await database.close()
    assert len(backups(tmp_path / "backups")) == KEPT


@pytest.mark.postgres
async def test_backup_does_nothing_on_postgresql(postgres_url: str, tmp_path: Path) -> None:
    database = Database(postgres_url)
    settings = StorageSettings(url=SecretStr(postgres_url), data_dir=tmp_path)

    await backup_job(settings).run(database, NOW)

    await database.close()
    assert backups(tmp_path / "backups") == []
