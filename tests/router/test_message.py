"""Which messages are commands, and what becomes of them, on both engines."""

from tests.house import House


async def test_ping_is_answered_by_a_notice_in_reply(house: House) -> None:
    question = house.message("!ping")

    [answer] = await house.hear(question)

    assert answer.content["msgtype"] == "m.notice"
    assert answer.body == "pong · version 1.2.3 · 0 ms"
    assert answer.content["m.relates_to"]["m.in_reply_to"] == {"event_id": question.event_id}
