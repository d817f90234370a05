"""Which messages are commands, and what becomes of them, on both engines."""

from tests.scene import Scene


async def test_ping_is_answered_by_a_notice_in_reply(scene: Scene) -> None:
    question = scene.message("!ping")

    [answer] = await scene.hear(question)

    assert answer.content["msgtype"] == "m.notice"
    assert answer.body == "pong · version 1.2.3 · 0 ms"
    assert answer.content["m.relates_to"]["m.in_reply_to"] == {"event_id": question.event_id}
