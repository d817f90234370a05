"""A login is kept in a private file, whole or not at all, and renewed as the server allows."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.errors import OperatorError
from bot.ids import DeviceId, UserId
from bot.matrix import session
from bot.matrix.http import MatrixError, NetworkError
from bot.matrix.session import Account, Session
from tests.matrix.exchange import Fault, answer, refused
from tests.matrix.model_server import BOT, DEVICE, TOKEN, ModelServer
from tests.matrix.wire import MemoryHomeserver

KEPT = Session("http://model", UserId(BOT), DeviceId(DEVICE), TOKEN, "epoch")
WITH_PASSWORD = Account(UserId(BOT), "Compagnon", password="secret")
WITH_TOKEN = Account(UserId(BOT), "Compagnon", access_token=TOKEN)


def logged_in(device: str = DEVICE, token: str = "token-2") -> Any:
    return answer(200, {"access_token": token, "device_id": device, "user_id": BOT})


async def open_session(
    model: ModelServer, account: Account, data_dir: Path
) -> tuple[Session, MemoryHomeserver]:
    server = MemoryHomeserver(model, None)
    return await session.open_session(server, account, data_dir), server


def test_saved_session_is_private_and_comes_back(tmp_path: Path) -> None:
    session.save(tmp_path / "data", KEPT)
    file = tmp_path / "data" / session.FILE_NAME
    assert session.load(tmp_path / "data") == KEPT
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in file.parent.iterdir()] == [session.FILE_NAME]


def test_session_that_others_can_read_is_refused(tmp_path: Path) -> None:
    session.save(tmp_path, KEPT)
    for mode in (0o644, 0o640, 0o604, 0o660):
        (tmp_path / session.FILE_NAME).chmod(mode)
        with pytest.raises(OperatorError, match="chmod 600") as caught:
            session.load(tmp_path)
        assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"null", b"[]", b"{}", b'"x"', b"\xff\xfe", b"7",
     json.dumps({**dict.fromkeys(Session.__slots__, "x"), "access_token": None}).encode(),
     json.dumps({**dict.fromkeys(Session.__slots__, "x"), "epoch": ""}).encode()],
)  # fmt: skip
def test_damaged_session_says_what_to_do(tmp_path: Path, content: bytes) -> None:
    session.write_private(tmp_path / session.FILE_NAME, content)
    with pytest.raises(OperatorError, match="damaged"):
        session.load(tmp_path)


def test_no_session_is_none(tmp_path: Path) -> None:
    assert session.load(tmp_path) is None


async def test_kept_session_needs_no_request(tmp_path: Path) -> None:
    session.save(tmp_path, KEPT)
    model = ModelServer()
    found, server = await open_session(model, WITH_PASSWORD, tmp_path)
    assert (found, server.access_token, model.requests) == (KEPT, TOKEN, [])


async def test_session_of_another_account_or_server_is_not_used(tmp_path: Path) -> None:
    model = ModelServer()
    for other in (UserId("@other:example.org"), UserId(BOT)):
        homeserver = "http://model" if other != BOT else "http://elsewhere"
        session.save(tmp_path, Session(homeserver, other, DeviceId("OLD"), "old", "old"))
        model.logins.append(logged_in())
        found, _ = await open_session(model, WITH_PASSWORD, tmp_path)
        assert (found.access_token, found.user_id) == ("token-2", BOT)
        assert found.epoch != "old"
        assert session.load(tmp_path) == found


async def test_login_asks_for_the_configured_device(tmp_path: Path) -> None:
    model = ModelServer()
    model.logins.append(logged_in("MINE"))
    account = Account(UserId(BOT), "Compagnon", password="x", device_id=DeviceId("MINE"))
    found, _ = await open_session(model, account, tmp_path)
    assert model.requests[0].body["device_id"] == found.device_id == "MINE"
    assert found.is_fresh  # The device may have said what waits, before its login was lost.


@pytest.mark.parametrize(
    ("found", "words"),
    [(refused(403, "M_FORBIDDEN"), "refuses the password"),
     (refused(403, "M_USER_DEACTIVATED"), "deactivated"),
     (refused(400, "M_UNKNOWN", "no password login"), "access_token_file"),
     (refused(400, "M_BAD_JSON"), "refuses the login")],
)  # fmt: skip
async def test_refused_login_says_what_to_do(tmp_path: Path, found: Any, words: str) -> None:
    model = ModelServer()
    model.logins.append(found)
    with pytest.raises(OperatorError, match=words):
        await open_session(model, WITH_PASSWORD, tmp_path)
    assert not (tmp_path / session.FILE_NAME).exists()


async def test_login_that_may_work_later_is_left_to_the_caller(tmp_path: Path) -> None:
    model = ModelServer()
    model.logins += [refused(429, "M_LIMIT_EXCEEDED"), refused(500, "M_UNKNOWN"), answer(200, {})]
    for kind in (MatrixError, MatrixError, NetworkError):
        with pytest.raises(kind):
            await open_session(model, WITH_PASSWORD, tmp_path)


async def test_token_is_adopted_with_its_device(tmp_path: Path) -> None:
    found, _ = await open_session(ModelServer(), WITH_TOKEN, tmp_path)
    assert (found.device_id, found.access_token) == (DEVICE, TOKEN)


@pytest.mark.parametrize(
    ("who", "device", "words"),
    [({"user_id": BOT}, None, "belongs to no device"),
     ({"user_id": BOT, "device_id": None}, None, "belongs to no device"),
     ({"user_id": "@x:y", "device_id": "D"}, None, "not to @compagnon"),
     ({"user_id": BOT, "device_id": "D"}, "OTHER", "not to OTHER")],
)  # fmt: skip
async def test_unfit_token_is_refused(
    tmp_path: Path, who: object, device: str | None, words: str
) -> None:
    model = ModelServer()
    model.state[("account", "whoami")] = answer(200, who)
    named = DeviceId(device) if device else None
    account = Account(UserId(BOT), "Compagnon", access_token=TOKEN, device_id=named)
    with pytest.raises(OperatorError, match=words) as caught:
        await open_session(model, account, tmp_path)
    assert caught.value.exit_code == 2


async def test_token_that_the_server_refuses_is_an_operators_matter(tmp_path: Path) -> None:
    model = ModelServer()
    model.token = "another"
    with pytest.raises(OperatorError, match="refuses the access token"):
        await open_session(model, WITH_TOKEN, tmp_path)


async def renew(model: ModelServer, account: Account, data_dir: Path, *, is_soft: bool) -> Session:
    server = MemoryHomeserver(model)
    return await session.renew(server, account, KEPT, data_dir, is_soft=is_soft)


async def test_soft_logout_keeps_device_and_epoch(tmp_path: Path) -> None:
    model = ModelServer()
    model.logins.append(logged_in())
    found = await renew(model, WITH_PASSWORD, tmp_path, is_soft=True)
    assert model.requests[0].body["device_id"] == DEVICE
    assert (found.device_id, found.epoch, found.access_token) == (DEVICE, "epoch", "token-2")
    assert session.load(tmp_path) == found


async def test_hard_logout_makes_a_new_device_with_a_new_epoch(tmp_path: Path) -> None:
    model = ModelServer()
    model.logins.append(logged_in("NEW"))
    found = await renew(model, WITH_PASSWORD, tmp_path, is_soft=False)
    assert "device_id" not in model.requests[0].body
    assert found.device_id == "NEW"
    assert found.epoch != "epoch"


async def test_token_without_password_cannot_be_renewed(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="access_token_file"):
        await renew(ModelServer(), WITH_TOKEN, tmp_path, is_soft=True)


async def test_failed_login_keeps_the_old_token_for_the_next_attempt(tmp_path: Path) -> None:
    model = ModelServer()
    model.faults.append(Fault(applies=lambda request: request.parts == ["login"]))
    server = MemoryHomeserver(model)
    with pytest.raises(NetworkError):
        await session.renew(server, WITH_PASSWORD, KEPT, tmp_path, is_soft=True)
    assert server.access_token == TOKEN
    assert model.requests[0].token is None
