"""A gap is read backwards page by page, to where it ends and no further."""

from typing import Any

import pytest

from bot.ids import RoomId
from bot.matrix import gap
from tests.matrix.exchange import answer
from tests.matrix.model_server import BOT, JO, ROOM, ModelServer
from tests.matrix.wire import MemoryHomeserver


@pytest.fixture
def model() -> ModelServer:
    model = ModelServer()
    for number in range(250):
        model.say(f"{number}")
    return model


def body_of(raw: Any) -> str | None:
    return str(raw["content"].get("body"))


async def fill(model: ModelServer, start: object, stop: str | None, **more: Any) -> list[str]:
    return await gap.fill(MemoryHomeserver(model), RoomId(ROOM), (start, stop), body_of, **more)


async def test_fill_returns_everything_before_start_oldest_first(model: ModelServer) -> None:
    assert await fill(model, "p250", None) == [str(number) for number in range(250)]
    assert model.count("messages") == 3


async def test_fill_stops_at_the_last_token(model: ModelServer) -> None:
    assert await fill(model, "p240", "s120") == [str(number) for number in range(120, 240)]
    assert {request.query.get("to") for request in model.requests} == {"s120"}


async def test_fill_ends_at_the_first_event_that_holds(model: ModelServer) -> None:
    found = await fill(model, "p250", None, until=lambda raw: body_of(raw) == "200")
    assert found == [str(number) for number in range(201, 250)]
    assert model.count("messages") == 1


async def test_fill_without_a_position_asks_nothing(model: ModelServer) -> None:
    assert [await fill(model, start, "s1") for start in (None, 7, [])] == [[], [], []]
    assert model.requests == []


async def test_fill_keeps_only_what_is_picked(model: ModelServer) -> None:
    found = await gap.fill(
        MemoryHomeserver(model), RoomId(ROOM), ("p250", None),
        lambda raw: 1 if body_of(raw) == "7" else None,
    )  # fmt: skip
    assert found == [1]


@pytest.mark.parametrize("end", [None, 7, "p250"])
async def test_pages_end_where_the_server_repeats_or_says_nothing(
    model: ModelServer, end: object
) -> None:
    page = {"chunk": [model.event(JO, "m.room.message", {"body": "x"})], "end": end}
    model.state[("rooms", ROOM, "messages")] = answer(200, page)
    assert await fill(model, "p250", None) == ["x"]


@pytest.mark.parametrize("chunk", [None, "x", {}])
async def test_page_that_is_no_list_is_passed_over(model: ModelServer, chunk: object) -> None:
    model.state[("rooms", ROOM, "messages")] = answer(200, {"chunk": chunk})
    assert await fill(model, "p250", None) == []


async def test_pages_that_never_end_are_bounded() -> None:
    numbers = iter(range(10**9))

    class Endless(ModelServer):
        def handle(self, request: Any) -> Any:
            self.requests.append(request)
            return answer(200, {"chunk": [], "end": f"p{next(numbers)}"})

    endless = Endless()
    assert await fill(endless, "p250", None) == []
    assert len(endless.requests) == gap.PAGES


async def test_pages_can_be_of_one_sender(model: ModelServer) -> None:
    model.say("mine", sender=BOT)
    server = MemoryHomeserver(model)
    found = [chunk async for chunk in gap.pages(server, RoomId(ROOM), start=None, sender=BOT)]
    assert [body_of(raw) for chunk in found for raw in chunk] == ["mine"]
