"""At night what is old is forgotten, and nothing else."""

from datetime import timedelta

from bot.config.settings import RetentionSettings
from bot.jobs.retention import retention_job
from bot.storage import inbox
from bot.storage.inbox import State
from bot.storage.transaction import Transaction
from tests.scene import Scene


async def test_handled_events_and_answers_go_after_their_days(scene: Scene) -> None:
    old, young = scene.message("!ping"), scene.message("!ping")
    await scene.hear(old)
    await scene.deliver()
    scene.clock.pass_by(timedelta(days=20))
    await scene.hear(young)
    await scene.deliver()
    scene.clock.pass_by(timedelta(days=11))

    await retention_job(RetentionSettings()).run(scene.database, scene.clock.now())

    async with scene.database.read() as snapshot:
        known = await inbox.known(snapshot, [old.event_id, young.event_id])
    assert known == {young.event_id}
    assert len(await scene.acts()) == 1


async def test_what_waits_is_never_forgotten(scene: Scene) -> None:
    message = scene.message("!ping")
    await scene.record(message)
    await scene.hear(scene.message("!ping"))
    scene.clock.pass_by(timedelta(days=400))

    await retention_job(RetentionSettings()).run(scene.database, scene.clock.now())

    async with scene.database.read() as snapshot:
        assert [entry.event_id for entry in await inbox.waiting(snapshot)] == [message.event_id]
    assert len(await scene.acts()) == 1  # not delivered yet


async def test_unreadable_events_go_after_their_days(scene: Scene) -> None:
    entry = await scene.record(scene.message("!ping"))

    async def hide(transaction: Transaction) -> None:
        await transaction.execute(inbox.inbox.update().values(state=State.UNREADABLE))

    await scene.database.write(hide)
    job = retention_job(RetentionSettings(undecryptable_days=7))

    await job.run(scene.database, entry.received_at + timedelta(days=6))
    async with scene.database.read() as snapshot:
        assert len(await inbox.unreadable(snapshot)) == 1

    await job.run(scene.database, entry.received_at + timedelta(days=8))
    async with scene.database.read() as snapshot:
        assert await inbox.unreadable(snapshot) == []


async def test_retention_on_an_empty_database_is_no_trouble(scene: Scene) -> None:
    await retention_job(RetentionSettings()).run(scene.database, scene.clock.now())

    assert await scene.acts() == []
