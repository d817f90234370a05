"""A house joins where the bot is wanted, as patiently as it may help, and logs in again."""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.assembly import build
from bot.config import Settings
from bot.house import House, NewDeviceError
from bot.ids import DeviceId, EventId, Oid, RoomId, UserId
from bot.matrix.http import MatrixError
from bot.matrix.session import Account, Session, load, save
from bot.meaning import Meaning
from bot.storage import experience, outbox
from bot.storage.database import Database
from bot.storage.experience import Experience
from bot.storage.outbox import Parcel
from bot.storage.transaction import Transaction
from tests.matrix.exchange import Fault, Request, answer, refused
from tests.matrix.model_server import BOT, DEVICE, OTHER_ROOM, ROOM, TOKEN, ModelServer
from tests.matrix.wire import MemoryHomeserver
from tests.meaning import TopicEncoder
from tests.scene import HandClock

ALIAS = "#accueil:example.org"
ACCOUNT = Account(UserId(BOT), "Compagnon", password="secret")
SESSION = Session("http://model", UserId(BOT), DeviceId(DEVICE), TOKEN, "epoch")
NOW = datetime(2026, 3, 24, 13, 0, tzinfo=UTC)


def is_join(request: Request) -> bool:
    return request.parts[0] == "join"


@pytest.fixture
def model() -> ModelServer:
    model = ModelServer()
    model.state[("directory", "room", ALIAS)] = answer(200, {"room_id": ROOM})
    model.state[("join", ALIAS)] = answer(200, {"room_id": ROOM})
    return model


@pytest.fixture
def settings(sqlite_url: str, tmp_path: Path) -> Settings:
    return Settings.model_validate(
        {
            "matrix": {"homeserver": "http://model", "user_id": BOT, "encryption": False,
                       "password_file": tmp_path / "password"},
            "storage": {"url": sqlite_url, "data_dir": tmp_path},
            "community": {"name": "Les praticiens", "rooms": [ALIAS, OTHER_ROOM]},
        }
    )  # fmt: skip


@pytest.fixture
async def house(
    model: ModelServer, settings: Settings, sqlite_url: str, caplog: pytest.LogCaptureFixture
) -> AsyncIterator[House]:
    caplog.set_level(logging.INFO)
    database = Database(sqlite_url)
    server = MemoryHomeserver(model)
    house = await build(settings, database, HandClock(), server, ACCOUNT, SESSION)
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        assert len(slept) < 100

    house.sleep = sleep
    yield house
    await house.owner.close()
    await database.close()


async def test_wanted_rooms_are_joined(
    house: House, model: ModelServer, caplog: pytest.LogCaptureFixture
) -> None:
    await house._settle_in()
    assert [r.parts[1] for r in model.requests if is_join(r)] == [ALIAS, OTHER_ROOM]
    assert "event=ready" in caplog.text


@pytest.mark.parametrize(
    "fault",
    [
        None,
        refused(429, "M_LIMIT_EXCEEDED", retry_after_ms=9000),
        refused(502, ""),
        answer(200, {}),
    ],
)
async def test_join_that_breaks_is_tried_again(
    house: House, model: ModelServer, fault: tuple[int, dict[str, str], bytes] | None
) -> None:
    model.faults += [Fault(fault, applies=is_join)] * 3
    await house._settle_in()
    assert sum(map(is_join, model.requests)) == 5


async def test_refused_room_is_named_with_its_remedy_and_the_next_is_joined(
    house: House, model: ModelServer, caplog: pytest.LogCaptureFixture
) -> None:
    model.state[("join", ALIAS)] = refused(403, "M_FORBIDDEN", "not invited")
    await house._settle_in()
    assert f"event=room_refused room={ALIAS}" in caplog.text
    assert f"invite {BOT} there" in caplog.text
    assert RoomId(OTHER_ROOM) in model.rooms


async def test_soft_logout_keeps_the_house(house: House, model: ModelServer) -> None:
    model.logins.append(answer(200, {"access_token": "token-2", "device_id": DEVICE}))
    body = {"soft_logout": True}
    session = await house.renew(MatrixError(401, "M_UNKNOWN_TOKEN", "", body=body))
    assert session == replace(house.session, access_token="token-2")
    assert house.delivery.session == house.session == session


async def test_hard_logout_ends_the_house(house: House, model: ModelServer) -> None:
    model.logins.append(answer(200, {"access_token": "token-2", "device_id": "NEW"}))
    with pytest.raises(NewDeviceError):
        await house.renew(MatrixError(401, "M_UNKNOWN_TOKEN", ""))


@pytest.mark.parametrize("is_fresh", [True, False])
async def test_what_waits_is_doubted_after_a_login_that_was_lost(
    model: ModelServer, settings: Settings, sqlite_url: str, *, is_fresh: bool
) -> None:
    data_dir = settings.storage.data_dir
    save(data_dir, replace(SESSION, is_fresh=is_fresh))
    kept = load(data_dir)
    assert kept is not None
    database = Database(sqlite_url)
    parcel = Parcel(Oid("a"), RoomId(ROOM), "c", "m.room.message", {"body": "pong"}, NOW)

    async def wait(transaction: Transaction) -> None:
        outbox.enqueue(transaction, parcel)

    await database.write(wait)
    server = MemoryHomeserver(model)
    house = await build(settings, database, HandClock(), server, ACCOUNT, kept)
    async with database.read() as snapshot:
        pending = await outbox.pending(snapshot)
    await house.owner.close()
    await database.close()

    assert pending == [replace(parcel, is_uncertain=is_fresh)]
    assert load(data_dir) == SESSION  # The next start need not doubt again.


async def test_what_is_told_gets_its_vector_once_the_bot_is_there(house: House) -> None:
    encoder = TopicEncoder(is_ready=False)
    house.meaning = Meaning(house.database, encoder)
    told = Experience(RoomId(ROOM), UserId("@jo:example.org"), EventId("$1"), NOW, note="cantine")

    house.on_ready()
    async with asyncio.timeout(30):
        await encoder.is_loaded.wait()
        await house.database.write(lambda t: experience.create(t, told))
        await encoder.has_encoded.wait()

    assert list(encoder.encoded) == [("cantine",)]
