"""Files are fetched as far as they are what was sent, and no further."""

from dataclasses import replace

import pytest

from bot.errors import UserError
from bot.matrix.download import Downloads
from bot.matrix.encryption.attachment import seal
from bot.matrix.http import Homeserver, MatrixError, NetworkError
from bot.model import Media
from tests.matrix.exchange import Answer, Fault, refused
from tests.matrix.model_server import ModelServer
from tests.matrix.wire import MemoryHomeserver, over_http

DATA = b"Une photo" * 100
URI = "mxc://elsewhere.example.org/photo"
PHOTO = Media("m.image", "photo.jpg", "image/jpeg", URI)
SEALED, SEAL = seal(DATA)


def server_with(data: bytes) -> ModelServer:
    model = ModelServer()
    model.media.files[URI] = data
    return model


async def fetched(model: ModelServer, media: Media, limit_bytes: int = 10_000) -> bytes:
    return await Downloads(MemoryHomeserver(model)).download(media, limit_bytes=limit_bytes)


async def refusal(model: ModelServer, media: Media, limit_bytes: int = 10_000) -> str:
    with pytest.raises(UserError) as caught:
        await fetched(model, media, limit_bytes)
    assert caught.value.params["name"] == media.name
    return caught.value.message_id


async def test_file_comes_as_its_sender_had_it() -> None:
    assert await fetched(server_with(DATA), PHOTO) == DATA
    assert await fetched(server_with(SEALED), replace(PHOTO, seal=SEAL)) == DATA


async def test_file_is_asked_for_with_the_token_and_never_in_the_url() -> None:
    model = server_with(DATA)
    await fetched(model, PHOTO)
    [request] = model.requests
    assert request.path == "/_matrix/client/v1/media/download/elsewhere.example.org/photo"
    assert (request.token, request.query) == (model.token, {})


async def test_file_that_claims_to_be_too_large_is_not_asked_for() -> None:
    model = server_with(DATA)
    assert await refusal(model, replace(PHOTO, size_bytes=10_001)) == "media.too_large"
    assert model.requests == []


async def test_file_larger_than_it_claims_is_cut_off() -> None:
    async with over_http(server_with(bytes(5_000_000))) as url:
        server = Homeserver(url, ModelServer().token)
        with pytest.raises(UserError, match="too_large"):
            await Downloads(server).download(replace(PHOTO, size_bytes=10), limit_bytes=10_000)
        await server.close()


async def test_file_that_was_changed_is_refused() -> None:
    model = server_with(SEALED + b"!")
    assert await refusal(model, replace(PHOTO, seal=SEAL)) == "media.broken"


@pytest.mark.parametrize(
    "answer",
    [refused(404, "M_NOT_FOUND"), refused(403, "M_FORBIDDEN"), refused(502, ""),
     refused(504, "M_NOT_YET_UPLOADED"), (502, {}, b"<html>")],
)  # fmt: skip
async def test_file_that_nobody_gives_is_said_to_be_out_of_reach(answer: Answer) -> None:
    model = server_with(DATA)
    model.faults.append(Fault(answer, applies=bool))
    assert await refusal(model, PHOTO) == "media.out_of_reach"


@pytest.mark.parametrize("answer", [refused(401, "M_UNKNOWN_TOKEN"), refused(429, "")])
async def test_trouble_of_our_own_is_none_of_the_members(answer: Answer) -> None:
    model = server_with(DATA)
    model.faults.append(Fault(answer, applies=bool))
    with pytest.raises(MatrixError):
        await fetched(model, PHOTO)


async def test_homeserver_that_is_away_is_waited_for() -> None:
    model = server_with(DATA)
    model.faults.append(Fault(applies=bool))
    with pytest.raises(NetworkError):
        await fetched(model, PHOTO)


async def test_slow_file_is_given_up() -> None:
    server = MemoryHomeserver(server_with(DATA))
    server.is_cut_off = True
    with pytest.raises(UserError, match="out_of_reach"):
        await Downloads(server, patience=0.01).download(PHOTO, limit_bytes=10_000)
